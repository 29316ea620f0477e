"""A changelog, as a table or as dated notes, read as entries. What is of any other kind is left where it stands."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from roadmap.dates import UnclearDate, parse
from roadmap.techdocs.parse.blocks import Blocks, Span
from roadmap.techdocs.parse.cell_text import MAX_TITLE_LENGTH, Cell, as_point, read_cell, title_in
from roadmap.techdocs.parse.columns import heading_key
from roadmap.techdocs.parse.tables import SourceTable, TableRow, tables_in

_NAMES = {
    "changes",
    "change history",
    "change notes",
    "document history",
    "history of changes",
    "latest changes",
    "latest updates",
    "recent changes",
    "recent updates",
    "release notes",
    "revision history",
    "roadmap changes",
    "roadmap updates",
    "update history",
    "updates",
    "updates to this page",
    "updates to this roadmap",
    "version history",
    "what has changed",
    "what's changed",
    "what's new",
    "whats new",
}
_CHANGELOG = re.compile(r"(?:[\w()'-]{1,30} ){0,4}change[ -]?logs?")
_VERSION_NAMES = {"version", "issue", "release", "number", "version number", "revision"}
_DATE_NAMES = {"date", "when", "month", "published", "date published", "date of change", "release date"}


@dataclass(frozen=True)
class ParsedEntry:
    """Immutable: one changelog entry, its date as typed, its points as a Markdown list."""

    title: str
    when: str
    body: str
    path: str
    line: int


@dataclass
class Entries:
    """What was found, what now holds the source's words, and what named parts that the site has itself."""

    found: list[ParsedEntry] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    structure: list[str] = field(default_factory=list)

    def add(self, document: Blocks, title: str, when: str, body: str, line: int, section: Span) -> None:
        self.found.append(ParsedEntry(title, when, document.with_definitions(body, section), *document.where(line)))


class _NotUnderstood(Exception):
    def __init__(self, line: int, reason: str):
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True)
class _Dated:
    """Immutable: a row with a date, and those without one below it."""

    row: TableRow
    date: Cell
    said: Cell
    version: str
    points: list[str]


def is_changelog(title: str) -> bool:
    """Whether a section or page of this name holds a changelog."""
    key = heading_key(title)
    return key in _NAMES or _CHANGELOG.fullmatch(key) is not None


def has_date_column(table: SourceTable) -> bool:
    """Whether a table in a changelog is one: elsewhere it might be a table of items."""
    return table.width <= 3 and any(heading_key(cell.strip(" *_")) in _DATE_NAMES for cell in table.head.cells)


def take_table_entries(document: Blocks, section: Span, *, without: Container[int] = ()) -> Entries:
    """The entries of the tables in a section, but for those that begin on the lines `without`.

    A table that is understood is taken from the document. One that is not, in any of its rows, is doubted at the row.
    """
    entries = Entries()
    for token in document.top(section):
        if token.type != "table_open" or not token.map:
            continue
        if token.map[0] in document.taken or token.map[0] in without:
            continue
        [table] = tables_in(document, token)
        try:
            dated, names = _dated_rows(document, table)
        except _NotUnderstood as reason:
            document.doubt(reason.line, f"This changelog was kept as a table: {reason}.")
            continue
        for row in dated:
            _add_row(document, entries, row, section)
        entries.structure += names
        document.take(table.span)
    return entries


def _add_row(document: Blocks, entries: Entries, dated: _Dated, section: Span) -> None:
    body = "\n".join(f"- {point}" for point in dated.points)
    title = dated.version or dated.said.text
    entries.kept += [dated.date.text, body]
    if dated.version:
        body = f"{as_point(dated.said.source)}\n\n{body}".rstrip()
        entries.kept += [dated.version, dated.said.source]
    elif not dated.said.is_whole or len(title) > MAX_TITLE_LENGTH:
        title = title_in(dated.said.token) if len(title) > MAX_TITLE_LENGTH else title
        body = f"{as_point(dated.said.source)}\n\n{body}".rstrip()
        entries.kept.append(dated.said.source)
    else:
        entries.kept.append(title)
    entries.add(document, title, dated.date.text, body, dated.row.line, section)


def _dated_rows(document: Blocks, table: SourceTable) -> tuple[list[_Dated], list[str]]:
    """The rows by their dates, and the headings of the columns. Raises _NotUnderstood."""
    heads = [read_cell(document, cell) for cell in table.head.cells]
    keys = [heading_key(head.text) for head in heads]
    dates = [place for place, key in enumerate(keys) if key in _DATE_NAMES]
    versions = [place for place, key in enumerate(keys) if key in _VERSION_NAMES and len(keys) == 3]
    if len(keys) not in (2, 3) or len(dates) != 1 or (len(keys) == 3 and len(versions) != 1):
        raise _NotUnderstood(table.head.line, "it should have two columns, one of them headed “Date”")
    [text] = {*range(len(keys))} - {*dates, *versions}
    found: list[_Dated] = []
    for row, cells in _rows(document, table):
        date, said = cells[dates[0]], cells[text]
        number = cells[versions[0]].text if versions else ""
        if versions and not (cells[versions[0]].is_whole and len(number) < MAX_TITLE_LENGTH / 2):
            raise _NotUnderstood(row.line, "this number has something else with it")
        if date.text:
            _check(row, date, said)
            version = f"{heads[versions[0]].text} {number}" if number[:1].isdigit() else number
            found.append(_Dated(row, date, said, version, []))
        elif number:
            raise _NotUnderstood(row.line, "this row has a number, but no date")
        elif not said.source:
            continue
        elif not found:
            raise _NotUnderstood(row.line, "this row comes before any date")
        else:
            found[-1].points.append(as_point(said.source))
    return found, [head.source for head in heads]


def _check(row: TableRow, date: Cell, said: Cell) -> None:
    if not any(character.isalnum() for character in said.text):
        raise _NotUnderstood(row.line, "this row has a date, but no title")
    if not date.is_whole:
        raise _NotUnderstood(row.line, "this date has something else with it")
    try:
        parse(date.text)
    except UnclearDate as error:
        raise _NotUnderstood(row.line, f"its date “{date.text[:50]}” is not understood") from error


def _rows(document: Blocks, table: SourceTable) -> Iterator[tuple[TableRow, list[Cell]]]:
    """Raises _NotUnderstood for a row with more cells than headings."""
    for row in table.rows:
        if any(row.cells[table.width :]):
            raise _NotUnderstood(row.line, "this row has more cells than the table has headings")
        cells = [*row.cells, *[""] * (table.width - len(row.cells))]
        yield row, [read_cell(document, cell) for cell in cells[: table.width]]
