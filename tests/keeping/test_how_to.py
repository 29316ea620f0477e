"""What the how-tos say is done here, with their own words. Moving to PostgreSQL: tests/faults/test_moving.py."""

import pytest

from roadmap.models import Item
from tests import make
from tests.keeping.how_to import commands
from tests.keeping.sites import all_exported
from tests.management.run import run
from tests.transfer.another import forget_everything
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    forget_everything()
    make.edition(whole_roadmap())
    return all_exported()


def test_backing_up_and_restoring(site):
    back_up, restore, rehearsal, tidy = commands("back-up.md")
    assert run(*back_up).code == 0
    forget_everything()
    assert run(*restore).code == 0
    assert all_exported() == site
    assert run(*rehearsal).code == run(*tidy).code == 0


def test_upgrading_and_going_back(site):
    back_up, migrate, collect, restore = commands("upgrade.md")
    assert run(*back_up).code == 0
    assert run(*migrate).code == 0
    assert collect == ["collectstatic", "--no-input"]
    assert all_exported() == site
    Item.objects.update(title="Typed since the upgrade")
    forget_everything()  # another database
    assert run(*restore).code == 0
    assert all_exported() == site
