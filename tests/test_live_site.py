"""The ground that the browser tests stand on: the real server, its styles and its login, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signing_in import sign_in
from tests.live import LiveSite

pytestmark = pytest.mark.browser


def test_publisher_signs_in(page: Page, live_site: LiveSite) -> None:
    sign_in(page, live_site)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_styles_are_built_and_served(page: Page, live_site: LiveSite) -> None:
    answer = page.goto(f"{live_site.url}/static/styles/site.css")
    assert answer is not None
    assert answer.status == 200
    assert ".govuk-link" in answer.text()


def test_no_request_leaves_this_machine(page: Page, live_site: LiveSite) -> None:
    page.goto(f"{live_site.url}/static/styles/site.css")
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")


def test_fresh_site_shares_nothing_with_the_other(live_site: LiveSite, fresh_site: LiveSite) -> None:
    fresh_site.manage("createsuperuser", "--no-input", "--username=newcomer", "--email=newcomer@example.org")
    count = "from django.contrib.auth.models import User; print(User.objects.filter(username='newcomer').count())"
    assert fresh_site.manage("shell", "--no-imports", "--command", count).strip() == "1"
    assert live_site.manage("shell", "--no-imports", "--command", count).strip() == "0"
