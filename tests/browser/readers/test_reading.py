"""The public pages in a real browser: without barriers (axe: WCAG 2.2 AA), at 320 pixels, without script, in print."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests import live
from tests.browser.barriers import OF_COLOURS, barriers
from tests.browser.page_kinds import LOOKS, PAGE_KINDS
from tests.cases import each_case

pytestmark = pytest.mark.browser

each_page = each_case("path", PAGE_KINDS.values(), ids=PAGE_KINDS)


@pytest.fixture
def site(reading_site: live.LiveSite) -> live.LiveSite:
    return reading_site


@pytest.mark.parametrize("width", [1280, 320])
@each_page
def test_a_page_has_no_barriers(page: Page, site: live.LiveSite, path: str, width: int) -> None:
    if (path, width) == (PAGE_KINDS["programs"], 1280):
        return  # as long as all others together, and the same on a phone
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(**LOOKS["light"])
    page.goto(site.url + path)
    found = {"light": barriers(page, best_practice=True)}
    for look in LOOKS.keys() - found.keys():
        page.emulate_media(**LOOKS[look])
        found[look] = barriers(page, rules=OF_COLOURS)
    assert found == {look: [] for look in LOOKS}


@pytest.mark.parametrize("width", [320, 700])
@each_page
def test_a_page_never_scrolls_sideways(page: Page, site: live.LiveSite, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") == page.evaluate(
        "document.documentElement.clientWidth"
    )


def test_a_wide_table_scrolls_in_its_own_place_by_keyboard(page: Page, site: live.LiveSite) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{site.url}/wide/pages/wide/")
    region = page.locator(".app-table-scroll")
    region.focus()
    page.keyboard.press("ArrowRight")
    # Not wait_for_function: asked again and again, it is eval, which the page's policy refuses.
    assert region.evaluate(
        "region => region.scrollLeft > 0 || new Promise(moved => region.addEventListener('scroll', () => moved(true)))"
    )


def test_the_first_tab_offers_to_skip_to_the_content(page: Page, site: live.LiveSite) -> None:
    page.goto(f"{site.url}/vat-mtd/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/vat-mtd/#main-content")


def test_everything_is_there_without_script(
    site: live.LiveSite, new_context: Callable[..., BrowserContext], page: Page
) -> None:
    without = new_context(java_script_enabled=False).new_page()
    for reader in (without, page):
        reader.set_viewport_size({"width": 320, "height": 800})
    without.goto(f"{site.url}/vat-mtd/")
    expect(without.get_by_role("navigation", name="Menu").get_by_role("link", name="Items")).to_be_visible()
    page.goto(f"{site.url}/vat-mtd/")
    assert without.locator("body").inner_text().split() == page.locator("body").inner_text().split()


def test_the_browser_complains_of_nothing(page: Page, site: live.LiveSite) -> None:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    for path in PAGE_KINDS.values():
        if page.goto(site.url + path).status == 200:  # type: ignore[union-attr]
            assert told == [], path
        told.clear()


def test_print_leaves_out_what_only_a_screen_needs(page: Page, site: live.LiveSite) -> None:
    page.goto(f"{site.url}/vat-mtd/")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Menu")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Breadcrumb")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_stages_are_beside_one_another_on_a_wide_screen_and_in_reading_order_on_a_phone(
    page: Page, site: live.LiveSite
) -> None:
    page.goto(f"{site.url}/vat-mtd/")

    def top(heading: str) -> float:
        box = page.get_by_role("heading", name=heading).first.bounding_box()
        assert box is not None
        return box["y"]

    page.set_viewport_size({"width": 1280, "height": 800})
    assert top("Planned (") == top("You can test now") == top("Live (")
    assert top("Ask about this roadmap") < top("Planned (")
    page.set_viewport_size({"width": 375, "height": 800})
    assert top("Planned (") < top("You can test now") < top("Live (") < top("Ask about this roadmap")
