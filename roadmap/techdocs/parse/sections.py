"""One section of a document as the pieces that it is made of, and what stands above each. Pure.

A piece is a block of the document itself. Which of the tables are tables of items is said here; what is made of them
is not.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from roadmap.content.fields import APIS, DESCRIPTION, REFERENCE, TITLE
from roadmap.techdocs.parse.blocks import Blocks, DocumentHeading, Span
from roadmap.techdocs.parse.changelog_tables import has_date_column
from roadmap.techdocs.parse.columns import Column, KnownNames, Role, is_reference, read_columns, settled
from roadmap.techdocs.parse.headings import HeadingLine, heading_line, single_line
from roadmap.techdocs.parse.tables import MAX_COLUMNS, SourceTable, split_row, tables_in
from roadmap.techdocs.texts import ITEMS, NO_RELEASE, RELEASE_FACTS, facts_read

_IDENTIFYING = {TITLE.name, DESCRIPTION.name, APIS.name}
_COMMON = {TITLE.name, DESCRIPTION.name, Role.OWN, Role.UNNAMED}
# Names must come again so often, among this many rows, to be no titles: a title is used twice by accident.
_MIN_REPEATED = 2
_MAX_DISTINCT = 0.8


@dataclass(eq=False)
class ItemTable:
    """A table of items."""

    table: SourceTable
    columns: list[Column]
    marks: tuple[HeadingLine, ...]
    """What stands above it, from the outermost heading to the innermost line."""
    is_continued: bool = False
    """Its rows stand apart from the table whose headings they have."""


@dataclass(eq=False)
class Piece:
    span: Span
    token: Token
    mark: HeadingLine | None = None
    group: ItemTable | None = None
    above: tuple[HeadingLine, ...] = ()
    """The headings above it, and the line that begins its group."""

    @property
    def is_rule(self) -> bool:
        return self.token.type == "hr"


@dataclass(eq=False)
class Section:
    document: Blocks
    span: Span
    pieces: list[Piece] = field(default_factory=list)

    @property
    def groups(self) -> list[ItemTable]:
        return [piece.group for piece in self.pieces if piece.group]


def read_section(
    document: Blocks,
    span: Span,
    headings: Mapping[int, DocumentHeading],
    *,
    without: Sequence[Span] = (),
    changelogs: Sequence[Span] = (),
    outer: HeadingLine | None = None,
    known: KnownNames,
) -> Section:
    """The pieces of a part of a document.

    `headings` are the document's, by line, and `known` what the source says of the headings of its columns. `without`
    says what to pass over: the roadmap's own title. In `changelogs`, a table with dates is no table of items. `outer`
    stands above all: the title of a page that has no heading.
    """
    section = Section(document, span)
    has_references = _has_references(document, span, headings)
    heading_above: HeadingLine | None = None
    tokens = document.within(span)
    for index, token in enumerate(tokens):
        if token.level or token.nesting < 0 or not token.map or any(token.map[0] in passed for passed in without):
            continue
        if token.map[0] in document.taken:
            continue
        piece = Piece(Span(token.map[0], min(token.map[1], span.last)), token)
        heading = headings.get(token.map[0]) if token.type == "heading_open" else None
        if heading and heading.title:
            piece.mark = heading_line(
                heading.level, heading.title, heading.source, heading.span, is_whole=heading.is_whole
            )
            piece.mark.is_apart = has_references and heading.title == NO_RELEASE
        elif token.type == "paragraph_open" and index + 1 < len(tokens):
            inline = tokens[index + 1]
            if heading_above and has_references and (facts := facts_read(inline.content, RELEASE_FACTS)) is not None:
                heading_above.facts, heading_above.facts_line = facts, inline.content
                heading_above.span = Span(heading_above.span.first, piece.span.last)
                heading_above = None
                continue
            piece.mark = single_line(inline, piece.span)
        heading_above = piece.mark if heading else None
        section.pieces.append(piece)
    _put_marks_above(section, changelogs, outer, known)
    return section


def _has_references(document: Blocks, span: Span, headings: Mapping[int, DocumentHeading]) -> bool:
    """Whether its items have their references, as an export writes them."""
    if any(heading.title == ITEMS for line, heading in headings.items() if line in span):
        return True
    tables = (token for token in document.top(span) if token.type == "table_open" and token.map)
    heads = (split_row(document.lines[token.map[0]]) for token in tables if token.map)
    return any(is_reference(cell) for cells in heads for cell in cells)


def recurring_names(groups: Sequence[ItemTable]) -> set[str]:
    """Of the columns of names, the keys of those whose names are no titles: they come again and again, each time with
    another description.
    """
    told: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for group in groups:
        by_role = {column.role: place for place, column in enumerate(group.columns)}
        if REFERENCE.name in by_role:
            continue  # there a name is what it says
        name, description = by_role.get(TITLE.name), by_role.get(DESCRIPTION.name)
        if name is None or description is None:
            continue
        for row in group.table.rows:
            if len(row.cells) > max(name, description) and row.cells[name] and row.cells[description]:
                told[group.columns[name].key].add((row.cells[name], row.cells[description]))
    found = set()
    for key, rows in told.items():
        counts = Counter(name for name, _ in rows)
        if len(rows) - len(counts) >= _MIN_REPEATED and len(counts) <= _MAX_DISTINCT * len(rows):
            found.add(key)
    return found


def _put_marks_above(
    section: Section, changelogs: Sequence[Span], outer: HeadingLine | None, known: KnownNames
) -> None:
    document = section.document
    dates = _dates_until_heading(section.pieces)
    headings: list[HeadingLine] = [outer] if outer else []
    line: HeadingLine | None = None
    kind: HeadingLine | None = None
    bold: HeadingLine | None = None
    previous: Piece | None = None
    seen_table = False
    last_group: ItemTable | None = None
    read_to = 0
    for index, piece in enumerate(section.pieces):
        mark = piece.mark
        if mark and mark.is_heading:
            while headings and headings[-1].level >= mark.level:
                headings.pop()
        stated = next((place for place, heading in enumerate(headings, 1) if heading.is_stated), 0)
        piece.above = (*headings, line) if line and not (mark and mark.is_heading) else (*headings,)
        if piece.span.first < read_to:
            piece.mark = None  # rows of the table above, whatever Markdown takes them for
        elif mark is None and not piece.is_rule:
            for table in tables_in(document, piece.token, last_group.table if last_group else None):
                marks = [*headings, *sorted(filter(None, (line, kind, bold)), key=lambda mark: mark.span.first)]
                if has_date_column(table) and any(table.span.first in changelog for changelog in changelogs):
                    continue
                if stated and not any(is_reference(cell) for cell in table.head.cells):
                    continue  # of the text that introduces the release
                is_more = last_group is not None and table.head is last_group.table.head
                around = tuple(headings[:stated] if stated else marks)
                piece.group = _group(document, table, around, last_group if is_more else None, known)
                read_to = table.span.last if piece.group else 0
                if read_to > piece.span.last:
                    text = "This row and those below it are indented like code: they were read as rows of the table."
                    document.doubt(piece.span.last, text)
                seen_table = True
            last_group = piece.group
            bold = None
        elif mark and mark.is_heading:
            headings.append(mark)
            line = kind = bold = last_group = None
            seen_table = False
        elif mark and stated:
            piece.mark = None
        elif mark:
            last_group = None
            above = headings[-1] if headings else None
            may_complete = above and above.wants_date and mark.is_mere_date and not seen_table and dates[index] == 1
            before = previous.mark if previous else None
            is_next = before is above
            if before and before in (line, bold) and before.wants_date and mark.is_mere_date and not mark.is_bold:
                before.date_below = mark
                line, bold = before, None
            elif not mark.is_known:
                bold = mark
            elif mark.kind:
                kind, bold = mark, None
            elif may_complete and above and (above.phrase or (is_next and not mark.is_bold)):
                above.date_below = mark
            else:
                is_of_line = bool(kind and line and kind.span.first > line.span.first and before is not kind)
                kind = None if is_of_line else kind
                line, bold = mark, None
        previous = previous if piece.is_rule else piece


def _dates_until_heading(pieces: Sequence[Piece]) -> list[int]:
    """For each piece, how many lines that are mere dates stand under its heading."""
    counts: list[int] = []
    start = 0
    for end in range(len(pieces) + 1):
        mark = pieces[end].mark if end < len(pieces) else None
        if end == len(pieces) or (mark and mark.is_heading):
            found = sum(1 for piece in pieces[start:end] if piece.mark and piece.mark.is_mere_date)
            counts += [found] * (end - start)
            start = end
    return counts


def _group(
    document: Blocks,
    table: SourceTable,
    marks: tuple[HeadingLine, ...],
    before: ItemTable | None,
    known: KnownNames,
) -> ItemTable | None:
    if before:
        document.doubt(table.span.first, "These rows stand apart from their table: they were read as more of it.")
        return replace(before, table=table, is_continued=True)
    if table.width > MAX_COLUMNS or not table.rows:
        return None
    columns = settled(read_columns(document, table.head.cells, known), [row.cells for row in table.rows])
    roles = {column.role for column in columns}
    if REFERENCE.name in roles and TITLE.name in roles:
        return ItemTable(table, columns, marks)
    if not roles & _IDENTIFYING:
        return None
    is_placed = any(mark.is_known for mark in marks)
    telling = roles - {Role.OWN, Role.UNNAMED}
    if not is_placed and not (len(telling) > 1 and telling - _COMMON):
        return None
    return ItemTable(table, columns, marks)
