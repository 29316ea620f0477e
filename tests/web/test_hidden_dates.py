"""A roadmap that keeps its earlier dates to itself: no address tells one, of whatever time."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.http import HttpResponse

from roadmap.models import Api, Item, Release, Roadmap
from roadmap.previews import links
from roadmap.previews.links import token_of
from roadmap.previews.views import by_link
from roadmap.web.as_markdown import SUFFIX
from roadmap.web.pages.reading import of_newest
from tests import make
from tests.previews.shared import a_link
from tests.web.addresses import every_address, said

pytestmark = pytest.mark.django_db

# Every date and every release's title that is past is of this year; nothing else is.
PAST = "2019"
HIDES, TELLS = "vat-mtd", "itsa"
NOW = make.at("2026-02-01")
DAYS = ["2026-01-05", "2026-01-06", "2026-01-07"]
# What the parts of addresses are filled with. Whoever adds a part says here what it may be.
PARTS: dict[str, list[Any]] = {
    "day": DAYS,
    "number": [*range(1, 7)],
    "page_slug": ["who"],
    "page": ["who"],
    "name": ["picture.png"],
    "rest": ["nothing"],
    "api": ["losses-api"],
}
QUERIES = ["", "?changed_since=0", "?since=0", "?q=again", "?page=1", "?release=near-term-march-2019"]
QUERIES += ["?view=table", "?view=timeline", "?since=1&until=3", "?view=compare"]
QUERIES += ["?moved=later", "?from=2018", "?to=2020", "?from=2018&to=2020&since=0", "?overdue=yes&since=0"]


def story(slug: str, prefix: str, **fields: Any) -> Roadmap:
    """Dates and releases that moved, arrived, went back and went, in four Editions; the fourth may hide them."""
    roadmap = make.roadmap(title=prefix, slug=slug, reference_prefix=prefix)
    make.page(roadmap, title="Who we are", slug="who")
    near = make.release(roadmap, title=f"Near term: March {PAST}", when=f"March {PAST}", horizon="near")
    far = make.release(roadmap, title="Far", when=f"April {PAST}")
    gone = make.release(roadmap, title=f"November {PAST}", when=f"May {PAST}")
    apis = ((Api.objects.filter(name="Losses API").first() or make.api(name="Losses API"), "1.0"),)
    slipped = make.item(roadmap, title="Slipped", test=f"June {PAST}", live=f"August {PAST}", release=near, apis=apis)
    make.item(roadmap, title="Of the release", release=near)
    brought = make.item(roadmap, title="Brought elsewhere", release=gone, test=f"October {PAST}")
    back = make.item(roadmap, title="Back again", test=f"December {PAST}", release=far, deployed=("test",))
    make.edition(roadmap, at=make.at(DAYS[0]))
    slipped.milestones.filter(environment="test").update(when="Q1 2030")
    slipped.milestones.filter(environment="live").delete()
    Release.objects.filter(pk=near.pk).update(title="Near term", when="Q2 2030")
    brought.milestones.update(when="TBC")
    Item.objects.filter(pk=brought.pk).update(release=near)
    make.edition(roadmap, at=make.at(DAYS[1]))
    Release.objects.filter(pk=far.pk).update(when="Q3 2030", is_deployed=True)
    back.milestones.update(when="Q4 2029", is_deployed=False)
    make.edition(roadmap, at=make.at(DAYS[2]))
    Roadmap.objects.filter(pk=roadmap.pk).update(**fields)
    gone.delete()
    roadmap.refresh_from_db()
    make.edition(roadmap, at=make.at("2026-01-08"))
    return roadmap


@pytest.fixture(autouse=True)
def _then(clock, monkeypatch):
    """For previews too."""
    clock(NOW)
    monkeypatch.setattr(links, "current_time", lambda: NOW)


@pytest.fixture
def moved():
    return story(HIDES, "VAT", hides_date_history=True)


def addresses(roadmap: Roadmap) -> Iterator[tuple[str, str]]:
    """Each with the name of its view."""
    items = Item.objects.filter(roadmap=roadmap).values_list("reference", flat=True)
    of_roadmap = {
        "slug": [roadmap.slug],
        "roadmap": [roadmap.slug],
        "reference": [*items, f"{roadmap.reference_prefix}-4"],
        "token": [token_of(a_link(roadmap, now=NOW))],
        "pk": [1],
    }
    for name, url in every_address({**PARTS, **of_roadmap}):
        is_asked_once = "/at/" in url or name.endswith(SUFFIX)
        for query in QUERIES[:1] if is_asked_once else QUERIES:
            narrowed = f"{'&' if query else '?'}roadmap={roadmap.slug}" if name.startswith("web:all:") else ""
            yield name, url + query + narrowed


def telling(client, roadmap: Roadmap) -> dict[str, str]:
    """By the name of its view, an address that tells what is past. What an address says itself is no news."""
    found = {}
    for name, url in addresses(roadmap):
        said = without_uids(client.get(url)).replace("\r\n ", "").replace("march-2019", "")
        if PAST in said:
            found[name] = url
    return found


def test_no_address_tells_an_earlier_date(moved, client):
    assert telling(client, moved) == {}
    Item.objects.get(title="Brought elsewhere").delete()
    Item.objects.filter(title="Slipped").update(release=None)
    make.edition(moved, at=make.at("2026-01-09"))
    assert telling(client, moved) == {}
    Item.objects.filter(title="Of the release").delete()
    Release.objects.get(title="Near term").delete()
    make.edition(moved, at=make.at("2026-01-10"))
    assert telling(client, moved) == {}


def test_every_address_is_asked(moved):
    assert {name for name, _ in addresses(moved)} >= {
        *("web:roadmaps", "web:home", "web:item", "web:atom", "web:json_feed", "web:calendar", "web:csv"),
        *("web:at:home", "web:at:item", "preview:home", "preview:edition"),
        *("web:api_get_roadmap", "web:api_get_item", "web:api_get_edition", "web:api_get_changes"),
    }


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


def test_one_roadmap_hides_nothing_of_another(moved, client):
    """Nor could the first test pass by asking nothing."""
    told = telling(client, story(TELLS, "ITSA"))
    assert {"web:item", "web:at:home", "web:changes", "web:edition", "web:atom", "web:json_feed"} <= set(told)
    assert {"web:api_get_item", "web:api_get_edition", "preview:item"} <= set(told)
    assert telling(client, moved) == {}


def test_a_link_by_the_name_that_a_release_had_still_leads_to_it(moved, reads):
    assert "Of the release" in reads("/vat-mtd/items/?release=near-term-march-2019").main


# An outlet that knows nothing of what is kept back


def everything(thing: Any, seen: set[int]) -> Iterator[str]:
    """All that can be reached from it, whatever it is called."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, str | int | float | None | type) or callable(thing):
        yield str(thing)
    elif isinstance(thing, Mapping):
        for pair in thing.items():
            yield from everything(pair, seen)
    elif isinstance(thing, list | tuple | set | frozenset):
        for part in thing:
            yield from everything(part, seen)
    elif hasattr(thing, "__struct_fields__"):
        for name in thing.__struct_fields__:
            yield from everything(getattr(thing, name), seen)
    else:
        yield str(thing)
        yield from everything(getattr(thing, "__dict__", ()), seen)


def outlet(request, reading, **parts):
    """Prints whatever it is handed, as a thoughtless one might."""
    return HttpResponse("\n".join(everything((reading.history, reading), set())))


@pytest.mark.parametrize(("slug", "prefix", "tells"), [(HIDES, "VAT", False), (TELLS, "ITSA", True)])
def test_an_outlet_that_prints_all_that_it_is_handed(rf, slug, prefix, tells):
    roadmap = story(slug, prefix, hides_date_history=not tells)
    printed = without_uids(of_newest(outlet)(rf.get("/"), slug=slug))
    assert "Brought elsewhere" in printed
    assert (PAST in printed) is tells
    token = token_of(a_link(roadmap, now=NOW))
    printed = without_uids(by_link(rf.get("/"), outlet, token=token))
    assert "Brought elsewhere" in printed
    assert (PAST in printed) is tells


def without_uids(response):
    """They are random, and so may hold the digits of a year."""
    return re.sub(r"0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "", said(response))
