"""Importing one source after another: what staff keep, and what they are asked."""

import pytest

from roadmap.models import Item
from roadmap.techdocs import ImportRefused, apply
from roadmap.techdocs.plan.report import in_words
from roadmap.working_copies.to_content import preview
from tests import make
from tests.techdocs import rows
from tests.techdocs.parcels import FIRST, JUNE, LABEL, LATER, NOW, ROUTE, WEIGH, board, bring, but, plan, references

pytestmark = pytest.mark.django_db


def test_staff_edits_stay_while_the_source_says_what_it_said():
    roadmap = bring(**FIRST)
    roadmap.items.filter(title="Weigh a parcel").update(title="Weigh anything", journey="")
    made = plan(**FIRST)
    assert not made.changes_something
    assert made.conflicts == ()
    apply(plan=made, now=NOW)
    assert "Weigh anything" in references(roadmap)


def test_staff_edits_and_the_sources_come_together_where_they_differ_in_other_fields():
    roadmap = bring(**FIRST)
    item = roadmap.items.get(title="Weigh a parcel")
    make.milestone(item, "test", "May 2026", is_deployed=True)
    Item.objects.filter(pk=item.pk).update(journey="Ours")
    changed = but(WEIGH, title="Weigh parcels", milestones=(rows.live("July 2026"),))
    made = plan(releases=[(JUNE, [changed, ROUTE]), (LATER, [LABEL])])
    assert made.conflicts == ()
    apply(plan=made, now=NOW)
    item.refresh_from_db()
    assert (item.title, item.journey) == ("Weigh parcels", "Ours")
    assert {one.environment: one.when for one in item.milestones.all()} == {"test": "May 2026", "live": "July 2026"}


def conflicting():
    """Staff and the source have both changed one title, and the description of that item only the source."""
    roadmap = bring(**FIRST)
    roadmap.items.filter(title="Weigh a parcel").update(title="Staff's title")
    changed = but(WEIGH, title="Source's title", description=WEIGH.description.replace("grams", "pounds"))
    return roadmap, {"releases": [(JUNE, [changed, ROUTE]), (LATER, [LABEL])]}


def test_a_conflict_is_told_and_left_as_staff_have_it_time_after_time():
    roadmap, second = conflicting()
    made = plan(**second)
    [conflict] = made.conflicts
    assert (conflict.field, conflict.before, conflict.ours, conflict.theirs) == (
        "title",
        "Weigh a parcel",
        "Staff's title",
        "Source's title",
    )
    told = "index.md:100: “Staff's title”, title: staff have “Staff's title”, the source says “Source's title”."
    assert f"  {told}" in in_words(made)
    apply(plan=made, now=NOW)
    assert "Staff's title" in references(roadmap)
    assert "pounds" in roadmap.items.get(title="Staff's title").description
    again = plan(**second)
    assert not again.changes_something
    assert [one.key for one in again.conflicts] == [conflict.key]


@pytest.mark.parametrize(("choice", "title"), [("source", "Source's title"), ("staff", "Staff's title")])
def test_a_conflict_that_somebody_decided_is_settled_for_good(choice, title):
    roadmap, second = conflicting()
    [conflict] = plan(**second).conflicts
    bring({conflict.key: choice}, **second)
    assert title in references(roadmap)
    again = plan(**second)
    assert again.conflicts == ()
    assert not again.changes_something


def test_what_is_gone_from_the_source_but_was_edited_stays_until_somebody_says():
    roadmap = bring(**FIRST)
    roadmap.items.filter(title="Print a label").update(journey="Ours")
    second = {"releases": [(JUNE, [WEIGH, ROUTE])]}
    made = plan(**second)
    [conflict] = made.conflicts
    assert conflict.edited == ("journey",)
    assert any("“Print a label” is not in the source any more" in line for line in in_words(made))
    apply(plan=made, now=NOW)
    assert ("Later", "Print a label") in board(roadmap)  # with its release, which is gone from the source too
    again = plan(**second)
    assert not again.changes_something
    [conflict] = again.conflicts
    bring({conflict.key: "source"}, **second)
    assert board(roadmap) == [("June 2026", "Weigh a parcel"), ("June 2026", "Choose a route")]


def test_what_staff_keep_although_the_source_dropped_it_is_theirs_from_then_on():
    roadmap = bring(**FIRST)
    roadmap.items.filter(title="Choose a route").update(journey="Ours")
    second = {"releases": [(JUNE, [WEIGH]), (LATER, [LABEL])]}
    [conflict] = plan(**second).conflicts
    bring({conflict.key: "staff"}, **second)
    again = plan(**second)
    assert again.conflicts == ()
    assert not again.changes_something
    assert "Choose a route" in references(roadmap)


def test_what_staff_deleted_stays_deleted_until_the_source_changes_it_and_somebody_says():
    roadmap = bring(**FIRST)
    reference = references(roadmap)["Weigh a parcel"]
    roadmap.items.get(title="Weigh a parcel").delete()
    assert not plan(**FIRST).changes_something
    second = {"releases": [(JUNE, [but(WEIGH, journey="Arriving"), ROUTE]), (LATER, [LABEL])]}
    made = plan(**second)
    [conflict] = made.conflicts
    assert "was deleted by staff" in "".join(in_words(made))
    assert not made.changes_something
    apply(plan=made, now=NOW)
    bring({conflict.key: "source"}, **second)
    assert references(roadmap)["Weigh a parcel"] == reference
    assert not plan(**second).changes_something


def test_what_staff_made_is_never_touched():
    roadmap = bring(**FIRST)
    release = make.release(roadmap, title="Ours")
    item = make.item(roadmap, title="Our own item", release=release, live="June 2026", position=3)
    column = make.field(roadmap, name="Our column")
    make.item(roadmap, title="Another", values={column: "x"})
    make.page(roadmap, title="Our page", slug="ours")
    make.changelog_entry(roadmap, title="Our entry")
    before = next(one for one in preview(roadmap).items if one.content.title == "Our own item").content
    bring(releases=[(JUNE, [ROUTE])])
    after = preview(roadmap)
    assert next(one for one in after.items if one.content.uid == str(item.uid)).content == before
    assert [column.name for column in after.roadmap.fields] == ["Our column"]
    assert [page.title for page in after.pages] == ["Our page"]
    assert [entry.title for entry in after.changelog] == ["Our entry"]


def test_a_release_in_which_staff_have_put_something_is_kept_with_a_doubt():
    roadmap = bring(**FIRST)
    make.item(roadmap, title="Our own item", release=roadmap.releases.get(title="Later"))
    made = plan(releases=[(JUNE, [WEIGH, ROUTE])])
    assert [one.text for one in made.doubts] == [
        "The release “Later” is not in the source any more. It was kept, for “Our own item” is in it."
    ]
    apply(plan=made, now=NOW)
    assert ("Later", "Our own item") in board(roadmap)
    assert not plan(releases=[(JUNE, [WEIGH, ROUTE])]).changes_something


# What is there, but from no import


def test_the_source_goes_before_what_was_made_by_hand_under_the_same_words():
    roadmap = make.roadmap(slug="parcel-tax", description="Ours", footer="Ours")
    item = make.item(roadmap, title="Weigh a parcel", description="By hand", journey="Sending", live="June 2026")
    bring(items=[but(WEIGH, journey="")])
    item.refresh_from_db()
    roadmap.refresh_from_db()
    assert item.description == WEIGH.description
    assert (item.journey, item.milestones.get().when) == ("Sending", "June 2026")  # of which the source says nothing
    assert (roadmap.title, roadmap.footer) == ("Parcel tax roadmap", "Ours")


def test_what_was_made_by_hand_and_is_only_alike_keeps_its_words():
    roadmap = make.roadmap(slug="parcel-tax")
    item = make.item(roadmap, title="Weigh parcels", description=WEIGH.description.replace("grams", "pounds"))
    made = plan(items=[WEIGH])
    assert {conflict.field for conflict in made.conflicts} == {"title", "description"}
    apply(plan=made, now=NOW)
    item.refresh_from_db()
    assert (item.title, item.journey) == ("Weigh parcels", "Sending")  # of which it said nothing
    assert roadmap.items.count() == 1
    assert not plan(items=[WEIGH]).changes_something


# Doubts and choices


def doubtful():
    """Two that are gone, and a new one that might be either."""
    words = "Each parcel gets a number of its own, which the receiver types in to see where it is"
    roadmap = bring(items=[rows.item("Number A", f"{words} by noon"), rows.item("Number B", f"{words} at midnight")])
    return roadmap, {"items": [rows.item("Number C", f"{words} at dawn")]}


def test_a_doubtful_match_is_told_with_its_alternatives_and_somebody_may_choose():
    roadmap, second = doubtful()
    made = plan(**second)
    [step] = [step for step in made.steps if step.key == "item:0"]
    [other] = step.recognised.alternatives
    assert step.recognised.is_doubtful
    assert [doubt.line for doubt in made.doubts] == [100]
    assert f"It may be “{other.reference} {other.title}”." in made.doubts[0].text
    chosen = plan({"item:0": other.uid}, **second)
    assert chosen.doubts == ()
    apply(plan=chosen, now=NOW)
    assert references(roadmap) == {"Number C": other.reference}


def test_somebody_may_choose_that_it_is_new():
    roadmap, second = doubtful()
    bring({"item:0": ""}, **second)
    assert references(roadmap) == {"Number C": "PARCEL-3"}


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"item:9": ""}, "has no part “item:9”"),
        ({"item:0": "00000000-0000-0000-0000-000000000000"}, "is not there any more"),
    ],
)
def test_a_choice_of_what_is_not_there_is_refused(choices, reason):
    _, second = doubtful()
    with pytest.raises(ImportRefused, match=reason):
        plan(choices, **second)


def test_two_parts_cannot_be_chosen_to_be_one_thing():
    bring(**FIRST)
    uid = str(Item.objects.get(title="Weigh a parcel").uid)
    with pytest.raises(ImportRefused, match="cannot both be the same"):
        plan({"item:0": uid, "item:1": uid}, **FIRST)
