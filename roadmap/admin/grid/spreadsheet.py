"""A grid as a workbook of Excel: written for somebody to change, and read again with all that they did to it.

What was downloaded goes with the file, signed, in a sheet that nobody sees: the base of the merge when it comes back. A
file is read within bounds: nothing in it is run or evaluated, and it is refused before it is unpacked where that would
take more than MOST_UNPACKED.
"""

import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

from django.core import signing
from msgspec.structs import replace

from roadmap.admin.grid.columns import YES, Grid
from roadmap.admin.grid.paste import REFERENCE
from roadmap.content.choices import Noun
from roadmap.content.things import ItemContent, counted, from_json, joined, to_json
from roadmap.dates.clock import uk_date

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ITEMS, BASE = "Items", "Downloaded"
MOST_SIZE = 5_000_000  # bytes of the file
MOST_UNPACKED = 20_000_000  # bytes of all that is packed in it
MOST_OF_PART = 1_000_000  # bytes of its lists of sheets and of styles, which are read whole
MOST_ROWS = 5_000
MOST_COLUMNS = 100
WIDTHS = {"title": 50, "date": 18, "tick": 10, "release": 24, "apis": 40}  # in figures
_SALT = "roadmap.admin.grid.spreadsheet"
_CHUNK = 30_000  # characters: a cell holds 32,767

NOT_OURS = (
    "This file does not say what was downloaded, so what you changed in it cannot be told from what others have. "
    "Download the items from here, change that file, and save it as .xlsx."
)


class FileRefused(Exception):
    """Nothing was changed. The message is for the person who chose the file, and says what to do."""


@dataclass(frozen=True)
class BaseRow:
    """Immutable: one item as it was downloaded."""

    content: ItemContent  # without what a grid does not show
    texts: Mapping[str, str]  # as its cells said it


@dataclass(frozen=True)
class Base:
    roadmap_uid: str
    roadmap_title: str
    labels: Mapping[str, str]  # of the columns, by name
    rows: Mapping[str, BaseRow]  # by reference in small letters
    download: str  # a uid: what rows without a reference become is named after it


@dataclass
class FileRow:
    number: int  # as Excel counts
    reference: str = ""
    cells: dict[str, str] = field(default_factory=dict)  # by the name of the column
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ReadFile:
    base: Base
    rows: Sequence[FileRow]


# Out


def written(grid: Grid, contents: Iterable[ItemContent], *, now: datetime.datetime) -> bytes:
    rows = [(content, grid.texts(content)) for content in contents]
    made = io.BytesIO()
    from xlsxwriter import Workbook  # as openpyxl below: only for whoever asks for a file

    with Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"title": str(grid.roadmap), "created": now.replace(tzinfo=None)})
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})  # a date stays as it is typed
        sheet = book.add_worksheet(ITEMS)
        sheet.set_column(0, 0, 12, text)
        sheet.write_string(0, 0, REFERENCE, heading)
        for place, column in enumerate(grid.columns, start=1):
            sheet.set_column(place, place, WIDTHS.get(column.kind, 18), text)
            sheet.write_string(0, place, column.label, heading)
        sheet.freeze_panes(1, 2)
        for number, (content, texts) in enumerate(rows, start=1):
            sheet.write_string(number, 0, content.reference, text)
            for place, cell in enumerate(texts.values(), start=1):
                if cell:
                    sheet.write_string(number, place, cell, text)
        _offer_choices(sheet, grid, len(rows))
        hidden = book.add_worksheet(BASE)
        hidden.very_hidden()
        signed = _signed(grid, rows)
        for number, start in enumerate(range(0, len(signed), _CHUNK)):
            hidden.write_string(number, 0, signed[start : start + _CHUNK])
    return made.getvalue()


def _offer_choices(sheet: Any, grid: Grid, count: int) -> None:
    """Excel then offers them in each cell, and takes another text too: what is wrong is said when it is uploaded."""
    for place, column in enumerate(grid.columns, start=1):
        offered = [YES] if column.kind == "tick" else [*column.choices]
        if offered:
            rule = {"validate": "list", "source": offered, "error_type": "information"}
            sheet.data_validation(1, place, count + 100, place, rule)


def _signed(grid: Grid, rows: Iterable[tuple[ItemContent, Mapping[str, str]]]) -> str:
    said = {
        "roadmap": [str(grid.roadmap.uid), grid.roadmap.title],
        "download": str(uuid4()),
        "columns": [[column.name, column.label] for column in grid.columns],
        "rows": [[to_json(_shown_only(content)), [*texts.values()]] for content, texts in rows],
    }
    return signing.dumps(said, salt=_SALT, compress=True)


def _shown_only(content: ItemContent) -> ItemContent:
    return replace(content, description="", journey="")


# In


def read(content: bytes, name: str) -> ReadFile:
    """Raises FileRefused."""
    _check_package(content, name)
    try:
        import openpyxl  # ten megabytes, which only whoever uploads a file needs

        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    except Exception as error:  # a package of other parts, or of parts that say nonsense
        raise FileRefused(
            f"“{name}” cannot be read as a spreadsheet. Save it as .xlsx, and choose it again."
        ) from error
    try:
        return _read(book)
    except FileRefused:
        raise
    except Exception as error:  # what is wrong further in is found as its rows are read
        raise FileRefused(f"“{name}” is damaged. Save it as .xlsx again, and choose that.") from error
    finally:
        book.close()


def _check_package(content: bytes, name: str) -> None:
    if len(content) > MOST_SIZE:
        raise FileRefused(
            f"“{name}” is larger than {MOST_SIZE // 1_000_000} MB. Leave only the rows that you changed in it."
        )
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FileRefused(
            f"“{name}” is no .xlsx file. Save it as .xlsx in your spreadsheet, and choose that."
        ) from error
    names = [part.filename.lower() for part in parts]
    if name.lower().endswith((".xlsm", ".xltm")) or any("vbaproject" in part or "macrosheet" in part for part in names):
        raise FileRefused(
            f"“{name}” has macros in it, which are not taken. Save it as .xlsx without macros, and choose that."
        )
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused(f"“{name}” has a password. Save it without one, and choose that.")
    is_large = any(
        part.file_size > MOST_OF_PART
        for part in parts
        if not part.filename.startswith(("xl/worksheets/", "xl/sharedStrings", "xl/media/"))
    )
    if is_large or sum(part.file_size for part in parts) > MOST_UNPACKED or len(parts) > 1_000:
        raise FileRefused(
            f"“{name}” holds far more than the items of a roadmap. Leave only the rows that you changed in it, and "
            "choose it again."
        )


def _read(book: Any) -> ReadFile:
    if ITEMS not in book.sheetnames:
        raise FileRefused(f"There is no sheet called “{ITEMS}” in this file. {NOT_OURS}")
    rows = _rows_of(book[ITEMS])
    base = _base(book)
    names = _headings(next(rows, ()), base)
    found, blank = [], 0
    for number, cells in enumerate(rows, start=2):
        row = FileRow(number)
        for name, cell in zip(names, cells, strict=False):
            _take(row, name, cell)
        if row.reference or row.errors or any(row.cells.values()):
            found.append(row)
        if len(found) > MOST_ROWS:
            raise FileRefused(
                f"There are more than {MOST_ROWS:,} rows in this file. Leave only those that you changed in it."
            )
        blank = 0 if found and found[-1] is row else blank + 1
        if blank > MOST_ROWS:
            break
    return ReadFile(base, found)


def _rows_of(sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # what a file says of its size need not be so
    return cast(Iterator[Sequence[Any]], sheet.iter_rows(max_col=MOST_COLUMNS))


def _base(book: Any) -> Base:
    if BASE not in book.sheetnames:
        raise FileRefused(NOT_OURS)
    signed = "".join(
        str(row[0] or "") for row in book[BASE].iter_rows(max_col=1, max_row=1_000, values_only=True) if row
    )
    try:
        said = signing.loads(signed, salt=_SALT)
    except signing.BadSignature as error:
        raise FileRefused(NOT_OURS) from error
    labels = dict(said["columns"])
    rows = {}
    for text, cells in said["rows"]:
        content = cast(ItemContent, from_json(Noun.ITEM, text))
        rows[content.reference.casefold()] = BaseRow(content, dict(zip(labels, cells, strict=True)))
    uid, title = said["roadmap"]
    # What was downloaded before downloads had one names nothing: each upload of it is as good as another file.
    return Base(uid, title, labels, rows, said.get("download", str(uuid4())))


def _headings(cells: Sequence[Any], base: Base) -> list[str]:
    """The names of the columns, in the order in which somebody may have put them; nothing for one without heading."""
    by_label = {label.casefold(): name for name, label in base.labels.items()} | {REFERENCE.casefold(): REFERENCE}
    said = [" ".join(str(cell.value).split()) if cell.value is not None else "" for cell in cells]
    while said and not said[-1]:
        said.pop()
    names = [by_label.get(label.casefold(), "") for label in said]
    if unknown := [label for label, name in zip(said, names, strict=True) if label and not name]:
        listed = joined([f"“{label}”" for label in unknown[:5]])
        raise FileRefused(
            f"The first row must hold the headings as they were downloaded, and {listed} "
            f"{'is' if len(unknown) == 1 else 'are'} not among them. Put the headings back, or leave the column out."
        )
    if REFERENCE not in names:
        raise FileRefused(
            f"There is no column “{REFERENCE}” in the first row, which says which item a row is. Put it back."
        )
    known = [name for name in names if name]
    if len({*known}) < len(known):
        raise FileRefused("Two columns have the same heading in the first row. Leave one of them out.")
    return names


def _take(row: FileRow, name: str, cell: Any) -> None:
    if cell.value is None:
        if name and name != REFERENCE:
            row.cells[name] = ""
        return
    if not name:
        row.errors.append(f"{cell.coordinate} is in a column without a heading.")
    elif cell.data_type == "f":
        row.errors.append(f"{cell.coordinate} holds a formula, which is not worked out. Put its value there instead.")
    elif cell.data_type == "e":
        row.errors.append(f"{cell.coordinate} holds the error {cell.value}.")
    elif name == REFERENCE:
        row.reference = _text(cell).strip()
    else:
        row.cells[name] = _text(cell)


def _text(cell: Any) -> str:
    value = cell.value
    if isinstance(value, bool):
        return YES if value else ""
    if isinstance(value, datetime.datetime | datetime.date):
        # A spreadsheet makes the first day of a month of “June 2026”, and shows the month.
        # In brackets stand colours and languages: "[$-de-DE]mmm yyyy".
        shown = re.sub(r"\[[^\]]*\]", "", (cell.number_format or "").lower().split(";")[0])
        day = uk_date(value.date() if isinstance(value, datetime.datetime) else value)
        if "d" in shown or value.day != 1:
            return day
        return day.partition(" ")[2] if "m" in shown or value.month != 1 else str(value.year)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def missing(read_file: ReadFile) -> str:
    """What is said of the items of the download that the file has no row for."""
    there = {row.reference.casefold() for row in read_file.rows}
    count = len([reference for reference in read_file.base.rows if reference not in there])
    if not count:
        return ""
    said = "is not in the file: it stays as it is" if count == 1 else "are not in the file: they stay as they are"
    return f"{counted(count, 'item')} of the download {said}."
