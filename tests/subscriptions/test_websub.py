"""Hubs are told of a feed that has something new, and of no other; and the feeds name them."""

import datetime
from urllib.parse import parse_qs

import pytest

from roadmap.models import Item
from roadmap.published import store
from roadmap.subscriptions.websub import ping_all
from tests import make
from tests.subscriptions.people import AN_HOUR
from tests.subscriptions.webhooks.receiver import door, receiving

pytestmark = pytest.mark.django_db

BEGIN = make.at("2026-03-02", "09:00")
SITE = "https://roadmaps.example"
FEEDS = {f"{SITE}{folder}/changes.{name}" for folder in ("/vat-mtd", "") for name in ("atom", "json")}


@pytest.fixture
def hub(settings):
    with receiving() as found:
        settings.WEBSUB_HUBS, settings.PUBLIC_ORIGIN = [found.url], SITE
        yield found


@pytest.fixture
def roadmap(hub, monkeypatch):
    monkeypatch.setattr(store, "now", lambda: BEGIN)
    made = make.roadmap(title="VAT (MTD) roadmap", slug="vat-mtd", reference_prefix="VAT")
    make.item(made, title="Losses", live="June 2026")
    make.edition(made, at=BEGIN - 24 * AN_HOUR)
    return made


def pinged(hub, at):
    """Of which feeds the hub was told then."""
    hub.came.clear()
    ping_all(door=door(), now=lambda: at)
    found = [parse_qs(body.decode()) for _, body in hub.came]
    assert all(one["hub.mode"] == ["publish"] for one in found)
    return {one["hub.url"][0] for one in found}


def publish(roadmap, at, **fields):
    Item.objects.filter(title="Losses").update(**fields)
    make.edition(roadmap, at=at, now=at)


def test_a_hub_is_told_once_of_what_is_new_and_not_of_what_no_feed_says(hub, roadmap):
    told = pinged(hub, BEGIN)
    assert told == FEEDS
    assert pinged(hub, BEGIN) == set()
    publish(roadmap, BEGIN + AN_HOUR, description="Other words about losses.")
    assert pinged(hub, BEGIN + AN_HOUR) == told
    make.edition(make.roadmap(title="PAYE", slug="paye", reference_prefix="PAYE"), at=BEGIN + AN_HOUR)
    paye = {feed.replace("/vat-mtd/", "/paye/") for feed in FEEDS}
    assert pinged(hub, BEGIN + 2 * AN_HOUR) == paye


def test_a_hub_that_is_away_is_told_later(hub, roadmap):
    hub.status = 503
    assert len(pinged(hub, BEGIN)) == 4
    assert pinged(hub, BEGIN + datetime.timedelta(seconds=30)) == set()
    hub.status = 202
    assert len(pinged(hub, BEGIN + AN_HOUR)) == 4
    assert pinged(hub, BEGIN + 2 * AN_HOUR) == set()


def test_the_feed_of_a_whole_roadmap_names_its_hubs_and_a_selection_does_not(client, hub, roadmap):
    atom = client.get("/vat-mtd/changes.atom")
    assert f'<link href="{hub.url}" rel="hub"/>' in atom.content.decode()
    assert atom["Link"] == f'<{hub.url}>; rel="hub", <{SITE}/vat-mtd/changes.atom>; rel="self"'
    feed = client.get("/vat-mtd/changes.json")
    assert feed.json()["hubs"] == [{"type": "WebSub", "url": hub.url}]
    for path in ("/vat-mtd/changes.atom?stage=live", "/changes.atom?roadmap=vat-mtd"):
        chosen = client.get(path)
        assert chosen.status_code == 200
        assert 'rel="hub"' not in chosen.content.decode()
        assert "Link" not in chosen
