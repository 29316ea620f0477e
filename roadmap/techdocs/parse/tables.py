"""Tables as people write them, read from the source's own lines.

markdown-it reads a table as GitHub does: it drops the cells beyond the last heading, and sees no table where the line
of dashes is one short. So only where a table begins is asked of it; rows and cells are read here, and none is lost.
Pure: what a column means is not known here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from roadmap.techdocs.parse.blocks import Block, Blocks

# Far beyond any roadmap: a wider table stays text.
MAX_COLUMNS = 60

_PIPE = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r":?-+:?")
_BACKTICKS = re.compile(r"`+")
_CODE = re.compile(r"(?: {4}| {0,3}\t)")
_SPACES = re.compile(r"[ \t\u00a0\f\v]{2,}|[\t\f\v]")


@dataclass(frozen=True)
class TableRow:
    """Immutable: one line of a table, its cells as they stand there, but for the white space that aligns them."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class SourceTable:
    """Immutable."""

    head: TableRow
    rows: tuple[TableRow, ...]
    span: range
    """From the headings to the last row."""
    texts: tuple[int, ...] = ()
    """The lines among its rows that are none: a row has a pipe, as in Redcarpet, or else is but its first cell."""

    @property
    def width(self) -> int:
        return len(self.head.cells)

    @property
    def has_headings(self) -> bool:
        return any(self.head.cells)

    def without_headings(self) -> "SourceTable":
        """The same, what stands where its headings should be a row."""
        return replace(self, head=TableRow(self.head.line, ("",) * self.width), rows=(self.head, *self.rows))

    @property
    def lines(self) -> list[int]:
        return [line for line in self.span if line not in self.texts]


def table_in(document: Blocks, block: Block, after: SourceTable | None = None) -> SourceTable | None:
    """The table that begins in a block: where Markdown sees one, there is one.

    A paragraph may hold one whose line of dashes does not fit its headings. With `after`, the table just before the
    paragraph, it may also be more rows of that: then a table of those rows under the same headings.
    """
    span, lines = block.span, document.lines
    if block.type == "table_open":
        return _table(document, span.start, _with_indented_rows(document, span.stop))
    if block.type != "paragraph_open":
        return None
    for line in span[:-1]:
        if "|" in lines[line] and _is_dashes(lines[line + 1]):
            return _table(document, line, span.stop)
    if "|" in lines[span.stop - 1] and span.stop < len(lines) and _is_dashes(lines[span.stop]):
        # "- | - | -": a list to Markdown, and its rows the lines of that.
        [block] = document.top(range(span.stop, span.stop + 1))
        return _table(document, span.stop - 1, block.span.stop)
    if _is_dashes(lines[span.start]) and all(_PIPE.search(lines[line]) for line in span):
        head = TableRow(span.start, ("",) * len(split_row(lines[span.start])))
        return _with_rows(document, head, span.start + 1, span.stop, has_outer_pipes=True)
    if after and all(lines[line].lstrip().startswith("|") for line in span):
        rows = tuple(_rows(document, span.start, span.stop, after.head.cells, has_outer_pipes=True))
        if all(len(row.cells) == after.width for row in rows):
            return SourceTable(after.head, rows, span)
    return None


def split_row(line: str) -> list[str]:
    """The cells of a line: between its pipes, whether or not there are pipes around them."""
    parts = _PIPE.split(line.strip())
    if len(parts) > 1 and not parts[0].strip():
        parts = parts[1:]
    if len(parts) > 1 and not parts[-1].strip():
        parts = parts[:-1]
    return [_cell(part) for part in parts]


def _table(document: Blocks, first: int, last: int) -> SourceTable:
    head = TableRow(first, tuple(split_row(document.lines[first])))
    has_outer_pipes = document.lines[first].lstrip().startswith("|")
    return _with_rows(document, head, first + 2, last, has_outer_pipes=has_outer_pipes)


def _with_rows(document: Blocks, head: TableRow, first: int, last: int, *, has_outer_pipes: bool) -> SourceTable:
    rows = tuple(_rows(document, first, last, head.cells, has_outer_pipes=has_outer_pipes))
    span = range(head.line, max(rows[-1].line if rows else 0, first - 1) + 1)
    return SourceTable(head, rows, span, tuple(sorted({*range(first, span.stop)} - {row.line for row in rows})))


def _with_indented_rows(document: Blocks, last: int) -> int:
    """Where a table ends, given where Markdown ends it.

    A row that begins with spaces, such as one whose first cell is empty, is code to Markdown, and those below it a
    paragraph. Whoever wrote them meant rows.
    """
    lines = document.lines
    if last == len(lines) or not _CODE.match(lines[last]):
        return last
    for block in document.top(range(last, len(lines))):
        if block.span.start != last or block.type not in ("code_block", "paragraph_open"):
            break
        while last < block.span.stop and _PIPE.search(lines[last]) and last not in document.taken:
            last += 1
    return last


def _rows(
    document: Blocks, first: int, last: int, head: tuple[str, ...], *, has_outer_pipes: bool
) -> Iterator[TableRow]:
    while last > first and len(head) > 1 and not _PIPE.search(document.lines[last - 1]):
        last -= 1  # text right below a table, which Markdown takes for rows of it
    for number in range(first, last):
        line = document.lines[number]
        is_cut_short = not has_outer_pipes and not line.rstrip().endswith((".", ":", "!", "?"))
        if len(head) > 1 and not _PIPE.search(line) and not is_cut_short:
            continue  # text among the rows
        cells = split_row(line)
        if len(cells) > len(head) and "`" in line:
            # Markdown cuts code at a pipe too; whoever wrote it did not mean that.
            by_code = split_row(_code_without_pipes(line))
            cells = by_code if len(by_code) == len(head) else cells
        if not has_outer_pipes and len(cells) < len(head) == len(at_pipes := _PIPE.split(line.strip())):
            cells = [_cell(part) for part in at_pipes]  # its first cell is empty, or its last
        yield TableRow(number, tuple(cells))


def _cell(part: str) -> str:
    return _SPACES.sub(" ", part.replace("\\|", "|")).strip()


def _code_without_pipes(text: str) -> str:
    """The text with the pipes in code escaped."""
    parts, start, opened = [], 0, None
    # Simpler than Markdown, where backticks that nothing closes are text: then the number of cells will not fit.
    for run in _BACKTICKS.finditer(text):
        if opened is None:
            opened = run
        elif run[0] == opened[0]:
            parts += [text[start : opened.start()], _PIPE.sub(r"\\|", text[opened.start() : run.end()])]
            start, opened = run.end(), None
    return "".join([*parts, text[start:]])


def _is_dashes(line: str) -> bool:
    return "|" in line and all(_DASHES.fullmatch(cell) for cell in split_row(line))
