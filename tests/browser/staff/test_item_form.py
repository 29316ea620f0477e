"""An item's form by keyboard and at a glance, and a list's rows on one screen: counted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import live
from tests.browser.signing_in import sign_in

pytestmark = pytest.mark.browser

MOST_TO_DATE, MOST_TO_SAVE = 15, 25  # presses of Tab and Enter, from the top of the page
MOST_WITHOUT_SKIPS = 15  # from the main part to the sandbox date

MAKE = """
from tests import make
roadmap = make.roadmap(title="VAT roadmap", slug="vat", reference_prefix="VAT")
apis = tuple((make.api(name=f"VAT API {number}"), "1.0") for number in range(8))
release = make.release(roadmap, title="June 2026")
years = make.field(roadmap, name="Tax years")
for number in range(40):
    make.item(roadmap, title=f"Retrieve and amend obligations of the kind {number}", kind="api", live="Q3 2026",
        controlled_go_live="May 2026", apis=apis, values={years: "2026"}, release=release)
"""


@pytest.fixture(scope="module")
def site(_prepared_site: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.LiveSite]:
    prepared = live.prepare_more(_prepared_site[0], tmp_path_factory.mktemp("prepared-item-form"), MAKE)
    with live.serving(prepared, tmp_path_factory.mktemp("item-form"), _prepared_site[1]) as site:
        yield site


@pytest.fixture
def form(page: Page, site: live.LiveSite) -> Page:
    """The form of an item with eight APIs, just opened."""
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, site)
    page.goto(f"{site.url}/admin/roadmap/item/1/change/")
    return page


def has_focus(target: Locator) -> bool:
    return bool(target.evaluate("element => element === document.activeElement"))


def tab_to(page: Page, target: Locator, most: int) -> int:
    for pressed in range(1, most + 1):
        page.keyboard.press("Tab")
        if has_focus(target):
            return pressed
    raise AssertionError(f"{target} is not reached by {most} Tabs")


def test_from_the_top_to_the_sandbox_date_to_save(form: Page) -> None:
    sandbox = form.get_by_role("textbox", name="Sandbox date")
    pressed = tab_to(form, form.get_by_role("link", name="Skip to the dates"), MOST_TO_DATE) + 1
    form.keyboard.press("Enter")
    pressed += tab_to(form, sandbox, MOST_TO_DATE)
    print(f"to the sandbox date: {pressed} presses")
    assert pressed <= MOST_TO_DATE
    form.keyboard.type("1 March 2026")
    pressed += tab_to(form, form.get_by_role("link", name="Skip to Save"), MOST_TO_SAVE) + 1
    form.keyboard.press("Enter")
    save = form.get_by_role("button", name="Save", exact=True)
    pressed += tab_to(form, save, MOST_TO_SAVE)
    print(f"to Save: {pressed} presses")
    assert pressed <= MOST_TO_SAVE
    form.keyboard.press("Enter")
    expect(form.locator(".messagelist")).to_contain_text("is saved")
    expect(form.locator("tr", has=form.get_by_role("link", name="VAT-1", exact=True))).to_contain_text("1 March 2026")


def test_the_main_part_leads_to_the_dates_without_another_skip(form: Page) -> None:
    form.keyboard.press("Tab")
    expect(form.get_by_role("link", name="Skip to main content")).to_be_focused()
    form.keyboard.press("Enter")
    pressed = tab_to(form, form.get_by_role("textbox", name="Sandbox date"), MOST_WITHOUT_SKIPS)
    print(f"from the main part to the sandbox date: {pressed} Tabs")


def test_save_is_at_hand_and_the_dates_are_on_the_first_screen(form: Page) -> None:
    expect(form.get_by_role("button", name="Save", exact=True)).to_be_in_viewport(ratio=1)
    for label in ("Title:", "Sandbox date", "Controlled go-live date", "Live date"):
        expect(form.get_by_role("textbox", name=label, exact=True)).to_be_in_viewport(ratio=1)
    what, when = form.get_by_role("heading", name="What"), form.get_by_role("heading", name="When")
    left, right = what.bounding_box(), when.bounding_box()
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"]  # side by side


def test_another_api_is_added_to_the_form_and_saved(form: Page) -> None:
    form.get_by_role("button", name="Add another", exact=True).click()
    form.locator("#id_item_apis-9-api").select_option("VAT API 0")
    form.locator("#id_item_apis-9-version").fill("9.9")
    expect(form.locator("#item_apis-9").get_by_label("Version")).to_have_value("9.9")
    form.get_by_role("button", name="Save and continue editing").click()
    expect(form.locator("#id_item_apis-8-version")).to_have_value("9.9")


def test_a_list_shows_25_rows_on_a_screen(form: Page, site: live.LiveSite) -> None:
    form.goto(f"{site.url}/admin/roadmap/item/?roadmap__id__exact=1")
    rows = form.locator("#result_list tbody tr")
    expect(rows).to_have_count(40)
    expect(rows.nth(24)).to_be_in_viewport(ratio=1)
    assert form.evaluate("scrollY") == 0


def test_the_last_of_many_is_made_the_first_with_a_number_and_enter(form: Page, site: live.LiveSite) -> None:
    form.goto(f"{site.url}/admin/roadmap/item/?roadmap__id__exact=1")
    form.get_by_role("link", name="Change the order").click()
    names = form.locator(".order__name")
    expect(names).to_have_count(40)
    last = names.last.inner_text()
    form.get_by_label("Place of").last.fill("1")
    with form.expect_navigation():
        form.keyboard.press("Enter")
    expect(names.first).to_have_text(last)
    expect(form.locator(".messagelist")).to_contain_text("Moved “")
    expect(form.get_by_label("Place of").first).to_be_focused()


def test_things_are_moved_by_keyboard_one_press_after_another(form: Page, site: live.LiveSite) -> None:
    form.goto(f"{site.url}/admin/roadmap/item/?roadmap__id__exact=1")
    form.get_by_role("link", name="Change the order").click()
    names = form.locator(".order__name")
    last = names.last.inner_text()
    form.get_by_role("button", name="Move up").last.focus()
    for place in (38, 37, 36):
        with form.expect_navigation():
            form.keyboard.press("Enter")
        expect(names.nth(place)).to_have_text(last)
        expect(form.locator(".order__moved").get_by_role("button", name="Move up")).to_be_focused()
