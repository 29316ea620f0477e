"""Approximate dates: what an editor typed, the range of days it means, its order, and how a reader sees it.

Pure: no Django, no clock, nothing of the project. It never rewrites what was typed, and it never guesses between
two meanings: a text that could mean either is refused with the advice that settles it.

How a text is read:

1. `read_tokens` cuts it into words and numbers. A token knows every role that it can play: "21" is a day and a year.
2. `_read` takes off what is said about the date: "(deployed)", "(TBC)", "expected", "by", "from", "after", "to TBC".
3. `period_of` finds the one form that fits the rest. To allow a new way of writing a date, add one to its table.
4. Otherwise `range_of` tries the rest as two periods, each lending the other its year: "March to April 2019".

What the vaguer words mean:

- Seasons are the Met Office's meteorological ones, three whole months each: spring is March to May and winter is
  December to February of the next year.
- A tax year is 6 April to 5 April (Income Tax Act 2007, section 4).
- Quarters and halves of one year are the calendar's; of a label of two years ("Q3 2026 to 2027") they are those of the
  financial year, 1 April to 31 March. Readers see the months.
- Early, mid and late are the thirds of a year, half, season or quarter, counted in months; in a month they are days
  1 to 10, 11 to 20 and 21 to the last. The start and the end are the first and last quarter of a year, otherwise the
  first and last month, or the first and last seven days of a month. No standard gives these: this is our convention.

A published date keeps its meaning beside its text, so that this grammar can grow: see docs/decisions/0020.
"""

import datetime
import functools
from dataclasses import dataclass

from roadmap.dates.periods import day_before, period_of, what_follows
from roadmap.dates.ranges import range_of
from roadmap.dates.words import (
    EXAMPLES,
    FIRST_YEAR,
    LAST_YEAR,
    MAX_LENGTH,
    SPACES,
    TWO_MEANINGS,
    AmbiguousDate,
    Token,
    UnclearDate,
    advice,
    bare,
    explained,
    quoted,
    read_tokens,
    take,
)

__all__ = [
    "EXAMPLES",
    "FIRST_YEAR",
    "LAST_YEAR",
    "MAX_LENGTH",
    "AmbiguousDate",
    "UnclearDate",
    "When",
    "meant",
    "parse",
    "parse_first_grammar",
    "unclear",
]


@dataclass(frozen=True)
class When:
    """Immutable: an approximate date. Made by `parse`, and by `meant` again from what it then meant.

    Equality is of every field, the typed text among them, so `==` cannot agree with the order by time and there is
    deliberately no `<`: sort by `sort_key`. Two texts that a reader sees as the same date have the same `display`.
    """

    text: str
    """What the editor typed, without the white space around it."""
    start: datetime.date | None
    """The first day that it can mean. None where there is no date: to be confirmed, not applicable, not understood."""
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
    is_unclear: bool = False
    """The text is not understood. Made by `unclear` only, for what was published or imported so; `parse` refuses it."""

    def __str__(self) -> str:
        return self.display

    @functools.cached_property
    def display(self) -> str:
        """What a reader sees on its own: "By April 2027", "July to September 2026", "To be confirmed"."""
        return self.in_sentence[:1].upper() + self.in_sentence[1:]

    @functools.cached_property
    def sort_key(self) -> tuple[int, datetime.date, datetime.date]:
        """By start, then end, an open end after any other; then what does not apply; what is to be confirmed last."""
        rank = 2 if self.is_to_be_confirmed or self.is_unclear else 1 if self.is_not_applicable else 0
        return rank, self.start or datetime.date.max, self.end or datetime.date.max

    @property
    def meaning(self) -> str:
        """The text and what it means, on one line, to be kept beside it: see `meant`.

        "by April 2027 = 2027-04-01/2027-04-30 by | by April 2027": the range is an ISO 8601-1 interval, with ".." for
        an open end as in ISO 8601-2, then what else is true, then what readers see.
        """
        flags = [word for word, name in _FLAGS.items() if getattr(self, name)]
        interval = [f"{self.start}/{self.end or '..'}"] if self.start else []
        return f"{self.text} = {' '.join(interval + flags)} | {self.in_sentence}"


_FLAGS = {
    "tbc": "is_to_be_confirmed",
    "provisional": "is_provisional",
    "n/a": "is_not_applicable",
    "deployed": "says_deployed",
    "by": "is_deadline",
    "unclear": "is_unclear",
}


@functools.lru_cache(maxsize=4096)
def meant(text: str, meaning: str) -> When:
    """The date that was published as `text` with that meaning beside it, whatever the grammar has become since.

    Raises ValueError where that is not the meaning of this text.
    """
    said, _, in_sentence = meaning.removeprefix(f"{text} = ").partition(" | ")
    flags = said.split()
    if not meaning.startswith(f"{text} = ") or not in_sentence:
        raise ValueError(f"no meaning of {quoted(text)}: {quoted(meaning)}")
    start = end = None
    if flags and flags[0][:1].isdigit():
        first, _, last = flags.pop(0).partition("/")
        start = datetime.date.fromisoformat(first)
        end = None if last == ".." else datetime.date.fromisoformat(last)
    if any(flag not in _FLAGS for flag in flags):
        raise ValueError(f"no meaning of {quoted(text)}: {quoted(meaning)}")
    return When(text, start, end, in_sentence, **{_FLAGS[flag]: True for flag in flags})


def unclear(text: str) -> When:
    """A text that is not understood, as it stands: kept and shown, with no more known of it."""
    return When(text, None, None, text, is_unclear=True)


def parse(text: str) -> When:
    """The approximate date that `text` means. Raises UnclearDate, and nothing else, for any other string."""
    return _read(_kept(text))


def parse_first_grammar(text: str) -> When:
    """What `text` meant while dates were published without their meaning beside them: see `When.meaning`.

    Raises UnclearDate as `parse` does.
    """
    return _read(_kept(text), first_grammar=True)


def _kept(text: str) -> str:
    # Stripped and measured before the cache, so that what it holds stays small.
    kept = text.strip(SPACES)
    if not kept:
        raise UnclearDate(f"Enter a date. {advice()}")
    if len(kept) > MAX_LENGTH:
        raise UnclearDate(f"This is longer than {MAX_LENGTH} characters, so it is not only a date. {advice()}")
    return kept


@functools.lru_cache(maxsize=4096)
def _read(text: str, *, first_grammar: bool = False) -> When:
    if not first_grammar:
        _refuse_two_meanings(text)
    said = tokens = read_tokens(text, first_grammar=first_grammar)
    tokens, says_deployed = take(tokens, "deployed", "( deployed )", "to deployed")
    tokens, is_not_applicable = take(tokens, "n/a", "( n/a )")
    tokens, has_open_end = take(tokens, "to tbc", "end tbc", at_start=False)
    tokens, says_tbc = take(tokens, "tbc", "( tbc )")
    if not tokens and [says_tbc, is_not_applicable, says_deployed, has_open_end].count(True) == 1:
        if says_tbc:
            return When(text, None, None, "to be confirmed", is_to_be_confirmed=True)
        if is_not_applicable:
            return When(text, None, None, "not applicable", is_not_applicable=True)
    if (is_not_applicable and all(token.roles for token in tokens)) or (says_deployed and says_tbc):
        raise UnclearDate(
            f"{quoted(text)} says two things that cannot both be so. "
            "Write only one of them, for example “March 2026 (deployed)”, “April 2027 (TBC)” or “N/A”."
        )

    tokens = _within_brackets(tokens)
    tokens, _ = take(tokens, "expected join", "expected", "( expected )")
    tokens, is_provisional = take(tokens, "join provisional", "provisional join", "provisional", "( provisional )")
    tokens, is_around = take(tokens, "around", "( around )")
    says_tbc = says_tbc or is_provisional or is_around
    tokens = _within_brackets(tokens)
    tokens, is_deadline = take(tokens, "by", "until", at_end=False)
    tokens, is_at_latest = take(tokens, "latest", "( latest )", at_start=False)
    tokens, comes_before = take(tokens, "before", at_end=False)
    tokens, starts_from = take(tokens, "from", at_end=False)
    tokens, comes_after = take(tokens, "after", at_end=False)
    tokens, goes_onwards = take(tokens, "onwards", at_start=False)
    tokens, is_at_earliest = take(tokens, "earliest", "( earliest )")
    is_deadline = is_deadline or is_at_latest or comes_before
    period = period_of(tokens, first_grammar=first_grammar)
    if period is None and not (goes_onwards or is_at_earliest or has_open_end):
        period = range_of(tokens, first_grammar=first_grammar)
        starts_from = False  # "from March to April 2019" has its end
    is_open = starts_from or goes_onwards or is_at_earliest or has_open_end or comes_after
    if period is None or (is_deadline and is_open):
        raise explained(text, said)
    if comes_before:
        period = day_before(period)
    elif comes_after:
        period = what_follows(period)

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


def _within_brackets(tokens: list[Token]) -> list[Token]:
    """Of "TBC (spring 2027)", the date."""
    brackets = [place for place, token in enumerate(tokens) if token.roles.keys() & {"(", ")"}]
    return tokens[1:-1] if brackets == [0, len(tokens) - 1] and len(tokens) > 2 else tokens


def _refuse_two_meanings(text: str) -> None:
    """Raises UnclearDate for a date of which something is said that has two senses, with both of them written out."""
    plain = bare(text)
    for form, senses, ways in TWO_MEANINGS:
        date = form.sub("", plain, count=1)
        if date != plain and (known := [way.format(date) for way in ways if _is_understood(way.format(date))]):
            raise UnclearDate(f"{quoted(text)} can {senses}. Write {' or '.join(quoted(way) for way in known)}.")


def _is_understood(text: str) -> bool:
    try:
        _read(text)
    except UnclearDate:
        return False
    return True
