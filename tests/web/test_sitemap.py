"""Where all pages are: for search engines, and for programs that read."""

import re
from xml.etree import ElementTree

import pytest

from roadmap.markdown import render
from tests import make
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def published():
    roadmap = whole_roadmap("now")
    make.edition(roadmap, at=make.at("2026-03-24"))
    return roadmap


def listed(client):
    """By path, the day on which the page last changed."""
    answer = client.get("/sitemap.xml")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml; charset=utf-8")
    urls = ElementTree.fromstring(answer.content)
    return {url.findtext(f"{LOC}loc").removeprefix("http://testserver"): url.findtext(f"{LOC}lastmod") for url in urls}


def test_it_lists_every_page_that_is_there(published, client):
    found = listed(client)
    assert {
        "/",
        "/items/",
        "/vat-mtd/",
        "/vat-mtd/items/",
        "/vat-mtd/items/VAT-1/",
        "/vat-mtd/pages/who/",
    } <= found.keys()
    for path in found:
        assert client.get(path).status_code == 200, path


def test_its_dates_are_those_on_which_a_page_last_said_something_else(published, client):
    item, other = published.items.get(reference="VAT-2"), published.items.get(reference="VAT-3")
    item.title = "Another title"
    item.save()
    make.edition(published, at=make.at("2026-04-02"))
    found = listed(client)
    assert (found["/vat-mtd/items/VAT-2/"], found["/vat-mtd/items/VAT-3/"]) == ("2026-04-02", "2026-03-24")
    assert found["/vat-mtd/pages/who/"] == "2026-03-24"
    assert found["/vat-mtd/"] == found["/"] == "2026-04-02"
    other.delete()
    make.edition(published, at=make.at("2026-05-01"))
    assert "/vat-mtd/items/VAT-3/" not in listed(client)


def test_an_item_says_its_releases_dates_too(published, client):
    release = published.releases.get()
    release.title = "Renamed"
    release.save()
    make.edition(published, at=make.at("2026-04-02"))
    assert listed(client)["/vat-mtd/items/VAT-1/"] == "2026-04-02"


def test_nothing_is_listed_before_anything_is_published(client):
    assert listed(client) == {}


def test_search_engines_are_told_of_it(client):
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode().splitlines()


def test_programs_that_read_find_every_roadmap(published, client):
    answer = client.get("/llms.txt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    text = answer.content.decode()
    assert text.startswith("# ")
    assert "## VAT roadmap now" in text
    links = re.findall(r"\]\(http://testserver([^)]+)\)", text)
    assert {"/vat-mtd/index.md", "/vat-mtd/pages/who/index.md", "/api/v1/index.md"} <= set(links)
    for link in links:
        assert client.get(link).status_code == 200, link
    assert "\n\n\n" not in text


def test_no_title_is_taken_for_markdown_there(published, client):
    published.title = "*VAT* [draft](/) <b>`x`</b>\\"
    published.description = "1. Not a list\n# nor a heading"
    published.save()
    make.page(published, title="Who [we] are_", slug="we")
    make.edition(published, at=make.at("2026-04-02"))
    text = client.get("/llms.txt").content.decode()
    html = render(text).html
    assert "*VAT* [draft](/) &lt;b&gt;`x`&lt;/b&gt;\\</h3>" in html
    assert "<p>1. Not a list # nor a heading</p>" in html
    assert ">Who [we] are_</a>" in html


def test_both_are_kept_until_something_is_published(published, client):
    urls = ("/sitemap.xml", "/llms.txt")
    etags = [client.get(url)["ETag"] for url in urls]

    def statuses():
        return [
            client.get(url, headers={"If-None-Match": etag}).status_code for url, etag in zip(urls, etags, strict=True)
        ]

    assert statuses() == [304, 304]
    make.item(published, title="Another")
    make.edition(published, at=make.at("2026-04-02"))
    assert statuses() == [200, 200]
