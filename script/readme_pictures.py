"""What `script/screenshots readme` does: the pictures in README, of the sample as its later editions leave it.

Home, the history of an item, and the review of what an editor has just written, each as large as a laptop shows it.
"""

import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests import live

FOLDER = live.ROOT / "docs" / "images"
WIDTH, HEIGHT = 1000, 760
COLOURS = 48  # a page has few, and a picture of few is small

STORY = """
from tests.web import story
story.tell()
"""
# What waits for somebody to review it.
WRITTEN = """
from roadmap.models import Item, Milestone, Roadmap
roadmap = Roadmap.objects.get(slug="vat-mtd")
moving, described = Item.objects.filter(roadmap=roadmap, milestones__environment="live").order_by("-pk")[:2]
Milestone.objects.filter(item=moving, environment="live").update(when="Q4 2026")
new = "\\n\\nIt has a section on paying from abroad."
Item.objects.filter(pk=described.pk).update(description=described.description + new)
"""


def shoot(page: Page, name: str) -> None:
    """Of what stands on the screen, in few colours."""
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def take(browser: Browser, site: live.LiveSite) -> None:
    page = browser.new_page(
        viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", timezone_id="Europe/London", color_scheme="light"
    )
    page.goto(f"{site.url}/vat-mtd/")
    shoot(page, "home")
    page.goto(f"{site.url}/vat-mtd/items/VAT-19/")
    page.get_by_role("heading", name="History").evaluate("heading => heading.scrollIntoView()")
    shoot(page, "item")
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Username").fill(site.username)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Review and publish").first.click()
    shoot(page, "review")
    page.close()


def main(browser: Browser) -> int:
    with tempfile.TemporaryDirectory() as folder:
        prepared, running = Path(folder, "prepared"), Path(folder, "running")
        prepared.mkdir()
        running.mkdir()
        password = live.prepare(prepared)
        live.manage(prepared, "shell", "--no-imports", "--command", STORY)
        live.manage(prepared, "shell", "--no-imports", "--command", WRITTEN)
        with live.serving(prepared, running, password) as site:
            take(browser, site)
    print(f"The pictures of README are in {FOLDER.relative_to(live.ROOT)}")
    return 0
