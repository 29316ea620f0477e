"""Which request something was logged for, and what is told of one that was slow."""

import logging

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from roadmap.web import exchange as module
from roadmap.web.exchange import Answering, Exchange, count_query, current, watch_connection, without_values
from tests import make


@pytest.fixture
def behind_proxy(settings):
    settings.BEHIND_PROXY = True


def test_a_request_has_an_id_which_is_given_back(client):
    first, second = (client.get("/healthz")["X-Request-ID"] for _ in range(2))
    assert len(first) == 16
    assert first != second


def test_the_proxys_id_is_taken_and_nobody_elses(client, settings):
    given = {"X-Request-ID": "0123456789abcdef0123456789abcdef"}
    assert client.get("/healthz", headers=given)["X-Request-ID"] != given["X-Request-ID"]
    settings.BEHIND_PROXY = True
    assert client.get("/healthz", headers=given)["X-Request-ID"] == given["X-Request-ID"]


@pytest.mark.parametrize("given", ["short", "a" * 65, "two words", 'x","a":"forged', "é" * 10])
def test_an_id_that_is_none_is_not_taken(behind_proxy, given):
    assert Exchange("GET", "/", given).id != given


def test_what_is_logged_after_the_view_knows_the_request_too(client, caplog):
    answer = client.get("/a/b/c/d/e")
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert record.request.META[module.EXCHANGE].id == answer["X-Request-ID"]
    assert current.get() is None


# Slow


def answered(caplog, view, path="/vat-mtd/items/?stage=test"):
    with caplog.at_level(logging.WARNING, "roadmap.slow"):
        Answering(view)(RequestFactory().get(path))
    return [record for record in caplog.records if record.name == "roadmap.slow"]


@pytest.mark.django_db
def test_a_slow_answer_is_told_with_its_cause(caplog, settings, monkeypatch):
    settings.SLOW_RENDER_MS, settings.SLOW_QUERY_MS = 1, 0
    ticks = iter(range(0, 10_000, 2))  # each look at the clock is two seconds later
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(ticks))

    def view(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 WHERE 'canary' <> %s", ["Mr Canary"])
        return HttpResponse("")

    watch_connection(connection)
    (record,) = answered(caplog, view)
    assert record.getMessage() == (
        "GET /vat-mtd/items/?stage=test took 6000 ms: 1 queries took 2000 ms of them; the slowest, 2000 ms: "
        "SELECT 1 WHERE '…' <> %s"
    )
    assert (record.told["queries"], record.told["milliseconds_in_queries"]) == (1, 2000)


def test_an_answer_that_is_not_slow_is_not_told_and_none_where_nobody_wants_it(caplog, settings):
    settings.SLOW_RENDER_MS = 60_000
    assert answered(caplog, lambda request: HttpResponse("")) == []
    settings.SLOW_RENDER_MS = 0
    assert answered(caplog, lambda request: HttpResponse("")) == []


@pytest.mark.django_db
def test_a_slow_query_is_told_in_its_words_without_values(caplog, settings, monkeypatch):
    settings.SLOW_QUERY_MS, settings.IS_SERVER = 1, True
    watch_connection(connection)
    watch_connection(connection)
    assert connection.execute_wrappers.count(count_query) == 1
    ticks = iter(range(0, 10_000, 2))
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(ticks))
    with caplog.at_level(logging.WARNING, "roadmap.slow"):
        make.roadmap(slug="canary-slug")
    told = [record.getMessage() for record in caplog.records if record.name == "roadmap.slow"]
    begins = 'A query took 2000 ms (request: none): INSERT INTO "roadmap_roadmap"'
    assert any(line.startswith(begins) for line in told)
    assert "canary" not in "".join(told)
    caplog.clear()
    settings.IS_SERVER = False  # a command
    make.roadmap(slug="another", reference_prefix="AN")
    assert caplog.records == []


def test_the_words_of_a_query_are_one_line_of_some_length():
    assert without_values("SELECT  'it''s me',\n\t1 -- x") == "SELECT '…', 1 -- x"
    assert len(without_values("SELECT " + "a, " * 1000)) == 1001


# The access log, where nothing stands before Django


def test_a_line_for_each_request_where_it_is_wanted(client, caplog, settings):
    with caplog.at_level(logging.INFO, "roadmap.access"):
        client.get("/healthz?a=b")
        assert caplog.records == []
        settings.ACCESS_LOG = True
        answer = client.get("/healthz?a=b")
    (record,) = caplog.records
    assert record.exchange.id == answer["X-Request-ID"]
    assert record.told.pop("milliseconds") >= 0
    assert record.told == {
        "method": "GET",
        "address": "/healthz?a=b",
        "status": 200,
        "bytes": len(answer.content),
        "from": "django",
    }
