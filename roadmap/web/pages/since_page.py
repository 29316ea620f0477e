"""The page of what changed since a day or an edition: what its address asks for, and what is found."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.utils import timezone

from roadmap.published.filters import BadFilter, Filters, Problem, read_filters
from roadmap.published.history import PastEdition, ThingTold
from roadmap.published.since import USUAL_DAYS, Since, UnclearSince, read_since, usual
from roadmap.web.pages.edition_page import MOST_LINES, ShownEdition, counted
from roadmap.web.pages.roadmap_page import Shown
from roadmap.web.pagination import Paged, read_page


@dataclass(frozen=True)
class Asked:
    filters: Filters  # those that were understood
    since: Since
    since_typed: str  # empty: the usual
    page: int  # from 1
    problems: Sequence[Problem] = ()

    @property
    def since_problem(self) -> str:
        return next((one.message for one in self.problems if one.name == "since"), "")


def read_asked(query: QueryDict, shown: Shown) -> Asked:
    """What is wrong with `since` or a filter is in `problems`. Raises BadFilter for a page that is none."""
    page = read_page(query)
    problems: list[Problem] = []
    asked = dict.fromkeys(value.strip() for value in query.getlist("since") if value.strip())
    typed = next(iter(asked), "")
    since = usual(shown.now)
    if len(asked) > 1:
        problems.append(Problem("since", typed, "Give one date or one edition that changes are counted from."))
    try:
        if typed:
            since = read_since(typed, shown.edition, shown.now)
    except UnclearSince as error:
        problems.append(Problem("since", typed, str(error)))
    try:
        filters = read_filters(query, shown.published, shown.now, besides=("since", "page"))
    except BadFilter as error:
        filters = error.understood
        problems += error.problems
    return Asked(filters, since, typed, page, problems)


class ShownChanges:
    """Everything is reckoned when it is first asked for."""

    def __init__(self, shown: Shown, asked: Asked):
        self._shown = shown
        self._asked = asked

    @property
    def is_usual(self) -> bool:
        return not self._asked.since_typed

    @property
    def since_words(self) -> str:
        """To follow "What changed" or "Nothing has changed"."""
        since = self._asked.since
        if self.is_usual:
            return f"in the last {USUAL_DAYS} days"
        if since.day:
            return f"since {since.day:%-d %B %Y}"
        if since.edition_number == 0:
            return "since the start"
        edition = self._shown.history.edition(since.edition_number)
        day = f" ({timezone.localtime(edition.published_at):%-d %B %Y})" if edition else ""
        return f"since edition\N{NO-BREAK SPACE}{since.edition_number}{day}"

    @cached_property
    def _in_range(self) -> list[PastEdition]:
        """Newest first."""
        return [one for one in reversed(self._shown.history.editions) if self._asked.since.includes(one)]

    @cached_property
    def _found(self) -> list[tuple[PastEdition, list[ThingTold]]]:
        """Of those, each that changed anything that is asked for, with that."""
        told = ((edition, self._asked.filters.told(edition)) for edition in self._in_range)
        return [(edition, things) for edition, things in told if things or not self._asked.filters]

    @property
    def first(self) -> PastEdition | None:
        return self._in_range[-1] if self._in_range else None

    @property
    def last(self) -> PastEdition | None:
        return self._in_range[0] if self._in_range else None

    @property
    def number_of_editions(self) -> int:
        return len(self._in_range)

    @cached_property
    def summary(self) -> str:
        """Of all that is found, on whatever page; of the first Edition nothing is counted, for nothing was before."""
        if not self._found:
            return ""
        return counted(things for edition, things in self._found if edition.number > 1)

    @cached_property
    def paged(self) -> Paged[tuple[PastEdition, list[ThingTold]]]:
        """Raises NoSuchPage."""
        query = [*([] if self.is_usual else [("since", str(self._asked.since))]), *self._asked.filters.values]
        return Paged(self._found, self._asked.page, self._shown.changes_url, query)

    @property
    def editions(self) -> list[ShownEdition]:
        return [ShownEdition(self._shown, edition, things, MOST_LINES) for edition, things in self.paged.items]

    @property
    def last_ever(self) -> ShownEdition | None:
        """The newest that changed anything that is asked for, however long ago."""
        for edition in reversed(self._shown.history.editions):
            things = self._asked.filters.told(edition)
            if things or not self._asked.filters:
                return ShownEdition(self._shown, edition, things)
        return None

    @property
    def next_time(self) -> str:
        """The query to come back with."""
        values = self._asked.filters.query.removeprefix("?")
        return f"?since={self._shown.edition.number}" + (f"&{values}" if values else "")
