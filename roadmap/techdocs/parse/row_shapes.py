"""Rows that have more cells than their table has headings, or fewer. Pure: what the cells mean is not known here."""

from collections.abc import Sequence

from roadmap.content.fields import APIS, BREAKING, DESCRIPTION, TITLE
from roadmap.techdocs.parse.blocks import Blocks, words
from roadmap.techdocs.parse.cell_text import yes_or_no
from roadmap.techdocs.parse.column_cells import Role
from roadmap.techdocs.parse.columns import Column
from roadmap.techdocs.parse.environment_phrases import is_date

MAX_IN_A_LINE = 10  # rows


def one_by_one(cells: Sequence[str], columns: Sequence[Column]) -> list[Sequence[str]]:
    """The cells of a row; those of each where several seem to have been run into one line."""
    parts: list[Sequence[str]] = []
    while len(cells) > len(columns) and len(parts) < MAX_IN_A_LINE - 1 and (place := _seam(cells, columns)):
        parts.append(cells[:place])
        cells = cells[place + 1 :] if not cells[place] and len(cells) > place + 1 else cells[place:]
    return [*parts, cells]


def doubt_shape(document: Blocks, line: int, parts: Sequence[Sequence[str]], columns: Sequence[Column]) -> None:
    if len(parts) > 1:
        document.doubt(line, f"There are {len(parts)} rows on this line: each was read as a row of its own.")
    for cells in parts:
        if any(words(cell) for cell in cells[len(columns) :]):
            text = "This row has more cells than the table has headings: they were put into the description."
            document.doubt(line, text)
        lacking = [column.name for column in columns[len(cells) :] if column.role != Role.UNNAMED]
        if lacking:
            document.doubt(line, f"This row has no cell for {', '.join(f'“{name[:50]}”' for name in lacking)}.")


def _seam(cells: Sequence[str], columns: Sequence[Column]) -> int:
    """Where a second row begins in a line that has too many cells; 0 where it does not look like two."""
    width = len(columns)
    named = [place for place, column in enumerate(columns) if column.role in (TITLE.name, DESCRIPTION.name, APIS.name)]
    # A row may lack its last cells, and the pipes of two rows that meet give an empty one.
    for place in [width, *(place for place in range(width - 1, 0, -1) if not cells[place])]:
        rest = cells[place + 1 :] if not cells[place] else cells[place:]
        if len(rest) <= max(named) or place <= max(named):
            continue
        if not all(_fits(source, column) for source, column in zip(rest, columns, strict=False)):
            continue
        said = [at for at in named if words(rest[at])]
        if said and all(words(rest[at]) for at in named if columns[at].role != APIS.name):
            return place
    return 0


def _fits(source: str, column: Column) -> bool:
    if column.role in (TITLE.name, DESCRIPTION.name):
        return yes_or_no(source) is None and not is_date(source)
    if column.role == BREAKING.name:
        return len(source) < 20
    if column.role == Role.ARRIVAL:
        return not source or is_date(source)
    return True
