"""A changelog kept as a table, read as entries. A table of any other kind is left where it stands."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from roadmap.importing.blocks import Blocks, Span, plain, words
from roadmap.when import UnclearDate, parse

MAX_TITLE_LENGTH = 200  # as in the working copy

# What is a mere mark in a cell of a table and would begin something else at the start of a point: an ordered list, a
# heading, a list or quotation, a line across, a block of code, the definition of a link.
_BLOCK_MARK = re.compile(
    r"""
    (\d{1,9})(?=[.)](?:\s|$))
    | (?= \#{1,6}(?:\s|$) | [-+*](?:\s|$) | > | (?:[-*_][ \t]*){3,}$ | `{3}[^`]*$ | ~{3} | \[[^\]]*\]: )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class ParsedEntry:
    """Immutable: one changelog entry, its date as typed, its points as a Markdown list."""

    title: str
    when: str
    body: str
    path: str
    line: int


class _NotUnderstood(Exception):
    def __init__(self, line: int, reason: str):
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True)
class _Cell:
    source: str
    text: str
    is_whole: bool


@dataclass(frozen=True)
class _Row:
    line: int
    cells: list[_Cell]


def take_entries(document: Blocks, section: Span) -> tuple[list[ParsedEntry], list[str]]:
    """The entries of the tables in a section, and the words of the tables' column headings.

    A table that is understood is taken from the document. One that is not, in any of its rows, is doubted at the row.
    """
    entries: list[ParsedEntry] = []
    headings: list[str] = []
    for token in document.top(section):
        if token.type != "table_open" or not token.map:
            continue
        span = Span(*token.map)
        try:
            head, *rows = _rows(document, token)
            found = list(_entries(document, head, rows, section))
        except _NotUnderstood as reason:
            document.doubt(reason.line, f"This changelog was kept as a table: {reason}.")
            continue
        entries += found
        headings += [cell.source for cell in head.cells]
        document.take(span)
    return entries, headings


def _entries(document: Blocks, head: _Row, rows: list[_Row], section: Span) -> Iterator[ParsedEntry]:
    names = [cell.text.lower() for cell in head.cells]
    if len(names) != 2 or names.count("date") != 1:
        raise _NotUnderstood(head.line, "it should have two columns, one of them headed “Date”")
    date_column = names.index("date")
    found: list[tuple[_Row, list[str]]] = []
    for row in rows:
        date, said = row.cells[date_column], row.cells[1 - date_column]
        if date.text:
            _check(row, date, said)
            found.append((row, []))
        elif not said.source:
            continue
        elif not found:
            raise _NotUnderstood(row.line, "this row comes before any date")
        else:
            found[-1][1].append(_as_point(said.source))
    for row, points in found:
        date, said = row.cells[date_column], row.cells[1 - date_column]
        body = "\n".join(f"- {point}" for point in points)
        if not said.is_whole:
            body = f"{said.source}\n\n{body}".rstrip()
        yield ParsedEntry(said.text, date.text, document.with_definitions(body, section), document.path, row.line + 1)


def _check(row: _Row, date: _Cell, said: _Cell) -> None:
    if not said.text:
        raise _NotUnderstood(row.line, "this row has a date, but no title")
    if len(said.text) > MAX_TITLE_LENGTH:
        raise _NotUnderstood(row.line, f"this title has more than {MAX_TITLE_LENGTH} characters")
    if not date.is_whole:
        raise _NotUnderstood(row.line, "this date has something else with it")
    try:
        parse(date.text)
    except UnclearDate as error:
        raise _NotUnderstood(row.line, f"its date “{date.text[:50]}” is not understood") from error


def _rows(document: Blocks, table: Token) -> list[_Row]:
    """The rows of a table, the headings first. Raises _NotUnderstood for a row with more cells than headings."""
    rows: list[_Row] = []
    start = document.tokens.index(table)
    for token in document.tokens[start:]:
        if token.type == "table_close" and token.level == table.level:
            break
        if token.type == "tr_open" and token.map:
            rows.append(_Row(token.map[0], []))
        elif token.type == "inline":
            text, is_whole = plain(token)
            rows[-1].cells.append(_Cell(token.content.strip(), text, is_whole))
    for row in rows:
        # Cells beyond the last heading are dropped by Markdown itself.
        if Counter(words(document.lines[row.line])) - Counter(words(" ".join(cell.source for cell in row.cells))):
            raise _NotUnderstood(row.line, "this row has more cells than the table has headings")
    return rows


def _as_point(source: str) -> str:
    mark = _BLOCK_MARK.match(source)
    return f"{source[: mark.end()]}\\{source[mark.end() :]}" if mark else source
