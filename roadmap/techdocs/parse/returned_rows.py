"""Tables of items in the form of an export, read back row by row: see roadmap.techdocs. Pure.

Rows that somebody added by hand, without a mark, are read by the same columns.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from roadmap.content.things import MilestoneContent
from roadmap.dates import UnclearDate, parse
from roadmap.techdocs import cells, marks
from roadmap.techdocs.parse.cells import kind_named, yes_or_no
from roadmap.techdocs.parse.result import Identity, ParsedItem
from roadmap.techdocs.parse.returned_texts import Lines, plain_text, plain_value
from roadmap.techdocs.sources import ImportRefused

_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r":?-+:?")


@dataclass(frozen=True)
class ReturnedItem:
    """Immutable: a row, and its release by uid."""

    item: ParsedItem
    release_uid: str
    fields: tuple[tuple[str, str], ...]
    """By key, or by heading for a column that somebody added."""
    below_uid: str
    """The uid that its description, below the table, goes by; empty where that is in the row."""


def read_table(
    lines: Lines, first: int, mark: marks.Table, labels: Mapping[str, str]
) -> tuple[list[ReturnedItem], int]:
    """The rows of the table below its mark at `first`, and the line after the last. Raises ImportRefused.

    `labels` are the columns of environments by their headings, for a column that somebody has added.
    """
    at = first + 1
    while at < len(lines.lines) and not lines.lines[at].strip():
        at += 1
    start = at
    while at < len(lines.lines) and "|" in lines.lines[at] and lines.mark(at) is None:
        at += 1
    lines.take(first, first + 1)
    if at - start < 2:
        return [], start
    lines.take(start, at)
    headings = _cells(lines.lines[start].strip().removeprefix("|"))
    columns = _columns(mark, headings, labels)
    lines.structure += headings
    found: list[ReturnedItem] = []
    position = 0
    for number in range(start + 1, at):
        row = lines.lines[number].strip().removeprefix("|")
        try:
            row_mark, row = marks.at_start(row)
        except marks.NotAMark as error:
            raise lines.refused(number, error) from error
        texts = _cells(row)
        if (number == start + 1 and all(_RULE.fullmatch(text) for text in texts)) or not any(texts):
            continue
        if row_mark is not None and not isinstance(row_mark, marks.Item):
            raise lines.refused(number, "this comment does not belong at the start of a row")
        position = row_mark.position if row_mark else position
        found.append(_Row(lines, number, columns, texts, row_mark).read(mark.release or "", position))
    return found, at


def _cells(row: str) -> list[str]:
    """Of a row without the pipe that it begins with: an empty first cell leaves the next one there."""
    text = row.strip() if not row.lstrip().startswith("|") else row.rstrip()
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [one.strip() for one in _PIPE.split(text)]


def _columns(mark: marks.Table, headings: Sequence[str], labels: Mapping[str, str]) -> list[str]:
    """What each column is of. With as many as there were, the n-th is what it was; otherwise its heading tells."""
    names = [name for name, _ in mark.columns]
    if len(headings) == len(names):
        return names
    usual = {heading.casefold(): name for name, heading in cells.HEADINGS.items()}
    usual |= {cells.plain_shown(label).casefold(): name for label, name in labels.items()}
    left = list(mark.columns)
    found = []
    for heading in headings:
        known = next((one for one in left if one[1] == heading), None)
        if known:
            left.remove(known)
        name = known[0] if known else usual.get(heading.casefold(), f"{cells.FIELD}{heading}")
        found.append(name if name not in found else f"{cells.FIELD}{heading}")
    return found


class _Row:
    def __init__(
        self, lines: Lines, number: int, columns: Sequence[str], texts: Sequence[str], mark: marks.Item | None
    ):
        self.lines, self.number, self.mark = lines, number, mark
        self.exact = (mark.exact if mark else None) or {}
        if len(texts) > len(columns):
            lines.doubt(number, "This row has more cells than its table has headings: the last ones were read as one.")
            texts = [*texts[: len(columns) - 1], " | ".join(texts[len(columns) - 1 :])]
        self.texts = {column: texts[place] if place < len(texts) else "" for place, column in enumerate(columns)}
        self.asides: list[str] = []

    def read(self, release_uid: str, position: int) -> ReturnedItem:
        mark = self.mark
        values = {column: self._value(column, text) for column, text in self.texts.items()}
        title = str(values.get(cells.TITLE) or "")
        path, line = self.lines.where(self.number)
        if not title:
            raise ImportRefused(f"{path}:{line}: this row has no name. Write what it is called under “Name”.")
        description = str(values.get(cells.DESCRIPTION) or "")
        is_below = bool(
            mark and mark.is_below and self.texts.get(cells.DESCRIPTION, "") == cells.link_below(mark.reference)
        )
        if is_below:
            description = ""
            self.lines.structure.append(self.texts[cells.DESCRIPTION])
        description = "\n\n".join([description, *self.asides]).strip() if self.asides else description
        item = ParsedItem(
            title=title,
            description=description,
            path=path,
            line=line,
            journey=values.get(cells.JOURNEY) or "",
            kind=values.get(cells.KIND),
            audiences=values.get(cells.AUDIENCES) or (),
            apis=values.get(cells.APIS) or (),
            is_breaking=values.get(cells.BREAKING),
            milestones=tuple(value for value in values.values() if isinstance(value, MilestoneContent)),
            identity=self._identity(position),
        )
        fields = tuple(
            (column.removeprefix(cells.FIELD), value)
            for column, value in values.items()
            if column.startswith(cells.FIELD) and value
        )
        return ReturnedItem(item, release_uid, fields, mark.uid if mark and is_below else "")

    def _identity(self, position: int) -> Identity:
        mark = self.mark
        typed = self.texts.get(cells.REFERENCE, "")
        self.lines.structure.append(typed)
        if mark is None:
            if typed:
                self.lines.doubt(self.number, f"“{typed[:50]}” is the reference of no item: this one gets the next.")
            return Identity(position=position)
        if typed and typed != mark.reference:
            self.lines.doubt(self.number, f"An item keeps its reference: this one stays {mark.reference}.")
        return Identity(mark.uid, position, mark.reference)

    def _value(self, column: str, text: str) -> Any:
        if column == cells.REFERENCE:
            return None
        self.lines.kept.append(text)
        if column in self.exact:
            try:
                value = cells.from_builtins(column, self.exact[column])
            except (TypeError, ValueError) as error:
                raise self.lines.refused(self.number, error) from error
            if cells.show(column, value) == text:
                return value
        try:
            value = cells.read(column, text)
        except ValueError:
            return self._as_written(column, text)
        if column in (cells.TITLE, cells.JOURNEY) or column.startswith(cells.FIELD):
            return plain_value(text)
        if column.startswith(cells.MILESTONE) and value is not None and value.typed:
            return self._date(column, text, value)
        return value

    def _as_written(self, column: str, text: str) -> Any:
        """A kind, or a yes or no, in a person's own words."""
        words = plain_text(text)
        value = kind_named(words) if column == cells.KIND else yes_or_no(words)
        if value is None:
            self._aside(column, text)
        return value

    def _date(self, column: str, text: str, value: MilestoneContent) -> MilestoneContent | None:
        try:
            says_deployed = parse(value.typed).says_deployed
        except UnclearDate:
            self._aside(column, text)
            return None
        return MilestoneContent(
            environment=value.environment, typed=value.typed, is_deployed=value.is_deployed or says_deployed
        )

    def _aside(self, column: str, text: str) -> None:
        self.asides.append(f"{column.rpartition('.')[2].replace('_', ' ').capitalize()}: {text}")
        self.lines.doubt(self.number, f"“{text[:50]}” was not understood, so it was put into the description.")
