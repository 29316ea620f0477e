"""Cells pasted from a spreadsheet: tab-separated text, into the rows of a grid. Nothing is saved by that.

Excel, Calc and Google Sheets give a row a line, and put a cell with a line break or a quotation mark in it into
quotation marks, those within doubled. The page's script, static/public/admin-grid.js, reads the same in the browser.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from roadmap.admin.grid.columns import YES, Grid
from roadmap.admin.grid.rows import MOST_NEW, GridRow
from roadmap.content.things import counted, joined

MOST_PASTED = 500  # rows
MOST_CHARACTERS = 1_000_000
MOST_NAMED = 5
REFERENCE = "Reference"


class NotPasted(Exception):
    """Nothing was filled in. The message says why, and what to do."""


@dataclass
class Pasted:
    """By the row's key, what is filled into it."""

    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    told: str = ""
    left_out: list[str] = field(default_factory=list)  # what is neither Yes nor No where one of them must be


def cells_of(text: str) -> list[list[str]]:
    """Raises NotPasted."""
    if len(text) > MOST_CHARACTERS:
        raise NotPasted(f"This is too long to paste: {len(text):,} characters. Upload a file instead.")
    csv.field_size_limit(MOST_CHARACTERS)
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    rows = [*csv.reader(io.StringIO(plain, newline=""), delimiter="\t")]
    while rows and not any(map(str.strip, rows[-1])):
        rows.pop()
    if not rows:
        raise NotPasted("Nothing was pasted. Copy the cells of a spreadsheet, not a picture of them.")
    if len(rows) > MOST_PASTED:
        raise NotPasted(
            f"You pasted {len(rows):,} rows, and {MOST_PASTED} is the most at once. Nothing was filled in: paste "
            "fewer, or download the spreadsheet, change it, and upload it."
        )
    return rows


def pasted(text: str, grid: Grid, rows: Sequence[GridRow], *, begin_row: str, begin_column: str) -> Pasted:
    """Headings in the first row say which columns these are, and a column of references which items.

    Without headings, the first cell goes where it is said to, and the others down and to the right of it. `begin_row`
    is a reference, or empty for new rows. Raises NotPasted.
    """
    found = cells_of(text)
    names = _headings(grid, found[0])
    if names:
        body = found[1:]
        if not body:
            raise NotPasted("You pasted headings and nothing below them.")
    else:
        names, body = _from_column(grid, begin_column, max(map(len, found))), found
    places = {name: place for place, name in enumerate(names)}
    if REFERENCE in places:
        keys = _by_reference([row[places[REFERENCE] : places[REFERENCE] + 1] for row in body], rows)
    else:
        keys = _from_row(begin_row, len(body), rows)
    filled = Pasted()
    for key, row in zip(keys, body, strict=True):
        cells = {name: _settled(grid, name, text) for name, text in zip(names, row, strict=False) if name != REFERENCE}
        # A tick has no place for another word.
        unclear = [name for name, text in cells.items() if _is_tick(grid, name) and text not in ("", YES)]
        filled.left_out += [f"“{cells.pop(name)}” for {_label(grid, name)}" for name in unclear]
        filled.cells[key] = cells
    columns = [label for name in names if (label := _label(grid, name))]
    filled.told = f"{counted(len(body), 'row')} of {joined(columns)}"
    return filled


def _settled(grid: Grid, name: str, text: str) -> str:
    column = grid.column(name)
    return column.settle(text) if column else text


def _is_tick(grid: Grid, name: str) -> bool:
    column = grid.column(name)
    return column is not None and column.kind == "tick"


def _label(grid: Grid, name: str) -> str:
    column = grid.column(name)
    return column.label if column else ""


def _headings(grid: Grid, row: Sequence[str]) -> list[str]:
    """The names of the columns, where this row is made of their headings."""
    by_label = {column.label.casefold(): column.name for column in grid.columns} | {REFERENCE.casefold(): REFERENCE}
    words = [" ".join(cell.split()).casefold() for cell in row]
    known = [by_label.get(word, "") for word in words]
    count = len([*filter(None, known)])
    if count < 2 or count < len(words) / 2:
        return []
    if unknown := [cell for cell, name in zip(row, known, strict=True) if not name]:
        said = joined([f"“{cell}”" for cell in unknown[:MOST_NAMED]])
        raise NotPasted(
            f"No column is called {said}. Give each heading as the table has it, or leave the headings out."
        )
    if len({*known}) < len(known):
        raise NotPasted("Two of the headings are the same. Leave one of the columns out.")
    return known


def _from_column(grid: Grid, begin: str, width: int) -> list[str]:
    names = [REFERENCE, *(column.name for column in grid.columns)]
    place = names.index(begin) if begin in names else 1
    if width > len(names) - place:
        raise NotPasted(
            f"You pasted {counted(width, 'column')}, and there are {len(names) - place} from there on. Nothing was "
            "filled in: choose another first column, or copy fewer."
        )
    return names[place : place + width]


def _by_reference(cells: Sequence[Sequence[str]], rows: Sequence[GridRow]) -> list[str]:
    """A row without a reference is a new item."""
    keys = {row.reference.casefold(): row.key for row in rows if row.reference}
    given = [cell[0].strip() if cell else "" for cell in cells]
    if unknown := [reference for reference in given if reference and reference.casefold() not in keys]:
        more = f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
        raise NotPasted(
            f"Not in this table: {', '.join(unknown[:MOST_NAMED])}{more}. Nothing was filled in: clear the filter, or "
            "leave these rows out."
        )
    named = [reference.casefold() for reference in given if reference]
    if twice := sorted({reference for reference in named if named.count(reference) > 1}):
        raise NotPasted(
            f"{twice[0].upper()} is in what you pasted twice. Nothing was filled in: leave one of them out."
        )
    blank = _blank_rows(rows, given.count(""))
    return [keys[reference.casefold()] if reference else next(blank) for reference in given]


def _from_row(begin: str, count: int, rows: Sequence[GridRow]) -> list[str]:
    if not begin:
        return [*_blank_rows(rows, count)]
    there = [row for row in rows if not row.is_new]
    place = next((place for place, row in enumerate(there) if row.reference.casefold() == begin.casefold()), None)
    if place is None:
        raise NotPasted(f"{begin} is not in this table. Give the reference of the item that the first row is for.")
    if count > len(there) - place:
        raise NotPasted(
            f"You pasted {counted(count, 'row')}, and there {'is' if len(there) - place == 1 else 'are'} "
            f"{len(there) - place} from {begin} on. Nothing was filled in: begin at another, or copy fewer."
        )
    return [row.key for row in there[place : place + count]]


def _blank_rows(rows: Sequence[GridRow], count: int) -> Iterator[str]:
    taken = {row.key for row in rows if row.is_new and any(row.typed.values())}
    free = [key for key in map("new{}".format, range(MOST_NEW)) if key not in taken]
    if count > len(free):
        raise NotPasted(f"{count:,} of these rows are new items, and {len(free)} can be added at once. Paste fewer.")
    return iter(free[:count])


def filled_in(typed: Mapping[str, Mapping[str, str]], found: Pasted) -> dict[str, dict[str, str]]:
    """What the page had, with what was pasted."""
    rows = {key: {**cells} for key, cells in typed.items()}
    for key, cells in found.cells.items():
        rows[key] = {**rows.get(key, {}), **cells}
    return rows
