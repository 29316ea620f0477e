"""When the thing of one row comes to each environment, by what stands above its table and by its own cells.

A row's own words rule: a cell of dates takes the place of the date above, even where it gives none that is understood.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, Environment
from roadmap.content.things import MilestoneContent, when_typed
from roadmap.dates import parse
from roadmap.techdocs.parse.blocks import Blocks, text_of, words
from roadmap.techdocs.parse.cell_text import BREAK_TAG, Cell, missing, read_cell, tags_in, yes_or_no
from roadmap.techdocs.parse.columns import Column
from roadmap.techdocs.parse.dates.date_cells import (
    NOT_YET,
    TO_BE_CONFIRMED,
    DateSaid,
    denies_arrival,
    is_delayed,
    read_dates,
    says_of_site,
    several_dates,
    without_struck_out,
)
from roadmap.techdocs.parse.environment_phrases import read_phrase, settled_date
from roadmap.techdocs.parse.places import TablePlace


@dataclass(frozen=True)
class CellRead:
    """Immutable: what became of the words of a cell."""

    kept: list[str] = field(default_factory=list)
    structure: list[str] = field(default_factory=list)
    """Those that the site says itself."""
    doubt: str = ""
    is_noted: bool = False
    """The cell says more than a date holds, so it goes into the description too."""


class RowDates:
    """The dates of one row: `read_arrival` and `read_status` of its cells, then `milestones`."""

    def __init__(self, document: Blocks, line: int, place: TablePlace):
        self.document = document
        self.line = line
        self.place = place
        self._around = when_typed(place.when)
        self._given: set[Environment] = set()  # those for which a cell has given a date: another's would replace it
        self._milestones = {milestone.environment: milestone for milestone in place.milestones}
        self._is_delayed = False

    @property
    def milestones(self) -> tuple[MilestoneContent, ...]:
        found = self._milestones
        live = found.get(Environment.LIVE)
        if self._is_delayed and Environment.LIVE not in self._given and not (live and live.is_deployed):
            found = found | {Environment.LIVE: _milestone(Environment.LIVE, TO_BE_CONFIRMED)}
        return tuple(found[environment] for environment in Environment if environment in found)

    def put(self, milestone: MilestoneContent) -> None:
        """As an export writes it."""
        self._milestones[milestone.environment] = milestone

    def read_arrival(self, column: Column, cell: Cell) -> CellRead | None:
        """None where there is a date for that already."""
        environment = column.environment or Environment.LIVE
        around = self._milestones.get(environment)
        is_there = self.place.is_live or column.is_past or bool(around and around.is_deployed)
        current = self._now(cell)
        text = text_of(current.token, BREAK_TAG)
        if current is cell:
            typed = self._settled(cell.text, doubts=environment not in self._given)
            if typed and not several_dates(text, self._settled):
                return self._date(environment, typed, cell, is_there=is_there)
            answer, phrase = yes_or_no(cell.text), read_phrase(cell.text)
            is_planned = cell.key in ("planned", "scheduled") and environment is Environment.LIVE and self._around
            if cell.says_nothing or answer is False or is_planned:
                return CellRead(structure=[cell.text])
            if answer or (phrase and phrase.says_deployed and not phrase.when):
                for reached in (phrase.environments if phrase else ()) or (environment,):
                    self._arrives(reached, is_deployed=True)
                return CellRead(structure=[cell.text])
        found = read_dates(text, self._settled, self._around)
        if current is cell and not (found or words(text) or "?" in text):
            return CellRead(structure=[cell.text])
        dates = {date.environment or environment: date for date in found or [DateSaid(TO_BE_CONFIRMED, is_sure=False)]}
        if self._given.intersection(dates):
            return None
        seen = []
        for reached, date in dates.items():
            was_there = is_there and reached is environment and not denies_arrival(current.text)
            seen.append(self._take(reached, date, was_there=was_there))
        is_plain = bool(found) and all(date.is_sure for date in found)
        return _outcome(column, cell, dates, " and ".join(seen), is_plain=is_plain)

    def _now(self, cell: Cell) -> Cell:
        """What it says but for what is struck out."""
        now = without_struck_out(cell.source)
        return cell if now == cell.source else read_cell(self.document, now)

    def _date(self, environment: Environment, typed: str, cell: Cell, *, is_there: bool) -> CellRead | None:
        if environment in self._given:
            return None
        when = parse(typed)
        has_come = is_there and when.start is not None and not when.is_provisional
        self._arrives(environment, typed, is_deployed=when.says_deployed or has_come)
        return CellRead([cell.text])

    def _take(self, environment: Environment, date: DateSaid, *, was_there: bool) -> str:
        """Returns what readers see of it."""
        typed = date.typed
        if was_there and not date.is_sure:
            typed = typed.removesuffix(NOT_YET)  # under "Deployed to Sandbox", what has a date is there
        when = parse(typed) if typed else None
        has_come = date.has_come or bool(was_there and when and when.start and not when.is_provisional)
        self._arrives(environment, typed, is_deployed=has_come)
        said = [str(when)] if when else []
        said += ["deployed"] if has_come and not (when and when.says_deployed) else []
        return f"“{DEFAULT_ENVIRONMENT_LABELS[environment]}: {', '.join(said)}”"

    def _settled(self, text: str, *, doubts: bool = False) -> str | None:
        """What could be a day or a year is settled by the dates around it, and doubted."""
        typed = settled_date(text)
        if typed is None or typed == text:
            return typed
        if not self.document.has_year_near(parse(typed)):
            return None
        if doubts:
            told = f"“{text}” was taken for {typed}, by the dates around it: it could be a day of a month."
            self.document.doubt(self.line, told)
        return typed

    def read_status(self, column: Column, cell: Cell) -> CellRead | None:
        """None where it is no date, and says no more of one than that it is late."""
        date = self._settled(cell.text, doubts=True)
        phrase = read_phrase(date or cell.text)
        if phrase is None or not (phrase.says_deployed or phrase.says_planned or date):
            self._late(column, cell)
            return None
        environments = phrase.environments or (Environment.LIVE,)
        if phrase.when and self._given.intersection(environments):
            told = f"“{cell.text[:100]}” is another date for the same: it was put into the description."
            return CellRead(doubt=told, is_noted=True)
        if phrase.when:
            is_there = phrase.says_deployed or (self.place.is_live and parse(phrase.when).start is not None)
            for environment in environments:
                self._arrives(environment, phrase.when, is_deployed=is_there)
            text = f"This status is a date, “{phrase.when}”: it was taken for the one on which it goes there."
            self.document.doubt(self.line, text)
            lead = [phrase.lead] * bool(phrase.lead)
            return CellRead([cell.text]) if date else CellRead([phrase.when], lead)
        if phrase.says_deployed:
            for environment in environments:
                if not (environment is Environment.LIVE and self.place.is_live):
                    self._arrives(environment, is_deployed=True)
        return CellRead(structure=[cell.text])

    def _late(self, column: Column, cell: Cell) -> None:
        """“Delayed to May 2028” is the date, and “Delayed” takes that of the heading away."""
        text = text_of(self._now(cell).token, BREAK_TAG)
        if not is_delayed(text) or self.place.is_live:
            return
        found = [date for date in read_dates(text, self._settled, self._around) if date.is_sure and not date.has_come]
        reached = {date.environment or Environment.LIVE: date for date in found}
        if reached and not self._given.intersection(reached):
            seen = " and ".join(self._take(environment, date, was_there=False) for environment, date in reached.items())
            self.document.doubt(self.line, f"“{cell.text[:100]}” under “{column.name[:50]}”: readers see {seen}.")
        elif not reached:
            self._is_delayed = True

    def _arrives(self, environment: Environment, when: str = "", *, is_deployed: bool) -> None:
        """Without a date, it keeps the one that it has."""
        around = self._milestones.get(environment)
        self._given |= {environment} if when else set()
        self._milestones[environment] = _milestone(
            environment, when or (around.typed if around else ""), is_deployed=is_deployed
        )


def _milestone(environment: Environment, typed: str, *, is_deployed: bool = False) -> MilestoneContent:
    return MilestoneContent(environment=environment, typed=typed, is_deployed=is_deployed)


def _outcome(
    column: Column, cell: Cell, dates: Mapping[Environment, DateSaid], seen: str, *, is_plain: bool
) -> CellRead:
    source = Counter(words(cell.source))
    typed = Counter(word for date in dates.values() for word in words(date.typed))
    kept, tags = " ".join((source & typed).elements()), tags_in(cell.token)
    lost = missing(cell.source, " ".join([kept, *tags]))
    told = f"“{cell.text[:100]}” {'under' if is_plain else 'is not understood under'} “{column.name[:50]}”"
    told = f"{told}: readers see {seen}"
    if is_plain and says_of_site(lost):
        return CellRead([kept], [*lost.elements()], f"{told}." if len(dates) > 1 else "")
    if not lost:
        return CellRead([kept], doubt=f"{told}.")
    return CellRead([], [], f"{told}, and all of it in the description.", is_noted=True)
