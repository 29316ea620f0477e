"""Where a roadmap, a selection of it and an item can be followed: for people, and for programs that look for it."""

import pytest

from roadmap.models import Item
from roadmap.previews.links import staff_preview_url
from tests import make
from tests.cases import each_case
from tests.web.feeds import received
from tests.web.read import read
from tests.web.sample import ADDRESSES, OF_SITE, whole_roadmap

pytestmark = pytest.mark.django_db

OF_THE_ROADMAP = {
    "application/atom+xml": "/vat-mtd/changes.atom",
    "application/feed+json": "/vat-mtd/changes.json",
    "text/calendar": "/vat-mtd/items.ics",
    "text/csv": "/vat-mtd/items.csv",
}
OF_ONE = [url for name, url in ADDRESSES.items() if name not in OF_SITE]


@pytest.fixture
def published():
    roadmap = whole_roadmap("now")
    make.edition(roadmap, at=make.at("2026-03-24"))
    return roadmap


def alternates(page):
    return {link["type"]: link["href"] for link in follow_links(page)}


def follow_links(page):
    """Where what the page is of can be followed: another form of the page itself is no such place."""
    links = [one.attributes for one in page.all("link", rel="alternate")]
    return [link for link in links if link["type"] != "text/markdown"]


def follow(page):
    """Where the page leads to whoever wants to follow what it is of; empty where there is nothing to follow."""
    return [page.link(one.text.partition(":")[0]) for one in page.all("p", class_="app-follow")]


@each_case("url", OF_ONE)
def test_every_page_of_a_roadmap_says_where_it_can_be_followed(published, reads, url):
    found = alternates(reads(url))
    query = "?item=VAT-1" if url.endswith("/VAT-1/") else ""
    expected = {type: f"{address}{query}" for type, address in OF_THE_ROADMAP.items()}
    if query:
        del expected["text/csv"]
    assert found == expected


def test_a_page_of_no_roadmap_has_none(published, reads):
    assert alternates(reads("/nothing/", 404)) == {}


def test_each_names_what_it_is_of(published, reads):
    titles = [link["title"] for link in follow_links(reads("/vat-mtd/"))]
    assert titles == [f"VAT roadmap now: {name}" for name in ("Atom feed", "JSON Feed", "Calendar", "CSV")]
    titles = [link["title"] for link in follow_links(reads("/vat-mtd/items/VAT-2/"))]
    assert titles == [f"Tested now: {name}" for name in ("Atom feed", "JSON Feed", "Calendar")]


@pytest.mark.parametrize("url", ["/vat-mtd/", "/vat-mtd/items/", "/vat-mtd/changes/"])
def test_people_are_led_to_all_the_ways(published, reads, url):
    page = reads(url)
    assert follow(page) == ["/vat-mtd/follow/"]
    assert page.link("Follow this roadmap") == page.link("Follow") == "/vat-mtd/follow/"


@pytest.mark.parametrize("url", ["/vat-mtd/items/", "/vat-mtd/changes/"])
def test_a_selection_is_followed_with_its_filters_in_their_order(published, reads, url):
    page = reads(f"{url}?q=Payments&kind=&item=vat-2&item=VAT-2&stage=test&utm_source=mail")
    query = "?stage=test&item=VAT-2&q=payments"
    assert follow(page) == [page.link("Follow this selection")] == [f"/vat-mtd/follow/{query}"]
    assert alternates(page) == {type: f"{address}{query}" for type, address in OF_THE_ROADMAP.items()}


def test_an_item_is_followed_by_its_reference(published, reads):
    page = reads("/vat-mtd/items/VAT-2/")
    assert follow(page) == [page.link("Follow this item")] == ["/vat-mtd/follow/?item=VAT-2"]


@pytest.mark.parametrize("url", ["/vat-mtd/", "/vat-mtd/items/?stage=test&q=payments", "/vat-mtd/items/VAT-2/"])
def test_every_link_to_follow_answers_in_its_format(published, reads, client, url):
    for type, address in alternates(reads(url)).items():
        response = client.get(address)
        assert response.status_code == 200, address
        assert response["Content-Type"].startswith(type)
        assert "Tested" in received.text(client, address)


def test_an_item_is_followed_beyond_its_end(published, client):
    Item.objects.get(title="Tested now").delete()
    make.edition(published, at=make.at("2026-03-25"))
    for address in ("changes.atom", "changes.json"):
        response = client.get(f"/vat-mtd/{address}?item=VAT-2")
        assert response.status_code == 200
        assert "ithdrawn" in response.content.decode()
    assert "STATUS:CANCELLED" in client.get("/vat-mtd/items.ics?item=VAT-2").content.decode()


@each_case("path", ["", "items/", "items/?stage=test", "items/VAT-2/", "changes/", "changelog/"])
def test_an_earlier_day_cannot_be_followed(published, reads, path):
    page = reads(f"/vat-mtd/at/2026-03-24/{path}")
    assert [*alternates(page), *follow(page)] == []


@pytest.mark.parametrize("path", ["", "items/", "items/VAT-2/", "changes/"])
def test_a_draft_cannot_be_followed(published, admin_client, path):
    page = read(admin_client, f"{staff_preview_url(published.pk)}{path}")
    assert [*alternates(page), *follow(page)] == []
