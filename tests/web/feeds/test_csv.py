"""The table of items: roadmap/web/feeds/items_csv.py."""

import pytest

from roadmap.web.feeds.items_csv import safe
from tests import make
from tests.cases import each_case
from tests.web.feeds import received

pytestmark = pytest.mark.django_db


def test_each_item_is_a_row_with_everything_that_it_says(client):
    roadmap = make.roadmap(slug="one", reference_prefix="ONE", live_label="Production")
    summer = make.release(roadmap, title="Summer", when="from June 2026")
    years = make.field(roadmap, name="Tax years")
    make.item(
        roadmap,
        title="Submit, or “send”",
        description="# What\n\nSends **one** return.\n\nThen [waits](https://example.org).",
        journey="Payments",
        kind="api",
        audiences="Businesses, Agents",
        apis=((make.api(name="VAT (MTD)"), "1.0"), (make.api(name="Business details"), "2.0")),
        is_breaking=True,
        release=summer,
        test="Q3 2026",
        deployed=("test",),
        controlled_go_live="TBC",
        values={years: "26-27"},
    )
    make.edition(roadmap, at=make.at("2026-01-05"))
    (row,) = received.table(client, "/one/items.csv")
    assert row == {
        "Reference": "ONE-1",
        "Title": "Submit, or “send”",
        "Stage": "In sandbox",
        "Journey": "Payments",
        "Kind": "API",
        "Audiences": "Businesses; Agents",
        "APIs": "VAT (MTD) 1.0; Business details 2.0",
        "Breaking": "Yes",
        "Release": "Summer",
        "Sandbox": "Q3 2026",
        "Sandbox from": "2026-07-01",
        "Sandbox to": "2026-09-30",
        "Sandbox deployed": "Yes",
        "Sandbox date has passed": "No",
        "Controlled go-live": "TBC",
        "Controlled go-live from": "",
        "Controlled go-live to": "",
        "Controlled go-live deployed": "No",
        "Controlled go-live date has passed": "No",
        "Production": "from June 2026",
        "Production from": "2026-06-01",
        "Production to": "",
        "Production deployed": "No",
        "Production date has passed": "No",
        "Tax years": "26-27",
        "Description": "What Sends one return. Then waits.",
        "Address": "http://testserver/one/items/ONE-1/",
    }


def test_a_planned_day_that_has_passed_is_said(client, clock):
    roadmap = make.roadmap(slug="one")
    make.item(roadmap, test="March 2026", controlled_go_live="N/A", live="by March 2026", deployed=("test",))
    make.edition(roadmap, at=make.at("2026-01-05"))
    clock(make.at("2026-04-01"))
    (row,) = received.table(client, "/one/items.csv")
    passed = {name: value for name, value in row.items() if name.endswith("date has passed")}
    assert [*passed.values()] == ["No", "", "Yes"]


def test_rows_come_in_the_order_of_the_page_and_only_those_selected(client):
    roadmap = make.roadmap(slug="one", reference_prefix="ONE")
    for position, (title, kind) in enumerate([("Second", "api"), ("First", "guide"), ("Third", "api")]):
        make.item(roadmap, title=title, kind=kind, position=[2, 1, 3][position])
    make.edition(roadmap, at=make.at("2026-01-05"))
    assert [one["Title"] for one in received.table(client, "/one/items.csv")] == ["First", "Second", "Third"]
    assert [one["Title"] for one in received.table(client, "/one/items.csv?kind=api")] == ["Second", "Third"]


def test_it_is_a_file_with_a_name_a_mark_and_the_standards_ends_of_lines(client):
    received.one_item(title="Ünïcödé")
    answer = client.get("/one/items.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer["Content-Disposition"] == 'attachment; filename="one-items-edition-1.csv"'
    assert answer.content.startswith(b'\xef\xbb\xbf"Reference","Title",')
    lines = answer.content.split(b"\r\n")
    assert len(lines) == 3
    assert lines[-1] == b""
    assert b"\n" not in b"".join(lines)


def test_columns_of_one_name_are_told_apart(client):
    roadmap = make.roadmap(slug="one")
    title, stage = make.field(roadmap, name="Title"), make.field(roadmap, name="=Stage")
    make.item(roadmap, title="Thing", values={title: "Sir", stage: "Two"})
    make.edition(roadmap, at=make.at("2026-01-05"))
    (row,) = received.table(client, "/one/items.csv")
    assert (row["Title"], row["Title (2)"], row["'=Stage"]) == ("Thing", "Sir", "Two")


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n1", " =1", "\u00a0=1", "\ufeff=1", "\u200f=1", "\x7f=1"]
FORMULAS += ["＝1", "＋1", "－1", "＠x", "−1", "﹦1"]


@each_case("text", FORMULAS)
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(text):
    assert safe(text)[0] == "'"


@each_case("text", ["", "x = 1", "a@b.example", "VAT-12", "“=a”", "(-a)", "🙂 =a", "\ufffd=a"])
def test_what_it_would_not_run_is_left_alone(text):
    assert safe(text) == text


READ_OTHERWISE = [
    "Mar 26",
    "March 2026",
    "14 April 2026",
    "Monday 1 June 2026",
    "4/5/26",
    "3.4.2026",
    "SEP-1",
    "may-12",
]
READ_OTHERWISE += [
    "0042",
    "1-2",
    "1.10",
    "12345678901234567890",
    "2027",
    "1e5",
    "(5)",
    "5%",
    "£5",
    "1/2",
    "12:30",
    "10 pm",
]
READ_OTHERWISE += ["2026-01-01T10:00", "2026-03-24", "TRUE", "false", "26-27"]


@each_case("text", READ_OTHERWISE)
def test_what_a_spreadsheet_would_take_for_a_date_or_a_number_ends_in_a_tab(text):
    assert safe(text) == f"{text}\t"


@each_case(
    "text", ["VAT-1", "Q3 2026", "TBC", "April 2027 (TBC)", "N/A", "by May 2027", "May", "Mark 2", "v1.0", "True story"]
)
def test_what_it_would_take_for_nothing_else_is_as_it_was_typed(text):
    assert safe(text) == text


def test_only_an_empty_cell_is_without_quotes(client):
    received.one_item(title='Say "no"', live="TBC")
    line = received.body(client, "/one/items.csv").decode().split("\r\n")[1]
    assert line.startswith('"ONE-1","Say ""no""","Planned",,,,,,,,,,,,,,,,,"TBC",,,"No","No",,"http')
