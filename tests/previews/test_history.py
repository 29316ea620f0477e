"""What changed, in a preview: the history goes on to the edition that there would be, marked as not published yet."""

import pytest

from roadmap.models import Milestone
from roadmap.previews.links import addresses_for_staff
from roadmap.publishing.schedule import cancel
from tests import make
from tests.previews.conftest import banner
from tests.previews.shared import base_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def vat():
    roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")
    make.item(roadmap, title="Losses", live="June 2026")
    make.item(roadmap, title="Agents")
    make.edition(roadmap, at=make.at("2026-03-01"))
    return roadmap


@pytest.fixture
def draft(vat):
    Milestone.objects.update(when="September 2026")
    vat.items.get(title="Agents").delete()
    make.item(vat, title="Penalties")
    return vat


def test_an_items_history_begins_with_what_is_not_published_yet(draft, reads):
    page = reads(f"{base_of(draft)}items/VAT-1/")
    assert [one.text for one in page.all("li", class_="app-history__edition")] == [
        "24 March 2026, edition 2 Not published yet Live moved from June 2026 to September 2026",
        "1 March 2026, edition 1 Added",
    ]
    (story,) = page.all("p", class_="app-story")
    assert story.text == "Live: planned June 2026, moved once, now September 2026"
    assert "September" not in reads("/vat-mtd/items/VAT-1/").text


def test_what_would_be_published_comes_after_what_a_faster_clock_published(draft, reads, clock):
    make.page(draft, title="About")
    make.edition(draft, now=make.at("2026-03-25", "00:01"))
    Milestone.objects.update(when="October 2026")
    clock(make.at("2026-03-24", "23:59"))
    page = reads(f"{base_of(draft)}items/VAT-1/")
    assert [one.text.partition(" Live")[0] for one in page.all("li", class_="app-history__edition")][:2] == [
        "25 March 2026, edition 3 Not published yet",
        "25 March 2026, edition 2",
    ]


def test_an_item_that_would_be_withdrawn_keeps_its_history(draft, reads):
    page = reads(f"{base_of(draft)}items/VAT-2/", status=410)
    assert [one.text for one in page.all("li", class_="app-history__edition")] == [
        "24 March 2026, edition 2 Not published yet Withdrawn",
        "1 March 2026, edition 1 Added",
    ]


def test_the_changes_are_those_that_readers_would_be_told_of(draft, reads):
    page = reads(f"{base_of(draft)}changes/?since=1")
    assert [one.text for one in page.all("section", class_="app-edition")] == [
        "24 March 2026, edition 2 Not published yet Agents: withdrawn Withdrawn "
        "Losses: live moved from June 2026 to September 2026 Planned Penalties: added Planned"
    ]
    assert "September" not in reads("/vat-mtd/changes/").text


def test_the_drafted_edition_has_its_page_and_readers_have_none(draft, reads):
    base = base_of(draft)
    page = reads(f"{base}editions/2/")
    assert page.one("h1").text == "Edition 2 Not published yet"
    assert "Readers do not have this edition yet." in page.main
    assert page.links("See this page as readers do") == []
    assert page.one("a", rel="prev").attributes["href"] == f"{base}editions/1/"
    first = reads(f"{base}editions/1/")
    assert "Not published yet" not in first.main
    assert first.link("See this page as readers do") == "/vat-mtd/editions/1/"
    assert "Nothing on this page differs from what readers see now." in banner(first)
    assert "/at/" not in first.html
    assert [one.text[:9] for one in reads(f"{base}editions/").all("li", class_="app-edition")] == [
        "Edition 2",
        "Edition 1",
    ]
    reads("/vat-mtd/editions/2/", status=404)


def test_with_nothing_to_publish_the_history_is_that_which_readers_have(vat, reads):
    page = reads(f"{base_of(vat)}editions/")
    assert [one.text[:9] for one in page.all("li", class_="app-edition")] == ["Edition 1"]
    assert "Not published yet" not in page.main


def test_a_roadmap_that_was_never_published_would_have_a_first_edition(reads):
    vat = make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")
    make.item(vat, title="Losses")
    base = base_of(vat)
    page = reads(f"{base}editions/1/")
    assert "First published: 1 item Items (1) Losses Planned" in page.main
    assert reads(f"{base}changes/").main.count("Not published yet") == 1
    assert "Added" in reads(f"{base}items/VAT-1/").main


def test_a_scheduled_edition_is_marked_and_what_readers_have_is_not(vat, reads, staff):
    Milestone.objects.update(when="September 2026")
    edition = make.edition(vat, at=make.at("2026-06-01"), now=make.at("2026-03-20"))
    page = reads(f"{addresses_for_staff(vat.pk, edition.pk).home}items/VAT-1/")
    assert [one.text for one in page.all("li", class_="app-history__edition")] == [
        "1 June 2026, edition 2 Not published yet Live moved from June 2026 to September 2026",
        "1 March 2026, edition 1 Added",
    ]


def test_a_scheduled_edition_that_was_looked_at_and_cancelled_leaves_nothing_in_memory(vat, reads, staff, clock):
    Milestone.objects.update(when="September 2026")
    edition = make.edition(vat, at=make.at("2026-06-01"), now=make.at("2026-03-20"))
    reads(f"{addresses_for_staff(vat.pk, edition.pk).home}items/VAT-1/")
    cancel(edition, now=make.at("2026-03-25"))
    Milestone.objects.update(when="July 2026")
    make.edition(vat, at=make.at("2026-03-26"))
    clock(make.at("2026-03-27"))
    page = reads("/vat-mtd/items/VAT-1/")
    assert [one.text for one in page.all("li", class_="app-history__edition")] == [
        "26 March 2026, edition 2 Live moved from June 2026 to July 2026",
        "1 March 2026, edition 1 Added",
    ]


def test_a_form_of_a_preview_stays_in_it(draft, reads):
    base = base_of(draft)
    for path in ("changes/", "editions/"):
        actions = {one.attributes["action"] for one in reads(base + path).all("form")}
        assert {one for one in actions if not one.startswith(base)} == set()
    assert reads(f"{base}changes/").all("form") != []
