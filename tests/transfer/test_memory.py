"""A long history moves in memory that does not grow with it."""

import tracemalloc

import pytest

from roadmap.content.choices import Noun
from roadmap.content.things import ItemContent, to_json
from roadmap.models import Change, Edition, Item, Revision
from roadmap.publishing.pending import digest_of
from roadmap.transfer import bring_in, write_out
from tests import make
from tests.transfer.another import forget_everything

pytestmark = pytest.mark.django_db

MB = 1024 * 1024
EDITIONS = 60
ITEMS = 40
TEXT = "What developers get. " * 400


@pytest.fixture
def long_history():
    """Every edition rewords every item: some 40 MB."""
    roadmap = make.roadmap(slug="long", reference_prefix="LONG")
    items = [make.item(roadmap, title=f"Item {n}") for n in range(ITEMS)]
    make.edition(roadmap, at=make.at("2020-01-01"))
    for number in range(2, EDITIONS + 2):
        edition = Edition.objects.create(
            roadmap=roadmap, roadmap_slug="long", number=number, published_at=make.at("2020-02-01")
        )
        Revision.objects.bulk_create(_revision(edition, item, number) for item in items)
    Change.objects.bulk_create(
        Change(revision=revision, field="description", before=TEXT, after=TEXT + "!")
        for revision in Revision.objects.filter(edition__number__gt=1).only("pk")
    )


def _revision(edition: Edition, item: Item, number: int) -> Revision:
    content = to_json(
        ItemContent(uid=str(item.uid), reference=item.reference, title=item.title, description=f"{TEXT}{number}")
    )
    return Revision(
        edition=edition,
        noun=Noun.ITEM,
        uid=item.uid,
        title=item.title,
        address=item.reference,
        content=content,
        digest=digest_of(content),
    )


def peak_of(act, *args) -> int:
    tracemalloc.start()
    try:
        act(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_export_and_import_hold_a_small_part_of_it_at_a_time(long_history, tmp_path):
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        of_export = peak_of(write_out, "long", file.write)
    assert path.stat().st_size > 40 * MB
    forget_everything()
    of_import = peak_of(bring_in, path)
    assert Revision.objects.count() > EDITIONS * ITEMS
    # Of an export some rows ahead; of an import the 8 MB of lines whose rows wait, and what is made of them.
    assert of_export < 16 * MB
    assert of_import < 32 * MB
