import pytest

from roadmap.models import Item, Revision
from tests import make

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY, FRIDAY = (make.at(f"2026-03-{day}") for day in (23, 24, 25, 27))


def by_the_longer_way(roadmap):
    rows = Revision.objects.newest_of(roadmap).values_list("uid", "digest")
    return {str(uid): digest for uid, digest in rows if digest}


def test_of_each_thing_it_is_that_of_its_last_edition_be_that_scheduled_or_made_out_of_turn():
    roadmap = make.roadmap()
    changed, withdrawn, returned, _ = (make.item(roadmap, title=title) for title in ("Changed", "Gone", "Back", "Same"))
    make.edition(roadmap, at=MONDAY)
    kept = Item.objects.get(pk=returned.pk)
    returned.delete()
    Item.objects.filter(pk=changed.pk).update(title="Later")
    make.edition(roadmap, at=FRIDAY, now=MONDAY)
    kept.save(force_insert=True)
    Item.objects.filter(pk=changed.pk).update(title="Sooner")  # written after the one that comes after it
    withdrawn.delete()
    make.edition(roadmap, at=WEDNESDAY, now=TUESDAY)
    make.edition(make.roadmap(), at=MONDAY)
    found = Revision.objects.newest_digests(roadmap)
    assert found == by_the_longer_way(roadmap)
    newest = Revision.objects.filter(edition__published_at=FRIDAY)
    assert {str(one.uid): one.digest for one in newest if one.digest}.items() <= found.items()
    assert str(withdrawn.uid) not in found
    assert len(found) < Revision.objects.filter(edition__roadmap=roadmap).count()
