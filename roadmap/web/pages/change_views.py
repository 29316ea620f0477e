"""The pages of what changed: since when a reader asks, and edition by edition. Of one roadmap, as those of `views`."""

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from roadmap.published.filters import Problem, read_filters
from roadmap.published.since import UnclearSince, read_day
from roadmap.web.pages.dispatch import PageView, mountable
from roadmap.web.pages.edition_page import day_url, edition_link, shown_edition
from roadmap.web.pages.filter_form import FilterPanel
from roadmap.web.pages.item_history import is_behind
from roadmap.web.pages.not_found import history_if_there
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.pages.roadmap_page import follow_selection, page_of
from roadmap.web.pages.since_page import FoundChanges, read_asked
from roadmap.web.pagination import NoSuchPage, PageOfList, read_page

SECTION = "changes"


def _of_history(view: PageView) -> PageView:
    """Around a page that is nothing without the history: while that cannot be read, it says so, to be tried again."""

    @wraps(view)
    def page_of_history(request: HttpRequest, reading: RoadmapReading, **parts: Any) -> HttpResponse:
        history = history_if_there(reading)
        if history is None or is_behind(reading, history):
            return page_of("web/pages/no_history.html", reading, section=SECTION, status=503, what="What changed")
        return view(request, reading, **parts)

    return page_of_history


@mountable
@_of_history
def changes(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    asked = read_asked(request.GET, reading)
    panel = FilterPanel(
        published=reading.published,
        filters=asked.filters,
        typed=request.GET,
        addresses=reading.addresses,
        noun="changes",
        problems=[problem for problem in asked.problems if problem.name != "since"],  # which has a form of its own
        kept=[("since", asked.since_typed)] if asked.since_typed else [],
        leaves_out=("changed_since",),
        has_counts=False,
    )
    if asked.problems:
        return page_of("web/pages/changes.html", reading, section=SECTION, status=400, asked=asked, panel=panel)
    found = FoundChanges(reading, asked)
    if asked.page > 1:  # the first is always there, and need not be made to know it
        try:
            found.paged  # noqa: B018
        except NoSuchPage as error:
            return _no_such_page(reading, str(error), reading.addresses.changes)
    return page_of(
        "web/pages/changes.html",
        reading,
        section=SECTION,
        changes_daily=found.is_usual,
        asked=asked,
        found=found,
        panel=panel,
        follow=lambda: follow_selection(reading, asked.filters),
    )


@mountable
@_of_history
def editions(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    """All of them; with ?day=, on the way to that day."""
    problem = ""
    typed = request.GET.get("day", "").strip() if reading.shows_days else ""
    if typed:
        try:
            return HttpResponseRedirect(day_url(reading, read_day(typed, (reading.today or reading).now)))
        except UnclearSince as error:
            problem = str(error)
    try:
        paged = PageOfList(reading.history.editions[::-1], read_page(request.GET), reading.addresses, "editions")
    except NoSuchPage as error:
        return _no_such_page(reading, str(error), reading.addresses.editions)
    return page_of(
        "web/pages/editions.html",
        reading,
        section=SECTION,
        status=400 if problem else 200,
        paged=paged,
        editions=lambda: [shown_edition(reading, edition) for edition in paged.items],
        shows_days=reading.shows_days,
        typed=typed,
        problem=problem,
        problems=[Problem("day", typed, problem)],
    )


@mountable
@_of_history
def edition(request: HttpRequest, reading: RoadmapReading, number: int) -> HttpResponse:
    """All that it changed; with a filter, what that selects of it."""
    editions = reading.history.editions
    found = reading.history.edition(number)
    if found is None:
        later = reading.today.history.edition(number) if reading.today else None
        return page_of(
            "web/pages/no_such_edition.html",
            reading,
            section=SECTION,
            status=404,
            number=number,
            first=shown_edition(reading, editions[0]),
            newest=shown_edition(reading, editions[-1]),
            later=shown_edition(reading.today, later) if reading.today and later else None,
        )
    filters = read_filters(request.GET, reading.published, reading.now)
    index = editions.index(found)
    return page_of(
        "web/pages/edition.html",
        reading,
        section=SECTION,
        edition=lambda: shown_edition(reading, found, filters.told(found)),
        before=edition_link("Previous edition", reading, editions[index - 1]) if index else None,
        after=edition_link("Next edition", reading, editions[index + 1]) if index + 1 < len(editions) else None,
    )


def _no_such_page(reading: RoadmapReading, there_are: str, first_url: str) -> HttpResponse:
    return page_of(
        "web/pages/no_such_page.html",
        reading,
        section=SECTION,
        status=404,
        there_are=there_are,
        first_url=first_url,
    )
