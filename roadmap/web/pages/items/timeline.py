"""Items along a line of time: a lane for each or for each API, a mark for each environment, approximate dates as the
ranges they are.

Places are percentages of the line, as SVG writes them, so that it may be drawn as wide as there is room. Items come
with their own addresses, so that a timeline may show those of several roadmaps. Asks the database nothing.
"""

import datetime
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from django.utils.safestring import SafeString

from roadmap.content.choices import Environment
from roadmap.content.snapshot import PlacedItem
from roadmap.dates import When
from roadmap.published.filter_values import by_number, slug_of
from roadmap.web.pages.item_page import ShownDate, ShownItem

# Of months, around today: what is further away than that stands at the end of the line.
MOST_BEFORE, LEAST_AFTER, MOST_AFTER = 3, 6, 30
ONE_DAY = datetime.timedelta(days=1)
MONTH_WIDTH = 34  # at least, in pixels; a screen may show fewer months than there are
_PLACES = (*Environment,)
NO_API = "Without an API"
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
    def drawn(self) -> str:
        """SVG, of numbers and of names that are ours."""
        if not self.place:
            return ""
        span, before, y = self.span, self.place_before, self.middle
        found = ""
        if span:
            fill = "open" if span.is_open else "soft"
            found = f'<rect fill="url(#t-{fill})" x="{span.place}" width="{span.width}" y="{y - 4}" height="8"/>'
        if before:
            found += f'<line class="app-before" x1="{before}" x2="{self.place}" y1="{y}" y2="{y}"/>'
            found += f'<use class="app-before" href="#t-before" x="{before}" y="{y}"/>'
        deployed = ' class="app-deployed"' if self.is_deployed else ""
        return f'{found}<use{deployed} href="#t-{self.shape}" x="{self.place}" y="{y}"/>'


class KeyEntry(NamedTuple):
    shape: str
    label: str


class ItemInLane(NamedTuple):
    """With lanes for APIs, once for each of its APIs."""

    placed: PlacedItem
    api: str = ""  # by which a filter knows it; empty for an item without, and where each item has a lane
    api_name: str = NO_API
    begins: bool = True  # no item of this API comes before


class ShownInLane(NamedTuple):
    item: ShownItem
    marks: Sequence[Mark]


class Lane(NamedTuple):
    """Of one item, or of all items of an API."""

    name: str
    url: str  # empty where there is nothing to lead to
    about: str  # which roadmap it is of, among others
    items: Sequence[ShownInLane]
    is_continued: bool = False  # from the page before

    @property
    def drawn(self) -> SafeString:
        return SafeString("".join(mark.drawn for _, marks in self.items for mark in marks))


def in_lanes_of_apis(items: Sequence[PlacedItem], chosen: Collection[str]) -> list[ItemInLane]:
    """By the names of their APIs, or of those that are chosen; the items without come last."""
    found: dict[str, tuple[str, list[PlacedItem]]] = {}
    without: list[PlacedItem] = []
    for item in items:
        names = {slug_of(api.name): api.name for api in item.content.apis}
        for slug, name in names.items():
            if not chosen or slug in chosen:
                found.setdefault(slug, (name, []))[1].append(item)
        if not names:
            without.append(item)
    by_name = sorted(found.items(), key=lambda api: by_number(api[1][0].casefold()))
    lanes = [*((slug, name, of_api) for slug, (name, of_api) in by_name), ("", NO_API, without)]
    return [ItemInLane(item, slug, name, not i) for slug, name, of_api in lanes for i, item in enumerate(of_api)]


def with_and_without_date(items: Sequence[PlacedItem]) -> tuple[list[PlacedItem], list[PlacedItem]]:
    found: tuple[list[PlacedItem], list[PlacedItem]] = [], []
    for item in items:
        has_date = any(when and when.start for when in map(item.due, _PLACES))
        found[not has_date].append(item)
    return found


@dataclass(frozen=True, eq=False)
class ItemTimeline:
    """`shown` are those on this page of all the `dated`, by which the line begins and ends."""

    dated: Sequence[PlacedItem]
    shown: Sequence[tuple[ItemInLane, ShownItem]]
    today: datetime.date
    today_label: str
    api_url: Callable[[str], str] | None = None  # where each API has a lane, what that leads to
    other_url: str = ""  # of the timeline whose lanes are the others; empty where that would say nothing

    @property
    def is_by_api(self) -> bool:
        return self.api_url is not None

    @cached_property
    def _dates(self) -> dict[Environment, list[When]]:
        """All there are, each once, by environment."""
        found = {place: {item.due(place) for item in self.dated} for place in _PLACES}
        return {
            place: dates
            for place, of_place in found.items()
            if (dates := [one for one in of_place if one and one.start])
        }

    @cached_property
    def environments(self) -> list[Environment]:
        """For which any has a date."""
        return [*self._dates]

    @cached_property
    def start(self) -> datetime.date:
        earliest = min(
            (when.start for dates in self._dates.values() for when in dates if when.start), default=self.today
        )
        return _quarter(min(max(earliest, _months_on(self.today, -MOST_BEFORE)), self.today))

    @cached_property
    def end(self) -> datetime.date:
        """The first day after it."""
        lasts = (when.end or when.start or self.today for dates in self._dates.values() for when in dates)
        latest = max(lasts, default=self.today)
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
        labels = self.shown[0][0].placed.roadmap.labels
        return [KeyEntry(environment.value, labels[environment]) for environment in self.environments]

    @property
    def beyond(self) -> list[KeyEntry]:
        """The same of what stands at an end of the line, because it is further away."""
        ends = [self._ends(when) for dates in self._dates.values() for when in dates]
        found = []
        if any(last < self.start for _, last in ends):
            found.append(KeyEntry("earlier", "Earlier than is shown"))
        if any(first >= self.end for first, _ in ends):
            found.append(KeyEntry("later", "Later than is shown"))
        return found

    @property
    def has_moved(self) -> bool:
        return any(item.dates_before for _, item in self.shown)

    @property
    def today_place(self) -> str:
        return self._place(self.today)

    @property
    def lanes(self) -> Iterator[Lane]:
        """As a page comes to each."""
        if self.api_url is None:
            for _, item in self.shown:
                yield Lane(item.name, item.url, item.of_roadmap, [self._in_lane(item)])
            return
        for api, found in groupby(self.shown, key=lambda shown: shown[0].api):
            of_api = [*found]
            first, items = of_api[0][0], [self._in_lane(item) for _, item in of_api]
            yield Lane(first.api_name, self.api_url(api) if api else "", "", items, not first.begins)

    def _in_lane(self, item: ShownItem) -> ShownInLane:
        return ShownInLane(item, [*self._marks(item)])

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
