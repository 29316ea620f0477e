"""Two days of one roadmap against each other: what is different in the end, in sentences and as a table.

At the address of its changes, where `until` or `view=compare` is given. Without them that lists every step.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict

from roadmap.dates.clock import uk_date
from roadmap.published.between import between, edition_at
from roadmap.published.change_words import both_sides, news_first
from roadmap.published.filters import BadFilter, Filters, Problem, read_filters
from roadmap.published.history import PastEdition, ThingTold
from roadmap.published.since import Since, UnclearSince, read_since, usual
from roadmap.web.pages.edition_page import ShownEdition, change_line, day_url, summary_of
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.pagination import PAGES, PageOfList, read_page

COMPARE = "compare"  # the value of `view`
COMPARED_NAMES = ("since", "until")


@dataclass(frozen=True, eq=False)
class ComparedPoint:
    """One of the two: a day or an Edition, and what readers saw then."""

    reading: RoadmapReading
    point: Since
    edition: PastEdition

    @property
    def words(self) -> str:
        if self.point.day is None:
            return f"edition\N{NO-BREAK SPACE}{self.edition.number} ({uk_date(self.edition.published_at)})"
        return "today" if self.point.day == self.reading.current_day else uk_date(self.point.day)

    @property
    def url(self) -> str:
        """Of the roadmap as it was that day, where readers may see it, or else of the Edition."""
        if self.point.day is None or not self.reading.shows_days:
            return self.reading.addresses.edition(self.edition.number)
        return day_url(self.reading, self.point.day)

    @property
    def in_full(self) -> str:
        if self.point.day is None:
            return f"with {self.words}"
        when = "now" if self.words == "today" else f"at the end of {self.words}"
        return f"{when} (edition\N{NO-BREAK SPACE}{self.edition.number})"


@dataclass(frozen=True)
class ComparedThing:
    """One thing in the table: for each field its name, what was and what is, and the sentence for it.

    Without the first two, only the sentence says it.
    """

    title: str
    url: str
    rows: Sequence[tuple[str, tuple[str, str] | None, str]]


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is asked for, and what is found: that is reckoned when it is first asked for. With problems, nothing is."""

    reading: RoadmapReading
    filters: Filters  # those that were understood
    typed: tuple[str, str]
    points: tuple[ComparedPoint, ...]
    page: int  # from 1
    problems: Sequence[Problem] = ()

    @property
    def fields(self) -> list[dict[str, str]]:
        """Of the form."""
        hints = (
            "For example, 3 February 2026, or 12 for edition 12",
            "Leave empty for the newest",
        )
        labels = ("Compare this day or edition", "With this day or edition")
        errors = (self._error(name) for name in COMPARED_NAMES)
        fields = zip(COMPARED_NAMES, labels, hints, self.typed, errors, strict=True)
        return [dict(zip(("name", "label", "hint", "value", "error"), field, strict=True)) for field in fields]

    def _error(self, name: str) -> str:
        return " ".join(problem.message for problem in self.problems if problem.name == name)

    @cached_property
    def _net(self) -> PastEdition:
        since, until = (point.edition for point in self.points)
        return between(self.reading.history, since, until)

    @cached_property
    def _things(self) -> list[ThingTold]:
        """That readers can see otherwise, and that were asked for: what is announced first, of that the worst news."""
        things = self.filters.told(self._net)
        found = [thing for thing in things if not all(told.is_told_elsewhere for told in thing.told)]
        return sorted(found, key=lambda thing: (not thing.announced, *news_first(thing, thing.announced or thing.told)))

    @property
    def summary(self) -> str:
        return summary_of([(self._net, self._things)])

    @cached_property
    def paged(self) -> PageOfList[ThingTold]:
        """Raises NoSuchPage."""
        asked = [(name, str(point.point)) for name, point in zip(COMPARED_NAMES, self.points, strict=True)]
        query = [*asked, *self.filters.values]
        return PageOfList(self._things, self.page, self.reading.addresses, "changes", query, PAGES)

    @property
    def shown(self) -> ShownEdition:
        """Of the page, in sentences."""
        return ShownEdition(self.reading, self._net, self.paged.items, filters=self.filters)

    @property
    def table(self) -> Iterator[ComparedThing]:
        """Of the page, field by field."""
        names = self._net.roadmap
        for thing in self.paged.items:
            line = change_line(self.reading, thing, (), self._net, None, self.filters)
            changes = [told.change for told in thing.told if not told.is_told_elsewhere]
            rows = [(change.label(names), both_sides(change), change.sentence(names)) for change in changes]
            yield ComparedThing(line.title, line.url, rows)

    @property
    def steps_url(self) -> str:
        """Of every step from the first point on."""
        query = [("since", str(self.points[0].edition.number)), *self.filters.values]
        return self.reading.addresses.to("changes", query=query)


def is_comparison(query: QueryDict) -> bool:
    return query.get("view", "").strip() == COMPARE or any(value.strip() for value in query.getlist("until"))


def read_comparison(query: QueryDict, reading: RoadmapReading) -> Comparison:
    """What is wrong with a point or a filter is in `problems`. Raises BadFilter for a page that is none."""
    page = read_page(query)
    problems: list[Problem] = []
    typed = {}
    points: dict[str, ComparedPoint] = {}
    for name in reversed(COMPARED_NAMES):  # the second says what is usual for the first
        asked = dict.fromkeys(value.strip() for value in query.getlist(name) if value.strip())
        typed[name] = next(iter(asked), "")
        try:
            if len(asked) > 1:
                raise UnclearSince("Give one date, or the number of one edition.")
            points[name] = _point(typed[name], reading) if typed[name] else _usual(reading, points.get("until"))
        except UnclearSince as error:
            problems.insert(0, Problem(name, typed[name], str(error)))
    if not problems and _is_before(points["until"], points["since"]):
        words = points["until"].words
        why = f"{words[:1].upper()}{words[1:]} is before {points['since'].words}."
        problems.append(Problem("until", typed["until"], f"{why} Enter a later day or edition, or swap the two."))
    try:
        filters = read_filters(query, reading.published, reading.now)
    except BadFilter as error:
        filters = error.understood
        problems += error.problems
    found = tuple(points[name] for name in COMPARED_NAMES if name in points)
    return Comparison(reading, filters, (typed["since"], typed["until"]), found, page, problems)


def _is_before(point: ComparedPoint, other: ComparedPoint) -> bool:
    if point.point.day and other.point.day:
        return point.point.day < other.point.day
    return point.edition.number < other.edition.number


def _point(typed: str, reading: RoadmapReading) -> ComparedPoint:
    """Raises UnclearSince."""
    point = read_since(typed, reading.edition, reading.now)
    edition = edition_at(point, reading.history)
    if edition is not None:
        return ComparedPoint(reading, point, edition)
    first = reading.history.editions[0]
    if point.day is None:
        raise UnclearSince(
            f"There is no edition {point.edition_number}. Enter a number from {first.number}, or a date."
        )
    raise UnclearSince(
        f"This roadmap was first published on {uk_date(first.published_at)}. Enter that day, or a later day."
    )


def _usual(reading: RoadmapReading, until: ComparedPoint | None) -> ComparedPoint:
    """The newest; with `until`, the usual time before that, or the first where that is younger."""
    history = reading.history
    if until is None:
        newest = history.editions[-1]
        return ComparedPoint(reading, Since(edition_number=newest.number), newest)
    is_newest = until.edition is history.editions[-1]
    point = usual(reading.now if is_newest else until.edition.published_at)
    if edition := edition_at(point, history):
        return ComparedPoint(reading, point, edition)
    first = history.editions[0]
    return ComparedPoint(reading, Since(edition_number=first.number), first)
