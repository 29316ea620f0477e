"""What publishing and reading cost as a roadmap grows. Prints a table; benchmarks/README.md holds one.

    var/venv/bin/python -m benchmarks.publishing_and_reading [--items 40 200 2000] [--repeat 9]

Works on a database of its own, which it makes and removes: SQLite, or a new one on the server of DATABASE_URL.
Milliseconds of processor time (this process only) and of wall-clock time, each the median of the repeats.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.empty_database import empty_database

KINDS = ["api", "user_interface", "guide", "backend"]
DESCRIPTION = "Lets software **retrieve and amend** what a customer has told HMRC.\n\n- one point\n- another point\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", nargs="+", type=int, default=[40, 200, 2000])
    parser.add_argument("--repeat", type=int, default=9)
    options = parser.parse_args()
    with empty_database() as vendor:
        print(f"{vendor}; milliseconds of processor time / wall clock, median of {options.repeat}\n")
        print(f"{'':44}" + "".join(f"{count:>18,} items" for count in options.items))
        columns = [measure(count, options.repeat) for count in options.items]
        for row in columns[0]:
            cells = "".join(f"{cpu:>14.1f} / {wall:>7.1f}" for cpu, wall in (column[row] for column in columns))
            print(f"{row:44}{cells}")


def measure(count: int, repeat: int) -> dict[str, tuple[float, float]]:
    from django.test import Client

    from roadmap.dates.clock import day_of
    from roadmap.models import Milestone
    from roadmap.published import store
    from roadmap.publishing import Choices, pending, publish
    from roadmap.web.pages.items.views import prepare

    roadmap = build(count)
    publish(roadmap=roadmap, by=None)
    milestone = Milestone.objects.filter(item__roadmap=roadmap).first()
    assert milestone is not None
    client = Client(headers={"host": "localhost"})
    edition_of: dict[str, Any] = {}

    def change() -> None:
        milestone.when = "June 2027" if milestone.when != "June 2027" else "July 2027"
        milestone.save()

    def publish_one() -> None:
        edition_of["newest"] = publish(roadmap=roadmap, by=None, choices=Choices(reason_for_all="Measured"))

    def get(path: str) -> Callable[[], None]:
        def request() -> None:
            response = client.get(f"/{roadmap.slug}/{path}")
            assert response.status_code == 200, response.status_code

        return request

    def load() -> None:
        store.forget_all()
        store.as_of(edition_of["newest"])

    def new_edition() -> None:
        """Published and in memory; what its first pages need was prepared, as each process does once it sees it."""
        change()
        publish_one()
        prepare(seen(), day_of(store.now()))

    def prepare_new() -> None:
        change()
        publish_one()
        seen()

    def seen() -> Any:
        found = store.newest(roadmap.slug, store.now())
        assert found is not None
        store.history_of(found)
        return found

    views = {"list": "items/", "table": "items/?view=table&sort=-live", "timeline": "items/?view=timeline"}
    views["timeline of APIs"] = "items/?view=timeline&lanes=api"
    return {
        "find what is pending": timed(lambda: pending(roadmap), repeat, before=change),
        "publish one changed item": timed(publish_one, repeat, before=change),
        "load an edition into memory": timed(load, repeat),
        "home page, edition in memory": timed(get(""), repeat, warm=True),
        **{f"item {view}, edition in memory": timed(get(path), repeat, warm=True) for view, path in views.items()},
        "prepare the first pages of a new edition": timed(
            lambda: prepare(seen(), day_of(store.now())), repeat, before=prepare_new, warm=True
        ),
        **{
            f"item {view}, first of a new edition": timed(get(path), repeat, before=new_edition, warm=True)
            for view, path in views.items()
        },
    }


def build(count: int):  # type: ignore[no-untyped-def]
    from roadmap.models import Api, Item, ItemApi, Milestone, Page, Release, Roadmap

    roadmap = Roadmap.objects.create(
        title=f"Roadmap of {count} items",
        slug=f"roadmap-{count}",
        reference_prefix=f"R{count}",
        contact_name="Team",
        contact_email="team@example.gov.uk",
        last_item_number=count,
    )
    api = Api.objects.create(name=f"API {count}", url="https://example.com/api")
    releases = [
        Release.objects.create(roadmap=roadmap, title=f"Release {n}", when=f"Q{n % 4 + 1} {2026 + n // 4}")
        for n in range(8)
    ]
    for n in range(5):
        Page.objects.create(
            roadmap=roadmap, title=f"Page {n}", slug=f"page-{n}", body=DESCRIPTION * 5, is_on_home=n < 3
        )
    items = Item.objects.bulk_create(
        Item(
            roadmap=roadmap,
            reference=f"R{count}-{n}",
            title=f"Item {n} of the roadmap",
            description=DESCRIPTION,
            journey="Payments",
            kind=KINDS[n % 4],
            audiences="Businesses, Agents",
            release=releases[n % 8],
            position=n,
        )
        for n in range(count)
    )
    Milestone.objects.bulk_create(
        Milestone(item=item, environment=environment, when="March 2026", is_deployed=reached > step)
        for n, item in enumerate(items)
        for step, environment in enumerate(["test", "controlled_go_live", "live"])
        for reached in [n % 4]
    )
    ItemApi.objects.bulk_create(ItemApi(item=item, api=api, version="v2.0") for item in items)
    return roadmap


def timed(
    act: Callable[[], object], repeat: int, *, before: Callable[[], object] | None = None, warm: bool = False
) -> tuple[float, float]:
    """Milliseconds of processor time and of wall-clock time. `warm`: once before it counts."""
    if warm:
        act()
    cpu, wall = [], []
    for _ in range(repeat):
        if before:
            before()
        started_cpu, started = time.process_time(), time.perf_counter()
        act()
        cpu.append((time.process_time() - started_cpu) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
    return statistics.median(cpu), statistics.median(wall)


if __name__ == "__main__":
    main()
