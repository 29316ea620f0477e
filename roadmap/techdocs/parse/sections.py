"""What may become a page: a part of a document as the pieces that it is made of, and what stands above each. Pure.

A piece is a block of the document itself. Which of the tables are tables of items is said here; what is made of them
is not.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate

from roadmap.content.fields import APIS, DESCRIPTION, REFERENCE, TITLE
from roadmap.techdocs.parse.blocks import COMMENT, Block, Blocks, words
from roadmap.techdocs.parse.changelog import has_date_column, is_changelog
from roadmap.techdocs.parse.column_cells import Role, is_row
from roadmap.techdocs.parse.columns import Column, KnownNames, columns_of, is_reference
from roadmap.techdocs.parse.headings import HeadingLine, single_line
from roadmap.techdocs.parse.places import TablePlace
from roadmap.techdocs.parse.tables import MAX_COLUMNS, SourceTable, split_row, table_in
from roadmap.techdocs.texts import ITEMS, NO_RELEASE, RELEASE_FACTS, facts_read

_IDENTIFYING = {TITLE.name, DESCRIPTION.name, APIS.name}
_COMMON = {TITLE.name, DESCRIPTION.name, Role.OWN, Role.UNNAMED}
# Names must come again so often, among this many rows, to be no titles: a title is used twice by accident.
_MIN_REPEATED = 2
_MAX_DISTINCT = 0.8

MAX_CHANGELOGS = 50  # in one section or file; the text of any more stays where it is


@dataclass(eq=False)
class ItemTable:
    """A table of items."""

    table: SourceTable
    columns: list[Column]
    marks: tuple[HeadingLine, ...]
    """What stands above it, from the outermost heading to the innermost line."""
    is_continued: bool = False
    """Its rows stand apart from the table whose headings they have."""
    place: TablePlace = field(default_factory=TablePlace)
    names_recur: bool = False
    """Its names are no titles, but what several of its rows are about."""
    about: str = ""
    """What all its rows are about, as a heading says."""

    @cached_property
    def roles(self) -> set[str]:
        return {column.role for column in self.columns}

    @property
    def has_references(self) -> bool:
        return REFERENCE.name in self.roles


@dataclass(eq=False)
class Piece:
    block: Block
    span: range
    mark: HeadingLine | None = None
    group: ItemTable | None = None
    above: tuple[HeadingLine, ...] = ()
    """The headings above it, and the line that begins its group."""

    @property
    def is_rule(self) -> bool:
        return self.block.type == "hr"

    @property
    def is_comment(self) -> bool:
        """Readers see nothing of it."""
        return self.block.type == "html_block" and COMMENT.fullmatch(self.block.token.content) is not None


@dataclass(eq=False)
class Section:
    """A section of the home page, or another document."""

    document: Blocks
    span: range
    heading: HeadingLine
    """What it is called by; where nothing in the text does, one without a source."""
    is_on_home: bool
    changelogs: list[range]
    pieces: list[Piece] = field(default_factory=list)

    @property
    def groups(self) -> list[ItemTable]:
        return [piece.group for piece in self.pieces if piece.group]


def read_section(
    document: Blocks,
    span: range,
    heading: HeadingLine,
    headings: Sequence[HeadingLine],
    known: KnownNames,
    *,
    is_on_home: bool,
) -> Section:
    """The pieces of a part of a document, but for what is taken from it already.

    `headings` are the document's, and `known` what the source says of the headings of its columns. In a changelog, a
    table with dates is no table of items.
    """
    first, last = (bisect_left(headings, line, key=lambda found: found.span.start) for line in (span.start, span.stop))
    headings = [found for found in headings[first:last] if found.text]
    has_references = _has_references(document, span, headings)
    section = Section(document, span, heading, is_on_home, _changelogs(span, heading, headings))
    by_line = {found.span.start: found for found in headings}
    heading_above: HeadingLine | None = None
    for block in document.top(span):
        line = block.span.start
        if line in document.taken:
            continue
        piece = Piece(block, range(line, min(block.span.stop, span.stop)), by_line.get(line))
        if piece.mark:
            piece.mark.is_apart = has_references and piece.mark.text == NO_RELEASE
        elif block.type == "paragraph_open" and block.inline:
            text = block.inline.content
            if heading_above and has_references and (facts := facts_read(text, RELEASE_FACTS)) is not None:
                heading_above.facts, heading_above.facts_line = facts, text
                heading_above.facts_span = range(heading_above.span.stop, piece.span.stop)
                heading_above = None
                continue
            piece.mark = single_line(block.inline, piece.span)
        heading_above = piece.mark if block.type == "heading_open" else None
        section.pieces.append(piece)
    # The title of a page that has no heading stands above all.
    _put_marks_above(section, [] if heading.source or is_on_home else [heading], known)
    return section


def _changelogs(span: range, heading: HeadingLine, headings: Sequence[HeadingLine]) -> list[range]:
    """The parts of a section that are changelogs: all of it, or what is under headings in it."""
    found: list[range] = []
    nested = [other for other in headings if other is not heading]
    if is_changelog(heading.text):
        below = [other for other in nested if heading.source and other.span.start > heading.span.start]
        found = [range(heading.span.stop, _end(below, heading.level, span))]
    for place, other in enumerate(nested):
        is_inside = any(other.span.start in changelog for changelog in found)
        if is_changelog(other.text) and not is_inside and len(found) < MAX_CHANGELOGS:
            found.append(range(other.span.start, _end(nested[place + 1 :], other.level, span)))
    return found


def _end(headings: Sequence[HeadingLine], level: int, span: range) -> int:
    """Where a section under a heading of this level ends, given those that follow it."""
    return next((found.span.start for found in headings if found.level <= level), span.stop)


def _has_references(document: Blocks, span: range, headings: Sequence[HeadingLine]) -> bool:
    """Whether its items have their references, as an export writes them."""
    tables = (document.lines[block.span.start] for block in document.top(span) if block.type == "table_open")
    return any(heading.text == ITEMS for heading in headings) or any(
        is_reference(cell) for line in tables for cell in split_row(line)
    )


def recurring_names(groups: Sequence[ItemTable]) -> set[str]:
    """Of the columns of names, the keys of those whose names are no titles: they come again and again, each time with
    another description.
    """
    told: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for group in groups:
        places = {column.role: place for place, column in enumerate(group.columns)}
        # Beside references, a name is what it says.
        if group.has_references or not {TITLE.name, DESCRIPTION.name} <= group.roles:
            continue
        name, description = places[TITLE.name], places[DESCRIPTION.name]
        for row in group.table.rows:
            if len(row.cells) > max(name, description) and row.cells[name] and row.cells[description]:
                told[group.columns[name].key].add((row.cells[name], row.cells[description]))
    distinct = {key: len({name for name, _ in rows}) for key, rows in told.items()}
    return {
        key
        for key, rows in told.items()
        if len(rows) - distinct[key] >= _MIN_REPEATED and distinct[key] <= _MAX_DISTINCT * len(rows)
    }


def _put_marks_above(section: Section, headings: list[HeadingLine], known: KnownNames) -> None:
    document = section.document
    under = [*accumulate(bool(piece.mark and piece.mark.is_heading) for piece in section.pieces)]
    marks_under = zip(under, (piece.mark for piece in section.pieces), strict=True)
    dates = Counter(heading for heading, mark in marks_under if mark and mark.is_mere_date)
    line: HeadingLine | None = None
    kind: HeadingLine | None = None
    bold: HeadingLine | None = None
    name: HeadingLine | None = None  # a bold line right above one that says where or when
    previous: Piece | None = None
    seen_table = False
    last_group: ItemTable | None = None
    of_width: dict[int, ItemTable] = {}  # the last table of each width
    read_to = 0
    for index, piece in enumerate(section.pieces):
        mark = piece.mark
        if mark and mark.is_heading:
            while headings and headings[-1].level >= mark.level:
                headings.pop()
        stated = next((place for place, heading in enumerate(headings, 1) if heading.is_stated), 0)
        piece.above = (*headings, line) if line and not (mark and mark.is_heading) else (*headings,)
        if piece.span.start < read_to:
            piece.mark = None  # rows of the table above, whatever Markdown takes them for
        elif mark is None and not piece.is_rule and not piece.is_comment:
            table = table_in(document, piece.block, last_group.table if last_group else None)
            if table and not _is_of_text(table, section, is_stated=stated > 0):
                lines = sorted(filter(None, (name, line, kind, bold)), key=lambda mark: mark.span.start)
                marks = tuple(headings[:stated] if stated else [*headings, *lines])
                if last_group and table.head is last_group.table.head:
                    text = "These rows stand apart from their table: they were read as more of it."
                    document.doubt(table.span.start, text)
                    piece.group = replace(last_group, table=table, is_continued=True)
                else:
                    like = of_width.get(table.width)
                    piece.group = _group(document, table, marks, known, like)
                if piece.group:
                    of_width[table.width] = piece.group
                read_to = table.span.stop if piece.group else 0
                if read_to > piece.span.stop and document.lines[piece.span.stop][:1].isspace():
                    text = "This row and those below it are indented like code: they were read as rows of the table."
                    document.doubt(piece.span.stop, text)
                seen_table = True
            elif headings and line is None:
                headings[-1].has_text = True
            last_group = piece.group or (last_group if piece.block.type == "paragraph_open" else None)
            bold = None
        elif mark and mark.is_heading:
            headings.append(mark)
            line = kind = bold = name = last_group = None
            seen_table = False
        elif mark and stated:
            piece.mark = None
        elif mark:
            last_group = None
            above = headings[-1] if headings else None
            before = previous.mark if previous else None
            is_of_above = above and above.wants_date and (above.phrase or (before is above and not mark.is_bold))
            is_only_date = mark.is_mere_date and not seen_table and dates[under[index]] == 1
            if before and before in (line, bold) and before.wants_date and mark.is_mere_date and not mark.is_bold:
                before.date_below = mark
                line, bold = before, None
            elif not mark.is_known:
                bold, name = mark, None
            elif mark.kind:
                kind, bold = mark, None
            elif above and is_of_above and is_only_date:
                above.date_below = mark
            else:
                is_of_line = bool(kind and line and kind.span.start > line.span.start and before is not kind)
                kind = None if is_of_line else kind
                name = bold if bold and before is bold else name
                line, bold = mark, None
        previous = previous if piece.is_rule else piece


def _is_of_text(table: SourceTable, section: Section, *, is_stated: bool) -> bool:
    """Whether it is a changelog, or stands in the text that introduces a release."""
    if has_date_column(table) and any(table.span.start in changelog for changelog in section.changelogs):
        return True
    return is_stated and not any(is_reference(cell) for cell in table.head.cells)


def _group(
    document: Blocks,
    table: SourceTable,
    marks: tuple[HeadingLine, ...],
    known: KnownNames,
    like: ItemTable | None,
) -> ItemTable | None:
    """`like` is the last table of its width in the section: that has its headings where it has none itself."""
    if table.width > MAX_COLUMNS or not table.rows:
        return None
    cells = [row.cells for row in table.rows]
    table = table.without_headings() if is_row(table.head.cells, cells) else table
    if like and not table.has_headings:
        group = replace(like, table=table, marks=marks, is_continued=True)
    else:
        group = ItemTable(
            table, columns_of(document, table.head.cells, [row.cells for row in table.rows], known), marks
        )
    # Without a heading that says where and when, no table is one of items by its cells alone.
    telling = {column.role for column in group.columns if column.weight} - {Role.OWN, Role.UNNAMED}
    is_placed = any(mark.is_known for mark in marks) or (len(telling) > 1 and telling - _COMMON)
    is_exact = group.has_references and TITLE.name in group.roles
    if not is_exact and not (group.roles & _IDENTIFYING and is_placed and _names_something(group)):
        return None
    if not table.has_headings:
        how = "by those of the table above it" if like else "by what stands in its cells"
        document.doubt(table.head.line, f"This table has no headings, so it was read {how}.")
    return group


def _names_something(group: ItemTable) -> bool:
    """Whether any row could be an item: one says what could be its title, or there is nothing in any."""
    places = [place for place, column in enumerate(group.columns) if column.role in _IDENTIFYING]
    rows = [row.cells for row in group.table.rows if any(map(words, row.cells))]
    return not rows or any(words(cells[place]) for cells in rows for place in places if place < len(cells))
