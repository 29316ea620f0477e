"""What editing many items as a table costs, beside a form for each. Prints a table, with the limits that issue 14 sets.

    var/venv/bin/python -m benchmarks.editing [--items 500] [--changed 50] [--repeat 7]

Works on a database of its own, which it makes and removes: SQLite, or a new one on the server of DATABASE_URL.
Milliseconds of processor time (this process only) and of wall-clock time, each the median of the repeats.
"""

import argparse
from collections.abc import Callable
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from benchmarks.empty_database import empty_database
from benchmarks.publishing_and_reading import build, timed

FORM = "application/x-www-form-urlencoded"  # as a browser sends one without files
MONTHS = cycle(["January 2031", "February 2031", "March 2031", "April 2031"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--changed", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args()
    with empty_database() as vendor:
        print(f"{vendor}; milliseconds of processor time / wall clock, median of {options.repeat}\n")
        for line in editing(options.items, options.changed, options.repeat):
            print(line, flush=True)


def editing(count: int, changed: int, repeat: int) -> list[str]:
    from django.contrib.auth.models import User
    from django.test import Client

    from roadmap.models import Milestone
    from roadmap.publishing import publish
    from tests.admin.grid.grid_form import fields

    roadmap = build(count)
    publish(roadmap=roadmap, by=None)
    user = User.objects.create(username="editor", is_staff=True, is_superuser=True)
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    url = f"/admin/roadmap/roadmap/{roadmap.pk}/grid/"
    live = [*Milestone.objects.filter(item__roadmap=roadmap, environment="live", is_deployed=False)[:changed]]
    assert len(live) == changed, f"only {len(live)} items are to come"
    sent: dict[str, Any] = {}

    def open_grid() -> Any:
        response = client.get(url)
        assert response.status_code == 200, response.status_code
        return response

    def type_dates(rows: list[Any]) -> Callable[[], None]:
        def type_them() -> None:
            month = next(MONTHS)
            sent.clear()
            sent.update(fields(open_grid()))
            sent.update({f"{milestone.item_id}.date.live": month for milestone in rows})

        return type_them

    def save_grid() -> None:
        response = client.post(url, urlencode({**sent, "action": "save"}), content_type=FORM)
        assert response.status_code == 302, response.status_code

    forms: list[tuple[str, dict[str, Any]]] = []

    def open_forms() -> None:
        for milestone in live:
            assert client.get(f"/admin/roadmap/item/{milestone.item_id}/change/").status_code == 200

    def fill_forms() -> None:
        month = next(MONTHS)
        forms.clear()
        for milestone in live:
            form_url = f"/admin/roadmap/item/{milestone.item_id}/change/"
            filled = fields(client.get(form_url))
            place = next(name for name, value in filled.items() if name.endswith("-environment") and value == "live")
            forms.append((form_url, {**filled, place.replace("-environment", "-when"): month}))

    def save_forms() -> None:
        for form_url, filled in forms:
            response = client.post(form_url, urlencode(filled), content_type=FORM)
            assert response.status_code == 302, response.status_code

    lines = [
        line(f"open the table of {count} items", timed(open_grid, repeat, warm=True), "400", queries(open_grid)),
    ]
    for rows in (live[:5], live):
        before = type_dates(rows)
        cost = timed(save_grid, repeat, before=before)
        before()
        lines.append(line(f"save {len(rows)} changed rows of it", cost, "1,000", queries(save_grid)))
    lines.append(line(f"open {changed} single forms", timed(open_forms, 1), "–", queries(open_forms)))
    fill_forms()
    lines.append(line(f"save {changed} single forms", timed(save_forms, 1), "–", 0))
    return lines


def queries(act: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)


def line(what: str, cost: tuple[float, float], limit: str, count: int) -> str:
    return f"{what:40}{cost[0]:>9.1f} / {cost[1]:>8.1f}   at most {limit:6}{f'{count} queries' if count else ''}"


if __name__ == "__main__":
    main()
