import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client

from roadmap.models import Item
from roadmap.published import store
from roadmap.published.away import believe_away
from roadmap.web.pages.reading import RoadmapReading
from tests import make
from tests.web.feeds.received import OUTLETS
from tests.web.sample import ADDRESSES, whole_roadmap

pytestmark = pytest.mark.django_db


def unreachable(execute, sql, params, many, context):
    raise OperationalError("the database is away")


@pytest.mark.parametrize("url", ADDRESSES.values(), ids=ADDRESSES)
def test_readers_still_see_the_edition_that_they_saw_last(client, caplog, url):
    make.edition(whole_roadmap(), at=make.at("2026-03-24"))
    before = client.get(url).content
    with connection.execute_wrapper(unreachable):
        response = client.get(url)
    assert response.status_code == 200
    assert response.content == before
    assert "The database cannot be read" in caplog.text


def test_what_this_process_has_never_seen_is_said_to_be_away():
    make.edition(whole_roadmap(), at=make.at("2026-03-24"))
    client = Client(raise_request_exception=False)
    with connection.execute_wrapper(unreachable):
        answer = client.get("/vat-mtd/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "The database cannot be reached or written to at the moment." in answer.content.decode()


def test_it_is_alive_but_not_ready(client, caplog):
    with connection.execute_wrapper(unreachable):
        assert client.get("/healthz").content.startswith(b"ok ")
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.content == b"The database cannot be reached.\n"


@pytest.fixture
def believed_away():
    """believed_away() is how it is from then on in a process that asks all the time and found no answer."""
    yield lambda: believe_away(True)
    believe_away(False)


def test_what_was_never_asked_for_is_made_of_what_is_held(client, believed_away, django_assert_num_queries):
    make.edition(whole_roadmap(), at=make.at("2026-03-24"))
    store.whole_history_of(store.newest("vat-mtd", make.at("2026-03-25")))
    believed_away()
    filtered = [f"/vat-mtd/{page}?{query}" for page in ("items/", *OUTLETS) for query in ("stage=test", "q=vat")]
    with django_assert_num_queries(0):
        answers = {path: client.get(path).status_code for path in (*ADDRESSES.values(), *filtered)}
    assert {*answers.items()} == {(path, 200) for path in answers}


@pytest.mark.parametrize("path", ["/admin/", "/preview/a/items/", "/admin/roadmap/roadmap/1/preview/", "/readyz"])
def test_what_needs_the_database_does_not_wait_for_it(believed_away, django_assert_num_queries, path):
    believed_away()
    with django_assert_num_queries(0):
        assert Client(raise_request_exception=False).get(path).status_code == 503


# What is made from the history, which this process does not hold, or not to the end

NEED_HISTORY = [
    *(f"/vat-mtd/{outlet}{query}" for outlet in OUTLETS for query in ("", "?changed_since=1", "?kind=api")),
    "/vat-mtd/items/?changed_since=1",
    "/vat-mtd/at/2026-03-24/",
    "/vat-mtd/at/2026-03-24/items/?kind=api",
    "/vat-mtd/changes/",
    "/vat-mtd/editions/2/",
    "/api/v1/roadmaps/vat-mtd/items?changed_since=1",
]
NEED_NONE = {f"/vat-mtd/items.{name}{query}" for name in ("csv", "xlsx") for query in ("", "?kind=api")}
TYPES = {"changes.atom": "application/problem+xml", "changes.json": "application/problem+json"}


@pytest.fixture
def seen(client):
    """seen(number) makes two Editions, of which this process holds the newest, and the history of so many."""

    def to(number):
        roadmap = whole_roadmap()
        make.edition(roadmap, at=make.at("2026-03-24"))
        if number:
            client.get("/vat-mtd/changes/")
        Item.objects.update(title="Another")
        make.edition(roadmap, at=make.at("2026-03-25"))
        client.get("/")

    return to


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("url", NEED_HISTORY)
def test_what_cannot_be_told_is_put_off_and_nothing_older_is_given_its_name(seen, url, number):
    seen(number)
    client = Client()  # which raises what is not answered
    with connection.execute_wrapper(unreachable):
        away = client.get(url)
    if url in NEED_NONE:
        assert away.status_code == 200
    else:
        assert (away.status_code, "ETag" in away) == (503, False)
        outlet = url.partition("?")[0].rpartition("/")[2]
        kind = TYPES.get(outlet, "text/plain" if outlet.startswith("items.") else "text/html")
        kind = "application/problem+json" if url.startswith("/api/") else kind
        assert away["Content-Type"].startswith(kind)
        assert "Try again" in away.content.decode()
    # And once the database is back, all is told, to somebody who was there meanwhile too.
    back = client.get(url, headers={"If-None-Match": away.get("ETag", "")})
    assert back.status_code == (304 if url in NEED_NONE else 200)


@pytest.mark.parametrize("outlet", OUTLETS)
def test_programs_go_on_being_told_what_was_told_last(client, outlet):
    make.edition(whole_roadmap(), at=make.at("2026-03-24"))
    before = client.get(f"/vat-mtd/{outlet}").content
    with connection.execute_wrapper(unreachable):
        assert client.get(f"/vat-mtd/{outlet}").content == before


@pytest.mark.parametrize("outlet", OUTLETS)
def test_a_failure_is_told_in_the_format_of_the_address(outlet, monkeypatch, caplog):
    make.edition(whole_roadmap(), at=make.at("2026-03-24"))

    def fails(*_, **__):
        raise RuntimeError("the details of a failure")

    monkeypatch.setattr(RoadmapReading, "__init__", fails)
    answer = Client(raise_request_exception=False).get(f"/vat-mtd/{outlet}")
    assert answer.status_code == 500
    assert answer["Content-Type"].startswith(TYPES.get(outlet, "text/plain"))
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "the details of a failure" in caplog.text
    assert "details" not in answer.content.decode()
