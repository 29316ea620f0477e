"""The items of a roadmap as a table: comma-separated values (RFC 4180), for spreadsheets and programs.

With a byte order mark, because a spreadsheet takes UTF-8 for something else without one. A cell that a spreadsheet
would run as a formula, or a typed date that it would take for another, begins with an apostrophe, which
docs/how-to/follow-a-roadmap.md tells programs to take off.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpRequest

from roadmap.content.choices import Environment
from roadmap.content.fields import ITEM_FIELDS, TITLE
from roadmap.content.shapes import Prose, ReleaseLink, Rows
from roadmap.content.snapshot import PlacedItem
from roadmap.markdown import plain_text
from roadmap.published.filters import Filters, read_filters
from roadmap.web.addresses import Addresses
from roadmap.web.pages.reading import RoadmapReading, of_newest
from roadmap.web.problems import Format, in_format, printable
from roadmap.web.responses import LazyResponse, site_of

BYTE_ORDER_MARK = "\ufeff"
# What each field says in one cell; those of several, and long texts, stand apart.
_FIELDS = [field for field in ITEM_FIELDS if field.csv and not isinstance(field.shape, Rows | Prose)]
_LONG = [field for field in ITEM_FIELDS if field.csv and isinstance(field.shape, Prose)]

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
# Figures and the name of a month: "Mar 26" is to a spreadsheet the 26th of this year's March, "4/5/26" depends on where
# it was bought. Not "March 2026" and "14 April 2026", which it may show in another way but understands.
_LIKE_A_DATE = re.compile(rf"(?:[0-9\s./,\-]|{_MONTH})+", re.IGNORECASE)
_UNDERSTOOD = re.compile(rf"(?:[0-9]{{1,2}} )?{_MONTH} [0-9]{{4}}|[0-9]{{4}}(?:-[0-9]{{2}}-[0-9]{{2}})?", re.IGNORECASE)


@in_format(Format.TEXT)
@of_newest
def items_csv(request: HttpRequest, reading: RoadmapReading) -> LazyResponse:
    filters = read_filters(request.GET, reading.published, reading.now, is_strict=True)
    addresses = replace(reading.addresses, site=site_of(request))
    # RFC 4180, section 3: that there is a first line of names is said in the type.
    answer = LazyResponse(
        lambda: _written(addresses, reading, filters), content_type="text/csv; charset=utf-8; header=present"
    )
    name = f"{reading.edition.roadmap_slug}-items-edition-{reading.edition.number}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _written(addresses: Addresses, reading: RoadmapReading, filters: Filters) -> str:
    text = io.StringIO(newline="")
    # Every cell in quotes: a comma or semicolon in one begins no other, whichever a spreadsheet splits at.
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow(_names(reading))
    for item in filters.items(reading.published):
        table.writerow(_row(item, reading, addresses))
    return BYTE_ORDER_MARK + text.getvalue()


def _names(reading: RoadmapReading) -> list[str]:
    names = [field.csv for field in _FIELDS]
    names.insert(_FIELDS.index(TITLE) + 1, "Stage")
    for environment in Environment:
        label = reading.roadmap.labels[environment]
        names += [label, f"{label} from", f"{label} to", f"{label} deployed"]
    names += [column.name for column in reading.roadmap.fields]
    names += [*(field.csv for field in _LONG), "Address"]
    return [safe(name) for name in _unlike(names)]


def _unlike(names: list[str]) -> Iterator[str]:
    """Two columns of one name would be one to a program that reads them by it."""
    seen: set[str] = set()
    for name in names:
        number, unlike = 2, name
        while unlike in seen:
            unlike, number = f"{name} ({number})", number + 1
        seen.add(unlike)
        yield unlike


def _row(item: PlacedItem, reading: RoadmapReading, addresses: Addresses) -> Iterator[str]:
    content = item.content
    for field in _FIELDS:
        if isinstance(field.shape, ReleaseLink):
            yield safe(item.release.title if item.release else "")
        else:
            yield safe(field.shape.cell(field.of(content)))
        if field is TITLE:
            yield safe(item.stage_label)
    for environment in Environment:
        yield from _dates(item, environment)
    values = {field.key: field.value for field in content.fields}
    for column in reading.roadmap.fields:
        yield safe(values.get(column.key, ""))
    for field in _LONG:
        yield safe(plain_text(field.of(content)))
    yield addresses.item(content.reference)


def _dates(item: PlacedItem, environment: Environment) -> Iterator[str]:
    when = item.due(environment)
    yield typed(when.text) if when else ""
    yield when.start.isoformat() if when and when.start else ""
    yield when.end.isoformat() if when and when.end else ""
    yield "Yes" if item.is_deployed(environment) else "No" if when and not when.is_not_applicable else ""


def safe(text: str) -> str:
    """The text as a cell that is never a formula (OWASP, "CSV Injection"), nor breaks its line.

    What may stand before the sign, unseen, does not hide it; nor does another width of the sign.
    """
    kept = printable(text).replace("\r\n", "\n").replace("\r", "\n")
    first = next((character for character in kept if not _is_unseen(character)), "")
    is_formula = unicodedata.normalize("NFKC", first)[:1] in ("=", "+", "-", "@", "\u2212")
    return f"'{kept}" if is_formula or kept[:1] in ("\t", "\n") else kept


def _is_unseen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] in "CZ"


def typed(text: str) -> str:
    """A date as it was typed, so that a spreadsheet does not take it for another."""
    is_misread = _LIKE_A_DATE.fullmatch(text) and not _UNDERSTOOD.fullmatch(text)
    return f"'{text}" if is_misread else safe(text)
