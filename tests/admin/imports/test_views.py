"""Importing in the admin: a file is taken, its plan shown, and only then applied."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from roadmap.models import Edition, Item, Roadmap, Save
from tests import make
from tests.admin.imports.uploading import (
    ACT,
    ADDRESS,
    LINE,
    NEW,
    PAGE,
    ROUTE,
    file,
    imported,
    is_plan,
    told,
    upload,
    words,
)
from tests.admin.press import Form, press
from tests.techdocs.example_sources import real_source
from tests.techdocs.git.trees import zipped

pytestmark = pytest.mark.django_db


# The whole way


def test_a_file_is_shown_as_a_plan_and_nothing_is_changed_before_it_is_applied(staff):
    page = upload(staff, PAGE)
    text = words(page)
    assert is_plan(page)
    assert "What would happen to Parcel tax roadmap at /parcel-tax/" in text
    assert "Items: 2 added." in text
    assert "Weigh a parcel" in text
    assert "Who we are, 8 words parcels.md:14" in text
    assert not Roadmap.objects.exists()
    response = press(staff, page, ACT)
    roadmap = Roadmap.objects.get()
    assert {*roadmap.items.values_list("title", flat=True)} == {"Weigh a parcel", "Choose a route"}
    assert told(response)[0].startswith("Imported parcels.md. The roadmap itself is new. ")
    link = reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk])
    assert f'<a href="{link}">Review and publish {roadmap.title_and_address}</a>' in response.content.decode()
    assert not Edition.objects.exists()


def test_every_doubt_is_shown_at_its_line_with_the_words_of_the_line(staff):
    page = upload(staff, PAGE)
    assert "To check (2)" in words(page)
    assert (
        "This link leads to a file beside the source, more.html: change it. "
        "parcels.md:16 We are two teams. See [more](more.html)."
    ) in words(page)


def test_it_is_recorded_by_whom_it_was_imported(staff):
    roadmap = imported(staff)
    item = roadmap.items.get(title="Weigh a parcel")
    save = Save.objects.of_thing(item.uid).get()
    assert (save.action, save.saved_by.username) == ("Imported from parcels.md", "pat")
    press(staff, upload(staff, PAGE.replace(f"{LINE}\n", ""), roadmap=roadmap), ACT)
    newest = Save.objects.of_thing(item.uid).first()
    assert (newest.action, newest.saved_by.username, newest.content) == ("No longer in parcels.md", "pat", "")


def test_what_changes_is_shown_side_by_side_and_what_goes_where_it_stood(staff):
    roadmap = imported(staff)
    page = upload(staff, PAGE.replace("the grams", "the pounds").replace(f"{ROUTE}\n", ""), roadmap=roadmap)
    text = page.content.decode()
    assert '<del><span class="visually-hidden">[only here: </span>grams' in text
    assert '<ins><span class="visually-hidden">[only here: </span>pounds' in text
    assert "Items: 1 changed, 1 withdrawn." in words(page)
    assert re.search(r"Withdrawn \(1\) .* PARCEL-2 Choose a route Item parcels.md:12", words(page))
    assert "Description reworded" in words(page)


def test_the_same_file_again_changes_nothing_and_there_is_nothing_to_apply(staff):
    roadmap = imported(staff)
    page = upload(staff, PAGE, roadmap=roadmap)
    assert "Nothing: the roadmap says all of this already." in words(page)
    assert [name for _, name in Form(page.content.decode()).buttons if name == ACT] == []


def test_a_zip_file_of_a_folder_comes_in_with_the_line_of_the_file_that_it_is_in(staff):
    folder = {"parcels/index.md": "# Parcels\n\nText.", "parcels/later.md": PAGE.replace(ADDRESS, "")}
    page = upload(staff, zipped(folder), "parcels.zip", contact="team@example.gov.uk")
    assert "later.md:16 We are two teams." in words(page)
    press(staff, page, ACT)
    assert Roadmap.objects.get().contact_email == "team@example.gov.uk"


def test_cancelling_takes_the_file_away_and_changes_nothing(staff):
    page = upload(staff, PAGE)
    response = press(staff, page, "Cancel")
    assert told(response) == ["Cancelled: nothing of parcels.md was imported."]
    assert not Roadmap.objects.exists()
    assert not Session.objects.filter(session_key__startswith="import-").exists()
    assert "does not wait any more" in told(press(staff, page, ACT))[0]


def test_a_second_press_of_apply_imports_nothing_twice(staff):
    page = upload(staff, PAGE)
    press(staff, page, ACT)
    response = press(staff, page, ACT)
    assert "does not wait any more" in told(response)[0]
    assert Roadmap.objects.count() == 1
    assert Item.objects.count() == 2


def test_the_lists_and_the_roadmap_lead_here(staff):
    roadmap = make.roadmap()
    assert f'href="{reverse(NEW)}"' in staff.get(reverse("admin:roadmap_roadmap_changelist")).content.decode()
    form = staff.get(reverse("admin:roadmap_roadmap_change", args=[roadmap.pk])).content.decode()
    assert f'href="{reverse(f"{NEW}_again", args=[roadmap.pk])}"' in form


def test_the_form_says_how_large_a_file_may_be(staff):
    assert "at most 20 MB; or one Markdown file of at most 500 kB" in words(staff.get(reverse(NEW)))


def test_an_existing_roadmap_can_be_chosen_from_the_list(staff):
    roadmap = make.roadmap(title="Old name", slug="old")
    page = staff.post(reverse(NEW), {"roadmap": roadmap.pk, "slug": "", "contact": "", "file": file(PAGE)}, follow=True)
    assert "Title changed from Old name to Parcel tax roadmap" in words(page)
    press(staff, page, ACT)
    assert Roadmap.objects.get().items.count() == 2


# Real ones


@pytest.mark.parametrize(("name", "items"), [("vat-2018-10", 0), ("vat-2018-11", 18), ("itsa-2023-06", 60)])
def test_the_real_roadmaps_come_in_whole(staff, name, items):
    folder = real_source(name)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    page = upload(staff, zipped(files), "real.zip")
    if not is_plan(page):  # one of them names no address
        page = upload(staff, zipped(files), "real.zip", contact="team@example.gov.uk")
    press(staff, page, ACT)
    roadmap = Roadmap.objects.get()
    assert roadmap.items.count() >= items
    again = upload(staff, zipped(files), "real.zip", roadmap=roadmap)
    assert "Nothing: the roadmap says all of this already." in words(again)


def test_what_contradicts_the_calendar_is_a_doubt_at_its_line_and_is_imported(staff, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: make.at("2026-04-15"))
    dated = (
        PAGE.replace("End user |", "Live |").replace("| Businesses |", "| By March 2026 |").replace("| Agents |", "| |")
    )
    page = upload(staff, dated)
    assert (
        "“Weigh a parcel”: Live was expected by March 2026: this date has passed. "
        "Give a new date, or mark it as deployed. parcels.md:11"
    ) in words(page)
    press(staff, page, ACT)
    assert Item.objects.count() == 2
