"""Importing one source after another: what is found again, what staff keep, what goes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadmap.content import Environment, Horizon, Kind
from roadmap.importing import ImportRefused, Verb, apply, make_plan
from roadmap.importing.report import in_words
from roadmap.models import Api, Item, Milestone, Page, Release, Roadmap
from roadmap.models.origins import Origin
from roadmap.publishing import preview
from tests import make
from tests.importing import rows

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-24")
WEIGH = rows.item(
    "Weigh a parcel",
    "Software can weigh a parcel on the depot's scales and send us the weight in grams.",
    journey="Sending",
    apis=(rows.api("Parcel API", "v1", "https://example.gov.uk/parcel"),),
)
ROUTE = rows.item(
    "Choose a route", "Customers choose between three routes on a map and see the price of each.", journey="Planning"
)
LABEL = rows.item("Print a label", "A label with the name of the receiver is printed from any browser.")
JUNE, LATER = rows.release("June 2026"), rows.release("Later", horizon=Horizon.LONG)
FIRST = {"releases": [(JUNE, [WEIGH, ROUTE]), (LATER, [LABEL])]}


def plan(choices=None, **said):
    return make_plan(rows.parsed(**said), slug="parcel-tax", choices=choices)


def bring(choices=None, **said) -> Roadmap:
    return apply(plan=plan(choices, **said), now=NOW)


def references(roadmap: Roadmap) -> dict[str, str]:
    return dict(roadmap.items.values_list("title", "reference"))


def board(roadmap: Roadmap) -> list[tuple[str, str]]:
    """What a reader finds, top to bottom."""
    return [(one.release.title if one.release else "", one.content.title) for one in preview(roadmap).items]


def but(part, **values):
    return rows._at(part, **values)


def test_a_new_roadmap_has_everything_the_source_says():
    roadmap = bring(
        releases=[(JUNE, [WEIGH, ROUTE]), (LATER, [LABEL])],
        items=[
            rows.item(
                "Depot opening times",
                kind=Kind.GUIDE,
                audiences=("Businesses", "Agents"),
                is_breaking=True,
                fields=(("Tax years", "2026 to 2027"),),
                milestones=(rows.live("May 2026"),),
            )
        ],
        fields=(rows.column("Tax years", "The years that it is for."),),
        environment_labels=(("live", "Production"),),
        pages=(rows.page("Who we are", "who-we-are", "Us"),),
        entries=(rows.entry("Guide", "May 2026", "- New"),),
    )
    snapshot = preview(roadmap)
    assert board(roadmap) == [
        ("June 2026", "Weigh a parcel"),
        ("June 2026", "Choose a route"),
        ("Later", "Print a label"),
        ("", "Depot opening times"),
    ]
    assert [one.content.reference for one in snapshot.items] == ["PARCEL-2", "PARCEL-3", "PARCEL-4", "PARCEL-1"]
    opening = snapshot.items[-1]
    assert opening.fields == [(snapshot.roadmap.fields[0], "2026 to 2027")]
    assert (opening.content.kind_label, opening.content.audience) == ("Guide", "Businesses and agents")
    assert opening.content.is_breaking is True
    assert str(opening.due(Environment.LIVE)) == "May 2026"
    assert snapshot.roadmap.labels.live == "Production"
    assert snapshot.roadmap.fields[0].explanation == "The years that it is for."
    assert snapshot.items[0].content.apis == (rows.api("Parcel API", "v1", "https://example.gov.uk/parcel"),)


def test_a_second_time_nothing_is_written_and_it_says_so():
    bring(**FIRST, pages=(rows.page("A", "a"),), entries=(rows.entry("B", "May 2026"),))
    again = plan(**FIRST, pages=(rows.page("A", "a"),), entries=(rows.entry("B", "May 2026"),))
    with CaptureQueriesContext(connection) as queries:
        apply(plan=again, now=make.at("2026-04-01"))
    assert len(queries) > 0
    assert not [one for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not again.changes_something
    assert any("Nothing to change" in line for line in in_words(again))
    assert {origin.imported_at for origin in Origin.objects.all()} == {NOW}


@pytest.mark.parametrize(
    ("change", "now_titled"),
    [
        ({"title": "Scales in the depot"}, "Scales in the depot"),
        ({"description": "Send us the weight of each parcel, in kilograms or in pounds."}, "Weigh a parcel"),
        ({"apis": (rows.api("Other API"), rows.api("Scales API"))}, "Weigh a parcel"),
        (
            {"title": "Weighing parcels", "description": WEIGH.description.replace("grams", "pounds")},
            "Weighing parcels",
        ),
        ({"journey": "Arriving"}, "Weigh a parcel"),
    ],
)
def test_a_reworded_row_in_another_release_keeps_its_reference(change, now_titled):
    before = references(bring(**FIRST))["Weigh a parcel"]
    roadmap = bring(releases=[(JUNE, [ROUTE]), (LATER, [LABEL, but(WEIGH, **change)])])
    assert references(roadmap)[now_titled] == before
    assert board(roadmap) == [("June 2026", "Choose a route"), ("Later", "Print a label"), ("Later", now_titled)]
    assert roadmap.items.count() == 3


def test_what_is_gone_from_the_source_goes_and_what_is_new_comes():
    roadmap = bring(**FIRST)
    made = plan(releases=[(JUNE, [WEIGH, rows.item("Track it", "See where each van is at any hour of day.")])])
    verbs = {step.title: step.verb for step in made.steps}
    assert verbs["Choose a route"] is verbs["Print a label"] is verbs["Later"] is Verb.WITHDRAW
    assert verbs["Track it"] is Verb.CREATE
    apply(plan=made, now=NOW)
    assert board(roadmap) == [("June 2026", "Weigh a parcel"), ("June 2026", "Track it")]
    assert [release.title for release in roadmap.releases.all()] == ["June 2026"]
    assert references(roadmap)["Track it"] == "PARCEL-4"


def test_a_release_that_slips_whole_stays_the_same_one():
    uid = bring(**FIRST).releases.get(title="June 2026").uid
    roadmap = bring(releases=[(rows.release("September 2026"), [WEIGH, ROUTE]), (LATER, [LABEL])])
    assert roadmap.releases.get(title="September 2026").uid == uid
    assert roadmap.releases.count() == 2


def test_an_item_that_moves_alone_takes_no_release_with_it():
    roadmap = bring(**FIRST)
    june = roadmap.releases.get(title="June 2026").uid
    bring(releases=[(JUNE, [ROUTE]), (rows.release("September 2026"), [WEIGH]), (LATER, [LABEL])])
    assert roadmap.releases.get(title="June 2026").uid == june
    assert roadmap.releases.count() == 3


def test_a_release_that_is_split_up_is_none_of_those_that_came_of_it():
    roadmap = bring(releases=[(JUNE, [WEIGH, ROUTE, LABEL])])
    june = roadmap.releases.get().uid
    bring(releases=[(rows.release(title), [one]) for title, one in (("July", WEIGH), ("May", ROUTE), ("Later", LABEL))])
    assert june not in [release.uid for release in roadmap.releases.all()]
    assert roadmap.releases.count() == 3


def test_rows_that_say_the_same_stay_in_their_order():
    bring(releases=[(JUNE, [WEIGH]), (LATER, [WEIGH])])
    together = {"releases": [(LATER, [WEIGH, WEIGH])]}
    bring(**together)
    assert not plan(**together).changes_something


def test_a_page_found_under_another_address_keeps_its_own():
    roadmap = bring(pages=(rows.page("Who we are", "who-we-are", "We are the team of the depot."),))
    page = roadmap.pages.get()
    bring(pages=(rows.page("About us", "about-us", "We are the team of the depot."),))
    page.refresh_from_db()
    assert (page.title, page.slug) == ("About us", "who-we-are")
    assert not plan(pages=(rows.page("About us", "about-us", "We are the team of the depot."),)).changes_something


def test_a_new_page_whose_address_staff_have_taken_gets_another():
    roadmap = bring(pages=())
    make.page(roadmap, title="Ours", slug="vans", body="Nothing alike at all")
    roadmap.pages.update(slug="vans")
    make.page(roadmap, title="Vans", slug="vans-3")
    bring(pages=(rows.page("Lorries", "vans-3-more", "x"), rows.page("Trucks", "trucks", "y")))
    assert {*roadmap.pages.values_list("slug", flat=True)} == {"vans", "vans-3", "vans-3-more", "trucks"}


# Staff edits


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
    return roadmap, {"items": [rows.item("Number C", f"{words} at noon")]}


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


# Order


def orders(roadmap) -> dict[str, int]:
    return dict(roadmap.items.values_list("title", "position"))


def test_a_new_first_row_moves_no_other():
    roadmap = bring(**FIRST)
    before = orders(roadmap)
    top = rows.item("Drop off", "Leave a parcel at any shop in town.")
    bring(releases=[(JUNE, [top, WEIGH, ROUTE]), (LATER, [LABEL])])
    assert {title: place for title, place in orders(roadmap).items() if title != "Drop off"} == before
    assert [title for _, title in board(roadmap)][:3] == ["Drop off", "Weigh a parcel", "Choose a route"]


def test_rows_in_another_order_are_shown_in_it():
    roadmap = bring(**FIRST)
    bring(releases=[(LATER, [LABEL]), (JUNE, [ROUTE, WEIGH])])
    assert [title for _, title in board(roadmap)] == ["Print a label", "Choose a route", "Weigh a parcel"]


# APIs and columns


def test_an_api_is_one_whatever_its_case_and_its_address_is_set_only_where_there_is_none():
    make.api(name="PARCEL API")
    make.api(name="Scales API", url="https://example.gov.uk/ours")
    apis = (
        rows.api("Parcel API", url="https://example.gov.uk/p"),
        rows.api("scales api", url="https://example.gov.uk/s"),
    )
    said = {"items": [but(WEIGH, apis=apis), but(ROUTE, apis=(rows.api("New API"), rows.api("new api", "v2")))]}
    bring(**said)
    assert dict(Api.objects.values_list("name", "url")) == {
        "PARCEL API": "https://example.gov.uk/p",
        "Scales API": "https://example.gov.uk/ours",
        "New API": "",
    }
    assert not plan(**said).changes_something


def test_a_column_keeps_its_key_when_it_is_reworded_or_renamed_by_staff():
    said = {"items": [but(WEIGH, fields=(("Usable in year", "Yes"),))], "fields": (rows.column("Usable in year"),)}
    roadmap = bring(**said)
    roadmap.fields.update(name="Can be used in year")
    assert not plan(**said).changes_something
    bring(items=[but(WEIGH, fields=(("Usable in year?", "No"),))], fields=(rows.column("Usable in year?"),))
    assert [(field.key, field.name) for field in roadmap.fields.all()] == [("usable-in-year", "Can be used in year")]
    assert preview(roadmap).items[0].content.fields[0].value == "No"


def test_a_column_that_is_gone_goes_unless_staff_have_filled_it():
    said = {"items": [but(WEIGH, fields=(("Year", "2026"),))], "fields": (rows.column("Year"),)}
    roadmap = bring(**said)
    mine = make.item(roadmap, title="Mine", values={roadmap.fields.get(): "2027"})
    bring(items=[WEIGH])
    assert [field.name for field in roadmap.fields.all()] == ["Year"]
    mine.delete()
    bring(items=[WEIGH, ROUTE])
    assert [field.name for field in roadmap.fields.all()] == []


# Whatever changes


SUBJECTS = ["weigh", "route", "label", "track", "return", "insure"]
PHRASES = [
    "software can do this in the sandbox from the first day on",
    "customers see every price before they decide about anything",
    "agents ask their client once and never again for leave",
]
ROWS = st.builds(
    lambda subject, phrase, live, column: rows.item(
        subject.capitalize(),
        f"{subject}: {PHRASES[phrase]}, {subject} included",
        milestones=(rows.live(live),) if live else (),
        fields=(("Year", column),) if column else (),
    ),
    st.sampled_from(SUBJECTS),
    st.integers(0, 2),
    st.sampled_from(["", "June 2026", "Q3 2026"]),
    st.sampled_from(["", "2026", "2027"]),
)
SOURCES = st.builds(
    lambda releases, loose, page: {
        "releases": [(rows.release(title), inside) for title, inside in releases],
        "items": loose,
        "pages": (rows.page("Page", "page", page),) if page else (),
    },
    st.lists(
        st.tuples(st.sampled_from(["June 2026", "July 2026", "Later", "Backlog"]), st.lists(ROWS, max_size=4)),
        max_size=3,
    ),
    st.lists(ROWS, max_size=2),
    st.sampled_from(["", "One text", "Another"]),
)


def said_by(roadmap: Roadmap) -> list[object]:
    """All that a reader finds, in order, without references, which tell of the past."""
    snapshot = preview(roadmap)
    return [
        [release.title for release in snapshot.releases],
        [
            (
                one.release and one.release.title,
                one.content.title,
                one.content.description,
                [(milestone.environment, milestone.typed) for milestone in one.content.milestones],
                [(field.name, value) for field, value in one.fields],
            )
            for one in snapshot.items
        ],
        [(page.title, page.body) for page in snapshot.pages],
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SOURCES, SOURCES)
def test_one_source_after_another_reads_as_the_last_alone(first, second):
    for model in (Item, Release, Page, Origin):
        model.objects.all().delete()
    Roadmap.objects.all().delete()
    alone = apply(plan=make_plan(rows.parsed(**second), slug="alone"), now=NOW)
    bring(**first)
    before = {str(item.uid): item.reference for item in Item.objects.filter(roadmap__slug="parcel-tax")}
    roadmap = bring(**second)
    assert said_by(roadmap) == said_by(alone)
    assert not plan(**second).changes_something
    for item in roadmap.items.all():
        assert before.get(str(item.uid), item.reference) == item.reference
    assert Origin.objects.filter(roadmap=roadmap).count() == (
        1 + roadmap.items.count() + roadmap.releases.count() + roadmap.pages.count()
    )
    assert not Milestone.objects.filter(when="", is_deployed=False).exists()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SOURCES, SOURCES, st.integers(0, 5), st.sampled_from(["title", "description", "journey"]))
def test_nothing_that_staff_typed_is_ever_lost(first, second, which, field):
    Item.objects.all().delete()
    Roadmap.objects.all().delete()
    items = [*bring(**first).items.all()]
    if not items:
        return
    edited = items[which % len(items)]
    setattr(edited, field, "As staff wrote it")
    edited.save()
    bring(**second)
    bring(**first)
    edited.refresh_from_db()
    assert getattr(edited, field) == "As staff wrote it"
    assert not plan(**first).changes_something
