"""What a publisher decides: what to leave out, what is minor, why a date moves, what the changelog says."""

import pytest

from roadmap.models import Change, ChangelogEntry, Edition
from roadmap.publishing import (
    Announcement,
    AnnouncementRefused,
    Choices,
    NothingToPublish,
    ReasonsMissing,
    WouldTear,
    pending,
    publish,
)
from roadmap.working_copies.to_content import preview
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db


def choices(*leave_out, minor=(), **options):
    uids = frozenset(str(one.uid) for one in leave_out)
    return Choices(leave_out=uids, minor=frozenset(str(one.uid) for one in minor), **options)


def told(edition):
    return {revision.title for revision in edition.revisions.all()}


def test_what_is_left_out_stays_pending():
    roadmap = make.roadmap()
    page, other = make.page(roadmap, title="In"), make.page(roadmap, title="Out")
    edition = make.edition(roadmap, choices=choices(other))
    assert told(edition) == {roadmap.title, "In"}
    assert [one.title for one in pending(roadmap)] == ["Out"]
    assert page.title in told(edition)
    with pytest.raises(NothingToPublish):
        make.edition(roadmap, choices=choices(other))
    assert told(make.edition(roadmap)) == {"Out"}


def test_an_item_does_not_go_out_without_its_new_release():
    roadmap = make.roadmap()
    make.edition(roadmap)
    release = make.release(roadmap, title="June 2026")
    item = make.item(roadmap, title="Multiple agents", release=release)
    with pytest.raises(WouldTear, match=r"Multiple agents.*June 2026.*include that too") as refused:
        make.edition(roadmap, choices=choices(release))
    (thing, needed, _), *rest = refused.value.gaps
    assert (thing.uid, needed, rest) == (str(item.uid), str(release.uid), [])
    assert Edition.objects.count() == 1
    make.edition(roadmap, choices=choices(item))
    make.edition(roadmap)


def test_a_release_is_not_withdrawn_under_an_item_that_stays():
    roadmap = make.roadmap()
    release = make.release(roadmap, title="June 2026")
    item = make.item(roadmap, title="Multiple agents", release=release)
    make.edition(roadmap)
    item.release = None
    item.save()
    release.delete()
    with pytest.raises(WouldTear, match=r"Multiple agents.*would be withdrawn"):
        make.edition(roadmap, choices=choices(item))
    make.edition(roadmap)


def test_a_new_column_goes_out_with_the_first_item_that_fills_it():
    roadmap = make.roadmap()
    make.edition(roadmap)
    make.item(roadmap, title="Multiple agents", values={make.field(roadmap, name="Tax years"): "26-27"})
    with pytest.raises(WouldTear, match="include the roadmap itself"):
        make.edition(roadmap, choices=choices(roadmap))


def test_a_roadmap_does_not_appear_without_itself():
    roadmap = make.roadmap()
    make.page(roadmap)
    with pytest.raises(WouldTear, match="roadmap itself"):
        make.edition(roadmap, choices=choices(roadmap))


@pytest.fixture
def slipped():
    """A roadmap that asks for reasons, and an item of it whose live date has moved later."""
    roadmap = make.roadmap(asks_reasons=True)
    item = make.item(roadmap, title="Multiple agents", live="June 2026")
    make.edition(roadmap)
    item.milestones.update(when="September 2026")
    return roadmap, item


def test_a_date_that_moves_later_needs_a_reason(slipped):
    roadmap, item = slipped
    with pytest.raises(ReasonsMissing, match="Multiple agents") as refused:
        make.edition(roadmap)
    assert [(uid, change.field) for uid, _, change in refused.value.slips] == [(str(item.uid), "milestone.live")]
    with pytest.raises(ReasonsMissing):
        make.edition(roadmap, choices=choices(reasons={(str(item.uid), "milestone.live"): "   "}))
    assert Edition.objects.count() == 1

    reasons = {(str(item.uid), "milestone.live"): "Testing showed a fault. "}
    edition = make.edition(roadmap, choices=choices(reasons=reasons))
    change = Change.objects.get(revision__edition=edition)
    assert change.reason == "Testing showed a fault."


def test_one_reason_serves_every_date_that_moves_and_nothing_else(slipped):
    roadmap, item = slipped
    item.title = "Several agents"
    item.save()
    edition = make.edition(roadmap, choices=choices(reason_for_all="A later release"))
    reasons = dict(Change.objects.filter(revision__edition=edition).values_list("field", "reason"))
    assert reasons == {"title": "", "milestone.live": "A later release"}


def test_a_roadmap_can_do_without_reasons(slipped):
    roadmap, _ = slipped
    roadmap.asks_reasons = False
    roadmap.save()
    assert make.edition(roadmap).number == 2


@each_case(
    ("before", "after", "deployed"), [("June 2026", "May 2026", ()), ("June 2026", "Jun 2026", ()),
    ("TBC", "June 2026", ()), ("June 2026", "July 2026", ("live",)), ("TBC", "N/A", ())],
)  # fmt: skip
def test_a_date_that_does_not_move_later_needs_none(before, after, deployed):
    roadmap = make.roadmap(asks_reasons=True)
    item = make.item(roadmap, live=before)
    make.edition(roadmap)
    item.milestones.update(when=after, is_deployed=bool(deployed))
    assert make.edition(roadmap).number == 2


@pytest.mark.parametrize("after", ["July 2026", "TBC"])
def test_a_release_that_slips_needs_a_reason_too(after):
    roadmap = make.roadmap(asks_reasons=True)
    release = make.release(roadmap, when="June 2026")
    make.edition(roadmap)
    release.when = after
    release.save()
    with pytest.raises(ReasonsMissing):
        make.edition(roadmap)


def test_a_reason_too_long_is_refused_before_anything_happens():
    with pytest.raises(ValueError, match="500"):
        Choices(reason_for_all="x" * 10_000)


def test_minor_is_kept_with_the_changes_of_that_thing():
    roadmap = make.roadmap()
    page, other = make.page(roadmap, title="Typo"), make.page(roadmap, title="News")
    edition = make.edition(roadmap, choices=choices(minor=[page]))
    found = Change.objects.filter(revision__edition=edition).values_list("revision__title", "is_minor")
    assert dict(found) == {"Typo": True, "News": False, roadmap.title: False}
    assert other.title == "News"


def test_the_announcement_is_published_with_what_it_announces():
    roadmap = make.roadmap()
    announcement = Announcement(title="Roadmap updated", when="24 March 2026", body="- ‘A’: added")
    edition = make.edition(roadmap, choices=choices(announcement=announcement))
    assert told(edition) == {roadmap.title, "Roadmap updated"}
    assert ChangelogEntry.objects.get().body == "- ‘A’: added"


def test_a_refused_edition_leaves_no_announcement_behind(slipped):
    roadmap, _ = slipped
    with pytest.raises(ReasonsMissing):
        make.edition(roadmap, choices=choices(announcement=Announcement(title="T", when="24 March 2026", body="")))
    assert not ChangelogEntry.objects.exists()


def test_the_words_of_a_published_entry_are_corrected_and_not_reworded():
    roadmap = make.roadmap()
    entry = make.changelog_entry(roadmap, body="Teh text")
    make.edition(roadmap)
    entry.body = "The text"
    entry.save()
    (one,) = pending(roadmap)
    assert [change.sentence(preview(roadmap).roadmap) for change in one.changes] == ["Text corrected"]
    assert publish(roadmap=roadmap, by=None).number == 2


def test_two_pages_never_have_one_address():
    roadmap = make.roadmap()
    old = make.page(roadmap, title="Old", slug="about")
    make.edition(roadmap)
    uid = old.uid
    old.delete()
    make.page(roadmap, title="New", slug="about")
    with pytest.raises(WouldTear, match="“New” has the address of “Old”"):
        make.edition(roadmap, choices=Choices(leave_out=frozenset([str(uid)])))
    make.edition(roadmap)


def test_a_column_is_not_removed_under_an_item_that_stays():
    roadmap = make.roadmap()
    field = make.field(roadmap, name="Tax years")
    item = make.item(roadmap, title="Agents", values={field: "26-27"})
    make.edition(roadmap)
    field.delete()
    with pytest.raises(WouldTear, match="a column that would be removed: include the item too"):
        make.edition(roadmap, choices=choices(item))


@pytest.mark.parametrize(
    ("title", "when"), [("", "24 March 2026"), ("x" * 300, "24 March 2026"), ("T", "whenever"), ("T", "")]
)
def test_an_announcement_that_cannot_be_kept_is_refused_and_nothing_is_published(title, when):
    roadmap = make.roadmap()
    with pytest.raises(AnnouncementRefused, match="The changelog entry"):
        make.edition(roadmap, choices=choices(announcement=Announcement(title=title, when=when, body="")))
    assert not Edition.objects.exists()


def test_an_item_that_moves_to_a_later_release_needs_a_reason():
    roadmap = make.roadmap(asks_reasons=True)
    june, july = make.release(roadmap, title="June 2026"), make.release(roadmap, title="Later", when="July 2026")
    item = make.item(roadmap, title="Agents", release=june)
    dated = make.item(roadmap, title="Dated", release=june, live="August 2026")
    make.edition(roadmap)
    for one in (item, dated):
        one.release = july
        one.save()
    with pytest.raises(ReasonsMissing) as refused:
        make.edition(roadmap)
    assert [(title, change.field) for _, title, change in refused.value.slips] == [("Agents", "milestone.live")]
    edition = make.edition(roadmap, choices=choices(reason_for_all="Put off"))
    reasons = Change.objects.filter(revision__edition=edition).values_list("revision__title", "reason")
    assert dict(reasons) == {"Agents": "Put off", "Dated": ""}
    for one in (item, dated):
        one.release = june
        one.save()
    make.edition(roadmap)
