"""What reviewing and publishing cost. Prints a table, with the limits that issue 3 sets.

    var/venv/bin/python -m benchmarks.reviewing [--items 2000] [--pending 100] [--repeat 9]

Works on a database of its own, which it makes and removes: SQLite, or a new one on the server of DATABASE_URL.
Milliseconds of processor time (this process only) and of wall-clock time, each the median of the repeats.
"""

import argparse
from typing import Any

from benchmarks.empty_database import empty_database
from benchmarks.publishing_and_reading import build, timed

# About as long as the longest text of a real roadmap's page, and unlike enough after its edit to take time.
PARAGRAPH = "Software developers may rely on this date for the {} release, and will be told here if it moves later. "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--pending", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=9)
    options = parser.parse_args()
    with empty_database() as vendor:
        print(f"{vendor}; milliseconds of processor time / wall clock, median of {options.repeat}\n")
        print(counting(10_000, 50, 200, options.repeat))
        print(publishing(options.items, options.repeat))
        for kind in ("dates", "texts", "rewritten"):
            print(reviewing(options.pending, kind, options.repeat))


def publishing(count: int, repeat: int) -> str:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from roadmap.models import Milestone
    from roadmap.publishing import publish

    roadmap = build(count)
    publish(roadmap=roadmap, by=None)
    milestone: Any = Milestone.objects.filter(item__roadmap=roadmap, is_deployed=False).first()

    def change() -> None:
        milestone.when = "June 2025" if milestone.when != "June 2025" else "May 2025"
        milestone.save()

    def publish_one() -> None:
        publish(roadmap=roadmap, by=None)

    roadmap.asks_reasons = False
    roadmap.save()
    cost = timed(publish_one, repeat, before=change)
    change()
    with CaptureQueriesContext(connection) as queries:
        publish_one()
    return line(f"publish one changed item of {count:,}", cost, f"200 ms; {len(queries)} queries")


def reviewing(count: int, kind: str, repeat: int) -> str:
    """The page with that many pending changes: of dates alone, of long texts edited, of long texts written anew."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from roadmap.models import Item, Milestone, Roadmap
    from roadmap.publishing import publish

    Roadmap.objects.filter(editions=None).delete()
    number = Roadmap.objects.count()
    roadmap = build(count + number)  # its address is made from the number of its items
    items = [*Item.objects.filter(roadmap=roadmap)[:count]]
    for item in items:
        item.description = "\n\n".join(PARAGRAPH.format(n) * 3 for n in range(8))
        item.save()
    publish(roadmap=roadmap, by=None)
    for item in items:
        if kind == "dates":
            Milestone.objects.filter(item=item, environment="live").update(when="June 2027")
        elif kind == "texts":
            item.description = item.description.replace("the 3 release", "the third release") + "\n\nAnd more."
        else:
            item.description = "\n\n".join(f"Another text {n} altogether, with as many words. " * 8 for n in range(8))
        item.save()
    user, _ = User.objects.get_or_create(username="publisher", is_staff=True, is_superuser=True)
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    url = f"/admin/roadmap/roadmap/{roadmap.pk}/publish/"

    def show() -> None:
        response = client.get(url)
        assert response.status_code == 200, response.status_code
        assert f"{count} changes to publish" in response.content.decode()

    cost = timed(show, repeat, warm=True)
    with CaptureQueriesContext(connection) as queries:
        show()
    named = {"dates": "dates moved", "texts": "long texts edited", "rewritten": "long texts written anew"}
    return line(f"review page, {count} pending: {named[kind]}", cost, f"300 ms; {len(queries)} queries")


def counting(people: int, filters: int, items: int, repeat: int) -> str:
    """How many of so many people are told, of which the page says it: half of the items have moved."""
    from django.conf import settings
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from benchmarks.mailing import subscribed
    from roadmap.admin.mailing.review import told_by_mail
    from roadmap.admin.publish.review import Review
    from roadmap.models import Item, Milestone, Roadmap

    subscribed(people, filters, items)
    roadmap = Roadmap.objects.get(slug="vat-mtd")
    moved = Item.objects.filter(roadmap=roadmap).order_by("pk")[: items // 2]
    Milestone.objects.filter(item__in=moved).update(when="October 2026")
    settings.SENDS_EMAIL = True
    review = Review(roadmap)

    def count() -> None:
        said = told_by_mail(review)
        assert said.startswith(f"{people:,} people will get an email"), said

    cost = timed(count, repeat, warm=True)
    with CaptureQueriesContext(connection) as queries:
        count()
    return line(f"of {people:,} people by {filters} filters, who is told", cost, f"150 ms; {len(queries)} queries")


def line(what: str, cost: tuple[float, float], limit: str) -> str:
    return f"{what:52}{cost[0]:>8.1f} / {cost[1]:>7.1f}   at most {limit}"


if __name__ == "__main__":
    main()
