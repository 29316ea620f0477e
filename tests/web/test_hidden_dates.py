"""A roadmap that keeps its earlier dates to itself: no address tells one, of whatever time."""

import pytest

from roadmap.models import Item, Release, Roadmap
from tests import make
from tests.web.feeds.received import OUTLETS

pytestmark = pytest.mark.django_db

# Every date and every release's title that is past is of this year; nothing else is.
PAST = "2019"


@pytest.fixture
def moved(clock):
    """Dates and releases that moved, arrived, went back and went, in four Editions; the fourth hides them."""
    vat = make.roadmap(title="VAT", slug="vat-mtd", reference_prefix="VAT")
    near = make.release(vat, title=f"Near term: March {PAST}", when=f"March {PAST}", horizon="near")
    far = make.release(vat, title="Far", when=f"April {PAST}")
    gone = make.release(vat, title=f"November {PAST}", when=f"May {PAST}")
    slipped = make.item(vat, title="Slipped", test=f"June {PAST}", live=f"August {PAST}", release=near)
    make.item(vat, title="Of the release", release=near)
    brought = make.item(vat, title="Brought elsewhere", release=gone, test=f"October {PAST}")
    back = make.item(vat, title="Back again", test=f"December {PAST}", release=far, deployed=("test",))
    make.edition(vat, at=make.at("2026-01-05"))
    slipped.milestones.filter(environment="test").update(when="Q1 2030")
    slipped.milestones.filter(environment="live").delete()
    Release.objects.filter(pk=near.pk).update(title="Near term", when="Q2 2030")
    brought.milestones.update(when="TBC")
    Item.objects.filter(pk=brought.pk).update(release=near)
    make.edition(vat, at=make.at("2026-01-06"))
    Release.objects.filter(pk=far.pk).update(when="Q3 2030", is_deployed=True)
    back.milestones.update(when="Q4 2029", is_deployed=False)
    make.edition(vat, at=make.at("2026-01-07"))
    Roadmap.objects.filter(pk=vat.pk).update(hides_date_history=True)
    gone.delete()
    vat.refresh_from_db()
    make.edition(vat, at=make.at("2026-01-08"))
    clock(make.at("2026-02-01"))
    return vat


def addresses():
    pages = ["", "items/", "items/?changed_since=0", "changelog/", "changes/", "changes/?since=0", "editions/"]
    pages += [f"editions/{number}/" for number in range(1, 7)] + [f"items/VAT-{number}/" for number in range(1, 5)]
    pages += ["at/2026-01-05/", "at/2026-01-06/items/", "at/2026-01-07/items/VAT-1/"]
    pages += [f"{outlet}{query}" for outlet in OUTLETS for query in ("", "?item=VAT-1&item=VAT-3", "?q=again")]
    of_api = ["", "/items", "/pages", "/changelog", "/editions", "/changes"]
    of_api += [f"/editions/{number}" for number in range(1, 7)] + [f"/items/VAT-{number}" for number in range(1, 5)]
    return ["/", *(f"/vat-mtd/{one}" for one in pages), *(f"/api/v1/roadmaps/vat-mtd{one}" for one in of_api)]


def telling(client):
    return [url for url in addresses() if PAST in client.get(url).content.decode()]


def test_no_address_tells_an_earlier_date(moved, client):
    assert telling(client) == []
    Item.objects.get(title="Brought elsewhere").delete()
    Item.objects.filter(title="Slipped").update(release=None)
    make.edition(moved, at=make.at("2026-01-09"))
    assert telling(client) == []
    Item.objects.filter(title="Of the release").delete()
    Release.objects.get(title="Near term").delete()
    make.edition(moved, at=make.at("2026-01-10"))
    assert telling(client) == []


def test_the_home_page_does_not_name_a_release_that_went(moved, reads):
    page = reads("/vat-mtd/")
    assert "A release: withdrawn" in page.main
    Roadmap.objects.filter(pk=moved.pk).update(hides_date_history=False)
    make.release(moved, title="Shown by name", when="May 2030")
    moved.refresh_from_db()
    make.edition(moved, at=make.at("2026-01-11"))
    Release.objects.get(title="Shown by name").delete()
    make.edition(moved, at=make.at("2026-01-12"))
    assert "Shown by name: withdrawn" in reads("/vat-mtd/").main


def test_they_are_told_where_nothing_is_hidden(moved, client):
    """Otherwise the first test could pass by asking nothing."""
    Roadmap.objects.filter(pk=moved.pk).update(hides_date_history=False)
    moved.refresh_from_db()
    make.edition(moved, at=make.at("2026-01-09"))
    assert {"/vat-mtd/items/VAT-1/", "/vat-mtd/at/2026-01-05/", "/vat-mtd/changes.atom"} <= set(telling(client))
