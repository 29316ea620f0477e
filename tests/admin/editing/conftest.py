"""Two people who edit at the same time, and an item of theirs."""

import pytest

from tests import make
from tests.admin.editing.people import signed_in


@pytest.fixture
def ann():
    return signed_in(username="ann", first_name="Ann", last_name="Archer")


@pytest.fixture
def bob():
    return signed_in(username="bob")


@pytest.fixture
def item():
    return make.item(make.roadmap(), title="Multiple agents", live="June 2026")
