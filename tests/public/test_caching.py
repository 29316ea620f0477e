"""What lets caches keep a page: validators made from the Edition, 304 without a template, how long."""

import pytest
from django.template import engines
from django.test import Client

from roadmap.public import caching
from tests import make
from tests.public.sample import ADDRESSES, whole_roadmap

pytestmark = pytest.mark.django_db
every_page = pytest.mark.parametrize("url", ADDRESSES.values(), ids=ADDRESSES)


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
        monkeypatch.setattr("roadmap.public.respond.render_to_string", refuse)

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


@every_page
def test_who_has_an_older_page_gets_the_new_one(published, client, url):
    old = client.get(url)
    published.description = "Another."
    published.save()
    make.edition(published, at=make.at("2026-03-25"))
    answer = client.get(url, headers={"If-None-Match": old["ETag"], "If-Modified-Since": old["Last-Modified"]})
    assert answer.status_code == 200
    assert answer["ETag"] != old["ETag"]


@every_page
def test_a_shared_cache_may_hold_it_briefly_and_longer_while_we_are_down(published, client, url):
    directives = client.get(url)["Cache-Control"].split(", ")
    assert directives == ["public", "max-age=10", "stale-while-revalidate=50", "stale-if-error=86400"]
    assert "Vary" not in client.get(url)


@every_page
def test_head_is_answered_as_get_is_but_for_the_content(published, client, url):
    get, head = client.get(url), client.head(url)
    assert head.content == b""
    assert {**head.headers} == {**get.headers}


@every_page
def test_other_software_makes_another_page_of_the_same_edition(published, client, monkeypatch, url):
    before = client.get(url)
    monkeypatch.setattr(caching, "software", lambda: "another")
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
    first = caching.software()
    caching.software.cache_clear()
    assert caching.software() == first
