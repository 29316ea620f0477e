"""A roadmap that was published on the Monday of that week."""

import pytest

from tests import make
from tests.publishing.week import MONDAY


@pytest.fixture
def roadmap():
    made = make.roadmap(slug="vat-mtd", title="VAT")
    make.item(made, title="Agents", description="Teh text", live="June 2026")
    make.page(made, title="About", slug="about", body="About")
    make.edition(made, at=MONDAY)
    return made
