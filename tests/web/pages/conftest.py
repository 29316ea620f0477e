import pytest

from tests import make
from tests.web import story


@pytest.fixture(scope="module")
def told_once(keep):
    return keep(story.tell)


@pytest.fixture
def told(told_once, clock):
    """The story, read on its last day."""
    clock(make.at("2026-03-24", "17:00"))
    return told_once()


@pytest.fixture
def vat(clock):
    """A roadmap that is not published yet."""
    clock(make.at("2026-06-01"))
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")
