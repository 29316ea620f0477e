import pytest

from roadmap.published import store
from tests.web.read import Page, read


@pytest.fixture
def empty_shelf(monkeypatch):
    """Call it to make this process forget what it has loaded, as one that has just started."""

    def empty():
        monkeypatch.setattr(store, "_shelf", store._Shelf())

    return empty


@pytest.fixture(autouse=True)
def _start_with_an_empty_shelf(empty_shelf):
    empty_shelf()


@pytest.fixture
def reads(client):
    """reads("/vat-mtd/") is the page that a reader gets there; a status other than 200 is named."""

    def page(url: str, status: int = 200) -> Page:
        return read(client, url, status)

    return page


@pytest.fixture
def clock(monkeypatch):
    """clock(make.at("2026-03-24")) makes that the time, for readers."""

    def set_to(moment):
        monkeypatch.setattr(store, "now", lambda: moment)

    return set_to
