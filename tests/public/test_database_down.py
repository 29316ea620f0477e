import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client

from tests import make
from tests.public.read import read
from tests.public.sample import ADDRESSES, whole_roadmap

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


def test_what_this_process_has_never_seen_is_an_error_in_words():
    make.edition(whole_roadmap(), at=make.at("2026-03-24"))
    client = Client(raise_request_exception=False)
    with connection.execute_wrapper(unreachable):
        page = read(client, "/vat-mtd/", status=500)
    assert "Try again later." in page.main


def test_it_is_alive_but_not_ready(client, caplog):
    with connection.execute_wrapper(unreachable):
        assert client.get("/healthz").content == b"ok\n"
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.content == b"The database cannot be reached.\n"
