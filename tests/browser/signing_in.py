"""Signing in, as staff do, in a browser."""

from typing import TYPE_CHECKING

from playwright.sync_api import Page

if TYPE_CHECKING:
    from tests.live import LiveSite

NAME = "Email address or username"


def sign_in(page: Page, site: "LiveSite") -> None:
    """As the publisher of this site, on the first screen."""
    page.goto(f"{site.url}/admin/")
    give(page, site.username, site.password)


def give(page: Page, name: str, password: str) -> None:
    """To the page that asks for it, whatever comes next."""
    page.get_by_label(NAME).fill(name)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()
