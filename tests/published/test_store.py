"""What a process keeps in memory of what was published."""

import datetime

import pytest

from roadmap.published import store
from tests import make

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = make.at("2026-03-23"), make.at("2026-03-24")


def test_an_item_that_was_the_same_on_an_earlier_day_is_there_once():
    """Of thousands, most are: each knows its dates and its stage, and would work them out again."""
    store.forget_all()
    roadmap = make.roadmap(slug="vat-mtd")
    release = make.release(roadmap, title="Spring", when="June 2026")
    same, changed = make.item(roadmap, title="Same"), make.item(roadmap, title="Changed")
    moved = make.item(roadmap, title="In a release", release=release)
    make.edition(roadmap, at=MONDAY, now=MONDAY)
    roadmap.items.filter(pk=changed.pk).update(description="Another text")
    roadmap.releases.update(when="July 2026")
    make.edition(roadmap, at=TUESDAY, now=TUESDAY)
    now = store.newest("vat-mtd", TUESDAY)
    then = store.on_day(now, MONDAY + datetime.timedelta(hours=1))
    kept = [then.snapshot.item(item.reference) is now.snapshot.item(item.reference) for item in (same, changed, moved)]
    assert kept == [True, False, False]
    texts = [str(seen.snapshot.item(moved.reference).release.when) for seen in (then, now)]
    assert texts == ["June 2026", "July 2026"]


def test_thousands_that_say_the_same_share_it():
    """What each says by itself is there once too; without a dictionary each, they take half the memory."""
    store.forget_all()
    roadmap = make.roadmap(slug="vat-mtd")
    release = make.release(roadmap, title="Spring", when="June 2026")
    for title in ("One", "Other"):
        make.item(roadmap, title=title, journey="Payments", release=release, test="May 2026", audiences="Agents")
    make.edition(roadmap, at=MONDAY, now=MONDAY)
    published = store.newest("vat-mtd", MONDAY)
    one, other = published.snapshot.items
    assert one.progress is other.progress
    assert [str(when) for when in one.progress.due] == ["May 2026", "None", "June 2026"]
    for name in ("release_uid", "milestones", "audiences", "journey"):
        assert getattr(one.content, name) is getattr(other.content, name)
    ((_, thing),) = store.history_of(published).of(one.content.uid)
    assert thing.item_after is one
    assert thing.title is one.content.title
    assert thing.told[0].change.after is one.content.title
    assert not any(hasattr(held, "__dict__") for held in (one, thing, thing.told[0].change))
