"""Filters in a real browser: folded on a phone and open beside the list where there is room, without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests import live
from tests.browser.barriers import barriers
from tests.cases import each_case

pytestmark = pytest.mark.browser

PATHS = {
    "all": "/vat-mtd/items/",
    "some": "/vat-mtd/items/?stage=test&kind=api&q=returns&item=VAT-8&item=VAT-9",
    "none": "/vat-mtd/items/?q=zebra",
    "dated": "/vat-mtd/items/?environment=live&from=2018&to=next+year&overdue=yes&changed_since=last+month",
    "wrong": "/vat-mtd/items/?stage=soon&changed_since=soon&api=x&item=VAT-99&from=2027&to=2026",
    "wide": f"/wide/items/?q={'Obligations' * 12}",
    "wide and wrong": f"/wide/items/?api={'Obligations' * 12}&breaking=perhaps",
    "changes": "/vat-mtd/changes/?kind=api&since=0",
}
each_page = each_case("path", PATHS.values(), ids=PATHS)


@pytest.fixture
def site(reading_site: live.LiveSite) -> live.LiveSite:
    return reading_site


@pytest.mark.parametrize("width", [1280, 320])
@each_page
def test_a_selection_has_no_barriers_folded_or_open(page: Page, site: live.LiveSite, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.url + path)
    for _ in range(2):
        assert barriers(page, best_practice=True) == []
        if width == 320:
            page.locator("summary", has_text="Filter").click()


@pytest.mark.parametrize("width", [320, 700, 1000])
@each_page
def test_a_selection_never_scrolls_sideways(page: Page, site: live.LiveSite, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.url + path)
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth") == page.evaluate(
            "document.documentElement.clientWidth"
        )
        if width < 769:
            page.locator("summary", has_text="Filter").click()


@pytest.fixture
def without_script(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(java_script_enabled=False).new_page()


def test_on_a_phone_they_are_folded_until_asked_for(without_script: Page, site: live.LiveSite) -> None:
    page = without_script
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"{site.url}/vat-mtd/items/")
    box = page.get_by_label("In sandbox (")
    expect(box).to_be_hidden()
    page.get_by_text("Filter items").locator("visible=true").click()
    page.locator("summary", has_text="Stage").click()
    expect(box).to_be_visible()
    box.check()
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("6 of 18 items")
    expect(page.get_by_label("In sandbox (")).to_be_hidden()
    page.get_by_role("link", name="Remove filter Stage: In sandbox").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("18 items")


def test_where_there_is_room_they_are_open_beside_the_list(without_script: Page, site: live.LiveSite) -> None:
    page = without_script
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site.url}/vat-mtd/items/")
    expect(page.locator("summary", has_text="Stage")).to_be_visible()
    expect(page.locator("summary", has_text="Filter items")).to_be_hidden()
    beside = page.get_by_role("heading", name="Filter items").bounding_box()
    listed = page.get_by_role("navigation", name="Views").bounding_box()
    assert beside is not None
    assert listed is not None
    assert beside["x"] + beside["width"] <= listed["x"]
    assert abs(beside["y"] - listed["y"]) < 40


def test_they_are_chosen_and_applied_by_keyboard(page: Page, site: live.LiveSite) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site.url}/vat-mtd/items/")
    page.get_by_label("Search").focus()
    page.keyboard.press("Tab")
    expect(page.locator("summary", has_text="Stage")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Planned (")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/?*stage=test*")
    expect(page.get_by_label("In sandbox (")).to_be_checked()
    expect(page.get_by_role("heading", level=1)).to_have_text("6 of 18 items")


MOST_TABS = 12


@each_case(
    ("path", "wanted"),
    [
        ("/vat-mtd/items/", ".app-filtered__found a[href*='/items/VAT-']"),
        ("/vat-mtd/items/?stage=backlog&stage=test&stage=live&kind=api&from=2017", "a[href*='/items/VAT-']"),
        ("/vat-mtd/changes/?kind=api", "#since"),
    ],
)
def test_what_is_found_is_a_few_tabs_from_the_top(
    without_script: Page, site: live.LiveSite, path: str, wanted: str
) -> None:
    page = without_script
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(site.url + path)
    first = page.locator(wanted).first
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className").startswith("govuk-skip-link"):
            page.keyboard.press("Enter")
        if first.evaluate("element => element === document.activeElement"):
            break
    expect(first).to_be_focused()


def test_what_breaks_one_api_this_year_is_asked_without_script(without_script: Page, site: live.LiveSite) -> None:
    page = without_script
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site.url}/wide/items/")
    for part in ("API", "Breaking", "Dates"):
        page.locator("summary", has_text=part).click()
    page.get_by_label("Yes (").check()
    page.get_by_label("Business-").check()
    page.get_by_label("Live (").last.check()
    page.get_by_label("From").fill("1 January 2026")
    page.get_by_label("To", exact=True).fill("31 December 2026")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 2 items")
    page.get_by_label("To", exact=True).fill("31 December 2025")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_text("The last day must be the same as or after the first, 1 January 2026.")).to_have_count(2)
    page.get_by_role("link", name="The last day must be").click()
    expect(page.get_by_label("To", exact=True)).to_be_focused()


def test_a_problem_leads_to_its_field(page: Page, site: live.LiveSite) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"{site.url}/vat-mtd/items/?changed_since=soon&stage=soon")
    page.get_by_role("link", name="“soon” is not a date").click()
    expect(page.get_by_label("Changed since")).to_be_focused()
    expect(page.get_by_label("Changed since")).to_be_in_viewport()
    page.get_by_role("link", name="There is no stage").click()
    expect(page.get_by_label("Planned")).to_be_focused()


def test_print_has_the_list_and_what_was_chosen_and_no_form(page: Page, site: live.LiveSite) -> None:
    page.goto(f"{site.url}/vat-mtd/items/?stage=test")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Apply filters")).to_be_hidden()
    expect(page.get_by_text("Stage: In sandbox")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("6 of 18 items")
