"""Approximate dates: what an editor typed, the range of days it means, its order, and how a reader sees it.

Pure: no Django, no clock, nothing of the project. It never rewrites what was typed, and it never guesses between
two meanings: a text that could mean either is refused with the advice that settles it.

How a text is read:

1. `read_tokens` cuts it into words and numbers. A token knows every role that it can play: "21" is a day and a year.
2. `_read` takes off what is said about the date: "(deployed)", "(TBC)", "by", "from", "to TBC".
3. `period_of` finds the one form that fits the rest. To allow a new way of writing a date, add one to its table.
4. Otherwise `range_of` tries the rest as two periods, each lending the other its year: "March to April 2019".

What the vaguer words mean:

- Seasons are the Met Office's meteorological ones, three whole months each: spring is March to May and winter is
  December to February of the next year.
- A tax year is 6 April to 5 April (Income Tax Act 2007, section 4).
- Quarters and halves are those of the calendar year.
- Early, mid and late are the thirds of a year, half, season or quarter, counted in months; in a month they are days
  1 to 10, 11 to 20 and 21 to the last. The start and the end are the first and last quarter of a year, otherwise the
  first and last month, or the first and last seven days of a month. No standard gives these: this is our convention.
"""

import datetime
import functools
from dataclasses import dataclass

from roadmap.dates.periods import period_of, range_of
from roadmap.dates.words import (
    EXAMPLES,
    FIRST_YEAR,
    LAST_YEAR,
    MAX_LENGTH,
    SPACES,
    UnclearDate,
    advice,
    explained,
    quoted,
    read_tokens,
    take,
)

__all__ = ["EXAMPLES", "FIRST_YEAR", "LAST_YEAR", "MAX_LENGTH", "UnclearDate", "When", "parse"]


@dataclass(frozen=True)
class When:
    """Immutable: an approximate date. Made by `parse` only.

    Equality is of every field, the typed text among them, so `==` cannot agree with the order by time and there is
    deliberately no `<`: sort by `sort_key`. Two texts that a reader sees as the same date have the same `display`.
    """

    text: str
    """What the editor typed, without the white space around it."""
    start: datetime.date | None
    """The first day that it can mean. None only where there is no date at all: to be confirmed, or not applicable."""
    end: datetime.date | None
    """The last day that it can mean, included. None with a start: open ("from April 2027", "June 2020 to TBC")."""
    in_sentence: str
    """What a reader sees inside a sentence: "by April 2027", "autumn 2026", "to be confirmed"."""
    is_to_be_confirmed: bool = False
    """There is no date yet, only "TBC". Where there is a date, see `is_provisional`: never both."""
    is_provisional: bool = False
    """There is a date, but it or its end is still to be confirmed: "April 2027 (TBC)", "June 2020 to TBC"."""
    is_not_applicable: bool = False
    says_deployed: bool = False
    """The text says that it has happened: "March 2026 (deployed)". `display` leaves that to the caller."""
    is_deadline: bool = False
    """It may come sooner: for "by April 2027", `start` and `end` are still those of April 2027."""

    def __str__(self) -> str:
        return self.display

    @property
    def display(self) -> str:
        """What a reader sees on its own: "By April 2027", "July to September 2026", "To be confirmed"."""
        return self.in_sentence[:1].upper() + self.in_sentence[1:]

    @property
    def sort_key(self) -> tuple[int, datetime.date, datetime.date]:
        """By start, then end, an open end after any other; then what does not apply; what is to be confirmed last."""
        rank = 2 if self.is_to_be_confirmed else 1 if self.is_not_applicable else 0
        return rank, self.start or datetime.date.max, self.end or datetime.date.max

    def is_later_than(self, other: "When") -> bool:
        """Whether a promise that moves from `other` to this moves later.

        To be confirmed is later than any date. What is not applicable is neither later nor earlier than anything.
        """
        if self.is_not_applicable or other.is_not_applicable:
            return False
        return self.sort_key > other.sort_key

    def is_earlier_than(self, other: "When") -> bool:
        """Whether a promise that moves from `other` to this is brought forward. See `is_later_than`."""
        return other.is_later_than(self)


def parse(text: str) -> When:
    """The approximate date that `text` means. Raises UnclearDate, and nothing else, for any other string."""
    # Stripped and measured before the cache, so that what it holds stays small.
    kept = text.strip(SPACES)
    if not kept:
        raise UnclearDate(f"Enter a date. {advice()}")
    if len(kept) > MAX_LENGTH:
        raise UnclearDate(f"This is longer than {MAX_LENGTH} characters, so it is not only a date. {advice()}")
    return _read(kept)


@functools.lru_cache(maxsize=4096)
def _read(text: str) -> When:
    tokens = read_tokens(text)
    tokens, says_deployed = take(tokens, "deployed", "( deployed )", "to deployed")
    tokens, is_not_applicable = take(tokens, "n/a", "( n/a )")
    tokens, has_open_end = take(tokens, "to tbc", "end tbc", at_start=False)
    tokens, says_tbc = take(tokens, "tbc", "( tbc )")
    if not tokens and [says_tbc, is_not_applicable, says_deployed, has_open_end].count(True) == 1:
        if says_tbc:
            return When(text, None, None, "to be confirmed", is_to_be_confirmed=True)
        if is_not_applicable:
            return When(text, None, None, "not applicable", is_not_applicable=True)
    if is_not_applicable or (says_deployed and says_tbc):
        raise UnclearDate(
            f"{quoted(text)} says two things that cannot both be so. "
            "Write only one of them, for example “March 2026 (deployed)”, “April 2027 (TBC)” or “N/A”."
        )

    tokens, is_deadline = take(tokens, "by", at_end=False)
    tokens, starts_from = take(tokens, "from", at_end=False)
    tokens, goes_onwards = take(tokens, "onwards", at_start=False)
    period = period_of(tokens)
    if period is None and not (goes_onwards or has_open_end):
        period = range_of(tokens)
        starts_from = False  # "from March to April 2019" has its end
    is_open = starts_from or goes_onwards or has_open_end
    if period is None or (is_deadline and is_open):
        raise explained(text, tokens)

    phrase = period.phrase
    if has_open_end:
        phrase = f"{period.first or phrase}, end to be confirmed"
    elif is_open:
        phrase = f"from {period.first or phrase}"
    if is_deadline:
        phrase = f"by {phrase}"
    if says_tbc and not has_open_end:
        phrase = f"{phrase} (to be confirmed)"
    return When(
        text,
        period.start,
        None if is_open else period.end,
        phrase,
        is_provisional=says_tbc or has_open_end,
        says_deployed=says_deployed,
        is_deadline=is_deadline,
    )
