"""The spreadsheet of items: roadmap/web/feeds/items_xlsx.py."""

import io

import openpyxl
import pytest

from tests import make
from tests.web.feeds import received

pytestmark = pytest.mark.django_db


def row_of(client, url):
    names, row = received.sheet(client, url)
    return dict(zip(names, row, strict=True))


def test_it_says_what_the_csv_says_with_dates_as_dates_and_texts_as_they_are(client):
    roadmap = make.roadmap(slug="one", reference_prefix="SEP")
    columns = [make.field(roadmap, name=name) for name in ("Code", "=Years", "Title")]
    values = dict(zip(columns, ("0042", "=1+1", "1.10"), strict=True))
    make.item(roadmap, title="Thing", description="**One**\r\ntwo", test="Feb 2023", live="from 2027", values=values)
    make.edition(roadmap, at=make.at("2026-01-05"))
    row = row_of(client, "/one/items.xlsx")
    assert {name: row[name] for name in ("Reference", "Sandbox", "Code", "=Years", "Title (2)", "Description")} == {
        "Reference": "SEP-1",
        "Sandbox": "Feb 2023",
        "Code": "0042",
        "=Years": "=1+1",
        "Title (2)": "1.10",
        "Description": "One two",
    }
    days = [row[name] for name in ("Sandbox from", "Sandbox to", "Live from", "Live to")]
    assert [day and day.date().isoformat() for day in days] == ["2023-02-01", "2023-02-28", "2027-01-01", None]
    (in_csv,) = received.table(client, "/one/items.csv")
    assert [name.lstrip("'") for name in in_csv] == [*row]


def test_nothing_in_it_is_a_formula_or_a_link(client):
    received.one_item(title="=HYPERLINK(1)", description="https://example.org", journey="{=1}", audiences="+1, -1, @x")
    book = openpyxl.load_workbook(io.BytesIO(received.body(client, "/one/items.xlsx")))
    cells = [cell for row in book["Items"].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells[-3:]} == {"@"}
    assert not any(cell.hyperlink for cell in cells)


def test_it_has_the_items_that_are_selected_and_a_name(client):
    roadmap = received.one_item(kind="api")
    make.item(roadmap, title="Other", kind="guide")
    make.edition(roadmap, at=make.at("2026-01-06"))
    assert [row[1] for row in received.sheet(client, "/one/items.xlsx?kind=guide")] == ["Title", "Other"]
    answer = client.get("/one/items.xlsx")
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer["Content-Disposition"] == 'attachment; filename="one-items-edition-2.xlsx"'


def test_what_a_cell_cannot_hold_is_replaced_or_cut_and_the_rest_is_there(client):
    received.one_item(title="a\x07b", description="x" * 40_000)
    row = row_of(client, "/one/items.xlsx")
    assert row["Title"] == "a\ufffdb"
    assert len(row["Description"]) == 32_767
