"""What the head of a page says of it: to search engines, to those who share it, to programs."""

import json

import pytest

from roadmap.previews.links import staff_preview_url
from roadmap.templatetags.found import json_ld
from tests import make
from tests.cases import each_case
from tests.web.read import Page
from tests.web.sample import ADDRESSES, whole_roadmap

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    roadmap = whole_roadmap("now")
    make.edition(roadmap, at=make.at("2026-03-24"))
    return roadmap


def said(page):
    return json.loads(page.one("script", type="application/ld+json").text)


def meta(page, name):
    (content,) = [one.attributes["content"] for one in page.all("meta", property=name)]
    return content


FOUND = {name: url for name, url in ADDRESSES.items() if name != "search"}  # what a search finds is not to be found


@each_case("url", FOUND.values(), ids=FOUND)
def test_every_page_says_what_it_is_and_where(published, reads, url):
    page = reads(url)
    address = f"http://testserver{url}"
    assert page.one("link", rel="canonical").attributes["href"] == address
    assert page.one("link", type="text/markdown").attributes["href"] == f"{address}index.md"
    assert meta(page, "og:url") == address
    assert meta(page, "og:title") == page.title
    (description,) = [one.attributes["content"] for one in page.all("meta", name="description")]
    assert description
    assert meta(page, "og:description") == description


def test_a_selection_is_known_as_the_page_that_it_is_of(published, reads):
    page = reads("/vat-mtd/items/?stage=test")
    assert page.one("link", rel="canonical").attributes["href"] == "http://testserver/vat-mtd/items/"


def test_neither_a_draft_nor_an_earlier_day_nor_an_error_is_to_be_found(published, admin_client):
    for url, status in (
        (staff_preview_url(published.pk), 200),
        ("/vat-mtd/at/2026-03-24/", 200),
        ("/vat-mtd/items/x/", 404),
    ):
        answer = admin_client.get(url)
        assert answer.status_code == status
        page = Page(answer.content.decode())
        assert not page.all("link", rel="canonical")
        assert not page.all("script", type="application/ld+json")


def test_pages_and_the_table_of_items_are_what_schema_org_calls_them(published, reads):
    home, item, items = (said(reads(url)) for url in ("/vat-mtd/", "/vat-mtd/items/VAT-1/", "/vat-mtd/items/"))
    assert [one["@type"] for one in (home, item, items)] == ["WebPage", "WebPage", "Dataset"]
    assert home["name"] == "VAT roadmap now"
    assert home["dateModified"] == "2026-03-24T09:30:00+00:00"
    assert home["publisher"] == {"@type": "Organization", "name": "Support now"}
    assert item["name"] == "Planned now"
    assert [one["contentUrl"] for one in items["distribution"]] == [
        "http://testserver/vat-mtd/items.csv",
        "http://testserver/vat-mtd/items.xlsx",
    ]


def test_no_text_ends_the_element_that_it_stands_in():
    text = json_ld({"name": "</script><script>&amp;"})
    assert "<" not in text
    assert json.loads(text) == {"name": "</script><script>&amp;"}
