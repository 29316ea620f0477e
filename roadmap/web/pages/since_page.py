"""The page of what changed since a day or an edition: what its address asks for, and what is found."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict

from roadmap.dates.clock import uk_date
from roadmap.published.filters import BadFilter, Filters, Problem, read_filters
from roadmap.published.history import PastEdition, ThingTold
from roadmap.published.since import USUAL_DAYS, Since, UnclearSince, read_since, usual
from roadmap.web.pages.edition_page import MOST_LINES, ShownEdition, shown_edition, summary_of
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.pagination import PageOfList, read_page


@dataclass(frozen=True)
class ChangesAsked:
    filters: Filters  # those that were understood
    since: Since
    since_typed: str  # empty: the usual
    page: int  # from 1
    problems: Sequence[Problem] = ()

    @property
    def since_problem(self) -> str:
        return next((problem.message for problem in self.problems if problem.name == "since"), "")


def read_asked(query: QueryDict, reading: RoadmapReading) -> ChangesAsked:
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
        filters = read_filters(query, reading.published, reading.now, besides=("since", "page"))
    except BadFilter as error:
        filters = error.understood
        problems += error.problems
    return ChangesAsked(filters, since, typed, page, problems)


@dataclass(frozen=True, eq=False)
class FoundChanges:
    """What follows is reckoned when it is first asked for."""

    reading: RoadmapReading
    asked: ChangesAsked

    @property
    def is_usual(self) -> bool:
        return not self.asked.since_typed

    @property
    def since_words(self) -> str:
        """To follow "What changed" or "Nothing has changed"."""
        since = self.asked.since
        if self.is_usual:
            return f"in the last {USUAL_DAYS} days"
        if since.day:
            return f"since {uk_date(since.day)}"
        if since.edition_number == 0:
            return "since the start"
        edition = self.reading.history.edition(since.edition_number)
        day = f" ({uk_date(edition.published_at)})" if edition else ""
        return f"since edition\N{NO-BREAK SPACE}{since.edition_number}{day}"

    @cached_property
    def in_range(self) -> list[PastEdition]:
        """Newest first."""
        return [edition for edition in reversed(self.reading.history.editions) if self.asked.since.includes(edition)]

    @cached_property
    def _found(self) -> list[tuple[PastEdition, list[ThingTold]]]:
        """Of those, each that changed anything that is asked for, with that."""
        told = ((edition, self.asked.filters.told(edition)) for edition in self.in_range)
        return [(edition, things) for edition, things in told if things or not self.asked.filters]

    @cached_property
    def summary(self) -> str:
        """Of all that is found, on whatever page; of the first Edition nothing is counted, for nothing was before."""
        return summary_of(things for edition, things in self._found if edition.number > 1)

    @cached_property
    def paged(self) -> PageOfList[tuple[PastEdition, list[ThingTold]]]:
        """Raises NoSuchPage."""
        query = [*([] if self.is_usual else [("since", str(self.asked.since))]), *self.asked.filters.values]
        return PageOfList(self._found, self.asked.page, self.reading.addresses, "changes", query)

    @property
    def editions(self) -> list[ShownEdition]:
        query = self.asked.filters.values
        return [shown_edition(self.reading, edition, things, MOST_LINES, query) for edition, things in self.paged.items]

    @property
    def last_ever(self) -> PastEdition | None:
        """The newest that changed anything that is asked for, however long ago."""
        editions, filters = self.reading.history.editions, self.asked.filters
        return next((edition for edition in reversed(editions) if filters.told(edition) or not filters), None)

    @property
    def last_ever_url(self) -> str:
        last = self.last_ever
        return self.reading.addresses.edition(last.number, self.asked.filters.values) if last else ""

    @property
    def next_time_url(self) -> str:
        """To come back with."""
        query = [("since", str(self.reading.edition.number)), *self.asked.filters.values]
        return self.reading.addresses.to("changes", query=query)
