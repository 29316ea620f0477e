"""The same table as a workbook of Excel (ISO/IEC 29500), for people: every text as it is, and dates that are dates."""

import io
from dataclasses import replace

from django.http import HttpRequest

from roadmap.published.filters import Filters, read_filters
from roadmap.web.addresses import Addresses
from roadmap.web.feeds.items_csv import one_kind_of_line_end, rows
from roadmap.web.pages.reading import RoadmapReading, of_newest
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import LazyResponse, site_of

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 32_767  # characters in a cell
WIDTH = 18  # of a column, in figures


@in_format(Format.TEXT)
@of_newest
def items_xlsx(request: HttpRequest, reading: RoadmapReading) -> LazyResponse:
    filters = read_filters(request.GET, reading.published, reading.now, besides=reading.besides, is_strict=True)
    addresses = replace(reading.addresses, site=site_of(request))
    answer = LazyResponse(lambda: _written(addresses, reading, filters), content_type=MEDIA_TYPE, changes_daily=True)
    name = f"{reading.edition.roadmap_slug}-items-edition-{reading.edition.number}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _written(addresses: Addresses, reading: RoadmapReading, filters: Filters) -> bytes:
    from xlsxwriter import Workbook  # two megabytes, for what few ask for

    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        # The Edition's own time, not the clock's: of one Edition the bytes are always the same.
        book.set_properties({"title": reading.title, "created": reading.edition.published_at.replace(tzinfo=None)})
        heading, day = book.add_format({"bold": True}), book.add_format({"num_format": "d mmmm yyyy", "align": "left"})
        text = book.add_format({"num_format": "@"})  # stays a text also when somebody edits it
        sheet = book.add_worksheet("Items")
        table = [*rows(addresses, reading, filters)]
        sheet.set_column(0, len(table[0]) - 1, WIDTH)
        sheet.freeze_panes(1, 2)
        for number, row in enumerate(table):
            for column, cell in enumerate(row):
                if not isinstance(cell, str):
                    sheet.write_datetime(number, column, cell, day)
                elif cell:
                    kept = one_kind_of_line_end(cell)[:MOST]
                    sheet.write_string(number, column, kept, text if number else heading)
    return content.getvalue()
