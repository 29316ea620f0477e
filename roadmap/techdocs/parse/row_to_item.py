"""The rows of a table as items: one for each, or several where rows have been run into one line.

Each word of a row goes into its item, or is a word that the site says itself. Every cell is checked: where what was
made of it does not hold all its words, the cell as it stood goes into the item's description, and that is doubted at
its line. So a reading that is too clever can cost a nicety but never a word.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from roadmap.content.fields import APIS, DESCRIPTION, JOURNEY, KIND, MILESTONES, OWN_VALUES, TITLE
from roadmap.content.shapes import Answer, Apis, Choice, Names
from roadmap.content.things import ApiVersion
from roadmap.markdown import MAX_MARKDOWN_LENGTH
from roadmap.techdocs.cells import CELL_FIELDS, is_exact, plain_read, read, read_date
from roadmap.techdocs.parse.api_names import CONNECTIVES, apis_named
from roadmap.techdocs.parse.blocks import Blocks, words
from roadmap.techdocs.parse.cell_text import (
    MAX_TITLE_LENGTH,
    Cell,
    as_point,
    cut,
    kind_named,
    missing,
    names_listed,
    read_cell,
    tags_in,
    title_in,
    without_title,
    yes_or_no,
)
from roadmap.techdocs.parse.column_cells import Role
from roadmap.techdocs.parse.columns import Column
from roadmap.techdocs.parse.dates.row_dates import RowDates
from roadmap.techdocs.parse.environment_phrases import is_date
from roadmap.techdocs.parse.result import ParsedItem, Parts
from roadmap.techdocs.parse.row_shapes import doubt_shape, one_by_one
from roadmap.techdocs.parse.sections import ItemTable
from roadmap.techdocs.sources import ImportRefused

MAX_LINE_LENGTH = 200  # as in the working copies
MAX_FIELD_LENGTH = 500
MAX_SURPLUS_CELLS = 20
MAX_ITEMS = 5000  # far beyond any roadmap: what a hostile source may cost
MAX_NAME_AS_TITLE = 120  # a longer name, without a description beside it, is a description

_BY_NAME = {field.name: field for field in CELL_FIELDS}
_ROW_HEADING = re.compile(r"\A#(?:\s+|(?=[^\W\d_]))")  # "# Alpha" at the start of a cell
_FIRST_WORD = re.compile(r"\W*(\w+)\b[*_]*[\s,;:.–—-]*")


class _Said(NamedTuple):
    """What became of the words of a cell."""

    kept: Sequence[str]
    """Those that are in the item, in the field that the cell is for."""
    structure: Sequence[str]
    """Those that the site says itself."""
    rest: Sequence[str] = ()
    """What the field cannot hold."""


class RowReader:
    """One row on its way to an item: `read`, then `made`."""

    def __init__(self, document: Blocks, line: int, group: ItemTable, above: Sequence[ApiVersion]):
        self.document = document
        self.line = line
        self.group = group
        self.above = above
        self.kept: list[str] = []
        self.structure: list[str] = []
        self.paragraphs: list[str] = []  # of the description
        self.values: dict[str, Any] = {JOURNEY.name: group.about, KIND.name: group.place.kind}
        self.fields: list[tuple[str, str]] = []
        self.dates = RowDates(document, line, group.place)

    @property
    def apis(self) -> Sequence[ApiVersion]:
        return tuple(self.values.get(APIS.name, ()))

    def made(self) -> ParsedItem:
        path, line = self.document.where(self.line)
        said = {DESCRIPTION.name: "\n\n".join(self.paragraphs), MILESTONES.name: self.dates.milestones}
        release = self.group.place.release
        return ParsedItem(self.values | said, path, line, tuple(self.fields), release.release if release else None)

    def read(self, cells: Sequence[str]) -> bool:
        """Whether the row can be an item."""
        columns = self.group.columns
        cells = cells if self.group.has_references else [_ROW_HEADING.sub("", cell, count=1) for cell in cells]
        found = [read_cell(self.document, source) for source in cells[: len(columns)]]
        by_role = {column.role: cell for column, cell in zip(columns, found, strict=False) if column.role != Role.OWN}
        api = by_role.get(APIS.name)
        if not self._name(by_role.get(TITLE.name), by_role.get(DESCRIPTION.name), api):
            return False
        has_apis = any(column.role == APIS.name for column in columns)
        if has_apis and not self.group.has_references and (api is None or not words(api.source)):
            self.values[APIS.name] = self.above  # an empty cell means "as above"
        for column, cell in zip(columns, found, strict=False):
            if words(cell.source) or cell.text:
                self._cell(column, cell)
        surplus = [source for source in cells[len(columns) :] if words(source)]
        # One by one, that many would take their time.
        surplus = surplus if len(surplus) <= MAX_SURPLUS_CELLS else [" ".join(surplus)]
        for source in surplus:
            self._note(read_cell(self.document, source))
        return len("\n\n".join(self.paragraphs)) <= MAX_MARKDOWN_LENGTH

    def _exactly(self, column: Column, source: str) -> bool:
        """Whether a cell beside a reference is as an export writes it. Then it says that and nothing else."""
        if column.role == Role.ARRIVAL and column.environment:
            found = read_date(column.environment, source)
            if not found or (found.typed and not is_date(found.typed)):
                return False
            self.dates.put(found)
        elif column.role == Role.OWN:
            value = plain_read(source)
            if len(value) > MAX_FIELD_LENGTH or not is_exact(OWN_VALUES, source):
                return False
            self.fields.append((column.name, value))
        elif column.role in _BY_NAME and is_exact(_BY_NAME[column.role], source):
            self.values[column.role] = read(_BY_NAME[column.role], source)
        else:
            return False
        return True

    # Each of these takes what it is given and says all of it, or leaves a note.

    def _name(self, name: Cell | None, description: Cell | None, api: Cell | None) -> bool:
        is_exact_row = self.group.has_references
        if description and not (words(description.source) or (is_exact_row and description.source)):
            description = None
        title = ""
        if name is None or not name.text:
            pass
        elif is_exact_row and is_exact(TITLE, name.source) and len(name.text) <= MAX_TITLE_LENGTH:
            title = read(TITLE, name.source)
            self.kept.append(name.source)
        else:
            is_text = not description and (len(name.text) > MAX_NAME_AS_TITLE or "<br" in name.source.lower())
            said = title_in(name.token) if is_text else cut(name.text)
            if self.group.names_recur and description:
                self.values[JOURNEY.name] = said
            else:
                title = said
            if is_text:
                self._describe_below(name, said, is_named=False)
            elif not name.is_whole or said != name.text:
                self._describe(name)
            else:
                self.kept.append(name.source)
        if description:
            is_named = bool(title)
            title = title or title_in(description.token)
            self._describe_below(description, title, is_named=is_named)
        if not title and api is not None and not (api.says_nothing or api.says_as_above):
            title = cut(api.text)
        self.values[TITLE.name] = title
        return any(character.isalnum() for character in title) or bool(title and is_exact_row)

    def _describe(self, cell: Cell) -> None:
        self._add(cell, read(DESCRIPTION, cell.source) if self.group.has_references else as_point(cell.source))

    def _describe_below(self, cell: Cell, title: str, *, is_named: bool) -> None:
        """A description without the title, where it begins with that in bold, or is no more than that. `is_named`: the
        title has a cell of its own.
        """
        told, text = ("", cell.source) if self.group.has_references else without_title(cell, title)
        if told:
            (self.structure if is_named else self.kept).append(told)
            self.structure += missing(cell.source, f"{told} {text}").elements()  # the tags between them
        if text or not told:
            self._describe(read_cell(self.document, text) if told else cell)

    def _note(self, cell: Cell, column: Column | None = None) -> None:
        """What has no place of its own goes into the description, below what it is."""
        self._add(cell, f"{column.name}: {cell.source}" if column and column.name else as_point(cell.source))

    def _add(self, cell: Cell, text: str) -> None:
        self.kept.append(cell.source)
        self.paragraphs.append(self.document.with_definitions(text, range(self.line, self.line + 1)))

    def _doubted_note(self, column: Column, cell: Cell, why: str) -> None:
        self.document.doubt(self.line, f"{why}: it was put into the description.")
        self._note(cell, column)

    def _cell(self, column: Column, cell: Cell) -> None:
        if column.role in (TITLE.name, DESCRIPTION.name):
            return
        if self.group.has_references and self._exactly(column, cell.source):
            self.kept.append(cell.source)
        elif column.role == Role.UNNAMED:
            self._doubted_note(column, cell, f"“{cell.text[:50]}” stands in a column without a heading")
        elif column.role == Role.OWN:
            self._own(column, cell)
        elif column.role == Role.ARRIVAL or (column.role == Role.STATUS and not cell.says_nothing):
            self._date(column, cell)
        elif cell.says_nothing:
            self.structure.append(cell.text)
        elif column.role == APIS.name and cell.is_undecided:
            self._note(cell, column)  # that it is still open is understood
        else:
            self._understood(column, cell)

    def _understood(self, column: Column, cell: Cell) -> None:
        """A cell's words go to the field that its column is for, if that can hold them, or else to the description."""
        before, said = dict(self.values), self._said(column, cell)
        if said is None:
            self._doubted_note(column, cell, f"“{cell.text[:100]}” is not understood under “{column.name[:50]}”")
        elif not self._is_placed(column, cell, said):
            self.values = before

    def _is_placed(self, column: Column, cell: Cell, said: _Said) -> bool:
        structure = [*said.structure, *tags_in(cell.token)]
        lost = missing(cell.source, " ".join([*said.kept, *structure, *said.rest]))
        why = f"“{cell.text[:100]}” says more than “{column.name[:50]}” holds"
        if not set(lost) <= CONNECTIVES:
            self._doubted_note(column, cell, why)
            return False
        self.structure += [*structure, *lost.elements()]
        self.kept += said.kept
        for text in said.rest:
            self._note(read_cell(self.document, text), column)
        if said.rest:
            self.document.doubt(self.line, f"{why}: the rest was put into the description.")
        return True

    def _date(self, column: Column, cell: Cell) -> None:
        is_arrival = column.role == Role.ARRIVAL
        outcome = (self.dates.read_arrival if is_arrival else self.dates.read_status)(column, cell)
        if outcome is None and is_arrival:
            self._doubted_note(column, cell, f"“{cell.text[:100]}” is another date for the same")
        elif outcome is None:
            self._own(column, cell)
        else:
            if outcome.doubt:
                self.document.doubt(self.line, outcome.doubt)
            if outcome.is_noted:
                self._note(cell, column)
            else:
                self._is_placed(column, cell, _Said(outcome.kept, outcome.structure))

    def _own(self, column: Column, cell: Cell) -> None:
        value, tags = cell.text, tags_in(cell.token)
        if len(value) > MAX_FIELD_LENGTH:
            why = f"This is longer than {MAX_FIELD_LENGTH} characters"
        elif column.name in dict(self.fields):
            why = f"There is more than one column “{column.name[:50]}”"
        elif missing(cell.source, " ".join([value, *tags])):
            why = f"There is more than words under “{column.name[:50]}”"
        else:
            self.fields += [(column.name, value)] if value else []
            self.kept.append(value)
            self.structure += tags
            return
        self._doubted_note(column, cell, why)

    def _said(self, column: Column, cell: Cell) -> _Said | None:
        """What became of the words of a cell; None where they mean nothing under that heading."""
        match _BY_NAME[column.role].shape:
            case Names():
                names = self.values[column.role] = names_listed(cell)
                # An "and" between them is the site's own word, as it is the source's.
                return _Said(names, ()) if names else None
            case Apis():
                return self._read_apis(column, cell)
            case Answer():
                first, answer = _FIRST_WORD.match(cell.source), yes_or_no(cell.text)
                if answer is None and first:
                    self.values[column.role] = answer = yes_or_no(first[1])
                    return None if answer is None else _Said((), (first[1],), (cell.source[first.end() :],))
                self.values[column.role] = answer
                return None if answer is None else _Said((), (cell.text,))
            case Choice():
                kind = kind_named(cell.text)
                self.values[column.role] = kind or self.values[column.role]
                return _Said((), (cell.text,)) if kind else None
        if len(cell.text) > MAX_LINE_LENGTH or self.values.get(column.role):
            return None
        self.values[column.role] = cell.text
        return _Said((cell.text,), ())

    def _read_apis(self, column: Column, cell: Cell) -> _Said | None:
        if cell.says_as_above:
            self.values[column.role] = self.above
            return _Said((), (cell.text,))
        if cell.is_undecided or cell.key.startswith(("no ", "not ")):
            return None
        found, rest = apis_named(cell, self.above)
        if not found:
            return None
        self.values[column.role] = tuple(found)
        once = dict.fromkeys(text for api in found for text in (api.name, api.url))
        said = [*once, *(api.version for api in found)]
        # Where a row says the API of the row above by its version alone, the name is a copy.
        return _Said([text for text in said if text and not missing(text, cell.source)], (), rest)


def read_rows(document: Blocks, group: ItemTable, parts: Parts) -> None:
    """Takes the items of a table, and leaves the lines of which none could be made.

    Raises ImportRefused where there are far too many.
    """
    above: Sequence[ApiVersion] = ()
    free = [row for row in group.table.rows if row.line not in document.taken]  # others are in a changelog's entry
    document.take(group.table.lines)
    for line in group.table.texts:
        document.doubt(line, "This stands among the rows of a table and is no row: it was kept as text.")
    for row in free:
        if not any(words(cell) for cell in row.cells):
            continue
        doubts = len(document.doubts)
        for rows in (one_by_one(row.cells, group.columns), [row.cells]):
            items = _read_each(document, row.line, rows, group, above)
            if items:
                break
            del document.doubts[doubts:]
        else:
            document.doubt(row.line, "This row says nothing that could be a title, so it was kept as text.")
            document.taken.discard(row.line)
            continue
        doubt_shape(document, row.line, rows, group.columns)
        above = items[-1].apis
        if len(parts.items) + len(items) > MAX_ITEMS:
            path, line = document.where(row.line)
            raise ImportRefused(f"{path}:{line}: the source has more than {MAX_ITEMS:,} items. Import it in parts.")
        for item in items:
            parts.items.append(item.made())
            parts.kept += item.kept
            parts.structure += item.structure


def _read_each(
    document: Blocks, line: int, rows: Sequence[Sequence[str]], group: ItemTable, above: Sequence[ApiVersion]
) -> list[RowReader]:
    """The items of a line, or none where one of its rows cannot be an item."""
    items: list[RowReader] = []
    for cells in rows:
        item = RowReader(document, line, group, above)
        if not item.read(cells):
            return []
        items.append(item)
        above = item.apis
    return items
