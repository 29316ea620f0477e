import pytest

from tests import make

TUESDAY = make.at("2026-03-24")


@pytest.fixture
def clock(monkeypatch):
    """clock(FRIDAY) makes it Friday."""

    def set_to(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_to


@pytest.fixture
def publisher(client, clock):
    """Somebody who may do everything, signed in on Tuesday."""
    clock(TUESDAY)
    client.force_login(make.user(username="pat"), backend="django.contrib.auth.backends.ModelBackend")
    return client
