"""Many items edited as a table in a real browser: pasting, keys, two people, a phone.

What a chore costs there is counted in test_editors_day.
"""

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests import live
from tests.browser.signing_in import sign_in
from tests.browser.staff.test_import import fits, is_without_barriers

pytestmark = pytest.mark.browser

MAKE = """
from tests import make
roadmap = make.roadmap(title="Parcels", slug="parcels", reference_prefix="PAR", live_label="Production")
june = make.release(roadmap, title="June 2026")
make.api(name="Parcel tax")
for number in range(12):
    make.item(roadmap, title=f"Thing {number + 1}", live="TBC", release=june)
"""
PASTE = """([name, text]) => {
    const cell = document.getElementsByName(name)[0];
    const data = new DataTransfer();
    if (text === null) data.items.add(new File(["x"], "cells.png", { type: "image/png" }));
    else data.setData("text/plain", text);
    cell.focus();
    cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def grid_folder(_prepared_site, tmp_path_factory):
    return live.prepare_more(_prepared_site[0], tmp_path_factory.mktemp("prepared-grid"), MAKE)


@pytest.fixture(scope="module")
def grid_site(grid_folder, _prepared_site, tmp_path_factory):
    with live.serving(grid_folder, tmp_path_factory.mktemp("grid"), _prepared_site[1]) as running:
        yield running


@pytest.fixture
def site(grid_site, grid_folder):
    grid_site.put_back(grid_folder)
    return grid_site


@pytest.fixture
def refused(page):
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    return said


@pytest.fixture
def signed_in(page, site, refused):
    sign_in(page, site)
    return page


def grid(site):
    return f"{site.url}/admin/roadmap/roadmap/1/grid/"


def cell(page, number, column):
    return page.get_by_label(f"PAR-{number}, {column}", exact=True)


def save(page):
    page.get_by_role("button", name="Save", exact=True).click()


def paste(page, place, text):
    page.evaluate(PASTE, [place.get_attribute("name"), text])


def test_what_is_copied_from_a_spreadsheet_fills_the_rows(signed_in, site, refused):
    page = signed_in
    page.goto(f"{site.url}/admin/roadmap/item/?roadmap__id__exact=1&q=thing")
    page.get_by_role("link", name="Edit as a table").click()
    page.wait_for_url("**/grid/**")
    paste(
        page,
        cell(page, 2, "Production date"),
        '3 March 2026\tyes\t"Parcel tax 1.0\nParcel tax 2.0"\nMay 2027\tno\tParcel tax',
    )
    expect(page.get_by_text("Filled in 2 rows. Nothing is saved yet")).to_be_visible()
    expect(cell(page, 2, "Production deployed")).to_be_checked()
    expect(cell(page, 2, "APIs")).to_have_value("Parcel tax 1.0; Parcel tax 2.0")
    expect(cell(page, 3, "Production deployed")).not_to_be_checked()

    new = page.get_by_label("New item 1, Title")
    paste(page, new, "\n".join(f"Added {number}\tJune 2026" for number in range(5)))
    expect(page.get_by_label("New item 5, Title")).to_have_value("Added 4")

    for text, said in (
        ("x\n" * 5000, "You pasted 5,000 rows, and 500 is the most at once."),
        (None, "You pasted a picture. Copy the cells themselves"),
        ("a\nb\nc\nd", "You pasted 4 rows, and there are 3 from here on."),
        ("\t".join("abcdefghijklmn"), "You pasted 14 columns"),
    ):
        paste(page, cell(page, 10, "Title"), text)
        expect(page.get_by_text(said)).to_be_visible()
        expect(cell(page, 10, "Title")).to_have_value("Thing 10")
    paste(page, cell(page, 10, "Breaking"), "perhaps\tapi")
    expect(page.get_by_text("Not understood, and left as it was: “perhaps” for PAR-10, Breaking")).to_be_visible()
    save(page)
    expect(page.get_by_text("Saved 3 items. Added 5 items.")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(cell(page, 17, "Title")).to_have_value("Added 4")
    assert refused == []


def test_keys_go_along_a_row_and_down_a_column(signed_in, site):
    page = signed_in
    page.goto(grid(site))
    cell(page, 1, "Production date").focus()
    for key, number, column in (
        ("Tab", 1, "Production deployed"),
        ("Shift+Tab", 1, "Production date"),
        ("Enter", 2, "Production date"),
        ("ArrowDown", 3, "Production date"),
        ("ArrowUp", 2, "Production date"),
        ("Shift+Enter", 1, "Production date"),
    ):
        page.keyboard.press(key)
        expect(cell(page, number, column)).to_be_focused()


def test_two_people_at_one_table(signed_in, site, new_context):
    page, other = signed_in, new_context().new_page()
    sign_in(other, site)
    for one in (page, other):
        one.goto(grid(site))
    cell(page, 1, "Production date").fill("May 2026")
    save(page)
    expect(page.get_by_text("Saved 1 item.")).to_be_visible()
    cell(other, 1, "Production date").fill("June 2026")
    cell(other, 2, "Production date").fill("July 2026")
    save(other)
    expect(other.get_by_text("Saved 1 item.")).to_be_visible()
    expect(other.get_by_text("1 row is not saved.")).to_be_visible()
    expect(cell(other, 1, "Production date")).to_have_value("June 2026")
    expect(other.get_by_text("Saved now: May 2026")).to_be_visible()
    save(other)
    expect(other.get_by_text("Saved 1 item.")).to_be_visible()
    expect(cell(other, 1, "Production date")).to_have_value("June 2026")


def test_a_lost_session_loses_no_cell(signed_in, site):
    page = signed_in
    page.goto(grid(site))
    cell(page, 4, "Production date").fill("August 2026")
    page.context.clear_cookies(name="sessionid")
    save(page)
    sign_in(page, site)
    page.goto(grid(site))
    expect(page.locator(".unsaved")).to_contain_text("PAR-4, Production date")
    page.get_by_role("button", name="Restore").click()
    expect(cell(page, 4, "Production date")).to_have_value("August 2026")
    save(page)
    expect(page.get_by_text("Saved 1 item.")).to_be_visible()
    page.goto(grid(site))
    expect(page.locator(".unsaved")).to_have_count(0)


def test_a_spreadsheet_goes_out_and_comes_back(signed_in, site, tmp_path, refused):
    page = signed_in
    page.goto(grid(site))
    with page.expect_download() as found:
        page.get_by_role("link", name="download these items").click()
    path = tmp_path / "items.xlsx"
    found.value.save_as(path)
    book = openpyxl.load_workbook(path)
    sheet = book["Items"]
    sheet.cell(2, [heading.value for heading in sheet[1]].index("Production date") + 1).value = "June 2026"
    book.save(path)
    page.get_by_role("link", name="upload the file").click()
    assert is_without_barriers(page, refused)
    page.get_by_label("Spreadsheet").set_input_files(path)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("row", name="Production date TBC June 2026")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    assert is_without_barriers(page, refused)
    assert fits(page)
    page.get_by_role("button", name="Apply: 1 item").click()
    expect(page.get_by_text("Changed 1 item.")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_a_phone_and_has_no_barriers(signed_in, site, refused, width):
    page = signed_in
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(grid(site))
    assert fits(page)
    assert is_without_barriers(page, refused)
    cell(page, 1, "Production date").fill("3/4")
    cell(page, 2, "Title").fill("")
    save(page)
    expect(page.get_by_text(re.compile("2 rows are not saved"))).to_be_visible()
    expect(cell(page, 1, "Production date")).to_have_accessible_description(re.compile("3/4"))
    assert fits(page)
    assert is_without_barriers(page, refused)
