"""The three views of items in a real browser: without barriers, at 320 pixels, by keyboard, without a complaint."""

from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests import live
from tests.browser.barriers import barriers
from tests.cases import each_case

pytestmark = pytest.mark.browser

PATHS = {
    "table": "/vat-mtd/items/?view=table&sort=-live",
    "timeline": "/vat-mtd/items/?view=timeline",
    "wide list": "/wide/items/",
    "wide table": "/wide/items/?view=table",
    "wide timeline": "/wide/items/?view=timeline",
    "wide lanes": "/wide/items/?view=timeline&lanes=api",
    "all": "/items/?roadmap=wide&roadmap=many",
    "all table": "/items/?view=table",
    "all timeline": "/items/?view=timeline",
    "all lanes": "/items/?view=timeline&lanes=api&roadmap=vat-mtd",
    "nothing": "/nothing-yet/items/?view=timeline&lanes=api",
    "contradictory": "/items/?stage=test&stage=live&from=2027&to=2028&overdue=yes&api=no-such&roadmap=many&q=W",
    "thousands long": f"/items/?q={'W' * 1900}",
    "no such view": "/vat-mtd/items/?view=board&sort=colour&page=two",
    "no such page": "/vat-mtd/items/?page=999",
}
each_page = each_case("path", PATHS.values(), ids=PATHS)


@pytest.fixture
def site(reading_site: live.LiveSite) -> live.LiveSite:
    return reading_site


@pytest.mark.parametrize("width", [1280, 320])
@each_page
def test_a_view_has_no_barriers(page: Page, site: live.LiveSite, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.url + path)
    assert barriers(page, best_practice=True) == []


@pytest.mark.parametrize("width", [320, 700])
@each_page
def test_a_view_never_scrolls_the_page_sideways(page: Page, site: live.LiveSite, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") == page.evaluate(
        "document.documentElement.clientWidth"
    )


def test_the_browser_complains_of_nothing(page: Page, site: live.LiveSite) -> None:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    for path in PATHS.values():
        if page.goto(site.url + path).status == 200:  # type: ignore[union-attr]
            assert told == [], path
        told.clear()


@each_case("view", ["Table of items", "Timeline of items"])
def test_what_is_wider_than_the_screen_scrolls_in_its_own_place_by_keyboard(
    page: Page, site: live.LiveSite, view: str
) -> None:
    page.set_viewport_size({"width": 700, "height": 800})
    page.goto(f"{site.url}/wide/items/?view={view.split()[0].lower()}")
    region = page.get_by_role("region", name=view)
    region.focus()
    page.keyboard.press("ArrowRight")
    # Not wait_for_function: asked again and again, it is eval, which the page's policy refuses.
    assert region.evaluate(
        "region => region.scrollLeft > 0 || new Promise(moved => region.addEventListener('scroll', () => moved(true)))"
    )


def test_a_phone_has_each_row_below_its_title_and_a_screen_reader_the_table(page: Page, site: live.LiveSite) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{site.url}/vat-mtd/items/?view=table&sort=live")
    row = page.get_by_role("table", name="Items").get_by_role("row").nth(1)
    title, cell = row.get_by_role("rowheader"), row.get_by_role("cell").first
    above, below = title.bounding_box(), cell.bounding_box()
    assert above is not None
    assert below is not None
    assert above["x"] == below["x"]
    assert above["y"] + above["height"] <= below["y"]
    heading = page.get_by_role("columnheader", name="Sort by Live", exact=True)
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(heading).to_be_visible()
    heading.get_by_role("link").click()
    page.wait_for_url("**/items/?view=table&sort=-live")
    expect(page.get_by_role("columnheader", name="Sort by Live", exact=True)).to_have_attribute(
        "aria-sort", "descending"
    )


def test_a_timeline_is_read_as_a_table_and_its_titles_stay_while_it_moves(page: Page, site: live.LiveSite) -> None:
    page.set_viewport_size({"width": 320, "height": 2000})
    page.goto(f"{site.url}/vat-mtd/items/?view=timeline")
    row = page.get_by_role("table", name="The dates of each item").get_by_role("row").nth(1)
    title = row.get_by_role("rowheader").get_by_role("link")
    expect(row.get_by_role("cell")).to_contain_text("Live")
    before = title.bounding_box()
    page.get_by_role("region", name="Timeline of items").evaluate("region => { region.scrollLeft = 200 }")
    assert title.bounding_box() == before
    expect(title).to_be_in_viewport()
    expect(row.locator(".app-lane__words")).to_be_in_viewport(ratio=1)


@each_case("view", ["table", "timeline"])
def test_it_stays_a_table_for_a_screen_reader_whatever_a_phone_makes_of_it(
    page: Page, site: live.LiveSite, view: str
) -> None:
    """As Chromium itself tells assistive technology, and not as its tags would have it."""
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{site.url}/vat-mtd/items/?view={view}")
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    told = Counter(str(node["role"]["value"]) for node in nodes if not node["ignored"])
    rows = page.locator("tbody tr").count()
    assert told["table"] == 1
    assert (told["row"], told["rowheader"]) == (rows + 1, rows)
    assert told["columnheader"] == page.locator("thead th").count()
    assert told["cell"] == page.locator("tbody td:visible").count()


@each_case("lanes", ["item", "api"])
def test_no_word_is_broken_on_a_phone(page: Page, site: live.LiveSite, lanes: str) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{site.url}/vat-mtd/items/?view=timeline&lanes={lanes}")
    broken = page.locator(".app-timeline a").evaluate_all(
        """links => links.flatMap(link => {
            const text = link.firstChild, range = document.createRange()
            return [...text.data.matchAll(/\\S+/g)].filter(word => {
                range.setStart(text, word.index)
                range.setEnd(text, word.index + word[0].length)
                return new Set([...range.getClientRects()].map(box => box.top)).size > 1
            }).map(word => word[0])
        })"""
    )
    assert broken == []
    assert page.locator(".app-timeline a").count() > 5


def test_where_the_page_is_needed_whole_the_filters_are_folded(
    site: live.LiveSite, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{site.url}/vat-mtd/items/?view=table")
    box = page.get_by_label("In sandbox (")
    expect(box).to_be_hidden()
    page.locator("summary", has_text="Filter items").click()
    page.locator("summary", has_text="Stage").click()
    box.check()
    page.get_by_role("button", name="Apply filters").click()
    page.wait_for_url("**/items/?view=table*stage=test*")
    page.get_by_role("link", name="Timeline", exact=True).click()
    page.wait_for_url("**/items/?view=timeline&stage=test")
    expect(page.get_by_role("heading", level=1)).to_have_text("6 of 18 items")


def test_paper_has_the_whole_line(page: Page, site: live.LiveSite) -> None:
    page.set_viewport_size({"width": 700, "height": 900})
    page.goto(f"{site.url}/vat-mtd/items/?view=timeline")
    page.emulate_media(media="print")
    assert page.locator(".app-timeline").evaluate("table => table.scrollWidth <= document.documentElement.clientWidth")
    expect(page.get_by_role("navigation", name="Views")).to_be_hidden()
