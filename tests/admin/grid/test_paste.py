"""Cells of a spreadsheet pasted into a table without script: what fits is filled in, and saved later."""

import pytest

from roadmap.admin.grid.paste import cells_of
from tests import make
from tests.admin.grid.grid_form import cell, change, editor, fields, grid_url, messages, post, words
from tests.cases import each_case

pytestmark = pytest.mark.django_db


def paste(client, roadmap, text, column="title", row="", **cells):
    return change(client, roadmap, {}, action="paste", pasted=text, begin_column=column, begin_row=row, **cells)


def test_cells_are_read_as_a_spreadsheet_copies_them():
    assert cells_of('a\tb\r\n"two\nlines"\t"say ""yes"""\r\n\t\r\n') == [["a", "b"], ["two\nlines", 'say "yes"']]


def test_headings_and_references_find_each_cell():
    roadmap, client = make.roadmap(live_label="Production"), editor()
    make.api(name="VAT")
    make.api(name="Obligations")
    first, second = make.item(roadmap, title="First", live="TBC"), make.item(roadmap, title="Second")
    table = (
        "Production date\tReference\tProduction deployed\tAPIs\n"
        f'June 2026\t{second.reference.lower()}\tno\t"VAT 1.0\nObligations"\n'
        f"3 March 2026\t{first.reference}\tyes\tVAT\n"
        "July 2026\t\t\t\n"
    )
    page = paste(client, roadmap, table)
    assert "Filled in 3 rows of Production date, Production deployed and APIs: 6 cells differ" in words(page)
    sent = fields(page)
    assert sent[cell(second, "apis")] == "VAT 1.0; Obligations"
    assert (sent[cell(first, "date.live")], sent[cell(first, "deployed.live")]) == ("3 March 2026", "Yes")
    assert not second.milestones.exists()  # nothing is saved yet

    page = post(client, grid_url(roadmap), {**sent, cell("new0", "title"): "Third"})
    assert "Saved 2 items. Added 1 item." in messages(page)[0]
    assert [str(api) for api in second.item_apis.all()] == ["VAT 1.0", "Obligations"]
    assert first.milestones.get().is_deployed


def test_without_headings_it_begins_where_it_is_said_to():
    roadmap, client = make.roadmap(), editor()
    items = [make.item(roadmap, title=f"Item {number}") for number in range(3)]
    page = paste(client, roadmap, "May 2026\t\nJune 2026\tyes", "date.live", items[1].reference)
    sent = fields(page)
    assert [sent[cell(item, "date.live")] for item in items] == ["", "May 2026", "June 2026"]
    assert [cell(item, "deployed.live") in sent for item in items] == [False, False, True]


def test_what_was_typed_before_stays_and_others_are_not_overwritten():
    roadmap, client = make.roadmap(), editor()
    item, other = make.item(roadmap, title="One", live="TBC"), make.item(roadmap, title="Two", live="TBC")
    url = grid_url(roadmap)
    sent = fields(client.get(url)) | {cell(item, "title"): "Typed"}
    item.milestones.update(when="May 2026")  # somebody else, meanwhile
    page = post(client, url, sent, "paste", pasted="June 2026", begin_column="date.live", begin_row=other.reference)
    assert fields(page)[cell(item, "title")] == "Typed"
    assert "1 cell differs from what is saved, and is marked." in words(page)
    page = post(client, url, fields(page))
    assert page.status_code == 409  # the row of the item is refused: it is not as this form was opened with
    assert item.milestones.get().when == "May 2026"
    assert other.milestones.get().when == "June 2026"


REFUSED = [
    ("", "", "Nothing was pasted. Copy the cells of a spreadsheet, not a picture"),
    ("x\n" * 5000, "", "You pasted 5,000 rows, and 500 is the most"),
    ("x" * 1_000_001, "", "too long to paste"),
    ("a\tb\nc\td\ne\tf", "FIRST", "You pasted 3 rows, and there is 1 from"),
    ("a", "NO-1", "NO-1 is not in this table"),
    ("\t".join("abcdefghijklmnop"), "", "You pasted 16 columns"),
    ("Reference\tTitle\nOTHER-1\tx", "", "Not in this table: OTHER-1"),
    ("Reference\tTitle\nFIRST\tx\nFIRST\ty", "", "in what you pasted twice"),
    ("Reference\tTitle\tColour\nFIRST\tx\tred", "", "No column is called “Colour”"),
    ("Title\tTitle\tTitle\na\tb\tc", "", "Two of the headings are the same"),
    ("Reference\tTitle", "", "headings and nothing below them"),
    ("x\n" * 150, "", "150 of these rows are new items, and 100 can be added"),
]


@each_case("text, row, said", REFUSED)
def test_what_does_not_fit_is_refused_whole_and_kept(text, row, said):
    roadmap, client = make.roadmap(), editor()
    item = make.item(roadmap, title="Only")
    text, row = text.replace("FIRST", item.reference), row.replace("FIRST", item.reference)
    page = paste(client, roadmap, text, row=row, **{cell(item, "audiences"): "Typed"})
    assert said in words(page)
    sent = fields(page)
    assert sent["pasted"].replace("\r", "") == text
    assert (sent[cell(item, "title")], sent[cell(item, "audiences")]) == ("Only", "Typed")


def test_a_word_that_a_tick_cannot_show_is_said_at_once():
    roadmap, client = make.roadmap(), editor()
    item = make.item(roadmap, live="2025", deployed=("live",))
    page = paste(client, roadmap, "perhaps\tAPI", "deployed.live", item.reference)
    assert "Neither Yes nor No, and left out: “perhaps” for Live deployed." in words(page)
    assert fields(page)[cell(item, "deployed.live")] == "Yes"
