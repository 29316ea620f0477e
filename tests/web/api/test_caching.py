"""What lets a program, a browser and a cache keep what they read; and what reading costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.web.api import operations
from tests import make
from tests.cases import each_case
from tests.web import story
from tests.web.api.test_answers import ADDRESSES
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db
EVERYTHING = {**ADDRESSES, "openapi": "openapi.json", "documentation": ""}
MOST_QUERIES = 2

every_address = pytest.mark.parametrize("name", EVERYTHING)
each_address = each_case("name", EVERYTHING)


@pytest.fixture
def published(clock):
    clock(make.at("2026-03-26", "17:00"))
    roadmap = whole_roadmap()
    make.edition(roadmap, at=make.at("2026-03-24"))
    roadmap.title = "VAT"
    roadmap.save()
    make.edition(roadmap, at=make.at("2026-03-25"))
    return roadmap


@every_address
def test_what_somebody_has_already_is_not_made_again(published, client, monkeypatch, name):
    url = f"/api/v1/{EVERYTHING[name]}"
    first = client.get(url)
    assert first.status_code == 200
    assert first["Cache-Control"] == "public, max-age=10, stale-while-revalidate=50, stale-if-error=86400"
    assert first["ETag"].startswith('"')

    def never(*_):
        raise AssertionError("an answer was made")

    monkeypatch.setattr(operations.LazyResponse, "rendered_content", property(never))
    conditions = [{"if-none-match": first["ETag"]}]
    if name != "openapi":
        is_of_today = name in ("list_items", "get_item")  # whether a date has passed
        assert (
            first["Last-Modified"] == f"{'Thu, 26 Mar 2026 00:00' if is_of_today else 'Wed, 25 Mar 2026 09:30'}:00 GMT"
        )
        conditions.append({"if-modified-since": first["Last-Modified"]})
    for headers in conditions:
        again = client.get(url, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]


@pytest.mark.parametrize("name", [name for name in EVERYTHING if name != "openapi"])  # which is of no edition
def test_once_something_is_published_it_is_made_again(published, client, name):
    url = f"/api/v1/{EVERYTHING[name]}"
    etag = client.get(url)["ETag"]
    published.title = "Another title"
    published.save()
    make.edition(published, at=make.at("2026-03-26"))
    assert client.get(url, headers={"if-none-match": etag}).status_code == 200


@each_address
def test_head_is_answered_as_get_without_the_body(published, client, name):
    url = f"/api/v1/{EVERYTHING[name]}"
    head, get = client.head(url), client.get(url)
    assert (head.status_code, head.content) == (200, b"")
    own = {"X-Request-ID"}  # each request's
    assert {*head.headers} == {*get.headers}
    assert [name for name in get.headers if head[name] != get[name] and name not in own] == []


@each_case("name", [name for name in EVERYTHING if name != "documentation"])  # which is a page
def test_any_website_may_read_it(published, client, name):
    url = f"/api/v1/{EVERYTHING[name]}"
    headers = {"origin": "https://elsewhere.example"}
    etag = client.get(url)["ETag"]
    asked_before = client.options(url, headers={**headers, "access-control-request-method": "GET"})
    for response in (
        client.get(url, headers=headers),
        client.get(url, headers={**headers, "if-none-match": etag}),
        client.get(f"{url}{'&' if '?' in url else '?'}nope=1", headers=headers),
        client.get("/api/v1/nope", headers=headers),
        client.post(url, headers=headers),
        asked_before,
    ):
        assert response["Access-Control-Allow-Origin"] == "*", response.status_code
        assert "ETag" in response["Access-Control-Expose-Headers"]
    assert asked_before.status_code == 204
    assert asked_before["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "If-None-Match" in asked_before["Access-Control-Allow-Headers"]


@each_address
def test_nothing_of_the_reader_is_in_it(published, client, admin_client, name):
    url = f"/api/v1/{EVERYTHING[name]}"
    response = client.get(url)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert admin_client.get(url).content == response.content


def test_addresses_are_those_of_the_host_that_was_asked(published, client):
    """A cache keeps answers by host, so each is right where it is kept."""
    for host, secure, site in (("localhost", False, "http://localhost"), ("127.0.0.1", True, "https://127.0.0.1")):
        answer = client.get("/api/v1/roadmaps/vat-mtd/items?page_size=1", headers={"host": host}, secure=secure).json()
        assert answer["next"].startswith(f"{site}/api/v1/roadmaps/vat-mtd/items?")
        assert answer["items"][0]["url"] == f"{site}/vat-mtd/items/VAT-1/"


@pytest.fixture(params=[(10, 2), (300, 8)], ids=["few", "many"])
def of_some_length(request):
    items, editions = request.param
    roadmap = whole_roadmap()
    for number in range(items):
        make.item(roadmap, title=f"Item {number}", live="June 2026")
    for number in range(editions):
        roadmap.description = f"Edition {number}"
        roadmap.save()
        make.edition(roadmap, at=make.at(f"2026-03-{number + 1:02}"))


@each_address
def test_it_costs_three_queries_at_most_and_one_once_it_is_in_memory(client, empty_shelf, of_some_length, name):
    url = f"/api/v1/{EVERYTHING[name]}"
    empty_shelf()
    with CaptureQueriesContext(connection) as cold:
        assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as warm:
        assert client.get(url).status_code == 200
    assert len(cold) <= MOST_QUERIES
    assert len(warm) <= 1


def test_the_story_is_told_with_one_query_each(client, told):
    client.get("/api/v1/roadmaps/vat-mtd/editions")
    for name, address in ADDRESSES.items():
        with CaptureQueriesContext(connection) as warm:
            client.get(f"/api/v1/{address.replace('VAT-1', 'VAT-2').replace('pages/guide', 'pages')}")
        assert len(warm) == 1, name
    assert len(told) == len(story.DAYS)
