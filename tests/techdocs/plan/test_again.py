"""Importing one source after another: what is found again, what goes, and in which order."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.content.choices import Environment, Horizon, Kind, Noun
from roadmap.models import Api
from roadmap.models.import_origin import Origin
from roadmap.techdocs import Verb, apply
from roadmap.techdocs.plan.report import in_words
from roadmap.working_copies.to_content import preview
from tests import make
from tests.cases import each_case
from tests.techdocs import rows
from tests.techdocs.parcels import FIRST, JUNE, LABEL, LATER, NOW, ROUTE, WEIGH, board, bring, but, plan, references

pytestmark = pytest.mark.django_db


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
    assert (opening.content.kind, opening.content.audiences) == ("guide", ("Businesses", "Agents"))
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


@each_case(
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


@pytest.mark.parametrize(
    "after", [rows.release("March 2027"), rows.release("Mid term", horizon=Horizon.MID), rows.release("Later on")]
)
def test_the_last_item_of_a_term_moves_and_the_term_does_not_become_where_it_went(after):
    term = bring(**FIRST).releases.get(title="Later").uid
    made = plan(releases=[(JUNE, [WEIGH, ROUTE]), (after, [LABEL])])
    [label] = [step for step in made.steps if step.title == "Print a label"]
    assert [one.sentence(made.roadmap) for one in label.changes(made.release_titles)] == [
        f"Moved from Later to {after.title}"
    ]
    assert {step.title: step.verb for step in made.steps if step.noun == "release"} == {
        "June 2026": Verb.KEEP,
        after.title: Verb.CREATE,
        "Later": Verb.WITHDRAW,
    }
    assert not apply(plan=made, now=NOW).releases.filter(uid=term).exists()


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


def test_a_source_without_a_changelog_takes_no_entry_back_and_says_so():
    guide, other = rows.entry("Guide", "May 2026", "- New"), rows.entry("Depots", "June 2026")
    bring(**FIRST, entries=(guide, other))
    silent = plan(**FIRST, has_changelog=False)
    assert not silent.changes_something
    assert "index.md: There is no changelog in the source any more, so 2 changelog entries were kept." in " ".join(
        in_words(silent)
    )
    roadmap = apply(plan=silent, now=NOW)
    assert roadmap.changelog_entries.count() == 2
    # Back again, they are the ones that they were; and a changelog that lacks an entry does withdraw it.
    uid = roadmap.changelog_entries.get(title="Guide").uid
    assert [entry.uid for entry in bring(**FIRST, entries=(guide,)).changelog_entries.all()] == [uid]
    assert not bring(**FIRST).changelog_entries.exists()


def test_an_entry_that_staff_deleted_stays_deleted_while_the_source_has_no_changelog():
    guide = rows.entry("Guide", "May 2026", "- New")
    bring(**FIRST, entries=(guide,)).changelog_entries.all().delete()
    silent = plan(**FIRST, has_changelog=False)
    assert silent.doubts == ()
    apply(plan=silent, now=NOW)
    assert not bring(**FIRST, entries=(guide,)).changelog_entries.exists()


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


def test_an_import_gives_no_address_to_an_api_that_another_roadmap_shows():
    """Whoever imports may be an editor of one team: what every roadmap shows is for publishers to change."""
    make.item(make.roadmap(), apis=((make.api(name="Shared API"), "1.0"),))
    free = make.api(name="Free API")
    said = {
        "items": [
            but(WEIGH, apis=(rows.api("Shared API", url="https://example.org/evil"),)),
            but(
                ROUTE,
                apis=(
                    rows.api("shared api", url="https://example.org/evil"),
                    rows.api("Free API", url="https://example.gov.uk/f"),
                ),
            ),
        ]
    }
    (doubt,) = [one for one in plan(**said).doubts if "Shared API" in one.text]
    assert "stays without: a publisher can give it one" in doubt.text
    bring(**said)
    free.refresh_from_db()
    assert free.url == "https://example.gov.uk/f"
    assert Api.objects.get(name="Shared API").url == ""
    assert not plan(**said).changes_something


def test_a_column_keeps_its_key_when_it_is_reworded_or_renamed_by_staff():
    said = {"items": [but(WEIGH, fields=(("Usable in year", "Yes"),))], "fields": (rows.column("Usable in year"),)}
    roadmap = bring(**said)
    roadmap.fields.update(name="Can be used in year")
    assert not plan(**said).changes_something
    bring(items=[but(WEIGH, fields=(("Usable in year?", "No"),))], fields=(rows.column("Usable in year?"),))
    assert [(field.key, field.name) for field in roadmap.fields.all()] == [("usable-in-year", "Can be used in year")]
    assert preview(roadmap).items[0].content.fields[0].value == "No"


def test_a_column_that_says_the_same_by_another_heading_keeps_its_key():
    def said(heading, *values, others=()):
        columns = (*(rows.column(name) for name in others), rows.column(heading))
        items = zip((WEIGH, ROUTE, LABEL), values, strict=True)
        return {"items": [but(item, fields=((heading, value),)) for item, value in items], "fields": columns}

    roadmap = bring(**said("Usable in year", "Yes", "No", "Yes"))
    planned = plan(**said("Before the deadline", "Yes", "No", "Yes"))
    sentences = {
        step.noun: [change.sentence(planned.roadmap) for change in step.changes(planned.release_titles)]
        for step in planned.steps
        if step.verb is not Verb.KEEP
    }
    assert sentences == {Noun.ROADMAP: ["Column ‘Usable in year’ renamed ‘Before the deadline’"]}
    bring(**said("Before the deadline", "Yes", "No", "Yes"))
    assert [*roadmap.fields.values_list("key", "name")] == [("usable-in-year", "Before the deadline")]
    # One that says something else, or stands elsewhere, is another.
    for other in (said("After it", "No", "No", "Yes"), said("After it", "Yes", "No", "Yes", others=["Team"])):
        (step, *_) = plan(**other).steps
        assert "usable-in-year" not in {column.key for column in step.after.fields}


def test_a_column_whose_heading_has_words_around_it_is_the_same_column_wherever_it_stands():
    def said(*columns, titles):
        items = [
            but(item, title=title, fields=tuple((name, "Yes") for name in columns))
            for item, title in zip((WEIGH, ROUTE), titles, strict=True)
        ]
        return {"items": items, "fields": tuple(rows.column(name) for name in columns)}

    roadmap = bring(**said("Part of the update", "Can be used in year?", titles=("Weigh", "Route")))
    # With titles that are all new, what the items say tells nothing.
    bring(**said("Yes - can be used in year, No - not", "Team", titles=("Weighing a parcel", "Routing of parcels")))
    assert ("can-be-used-in-year", "Yes - can be used in year, No - not") in [
        *roadmap.fields.values_list("key", "name")
    ]
    bring(**said("Team", "In year", titles=("Weights", "Routes")))  # two words are in many
    assert "can-be-used-in-year" not in roadmap.fields.values_list("key", flat=True)


def test_a_column_that_is_gone_goes_unless_staff_have_filled_it():
    said = {"items": [but(WEIGH, fields=(("Year", "2026"),))], "fields": (rows.column("Year"),)}
    roadmap = bring(**said)
    mine = make.item(roadmap, title="Mine", values={roadmap.fields.get(): "2027"})
    bring(items=[WEIGH])
    assert [field.name for field in roadmap.fields.all()] == ["Year"]
    mine.delete()
    bring(items=[WEIGH, ROUTE])
    assert [field.name for field in roadmap.fields.all()] == []
