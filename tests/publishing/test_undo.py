"""Undoing an Edition: it takes back what that one changed, and leaves what came later and what is a draft."""

import pytest

from roadmap.content.things import to_json
from roadmap.models import Change, FieldValue, Revision
from roadmap.publishing import (
    Announcement,
    Choices,
    ReasonsMissing,
    WouldTear,
    pending,
    restore_revision,
    undo,
    undoing,
)
from roadmap.publishing.undo import AGAIN, CAME_BACK, CHANGED_SINCE, STILL_USED, CannotUndo
from tests import make

pytestmark = pytest.mark.django_db

DAYS = [make.at(f"2026-03-{day:02}") for day in range(1, 20)]


@pytest.fixture
def roadmap():
    made = make.roadmap(title="VAT", reference_prefix="VAT")
    make.item(made, title="Agents", description="First", live="June 2026", release=make.release(made, title="Summer"))
    make.item(made, title="Losses", description="First", live="July 2026")
    make.page(made, title="About", slug="about", body="First")
    make.edition(made, at=DAYS[0])
    return made


def item(roadmap, title="Agents"):
    return roadmap.items.get(title=title)


def public(roadmap, at):
    """By title, what readers have."""
    found = Revision.objects.newest_of(roadmap, at).contents().values()
    return {getattr(content, "title", ""): content for content in found}


def date(content, environment="live"):
    return next((one.typed for one in content.milestones if one.environment == environment), None)


def rename(roadmap, title):
    type(roadmap).objects.filter(pk=roadmap.pk).update(title=title)


def move(roadmap, when, title="Agents"):
    item(roadmap, title).milestones.filter(environment="live").update(when=when)


def test_readers_have_again_what_they_had_and_nothing_is_pending(roadmap):
    before = {uid: to_json(one) for uid, one in Revision.objects.newest_of(roadmap, DAYS[0]).contents().items()}
    move(roadmap, "May 2026")
    roadmap.items.filter(title="Losses").delete()
    roadmap.pages.update(body="Second")
    rename(roadmap, "VAT roadmap")
    column = make.field(roadmap, name="Tax years")
    make.item(roadmap, title="Penalties", values={column: "26-27"}, release=make.release(roadmap, title="Autumn"))
    second = make.edition(roadmap, at=DAYS[1])

    third = undo(second, by=None, now=DAYS[2])

    after = {uid: to_json(one) for uid, one in Revision.objects.newest_of(roadmap, DAYS[2]).contents().items()}
    assert after == before
    assert third.number == 3
    roadmap.refresh_from_db()
    assert pending(roadmap) == []
    assert sorted(roadmap.items.values_list("title", flat=True)) == ["Agents", "Losses"]
    assert roadmap.title == "VAT"


def test_undoing_what_undid_gives_it_back(roadmap):
    move(roadmap, "May 2026")
    roadmap.items.filter(title="Losses").delete()
    second = make.edition(roadmap, at=DAYS[1])
    third = undo(second, by=None, now=DAYS[2])
    undo(third, by=None, now=DAYS[3])
    assert date(public(roadmap, DAYS[3])["Agents"]) == "May 2026"
    assert "Losses" not in public(roadmap, DAYS[3])
    assert pending(roadmap) == []


def test_later_editions_keep_what_they_changed_and_it_is_said(roadmap):
    move(roadmap, "May 2026")
    roadmap.items.filter(title="Agents").update(description="Second")
    second = make.edition(roadmap, at=DAYS[1])
    move(roadmap, "April 2026")
    make.item(roadmap, title="Penalties")
    make.edition(roadmap, at=DAYS[2])

    kept = undoing(second, DAYS[3]).kept
    undo(second, by=None, now=DAYS[3])

    assert [(one.title, one.change.field, one.why) for one in kept] == [("Agents", "milestone.live", AGAIN)]
    now = public(roadmap, DAYS[3])
    assert (date(now["Agents"]), now["Agents"].description) == ("April 2026", "First")
    assert "Penalties" in now
    assert pending(roadmap) == []


def test_a_column_that_a_draft_fills_stays_a_draft_with_what_is_in_it(roadmap):
    column = make.field(roadmap, name="Tax years")
    make.field(roadmap, name="Nothing in it")
    second = make.edition(roadmap, at=DAYS[1])
    FieldValue.objects.create(item=item(roadmap), field=column, value="26-27")

    undo(second, by=None, now=DAYS[2])

    assert public(roadmap, DAYS[2])["VAT"].fields == ()
    assert item(roadmap).field_values.get().value == "26-27"
    assert [(thing.title, [one.field for one in thing.changes]) for thing in pending(roadmap)] == [
        ("VAT", ["fields"]),
        ("Agents", ["field.tax-years"]),
    ]


def test_a_thing_that_was_new_and_has_changed_since_stays_and_so_does_what_came_back(roadmap):
    make.item(roadmap, title="Penalties")
    roadmap.items.filter(title="Losses").delete()
    second = make.edition(roadmap, at=DAYS[1])
    roadmap.items.filter(title="Penalties").update(description="More")
    restore_revision(Revision.objects.get(edition__number=1, title="Losses"))
    make.edition(roadmap, at=DAYS[2])
    plan = undoing(second, DAYS[3])
    assert plan.found == []
    assert {(one.title, one.why) for one in plan.kept} == {("Penalties", CHANGED_SINCE), ("Losses", CAME_BACK)}
    with pytest.raises(CannotUndo, match="nothing to undo"):
        undo(second, by=None, now=DAYS[3])


def test_drafts_keep_what_they_have_of_their_own(roadmap):
    move(roadmap, "May 2026")
    roadmap.items.filter(title="Losses").update(description="Second")
    second = make.edition(roadmap, at=DAYS[1])
    roadmap.items.filter(title="Agents").update(description="A draft")
    move(roadmap, "August 2026", "Losses")
    make.page(roadmap, title="New page", slug="new")

    undo(second, by=None, now=DAYS[2])

    assert (item(roadmap).description, item(roadmap).milestones.get().when) == ("A draft", "June 2026")
    losses = item(roadmap, "Losses")
    assert (losses.description, losses.milestones.get().when) == ("First", "August 2026")
    told = {thing.title: [change.field for change in thing.changes] for thing in pending(roadmap)}
    assert told == {"Agents": ["description"], "Losses": ["milestone.live"], "New page": ["existence"]}
    now = public(roadmap, DAYS[2])
    assert (now["Agents"].description, date(now["Losses"])) == ("First", "July 2026")


def test_a_draft_that_changed_the_same_field_again_is_left(roadmap):
    move(roadmap, "May 2026")
    second = make.edition(roadmap, at=DAYS[1])
    move(roadmap, "April 2026")
    undo(second, by=None, now=DAYS[2])
    assert item(roadmap).milestones.get().when == "April 2026"
    assert date(public(roadmap, DAYS[2])["Agents"]) == "June 2026"


def test_one_thing_alone_is_taken_back(roadmap):
    move(roadmap, "May 2026")
    move(roadmap, "May 2026", "Losses")
    second = make.edition(roadmap, at=DAYS[1])
    undo(second, by=None, now=DAYS[2], only=str(item(roadmap).uid))
    now = public(roadmap, DAYS[2])
    assert (date(now["Agents"]), date(now["Losses"])) == ("June 2026", "May 2026")


def test_a_date_that_moves_later_by_it_has_the_reason_that_was_given_and_is_minor_where_that_is_chosen(roadmap):
    roadmap.asks_reasons = True
    roadmap.save()
    move(roadmap, "May 2026")
    second = make.edition(roadmap, at=DAYS[1])
    with pytest.raises(ReasonsMissing):
        undo(second, by=None, now=DAYS[2])
    third = undo(second, by=None, now=DAYS[2], reason="It was published by mistake", is_minor=True, note="Undone")
    change = Change.objects.get(revision__edition=third, field="milestone.live")
    assert (change.reason, change.is_minor, third.note) == ("It was published by mistake", True, "Undone")


def test_the_entry_that_announced_it_goes_too(roadmap):
    move(roadmap, "May 2026")
    said = Announcement(title="Agents come early", when="2 March 2026", body="")
    second = make.edition(roadmap, at=DAYS[1], choices=Choices(announcement=said))
    assert "Agents come early" in public(roadmap, DAYS[1])
    undo(second, by=None, now=DAYS[2])
    assert "Agents come early" not in public(roadmap, DAYS[2])
    assert not roadmap.changelog_entries.exists()


def test_what_waits_for_its_time_builds_on_what_was_taken_back(roadmap):
    move(roadmap, "May 2026")
    second = make.edition(roadmap, at=DAYS[1])
    roadmap.items.filter(title="Agents").update(description="Scheduled")
    make.edition(roadmap, at=DAYS[9], now=DAYS[2])
    undo(second, by=None, now=DAYS[3])
    then = public(roadmap, DAYS[9])["Agents"]
    assert (date(then), then.description) == ("June 2026", "Scheduled")
    assert pending(roadmap) == []


def test_a_release_that_something_else_has_come_to_be_in_stays(roadmap):
    release = make.release(roadmap, title="Autumn")
    make.item(roadmap, title="Penalties", release=release)
    second = make.edition(roadmap, at=DAYS[1])
    roadmap.items.filter(title="Losses").update(release=release)
    make.edition(roadmap, at=DAYS[2])
    assert [(one.title, one.why) for one in undoing(second, DAYS[3]).kept] == [("Autumn", STILL_USED)]
    undo(second, by=None, now=DAYS[3])
    assert "Autumn" in public(roadmap, DAYS[3])
    assert "Penalties" not in public(roadmap, DAYS[3])
    assert pending(roadmap) == []


def test_a_column_that_is_filled_since_stays(roadmap):
    column = make.field(roadmap, name="Tax years")
    rename(roadmap, "VAT roadmap")
    second = make.edition(roadmap, at=DAYS[1])
    make.item(roadmap, title="Penalties", values={column: "26-27"})
    make.edition(roadmap, at=DAYS[2])
    assert [one.title for one in undoing(second, DAYS[3]).kept] == ["The column “Tax years”"]
    undo(second, by=None, now=DAYS[3])
    roadmap.refresh_from_db()
    assert roadmap.title == "VAT"
    assert roadmap.fields.count() == 1
    assert pending(roadmap) == []


def test_an_item_does_not_go_back_into_a_release_that_was_withdrawn_since(roadmap):
    roadmap.items.filter(title="Agents").update(release=None, description="Second")
    second = make.edition(roadmap, at=DAYS[1])
    roadmap.releases.all().delete()
    make.edition(roadmap, at=DAYS[2])
    plan = undoing(second, DAYS[3])
    assert [one.title for one in plan.kept] == ["Agents"]
    undo(second, by=None, now=DAYS[3])
    agents = public(roadmap, DAYS[3])["Agents"]
    assert (agents.description, agents.release_uid) == ("First", "")


def test_a_release_whose_draft_is_deleted_does_not_stop_it(roadmap):
    roadmap.items.filter(title="Agents").update(release=None)
    second = make.edition(roadmap, at=DAYS[1])
    roadmap.releases.all().delete()  # a draft: readers still have it
    undo(second, by=None, now=DAYS[3])
    assert public(roadmap, DAYS[3])["Agents"].release_uid
    assert item(roadmap).release is None
    assert {thing.title for thing in pending(roadmap)} == {"Agents", "Summer"}


def test_a_page_whose_address_another_has_by_now_does_not_come_back(roadmap):
    roadmap.pages.all().delete()
    move(roadmap, "May 2026")
    second = make.edition(roadmap, at=DAYS[1])
    make.page(roadmap, title="Other", slug="about")
    make.edition(roadmap, at=DAYS[2])
    undo(second, by=None, now=DAYS[3])
    now = public(roadmap, DAYS[3])
    assert "About" not in now
    assert date(now["Agents"]) == "June 2026"


def test_a_draft_page_that_took_the_address_stops_nothing_and_stays_pending(roadmap):
    roadmap.pages.all().delete()
    second = make.edition(roadmap, at=DAYS[1])
    make.page(roadmap, title="Other", slug="about")
    undo(second, by=None, now=DAYS[3])
    assert "About" in public(roadmap, DAYS[3])
    assert {thing.title for thing in pending(roadmap)} == {"About", "Other"}


def test_the_edition_that_made_the_roadmap_public_cannot_be_undone_but_one_of_its_things_can(roadmap):
    first = roadmap.editions.get()
    with pytest.raises(CannotUndo, match="made this roadmap public"):
        undo(first, by=None, now=DAYS[1])
    undo(first, by=None, now=DAYS[1], only=str(item(roadmap, "Losses").uid))
    assert "Losses" not in public(roadmap, DAYS[1])


def test_what_was_read_is_what_is_done(roadmap):
    move(roadmap, "May 2026")
    second = make.edition(roadmap, at=DAYS[1])
    mark = undoing(second, DAYS[2]).mark
    move(roadmap, "April 2026")
    make.edition(roadmap, at=DAYS[2])
    with pytest.raises(CannotUndo):
        undo(second, by=None, now=DAYS[3], shown=mark)
    assert roadmap.editions.count() == 3


def test_two_roadmaps_do_not_touch_each_other(roadmap):
    other = make.roadmap()
    make.item(other, title="Theirs", live="June 2026")
    make.edition(other, at=DAYS[0])
    other.items.get().milestones.update(when="May 2026")
    make.edition(other, at=DAYS[1])
    move(roadmap, "May 2026")
    second = make.edition(roadmap, at=DAYS[1])
    undo(second, by=None, now=DAYS[2])
    assert date(public(other, DAYS[2])["Theirs"]) == "May 2026"
    assert other.editions.count() == 2


def test_a_tear_that_nothing_can_mend_is_refused_with_its_reason(roadmap):
    first = roadmap.editions.get()
    release = roadmap.releases.get()
    with pytest.raises((CannotUndo, WouldTear)):
        undo(first, by=None, now=DAYS[1], only=str(release.uid))
    assert roadmap.editions.count() == 1
