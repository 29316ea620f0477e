"""A roadmap to publish of."""

import pytest

from tests import make


@pytest.fixture
def vat():
    return make.roadmap(slug="vat-mtd", reference_prefix="VAT")
