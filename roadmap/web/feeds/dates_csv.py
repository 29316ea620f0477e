"""The first dates of a roadmap, and what has become of each, as comma-separated values: a line for each.

Cells are written as those of the items: see items_csv. What counts, and how, is in roadmap.published.dates_held.
"""

from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from roadmap.published.dates_held import AHEAD, EXACTNESS, DateOutcome, FirstDate, first_dates
from roadmap.published.filters import BadFilter, misspelt
from roadmap.web.addresses import Addresses
from roadmap.web.feeds.items_csv import BYTE_ORDER_MARK, Cell, line
from roadmap.web.pages.reading import RoadmapReading, of_newest
from roadmap.web.problems import Format, in_format, problem
from roadmap.web.responses import LazyResponse, site_of

NAMES = (
    *("Reference", "Title", "Environment", "APIs"),
    *("First date", "First date from", "First date to", "To be confirmed", "How exact"),
    *("Given on", "Given in edition", "Days ahead", "How long ahead"),
    *("Due", "Outcome", "Date now", "Deployed", "Arrived from", "Arrived to", "Seen deployed on", "Delay in days"),
    "Address",
)
HIDDEN = "This roadmap says what its dates are, and not what they were, so it does not say how they have held."


@in_format(Format.TEXT)
@of_newest
def dates_csv(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    if problems := misspelt(request.GET, ()):
        raise BadFilter(problems)
    history = reading.history
    if not history.tells_dates:
        return problem(Format.TEXT, 404, HIDDEN)
    addresses = replace(reading.addresses, site=site_of(request))

    def written() -> str:
        rows = (_row(date, addresses) for date in first_dates(history, reading.current_day))
        return "".join([BYTE_ORDER_MARK, line(NAMES), *map(line, rows)])

    answer = LazyResponse(written, content_type="text/csv; charset=utf-8; header=present", changes_daily=True)
    name = f"{reading.edition.roadmap_slug}-dates-edition-{reading.edition.number}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _row(date: FirstDate, addresses: Addresses) -> Iterator[Cell]:
    yield from (date.item.reference, date.item.title, date.label, "; ".join(map(str, date.item.apis)))
    yield from (date.when.text, date.when.start or "", date.last_day)
    yield from ("Yes" if date.when.is_provisional else "No", EXACTNESS[date.exactness])
    yield from (date.given_on, date.given.number, (date.last_day - date.given_on).days, AHEAD[date.ahead])
    yield "Yes" if date.is_due else "No"
    yield str(date.outcome)
    yield date.now.when.text if date.now.when and date.outcome is not DateOutcome.DROPPED else ""
    yield "Yes" if date.seen_on else "No"
    yield from date.arrived or ("", "")
    yield date.seen_on or ""
    yield "" if date.delay is None else date.delay
    yield addresses.item(date.item.reference)
