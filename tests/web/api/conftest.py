import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests import make
from tests.web import story


@pytest.fixture
def api(client):
    """api("roadmaps/vat-mtd") is what a program reads there; a status other than 200 is named."""

    def read(address: str, status: int = 200, **headers: str):
        url = address if "//" in address else f"/api/v1/{address}"
        response = client.get(url, headers=headers)
        assert response.status_code == status, f"{url}: {response.status_code} {response.content[:500]!r}"
        assert response["Content-Type"] == ("application/json" if status == 200 else "application/problem+json")
        return response.json()

    return read


@pytest.fixture(scope="module")
def told_once(keep):
    return keep(story.tell)


@pytest.fixture
def told(told_once, clock, empty_shelf):
    """The story of tests/web/story.py, read on the day of its last Edition."""
    clock(make.at("2026-03-25"))
    empty_shelf()
    return told_once()


@pytest.fixture
def wsgi():
    """The site as a server runs it, on this test's own connection, which is not closed after a request."""
    from roadmap_site.wsgi import application

    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield application
    for signal in signals:
        signal.connect(close_old_connections)
