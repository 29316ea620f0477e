import unicodedata

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import ChangelogEntry, Page, Roadmap
from roadmap.techdocs import ImportRefused, apply, make_plan, parse
from roadmap.working_copies.to_content import preview
from tests import make
from tests.cases import each_case
from tests.techdocs.example_sources import PAGE, source

pytestmark = pytest.mark.django_db


def plan(text: str = PAGE, slug: str = "parcel-tax"):
    return make_plan(parse(source(text)), slug=slug)


def working_copies() -> list[dict[str, object]]:
    return [{**row} for model in (Roadmap, Page, ChangelogEntry) for row in model.objects.order_by("pk").values()]


def test_a_new_roadmap_reads_as_its_source_did():
    snapshot = preview(apply(plan=plan()))
    roadmap = snapshot.roadmap
    assert (roadmap.slug, roadmap.title) == ("parcel-tax", "Parcel Tax Roadmap")
    assert roadmap.description == "What parcel software can do now and what it can do next."
    assert roadmap.footer == "Dates may *change*."
    assert roadmap.contact.name == "Parcel Software Team"
    assert roadmap.contact.mailto() == "mailto:parcels@example.gov.uk?subject=Parcel%20roadmap%20%26%20dates"
    assert [page.title for page in snapshot.home_pages] == ["What ‘depot’ means", "Who we are"]
    assert [(entry.title, str(entry.when)) for entry in snapshot.changelog] == [
        ("Parcel guide v2.0", "October 2018"),
        ("Parcel guide v1.0", "June 2017"),
    ]


def test_a_second_import_writes_nothing():
    apply(plan=plan())
    before = working_copies()
    with CaptureQueriesContext(connection) as queries:
        apply(plan=plan())
    assert len(queries) > 0
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert working_copies() == before


def test_a_text_is_kept_as_a_form_would_keep_it_and_a_second_import_writes_nothing():
    text = PAGE.replace("A depot keeps", "A de\u0301pot \nkeeps  \t\nor holds    \nall").replace(
        "Who we are", "Cafe\u0301"
    )
    text = text.replace("**Parcel guide v1.0**", "**Guide to the cafe\u0301**")
    apply(plan=plan(text))
    page = Page.objects.get(title="What ‘depot’ means")
    assert page.body.startswith("A dépot\nkeeps\nor holds  \nall **parcels**")
    assert Page.objects.filter(title="Café").exists()
    before = working_copies()
    again = plan(text)
    assert not again.changes_something
    assert plan(unicodedata.normalize("NFC", text)).steps == again.steps
    apply(plan=again)
    assert working_copies() == before
    page.full_clean()
    page.save()
    assert working_copies() == before


def test_an_existing_roadmap_keeps_what_the_source_does_not_mention():
    roadmap = make.roadmap(slug="parcel-tax", title="Old", reference_prefix="PT")
    make.item(roadmap, title="Scan a parcel", live="June 2026")
    make.page(roadmap, title="Ours", slug="ours", body="Our text")
    uid = make.page(roadmap, title="Who we are", slug="who-we-are", body="Old text").uid
    snapshot = preview(apply(plan=plan()))
    assert snapshot.roadmap.title == "Parcel Tax Roadmap"
    assert [one.content.title for one in snapshot.items] == ["Scan a parcel"]
    pages = {page.slug: page for page in snapshot.pages}
    assert pages["ours"].body == "Our text"
    assert pages["who-we-are"].uid == str(uid)
    assert "Parcel Software Team" in pages["who-we-are"].body


@each_case(
    ("text", "where"),
    [
        (PAGE.replace("Parcel Tax Roadmap", "long " * 50), "index.md:5: title:"),
        (PAGE.replace("A depot keeps", "x" * 200_001), "index.md:9: text:"),
        (PAGE.replace("Dates may", "y" * 200_001), "index.md:5: footer:"),
    ],
)
@each_case("is_there", [False, True])
def test_a_text_that_is_too_long_is_refused_at_its_line_and_nothing_changes(text, where, is_there):
    if is_there:
        apply(plan=plan())
    before = working_copies()
    with pytest.raises(ImportRefused) as caught:
        apply(plan=plan(text))
    assert str(caught.value).startswith(where)
    assert "\n" not in str(caught.value)
    assert working_copies() == before


def test_a_plan_that_somebody_else_has_overtaken_is_refused():
    roadmap = apply(plan=plan())
    made = plan(PAGE.replace("A depot keeps", "Depots keep"))
    roadmap.pages.filter(slug="what-depot-means").update(body="Edited meanwhile")
    with pytest.raises(ImportRefused, match="meanwhile"):
        apply(plan=made)
    assert roadmap.pages.get(slug="what-depot-means").body == "Edited meanwhile"


def test_a_plan_for_a_new_roadmap_that_is_there_by_now_is_refused():
    made = plan()
    make.roadmap(slug="parcel-tax", title="Theirs")
    with pytest.raises(ImportRefused, match="meanwhile"):
        apply(plan=made)
    assert [roadmap.title for roadmap in Roadmap.objects.all()] == ["Theirs"]


def test_a_plan_for_a_roadmap_that_is_gone_is_refused():
    roadmap = apply(plan=plan())
    made = plan(PAGE.replace("A depot keeps", "Depots keep"))
    roadmap.delete()
    with pytest.raises(ImportRefused, match="meanwhile"):
        apply(plan=made)
