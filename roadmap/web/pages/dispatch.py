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
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from roadmap.published import clock, store
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.web.addresses import addresses_of_day, public_addresses
from roadmap.web.caching import kept
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.pages.roadmap_page import page_of
from roadmap.web.problems import Format, View, in_format

logger = logging.getLogger(__name__)

PageView = Callable[..., HttpResponse]  # (request, what to read, the parts of its address)
Mount = Callable[..., HttpResponseBase]  # (request, the page, the parts of its address and those before it)


def mountable(view: PageView) -> View:
    @csrf_exempt  # only to be read, and each mount refuses what is not: see `require_safe` and FormattedView
    @wraps(view)
    def mounted(request: HttpRequest, *, mount: Mount, **parts: Any) -> HttpResponseBase:
        return mount(request, view, **parts)

    return mounted


def of_newest(view: PageView) -> View:
    """An outlet, of what is published at `slug`."""

    @wraps(view)
    def of_published(request: HttpRequest, slug: str, **parts: Any) -> HttpResponseBase:
        now = clock.now()
        reading = _newest(slug, now)
        newest = reading.edition
        return kept(request, view(request, reading, **parts), [newest], now, newest=newest)

    return of_published


@in_format(Format.PAGE)
def newest(request: HttpRequest, view: PageView, **parts: Any) -> HttpResponseBase:
    """The page, of what is published at `slug`."""
    return of_newest(view)(request, **parts)


@in_format(Format.PAGE)
def on_day(request: HttpRequest, view: PageView, slug: str, day: datetime.date | str, **parts: Any) -> HttpResponseBase:
    """The page, of what was published at `slug` at the end of `day`, in London. Search engines are to find today's."""
    today = _newest(slug, clock.now())
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
    now = today.now
    if isinstance(day, str) or day > timezone.localtime(now).date():
        return _no_such_day(today, day)
    # Its last moment: the next day's first belongs to that. The day's end may be still to come, and the clock's is now.
    end = min(now, _first_moment(day + datetime.timedelta(days=1)) - datetime.timedelta(microseconds=1))
    published = store.on_day(today.published, end)
    if published is None:
        return _no_such_day(today, day)
    name = request.resolver_match.url_name if request.resolver_match else ""
    query = [(key, value) for key, values in request.GET.lists() for value in values]
    reading = RoadmapReading(
        published,
        end,
        addresses_of_day(today.edition.roadmap_slug, day),
        day=day,
        today=today,
        url_today=today.addresses.to(name or "home", query=query, **parts),
    )
    answer = view(request, reading, **parts)
    # Of today, an Edition that is still to come may be the one that the day ends with: it is then the newest.
    return kept(request, answer, [today.edition, published.edition], now, newest=today.edition)


def _no_such_day(today: RoadmapReading, day: datetime.date | str) -> HttpResponseBase:
    """Why there is nothing of that day, and what there is."""
    tells_days = today.published.tells_dates
    first = today.history.editions[0].published_at if tells_days else None
    first_day = timezone.localtime(first).date() if first else None
    return page_of(
        "web/pages/no_such_day.html",
        today,
        status=404,
        day=None if isinstance(day, str) else day,
        typed=day if isinstance(day, str) else "",
        is_to_come=isinstance(day, datetime.date) and day > timezone.localtime(today.now).date(),
        is_hidden=not tells_days,
        first=first,
        first_day_url=addresses_of_day(today.edition.roadmap_slug, first_day).home if first_day else "",
    )


def _newest(slug: str, now: datetime.datetime) -> RoadmapReading:
    """Raises Http404."""
    published: PublishedRoadmap | None = store.newest(slug, now)
    if published is None:
        raise Http404(f"No roadmap is published at {slug}")
    return RoadmapReading(published, now, public_addresses(slug))


def _first_moment(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), timezone.get_default_timezone())
