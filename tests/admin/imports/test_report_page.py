"""What an import told stays: read after "Apply", from the roadmap and from the history of each thing."""

import re

import pytest
from django.urls import reverse

from roadmap.models import ImportNote, ImportReport, Page
from roadmap.techdocs import record
from tests import make
from tests.admin.imports.uploading import ACT, PAGE, ROUTE, imported, signed_in, upload, words
from tests.admin.press import press

pytestmark = pytest.mark.django_db

LINK = "This link leads to a file beside the source, more.html: change it."


def reports_url(roadmap):
    return reverse("admin:roadmap_roadmap_imports", args=[roadmap.pk])


def history_of(thing):
    return reverse(f"admin:roadmap_{thing._meta.model_name}_history", args=[thing.pk])


def newest_report(client, response):
    [link] = re.findall(r'<a href="([^"]+)">Read what it told</a>', response.content.decode())
    return client.get(link)


def test_what_was_doubted_is_read_after_it_is_applied_with_a_link_to_the_thing(staff):
    response = press(staff, upload(staff, PAGE), ACT)
    page = newest_report(staff, response)
    assert "To check (2)" in words(page)
    who = Page.objects.get(title="Who we are")
    form = reverse("admin:roadmap_page_change", args=[who.pk])
    assert re.search(
        rf'<a href="{form}">Who we are</a>.*?{LINK}.*?<code>parcels.md:16</code>', page.content.decode(), re.S
    )
    assert staff.get(form).status_code == 200
    added = staff.get(f"{page.request['PATH_INFO']}?show=created")
    assert "PARCEL-1 Weigh a parcel item" in words(added)


def test_the_history_of_a_thing_says_what_the_import_was_unsure_of(staff):
    roadmap = imported(staff)
    report = ImportReport.objects.get()
    who, item = Page.objects.get(title="Who we are"), roadmap.items.get(title="Weigh a parcel")
    link = reverse("admin:roadmap_roadmap_import_report", args=[roadmap.pk, report.pk])
    assert f"What imports were unsure of {LINK} parcels.md, " in words(staff.get(history_of(who)))
    for thing in (roadmap, who, item):
        page = staff.get(history_of(thing))
        assert f'<a href="{link}">What the import of parcels.md told</a>' in page.content.decode()
    assert "What imports were unsure of" not in words(staff.get(history_of(item)))
    # What was there before an import is not that import's doing.
    page = staff.get(history_of(roadmap))
    assert [row.name for row in page.context["rows"] if row.report] == ["Imported from parcels.md"]


def test_each_import_is_listed_and_what_it_took_away_leads_to_its_history(staff):
    roadmap = imported(staff)
    press(staff, upload(staff, PAGE.replace(f"{ROUTE}\n", ""), roadmap=roadmap), ACT)
    page = staff.get(reports_url(roadmap))
    assert words(page).count("2 to check.") == 2
    report = ImportReport.objects.first()
    gone = staff.get(reverse("admin:roadmap_roadmap_import_report", args=[roadmap.pk, report.pk]) + "?show=withdrawn")
    [url] = re.findall(r'<a href="([^"]+)">PARCEL-2 Choose a route</a>', gone.content.decode())
    assert "This item was deleted." in words(staff.get(url))


def test_what_staff_have_kept_is_told_of_the_thing(staff):
    roadmap = imported(staff)
    roadmap.items.filter(title="Weigh a parcel").update(description="Ours")
    press(staff, upload(staff, PAGE.replace("the grams", "the pounds"), roadmap=roadmap), ACT)
    left = ImportNote.objects.get(kind=ImportNote.Kind.LEFT)
    assert left.title == "PARCEL-1 Weigh a parcel"
    assert left.text.startswith("“Weigh a parcel”, description: staff have “Ours”, the source says “")
    assert left.text in words(staff.get(history_of(roadmap.items.get(title="Weigh a parcel"))))


def test_only_who_may_edit_the_roadmap_reads_what_was_told(staff):
    roadmap = imported(staff)
    report = reverse("admin:roadmap_roadmap_import_report", args=[roadmap.pk, ImportReport.objects.get().pk])
    other = make.roadmap(slug="other")
    roadmap.team.add(make.user(username="in-the-team"))
    stranger = signed_in(group="Editors", username="stranger")
    for url in (reports_url(roadmap), report):
        assert stranger.get(url).status_code == 403
        assert staff.get(url).status_code == 200
        assert staff.post(url).status_code == 405
    # The report of another roadmap is not there.
    assert staff.get(report.replace(f"/{roadmap.pk}/imports", f"/{other.pk}/imports")).status_code == 404


def test_thousands_of_doubts_are_shown_a_page_at_a_time_and_those_too_many_are_counted(staff, monkeypatch):
    monkeypatch.setattr(record, "MAX_NOTES", 120)
    roadmap = imported(staff, PAGE + "".join(f"\n[a](more{number}.html)\n" for number in range(200)))
    url = reverse("admin:roadmap_roadmap_import_report", args=[roadmap.pk, ImportReport.objects.get().pk])
    assert ImportNote.objects.count() == 120
    page = staff.get(f"{url}?p=3")
    assert words(page).count("This link leads") == 20
    assert "more lines were too many to keep." in words(page)
    assert 'href="?show=doubt&amp;p=1" aria-label="Page 1"' in page.content.decode()
    assert len(staff.get(history_of(Page.objects.get(title="Who we are"))).context["doubts"]) == 20
