"""How the dates of a roadmap have held, by its published history alone. Asks the database nothing.

What counts, and how:

- A *first date* is the first that readers were given for an item's arrival in one environment, with a last day that
  had not passed when it was given. There is one at most for each item and environment. "TBC", "not applicable", a text
  that is not understood and a date without a last day ("from April 2027") are none: the next that is one counts. Nor
  is a date one that stood beside "deployed" from the beginning: nothing was promised.
- It is *due* when its last day has passed. How dates have held is asked of these alone: of the others, only what went
  well can be known by now.
- An item *arrived* within the date beside "deployed"; without one, between the Edition that first had it deployed and
  the Edition before that. It did so at the latest when readers first saw it. Where it was taken back, its last arrival
  counts.
- *Kept*: it arrived on or before the last day of its first date. *Late*: after it. *Unsure*: it may be either.
- What has not arrived is *moved* where the date now has a last day that is later and still to come; *overdue* where
  that has passed; *undated* where no last day is given now; *dropped* where the item is withdrawn, or the date is said
  not to apply.
- The *delay* is the number of days from the last day of the first date to the last on which it can have arrived; none
  where it was kept. For what has moved, to the last day that is given now; for what is overdue or undated, to today,
  so far. Of what is unsure or was dropped it is not known.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import takewhile

from roadmap.content.choices import Environment
from roadmap.content.things import ItemContent
from roadmap.dates import When
from roadmap.dates.clock import day_of
from roadmap.published.date_history import Promise, stories
from roadmap.published.history import Happening, History, PastEdition
from roadmap.published.roadmap import CAPACITY

FEWEST = 10  # first dates of which anything is said together


class DateOutcome(StrEnum):
    """What has become of a first date. The names are those of addresses and of the table for programs."""

    KEPT = "kept"
    LATE = "late"
    UNSURE = "unsure"
    MOVED = "moved"
    OVERDUE = "overdue"
    UNDATED = "undated"
    DROPPED = "dropped"
    STANDS = "stands"  # only of what is not due


class Exactness(StrEnum):
    """How long the range of days was that was promised."""

    DAY = "day"
    PART_OF_MONTH = "part-of-month"
    MONTH = "month"
    THREE_MONTHS = "three-months"
    LONGER = "longer"


class Ahead(StrEnum):
    """How long before its last day it was given."""

    THREE_MONTHS = "three-months"
    SIX_MONTHS = "six-months"
    YEAR = "year"
    LONGER = "longer"


_MOST_DAYS_LONG = {
    Exactness.DAY: 1,
    Exactness.PART_OF_MONTH: 27,
    Exactness.MONTH: 31,
    Exactness.THREE_MONTHS: 92,
}
_MOST_DAYS_AHEAD = {Ahead.THREE_MONTHS: 91, Ahead.SIX_MONTHS: 183, Ahead.YEAR: 365}


@dataclass(frozen=True, eq=False, slots=True)
class FirstDate:
    """The first date for one environment of one item, and what it has come to by `today`."""

    item: ItemContent  # as it is now, or was last
    is_there: bool  # not withdrawn
    environment: Environment
    label: str  # of the environment
    when: When
    last_day: datetime.date
    given: PastEdition  # in which readers first had it
    now: Promise  # or what was said last while the item was there
    seen_on: datetime.date | None  # when they first saw it deployed, where it is
    unseen_on: datetime.date | None  # when there was an Edition last that did not have it so
    today: datetime.date
    outcome: DateOutcome = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "outcome", self._outcome())

    @property
    def given_on(self) -> datetime.date:
        return day_of(self.given.published_at)

    @property
    def is_due(self) -> bool:
        return self.last_day < self.today

    @property
    def arrived(self) -> tuple[datetime.date, datetime.date] | None:
        """The first and the last day on which it can have arrived."""
        if self.seen_on is None:
            return None
        said = self.now.when
        if said and said.start and said.end:
            if said.start > self.seen_on:
                return self.seen_on, said.end  # the roadmap says both
            return said.start, min(said.end, self.seen_on)
        return (self.unseen_on or datetime.date.min), self.seen_on

    @property
    def is_seen_after(self) -> bool:
        """Whether it was kept, but its last day had passed when readers saw that."""
        return self.outcome is DateOutcome.KEPT and self.seen_on is not None and self.seen_on > self.last_day

    def _outcome(self) -> DateOutcome:
        if self.arrived:
            first, last = self.arrived
            is_unsure = first <= self.last_day < last
            return DateOutcome.UNSURE if is_unsure else DateOutcome.KEPT if last <= self.last_day else DateOutcome.LATE
        when = self.now.when
        if not self.is_there or (when and when.is_not_applicable):
            return DateOutcome.DROPPED
        if when is None or when.end is None:
            return DateOutcome.UNDATED
        if when.end < self.today:
            return DateOutcome.OVERDUE
        return DateOutcome.MOVED if when.end > self.last_day else DateOutcome.STANDS

    @property
    def delay(self) -> int | None:
        """In days. None where it is not known."""
        match self.outcome:
            case DateOutcome.KEPT:
                until = self.last_day
            case DateOutcome.LATE:
                until = self.arrived[1] if self.arrived else self.today
            case DateOutcome.MOVED:
                until = (self.now.when and self.now.when.end) or self.today
            case DateOutcome.OVERDUE | DateOutcome.UNDATED if self.is_due:
                until = self.today
            case _:
                return None
        return (until - self.last_day).days

    @property
    def exactness(self) -> Exactness:
        days = (self.last_day - (self.when.start or self.last_day)).days + 1
        return next((kind for kind, most in _MOST_DAYS_LONG.items() if days <= most), Exactness.LONGER)

    @property
    def ahead(self) -> Ahead:
        days = (self.last_day - self.given_on).days
        return next((kind for kind, most in _MOST_DAYS_AHEAD.items() if days <= most), Ahead.LONGER)


@lru_cache(maxsize=CAPACITY)
def first_dates(history: History, today: datetime.date) -> list[FirstDate]:
    """In the order in which they were given; none where earlier dates are kept back."""
    found = []
    days = {edition.number: day_of(edition.published_at) for edition in history.editions}
    for uid, happened in history.by_uid.items():
        last = happened[-1].thing
        item = last.after or last.before
        if isinstance(item, ItemContent):
            for story in stories(history, uid):
                promises = [*_while_there(story.promises, happened)]
                first = next(filter(_is_first_date, promises), None)
                if first and first.when and first.when.end:
                    seen_on, unseen_on = _arrival(promises, days)
                    found.append(
                        FirstDate(
                            item=item,
                            is_there=last.after is not None,
                            environment=story.environment,
                            label=history.editions[-1].roadmap.labels[story.environment],
                            when=first.when,
                            last_day=first.when.end,
                            given=first.edition,
                            now=promises[-1],
                            seen_on=seen_on,
                            unseen_on=unseen_on,
                            today=today,
                        )
                    )
    return sorted(found, key=_order)


def _order(date: FirstDate) -> tuple[int, int, str, int]:
    """As they were given; of those given together, VAT-2 before VAT-10."""
    reference = date.item.reference
    return date.given.number, len(reference), reference, [*Environment].index(date.environment)


def _while_there(promises: Sequence[Promise], happened: Sequence[Happening]) -> Iterator[Promise]:
    """All but what only says that the item was not there for a while: that says nothing of its dates.

    Where it came back with nothing said of the date, that is what has been said since it was withdrawn.
    """
    withdrawn = {edition.number for edition, thing in happened if thing.is_withdrawn}
    there = {edition.number for edition, _ in happened} - withdrawn
    next_numbers = [*(promise.edition.number for promise in promises[1:]), happened[-1].edition.number + 1]
    for promise, until in zip(promises, next_numbers, strict=True):
        if promise.edition.number not in withdrawn or there & {*range(promise.edition.number, until)}:
            yield promise


def _is_first_date(promise: Promise) -> bool:
    when = promise.when
    return bool(when and when.end and not _has_arrived(promise) and when.end >= day_of(promise.edition.published_at))


def _arrival(
    promises: Sequence[Promise], days: Mapping[int, datetime.date]
) -> tuple[datetime.date | None, datetime.date | None]:
    """When readers first saw it deployed, as it is still, and when they last had an Edition without that."""
    arrived = [*takewhile(_has_arrived, reversed(promises))]
    if not arrived:
        return None, None
    number = arrived[-1].edition.number
    return days[number], days.get(number - 1)


def _has_arrived(promise: Promise) -> bool:
    return promise.is_deployed or bool(promise.when and promise.when.says_deployed)


# Of several together


@dataclass(frozen=True, eq=False)
class DatesHeld:
    """How all first dates of a kind have held. `key` is in addresses, `label` is the kind in words."""

    key: str
    label: str
    dates: Sequence[FirstDate]

    @cached_property
    def due(self) -> list[FirstDate]:
        return [date for date in self.dates if date.is_due]

    @cached_property
    def open(self) -> list[FirstDate]:
        """Not due yet."""
        return [date for date in self.dates if not date.is_due]

    @cached_property
    def _delayed(self) -> list[FirstDate]:
        """Those of which a delay is known, though it may be none: the shortest first."""
        known = [(date.delay, number, date) for number, date in enumerate(self.due) if date.delay is not None]
        return [date for _, _, date in sorted(known)]

    @property
    def middle(self) -> int | None:
        """The delay, in days, that half of them had or less. None of fewer than ten."""
        known = self._delayed
        return known[(len(known) - 1) // 2].delay if len(known) >= FEWEST else None

    @property
    def worst(self) -> FirstDate | None:
        """None of fewer than ten, or where all were kept."""
        known = self._delayed
        return known[-1] if len(known) >= FEWEST and known[-1].delay else None


@dataclass(frozen=True)
class Kinds:
    """One way of telling first dates apart."""

    key: str
    heading: str
    of: Callable[[FirstDate], Iterator[tuple[str, str]]]  # for a first date, the value and the words of each kind
    values: Sequence[str] = ()  # in the order in which they are shown; without, in that of their words


def _by_environment(date: FirstDate) -> Iterator[tuple[str, str]]:
    yield date.environment.value, date.label


def _by_exactness(date: FirstDate) -> Iterator[tuple[str, str]]:
    yield date.exactness.value, EXACTNESS[date.exactness]


def _by_ahead(date: FirstDate) -> Iterator[tuple[str, str]]:
    yield date.ahead.value, f"{AHEAD[date.ahead]} ahead".capitalize()


def _by_api(date: FirstDate) -> Iterator[tuple[str, str]]:
    yield from ((name, name) for name in dict.fromkeys(api.name for api in date.item.apis))


def _by_exactness_and_ahead(date: FirstDate) -> Iterator[tuple[str, str]]:
    yield f"{date.exactness}.{date.ahead}", f"{EXACTNESS[date.exactness]}, given {AHEAD[date.ahead]} ahead"


def _by_firmness(date: FirstDate) -> Iterator[tuple[str, str]]:
    yield (
        ("provisional", "Given as “to be confirmed”")
        if date.when.is_provisional
        else ("firm", "Not given as “to be confirmed”")
    )


EXACTNESS = {
    Exactness.DAY: "A day",
    Exactness.PART_OF_MONTH: "Part of a month",
    Exactness.MONTH: "A month",
    Exactness.THREE_MONTHS: "Up to three months",
    Exactness.LONGER: "Longer than three months",
}
AHEAD = {
    Ahead.THREE_MONTHS: "up to three months",
    Ahead.SIX_MONTHS: "three to six months",
    Ahead.YEAR: "six months to a year",
    Ahead.LONGER: "more than a year",
}
KINDS = (
    Kinds("environment", "By environment", _by_environment, [*Environment]),
    Kinds("exact", "By how exact the date was", _by_exactness, [*Exactness]),
    Kinds("ahead", "By how long ahead it was given", _by_ahead, [*Ahead]),
    Kinds(
        "exact-ahead",
        "By how exact it was and how long ahead it was given",
        _by_exactness_and_ahead,
        [f"{exactness}.{ahead}" for exactness in Exactness for ahead in Ahead],
    ),
    Kinds("firm", "By whether it was to be confirmed", _by_firmness, ("firm", "provisional")),
    Kinds("api", "By API", _by_api),
)


def by_kind(kinds: Kinds, dates: Sequence[FirstDate]) -> list[DatesHeld]:
    """Each kind of which anything can be said; nothing where that tells none of them from another."""
    found: dict[str, tuple[str, list[FirstDate]]] = {}
    for date in dates:
        for value, words in kinds.of(date):
            found.setdefault(value, (words, []))[1].append(date)
    values = kinds.values or sorted(found, key=str.casefold)
    held = [DatesHeld(f"{kinds.key}:{value}", *found[value]) for value in values if value in found]
    known = [group for group in held if group.due]
    return [group for group in known if len(group.due) >= FEWEST] if len(known) > 1 else []
