"""The pages of what changed: since when a reader asks, and edition by edition. Of one roadmap, as those of `views`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from roadmap.dates.clock import uk_date
from roadmap.published.filters import BadFilter, Filters, Problem, read_filters
from roadmap.published.history import PastEdition, ThingTold
from roadmap.published.since import USUAL_DAYS, Since, UnclearSince, read_day, read_since, usual
from roadmap.web.pages.compare_page import COMPARE, COMPARED_NAMES, Comparison, is_comparison, read_comparison
from roadmap.web.pages.edition_page import MOST_LINES, ShownEdition, changes_until, day_url, edition_link, summary_of
from roadmap.web.pages.filter_form import FilterPanel, misspelt_names
from roadmap.web.pages.reading import PageLink, PageView, RoadmapReading, mountable, page_of
from roadmap.web.pagination import NoSuchPage, PageOfList, read_page

_page_of = partial(page_of, section="changes")

# What the page of changes takes that is no filter.
NAMES_TAKEN = (*COMPARED_NAMES, "view", "page")


def of_history(what: str) -> Callable[[PageView], PageView]:
    """Around a page that is nothing without the history: while that cannot be read, it says so, to be tried again."""

    def around(view: PageView) -> PageView:
        @wraps(view)
        def page_of_history(request: HttpRequest, reading: RoadmapReading, **parts: Any) -> HttpResponse:
            if reading.is_behind(reading.history_if_there()):
                return _page_of("web/pages/no_history.html", reading, status=503, what=what)
            return view(request, reading, **parts)

        return page_of_history

    return around


@dataclass(frozen=True, eq=False)
class ChangesSince:
    """What is asked for, and what is found: that is reckoned when it is first asked for."""

    reading: RoadmapReading
    filters: Filters  # those that were understood
    since: Since
    since_typed: str  # empty: the usual
    page: int  # from 1
    problems: Sequence[Problem] = ()

    @property
    def since_problem(self) -> str:
        return next((problem.message for problem in self.problems if problem.name == "since"), "")

    @property
    def since_words(self) -> str:
        """To follow "What changed" or "Nothing has changed"."""
        if not self.since_typed:
            return f"in the {USUAL_DAYS} days until then" if self.reading.is_past else f"in the last {USUAL_DAYS} days"
        if self.since.day:
            return f"since {self.since.day_in_words}"
        if self.since.edition_number == 0:
            return "since the start"
        edition = self.reading.history.edition(self.since.edition_number)
        day = f" ({uk_date(edition.published_at)})" if edition else ""
        return f"since edition\N{NO-BREAK SPACE}{self.since.edition_number}{day}"

    @cached_property
    def in_range(self) -> list[PastEdition]:
        """Newest first."""
        return [edition for edition in reversed(self.reading.history.editions) if self.since.includes(edition)]

    @cached_property
    def _found(self) -> list[tuple[PastEdition, list[ThingTold]]]:
        """Of those, each that changed anything that is asked for, with that."""
        told = ((edition, self.filters.told(edition)) for edition in self.in_range)
        return [(edition, things) for edition, things in told if things or not self.filters]

    @cached_property
    def summary(self) -> str:
        """Of all that is found, on whatever page; of the first Edition nothing is counted, for nothing was before."""
        return summary_of((edition, things) for edition, things in self._found if edition.number > 1)

    @cached_property
    def paged(self) -> PageOfList[tuple[PastEdition, list[ThingTold]]]:
        """Raises NoSuchPage."""
        query = [*([("since", str(self.since))] if self.since_typed else []), *self.filters.values]
        return PageOfList(self._found, self.page, self.reading.addresses, "changes", query)

    @property
    def editions(self) -> list[ShownEdition]:
        shown = self.paged.items
        return [ShownEdition(self.reading, edition, things, MOST_LINES, self.filters) for edition, things in shown]

    @property
    def until_last(self) -> PageLink | None:
        """To the last changes that there were, where there are none in what is asked for."""
        last = self.last_ever
        return changes_until(self.reading, last.at, self.filters) if last else None

    @cached_property
    def last_ever(self) -> ShownEdition | None:
        """The newest that changed anything that is asked for, however long ago."""
        for edition in reversed(self.reading.history.editions):
            if (things := self.filters.told(edition)) or not self.filters:
                return ShownEdition(self.reading, edition, things, filters=self.filters)
        return None

    @property
    def compare_url(self) -> str:
        """The same from this point on, in the end."""
        since = [("since", self.since_typed)] if self.since_typed else []
        return self.reading.addresses.to("changes", query=[("view", COMPARE), *since, *self.filters.values])

    @property
    def next_time_url(self) -> str:
        """To come back with."""
        query = [("since", str(self.reading.edition.number)), *self.filters.values]
        return self.reading.addresses.to("changes", query=query)


def _asked(query: QueryDict, reading: RoadmapReading) -> ChangesSince:
    """What is wrong with `since` or a filter is in `problems`. Raises BadFilter for a page that is none."""
    page = read_page(query)
    problems: list[Problem] = []
    asked = dict.fromkeys(value.strip() for value in query.getlist("since") if value.strip())
    typed = next(iter(asked), "")
    since = usual(reading.now)
    if len(asked) > 1:
        problems.append(Problem("since", typed, "Give one date or one edition that changes are counted from."))
    try:
        if typed:
            since = read_since(typed, reading.edition, reading.now)
    except UnclearSince as error:
        problems.append(Problem("since", typed, str(error)))
    try:
        filters = read_filters(query, reading.published, reading.now)
    except BadFilter as error:
        filters = error.understood
        problems += error.problems
    return ChangesSince(reading, filters, since, typed, page, problems)


@mountable
@of_history("What changed")
def changes(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    """Edition by edition; or two days against each other, where that is asked for."""
    if is_comparison(request.GET):
        compared = read_comparison(request.GET, reading)
        points = [(name, value) for name, value in zip(COMPARED_NAMES, compared.typed, strict=True) if value]
        kept = [("view", COMPARE), *points]
        # Which day is today.
        return _found_page("web/pages/changes/compare.html", request, compared, kept, changes_daily=True)
    found = _asked(request.GET, reading)
    # A day that is to come will have come.
    changes_daily = (
        bool(found.problems) or not found.since_typed or found.since.depends_on_today or found.filters.depends_on_today
    )
    return _found_page(
        "web/pages/changes.html",
        request,
        found,
        [("since", found.since_typed)] if found.since_typed else [],
        changes_daily=changes_daily,
        follow=None if found.problems else lambda: reading.follow_selection(found.filters),
    )


def _found_page(
    template: str,
    request: HttpRequest,
    found: ChangesSince | Comparison,
    kept: Sequence[tuple[str, str]],
    **context: Any,
) -> HttpResponse:
    """`kept` is what the form of the filters sends again. The points in time have a form of their own."""
    reading = found.reading
    problems = [problem for problem in found.problems if problem.name not in COMPARED_NAMES]
    if found.page > 1 and not found.problems:  # the first is always there, and need not be made to know it
        try:
            found.paged  # noqa: B018
        except NoSuchPage as error:
            return no_such_page(reading, error, reading.addresses.changes)
    return _page_of(
        template,
        reading,
        status=400 if found.problems else 200,
        problems=[*misspelt_names(request.GET, *NAMES_TAKEN), *found.problems],
        found=found,
        panel=FilterPanel(reading, found.filters, request.GET, "changes", problems, kept),
        **context,
    )


@mountable
@of_history("What changed")
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
        return no_such_page(reading, error, reading.addresses.editions)
    return _page_of(
        "web/pages/editions.html",
        reading,
        status=400 if problem else 200,
        paged=paged,
        editions=lambda: [ShownEdition(reading, edition) for edition in paged.items],
        typed=typed,
        problem=problem,
        problems=[Problem("day", typed, problem)],
    )


@mountable
@of_history("What changed")
def edition(request: HttpRequest, reading: RoadmapReading, number: int) -> HttpResponse:
    """All that it changed; with a filter, what that selects of it."""
    editions, found = reading.history.editions, reading.history.edition(number)
    if found is None:
        later = reading.today and reading.today.history.edition(number)
        return _page_of(
            "web/pages/no_such_edition.html",
            reading,
            status=404,
            number=number,
            first=ShownEdition(reading, editions[0]),
            newest=ShownEdition(reading, editions[-1]),
            later=ShownEdition(reading.today, later) if reading.today and later else None,
        )
    filters = read_filters(request.GET, reading.published, reading.now)
    index = editions.index(found)
    return _page_of(
        "web/pages/edition.html",
        reading,
        changes_daily=filters.depends_on_today,
        problems=misspelt_names(request.GET),
        edition=lambda: ShownEdition(reading, found, filters.told(found), filters=filters),
        before=edition_link("Previous edition", reading, editions[index - 1]) if index else None,
        after=edition_link("Next edition", reading, editions[index + 1]) if index + 1 < len(editions) else None,
    )


def no_such_page(reading: RoadmapReading, error: NoSuchPage, first_url: str) -> HttpResponse:
    return _page_of("web/pages/no_such_page.html", reading, status=404, there_are=str(error), first_url=first_url)
