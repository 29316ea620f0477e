"""What lets caches keep a page: validators made from the Edition, 304 without a template, how long."""

import pytest
from django.template import engines
from django.test import Client

from roadmap.web import responses
from tests import make
from tests.cases import each_case
from tests.web.sample import ADDRESSES, whole_roadmap

pytestmark = pytest.mark.django_db
every_page = pytest.mark.parametrize("url", ADDRESSES.values(), ids=ADDRESSES)
each_page = each_case("url", ADDRESSES.values(), ids=ADDRESSES)


@pytest.fixture
def published():
    roadmap = whole_roadmap()
    make.edition(roadmap, at=make.at("2026-03-24"))
    return roadmap


@pytest.fixture
def no_templates(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a template was asked for")

    def from_now_on():
        monkeypatch.setattr(type(engines["django"]), "get_template", refuse)
        monkeypatch.setattr("roadmap.web.responses.render_to_string", refuse)

    return from_now_on


@every_page
def test_who_has_the_page_is_told_so_without_touching_a_template(published, client, no_templates, url):
    whole = client.get(url)
    assert whole["ETag"].startswith('"')  # strong: RFC 9110, 8.8.1
    assert whole["Last-Modified"]
    no_templates()
    for have in ({"If-None-Match": whole["ETag"]}, {"If-Modified-Since": whole["Last-Modified"]}):
        answer = client.get(url, headers=have)
        assert (answer.status_code, answer.content) == (304, b"")
        # RFC 9110, 15.4.5
        assert {name: answer[name] for name in ("ETag", "Cache-Control")} == {
            name: whole[name] for name in ("ETag", "Cache-Control")
        }


@each_page
@each_case("conditions", [{"If-Match": '"other"'}, {"If-Unmodified-Since": "Mon, 05 Jan 2026 09:30:00 GMT"}], ids=str)
def test_a_condition_that_fails_is_no_matter_to_other_readers(published, client, url, conditions):
    etag = client.get(url)["ETag"]
    assert client.get(url, headers=conditions).status_code == 412  # RFC 9110, 13.1.1 and 13.1.4
    assert client.get(url, headers={"If-None-Match": '"older"'}).status_code == 200
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304


@each_page
@each_case("have", ["*", "W/{etag}", '"other", {etag}', "{etag}, ", "*, \x00"])
def test_other_ways_to_name_what_one_has_are_understood_or_passed_over(published, client, url, have):
    etag = client.get(url)["ETag"]
    answer = client.get(url, headers={"If-None-Match": have.format(etag=etag)})
    assert answer.status_code == (200 if "\x00" in have else 304)


@every_page
def test_who_has_an_older_page_gets_the_new_one(published, client, url):
    old = client.get(url)
    published.description = "Another."
    published.save()
    make.edition(published, at=make.at("2026-03-25"))
    answer = client.get(url, headers={"If-None-Match": old["ETag"], "If-Modified-Since": old["Last-Modified"]})
    assert answer.status_code == 200
    assert answer["ETag"] != old["ETag"]


@each_page
def test_a_shared_cache_may_hold_it_briefly_and_longer_while_we_are_down(published, client, url):
    directives = client.get(url)["Cache-Control"].split(", ")
    assert directives == ["public", "max-age=10", "stale-while-revalidate=50", "stale-if-error=86400"]
    assert client.get(url)["Vary"] == "Accept"  # and of nothing that a reader is known by


@each_page
def test_head_is_answered_as_get_is_but_for_the_content(published, client, url):
    get, head = client.get(url), client.head(url)
    assert head.content == b""
    own = {"X-Request-ID"}  # each request's
    assert {*head.headers} == {*get.headers}
    assert [name for name in get.headers if head[name] != get[name] and name not in own] == []


@every_page
def test_other_software_makes_another_page_of_the_same_edition(published, client, monkeypatch, url):
    before = client.get(url)
    monkeypatch.setattr(responses, "software", lambda: "another")
    assert client.get(url, headers={"If-None-Match": before["ETag"]}).status_code == 200


@pytest.mark.parametrize("url", ["/nope/", "/vat-mtd/items/VAT-99/", "/vat-mtd/pages/nope/", "/vat-mtd/at/2020-01-01/"])
def test_what_is_not_there_is_never_said_to_be_unchanged(published, url):
    answer = Client().get(url, headers={"If-None-Match": "*", "If-Modified-Since": "Tue, 24 Mar 2099 09:30:00 GMT"})
    assert answer.status_code == 404
    assert "ETag" not in answer


def test_what_was_withdrawn_is_never_said_to_be_unchanged(published, client):
    item = published.items.get(reference="VAT-1")
    kept = client.get("/vat-mtd/items/VAT-1/")
    item.delete()
    make.edition(published, at=make.at("2026-03-25"))
    have = {"If-None-Match": kept["ETag"], "If-Modified-Since": "Tue, 24 Mar 2099 09:30:00 GMT"}
    assert client.get("/vat-mtd/items/VAT-1/", headers=have).status_code == 410


def test_software_that_looks_the_same_has_the_same_name():
    first = responses.software()
    responses.software.cache_clear()
    assert responses.software() == first


# When it ends


def test_what_is_right_for_one_day_only_is_not_said_to_be_unchanged_on_the_next(published, client, clock):
    clock(make.at("2026-03-24", "23:59"))
    whole = client.get("/vat-mtd/changes/")
    have = {"If-None-Match": whole["ETag"]}
    assert client.get("/vat-mtd/changes/", headers=have).status_code == 304
    clock(make.at("2026-03-25", "00:01"))
    assert client.get("/vat-mtd/changes/", headers=have).status_code == 200


def test_another_host_or_query_is_another_address(published, client, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    whole = client.get("/vat-mtd/items/", headers={"host": "one.example"})
    have = {"If-None-Match": whole["ETag"]}
    assert client.get("/vat-mtd/items/?stage=nope", headers={**have, "host": "one.example"}).status_code == 400
    assert client.get("/vat-mtd/items/", headers={**have, "host": "three.example"}).status_code == 400


def test_a_scheduled_edition_ends_it_at_its_time(published, client, clock):
    clock(make.at("2026-03-24", "10:00"))
    have = {"If-None-Match": client.get("/vat-mtd/")["ETag"]}
    published.description = "Another."
    published.save()
    make.edition(published, at=make.at("2026-03-25"), now=make.at("2026-03-24", "10:00"))
    assert client.get("/vat-mtd/", headers=have).status_code == 304
    clock(make.at("2026-03-25", "09:31"))
    assert client.get("/vat-mtd/", headers=have).status_code == 200


def test_an_edition_that_a_faster_clock_published_ends_it_at_once(published, client, clock):
    slow, fast = make.at("2026-03-24", "23:59"), make.at("2026-03-25", "00:01")
    clock(slow)
    have = {"If-None-Match": client.get("/vat-mtd/")["ETag"]}
    published.description = "Another."
    published.save()
    make.edition(published, now=fast)
    answer = client.get("/vat-mtd/", headers=have)
    assert (answer.status_code, "Another." in answer.content.decode()) == (200, True)
    assert client.get("/vat-mtd/", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    # Its day has begun for whoever reads it.
    assert client.get("/vat-mtd/at/2026-03-25/").status_code == 200
    assert client.get("/api/v1/roadmaps/vat-mtd/items?changed_since=2026-03-25").status_code == 200


def test_a_page_that_a_faster_clock_showed_stays(published, client, clock):
    published.description = "Another."
    published.save()
    slow = make.at("2026-03-25", "09:29")
    make.edition(published, at=make.at("2026-03-25"), now=slow)
    clock(make.at("2026-03-25"))
    whole = client.get("/vat-mtd/")
    clock(slow)
    assert client.get("/vat-mtd/", headers={"If-None-Match": whole["ETag"]}).status_code == 304
    assert client.get("/vat-mtd/").content == whole.content
    assert client.get("/api/v1/roadmaps/vat-mtd").json()["edition"]["number"] == 2


def test_a_day_of_the_roadmap_gains_an_edition(published, client, clock):
    clock(make.at("2026-03-24", "10:00"))
    have = {"If-None-Match": client.get("/vat-mtd/at/2026-03-24/")["ETag"]}
    published.description = "Another."
    published.save()
    make.edition(published, at=make.at("2026-03-24", "11:00"))
    clock(make.at("2026-03-24", "12:00"))
    answer = client.get("/vat-mtd/at/2026-03-24/", headers=have)
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    again = client.get("/vat-mtd/at/2026-03-24/", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again["X-Robots-Tag"]) == (304, "noindex")


def test_the_list_of_roadmaps_gains_one(published, client):
    have = {"If-None-Match": client.get("/")["ETag"]}
    assert client.get("/", headers=have).status_code == 304
    make.edition(make.roadmap(), at=make.at("2026-03-20"))  # older than what is there
    assert client.get("/", headers=have).status_code == 200


@each_case(
    ("url", "is_daily"),
    [
        ("/vat-mtd/changes/?since=last+month", True),
        ("/vat-mtd/changes/?since=1+March", True),
        ("/vat-mtd/changes/?since=1+March+2026", False),
        ("/vat-mtd/changes/?since=0&overdue=yes", True),
        ("/vat-mtd/changes/?since=0&from=today", True),
        ("/vat-mtd/changes/?since=0&from=2026&moved=later", False),
        ("/vat-mtd/changes.atom?changed_since=last+week", True),
        ("/vat-mtd/changes.atom?changed_since=1+March+2026", False),
        ("/vat-mtd/changes.json?changed_since=Monday", True),
        ("/vat-mtd/changes.json", False),
        ("/vat-mtd/editions/1/?changed_since=this+year", True),
        ("/vat-mtd/editions/1/?changed_since=2026-01-01", False),
        ("/vat-mtd/items/?overdue=yes", True),
        ("/vat-mtd/items.csv?from=today", True),
        ("/vat-mtd/items.ics?to=next+month", True),
    ],
)
def test_what_is_said_from_today_is_another_answer_tomorrow(published, client, clock, url, is_daily):
    clock(make.at("2026-03-25", "23:59"))
    today = client.get(url)
    clock(make.at("2026-03-26", "00:01"))
    assert today.status_code == 200
    assert (client.get(url)["ETag"] != today["ETag"]) is is_daily


@each_case(
    "url, method, status, kept",
    [
        ("/nowhere/", "get", 404, "no-store"),  # a roadmap may be published there the next moment
        ("/nowhere/at/all/", "get", 404, "no-store"),
        ("/vat-mtd/items/VAT-99/", "get", 404, "no-store"),
        ("/vat-mtd/at/2020-01-01/", "get", 404, "no-store"),
        ("/vat-mtd/?q=%00", "get", 400, "no-store"),
        ("/vat-mtd/", "post", 405, "no-store"),
        ("/media/none.png", "get", 404, "no-store"),
        ("/vat-mtd", "get", 301, "public, max-age=10"),
        ("/vat-mtd/items/vat-1/", "get", 301, "public, max-age=10"),
    ],
)
def test_what_may_be_there_or_lead_elsewhere_the_next_moment_is_not_kept_for_long(
    published, client, url, method, status, kept
):
    """Without a word of it, a cache may keep it as long as it likes (RFC 9110, 15.1)."""
    answer = getattr(client, method)(url)
    assert (answer.status_code, answer.get("Cache-Control")) == (status, kept)
