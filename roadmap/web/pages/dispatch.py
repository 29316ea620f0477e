"""Puts the pages and the outlets of a roadmap at their addresses: of what is published now, or on an earlier day."""

import datetime
import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.db import DatabaseError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone

from roadmap.published import clock, store
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.web.caching import kept
from roadmap.web.pages.roadmap_page import Shown
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import page

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]  # (request, what to show, the parts of its address)


def of_published(view: View, format: Format = Format.PAGE) -> View:
    """The page or outlet, of what is published at `slug`."""

    @in_format(format)
    @wraps(view)
    def published_page(request: HttpRequest, slug: str, **parts: Any) -> HttpResponseBase:
        now = clock.now()
        published = _newest(slug, now)
        answer = view(request, Shown(published, now), **parts)
        return kept(request, answer, [published.edition], now, newest=published.edition)

    return published_page


def of_day(view: View, format: Format = Format.PAGE) -> View:
    """The page, of what was published at `slug` at the end of `day`, in London. Search engines are to find today's."""

    @in_format(format)
    @wraps(view)
    def page_of_day(request: HttpRequest, slug: str, day: str, **parts: Any) -> HttpResponseBase:
        now = clock.now()
        newest = _newest(slug, now)
        try:
            answer = _of_day(view, request, newest, day, now, parts)
        except DatabaseError:
            logger.exception("The database cannot be read: an earlier day of %s is not shown", slug)
            answer = page("web/pages/no_history.html", status=503, shown=Shown(newest, now), what="An earlier day")
        answer["X-Robots-Tag"] = "noindex"
        return answer

    return page_of_day


def _of_day(
    view: View,
    request: HttpRequest,
    newest: PublishedRoadmap,
    typed: str,
    now: datetime.datetime,
    parts: dict[str, Any],
) -> HttpResponseBase:
    day = _day(typed)
    if day is None or day > timezone.localtime(now).date() or newest.snapshot.roadmap.hides_date_history:
        return _no_such_day(newest, now, day, typed)
    # Its last moment: the next day's first belongs to that. The day's end may be still to come, and the clock's is now.
    end = min(now, _first_moment(day + datetime.timedelta(days=1)) - datetime.timedelta(microseconds=1))
    published = store.on_day(newest, end)
    if published is None:
        return _no_such_day(newest, now, day, typed)
    today = Shown(newest, now)
    shown = Shown(published, end, f"{today.url}at/{day.isoformat()}/")
    shown.day = day
    shown.today = today
    query = request.META.get("QUERY_STRING", "")
    shown.url_today = today.url + request.path.removeprefix(shown.url) + (f"?{query}" if query else "")
    answer = view(request, shown, **parts)
    # Of today, an Edition that is still to come may be the one that the day ends with: it is then the newest.
    return kept(request, answer, [newest.edition, published.edition], now, newest=newest.edition)


def _no_such_day(
    newest: PublishedRoadmap, now: datetime.datetime, day: datetime.date | None, typed: str
) -> HttpResponseBase:
    """Why there is nothing of that day, and what there is."""
    shown = Shown(newest, now)
    hides = newest.snapshot.roadmap.hides_date_history
    first = None if hides else shown.history.editions[0]
    is_to_come = day is not None and day > timezone.localtime(now).date()
    return page(
        "web/pages/no_such_day.html",
        status=404,
        shown=shown,
        day=day,
        typed=typed,
        is_to_come=is_to_come,
        is_hidden=hides,
        first=first,
        first_day_url=f"{shown.url}at/{timezone.localtime(first.published_at).date()}/" if first else "",
    )


def _newest(slug: str, now: datetime.datetime) -> PublishedRoadmap:
    published = store.newest(slug, now)
    if published is None:
        raise Http404(f"No roadmap is published at {slug}")
    return published


def _day(typed: str) -> datetime.date | None:
    """None where it is no day of the calendar, or not written as our addresses write it: one page has one address."""
    try:
        day = datetime.date.fromisoformat(typed)
    except ValueError:
        return None
    return day if day.isoformat() == typed else None  # "20260203" and "2026-W06-2" are ISO 8601 too


def _first_moment(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), timezone.get_default_timezone())


def mounted(
    pages: Sequence[tuple[str, View, str]], outlets: Sequence[tuple[str, View, str, Format]]
) -> list[URLPattern]:
    return [
        *(path(f"<slug:slug>/{route}", of_published(view), name=name) for route, view, name in pages),
        *(path(f"<slug:slug>/{route}", of_published(view, format), name=name) for route, view, name, format in outlets),
        *(path(f"<slug:slug>/at/<slug:day>/{route}", of_day(view), name=f"{name}_at") for route, view, name in pages),
    ]
