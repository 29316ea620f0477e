"""What holds for every public page: its structure, its privacy, its cost."""

import gzip
import re
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.cases import each_case
from tests.web.read import read
from tests.web.sample import ADDRESSES, whole_roadmap

pytestmark = pytest.mark.django_db
MOST_QUERIES = 2  # the newest edition, and all that led to it

each_page = each_case("url", ADDRESSES.values(), ids=ADDRESSES)


@pytest.fixture
def published():
    roadmap = whole_roadmap()
    make.edition(roadmap, at=make.at("2026-03-24"))
    return roadmap


@each_page
def test_headings_go_down_one_at_a_time_from_a_single_h1(published, reads, url):
    headings = reads(url).headings
    levels = [level for level, _ in headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    jumps = [pair for pair in pairwise(headings) if pair[1][0] > pair[0][0] + 1]
    assert jumps == []


@each_page
def test_ids_are_used_once_and_links_within_the_page_lead_somewhere(published, reads, url):
    page = reads(url)
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert sorted(ids) == sorted(set(ids))
    within = {one.attributes["href"][1:] for one in page.all("a") if one.attributes["href"].startswith("#")}
    assert within <= set(ids)
    assert "main-content" in within  # the skip link


@each_page
def test_links_within_the_site_lead_to_pages(published, reads, client, url):
    addresses = {one.attributes["href"].split("#")[0] for one in reads(url).all("a")}
    for address in sorted(one for one in addresses if one.startswith("/")):
        assert client.get(address).status_code == 200, address


@each_page
def test_no_style_or_script_is_inline_and_none_is_needed(published, reads, url):
    page = reads(url)
    assert [one for one in page.all("script") if one.attributes["type"] != "application/ld+json"] == []  # no script
    assert page.all("style") == []
    assert [
        one.tag for one in page.elements if any(name == "style" or name.startswith("on") for name in one.attributes)
    ] == []


@each_page
def test_a_page_says_its_language_and_what_it_is(published, reads, url):
    page = reads(url)
    assert page.one("html").attributes["lang"] == "en"
    assert page.title
    assert page.one("meta", name="description").attributes["content"]


@each_page
def test_nothing_of_the_reader_is_kept_or_asked_for(published, client, url):
    response = client.get(url)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@each_page
def test_a_page_is_the_same_for_staff(published, client, admin_client, url):
    assert admin_client.get(url).content == client.get(url).content
    assert "Cookie" not in admin_client.get(url).get("Vary", "")


@each_page
@each_case("method", ["post", "put", "patch", "delete", "options"])
def test_it_can_only_be_read(published, url, method):
    client = Client(enforce_csrf_checks=True)
    response = getattr(client, method)(url)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert f"A {method.upper()} request cannot be sent to it, only GET or HEAD." in response.content.decode()


@each_page
def test_head_is_answered_as_get_without_the_body(published, client, url):
    response = client.head(url)
    assert response.status_code == 200
    assert response.content == b""


@each_case("url", [url for url in ADDRESSES.values() if url != "/"])
def test_a_missing_slash_is_added(published, client, url):
    response = client.get(url.rstrip("/"))
    assert (response.status_code, response["Location"]) == (301, url)


@pytest.fixture(params=[10, 300])
def of_some_length(request):
    roadmap = whole_roadmap()
    for number in range(request.param):
        make.item(roadmap, title=f"Item {number}", live="June 2026")
    make.edition(roadmap, at=make.at("2026-03-24"))


@each_page
def test_a_page_costs_two_queries_at_most_and_one_once_it_is_in_memory(client, empty_shelf, of_some_length, url):
    empty_shelf()
    with CaptureQueriesContext(connection) as cold:
        assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as warm:
        assert client.get(url).status_code == 200
    assert len(cold) <= MOST_QUERIES
    assert len(warm) <= 1


def test_what_is_not_there_costs_no_more(published, client, empty_shelf):
    for url in ("/nope/", "/vat-mtd/items/VAT-99/", "/vat-mtd/pages/nope/"):
        empty_shelf()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 404
        assert len(queries) <= MOST_QUERIES


def test_many_roadmaps_and_editions_cost_no_more(client, empty_shelf):
    for _ in range(5):
        roadmap = make.roadmap()
        for month in range(1, 7):
            roadmap.description = f"As of month {month}."
            roadmap.save()
            make.edition(roadmap, at=make.at(f"2026-0{month}-01"))
    empty_shelf()
    for url in ("/", f"/{roadmap.slug}/"):
        empty_shelf()
        with CaptureQueriesContext(connection) as queries:
            assert "As of month 6." in read(client, url).main
        assert len(queries) <= MOST_QUERIES


def test_a_home_page_of_forty_items_is_small(client):
    roadmap = whole_roadmap("and so on, with a sentence of about the length that a sentence has")
    for number in range(36):
        make.item(roadmap, title=f"Retrieve thing number {number}", live="June 2026", test="May 2026")
    make.edition(roadmap, at=make.at("2026-03-24"))
    assert len(gzip.compress(client.get("/vat-mtd/").content)) <= 8 * 1024


def test_pages_hold_no_stray_template_code(published, client):
    for url in ADDRESSES.values():
        assert not re.search(r"\{[{%#]|[%#}]\}", client.get(url).content.decode())
