"""Gives the pages and the outlets of a roadmap what they are to show: what is published now, or was on an earlier day.

A page is a view that takes (request, what it reads, the parts of its address). `mountable` makes of it one that Django
can call: it is answered by the `mount` that came with the list of pages, where that was included.
"""

import datetime
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from roadmap.dates.clock import LONDON, day_of
from roadmap.published import store
from roadmap.web.addresses import addresses_of_day, public_addresses
from roadmap.web.pages.reading import RoadmapReading, page_of
from roadmap.web.problems import Format, View, in_format
from roadmap.web.responses import kept

logger = logging.getLogger(__name__)

PageView = Callable[..., HttpResponse]  # (request, what to read, the parts of its address)
Mount = Callable[..., HttpResponseBase]  # (request, the page, the parts of its address and those before it)


def mountable(view: PageView) -> View:
    @csrf_exempt  # only to be read, and each mount refuses what is not: see FormattedView
    @wraps(view)
    def mounted(request: HttpRequest, *, mount: Mount, **parts: Any) -> HttpResponseBase:
        return mount(request, view, **parts)

    return mounted


def of_newest(view: PageView) -> View:
    """An outlet, of what is published at `slug`."""

    @wraps(view)
    def of_published(request: HttpRequest, slug: str, **parts: Any) -> HttpResponseBase:
        reading = _newest(slug)
        answer = view(request, reading, **parts)
        return kept(request, answer, [reading.edition], reading.now, newest=reading.edition)

    return of_published


@in_format(Format.PAGE)
def newest(request: HttpRequest, view: PageView, **parts: Any) -> HttpResponseBase:
    """The page, of what is published at `slug`."""
    return of_newest(view)(request, **parts)


@in_format(Format.PAGE)
def on_day(request: HttpRequest, view: PageView, slug: str, day: datetime.date | str, **parts: Any) -> HttpResponseBase:
    """The page, of what was published at `slug` at the end of `day`, in London. Search engines are to find today's."""
    today = _newest(slug)
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
    name = request.resolver_match.url_name if request.resolver_match else ""
    query = [(key, value) for key, values in request.GET.lists() for value in values]
    url_today = today.addresses.to(name or "home", query=query, **parts)
    addresses = addresses_of_day(today.edition.roadmap_slug, day)
    reading = RoadmapReading(published, end, addresses, day=day, today=today, url_today=url_today)
    answer = view(request, reading, **parts)
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


def _newest(slug: str) -> RoadmapReading:
    """Raises Http404."""
    now = store.now()
    published = store.newest(slug, now)
    if published is None:
        raise Http404(f"No roadmap is published at {slug}")
    return RoadmapReading(published, now, public_addresses(slug))
