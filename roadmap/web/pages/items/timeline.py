"""Items along a line of time: a lane for each, a mark for each environment, approximate dates as the ranges they are.

Places are percentages of the line, as SVG writes them, so that it may be drawn as wide as there is room. Items come
with their own addresses, so that a timeline may show those of several roadmaps. Asks the database nothing.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from roadmap.content.choices import Environment
from roadmap.content.snapshot import PlacedItem
from roadmap.dates import When
from roadmap.web.pages.item_page import ShownDate, ShownItem

# Of months, around today: what is further away than that stands at the end of the line.
MOST_BEFORE, LEAST_AFTER, MOST_AFTER = 3, 6, 30
ONE_DAY = datetime.timedelta(days=1)
MONTH_WIDTH = 34  # at least, in pixels; a screen may show fewer months than there are
ROW_HEIGHT = 12  # of one environment in a lane, in pixels, as the styles have it


class Month(NamedTuple):
    place: str
    label: str  # "Jan"
    starts_quarter: bool
    year: str  # where it is the first of its year, or of the line


class Span(NamedTuple):
    """The days that a date can mean, as far as the line goes."""

    place: str
    width: str
    is_open: bool  # it has no last day


class Mark(NamedTuple):
    """One environment of an item: what is said of it, and where that is on the line."""

    label: str
    said: ShownDate
    shape: str  # the environment, or "earlier" or "later" than the line
    middle: int = 0  # pixels from the top of the lane
    place: str = ""  # empty where there is no date
    span: Span | None = None  # where it is more than a day
    is_deployed: bool = False
    place_before: str = ""  # of the last promise that was another

    @property
    def words(self) -> str:
        return f"{self.label} expected {self.said.text}" if self.said.ending else f"{self.label}: {self.said.text}"

    @property
    def top(self) -> int:
        """Of the span."""
        return self.middle - 4


class KeyEntry(NamedTuple):
    shape: str
    label: str


class Lane(NamedTuple):
    item: ShownItem
    marks: Sequence[Mark]


def has_date(item: PlacedItem) -> bool:
    return any(True for _ in _dates([item]))


def _dates(items: Sequence[PlacedItem]) -> Iterator[tuple[Environment, When]]:
    for item in items:
        for environment in Environment:
            if (when := item.due(environment)) and when.start:
                yield environment, when


@dataclass(frozen=True, eq=False)
class ItemTimeline:
    """`shown` are those on this page of all the `dated`, by which the line begins and ends."""

    dated: Sequence[PlacedItem]
    shown: Sequence[ShownItem]
    today: datetime.date
    today_label: str

    @cached_property
    def environments(self) -> list[Environment]:
        """For which any has a date."""
        found = {environment for environment, _ in _dates(self.dated)}
        return [environment for environment in Environment if environment in found]

    @cached_property
    def start(self) -> datetime.date:
        earliest = min((when.start for _, when in _dates(self.dated) if when.start), default=self.today)
        return _quarter(min(max(earliest, _months_on(self.today, -MOST_BEFORE)), self.today))

    @cached_property
    def end(self) -> datetime.date:
        """The first day after it."""
        latest = max((when.end or when.start or self.today for _, when in _dates(self.dated)), default=self.today)
        latest = max(min(latest, _months_on(self.today, MOST_AFTER)), _months_on(self.today, LEAST_AFTER))
        return _months_on(_quarter(latest), 3)

    @cached_property
    def months(self) -> list[Month]:
        found: list[Month] = []
        month = self.start
        while month < self.end:
            year = str(month.year) if month.month == 1 or not found else ""
            found.append(Month(self._place(month), f"{month:%b}", month.month % 3 == 1, year))
            month = _months_on(month, 1)
        return found

    @property
    def width(self) -> int:
        return MONTH_WIDTH * len(self.months)

    @property
    def lanes_class(self) -> str:
        """Which says how high they are; whole, as every class is written, so that what pages use is found by name."""
        return ("", "app-timeline--1", "app-timeline--2", "app-timeline--3")[len(self.environments)]

    @property
    def key(self) -> list[KeyEntry]:
        """What the shapes stand for, by the name that a roadmap here gives to each first."""
        labels = self.shown[0].placed.roadmap.labels
        return [KeyEntry(environment.value, labels[environment]) for environment in self.environments]

    @property
    def has_moved(self) -> bool:
        return any(item.dates_before for item in self.shown)

    @property
    def today_place(self) -> str:
        return self._place(self.today)

    @property
    def lanes(self) -> Iterator[Lane]:
        """As a page comes to each."""
        return (Lane(item, [*self._marks(item)]) for item in self.shown)

    def _marks(self, item: ShownItem) -> Iterator[Mark]:
        for environment in Environment:
            said, when = item.said(environment), item.placed.due(environment)
            if not said.text:
                continue
            label = item.placed.roadmap.labels[environment]
            if when is None or when.start is None:
                yield Mark(label, said, "")
                continue
            middle = ROW_HEIGHT * self.environments.index(environment) + ROW_HEIGHT // 2 + 2
            first, last = self._ends(when)
            shape = "earlier" if last < self.start else "later" if first >= self.end else environment.value
            span = None
            if shape == environment.value and last > first:
                width = min(last, self.end - ONE_DAY) - max(first, self.start) + ONE_DAY
                span = Span(self._place(first), self._percent(width), is_open=when.end is None)
            before = item.dates_before.get(environment)
            place_before = self._place_of(before.when) if before and before.when else ""
            is_deployed = item.placed.is_deployed(environment)
            yield Mark(label, said, shape, middle, self._place_of(when), span, is_deployed, place_before)

    def _ends(self, when: When) -> tuple[datetime.date, datetime.date]:
        """The first and the last day; of what has no last, that of the line."""
        first = when.start or self.start
        return first, when.end or max(first, self.end)

    def _place_of(self, when: When) -> str:
        """The middle of what of it is on the line; of what has no last day, its first. Empty where it has no date."""
        if when.start is None:
            return ""
        first, last = (min(max(day, self.start), self.end) for day in self._ends(when))
        return self._place(first if when.end is None else first + (last - first) / 2)

    def _place(self, day: datetime.date) -> str:
        return self._percent(min(max(day, self.start), self.end) - self.start)

    def _percent(self, length: datetime.timedelta) -> str:
        return f"{100 * length.days / (self.end - self.start).days:.1f}%"


def _quarter(day: datetime.date) -> datetime.date:
    """The first day of the one that it is in."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _months_on(day: datetime.date, months: int) -> datetime.date:
    """The first day of the month that is so many after its own."""
    years, month = divmod(day.month - 1 + months, 12)
    return datetime.date(day.year + years, month + 1, 1)
