"""What the banner says of each page: how it differs from what readers see now."""

import pytest

from roadmap.models import Milestone
from tests import make
from tests.previews.conftest import banner
from tests.previews.shared import base_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def vat():
    roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")
    june = make.release(roadmap, title="Summer", when="June 2026")
    make.item(roadmap, title="Losses", live="June 2026", release=june)
    make.item(roadmap, title="Agents")
    make.page(roadmap, title="Who we are", slug="who", body="Us.")
    make.changelog_entry(roadmap, title="Begun")
    make.edition(roadmap, at=make.at("2026-01-05"))
    return roadmap


def said(reads, vat, path):
    return banner(reads(base_of(vat) + path))


def lines(page):
    region = page.html.split('class="govuk-notification-banner"')[1].split("</ul>")[0]
    return region.count("<li>")


def test_an_item_says_its_own_changes(vat, reads):
    Milestone.objects.filter(item__reference="VAT-1").update(when="September 2026")
    vat.items.filter(reference="VAT-1").update(description="Other words")
    vat.items.filter(reference="VAT-2").update(title="Multiple agents")
    text = said(reads, vat, "items/VAT-1/")
    assert (
        "What differs on this page from what readers see now: "
        "Live moved from June 2026 to September 2026 Description added"
    ) in text
    assert "Multiple agents" not in text
    assert "See all that differs in this draft (2)" in text


def test_an_items_page_says_what_its_release_and_the_roadmap_change_on_it(vat, reads):
    vat.releases.update(when="August 2026")
    vat.live_label = "Production"
    vat.save()
    text = said(reads, vat, "items/VAT-1/")
    assert "Summer: date moved from June 2026 to August 2026" in text
    assert "This roadmap: names of environments changed" in text
    assert "Summer" not in said(reads, vat, "items/VAT-2/")


def test_a_new_item_says_that_it_is_new_and_has_no_public_page(vat, reads):
    make.item(vat, title="Penalties")
    page = reads(f"{base_of(vat)}items/VAT-3/")
    assert "This item is new: readers do not see it yet." in banner(page)
    assert page.links("See this page as readers do") == []
    reads("/vat-mtd/items/VAT-3/", status=404)


def test_a_new_item_in_a_release_that_moves_says_both(vat, reads):
    vat.releases.update(when="August 2026")
    make.item(vat, title="Penalties", release=vat.releases.get())
    text = said(reads, vat, "items/VAT-3/")
    assert (
        "readers do not see it yet. Besides, this differs here: Summer: date moved from June 2026 to August 2026"
        in text
    )


def test_a_page_says_its_own_changes(vat, reads):
    vat.pages.update(body="Us all.")
    assert "readers see now: Text reworded" in said(reads, vat, "pages/who/")


@pytest.mark.parametrize("path", ["items/VAT-2/", "pages/who/", "changelog/"])
def test_a_page_without_changes_says_so_and_where_there_are_some(vat, reads, path):
    vat.items.filter(reference="VAT-1").update(title="All losses")
    base = base_of(vat)
    page = reads(base + path)
    assert "Nothing on this page differs from what readers see now." in banner(page)
    assert page.link("See all that differs in this draft (1)") == base


def test_a_draft_without_changes_says_so_and_dates_itself_as_what_is_public(vat, reads):
    page = reads(base_of(vat))
    assert "Nothing differs from what readers see now." in banner(page)
    assert "Last updated 5 January 2026" in page.main


def test_home_lists_everything_that_differs_items_first_with_links(vat, reads, client):
    vat.items.filter(reference="VAT-1").update(title="All losses")
    vat.items.filter(reference="VAT-2").delete()
    vat.pages.update(body="Us all.")
    vat.releases.update(when="August 2026")
    vat.changelog_entries.update(title="Started")
    vat.description = "Words"
    vat.save()
    base = base_of(vat)
    page = reads(base)
    text = banner(page)
    assert (
        "All losses (VAT-1): title changed from Losses Agents (VAT-2): withdrawn "
        "Summer: date moved from June 2026 to August 2026 Started: title corrected Who we are: text reworded "
        "This roadmap: description added"
    ) in text
    assert page.links("All losses")[0] == f"{base}items/VAT-1/"
    assert page.links("Agents")[0] == f"{base}items/VAT-2/"
    assert page.links("Who we are")[0] == f"{base}pages/who/"
    for name in ("Summer", "Started"):
        address, anchor = page.links(name)[0].split("#")
        assert anchor in {one.attributes.get("id") for one in reads(address).elements}


def test_items_leaves_out_what_it_does_not_show(vat, reads):
    vat.items.filter(reference="VAT-1").update(title="All losses")
    vat.pages.update(body="Us all.")
    text = said(reads, vat, "items/")
    assert "All losses (VAT-1)" in text
    assert "text reworded" not in text


def test_many_differences_are_capped_and_counted(vat, reads):
    for number in range(13):
        make.item(vat, title=f"Item {number:02}")
    page = reads(base_of(vat))
    assert lines(page) == 8
    assert "And 5 more." in banner(page)


def test_the_home_page_tells_of_the_draft_as_readers_would_be_told(vat, reads):
    vat.items.filter(reference="VAT-1").update(title="All losses")
    assert "What changed on 24 March 2026 All losses: title changed from Losses" in reads(base_of(vat)).main


def test_a_deleted_item_says_that_it_will_be_withdrawn(vat, reads, client):
    vat.items.filter(reference="VAT-2").delete()
    vat.pages.all().delete()
    base = base_of(vat)
    page = reads(f"{base}items/VAT-2/", status=410)
    assert page.one("h1").text == "Agents will be withdrawn"
    assert "This item will be withdrawn: readers still see it." in banner(page)
    assert page.link("See this page as readers do") == "/vat-mtd/items/VAT-2/"
    assert reads(f"{base}pages/who/", status=410).one("h1").text == "Who we are will be withdrawn"
    assert reads("/vat-mtd/items/VAT-2/").one("h1").text == "Agents"


def test_what_was_withdrawn_before_says_when(vat, reads):
    vat.items.filter(reference="VAT-2").delete()
    make.edition(vat, at=make.at("2026-02-02"))
    page = reads(f"{base_of(vat)}items/VAT-2/", status=410)
    assert page.one("h1").text == "Agents has been withdrawn"
    assert "was withdrawn from VAT roadmap on 2 February 2026, in edition 2" in page.main


def test_what_is_scheduled_is_in_the_draft_and_the_banner_says_so(vat, reads):
    vat.items.filter(reference="VAT-1").update(title="All losses")
    make.edition(vat, at=make.at("2026-06-01"), now=make.at("2026-03-01"))
    text = said(reads, vat, "items/VAT-1/")
    assert "edition 3" in reads(f"{base_of(vat)}items/VAT-1/").main.split("History")[1]
    assert "It includes what is scheduled: edition 2 on 1 June 2026 at 9:30am." in text
    assert "Title changed from Losses to All losses" in text


def test_a_column_that_the_draft_leaves_out_is_told_by_its_name(vat, reads):
    column = make.field(vat, name="Can be used in year", key="usable-in-year")
    make.item(vat, title="Other", values={column: "Yes"})
    make.edition(vat, at=make.at("2026-01-06"))
    column.delete()
    text = said(reads, vat, "")
    assert "Other (VAT-3): ‘Can be used in year’ removed (was Yes)" in text
    assert "usable-in-year" not in text
