"""What is told of a request that the page store answers."""

import json
import logging
from ipaddress import ip_network

import pytest
from django.core.handlers.wsgi import WSGIHandler

from roadmap.published import store
from roadmap.web.counts import site_counts
from roadmap.web.page_store.application import PageStore
from roadmap_site.log import JsonLines
from tests import make
from tests.web.page_store.asgi import run

pytestmark = pytest.mark.django_db(transaction=True)

ID = "0123456789abcdef"


@pytest.fixture
def settled(settings, tmp_path):
    settings.STATE_DIR = tmp_path
    site_counts.cache_clear()
    make.edition(make.roadmap(slug="vat-mtd"))
    yield settings
    site_counts.cache_clear()


def new_store():
    made = PageStore(WSGIHandler())
    made._watch.look(store.now())
    return made


def lines(caplog):
    made = [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == "roadmap.access"]
    return [{name: line[name] for name in ("method", "address", "status", "from", "request_id")} for line in made]


def test_each_request_has_a_line_where_that_is_wanted(settled, caplog):
    settled.ACCESS_LOG = settled.BEHIND_PROXY = True
    given = {"X-Request-ID": ID}
    with caplog.at_level(logging.INFO, "roadmap.access"):
        answers = run(
            new_store(),
            ("/vat-mtd/", {"headers": given}),
            ("/vat-mtd/", {"query": "utm_source=a&token=canary"}),
            ("/vat-mtd/", {"headers": {"If-None-Match": "*", **given}}),
            ("/preview/canary/items/", {"headers": given}),
            ("/healthz", {"headers": given}),
        )
        (again,) = run(new_store(), ("/vat-mtd/", {"headers": given}))
    told = lines(caplog)
    ids = [answer.headers["x-request-id"] for answer in (*answers, again)]
    assert [line["request_id"] for line in told] == ids
    assert ids == [ID, ids[1], ID, ID, ID, ID]
    assert ids[1] != ID
    assert [(line["address"], line["status"], line["from"]) for line in told] == [
        ("/vat-mtd/", 200, "django"),
        ("/vat-mtd/?utm_source=a&token=…", told[1]["status"], told[1]["from"]),
        ("/vat-mtd/", 304, "memory"),
        ("/preview/…/items/", 404, "django"),
        ("/healthz", 200, "memory"),
        ("/vat-mtd/", 200, "disk"),
    ]
    assert "canary" not in str(told)


def test_a_stored_page_is_the_same_for_all_where_no_line_is_wanted(settled, caplog):
    with caplog.at_level(logging.INFO, "roadmap.access"):
        page, again, staff = run(new_store(), "/vat-mtd/", "/vat-mtd/", "/readyz")
    assert "x-request-id" not in page.headers
    assert "x-request-id" not in again.headers
    assert len(staff.headers["x-request-id"]) == 16
    assert lines(caplog) == []


def test_it_is_counted_where_an_answer_was_found(settled):
    settled.METRICS_NETWORKS = [ip_network("10.0.0.0/8")]
    site_counts.cache_clear()
    run(new_store().__call__, "/vat-mtd/", "/vat-mtd/", "/vat-mtd/", "/admin/")  # and not what is at hand besides
    run(new_store().__call__, "/vat-mtd/")
    sums = site_counts().sums()
    found = {source: sums["store", source] for source in ("memory", "disk", "django")}
    assert found == {"memory": 2, "disk": 1, "django": 1}
    assert sums["requests", "page", "200"] == 4
    assert sums["requests", "admin", "302"] == 1
    assert (sums["renders", "page"], sums["renders", "admin"]) == (1, 1)


def test_what_is_at_hand_is_counted_too_and_left_where_each_request_has_a_line(settled):
    settled.METRICS_NETWORKS = [ip_network("10.0.0.0/8")]
    site_counts.cache_clear()
    held = new_store()
    run(held.__call__, "/vat-mtd/")
    asked = {b"host": b"testserver", b"if-none-match": b"*"}
    start, _ = held.at_hand("GET", "http", "/vat-mtd/", b"", asked)
    assert start["status"] == 304
    sums = site_counts().sums()
    assert (sums["store", "memory"], sums["requests", "page", "304"]) == (1, 1)
    settled.ACCESS_LOG = True
    assert held.at_hand("GET", "http", "/vat-mtd/", b"", asked) is None
