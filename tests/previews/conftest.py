import pytest

from roadmap.previews import links
from roadmap.published import store
from tests import make
from tests.web.conftest import _start_with_an_empty_shelf, empty_shelf, reads  # noqa: F401
from tests.web.read import Page

NOW = make.at("2026-03-24", "17:30")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """What time previews and public pages think it is: half past five on 24 March 2026, until clock(another)."""

    def set_to(moment):
        monkeypatch.setattr(links, "current_time", lambda: moment)
        monkeypatch.setattr(store, "now", lambda: moment)

    set_to(NOW)
    return set_to


@pytest.fixture
def staff(client):
    """Signed in."""
    client.force_login(make.user(username="pat"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def banner(page: Page) -> str:
    return page.one("div", class_="govuk-notification-banner").text
