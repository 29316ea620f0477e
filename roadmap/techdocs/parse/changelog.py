"""A changelog, as tables or as dated notes, read as entries. What is of any other kind is left where it stands.

Notes begin with a date, or a version with a date, as headings, bold lines or list items; what stands below each is its
own, and what comes before the first stays.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from markdown_it.token import Token

from roadmap.dates import parse
from roadmap.techdocs.cells import plain_read
from roadmap.techdocs.parse.blocks import Block, Blocks, plain
from roadmap.techdocs.parse.cell_text import MAX_TITLE_LENGTH, Cell, as_point, cut, read_cell, title_in
from roadmap.techdocs.parse.columns import heading_key
from roadmap.techdocs.parse.environment_phrases import is_date
from roadmap.techdocs.parse.result import Parts
from roadmap.techdocs.parse.tables import SourceTable, table_in
from roadmap.techdocs.texts import ENTRY_FACTS, facts_read

_CHANGELOG = re.compile(
    r"(?:[\w()'-]{1,30} ){0,4}change[ -]?logs?"
    r"|(?:change|document|revision|update|version) history|history of changes|(?:change|release) notes"
    r"|(?:(?:latest|recent|roadmap) )?(?:changes|updates)|updates to this (?:page|roadmap)"
    r"|what(?: has|'s) changed|what'?s new"
)
_VERSION_NAMES = {"version", "issue", "release", "number", "version number", "revision"}
_DATE_NAMES = {"date", "when", "month", "published", "date published", "date of change", "release date"}

_VERSION = r"(?:version|release|issue|revision|v)\s?\.?\s?\d{1,4}(?:\.\d{1,4}){0,3}[a-z]?\b"
_ONLY_VERSION = re.compile(_VERSION, re.IGNORECASE)
_ASIDE = r"(?:(?:published|issued|released|updated|dated|last updated)(?: on)?\b|on\b)?"
_VERSION_FIRST = re.compile(rf"({_VERSION})[\s,:;(\[–—|-]*({_ASIDE})[\s:]*(.{{3,60}}?)[)\]]?", re.IGNORECASE)
_DATE_FIRST = re.compile(r"(.{3,60}?)(?:\s*[:(|]\s*|\s+[-–—]\s+|\s*[–—]\s*|,\s+)(.+?)\)?", re.DOTALL)


class _NotUnderstood(Exception):
    def __init__(self, line: int, reason: str):
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True)
class _Dated:
    """Immutable: a row with a date, and those without one below it."""

    line: int
    date: str
    said: Cell
    version: str
    points: list[str]


@dataclass(frozen=True)
class _Note:
    """Immutable: where an entry begins that is no row of a table."""

    span: range
    """Its own lines; what follows is the entry's."""
    level: int
    title: str
    when: str
    aside: str
    """What the site says itself: "Published", or the number of a point."""
    is_whole: bool
    source: str
    text: str = ""
    """What else stands on its line."""
    is_stated: bool = False
    """Its title is its heading, and its date is stated below."""
    is_list_item: bool = False
    """All of the entry is in its span."""


def is_changelog(title: str) -> bool:
    """Whether a section or page of this name holds a changelog."""
    return _CHANGELOG.fullmatch(heading_key(title)) is not None


def has_date_column(table: SourceTable) -> bool:
    """Whether a table in a changelog is one: elsewhere it might be a table of items."""
    return table.width <= 3 and any(heading_key(cell.strip(" *_")) in _DATE_NAMES for cell in table.head.cells)


def take_table_entries(document: Blocks, section: range, parts: Parts, *, without: Container[int]) -> None:
    """The entries of the tables in a section, but for those that begin on the lines `without`.

    A table that is understood is taken from the document. One that is not, in any of its rows, is doubted at the row.
    """
    for block in document.top(section):
        line = block.span.start
        is_free = block.type == "table_open" and line not in document.taken and line not in without
        if not (is_free and (table := table_in(document, block))):
            continue
        try:
            dated, names = _dated_rows(document, table)
        except _NotUnderstood as reason:
            document.doubt(reason.line, f"This changelog was kept as a table: {reason}.")
            continue
        for row in dated:
            _add_row(document, row, section, parts)
        parts.structure += names
        document.take(table.lines)


def _add_row(document: Blocks, dated: _Dated, section: range, parts: Parts) -> None:
    said, body = dated.said, "\n".join(f"- {point}" for point in dated.points)
    is_title = not dated.version and said.is_whole and len(said.text) <= MAX_TITLE_LENGTH
    title = dated.version or (said.text if len(said.text) <= MAX_TITLE_LENGTH else title_in(said.token))
    parts.kept += [dated.date, body, dated.version, title if is_title else said.source]
    body = body if is_title else f"{as_point(said.source)}\n\n{body}".rstrip()
    parts.add_entry(document, title, dated.date, body, dated.line, section)


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
    for row in table.rows:
        if any(row.cells[table.width :]):
            raise _NotUnderstood(row.line, "this row has more cells than the table has headings")
        cells = [read_cell(document, cell) for cell, _ in zip_longest(row.cells, keys, fillvalue="")]
        date, said = cells[dates[0]], cells[text]
        number = cells[versions[0]].text if versions else ""
        if versions and not (cells[versions[0]].is_whole and len(number) < MAX_TITLE_LENGTH / 2):
            raise _NotUnderstood(row.line, "this number has something else with it")
        if date.text:
            if not any(character.isalnum() for character in said.text):
                raise _NotUnderstood(row.line, "this row has a date, but no title")
            if not date.is_whole:
                raise _NotUnderstood(row.line, "this date has something else with it")
            if not is_date(date.text):
                raise _NotUnderstood(row.line, f"its date “{date.text[:50]}” is not understood")
            version = f"{heads[versions[0]].text} {number}" if number[:1].isdigit() else number
            found.append(_Dated(row.line, date.text, said, version, []))
        elif number:
            raise _NotUnderstood(row.line, "this row has a number, but no date")
        elif not said.source:
            continue
        elif not found:
            raise _NotUnderstood(row.line, "this row comes before any date")
        else:
            found[-1].points.append(as_point(said.source))
    return found, [head.source for head in heads]


def take_note_entries(document: Blocks, section: range, parts: Parts) -> None:
    """The entries that begin with a date in a section. They are taken from the document.

    A version without a date has the one of the heading it stands under, or is left as it is, with a doubt.
    """
    notes = _with_stated(document, section, [*_notes(document, section)])
    outer: _Note | None = None  # a heading with a date, for the versions below it
    for note, following in zip(notes, [*notes[1:], None], strict=False):
        if outer and (note.level <= outer.level if note.level else not note.title):
            outer = None  # what follows belongs to this note
        when = note.when or (outer.when if outer else "")
        if not when:
            document.doubt(note.span.start, f"“{note.title[:100]}” has no date, so it was kept as text.")
            continue
        end = following.span.start if following else section.stop
        rest = range(note.span.stop, note.span.stop if note.is_list_item else end)
        body = _joined(note.text, document.text(rest))
        if note.when and note.level:
            outer = note
        if not note.title and not body and following and not following.when and outer is note:
            # A date for the versions below it, which will all have it.
            parts.kept.append(note.when)
            document.take(note.span)
            continue
        if not note.is_whole:
            body = _joined(note.source, body)
        if note.is_stated:
            parts.kept += [note.source, body]
        else:
            parts.kept += [note.title, note.when, body] if note.is_whole else [body]
        parts.structure += [note.aside] if note.is_whole or note.is_list_item else []
        title = cut(note.title or when)
        parts.add_entry(document, title, when, body, note.span.start, section)
        for block in document.top(rest):
            if block.type == "table_open":
                text = f"This table was kept as text in the changelog entry “{title}”."
                document.doubt(block.span.start, text)
        document.take(range(note.span.start, rest.stop))


def _with_stated(document: Blocks, section: range, notes: list[_Note]) -> list[_Note]:
    """The notes of a section. Where headings have their dates in lines of their own, as an export writes them, it is
    headings of their level alone that begin an entry: what is below them is theirs.
    """
    stated: dict[int, _Note] = {}
    for heading, below in pairwise(document.top(section)):
        if heading.type != "heading_open" or below.type != "paragraph_open" or not (heading.inline and below.inline):
            continue
        facts = facts_read(below.inline.content, ENTRY_FACTS) or {}
        when, start = plain_read(facts.get("Date", "")), heading.span.start
        if is_date(when) and start not in document.taken:
            title, source = plain(heading.inline)[0], f"{heading.inline.content}\n{below.inline.content}"
            level, span = int(heading.token.tag[1]), range(start, below.span.stop)
            stated[start] = _Note(span, level, title, when, "", is_whole=True, source=source, is_stated=True)
    if not stated:
        return notes
    top = next(iter(stated.values())).level
    found = {note.span.start: note for note in notes} | stated
    return [note for _, note in sorted(found.items()) if note.level == top]


def _joined(first: str, second: str) -> str:
    return "\n\n".join(part for part in (first, second) if part)


def _notes(document: Blocks, section: range) -> Iterator[_Note]:
    for block in document.top(section):
        if block.span.start in document.taken:
            continue
        note = None
        if block.type == "heading_open" and block.inline:
            note = _note(block.inline, block.span, level=int(block.token.tag[1]))
        elif block.type == "paragraph_open" and block.inline:
            note = _paragraph_note(document, block.inline, block.span)
        elif block.type in ("bullet_list_open", "ordered_list_open"):
            yield from _list_notes(document, block)
        if note:
            yield note


def _note(inline: Token, span: range, level: int = 0) -> _Note | None:
    text, is_whole = plain(inline)
    found = _title_date_and_aside(text.strip(" :")) if len(text) <= MAX_TITLE_LENGTH else None
    return _Note(span, level, *found, is_whole, inline.content) if found else None


def _title_date_and_aside(text: str) -> tuple[str, str, str] | None:
    if _is_day(text):
        return "", text, ""
    if _ONLY_VERSION.fullmatch(text):
        return text, "", ""
    match = _VERSION_FIRST.fullmatch(text)
    if match and _is_day(match[3]):
        return match[1], match[3], match[2]
    title, when = _sides(text) or ("", "")
    return (title, when, "") if title else None


def _paragraph_note(document: Blocks, inline: Token, span: range) -> _Note | None:
    """A bold line, a line that is a date or a version; the lines below it in its paragraph are the entry's."""
    first = inline.content.partition("\n")[0].rstrip(" \\")
    line = document.inline(first)
    note = _note(line, span[:1])
    if note is None or not note.title or _ONLY_VERSION.match(note.title) or plain(line)[0].startswith(note.when):
        return note
    # A sentence may end with a date; a bold line that does is the name of an entry.
    return note if first.startswith(("**", "__")) and first.rstrip(" :").endswith(("**", "__")) else None


def _list_notes(document: Blocks, block: Block) -> list[_Note]:
    """The items of a list each of which begins with a date; nothing where one does not."""
    tokens = document.within(block.span)
    notes: list[_Note] = []
    for place, token in enumerate(tokens):
        if token.type != "list_item_open" or token.level != 1 or not token.map:
            continue
        following = tokens[place + 1 : place + 3]
        if [token.type for token in following] != ["paragraph_open", "inline"]:
            return []
        text = plain(following[1])[0]
        day = text.strip(" :")
        sides = _sides(text) or (("", day) if _is_day(day) else None)
        if sides is None:
            return []
        notes.append(_list_note(document, range(*token.map), following[1], *sides, number=token.info))
    return notes


def _list_note(document: Blocks, span: range, inline: Token, said: str, when: str, *, number: str) -> _Note:
    _, last = inline.map or (span.start, span.start + 1)
    below = document.lines[last : span.stop]
    margin = min((len(line) - len(line.lstrip()) for line in below if line.strip()), default=0)
    nested = "\n".join(line[margin:] for line in below).strip("\n")
    title = said if len(said) <= MAX_TITLE_LENGTH else title_in(document.inline(inline.content))
    is_whole = plain(inline)[1] and title == said
    return _Note(span, 0, title, when, number, is_whole, inline.content, text=nested, is_list_item=True)


def _sides(text: str) -> tuple[str, str] | None:
    """What follows the date at the start of a text, or comes before the one at its end; and the date."""
    match = _DATE_FIRST.fullmatch(text)
    if match and _is_day(match[1]):
        return match[2].strip(), match[1]
    for separator in (" (", " – ", " - ", " — ", ": ", ", "):
        before, found, after = text.rpartition(separator)
        after = after.removesuffix(")") if separator == " (" else after
        if found and before.strip() and _is_day(after):
            return before.strip(), after
    return None


def _is_day(text: str) -> bool:
    """Whether it is a date that has come: not "TBC"."""
    return any(character.isdigit() for character in text) and is_date(text) and parse(text).start is not None
