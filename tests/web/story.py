"""The sample roadmap and the six Editions after it, for whatever follows what changed.

Edition 2 adds an item, 3 and 4 move its sandbox date later, 5 deploys it to sandbox, 6 withdraws another item, and 7
corrects that item's title and a changelog entry, the one as minor.
"""

from django.db import connection

from roadmap import sample
from roadmap.models import ChangelogEntry, Edition, Item, Roadmap
from roadmap.publishing import Choices, publish
from tests import make

SLUG = "vat-mtd"
DAYS = ["2026-01-05", "2026-01-20", "2026-02-03", "2026-02-17", "2026-03-03", "2026-03-17", "2026-03-24"]
ADDED = "Submit a corection"
CORRECTED = "Submit a correction"
SLIPS = ["March 2026", "April 2026"]
REASONS = ["Testing takes longer.", "The supplier is late."]


def unread() -> None:
    """As if no reader's clock had come to any Edition yet: for a test that sets it to their days in turn."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE roadmap_edition SET was_seen = %s", [False])


def tell() -> list[Edition]:
    """Publishes all seven, each on its day at half past nine, and returns them."""
    editions = [sample.load(at=make.at(DAYS[0]))]
    roadmap = Roadmap.objects.get(slug=SLUG)
    withdrawn = Item.objects.filter(roadmap=roadmap).order_by("pk").first()
    added = make.item(
        roadmap, title=ADDED, description="One return at a time.", kind="api", test="February 2026", live="Q3 2026"
    )

    def published(note: str, **choices) -> None:
        at = make.at(DAYS[len(editions)])
        editions.append(publish(roadmap=roadmap, by=None, note=note, at=at, now=at, choices=Choices(**choices)))

    published("A new item")
    for slip, reason in zip(SLIPS, REASONS, strict=True):
        added.milestones.filter(environment="test").update(when=slip)
        published("A date moves", reason_for_all=reason)
    added.milestones.filter(environment="test").update(is_deployed=True)
    published("Deployed to sandbox")
    withdrawn.delete()
    published("One item withdrawn", reason_for_all="Paid for in another way.")
    Item.objects.filter(pk=added.pk).update(title=CORRECTED)
    entry = ChangelogEntry.objects.filter(roadmap=roadmap).order_by("pk").first()
    ChangelogEntry.objects.filter(pk=entry.pk).update(title=f"{entry.title}, corrected")
    published("Corrections", minor=frozenset({str(added.uid)}))
    return editions
