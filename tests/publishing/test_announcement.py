"""The changelog entry that is drafted from what an Edition changes."""

import pytest
from django.utils import timezone

from roadmap.content.choices import Noun
from roadmap.models import Item
from roadmap.publishing import draft_announcement, pending
from roadmap.publishing.pending import contents_with
from roadmap.working_copies.to_content import preview
from tests import make

pytestmark = pytest.mark.django_db


def drafted(roadmap, minor=(), reasons=None):
    found, now = pending(roadmap), timezone.now()
    return draft_announcement(
        found,
        preview(roadmap).roadmap,
        now,
        known=lambda: contents_with(found, roadmap, now),
        minor=frozenset(str(thing.uid) for thing in minor),
        reasons={(str(thing.uid), field): reason for (thing, field), reason in (reasons or {}).items()},
    )


def texts(draft):
    """The title, and the lines that are not empty."""
    return draft.title, [line for line in draft.body.splitlines() if line]


@pytest.fixture
def roadmap():
    return make.roadmap(live_label="Production")


@pytest.fixture
def december(roadmap):
    """A published release of two items that go by its date, and a third that has one of its own."""
    release = make.release(roadmap, title="December 2023")
    for title in ("Agents", "Losses"):
        make.item(roadmap, title=title, release=release)
    make.item(roadmap, title="Dated", release=release, live="June 2024")
    make.edition(roadmap)
    return release


def deploy(release, *titles):
    for item in release.items.filter(title__in=titles):
        make.milestone(item, "live", "December 2023", is_deployed=True)


def test_one_thing_that_changed_is_told_in_one_line(roadmap):
    item = make.item(roadmap, title="Multiple *agents*", test="March 2026", live="June 2026")
    make.edition(roadmap)
    item.milestones.filter(environment="test").update(is_deployed=True)
    item.milestones.filter(environment="live").update(when="September 2026")
    draft = drafted(roadmap, reasons={(item, "milestone.live"): "Testing showed a fault."})
    assert draft.when == f"{timezone.localtime(timezone.now()):%-d %B %Y}"
    assert texts(draft) == (
        "‘Multiple *agents*’ now in sandbox",
        [
            r"- ‘Multiple \*agents\*’: now in sandbox; production moved from June 2026 to September 2026. "
            "Reason: Testing showed a fault."
        ],
    )


def test_what_comes_back_is_added_again_and_what_is_new_is_added(roadmap):
    item = make.item(roadmap, title="Losses")
    make.edition(roadmap)
    item.delete()
    make.edition(roadmap, at=timezone.now())
    Item.objects.create(roadmap=roadmap, uid=item.uid, reference=item.reference, title="Losses")
    make.item(roadmap, title="Agents")
    day = f"{timezone.localtime(timezone.now()):%-d %B %Y}"
    assert texts(drafted(roadmap)) == (
        "Added: ‘Agents’. Added again: ‘Losses’",
        ["Added:", "- ‘Agents’", "Added again:", f"- ‘Losses’, after it was withdrawn on {day}"],
    )


def test_what_happened_stands_in_groups_in_the_order_of_its_weight(roadmap):
    for title, dates in {
        "There": {"live": "May 2026"},
        "Tested": {"test": "May 2026"},
        "Late": {"live": "May 2026"},
        "Early": {"live": "May 2026"},
        "Dated": {},
        "Gone": {},
        "Reworded": {"description": "Old"},
        "Other": {},
        "Back": {"test": "May 2025", "deployed": ("test",)},
    }.items():
        make.item(roadmap, title=title, **dates)
    make.edition(roadmap)
    items = {item.title: item for item in roadmap.items.all()}
    for title in ("There", "Tested"):
        items[title].milestones.update(is_deployed=True)
    for title, when in {"Late": "June 2026", "Early": "April 2026"}.items():
        items[title].milestones.update(when=when)
    items["Back"].milestones.update(is_deployed=False)
    make.milestone(items["Dated"], "live", "May 2026")
    items["Gone"].delete()
    roadmap.items.filter(title="Reworded").update(description="New")
    roadmap.items.filter(title="Other").update(journey="Payments")
    make.page(roadmap, title="New page")
    assert texts(drafted(roadmap)) == (
        "Now in production: ‘There’. Now in sandbox: ‘Tested’, and more",
        [
            *("Now in production:", "- ‘There’"),
            *("Now in sandbox:", "- ‘Tested’"),
            *("No longer in sandbox:", "- ‘Back’: now expected May 2025"),
            *("Moved later:", "- ‘Late’: production moved from May 2026 to June 2026"),
            *("Brought forward:", "- ‘Early’: production brought forward from May 2026 to April 2026"),
            *("Dates given:", "- ‘Dated’: production expected May 2026"),
            *("Added:", "- ‘New page’"),
            *("Withdrawn:", "- ‘Gone’"),
            *("Reworded:", "- ‘Reworded’: description reworded"),
            *("Other changes:", "- ‘Other’: journey added: Payments"),
        ],
    )


def test_a_release_that_is_in_production_names_its_items(roadmap, december):
    december.is_deployed = True
    december.save()
    told = ("December 2023 is in production: 2 items", ["December 2023 is in production:", "- ‘Agents’", "- ‘Losses’"])
    assert texts(drafted(roadmap)) == told
    deploy(december, "Agents", "Losses")  # each of them says so too
    title, lines = texts(drafted(roadmap))
    assert (title, [line.partition(" (")[0] for line in lines]) == told


def test_a_release_is_in_production_where_all_of_its_items_are(roadmap, december):
    deploy(december, "Agents", "Losses")
    assert drafted(roadmap).title == "Now in production: 2 items (release ‘December 2023’)"
    december.items.get(title="Dated").milestones.update(is_deployed=True)
    assert drafted(roadmap).title == "December 2023 is in production: 3 items"


def test_things_of_two_releases_stand_apart(roadmap, december):
    make.item(roadmap, title="New", release=december)
    make.item(roadmap, title="Newer", release=make.release(roadmap, title="March 2024"))
    assert texts(drafted(roadmap)) == (
        "Added: 2 items",
        ["March 2024 has been added:", "- ‘Newer’", "Added (release ‘December 2023’):", "- ‘New’"],
    )


@pytest.mark.parametrize("fields", [{"when": "February 2024"}, {"title": "February 2024"}])
def test_a_release_that_slips_names_the_items_that_go_by_its_date(roadmap, december, fields):
    type(december).objects.update(**fields)
    assert texts(drafted(roadmap, reasons={(december, "when"): "A fault."})) == (
        "December 2023 has moved later: 2 items",
        [
            "December 2023: date moved from December 2023 to February 2024. Reason: A fault.",
            "- ‘Agents’",
            "- ‘Losses’",
        ],
    )


def test_a_reason_for_all_is_given_once_and_others_each_beside_its_change(roadmap):
    one, other = (make.item(roadmap, title=title, live="May 2026") for title in ("One", "Other"))
    make.edition(roadmap)
    for item in (one, other):
        item.milestones.update(when="June 2026")
    alike = dict.fromkeys([(one, "milestone.live"), (other, "milestone.live")], "A fault.")
    title, lines = texts(drafted(roadmap, reasons=alike))
    assert (title, lines[0]) == ("Moved later: 2 items", "Moved later. Reason: A fault.")
    assert "Reason" not in "".join(lines[1:])
    _, lines = texts(drafted(roadmap, reasons={**alike, (other, "milestone.live"): "Another fault."}))
    assert [line.partition("Reason: ")[2] for line in lines] == ["", "A fault.", "Another fault."]


def test_an_item_that_goes_to_a_later_release_is_told_once(roadmap, december):
    item = december.items.get(title="Agents")
    item.release = make.release(roadmap, title="March 2024")
    item.save()
    make.item(roadmap, title="New")
    _, lines = texts(drafted(roadmap))
    assert (
        "- ‘Agents’: production moved from December 2023 to March 2024; moved from December 2023 to March 2024" in lines
    )


def test_a_roadmap_that_hides_its_earlier_dates_is_not_drafted_as_later(roadmap):
    items = [make.item(roadmap, title=title, live="May 2026") for title in ("One", "Other")]
    make.edition(roadmap)
    roadmap.hides_date_history = True
    roadmap.save()
    for item in items:
        item.milestones.update(when="June 2026")
    draft = drafted(roadmap)
    assert (draft.title, "May" in draft.body, "later" in draft.body) == ("Dates changed: 2 items", False, False)


def test_minor_things_and_what_is_no_news_are_not_drafted(roadmap):
    page = make.page(roadmap, title="Page", body="We are *two* teams.")
    moved = make.item(roadmap, title="Moved in the list")
    typo = make.item(roadmap, title="Typo")
    make.edition(roadmap)
    page.body, moved.position, typo.title = "We are _two_ teams.", 7, "Typing"
    for thing in (page, moved, typo):
        thing.save()
    make.changelog_entry(roadmap)
    assert {thing.noun for thing in pending(roadmap)} == {Noun.PAGE, Noun.ITEM, Noun.CHANGELOG_ENTRY}
    assert drafted(roadmap, minor=[typo]) is None
    assert texts(drafted(roadmap)) == ("‘Typing’ reworded", ["- ‘Typing’: title changed from Typo"])


def test_releases_that_move_are_counted_where_there_are_several(roadmap):
    releases = [make.release(roadmap, title=title) for title in ("May 2026", "June 2026")]
    make.edition(roadmap)
    for release in releases:
        type(release).objects.filter(pk=release.pk).update(title="July 2027")
    title, lines = texts(drafted(roadmap, reasons={(releases[0], "when"): "A fault."}))
    assert title == "Moved later: 2 releases"
    assert lines == [
        "May 2026: date moved from May 2026 to July 2027. Reason: A fault.",
        "June 2026: date moved from June 2026 to July 2027.",
    ]


# What one thing's entry is called: by what happened to it, and never by more than that.
ONE_THING = [
    (
        {},
        {"test": "May 2026", "live": "Q3 2026"},
        "added",
        "added; sandbox expected May 2026; production expected",
    ),
    ({"live": "May 2026"}, {"live": "June 2026"}, "moved later", "production moved from May 2026 to June 2026"),
    ({"live": "May 2026"}, {"live": "April 2026"}, "brought forward", "production brought forward from"),
    ({"live": "May 2026"}, {"live": "TBC"}, "given a less certain date", "production date now to be confirmed"),
    ({"live": "by May 2026"}, {"live": "2026"}, "given a less certain date", "production date less exact, and may be"),
    ({"live": "2026"}, {"live": "May 2026"}, "given a more certain date", "production date more exact: May 2026"),
    ({"live": "TBC"}, {"live": "May 2026"}, "given a date", "production now expected May 2026"),
    ({"live": "from May 2026"}, {"live": "TBC"}, "given a less certain date", "production date now to be confirmed"),
    ({"live": "May 2026 (TBC)"}, {"live": "May 2026"}, "given a more certain date", "production date confirmed"),
]


@pytest.mark.parametrize(("before", "after", "title", "words"), ONE_THING)
def test_an_entry_of_one_thing_is_called_by_what_happened_to_it(roadmap, before, after, title, words):
    item = make.item(roadmap, title="Losses", **before) if before else None
    make.edition(roadmap)
    if item is None:
        make.item(roadmap, title="Losses", **after)
    else:
        item.milestones.update(when=after["live"])
    found, (line,) = texts(drafted(roadmap))
    assert found == f"‘Losses’ {title}"
    assert line.startswith(f"- ‘Losses’: {words}")


def test_items_that_are_added_come_with_their_dates(roadmap):
    make.edition(roadmap)
    make.item(roadmap, title="Dated", live="May 2026")
    make.item(roadmap, title="There", deployed=("test",))
    make.item(roadmap, title="Vague", live="TBC")
    assert texts(drafted(roadmap))[1] == [
        "Added:",
        "- ‘Dated’: production expected May 2026",
        "- ‘There’: now in sandbox",
        "- ‘Vague’",
    ]


def test_what_is_added_to_a_release_that_is_deployed_is_live_wherever_else_it_was_before(roadmap):
    make.edition(roadmap)
    release = make.release(roadmap, title="Spring", is_deployed=True)
    make.item(roadmap, title="Returns", release=release, test="May 2025", deployed=("test",))
    make.item(roadmap, title="Alone", test="May 2025", live="May 2026", deployed=("test", "live"))
    said = " ".join(texts(drafted(roadmap))[1])
    assert "sandbox" not in said
    assert "- ‘Alone’: now in production" in said


def test_what_went_with_a_column_is_not_told_of_each_item(roadmap):
    column = make.field(roadmap, name="Usable in year?")
    items = [make.item(roadmap, title=title, values={column: "Yes"}) for title in ("Agents", "Losses")]
    make.edition(roadmap)
    column.delete()
    assert drafted(roadmap) is None
    items[0].title = "Multiple agents"
    items[0].save()
    title, (line,) = texts(drafted(roadmap))
    assert (title, line) == (
        "‘Multiple agents’ reworded",
        "- ‘Multiple agents’: title changed from Agents",
    )


def test_a_draft_fits_its_fields(roadmap):
    make.edition(roadmap)
    release = make.release(roadmap, title="R" * 200)
    make.item(roadmap, title="I" * 200, release=release)
    make.page(roadmap, title="P" * 200)
    assert len(drafted(roadmap).title) <= 200
