"""What a program is told where it cannot be answered: one shape, the parameter named, what to do."""

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client

from roadmap.published.filters import MAX_QUERY_LENGTH
from roadmap.web.api import sync, views
from tests import make
from tests.cases import each_case
from tests.web.api.strict import check
from tests.web.api.test_answers import ADDRESSES
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db
VAT = "roadmaps/vat-mtd"

every_address = each_case("address", ["openapi.json", *ADDRESSES.values()], ids=["openapi", *ADDRESSES])


@pytest.fixture
def published():
    roadmap = whole_roadmap()
    make.edition(roadmap, at=make.at("2026-03-24"))
    roadmap.title = "VAT"
    roadmap.save()
    make.edition(roadmap, at=make.at("2026-03-25"))
    return roadmap


NOT_FOUND = [
    "nope",
    "roadmaps/",
    "roadmaps/nope",
    "roadmaps/nope/items",
    "roadmaps/nope/items/VAT-1",
    "roadmaps/nope/changes",
    "roadmaps/VAT-MTD",
    f"{VAT}/items/VAT-99",
    f"{VAT}/items/VAT-1/",
    f"{VAT}/items/%F0%9F%92%A9",
    f"{VAT}/items/VAT-1%00",
    f"{VAT}/items/VAT-1%0A",
    f"{VAT}/items/..%2F..%2Fadmin",
    f"{VAT}/items/{'A' * 5000}",
    f"{VAT}/pages/nope",
    f"{VAT}/editions/0",
    f"{VAT}/editions/3",
    f"{VAT}/editions/{'9' * 500}",
    f"{VAT}/editions/-1",
    f"{VAT}/editions/one",
    f"{VAT}/editions?page=2",
    "roadmaps/vat-mtd%00",
    "roadmaps/'%20OR%201=1--",
    "<script>alert(1)</script>",
    "line%0Aline",
]


@each_case("address", NOT_FOUND, ids=lambda address: address[:40])
def test_what_is_not_there_is_a_404(published, api, address):
    problem = api(address, status=404)
    check("Problem", problem)
    assert (problem["title"], problem["status"]) == ("Not Found", 404)
    assert problem["detail"].endswith((".", "/items", "/pages"))


BAD = [
    (f"{VAT}/items?stage=done", "stage", "Choose from Planned, In sandbox, Controlled go-live, Live."),
    (f"{VAT}/items?kind=magic", "kind", "Choose from API"),
    (f"{VAT}/items?audience=martians", "audience", "There is no audience called “martians”."),
    (f"{VAT}/items?api=nope", "api", "There is no API called “nope”."),
    (f"{VAT}/items?release=nope", "release", "There is no release called “nope”."),
    (f"{VAT}/items?breaking=maybe", "breaking", "Choose from Yes, No, Not known."),
    (f"{VAT}/items?item=VAT-99", "item", "There is no item called “VAT-99”."),
    (f"{VAT}/items?changed_since=2999-01-01", "changed_since", "has not come yet"),
    (f"{VAT}/items?changed_since=3", "changed_since", "the newest is 2"),
    (f"{VAT}/items?changed_since=yonder", "changed_since", "is not a date or the number of an edition"),
    (f"{VAT}/items?q={'a' * 201}", "q", "Search for up to 200 characters"),
    (f"{VAT}/items?stages=test", "stages", "There is no parameter called “stages”. Did you mean “stage”?"),
    (f"{VAT}/items?page=1&page=2", "page", "Give “page” once."),
    (f"{VAT}/items?page=1e3", "page", "is not a whole number from 1"),
    (f"{VAT}/editions?page_size=1000000000", "page_size", "is not a whole number from 1 to 500"),
    (f"{VAT}/changes?since=nonsense", "since", "is not a cursor of this API"),
    (f"{VAT}/changes?page=2", "page", "There is no parameter called “page” here. Use since, limit."),
    (f"{VAT}/changes?sinse=x", "sinse", "There is no parameter called “sinse”. Did you mean “since”?"),
    (f"{VAT}?since=2", "since", "This address takes none."),
    ("roadmaps?q=vat", "q", "This address takes none."),
    (f"{VAT}/items/VAT-1?page=1", "page", "This address takes none."),
]


@each_case(("address", "parameter", "words"), BAD, ids=[one[0][:60] for one in BAD])
def test_a_parameter_that_is_not_understood_is_named(published, api, address, parameter, words):
    problem = api(address, status=400)
    check("Problem", problem)
    (error,) = problem["errors"]
    assert error["parameter"] == parameter
    assert words in error["detail"]
    assert error["detail"] == problem["detail"]


def test_every_parameter_that_is_wrong_is_named(published, api):
    problem = api(f"{VAT}/items?stage=done&kind=magic&kid=1", status=400)
    assert [one["parameter"] for one in problem["errors"]] == ["kid", "stage", "kind"]


def test_a_query_of_100_kilobytes_is_refused(published, api):
    assert str(MAX_QUERY_LENGTH) in api(f"{VAT}/items?q={'a' * 100_000}", status=400)["detail"]


@every_address
def test_a_null_byte_is_refused(published, api, address):
    problem = api(f"{address}{'&' if '?' in address else '?'}q=%00", status=400)
    assert problem["detail"] == "The address has a null byte in it."


@every_address
@each_case("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_it_can_only_be_read(published, method, address):
    client = Client(enforce_csrf_checks=True)
    response = client.generic(method, f"/api/v1/{address}")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"] == f"This address can only be read: use GET, not {method}."
    check("Problem", response.json())


@each_case("accept", ["text/html", "application/xml;q=0.9", "image/png, */*;q=0", "nonsense", ""])
def test_an_unknown_accept_is_answered_with_json(published, api, accept):
    assert api(VAT, accept=accept)["roadmap"]["slug"] == "vat-mtd"
    check("Problem", api("roadmaps/nope", status=404, accept=accept))


def test_a_failure_is_told_in_the_same_shape_and_logged(published, api, monkeypatch, caplog):
    def fails(*_):
        raise RuntimeError("the details of a failure")

    monkeypatch.setattr(views, "whole", fails)  # in the making of the answer, after the view
    problem = api(VAT, status=500)
    check("Problem", problem)
    assert problem["detail"] == "Sorry, there is a problem with this service. Try again later."
    assert "the details of a failure" in caplog.text
    monkeypatch.setattr(sync, "touched", fails)
    api(f"{VAT}/changes", status=500)


def unreachable(execute, sql, params, many, context):
    raise OperationalError("the database is away")


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_while_the_database_is_away_what_was_seen_last_is_told(published, api, address, caplog):
    address = address.replace("page=2", "page=1")
    before = api(address)
    with connection.execute_wrapper(unreachable):
        assert api(address) == before
    assert "The database cannot be read" in caplog.text


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_what_this_process_has_never_seen_is_told_to_be_away(published, api, client, empty_shelf, address):
    empty_shelf()
    with connection.execute_wrapper(unreachable):
        response = client.get(f"/api/v1/{address}")
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert response["Cache-Control"] == "no-store"
    check("Problem", response.json())


def test_history_that_lacks_the_newest_edition_is_not_to_be_kept(published, client):
    """The newest Edition was seen, and the database went away before its history was read."""
    client.get(f"/api/v1/{VAT}/editions")
    published.title = "VAT again"
    published.save()
    make.edition(published, at=make.at("2026-03-26"))
    client.get("/api/v1/roadmaps")
    with connection.execute_wrapper(unreachable):
        response = client.get(f"/api/v1/{VAT}/editions")
    assert [one["number"] for one in response.json()["editions"]] == [2, 1]
    assert (response["Cache-Control"], "ETag" in response) == ("no-store", False)


def test_the_documentation_does_not_need_the_database(client, caplog):
    with connection.execute_wrapper(unreachable):
        assert client.get("/api/v1/").status_code == 200
        assert client.get("/api/v1/openapi.json").status_code == 200
