"""What script/screenshots does once the styles are built: serves a site with every page kind and takes its pictures.

`python -m script.take_screenshots [WORD…]`: of the page kinds whose name holds one of the words, or of all; `readme`:
of those that README shows; `html`: no pictures, but what a browser is given of each kind, for checkers of HTML.
"""

import shutil
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

from script import readme_pictures
from tests import live
from tests.browser.page_kinds import EVERYTHING, LOOKS, PAGE_KINDS

FOLDER = live.ROOT / "var" / "screenshots"
PAGES = live.ROOT / "var" / "pages"
WIDTHS = (320, 768, 1440)


def take(browser: Browser, url: str, kinds: dict[str, str]) -> None:
    """A picture of each kind of page in each look and width; paper has one width."""
    for look, media in {**LOOKS, "print": {"media": "print"}}.items():
        for width in WIDTHS if look != "print" else (794,):  # A4 at 96 dots an inch
            page = browser.new_page(
                viewport={"width": width, "height": 800}, locale="en-GB", timezone_id="Europe/London"
            )
            page.emulate_media(**media)
            for kind, path in kinds.items():
                page.goto(url + path)
                page.screenshot(path=FOLDER / f"{kind}-{width}-{look}.png", full_page=True, timeout=120_000)
            page.close()


def save(url: str, kinds: dict[str, str]) -> None:
    """Each kind of page as a file."""
    PAGES.mkdir(exist_ok=True)
    for kind, path in kinds.items():
        try:
            with urllib.request.urlopen(url + path) as answer:  # noqa: S310 - it is that of the site that we serve
                page = answer.read()
        except urllib.error.HTTPError as refusal:  # which is a page too
            page = refusal.read()
        (PAGES / f"{kind}.html").write_bytes(page)


def opened(playwright: Playwright, chromium: str) -> Browser:
    """For a `with`, at whose end it is closed."""
    return playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])


def main(words: list[str]) -> int:
    kinds = {
        kind: path
        for kind, path in PAGE_KINDS.items()
        if not words or words in (["readme"], ["html"]) or any(word in kind for word in words)
    }
    chromium = next(filter(None, map(shutil.which, live.CHROMIUM_NAMES)), None)
    if not chromium or not kinds:
        print("No page kind has such a name." if chromium else "Chromium is not installed.", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    if words == ["readme"]:
        with sync_playwright() as playwright, opened(playwright, chromium) as browser:
            return readme_pictures.main(browser)
    with tempfile.TemporaryDirectory() as folder:
        prepared, running = Path(folder, "prepared"), Path(folder, "running")
        prepared.mkdir()
        running.mkdir()
        password = live.prepare(prepared)
        live.manage(prepared, "shell", "--no-imports", "--command", EVERYTHING)
        with live.serving(prepared, running, password) as site:
            if words == ["html"]:
                save(site.url, kinds)
                print(f"{len(kinds)} pages are in {PAGES}")
                return 0
            with sync_playwright() as playwright, opened(playwright, chromium) as browser:
                take(browser, site.url, kinds)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures are in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
