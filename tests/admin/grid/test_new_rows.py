"""New rows of a table or of its file are added once, however often they are sent."""

import pytest

from roadmap.models import Field
from roadmap.working_copies.from_content import remove
from tests import make
from tests.admin.grid.grid_form import change, editor, fields, grid_url, messages, post, typed, words
from tests.admin.grid.test_spreadsheet import apply, download, saved, upload

pytestmark = pytest.mark.django_db

TWO_ROWS = {("new0", "title"): "First", ("new0", "date.live"): "June 2026", ("new1", "title"): "Second"}


def titles(roadmap):
    return sorted(roadmap.items.values_list("title", flat=True))


def test_a_form_that_is_sent_twice_adds_its_rows_once():
    roadmap, client = make.roadmap(reference_prefix="VAT"), editor()
    sent = typed(fields(client.get(grid_url(roadmap))), TWO_ROWS)
    post(client, grid_url(roadmap), sent)
    page = post(client, grid_url(roadmap), sent)  # a second click, or the page that was gone back to
    assert titles(roadmap) == ["First", "Second"]
    assert messages(page) == ["VAT-1 and VAT-2 were added when this form was sent before, and are not added again."]


def test_what_a_form_says_otherwise_when_it_is_sent_again_is_asked_about_and_nothing_is_lost():
    roadmap, client = make.roadmap(reference_prefix="VAT"), editor()
    url = grid_url(roadmap)
    sent = typed(fields(client.get(url)), TWO_ROWS)
    post(client, url, sent)
    remove(roadmap, [str(roadmap.items.get(title="Second").uid)])

    page = post(client, url, typed(sent, {("new0", "title"): "Third"}))  # typed into the page that was gone back to
    assert "it is VAT-1 now, which says otherwise. To add another item, save again." in words(page)
    assert "that item has been deleted since. To add it anew, save again." in words(page)
    assert titles(roadmap) == ["First"]
    assert fields(page)["new0.title"] == "Third"

    page = post(client, url, fields(page))
    assert "Added 2 items." in messages(page)[0]
    assert titles(roadmap) == ["First", "Second", "Third"]


def test_what_was_not_saved_of_a_form_is_not_taken_for_what_was():
    roadmap, client = make.roadmap(), editor()
    page = change(client, roadmap, {("new0", "title"): "First", ("new1", "date.live"): "June 2026"})
    assert titles(roadmap) == ["First"]
    post(client, grid_url(roadmap), typed(fields(page), {("new0", "title"): "Another", ("new1", "title"): "Second"}))
    assert titles(roadmap) == ["Another", "First", "Second"]


def test_the_same_row_in_two_tabs_is_asked_about_before_it_is_there_twice():
    roadmap, client = make.roadmap(reference_prefix="VAT"), editor()
    change(client, roadmap, TWO_ROWS)
    make.item(roadmap, title="Second", live="July 2027")  # the same title, and another item
    page = change(client, roadmap, {**TWO_ROWS, ("new1", "date.live"): "June 2027"})
    assert "VAT-1 says all of this already, so this was not added. To have it twice, save once more." in words(page)
    assert "Added 1 item." in messages(page)[0]
    assert titles(roadmap) == ["First", "Second", "Second", "Second"]

    page = post(client, grid_url(roadmap), fields(page))
    assert "Added 1 item." in messages(page)[0]
    assert titles(roadmap) == ["First", "First", "Second", "Second", "Second"]


def test_a_new_column_that_is_sent_twice_is_made_once():
    roadmap, client = make.roadmap(reference_prefix="VAT"), editor()
    url, item = grid_url(roadmap), make.item(roadmap, title="There")
    page = change(client, roadmap, {}, action="column", new_column="Tax years")
    sent = typed(fields(page), {(item, "new"): "2026", ("new0", "title"): "First", ("new0", "new"): "2027"})
    assert "Saved 1 item. Added 1 item. Added the column “Tax years”." in messages(post(client, url, sent))[0]
    page = post(client, url, sent)
    assert messages(page) == ["VAT-2 was added when this form was sent before, and is not added again."]
    assert (Field.objects.count(), titles(roadmap)) == (1, ["First", "There"])
    page = post(client, url, typed(sent, {(item, "new"): "2028"}))  # somebody else's column of that name
    assert "Another column of this roadmap has this name." in words(page)


def test_a_file_that_is_uploaded_twice_adds_its_rows_once():
    roadmap, client = make.roadmap(reference_prefix="VAT"), editor()
    book = download(client, roadmap)
    book["Items"].append([None, "First"])
    book["Items"].append([None, "Alike"])
    book["Items"].append([None, "Alike"])  # two new items of one title are two
    apply(client, roadmap, upload(client, roadmap, saved(book)))
    assert titles(roadmap) == ["Alike", "Alike", "First"]

    book["Items"].insert_rows(2)
    book["Items"].cell(2, 2).value = "Fourth"  # added above the others later
    plan = upload(client, roadmap, saved(book))
    assert "VAT-1, VAT-2 and VAT-3 were added when this file was sent before, and are not added again." in words(plan)
    assert "Apply: 1 item, 1 of them new" in words(plan)
    apply(client, roadmap, plan)
    assert titles(roadmap) == ["Alike", "Alike", "First", "Fourth"]


def test_a_row_that_was_added_from_a_file_is_changed_from_another_download_only():
    roadmap, client = make.roadmap(reference_prefix="VAT"), editor()
    book = download(client, roadmap)
    book["Items"].append([None, "First"])
    apply(client, roadmap, upload(client, roadmap, saved(book)))
    column = next(cell.column for cell in book["Items"][1] if cell.value == "Live date")
    book["Items"].cell(2, column).value = "June 2026"
    plan = upload(client, roadmap, saved(book))
    assert "This row was added from this file before: it is VAT-1 now, which says otherwise." in words(plan)

    other = download(client, roadmap)
    other["Items"].append([None, "First"])
    plan = upload(client, roadmap, saved(other))
    assert "“First” is a new item, and VAT-1 says all of the same already. Applied, it is there twice." in words(plan)
