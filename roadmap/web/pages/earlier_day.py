"""A page of a roadmap as it was at the end of an earlier day, and what is said where there is none."""

import datetime
import logging
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from roadmap.dates.clock import LONDON, day_of
from roadmap.published import store
from roadmap.published.filters import OF_ANY_ADDRESS
from roadmap.web.addresses import addresses_of_day
from roadmap.web.as_markdown import SUFFIX
from roadmap.web.pages.reading import PageView, RoadmapReading, page_of, read_newest
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import LazyResponse, kept

logger = logging.getLogger(__name__)


@in_format(Format.PAGE)
def on_day(request: HttpRequest, view: PageView, slug: str, day: datetime.date | str, **parts: Any) -> HttpResponseBase:
    """The page, of what was published at `slug` at the end of `day`, in London. Search engines are to find today's."""
    today = read_newest(request, slug)
    try:
        answer = _of_day(request, view, today, day, parts)
    except DatabaseError:
        logger.exception("The database cannot be read: an earlier day of %s is not shown", slug)
        answer = page_of("web/pages/no_history.html", today, status=503, what="An earlier day")
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _of_day(
    request: HttpRequest, view: PageView, today: RoadmapReading, day: datetime.date | str, parts: dict[str, Any]
) -> HttpResponseBase:
    if isinstance(day, str) or day > day_of(today.now):
        return _no_such_day(today, day)
    # Its last moment: the next day's first belongs to that. The day's end may be still to come, and the clock's is now.
    first_of_next = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), LONDON)
    end = min(today.now, first_of_next - datetime.timedelta(microseconds=1))
    published = store.on_day(today.published, end)
    if published is None:
        return _no_such_day(today, day)
    match = request.resolver_match
    name = (match.url_name or "").removesuffix(SUFFIX) if match else ""
    query = [(name, value) for name, values in request.GET.lists() if name in OF_ANY_ADDRESS for value in values]
    url_today = today.addresses.to(name or "home", query=query, **parts)
    addresses = addresses_of_day(today.edition.roadmap_slug, day)
    reading = RoadmapReading(published, end, addresses, day=day, today=today, url_today=url_today)
    answer = view(request, reading, **parts)
    if isinstance(answer, LazyResponse) and reading.day_is_today:
        answer.changes_daily = True
    # Of today, an Edition that is still to come may be the one that the day ends with: it is then the newest.
    return kept(request, answer, [today.edition, published.edition], today.now, newest=today.edition)


def _no_such_day(today: RoadmapReading, day: datetime.date | str) -> HttpResponseBase:
    """Why there is nothing of that day, and what there is."""
    first = today.history.editions[0].published_at if today.shows_days else None
    is_day = isinstance(day, datetime.date)
    return page_of(
        "web/pages/no_such_day.html",
        today,
        status=404,
        day=day if is_day else None,
        typed="" if is_day else day,
        is_to_come=isinstance(day, datetime.date) and day > day_of(today.now),
        first=first,
        first_day_url=addresses_of_day(today.edition.roadmap_slug, day_of(first)).home if first else "",
    )
