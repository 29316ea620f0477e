"""What holds for every outlet: who may ask, how, what it costs, and what it says where it cannot answer."""

import json
import xml.etree.ElementTree as ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roadmap.models import Item, Roadmap
from tests import make
from tests.cases import each_case
from tests.web.feeds import received

pytestmark = pytest.mark.django_db

every_outlet = pytest.mark.parametrize("outlet", received.OUTLETS)
each_outlet = each_case("outlet", received.OUTLETS)
ERRORS = {
    "changes.atom": "application/problem+xml; charset=utf-8",
    "changes.json": "application/problem+json",
    "items.ics": "text/plain; charset=utf-8",
    "items.csv": "text/plain; charset=utf-8",
    "items.xlsx": "text/plain; charset=utf-8",
}


def told(outlet, answer):
    """What the error says, read as its type is."""
    assert answer["Content-Type"] == ERRORS[outlet]
    if outlet == "changes.json":
        problem = json.loads(answer.content)
        assert problem["status"] == answer.status_code
        return problem["detail"]
    if outlet == "changes.atom":
        root = ElementTree.fromstring(answer.content)
        assert root.findtext("{urn:ietf:rfc:7807}status") == str(answer.status_code)
        return root.findtext("{urn:ietf:rfc:7807}detail")
    return answer.content.decode()


@every_outlet
def test_who_has_it_already_is_told_so_until_the_next_edition(client, outlet, clock):
    clock(make.at("2026-01-06", "12:00"))
    roadmap = received.one_item(live="June 2026")
    answer = client.get(f"/one/{outlet}")
    etag, modified = answer["ETag"], answer["Last-Modified"]
    is_of_today = outlet in ("items.csv", "items.xlsx", "items.ics")  # which say whether a date has passed
    assert modified == f"{'Tue, 06 Jan 2026 00:00' if is_of_today else 'Mon, 05 Jan 2026 09:30'}:00 GMT"
    for headers in ({"If-None-Match": etag}, {"If-Modified-Since": modified}):
        again = client.get(f"/one/{outlet}", headers=headers)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
        assert "max-age" in again["Cache-Control"]
        assert again["Access-Control-Allow-Origin"] == "*"
    Item.objects.update(title="Other")
    make.edition(roadmap, at=make.at("2026-01-06"))
    assert client.get(f"/one/{outlet}", headers={"If-None-Match": etag}).status_code == 200


@every_outlet
def test_to_say_so_nothing_is_made(client, outlet, empty_shelf, monkeypatch):
    received.one_item(live="June 2026")
    etag = client.get(f"/one/{outlet}")["ETag"]
    empty_shelf()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/one/{outlet}", headers={"If-None-Match": etag}).status_code == 304
    assert len(queries) <= 2  # not the history


@every_outlet
def test_head_is_answered_as_get_without_the_body(client, outlet):
    received.one_item()
    answer, whole = client.head(f"/one/{outlet}"), client.get(f"/one/{outlet}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert [answer[name] for name in ("ETag", "Content-Type")] == [whole[name] for name in ("ETag", "Content-Type")]


@every_outlet
def test_scripts_of_any_site_may_read_it_and_nothing_is_known_of_the_reader(client, outlet):
    received.one_item()
    answer = client.get(f"/one/{outlet}", headers={"Origin": "https://elsewhere.example"})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    before = client.options(f"/one/{outlet}", headers={"Access-Control-Request-Method": "GET"})
    assert (before.status_code, before["Access-Control-Allow-Methods"]) == (204, "GET, HEAD")


@each_outlet
@each_case("method", ["post", "put", "patch", "delete"])
def test_it_can_only_be_read(outlet, method):
    received.one_item()
    answer = getattr(Client(enforce_csrf_checks=True), method)(f"/one/{outlet}")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert f"use GET, not {method.upper()}" in told(outlet, answer)


@each_outlet
@each_case(
    ("query", "says"),
    [
        ("stage=nope", "There is no stage called “nope”"),
        ("api=nope", "There is no API called “nope”"),
        ("stag=test", "There is no parameter called “stag”. Did you mean “stage”?"),
        ("changed_since=2099-01-01", "has not come yet"),
        ("changed_since=soon", "is not a date"),
        ("q=" + "x" * 100_000, "asks for too much"),
        ("stage=%01%08%0c]]><&", "There is no stage called"),
    ],
    ids=["value", "name", "parameter", "future", "nonsense", "length", "characters"],
)
def test_what_is_not_understood_is_told_in_its_own_format(client, outlet, query, says):
    received.one_item()
    answer = client.get(f"/one/{outlet}?{query}")
    assert answer.status_code == 400
    assert says in told(outlet, answer)
    assert answer["Access-Control-Allow-Origin"] == "*"


@every_outlet
def test_names_that_clients_and_mailers_add_change_nothing(client, outlet):
    received.one_item(kind="api", live="June 2026")
    answer = client.get(f"/one/{outlet}?kind=api&nocache=2&utm_source=x&_=1&fbclid=y")
    assert answer.status_code == 200
    assert answer.content == received.body(client, f"/one/{outlet}?kind=api")


@every_outlet
def test_of_a_roadmap_that_is_not_there_it_says_so_in_its_own_format(client, outlet):
    answer = client.get(f"/nope/{outlet}")
    assert answer.status_code == 404
    assert "nothing at this address" in told(outlet, answer)


@every_outlet
def test_pages_are_for_feeds_alone(client, outlet):
    received.one_item()
    assert client.get(f"/one/{outlet}?page=1").status_code == (200 if "changes" in outlet else 400)


@pytest.fixture
def sixty_items():
    roadmap = make.roadmap(slug="one")
    release = make.release(roadmap, title="June 2026")
    api = make.api(name="VAT")
    for _ in range(60):
        make.item(roadmap, test="March 2026", release=release, apis=((api, ""),))
    make.edition(roadmap, at=make.at("2026-01-01"))
    for month in range(2, 8):
        Item.objects.update(description=f"As of month {month}.")
        make.edition(roadmap, at=make.at(f"2026-0{month}-01"))


@each_outlet
@each_case("query", ["", "?api=vat"])
def test_it_costs_two_queries_at_most_and_one_once_it_is_in_memory(client, sixty_items, outlet, query, empty_shelf):
    empty_shelf()
    with CaptureQueriesContext(connection) as cold:
        received.body(client, f"/one/{outlet}{query}")
    with CaptureQueriesContext(connection) as warm:
        received.body(client, f"/one/{outlet}{query}")
    assert 1 <= len(cold) <= 2
    assert len(warm) == 1


@every_outlet
def test_the_same_edition_gives_the_same_bytes_whenever_it_is_asked_for(client, outlet, clock, empty_shelf):
    received.one_item(live="January 2032")  # which has not passed
    clock(make.at("2026-01-05", "10:00"))
    first = received.body(client, f"/one/{outlet}")
    clock(make.at("2031-12-31"))
    empty_shelf()
    assert received.body(client, f"/one/{outlet}") == first


@every_outlet
def test_what_is_scheduled_is_not_told_before_its_time(client, outlet, clock):
    roadmap = received.one_item(live="June 2026")
    Item.objects.update(title="Canary")
    make.edition(roadmap, at=make.at("2026-02-01"), now=make.at("2026-01-06"))
    clock(make.at("2026-01-31"))
    assert "Canary" not in received.text(client, f"/one/{outlet}")
    clock(make.at("2026-02-01"))
    assert "Canary" in received.text(client, f"/one/{outlet}")


# A roadmap that keeps to itself what its dates were


def with_moves(*, hides):
    """February, then March 2026; another item withdrawn, and one that lost its date. Published in other months."""
    roadmap = received.one_item(test="February 2026", of_roadmap={"hides_date_history": hides})
    gone = make.item(roadmap, title="Gone", live="14 February 2026")
    undated = make.item(roadmap, title="Undated", live="February 2026")
    make.edition(roadmap, at=make.at("2026-01-06"))
    Item.objects.get(title="Thing").milestones.update(when="March 2026")
    make.edition(roadmap, at=make.at("2026-01-07"))
    gone.delete()
    undated.milestones.update(when="TBC")
    make.edition(roadmap, at=make.at("2026-01-08"))
    return roadmap


@every_outlet
def test_what_a_date_was_is_not_told_where_the_roadmap_keeps_it(client, outlet):
    with_moves(hides=True)
    text = received.text(client, f"/one/{outlet}")
    for word in ("February", "202602", "2026-02", "was ", "moved from", "planned"):
        assert word not in text
    assert "March 2026" in text


@every_outlet
def test_nor_any_more_from_when_the_roadmap_keeps_it(client, outlet):
    roadmap = with_moves(hides=False)
    assert ("February" in received.text(client, f"/one/{outlet}")) == ("changes" in outlet or outlet == "items.ics")
    Roadmap.objects.filter(pk=roadmap.pk).update(hides_date_history=True)
    roadmap.refresh_from_db()
    make.edition(roadmap, at=make.at("2026-01-09"))
    text = received.text(client, f"/one/{outlet}")
    for word in ("February", "202602", "2026-02", "was ", "moved from", "planned"):
        assert word not in text


def test_a_cancelled_event_is_then_on_the_day_that_it_was_cancelled(client):
    with_moves(hides=True)
    events = received.events(client, "/one/items.ics")
    assert {name: (one["STATUS"], one["SEQUENCE"], *received.days(one)) for name, one in events.items()} == {
        "ONE-1 Sandbox": ("TENTATIVE", 1, "2026-03-01", "2026-03-31"),
        "ONE-2 Live": ("CANCELLED", 1, "2026-01-08", "2026-01-08"),
        "ONE-3 Live": ("CANCELLED", 1, "2026-01-08", "2026-01-08"),
    }
