"""What readers see of something put right: a thing withdrawn, a changelog entry corrected, a change called minor."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.publishing import Choices
from tests import make
from tests.web.pages.test_home import between

pytestmark = pytest.mark.django_db

JANUARY, MARCH, MAY, JULY = (make.at(f"2026-0{month}-05") for month in (1, 3, 5, 7))


@pytest.fixture(autouse=True)
def _it_is_august(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: make.at("2026-08-01"))


@pytest.fixture
def vat():
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")


def edit(thing, **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save()


# Withdrawn


def withdrawn(roadmap, thing, reason="", **options):
    uid = str(thing.uid)
    thing.delete()
    return make.edition(roadmap, choices=Choices(reasons={(uid, "existence"): reason}), **options)


@pytest.mark.parametrize("noun", ["item", "page"])
def test_the_address_of_a_withdrawn_thing_says_so_when_and_why(vat, reads, noun):
    make.edition(vat, at=JANUARY)
    thing = getattr(make, noun)(vat, title="Old things")
    make.edition(vat, at=MARCH)
    address = thing.get_absolute_url()
    withdrawn(vat, thing, "Replaced by VAT (MTD) 2.0.", at=make.at("2026-07-05", "23:30"))
    page = reads(address, status=410)
    assert page.one("h1").text == "Old things has been withdrawn"
    assert "was withdrawn from VAT roadmap on 5 July 2026, in edition 3." in page.main
    assert "Reason: Replaced by VAT (MTD) 2.0." in page.main
    assert (address in {one.attributes["href"] for one in reads("/vat-mtd/").all("a")}) == (noun == "item")


def test_a_withdrawal_without_a_reason_gives_none(vat, reads):
    item = make.item(vat, title="Old things")
    make.edition(vat, at=JANUARY)
    address = item.get_absolute_url()
    withdrawn(vat, item, at=MARCH)
    page = reads(address, status=410)
    assert "5 March 2026" in page.main
    assert "Reason" not in page.main


def test_a_minor_withdrawal_still_says_why_at_its_address(vat, reads):
    page = make.page(vat, title="Old things")
    make.edition(vat, at=JANUARY)
    address, uid = page.get_absolute_url(), str(page.uid)
    page.delete()
    choices = Choices(minor=frozenset([uid]), reasons={(uid, "existence"): "It was there twice."})
    make.edition(vat, at=MARCH, choices=choices)
    assert "Reason: It was there twice." in reads(address, status=410).main


# A changelog entry


def test_a_corrected_entry_is_corrected_in_place_and_marked(vat, reads):
    entry = make.changelog_entry(vat, title="Guide 1.0", when="October 2018", body="- Teh guide")
    make.changelog_entry(vat, title="Untouched", when="May 2018")
    make.edition(vat, at=JANUARY)
    assert "Corrected" not in reads("/vat-mtd/changelog/").main
    edit(entry, body="- The guide")
    make.edition(vat, at=MARCH)
    main = reads("/vat-mtd/changelog/").main
    assert main == "Changelog Guide 1.0 October 2018 Corrected on 5 March 2026 The guide Untouched May 2018"
    assert "Guide 1.0 October 2018 Corrected on 5 March 2026 The guide" in reads("/vat-mtd/").main


@pytest.mark.parametrize("field", [{"title": "Guide 1.1"}, {"when": "November 2018"}, {"body": "Other words"}])
def test_any_of_its_words_counts(vat, reads, field):
    entry = make.changelog_entry(vat)
    make.edition(vat, at=JANUARY)
    edit(entry, **field)
    make.edition(vat, at=MARCH)
    assert "Corrected on 5 March 2026" in reads("/vat-mtd/changelog/").main


def test_a_correction_stays_marked_whatever_changes_after_it(vat, reads):
    entry = make.changelog_entry(vat, body="Teh guide")
    make.edition(vat, at=JANUARY)
    edit(entry, body="The guide")
    make.edition(vat, at=MARCH)
    edit(entry, position=7)
    make.edition(vat, at=MAY)
    make.page(vat)
    make.edition(vat, at=JULY)
    assert "Corrected on 5 March 2026" in reads("/vat-mtd/changelog/").main


def test_a_new_place_in_the_list_is_no_correction(vat, reads):
    entry = make.changelog_entry(vat)
    make.edition(vat, at=JANUARY)
    edit(entry, position=7)
    make.edition(vat, at=MARCH)
    assert "Corrected" not in reads("/vat-mtd/changelog/").main


def test_a_correction_that_waits_is_not_told_yet(vat, reads):
    entry = make.changelog_entry(vat, body="Teh guide")
    make.edition(vat, at=JANUARY)
    edit(entry, body="The guide")
    make.edition(vat, at=make.at("2026-12-01"), now=make.at("2026-07-20"))
    main = reads("/vat-mtd/changelog/").main
    assert "Teh guide" in main
    assert "Corrected" not in main


def test_a_correction_of_another_roadmap_is_not_marked_here(vat, reads):
    make.changelog_entry(vat)
    make.edition(vat, at=JANUARY)
    other = make.roadmap()
    entry = make.changelog_entry(other)
    make.edition(other, at=JANUARY)
    edit(entry, body="Other")
    make.edition(other, at=MARCH)
    assert "Corrected" not in reads("/vat-mtd/changelog/").main


def test_the_mark_costs_no_query_of_its_own(vat, client, empty_shelf):
    for _ in range(5):
        edit(make.changelog_entry(vat))
    make.edition(vat, at=JANUARY)
    for entry in vat.changelog_entries.all():
        edit(entry, body="Corrected")
    make.edition(vat, at=MARCH)
    empty_shelf()
    with CaptureQueriesContext(connection) as queries:
        client.get("/vat-mtd/changelog/")
    assert len(queries) == 2


# Minor


def minor(*things):
    return Choices(minor=frozenset(str(one.uid) for one in things))


def test_a_minor_change_is_published_and_not_announced(vat, reads):
    typo, news = make.page(vat, title="Typo", slug="typo", body="Teh"), make.page(vat, title="News", body="Old")
    make.edition(vat, at=JANUARY)
    edit(typo, body="The")
    edit(news, body="New")
    make.edition(vat, at=MARCH, choices=minor(typo))
    changed = between(reads("/vat-mtd/").main, "What changed on 5 March 2026", "Ask about")
    assert "News: text reworded" in changed
    assert "Typo" not in changed
    assert "The" in reads("/vat-mtd/pages/typo/").main


def test_where_all_is_minor_home_goes_on_telling_what_was_new_last(vat, reads):
    typo = make.page(vat, title="Typo", body="Teh")
    make.edition(vat, at=JANUARY)
    edit(typo, body="The")
    make.edition(vat, at=MARCH, choices=minor(typo))
    main = reads("/vat-mtd/").main
    assert "Last updated 5 March 2026" in main
    assert "First published on 5 January 2026 Everything here is new: 1 page." in main
    assert "Small corrections only" in reads("/vat-mtd/editions/").main


def test_minor_changes_are_not_counted_among_those_left_off(vat, reads):
    pages = [make.page(vat, body="Teh") for _ in range(12)]
    make.edition(vat, at=JANUARY)
    for page in pages:
        edit(page, body="The")
    make.edition(vat, at=MARCH, choices=minor(*pages[:3]))
    assert "And 6 more changes " in reads("/vat-mtd/").main


def test_a_minor_move_still_says_beside_the_date_what_it_was(vat, reads):
    item = make.item(vat, title="Losses", live="June 2026")
    make.edition(vat, at=JANUARY)
    item.milestones.update(when="September 2026")
    make.edition(vat, at=MARCH, choices=minor(item))
    assert "September 2026 (was June 2026)" in reads("/vat-mtd/items/VAT-1/").main
