"""110 changes after an import, reviewed in a real browser on one screen: by keyboard, on a phone, and left halfway."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import live
from tests.browser.barriers import barriers
from tests.browser.signing_in import give, sign_in
from tests.browser.soon import RELOADS

pytestmark = pytest.mark.browser

MOST_TABS, MOST_SCREENS = 25, 2
WIDTH, HEIGHT = 1280, 900

# 40 that are new, 26 with an API more, 20 whose dates moved, 12 reworded, 8 deployed, 4 withdrawn.
MANY = """
from roadmap.models import ItemApi, Milestone
from tests import make
roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT", asks_reasons=True)
release, api = make.release(roadmap, title="Near term"), make.api(name="VAT (MTD) API")
items = [make.item(roadmap, title=f"Item {n}", description=f"Text {n}.", live="June 2027") for n in range(70)]
make.edition(roadmap)
for n in range(40):
    make.item(roadmap, title=f"New {n}", release=release, live="July 2027", description="What is new. " * 20)
for item in items[:26]:
    ItemApi.objects.create(item=item, api=api, version="1.0")
for number, item in enumerate(items[26:46]):
    item.milestones.update(when=("September", "October", "November")[min(number // 9, 2)] + " 2027")
for item in items[46:58]:
    item.description = item.description + " And more of it."
    item.save()
for item in items[58:66]:
    item.milestones.update(when="June 2026", is_deployed=True)
for item in items[66:]:
    item.delete()
"""


@pytest.fixture(scope="module")
def site(_prepared_site: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.LiveSite]:
    prepared = live.prepare_more(_prepared_site[0], tmp_path_factory.mktemp("prepared-review"), MANY)
    with live.serving(prepared, tmp_path_factory.mktemp("review"), _prepared_site[1]) as site:
        yield site


@pytest.fixture
def review(page: Page, site: live.LiveSite) -> Page:
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    sign_in(page, site)
    page.goto(f"{site.url}/admin/roadmap/roadmap/1/publish/")
    return page


def is_focused(page: Page, name: str) -> bool:
    return bool(page.evaluate("name => document.activeElement?.textContent.trim() === name", name))


def tabs_to(page: Page, name: str) -> int:
    """From the top of the page, by the links that skip."""
    for pressed in range(1, 200):
        page.keyboard.press("Tab")
        if is_focused(page, name):
            return pressed
        if is_focused(page, "Skip to main content") or is_focused(page, "To Publish"):
            page.keyboard.press("Enter")
    raise AssertionError(f"{name} is not reached")


def has_no_barriers(page: Page) -> bool:
    assert barriers(page, within="#content-main") == []
    return True


def test_110_changes_are_one_screen_of_groups(review: Page) -> None:
    expect(review.get_by_role("heading", name="110 changes to publish")).to_be_visible()
    headings = review.locator(".review-group h2").all_inner_texts()
    assert headings == [
        "Withdrawn (4)",
        "Dates moved later or less certain (20)",
        "Deployed (8)",
        "New (40)",
        "Texts reworded (12)",
        "Other changes (26)",
    ]
    expect(review.get_by_role("button", name="Publish", exact=True)).to_be_in_viewport()
    assert review.evaluate("document.documentElement.scrollHeight") <= MOST_SCREENS * HEIGHT
    assert tabs_to(review, "Publish") <= MOST_TABS
    assert has_no_barriers(review)

    # Alike changes are one line, which opens to each of them.
    review.locator("summary", has_text="26 items: API added: VAT (MTD) API 1.0").click()
    expect(review.get_by_label("Publish “Item 25”")).to_be_visible()
    review.locator("summary", has_text="20 items").click()
    review.locator("summary", has_text="9 items: Live moved from June 2027 to September 2027").click()
    expect(review.get_by_label("Why it moves later (needed; readers see this beside the change)").first).to_be_visible()
    assert has_no_barriers(review)


def test_it_fits_a_phone(review: Page) -> None:
    review.set_viewport_size({"width": 390, "height": 844})
    review.locator("summary", has_text="40 new items in “Near term”").click()
    assert review.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert review.locator(".review-bar").evaluate("bar => bar.offsetHeight") <= 844 / 6
    review.get_by_label("Publish “New 39”").scroll_into_view_if_needed()
    review.get_by_label("Publish “New 39”").uncheck()
    expect(review.locator(".review-bar")).to_contain_text("109 of 110 to publish")
    review.get_by_label("Publish “New 39”").check()
    expect(review.locator(".review-bar")).to_contain_text("110 of 110 to publish")
    assert has_no_barriers(review)


def test_what_was_typed_is_there_after_the_page_was_left(review: Page, site: live.LiveSite) -> None:
    address = review.url
    review.locator("#id_note").fill("June release")
    review.get_by_role("button", name="All minor (Texts reworded)").click()
    expect(review.locator("#group-reworded")).to_contain_text("12 minor")
    review.locator("#id_reason_for_all").fill("A fault was found.")
    review.locator("#group-withdrawn summary").first.click()
    review.get_by_label("Publish “Item 66”").uncheck()
    review.goto(f"{site.url}/admin/")
    # What a browser sends as it leaves a page comes beside what it asks for next.
    for _ in range(RELOADS):
        review.goto(address)
        if review.locator("#id_reason_for_all").input_value():
            break
    expect(review.get_by_text("This is your review as you left it on")).to_be_visible()
    expect(review.locator("#id_note")).to_have_value("June release")
    expect(review.locator("#id_reason_for_all")).to_have_value("A fault was found.")
    expect(review.get_by_label("Publish “Item 66”")).not_to_be_checked()
    expect(review.locator("#group-withdrawn details").first).to_have_attribute("open", "")

    # In another session too, without script; and what is discarded is asked about first.
    review.context.clear_cookies()
    with review.context.browser.new_context(java_script_enabled=False) as context:  # type: ignore[union-attr]
        plain = context.new_page()
        plain.goto(address)
        give(plain, site.username, site.password)
        expect(plain.locator("#id_note")).to_have_value("June release")
        plain.get_by_role("button", name="Discard all (Deployed)").click()
        expect(plain.get_by_role("heading", name="Discard 8 changes")).to_be_visible()
        plain.get_by_role("button", name="Discard 8 changes").click()
        expect(plain.locator(".messagelist")).to_contain_text("8 changes discarded")
        expect(plain.get_by_role("heading", name="102 changes to publish")).to_be_visible()
        plain.get_by_role("button", name="Publish", exact=True).click()
        expect(plain.locator(".messagelist")).to_contain_text("Published edition 2")
        expect(plain.get_by_role("heading", name="1 change to publish")).to_be_visible()
