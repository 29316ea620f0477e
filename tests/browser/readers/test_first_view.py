"""A reader's first view: what a browser fetches for it, and what its first screen says, on a laptop and on a phone."""

import pytest
from playwright.sync_api import Page

from tests import live
from tests.browser.page_kinds import PAGE_KINDS
from tests.cases import each_case

pytestmark = pytest.mark.browser

# Bytes over the wire, headers too, of all that a page needs.
MOST = {"home": 14_600, "items-many": 20_480}
SCREENS = {"laptop": (1280, 800), "phone": (360, 740)}
# The sample's: what it is, when it last changed and what, what is next with its date, what can be tested, whom to ask.
ANSWERS = (
    "What you can use now for VAT",
    "Last updated 24 March 2026",
    "v1.0, corrected",
    "Planned (5): dates have passed",
    "Change business and bank details",
    "18 October 2018 to February 2019",
    "You can test now: in sandbox (6)",
    "Submit a correction",
    "Ask about this roadmap",
)


@each_case("kind, most", MOST.items())
def test_what_a_browser_fetches_is_small(page: Page, reading_site: live.LiveSite, kind: str, most: int) -> None:
    fetched: dict[str, float] = {}
    names: dict[str, str] = {}
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.requestWillBeSent", lambda told: names.update({told["requestId"]: told["request"]["url"]}))
    wire.on("Network.loadingFinished", lambda told: fetched.update({told["requestId"]: told["encodedDataLength"]}))
    page.goto(reading_site.url + PAGE_KINDS[kind], wait_until="networkidle")
    sizes = {names[key]: size for key, size in fetched.items() if "favicon" not in names[key]}
    assert len(sizes) > 1
    assert sum(sizes.values()) <= most, sizes


@pytest.mark.parametrize("screen", SCREENS)
def test_home_answers_in_the_first_screen(page: Page, reading_site: live.LiveSite, screen: str) -> None:
    width, height = SCREENS[screen]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(reading_site.url + PAGE_KINDS["home"])
    answers = {answer: page.locator("main").get_by_text(answer).filter(visible=True).first for answer in ANSWERS}
    boxes = {answer: found.bounding_box() for answer, found in answers.items() if found.count()}
    ends = {answer: box["y"] + box["height"] for answer, box in boxes.items() if box}
    assert [(answer, ends.get(answer)) for answer in ANSWERS if ends.get(answer, height + 1) > height] == []
