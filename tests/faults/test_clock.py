"""The clock of a machine is set back a minute: what readers saw they see on, and what is next comes after it."""

import pytest

from tests.faults.clients import ask, ask_all
from tests.faults.waiting import until

pytestmark = pytest.mark.needs("postgresql", "styles")

# As a machine published, and showed, whose clock was a minute fast.
AHEAD = """
import datetime
from django.utils import timezone
from roadmap.models import Edition, Roadmap
from roadmap.publishing import publish
roadmap, ahead = Roadmap.objects.get(), timezone.now() + datetime.timedelta(minutes=1)
roadmap.items.update(title="Ahead of its time")
publish(roadmap=roadmap, by=None, now=ahead)
Edition.objects.record_seen(roadmap.pk, ahead)
"""
NEXT = """
from roadmap.models import Roadmap
from roadmap.publishing import publish
roadmap = Roadmap.objects.get()
roadmap.items.update(title="The one after that")
publish(roadmap=roadmap, by=None)
"""
ITEMS = "/vat-mtd/items/"


def shows(site, words):
    return all(words in answer.text for answer in ask_all(site, [ITEMS] * 8))


def test_what_was_seen_is_seen_on(site):
    assert shows(site, "Renamed")
    site.manage("shell", "--no-imports", "--command", AHEAD)
    until(lambda: shows(site, "Ahead of its time"), 2)
    site.manage("shell", "--no-imports", "--command", NEXT)
    until(lambda: shows(site, "The one after that"), 2)
    assert [ask(site, f"/vat-mtd/editions/{number}/").status for number in (2, 3, 4, 5)] == [200, 200, 200, 404]
