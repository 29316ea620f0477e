"""The pages of what changed: since when a reader asks, and edition by edition. Of one roadmap, as those of `views`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from roadmap.published.filters import Problem, read_filters
from roadmap.published.since import UnclearSince, read_day
from roadmap.web.pages.edition_page import ShownEdition, day_url
from roadmap.web.pages.filter_form import FilterPanel
from roadmap.web.pages.not_found import history_if_there
from roadmap.web.pages.roadmap_page import Shown
from roadmap.web.pages.since_page import ShownChanges, read_asked
from roadmap.web.pagination import NoSuchPage, Paged, read_page
from roadmap.web.responses import page

View = Callable[..., HttpResponse]


def _of_history(view: View) -> View:
    """Around a page that is nothing without the history: while that cannot be read, it says so, to be tried again."""

    @wraps(view)
    def page_of_history(request: HttpRequest, shown: Shown, **parts: Any) -> HttpResponse:
        history = history_if_there(shown)
        if history is None or history.newest_number < shown.edition.number:
            return page("web/pages/no_history.html", status=503, shown=shown, section="changes", what="What changed")
        return view(request, shown, **parts)

    return page_of_history


@_of_history
def changes(request: HttpRequest, shown: Shown) -> HttpResponse:
    asked = read_asked(request.GET, shown)
    panel = FilterPanel(
        shown,
        asked.filters,
        request.GET,
        action=shown.changes_url,
        noun="changes",
        problems=[one for one in asked.problems if one.name != "since"],  # which has a form of its own
        kept=[("since", asked.since_typed)] if asked.since_typed else [],
        leaves_out=("changed_since",),
        has_counts=False,
    )
    if asked.problems:
        answer = page("web/pages/changes.html", status=400, shown=shown, asked=asked, panel=panel, section="changes")
        answer["Cache-Control"] = "no-store"  # it may be right the next time
        return answer
    found = ShownChanges(shown, asked)
    if asked.page > 1:  # the first is always there, and need not be made to know it
        try:
            found.paged  # noqa: B018
        except NoSuchPage as error:
            return _no_such_page(shown, str(error), shown.changes_url)
    return page(
        "web/pages/changes.html",
        shown=shown,
        asked=asked,
        found=found,
        panel=panel,
        follow=shown.follow_selection(asked.filters.query),
        section="changes",
        changes_daily=found.is_usual,
    )


@_of_history
def editions(request: HttpRequest, shown: Shown) -> HttpResponse:
    """All of them; with ?day=, on the way to that day."""
    problem = ""
    shows_days = not shown.roadmap.hides_date_history and shown.newest_seen is None
    typed = request.GET.get("day", "").strip() if shows_days else ""
    if typed:
        newest = shown.today or shown
        try:
            return HttpResponseRedirect(day_url(shown, read_day(typed, newest.now)))
        except UnclearSince as error:
            problem = str(error)
    try:
        newest_first = [*reversed(shown.history.editions)]
        paged = Paged(newest_first, read_page(request.GET), shown.editions_url)
    except NoSuchPage as error:
        return _no_such_page(shown, str(error), shown.editions_url)
    return page(
        "web/pages/editions.html",
        status=400 if problem else 200,
        shown=shown,
        paged=paged,
        editions=[ShownEdition(shown, one) for one in paged.items],
        shows_days=shows_days,
        typed=typed,
        problem=problem,
        problems=[Problem("day", typed, problem)],
        section="changes",
    )


@_of_history
def edition(request: HttpRequest, shown: Shown, number: int) -> HttpResponse:
    """All that it changed; with a filter, what that selects of it."""
    editions = shown.history.editions
    found = shown.history.edition(number)
    if found is None:
        later = shown.today.history.edition(number) if shown.today else None
        return page(
            "web/pages/no_such_edition.html",
            status=404,
            shown=shown,
            number=number,
            first=ShownEdition(shown, editions[0]),
            newest=ShownEdition(shown, editions[-1]),
            later=ShownEdition(shown.today, later) if shown.today and later else None,
            section="changes",
        )
    filters = read_filters(request.GET, shown.published, shown.now)
    index = editions.index(found)
    return page(
        "web/pages/edition.html",
        shown=shown,
        edition=ShownEdition(shown, found, filters.told(found)),
        before=ShownEdition(shown, editions[index - 1]) if index else None,
        after=ShownEdition(shown, editions[index + 1]) if index + 1 < len(editions) else None,
        section="changes",
    )


def _no_such_page(shown: Shown, there_are: str, first_url: str) -> HttpResponse:
    return page(
        "web/pages/no_such_page.html",
        status=404,
        shown=shown,
        there_are=there_are,
        first_url=first_url,
        section="changes",
    )
