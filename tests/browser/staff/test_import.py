"""Importing in the admin in a real browser: by script and without, wide and at 400 pixels, and without barriers."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.barriers import barriers
from tests.browser.signing_in import give

pytestmark = pytest.mark.browser

WEIGH = "Software weighs a parcel on the depot's scales and sends us the grams."
NUMBER = "Each parcel gets a number of its own, which the receiver types in to see where it is"
FIRST = f"""\
# Parcel tax roadmap

What parcel software can do. Write to <a href="mailto:parcels@example.gov.uk">the parcel team</a>.

## Near term

| Name | Description | End user |
| --- | --- | --- |
| Weigh a parcel | {WEIGH} | Businesses |
| Number A | {NUMBER} by noon | Agents |
| Number B | {NUMBER} at midnight | Agents |
"""
SECOND = FIRST.replace("the grams", "the pounds").replace(
    f"| Number A | {NUMBER} by noon | Agents |\n| Number B | {NUMBER} at midnight | Agents |",
    f"| Number C | {NUMBER} at once | Agents |",
)
EDIT = """
from roadmap.models import Item
Item.objects.filter(title="Weigh a parcel").update(description="As staff put it.")
"""
RESULT = """
from roadmap.models import Item
for item in Item.objects.order_by("reference"):
    print(item.reference, item.title, item.description[:20], sep="|")
"""


def choose(page: Page, text: str, name: str = "parcels.md") -> None:
    page.get_by_label("File").set_input_files({"name": name, "mimeType": "text/markdown", "buffer": text.encode()})


def is_without_barriers(page: Page, refused: list[str]) -> bool:
    """Within our own part: the frame around it is Django's. What axe itself is refused does not count."""
    before = len(refused)
    found = barriers(page, within="#content-main")
    del refused[before:]
    assert found == []
    return True


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize(("width", "has_script"), [(1280, True), (400, False)])
def test_a_roadmap_is_imported_and_imported_again(fresh_site, browser: Browser, width: int, has_script: bool):
    context = browser.new_context(
        locale="en-GB", viewport={"width": width, "height": 900}, java_script_enabled=has_script
    )
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{fresh_site.url}/admin/roadmap/roadmap/")
    give(page, fresh_site.username, fresh_site.password)

    # A wrong file is refused at its field, with what was typed still there.
    page.get_by_role("link", name="Import a roadmap").click()
    page.get_by_label("Address of the new roadmap").fill("parcel-tax")
    choose(page, "no Markdown", "parcels.pdf")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("parcels.pdf is not Markdown")).to_be_visible()
    expect(page.get_by_label("Address of the new roadmap")).to_have_value("parcel-tax")
    if has_script:
        assert is_without_barriers(page, refused)
        assert fits(page)

    # The right one is shown as a plan, and applied.
    choose(page, FIRST)
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("Items: 3 added.")).to_be_visible()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".messagelist .success")).to_contain_text("Imported parcels.md.")
    expect(page.get_by_role("link", name="Review and publish Parcel tax roadmap")).to_be_visible()

    # Staff edit; the source changes the same, and has one row that may be either of two that are gone.
    fresh_site.manage("shell", "--no-imports", "-c", EDIT)
    page.get_by_role("link", name="Import again").click()
    choose(page, SECOND)
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("heading", name="Changed by staff and in the source (1)")).to_be_visible()
    if has_script:
        assert is_without_barriers(page, refused)
        page.set_viewport_size({"width": 400, "height": 900})
        assert fits(page)
        page.set_viewport_size({"width": width, "height": 900})
    page.get_by_role("group", name="Which item is “Number C”?").get_by_label("PARCEL-3 Number B").check()
    page.get_by_role("group", name="“Weigh a parcel”: Description").get_by_label("Take what the source says").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("This is the plan with what you chose. Nothing has been imported yet")).to_be_visible()
    expect(page.get_by_label("PARCEL-3 Number B")).to_be_checked()
    expect(page.get_by_label("Take what the source says")).to_be_checked()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".messagelist .success")).to_contain_text("Items: 2 changed, 1 withdrawn.")

    # What it told stays, and each line leads to its thing: on a phone and by keyboard too.
    page.get_by_role("link", name="Read what it told").press("Enter")
    page.get_by_role("link", name="Changed (2)").press("Enter")
    expect(page.get_by_text("Description reworded").first).to_be_visible()
    if has_script:
        assert is_without_barriers(page, refused)
    page.set_viewport_size({"width": 320, "height": 900})
    assert fits(page)
    page.get_by_role("link", name="PARCEL-1 Weigh a parcel").press("Enter")
    expect(page.get_by_role("heading", name="Edit item")).to_be_visible()
    page.get_by_role("link", name="History", exact=True).press("Enter")
    expect(page.get_by_role("link", name="What the import of parcels.md told").first).to_be_visible()
    page.set_viewport_size({"width": width, "height": 900})
    lines = fresh_site.manage("shell", "--no-imports", "-c", RESULT).split("\n")
    assert lines[:2] == ["PARCEL-1|Weigh a parcel|Software weighs a pa", "PARCEL-3|Number C|Each parcel gets a n"]
    assert refused == []
    context.close()
