"""What a publication changes: all processes give it within a second, where nothing else takes the machine from them."""

from playwright.sync_api import Page, expect

RELOADS = 100  # each takes some milliseconds


def expect_soon(page: Page, address: str, text: str) -> None:
    """Reloads the page, as its reader would, until that is in it."""
    page.goto(address)
    for _ in range(RELOADS):
        page.reload()
        if text in page.locator("main").inner_text():
            return
    expect(page.locator("main")).to_contain_text(text)
