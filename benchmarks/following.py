"""What it costs to follow a roadmap, as it grows and ages: every page of changes, feed, calendar, table and API answer.

    var/venv/bin/python -m benchmarks.following [--repeat 9] [--small 40 5] [--large 2000 500]

Two roadmaps, one small and new, one large and old, every Edition published as staff would. For each address: queries
when a process has just begun and when it has the Edition in memory, processor time of both (milliseconds, median), how
long the answer is, and how many times slower the large one is beyond what its own length costs: its time divided by
the small one's and by how many times longer it is. Meant to be at most 2, with at most two queries. That is what making
an answer costs: what giving one costs, and a 304, is in benchmarks/serving.py.

Works on a database of its own, which it makes and removes: SQLite, or a new one on the server of DATABASE_URL. Making
the large roadmap takes a minute or two. Exit code 1 where something is not as it is meant.
"""

import argparse
import datetime
import sys
from dataclasses import dataclass
from typing import Any

from benchmarks.empty_database import empty_database
from benchmarks.publishing_and_reading import build, timed

MOST_QUERIES = 2
MOST_TIMES = 2.0
# What is meant to be otherwise: a search begins by reading every roadmap, of which there are two when the large one is
# asked; and how dates have held goes through each first date that there ever was, and says little of them.
MORE_QUERIES = {"search": 3}
MORE_TIMES = {"how dates have held": 20.0}
APART = datetime.timedelta(days=2)  # from one Edition to the next; the last is of yesterday

# Below the roadmap's address. {reference} is an item that changed in many Editions, {day} one in the middle.
ADDRESSES = {
    "home page": "/{slug}/",
    "item list": "/{slug}/items/",
    "item list, filtered": "/{slug}/items/?stage=test&kind=api",
    "item table": "/{slug}/items/?view=table&sort=live",
    "item timeline": "/{slug}/items/?view=timeline",
    "item timeline, by API": "/{slug}/items/?view=timeline&lanes=api",
    "item": "/{slug}/items/{reference}/",
    "API, all about one": "/{slug}/apis/{api}/",
    "how to follow": "/{slug}/follow/",
    "two days compared": "/{slug}/changes/?since={day}&until={day_after}",
    "how dates have held": "/{slug}/dates/",
    "search": "/search/?q=payments+sandbox&roadmap={slug}",
    "page": "/{slug}/pages/page-1/",
    "changes, last 90 days": "/{slug}/changes/",
    "changes since the beginning": "/{slug}/changes/?since=0",
    "editions": "/{slug}/editions/",
    "one edition": "/{slug}/editions/3/",
    "home page of a day": "/{slug}/at/{day}/",
    "item list of a day": "/{slug}/at/{day}/items/",
    "Atom": "/{slug}/changes.atom",
    "Atom, filtered": "/{slug}/changes.atom?stage=test",
    "JSON Feed": "/{slug}/changes.json",
    "calendar": "/{slug}/items.ics",
    "calendar of one item": "/{slug}/items.ics?item={reference}",
    "CSV": "/{slug}/items.csv",
    "API: roadmaps": "/api/v1/roadmaps",
    "API: roadmap whole": "/api/v1/roadmaps/{slug}",
    "API: items": "/api/v1/roadmaps/{slug}/items",
    "API: item": "/api/v1/roadmaps/{slug}/items/{reference}",
    "API: pages": "/api/v1/roadmaps/{slug}/pages",
    "API: changelog": "/api/v1/roadmaps/{slug}/changelog",
    "API: editions": "/api/v1/roadmaps/{slug}/editions",
    "API: changes from nothing": "/api/v1/roadmaps/{slug}/changes",
}


@dataclass
class Cost:
    cold_queries: int
    warm_queries: int
    milliseconds: float
    length: int  # bytes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--small", nargs=2, type=int, default=[40, 5], metavar=("ITEMS", "EDITIONS"))
    parser.add_argument("--large", nargs=2, type=int, default=[2000, 500], metavar=("ITEMS", "EDITIONS"))
    options = parser.parse_args()
    with empty_database() as vendor:
        small = measure(options.small, options.repeat)
        large = measure(options.large, options.repeat)
        print(f"{vendor}; processor time, median of {options.repeat}")
        return report(small, large)


def addresses_of(slug: str, reference: str, day: datetime.date, items: int) -> dict[str, str]:
    """With all their parts, of a roadmap that `build` made with so many items."""
    parts = {
        "slug": slug,
        "reference": reference,
        "day": f"{day:%Y-%m-%d}",
        "day_after": f"{day + APART * 2:%Y-%m-%d}",
        "api": f"api-{items}",
    }
    return {name: address.format(**parts) for name, address in ADDRESSES.items()}


def measure(size: list[int], repeat: int) -> dict[str, Cost]:
    items, editions = size
    roadmap = build(items)
    reference, day = publish_all(roadmap, editions)
    addresses = addresses_of(roadmap.slug, reference, day, items)
    return {name: cost(address, repeat) for name, address in addresses.items()}


def publish_all(roadmap: Any, editions: int) -> tuple[str, datetime.datetime]:
    """Each Edition moves a date, deploys, rewords and, every fifth, withdraws; one item is in every other one."""
    from django.utils import timezone

    from roadmap.models import Item, Milestone
    from roadmap.publishing import Choices, publish

    roadmap.asks_reasons = False
    roadmap.save()
    first = timezone.now() - datetime.timedelta(days=1) - APART * (editions - 1)
    publish(roadmap=roadmap, by=None, at=first, now=first)
    kept = Item.objects.filter(roadmap=roadmap).order_by("pk").first()
    assert kept is not None
    others = [*Item.objects.filter(roadmap=roadmap).exclude(pk=kept.pk).order_by("pk")]
    for number in range(2, editions + 1):
        at = first + APART * (number - 1)
        one = others[number % len(others)]
        Milestone.objects.filter(item=one, environment="live").update(when=f"Q{number % 4 + 1} {2026 + number % 3}")
        Milestone.objects.filter(item=others[-number % len(others)], environment="test").update(is_deployed=True)
        if number % 2 and number < 40:
            Item.objects.filter(pk=kept.pk).update(description=f"Reworded for the {number}th time.")
        if number % 5 == 0:
            others.pop(number % len(others)).delete()
        publish(roadmap=roadmap, by=None, at=at, now=at, note=f"Edition {number}", choices=Choices())
    return kept.reference, first + APART * (editions // 2)


def cost(address: str, repeat: int) -> Cost:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from roadmap.published import store

    client = Client(headers={"host": "localhost"})

    def ask() -> Any:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return response

    store.forget_all()
    # Counted at once: the next request empties the log that both look into.
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    cold = len(queries)
    with CaptureQueriesContext(connection) as queries:
        ask()
    warm = len(queries)
    milliseconds, _ = timed(ask, repeat, warm=True)
    return Cost(cold, warm, milliseconds, len(answer.content))


def report(small: dict[str, Cost], large: dict[str, Cost]) -> int:
    head = ["", "queries", "small", "large", "kB", "kB", "times"]
    print(f"\n{head[0]:30}{head[1]:>9}{head[2]:>9}{head[3]:>9}{head[4]:>9}{head[5]:>9}{head[6]:>8}")
    wrong = []
    for name, ours in large.items():
        few = small[name]
        times = ours.milliseconds / few.milliseconds / max(1.0, ours.length / few.length)
        queries = f"{ours.cold_queries} then {ours.warm_queries}"
        print(
            f"{name:30}{queries:>9}{few.milliseconds:9.1f}{ours.milliseconds:9.1f}{few.length / 1000:9.1f}"
            f"{ours.length / 1000:9.1f}{times:8.1f}"
        )
        if ours.cold_queries > MORE_QUERIES.get(name, MOST_QUERIES):
            wrong.append(f"{name}: {ours.cold_queries} queries")
        if times > MORE_TIMES.get(name, MOST_TIMES):
            wrong.append(f"{name}: {times:.1f} times slower beyond its length")
    for one in wrong:
        print(f"Not as meant: {one}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
