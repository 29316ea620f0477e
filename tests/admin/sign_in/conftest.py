"""For tests of signing in."""

import pytest


@pytest.fixture(autouse=True)
def _sessions_that_end(settings):
    """As they do on a site: tests/settings.py has others."""
    settings.SESSION_COOKIE_AGE, settings.SESSION_IDLE_MINUTES = 8 * 60 * 60, 60
