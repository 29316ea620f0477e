"""What a reader asks of an item's dates: between which days, whether it moved later, whether it is overdue.

All of it is asked of one and the same date: `environment=live&from=2026&overdue=yes` is a live date of 2026 or later
that has passed. Without an environment, that of any will do.

- From and to: any day that the date can mean is one of those. So "Q3 2026" is found from September and up to July, "by
  April 2027" is April 2027, as everywhere, and "from April 2027", which has no last day, is found from any later day.
  What is to be confirmed, or not applicable, has no day.
- Moved later: its last promised day became a later one, or is to be confirmed, in the published history; not that it
  was said more exactly, nor that the item arrived late. Of an Edition's changes, those by which it did.
- Overdue: its last day has passed, and the item has not arrived there.

"Today", and other words said from it, mean the day of the moment that is asked about: now or, where the changes of an
Edition are selected, the day on which that was published. So nothing that comes later alters what is selected of it.
They stay words in every address: a calendar `from=today` goes on with the days.
"""

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple

from roadmap.content.choices import Environment
from roadmap.content.snapshot import PlacedItem
from roadmap.dates import UnclearDate, When
from roadmap.dates.clock import day_of, uk_date
from roadmap.dates.relative import Days, read_days
from roadmap.published.change_words import repeated
from roadmap.published.history import PastEdition
from roadmap.published.since import Since

NAMES = ("from", "to", "moved", "overdue")
LATER, YES = "later", "yes"
WORDS = {"moved": "has moved later", "overdue": "has passed"}
EXAMPLES = {"from": "1 January 2026", "to": "31 December 2026"}
_FOR_EDITORS = ("TBC", "N/A", "(deployed)")
MAX_LENGTH = 60  # characters: more is no date

Moves = Callable[[str], Mapping[Environment, Collection[PastEdition]]]  # by uid, the Editions by which it moved later


class Moment(NamedTuple):
    """At which an item stood so: after an Edition, or before it."""

    day: datetime.date
    newest: float = inf  # the number of the Edition that was the newest then
    moved_by: tuple[float, float] = (0, inf)  # the first and the last Edition by which a date may have moved

    @classmethod
    def before(cls, edition: PastEdition) -> "Moment":
        return cls.after(edition)._replace(newest=edition.number - 1)

    @classmethod
    def after(cls, edition: PastEdition) -> "Moment":
        return cls(day_of(edition.published_at), edition.number, (edition.number, edition.number))


@dataclass(frozen=True)
class DateFilters:
    """What is asked for. Empty: any date."""

    first: Days | None = None
    last: Days | None = None
    moves: Moves | None = None  # where it is to have moved later
    moved_since: Since | None = None
    is_overdue: bool = False

    def __bool__(self) -> bool:
        return bool(self.first or self.last or self.moves or self.is_overdue)

    def without(self, name: str) -> "DateFilters":
        match name:
            case "from":
                return replace(self, first=None)
            case "to":
                return replace(self, last=None)
            case "moved":
                return replace(self, moves=None)
            case "overdue":
                return replace(self, is_overdue=False)
        return self

    @property
    def by_name(self) -> dict[str, str]:
        """As an address has them."""
        asked = {
            "from": _in_address(self.first.first, self.first) if self.first else "",
            "to": _in_address(self.last.last, self.last) if self.last else "",
            "moved": LATER if self.moves else "",
            "overdue": YES if self.is_overdue else "",
        }
        return {name: value for name, value in asked.items() if value}

    def words_of(self, name: str) -> str:
        if name == "from" and self.first:
            return f"dated from {_in_words(self.first.first, self.first)}"
        if name == "to" and self.last:
            return f"dated up to {_in_words(self.last.last, self.last)}"
        return f"with a date that {WORDS[name]}"

    @property
    def depends_on_today(self) -> bool:
        return self.is_overdue or any(days and days.words for days in (self.first, self.last))

    def hold(self, item: PlacedItem, environment: Environment, at: Moment) -> bool:
        """Whether the item's date there is such a one."""
        if self.is_overdue and not item.is_overdue(environment, at.day):
            return False
        if (self.first or self.last) and not self._overlaps(item.due(environment), at.day):
            return False
        return self.moves is None or any(
            at.moved_by[0] <= edition.number <= at.moved_by[1]
            and (self.moved_since is None or self.moved_since.includes(edition))
            for edition in self.moves(item.content.uid).get(environment, ())
        )

    def _overlaps(self, when: When | None, today: datetime.date) -> bool:
        if when is None or when.start is None:
            return False
        first = _on(self.first, today).first if self.first else datetime.date.min
        last = (_on(self.last, today).last if self.last else None) or datetime.date.max
        return when.start <= last and (when.end or datetime.date.max) >= first


def _on(days: Days, today: datetime.date) -> Days:
    return read_days(days.words, today) if days.words else days


def _in_address(day: datetime.date | None, days: Days) -> str:
    return days.words or str(day)


def _in_words(day: datetime.date | None, days: Days) -> str:
    said = f" ({days.words})" if days.words else ""
    return f"{uk_date(day)}{said}" if day else ""


def _for_readers(refusal: str, write: str) -> str:
    """A refusal of a date without the advice that only an editor can follow: no filter takes “TBC”."""
    value, _, said = refusal.partition("” ")
    what, _, advice = said.partition(". ")
    return f"{value}” {what}. {write}" if any(word in advice for word in _FOR_EDITORS) else refusal


def read_bound(name: str, value: str, today: datetime.date) -> Days:
    """Of `from` the first day, of `to` the last. Raises ValueError in words."""
    write = f"Enter a date, like {EXAMPLES[name]}, or words like “next month”."
    if len(value) > MAX_LENGTH:
        raise ValueError(f"“{repeated(value)}” is not a date. {write}")
    try:
        days = read_days(value, today)
    except UnclearDate as error:
        raise ValueError(_for_readers(str(error), write)) from None
    if name == "to" and days.last is None:
        raise ValueError(f"“{repeated(value)}” has no last day. {write}")
    if days.words:
        return days
    day = days.last if name == "to" and days.last else days.first
    return Days(day, day)  # however exactly it was said, for that is all that is asked


def read_only_choice(name: str, value: str) -> bool:
    """Of `moved` and `overdue`. Raises ValueError in words."""
    only = {"moved": LATER, "overdue": YES}[name]
    if value.lower() != only:
        raise ValueError(f"“{repeated(value)}” is not understood. The only choice of “{name}” is “{only}”.")
    return True
