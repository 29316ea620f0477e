"""Editions that wait for their time, and what is published before they appear."""

import pytest

from roadmap.models import Change, Edition, ImmutableError, Revision
from roadmap.published import store
from roadmap.publishing import (
    AboutToAppear,
    AlreadyPublished,
    Choices,
    NoSuchTime,
    NothingToPublish,
    WouldTear,
    cancel,
    pending,
    reschedule,
)
from tests import make
from tests.publishing.week import (
    FRIDAY,
    MONDAY,
    SATURDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    edit,
    item,
    now,
    scheduled,
    seen,
)

pytestmark = pytest.mark.django_db


def test_a_scheduled_edition_appears_at_its_time_and_not_before(roadmap):
    item(roadmap).milestones.update(when="July 2026")
    scheduled(roadmap)
    assert seen(THURSDAY) == (1, {"Agents": ("Teh text", "June 2026")})
    assert seen(FRIDAY) == (2, {"Agents": ("Teh text", "July 2026")})


def test_what_is_scheduled_is_not_pending_any_more(roadmap):
    item(roadmap).milestones.update(when="July 2026")
    scheduled(roadmap)
    assert pending(roadmap) == []
    with pytest.raises(NothingToPublish):
        now(roadmap)


def test_an_urgent_edition_takes_the_next_number_and_the_scheduled_one_moves_up(roadmap):
    item(roadmap).milestones.update(when="July 2026")
    waiting = scheduled(roadmap)
    edit(roadmap.pages.get(), body="Corrected")
    urgent = now(roadmap)
    waiting.refresh_from_db()
    assert (urgent.number, waiting.number) == (2, 3)
    assert store.newest("vat-mtd", FRIDAY).snapshot.page("about").body == "Corrected"
    assert seen(FRIDAY) == (3, {"Agents": ("Teh text", "July 2026")})


def test_a_fix_of_the_same_item_is_not_put_back_by_the_scheduled_edition(roadmap):
    item(roadmap).milestones.update(when="July 2026")
    waiting = scheduled(roadmap)
    # the fix alone goes out: the date as readers have it is put back into the working copy first
    edit(item(roadmap), description="The text")
    item(roadmap).milestones.update(when="June 2026")
    now(roadmap)
    assert seen(THURSDAY) == (2, {"Agents": ("The text", "June 2026")})
    assert seen(FRIDAY) == (3, {"Agents": ("The text", "July 2026")})
    fields = Change.objects.filter(revision__edition=waiting).values_list("field", flat=True)
    assert [*fields] == ["milestone.live"]


def test_publishing_all_of_the_item_now_leaves_the_scheduled_edition_nothing_and_it_goes(roadmap):
    item(roadmap).milestones.update(when="July 2026")
    waiting = scheduled(roadmap)
    edit(item(roadmap), description="The text")
    now(roadmap)
    assert seen(THURSDAY) == (2, {"Agents": ("The text", "July 2026")})
    assert seen(FRIDAY)[0] == 2
    assert not Edition.objects.filter(pk=waiting.pk).exists()


def test_what_is_withdrawn_now_is_not_brought_back(roadmap):
    edit(item(roadmap), description="Other")
    edit(roadmap.pages.get(), body="Later")
    scheduled(roadmap)
    item(roadmap).delete()
    now(roadmap)
    assert seen(FRIDAY) == (3, {})
    assert store.newest("vat-mtd", FRIDAY).snapshot.page("about").body == "Later"


def test_changes_of_the_scheduled_edition_are_told_against_what_readers_then_have(roadmap):
    item(roadmap).milestones.update(when="July 2026")
    waiting = scheduled(roadmap)
    item(roadmap).milestones.update(when="May 2026")
    now(roadmap)
    change = Change.objects.get(revision__edition=waiting)
    assert (change.before, change.after) == (
        {"environment": "live", "when": "May 2026"},
        {"environment": "live", "when": "July 2026"},
    ) or (change.before["when"], change.after["when"]) == ("May 2026", "July 2026")


def test_two_scheduled_editions_are_numbered_by_their_times(roadmap):
    edit(item(roadmap), description="Later")
    later = scheduled(roadmap, at=SATURDAY)
    edit(roadmap.pages.get(), body="Sooner")
    sooner = scheduled(roadmap, at=FRIDAY)
    later.refresh_from_db()
    assert (sooner.number, later.number) == (2, 3)


def test_an_item_does_not_go_out_before_its_release_that_waits(roadmap):
    release = make.release(roadmap, title="June 2026")
    scheduled(roadmap)
    edit(item(roadmap), release=release)
    with pytest.raises(WouldTear, match="June 2026"):
        now(roadmap)
    scheduled(roadmap, at=SATURDAY)


def test_a_cancelled_edition_is_pending_again_and_those_after_it_move_down(roadmap):
    item(roadmap).milestones.update(when="July 2026")
    first = scheduled(roadmap, at=FRIDAY)
    edit(roadmap.pages.get(), body="Later")
    second = scheduled(roadmap, at=SATURDAY)
    cancel(first, now=WEDNESDAY)
    second.refresh_from_db()
    assert second.number == 2
    assert not Edition.objects.filter(pk=first.pk).exists()
    assert [one.title for one in pending(roadmap)] == ["Agents"]
    assert seen(SATURDAY) == (2, {"Agents": ("Teh text", "June 2026")})


def test_cancelling_tells_the_later_one_against_what_readers_will_have(roadmap):
    item(roadmap).milestones.update(when="July 2026")
    first = scheduled(roadmap, at=FRIDAY)
    item(roadmap).milestones.update(when="August 2026")
    second = scheduled(roadmap, at=SATURDAY)
    cancel(first, now=WEDNESDAY)
    change = Change.objects.get(revision__edition=second)
    assert (change.before["when"], change.after["when"]) == ("June 2026", "August 2026")


def test_an_edition_that_readers_have_seen_is_not_cancelled_or_moved(roadmap):
    edit(item(roadmap), description="Other")
    waiting = scheduled(roadmap)
    for act in (lambda: cancel(waiting, now=FRIDAY), lambda: reschedule(waiting, SATURDAY, now=FRIDAY)):
        with pytest.raises(AlreadyPublished, match="edition 2"):
            act()
    assert Revision.objects.filter(edition=waiting).exists()
    with pytest.raises(ImmutableError):
        Edition.objects.filter(pk=waiting.pk).change_unseen(FRIDAY, number=7)
    with pytest.raises(ImmutableError):
        Change.objects.filter(revision__edition=waiting).remove_unseen(FRIDAY)


def test_an_edition_is_moved_past_another_that_touches_other_things(roadmap):
    edit(item(roadmap), description="Item")
    first = scheduled(roadmap, at=THURSDAY)
    edit(roadmap.pages.get(), body="Page")
    second = scheduled(roadmap, at=FRIDAY)
    reschedule(first, SATURDAY, now=WEDNESDAY)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.number, first.number, first.published_at) == (2, 3, SATURDAY)


def test_an_edition_is_not_moved_past_another_that_touches_the_same(roadmap):
    edit(item(roadmap), description="One")
    first = scheduled(roadmap, at=THURSDAY)
    edit(item(roadmap), description="Two")
    scheduled(roadmap, at=FRIDAY)
    with pytest.raises(NoSuchTime, match="“Agents” too"):
        reschedule(first, SATURDAY, now=WEDNESDAY)
    first.refresh_from_db()
    assert (first.number, first.published_at) == (2, THURSDAY)


@pytest.mark.parametrize("at", [MONDAY, WEDNESDAY, make.at("9999-12-31")])
def test_nothing_is_scheduled_in_the_past_or_too_far_ahead(roadmap, at):
    edit(item(roadmap), description="Other")
    waiting = scheduled(roadmap)
    with pytest.raises(NoSuchTime):
        reschedule(waiting, at, now=WEDNESDAY)
    edit(roadmap.pages.get(), body="Other")
    if at > WEDNESDAY:
        with pytest.raises(NoSuchTime):
            make.edition(roadmap, at=at, now=WEDNESDAY)


def test_nothing_is_published_while_another_edition_is_about_to_appear(roadmap):
    edit(item(roadmap), description="Other")
    scheduled(roadmap, at=make.at("2026-03-27", "09:30:05"), now=TUESDAY)
    edit(roadmap.pages.get(), body="Other")
    with pytest.raises(AboutToAppear, match="ten seconds"):
        now(roadmap, at=FRIDAY)


def test_what_was_cancelled_does_not_come_with_a_later_edition_of_the_same_thing(roadmap):
    edit(item(roadmap), description="Cancelled")
    first = scheduled(roadmap, at=FRIDAY)
    item(roadmap).milestones.update(when="August 2026")
    scheduled(roadmap, at=SATURDAY)
    cancel(first, now=WEDNESDAY)
    assert seen(SATURDAY) == (2, {"Agents": ("Teh text", "August 2026")})
    (one,) = pending(roadmap)
    assert [change.field for change in one.changes] == ["description"]


def test_what_a_cancelled_edition_would_have_added_is_not_added_by_a_later_one(roadmap):
    added = make.item(roadmap, title="New")
    first = scheduled(roadmap, at=FRIDAY)
    edit(added, description="Reworded")
    edit(roadmap.pages.get(), body="Page")
    scheduled(roadmap, at=SATURDAY)
    cancel(first, now=WEDNESDAY)
    assert [*seen(SATURDAY)[1]] == ["Agents"]
    assert [one.title for one in pending(roadmap)] == ["New"]


def test_what_a_cancelled_withdrawal_withdrew_stays_as_a_later_edition_has_it(roadmap):
    page = roadmap.pages.get()
    uid = page.uid
    page.delete()
    first = scheduled(roadmap, at=FRIDAY)
    make.page(roadmap, uid=uid, title="About", slug="about", body="Back again")
    scheduled(roadmap, at=SATURDAY)
    cancel(first, now=WEDNESDAY)
    assert store.newest("vat-mtd", FRIDAY).snapshot.page("about").body == "About"
    assert store.newest("vat-mtd", SATURDAY).snapshot.page("about").body == "Back again"


@pytest.fixture
def release_and_then_its_item(roadmap):
    release = make.release(roadmap, title="June 2026")
    first = scheduled(roadmap, at=FRIDAY)
    edit(item(roadmap), release=release)
    return first, scheduled(roadmap, at=SATURDAY)


def test_an_edition_that_a_later_one_needs_is_not_cancelled_or_moved_behind_it(roadmap, release_and_then_its_item):
    first, _ = release_and_then_its_item
    for act in (lambda: cancel(first, now=WEDNESDAY), lambda: reschedule(first, make.at("2026-03-29"), now=WEDNESDAY)):
        with pytest.raises(WouldTear, match="scheduled for 28 March 2026 would not be whole"):
            act()
    first.refresh_from_db()
    assert (first.number, first.published_at) == (2, FRIDAY)
    assert seen(SATURDAY)[0] == 3


def test_a_release_is_not_withdrawn_under_an_item_that_waits(roadmap):
    release = make.release(roadmap, title="June 2026")
    make.edition(roadmap, at=TUESDAY)
    edit(item(roadmap), release=release)
    scheduled(roadmap, at=FRIDAY, now=TUESDAY)
    edit(item(roadmap), release=None)
    release.delete()
    with pytest.raises(WouldTear, match="scheduled for 27 March 2026"):
        now(roadmap, choices=Choices(leave_out=frozenset([str(item(roadmap).uid)])))


def test_a_thing_that_one_edition_withdraws_and_the_next_brings_back_comes_back(roadmap):
    page = roadmap.pages.get()
    uid = page.uid
    page.delete()
    scheduled(roadmap, at=FRIDAY)
    page = make.page(roadmap, uid=uid, title="About", slug="about", body="Back again")
    scheduled(roadmap, at=SATURDAY)
    edit(page, body="Back again, and mended")
    now(roadmap)
    assert store.newest("vat-mtd", FRIDAY).snapshot.page("about") is None
    assert store.newest("vat-mtd", SATURDAY).snapshot.page("about").body == "Back again"


def test_an_edition_is_not_cancelled_in_the_last_seconds_before_it_appears(roadmap):
    edit(item(roadmap), description="Other")
    waiting = scheduled(roadmap, at=make.at("2026-03-27", "09:30:05"), now=TUESDAY)
    with pytest.raises(AboutToAppear):
        cancel(waiting, now=FRIDAY)


def test_an_edition_can_be_scheduled_close_to_another(roadmap):
    edit(item(roadmap), description="Other")
    scheduled(roadmap, at=make.at("2026-03-27", "09:30:05"), now=TUESDAY)
    edit(roadmap.pages.get(), body="Other")
    assert scheduled(roadmap, at=FRIDAY).number == 2


@pytest.mark.parametrize("waits", [True, False], ids=["renamed in a waiting edition", "renaming left out"])
def test_a_draft_title_of_a_release_is_not_told_to_readers(roadmap, waits):
    release = make.release(roadmap, title="June 2026")
    make.edition(roadmap, at=TUESDAY)
    edit(release, title="Canary")
    if waits:
        scheduled(roadmap, at=FRIDAY, now=TUESDAY)
    edit(item(roadmap), release=release)
    edition = now(roadmap, choices=Choices(leave_out=frozenset([str(release.uid)])))
    change = Change.objects.get(revision__edition=edition)
    assert (change.field, change.after) == ("release", "June 2026")
