"""A database that is put back to an earlier state while processes run that have seen a later one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import Item, Roadmap
from roadmap.publishing import Choices
from tests import make
from tests.web import story

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "changes": "/vat-mtd/changes/?since=0",
    "editions": "/vat-mtd/editions/",
    "item": "/vat-mtd/items/VAT-19/",
    "a day": "/vat-mtd/at/2026-03-20/editions/",
    "Atom": "/vat-mtd/changes.atom",
    "JSON Feed": "/vat-mtd/changes.json",
    "calendar": "/vat-mtd/items.ics?item=VAT-19",
    "API": "/api/v1/roadmaps/vat-mtd/editions",
}


@pytest.fixture(scope="module")
def told_once(keep):
    return keep(story.tell)


@pytest.fixture
def put_back(told_once, clock):
    """put_back(5) leaves the first five Editions of the story in the database, as restoring an old copy does."""
    clock(make.at("2026-04-01"))

    def to(number):
        later = "(SELECT id FROM roadmap_edition WHERE number > %s)"
        revisions = f"(SELECT id FROM roadmap_revision WHERE edition_id IN {later})"
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM roadmap_change WHERE revision_id IN {revisions}", [number])
            cursor.execute(f"DELETE FROM roadmap_revision WHERE edition_id IN {later}", [number])
            cursor.execute("DELETE FROM roadmap_edition WHERE number > %s", [number])
        return Roadmap.objects.get(slug="vat-mtd")

    return to


def published_anew(roadmap, *days):
    for number, day in enumerate(days):
        Item.objects.filter(reference="VAT-19").update(title=f"Another {number}")
        make.edition(roadmap, at=make.at(day), choices=Choices(reason_for_all="Paid for in another way."))


every_address = pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)


@every_address
@pytest.mark.parametrize(
    "days", [[], ["2026-03-18"], ["2026-03-18", "2026-03-19"], [f"2026-03-{n}" for n in range(18, 22)]]
)
def test_readers_are_told_what_is_there_now(client, put_back, empty_shelf, address, days):
    client.get(address)
    published_anew(put_back(5), *days)
    running = client.get(address)
    empty_shelf()
    fresh = client.get(address)
    assert (running.status_code, running.content) == (200, fresh.content)
    assert ("Another" in running.content.decode()) == (bool(days) and "editions" not in address)


def test_once_it_is_known_again_it_costs_one_query(client, put_back):
    client.get(ADDRESSES["JSON Feed"])
    published_anew(put_back(5), "2026-03-18")
    client.get(ADDRESSES["JSON Feed"])
    with CaptureQueriesContext(connection) as queries:
        client.get(ADDRESSES["JSON Feed"])
    assert len(queries) == 1
