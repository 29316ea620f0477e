import pytest

from roadmap.public import reading
from tests.public.read import Page, read


@pytest.fixture
def empty_shelf(monkeypatch):
    """Call it to make this process forget what it has loaded, as one that has just started."""

    def empty():
        monkeypatch.setattr(reading, "_shelf", reading._Shelf())

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
