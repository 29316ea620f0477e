"""The items of a roadmap as a table, and that as comma-separated values (RFC 4180), for programs.

It is opened in spreadsheets all the same. So it has a byte order mark, because they take UTF-8 for something else
without one. A cell that they would run as a formula begins with an apostrophe; one that they would take for a date or a
number ends in a tab. docs/how-to/follow-a-roadmap.md tells programs to take both off.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial

from django.http import HttpRequest

from roadmap.content.choices import Environment
from roadmap.content.fields import ITEM_FIELDS, TITLE
from roadmap.content.shapes import Prose, ReleaseLink, Rows
from roadmap.content.snapshot import PlacedItem
from roadmap.markdown import plain_text
from roadmap.published.filters import Filters, read_filters
from roadmap.web.addresses import Addresses
from roadmap.web.feeds.written import basis_of
from roadmap.web.pages.reading import RoadmapReading, of_newest
from roadmap.web.problems import Format, in_format, printable
from roadmap.web.responses import LazyResponse, site_of
from roadmap.web.written import WrittenItems, written_items

BYTE_ORDER_MARK = "\ufeff"
# What each field says in one cell; those of several, and long texts, stand apart.
_FIELDS = [field for field in ITEM_FIELDS if field.csv and not isinstance(field.shape, Rows | Prose)]
_LONG = [field for field in ITEM_FIELDS if field.csv and isinstance(field.shape, Prose)]

Cell = str | int | datetime.date

_WORD = re.compile(r"[^\W\d_]+")
# Those with which figures are a date, a time or a number: "SEP-1" is to a spreadsheet the first of this September,
# "1e5" is 100000, "0042" is 42 and "4/5/26" depends on where it was bought.
_OF_DATES_AND_NUMBERS = re.compile(
    r"jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?"
    r"|(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?|[ap]m?|[etz]",
    re.IGNORECASE,
)


@in_format(Format.TEXT)
@of_newest
def items_csv(request: HttpRequest, reading: RoadmapReading) -> LazyResponse:
    filters = read_filters(request.GET, reading.published, reading.now, besides=reading.besides, is_strict=True)
    addresses = replace(reading.addresses, site=site_of(request))
    # RFC 4180, section 3: that there is a first line of names is said in the type.
    answer = LazyResponse(
        lambda: _written(addresses, reading, filters),
        content_type="text/csv; charset=utf-8; header=present",
        changes_daily=True,  # whether a date has passed
    )
    name = f"{reading.edition.roadmap_slug}-items-edition-{reading.edition.number}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _written(addresses: Addresses, reading: RoadmapReading, filters: Filters) -> str:
    written: WrittenItems[str] = written_items("csv", addresses.site, reading.edition.roadmap_slug)
    lines = (
        # Of all roadmaps, the columns change with each of them.
        written.of(item.content.uid, basis_of(item, reading), partial(_line_of, item, reading, addresses))
        if reading.around
        else _line_of(item, reading, addresses)
        for item in filters.items(reading.published)
    )
    return "".join([BYTE_ORDER_MARK, line([*_names(reading)]), *lines])


def _line_of(item: PlacedItem, reading: RoadmapReading, addresses: Addresses) -> str:
    return line(_row(item, reading, addresses))


def line(cells: Iterable[Cell]) -> str:
    return ",".join(map(_quoted, cells)) + "\r\n"


def _quoted(cell: Cell) -> str:
    """A comma or semicolon in it begins no other, whichever a spreadsheet splits at.

    An empty one stands bare: in quotes, polars and PostgreSQL take it for a text, and its column of dates for texts.
    """
    text = safe(cell) if isinstance(cell, str) else str(cell)
    return '"{}"'.format(text.replace('"', '""')) if text else ""


def rows(addresses: Addresses, reading: RoadmapReading, filters: Filters) -> Iterator[list[Cell]]:
    """The table: its first row has the names of columns."""
    yield [*_names(reading)]
    for item in filters.items(reading.published):
        yield [*_row(item, reading, addresses)]


def _names(reading: RoadmapReading) -> Iterator[str]:
    names = [field.csv for field in _FIELDS]
    names.insert(_FIELDS.index(TITLE) + 1, "Stage")
    if reading.around is None:
        names.insert(0, "Roadmap")
    for environment in Environment:
        label = reading.roadmap.labels[environment]
        names += [label, f"{label} from", f"{label} to", f"{label} deployed", f"{label} date has passed"]
    names += [column.name for column in reading.roadmap.fields]
    return _unlike([*names, *(field.csv for field in _LONG), "Address"])


def _unlike(names: list[str]) -> Iterator[str]:
    """Two columns of one name would be one to a program that reads them by it."""
    seen: set[str] = set()
    for name in names:
        number, unlike = 2, name
        while unlike in seen:
            unlike, number = f"{name} ({number})", number + 1
        seen.add(unlike)
        yield unlike


def _row(item: PlacedItem, reading: RoadmapReading, addresses: Addresses) -> Iterator[Cell]:
    content, own = item.content, reading.of(item)
    if reading.around is None:
        yield reading.name_of(own)
    for field in _FIELDS:
        if isinstance(field.shape, ReleaseLink):
            yield item.release.title if item.release else ""
        else:
            yield field.shape.cell(field.of(content))
        if field is TITLE:
            yield item.stage_label
    for environment in Environment:
        yield from _dates(item, environment, reading.current_day)
    values = {field.key: field.value for field in content.fields}
    for column in reading.roadmap.fields:
        yield values.get(column.key, "")
    for field in _LONG:
        yield plain_text(field.of(content))
    yield f"{addresses.site}{own.addresses.item(content.reference)}"


def _dates(item: PlacedItem, environment: Environment, today: date) -> Iterator[Cell]:
    when = item.due(environment)
    yield when.text if when else ""
    yield (when and when.start) or ""
    yield (when and when.end) or ""
    is_told = when is not None and not when.is_not_applicable
    yield "Yes" if item.is_deployed(environment) else "No" if is_told else ""
    yield "Yes" if item.is_overdue(environment, today) else "No" if is_told else ""


def one_kind_of_line_end(text: str) -> str:
    return printable(text).replace("\r\n", "\n").replace("\r", "\n")


def safe(text: str) -> str:
    """The text as a cell that is neither a formula (OWASP, "CSV Injection") nor taken for a date or a number.

    What may stand before the sign of a formula, unseen, does not hide it; nor does another width of the sign.
    """
    kept = one_kind_of_line_end(text)
    first = next((character for character in kept if not _is_unseen(character)), "")
    is_formula = unicodedata.normalize("NFKC", first)[:1] in ("=", "+", "-", "@", "\u2212")
    if is_formula or kept[:1] in ("\t", "\n"):
        return f"'{kept}"
    return f"{kept}\t" if _is_taken_for_another(kept) else kept


def _is_unseen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] in "CZ"


def _is_taken_for_another(text: str) -> bool:
    if not any(character.isdigit() for character in text):
        return text.strip().lower() in ("true", "false")
    return all(_OF_DATES_AND_NUMBERS.fullmatch(word) for word in _WORD.findall(text))
