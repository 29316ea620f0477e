"""What changed since a day or an edition: /<roadmap>/changes/."""

import re

import pytest

from roadmap.models import Item
from roadmap.publishing import Choices
from tests import make
from tests.cases import each_case
from tests.web import story

pytestmark = pytest.mark.django_db
URL = f"/{story.SLUG}/changes/"


def edit(thing, **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save()


def sections(page):
    """What each edition is said to have changed, in the page's order, by its number."""
    found = {}
    for section in page.all("section", class_="app-edition"):
        heading, words = re.fullmatch(r"(.*?, edition \d+)(?: Not published yet)? (.*)", section.text).groups()
        found[int(heading.rsplit(" ", 1)[1])] = words
    return found


def test_since_an_edition_tells_of_every_later_one_newest_first(told, reads):
    page = reads(f"{URL}?since=3")
    assert page.one("h1").text == "What changed since edition 3 (3 February 2026)"
    assert [*sections(page)] == [7, 6, 5, 4]
    assert sections(page) == {
        7: "Corrections VAT (MTD) End-to-end Service Guide v1.0, corrected: title corrected Small corrections "
        "Submit a correction: title changed from Submit a corection In sandbox",
        6: "One item withdrawn Set up, view and cancel a Direct Debit: withdrawn. Reason: Paid for in another way. "
        "Withdrawn",
        5: "Deployed to sandbox Submit a corection: now in sandbox In sandbox",
        4: "A date moves Submit a corection: sandbox moved from March 2026 to April 2026. "
        "Reason: The supplier is late. Planned",
    }


def test_it_says_from_which_edition_to_which_and_counts_what_happened(told, reads):
    main = reads(f"{URL}?since=1").main
    assert (
        "Changes from edition 2 (20 January 2026) to edition 7 (24 March 2026): "
        "1 item withdrawn, 1 moved later, 1 now in sandbox and 1 added; 1 changelog entry corrected."
    ) in main
    assert "Changes in edition 7 (24 March 2026): 1 changelog entry corrected." in reads(f"{URL}?since=6").main


def test_a_day_counts_from_its_beginning(told, reads):
    page = reads(f"{URL}?since=2026-03-17")
    assert page.one("h1").text == "What changed since 17 March 2026"
    assert [*sections(page)] == [7, 6]
    assert [*sections(reads(f"{URL}?since=18+March+2026"))] == [7]


def test_what_is_said_from_today_is_said_back_as_the_day_that_was_understood(told, reads, clock):
    clock(make.at("2026-03-25"))
    for said, words in (
        ("17 March", "17 March 2026"),
        ("26 March", "26 March 2025"),
        ("last+week", "16 March 2026 (last week)"),
        ("Tuesday", "24 March 2026"),
    ):
        assert reads(f"{URL}?since={said}").one("h1").text == f"What changed since {words}"
    assert [*sections(reads(f"{URL}?since=17+March"))] == [7, 6]


def test_what_moved_later_since_a_day_is_found(vat, reads, clock):
    clock(make.at("2026-07-01"))
    moved = make.item(vat, title="Losses", live="June 2026")
    make.item(vat, title="Returns", live="June 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    for when, day in (("July 2026", "2026-02-05"), ("June 2026", "2026-03-05"), ("August 2026", "2026-03-06")):
        moved.milestones.update(when=when)
        vat.items.filter(title="Returns").update(description=f"On {day}")
        make.edition(vat, at=make.at(day))
    page = reads("/vat-mtd/changes/?since=1+March&moved=later")
    assert [*sections(page)] == [4]
    assert "Losses: live moved from June 2026 to August 2026" in page.main
    assert "Returns" not in page.main
    assert [*sections(reads("/vat-mtd/changes/?since=0&moved=later"))] == [4, 2]


def test_without_since_it_is_the_last_ninety_days_and_changes_with_the_day(told, reads, client, clock):
    page = reads(URL)
    assert page.one("h1").text == "What changed in the last 90 days"
    assert [*sections(page)] == [7, 6, 5, 4, 3, 2, 1]
    before = client.get(URL)["ETag"]
    clock(make.at("2026-05-20"))
    assert [*sections(reads(URL))] == [7, 6, 5]
    assert client.get(URL)["ETag"] != before
    bookmark = client.get(f"{URL}?since=3")["ETag"]
    clock(make.at("2026-05-21"))
    assert client.get(f"{URL}?since=3")["ETag"] == bookmark


def test_the_bookmark_shows_only_what_is_new_when_somebody_comes_back(vat, reads, clock):
    item = make.item(vat, title="Losses", live="June 2026")
    make.edition(vat, at=make.at("2026-05-01"))
    bookmark = reads("/vat-mtd/changes/").link("since edition 1")
    assert bookmark == "/vat-mtd/changes/?since=1"
    item.milestones.update(when="July 2026")
    make.edition(vat, at=make.at("2026-05-02"))
    assert sections(reads(bookmark)) == {2: "Losses: live moved from June 2026 to July 2026 Planned"}


def test_the_bookmark_keeps_the_filters(told, reads):
    assert reads(f"{URL}?stage=live&kind=api").link("since edition 7") == f"{URL}?since=7&stage=live&kind=api"


def test_nothing_since_says_when_the_last_change_was(told, reads):
    page = reads(f"{URL}?since=7")
    assert "Nothing has changed since edition 7 (24 March 2026)." in page.main
    assert page.main.index("Nothing has changed") < page.main.index("Show what changed since")
    assert "The last change was on 24 March 2026, in edition 7." in page.main
    assert page.link("edition 7") == f"/{story.SLUG}/editions/7/"
    assert "Changes from edition" not in page.main


def test_a_filter_leaves_what_happened_to_the_items_it_selects(told, reads):
    added, gone = Item.objects.get(title=story.CORRECTED).reference, "VAT-1"
    assert [*sections(reads(f"{URL}?since=1&item={added}"))] == [7, 5, 4, 3, 2]
    assert [*sections(reads(f"{URL}?since=1&item={gone}"))] == [6]
    page = reads(f"{URL}?since=1&item={gone}")
    assert "Changes from edition 2 (20 January 2026) to edition 7 (24 March 2026): 1 item withdrawn." in page.main
    assert page.one("input", id="since").attributes["value"] == "1"


def test_a_filter_that_selects_nothing_since_says_when_it_last_did(told, reads):
    page = reads(f"{URL}?since=6&item=VAT-1")
    assert "Nothing that you chose has changed since edition 6 (17 March 2026)." in page.main
    assert "The last change to it was on 17 March 2026, in edition 6." in page.main
    assert page.link("edition 6") == f"/{story.SLUG}/editions/6/?item=VAT-1"


def test_a_thing_leads_to_where_it_is_now_with_the_stage_that_it_had_then(told, reads):
    page = reads(f"{URL}?since=1")
    assert sections(page)[3].endswith("Planned")
    assert sections(page)[5].endswith("now in sandbox In sandbox")
    reference = Item.objects.get(title=story.CORRECTED).reference
    assert set(page.links(story.ADDED)) == {f"/{story.SLUG}/items/{reference}/"}
    assert page.link("Set up, view and cancel a Direct Debit") == f"/{story.SLUG}/items/VAT-1/"  # withdrawn


def test_an_item_that_was_withdrawn_later_says_so(vat, reads):
    item = make.item(vat, title="Losses", live="June 2026")
    make.edition(vat, at=make.at("2026-05-01"))
    item.milestones.update(when="July 2026")
    make.edition(vat, at=make.at("2026-05-02"))
    item.delete()
    make.edition(vat, at=make.at("2026-05-03"))
    assert sections(reads("/vat-mtd/changes/?since=1")) == {
        3: "Losses: withdrawn Withdrawn",
        2: "Losses: live moved from June 2026 to July 2026 Withdrawn since",
    }


def test_items_come_first_and_what_only_changed_places_last(vat, reads):
    first, second = make.item(vat, title="First"), make.item(vat, title="Second")
    guide = make.page(vat, title="Guide", slug="guide")
    make.edition(vat, at=make.at("2026-05-01"))
    edit(first, position=9)
    edit(second, description="Words.")
    edit(guide, body="Other words.")
    make.edition(vat, at=make.at("2026-05-02"))
    page = reads("/vat-mtd/changes/?since=1")
    (words,) = sections(page).values()
    assert words == "Second: description added Planned Guide: text added First: moved within its list Planned"
    assert "1 item reworded; 1 page reworded." in page.main


def test_several_that_only_changed_places_are_told_together(vat, reads):
    items = [make.item(vat, title=title) for title in ("First", "Second", "Third")]
    make.edition(vat, at=make.at("2026-05-01"))
    for place, item in enumerate(items[:2]):
        edit(item, position=8 + place)
    edit(items[2], description="Words.")
    make.edition(vat, at=make.at("2026-05-02"))
    (words,) = sections(reads("/vat-mtd/changes/?since=1")).values()
    assert words == "Third: description added Planned Moved within their lists: First and Second"


def test_an_entry_of_the_changelog_is_not_counted_as_one_thing_more_than_it_announces(vat, reads):
    item = make.item(vat, title="Losses", live="June 2026")
    make.edition(vat, at=make.at("2026-05-01"))
    item.milestones.update(when="July 2026")
    make.changelog_entry(vat, title="Losses come later")
    make.edition(vat, at=make.at("2026-05-02"))
    make.changelog_entry(vat, title="Guide renamed")
    make.edition(vat, at=make.at("2026-05-03"))
    page = reads("/vat-mtd/changes/?since=1")
    assert ": 1 item moved later; 1 changelog entry added." in page.main
    assert sections(page) == {
        3: "New in the changelog: Guide renamed",
        2: "Losses: live moved from June 2026 to July 2026 Planned New in the changelog: Losses come later",
    }
    editions = reads("/vat-mtd/editions/").main
    assert "at 9:30am 1 item moved later Edition 1" in editions
    assert "at 9:30am 1 changelog entry added Edition 2" in editions


def test_what_moved_comes_before_what_was_reworded(vat, reads):
    renamed, moved = make.item(vat, title="Agents"), make.item(vat, title="Losses", live="June 2026")
    make.edition(vat, at=make.at("2026-05-01"))
    edit(renamed, title="Multiple agents")
    edit(moved, description="Words.")
    moved.milestones.update(when="July 2026")
    make.edition(vat, at=make.at("2026-05-02"))
    told = (
        "Losses: live moved from June 2026 to July 2026; description added Planned "
        "Multiple agents: title changed from Agents Planned"
    )
    assert sections(reads("/vat-mtd/changes/?since=1")) == {2: told}
    assert told in reads("/vat-mtd/").main
    assert told in reads("/vat-mtd/editions/2/").main


def test_the_worst_comes_first_and_what_changed_otherwise_is_named(vat, reads):
    column = make.field(vat, name="Usable in year")
    late, back = make.item(vat, title="Late", live="June 2027"), make.item(vat, title="Back", deployed=("live",))
    soon, vague = make.item(vat, title="Soon", live="June 2027"), make.item(vat, title="Vague", live="June 2027")
    exact, gone = make.item(vat, title="Exact", live="2027"), make.item(vat, title="Gone")
    tried, other = make.item(vat, title="Tried", test="May 2026"), make.item(vat, title="Other", values={column: "Yes"})
    make.edition(vat, at=make.at("2026-05-01"))
    late.milestones.update(when="July 2027")
    back.milestones.update(is_deployed=False, when="June 2027")
    soon.milestones.update(when="May 2027")
    vague.milestones.update(when="2027")
    exact.milestones.update(when="June 2027")
    tried.milestones.update(is_deployed=True)
    gone.delete()
    edit(other, kind="api")
    other.field_values.update(value="No")
    make.item(vat, title="New")
    make.edition(vat, at=make.at("2026-05-02"))
    page = reads("/vat-mtd/changes/?since=1")
    (words,) = sections(page).values()
    order = ["Gone", "Back", "Late", "Vague", "Tried", "Soon", "New", "Exact", "Other"]
    assert sorted(order, key=lambda title: words.index(f"{title}: ")) == order
    assert (
        "1 item withdrawn, 1 no longer live, 1 moved later, 1 given a less exact date that may be later, "
        "1 now in sandbox, 1 brought forward, 1 added, 1 given a more exact date and "
        "1 changed (Kind and ‘Usable in year’)."
    ) in page.main


def test_a_column_that_is_gone_is_told_by_the_name_that_it_had_last(vat, reads):
    column = make.field(vat, name="Usable", key="usable-in-year")
    make.item(vat, title="Losses", values={column: "Yes"})
    make.edition(vat, at=make.at("2026-05-01"))
    edit(column, name="Can be used in year")
    make.edition(vat, at=make.at("2026-05-02"))
    column.delete()
    make.edition(vat, at=make.at("2026-05-03"))
    told = sections(reads("/vat-mtd/changes/?since=1"))
    assert told == {
        3: "This roadmap: column ‘Can be used in year’ removed",
        2: "This roadmap: column ‘Usable’ renamed ‘Can be used in year’",
    }


def test_the_filters_stay_folded_where_only_the_day_is_wrong(told, reads):
    (fold,) = reads(f"{URL}?since=nonsense", status=400).all("details", class_="app-filters__fold")
    assert "open" not in fold.attributes
    (fold,) = reads(f"{URL}?since=nonsense&stage=xx", status=400).all("details", class_="app-filters__fold")
    assert "open" in fold.attributes


def test_what_is_minor_is_shown_apart_and_not_counted(vat, reads):
    losses, agents = make.item(vat, title="Losses"), make.item(vat, title="Agents")
    make.edition(vat, at=make.at("2026-05-01"))
    edit(losses, description="Teh words.")
    edit(agents, title="Multiple agents")
    make.edition(vat, at=make.at("2026-05-02"), choices=Choices(minor=frozenset({str(losses.uid)})))
    page = reads("/vat-mtd/changes/?since=1")
    assert sections(page)[2] == (
        "Multiple agents: title changed from Agents Planned Small corrections Losses: description added Planned"
    )
    assert (3, "Small corrections") in page.headings
    assert "1 item reworded." in page.main


# What is wrong


@each_case(
    ("query", "field", "message"),
    [
        ("since=nonsense", "since", "“nonsense” is not a date or the number of an edition."),
        ("since=2027-01-01", "since", "1 January 2027 has not come yet."),
        ("since=99", "since", "There is no edition 99 yet: the newest is 7."),
        ("since=%F0%9F%92%A9", "since", "“💩” is not a date or the number of an edition."),
        ("since=1&since=2", "since", "Give one date or one edition that changes are counted from."),
        ("since=%3Cb%3E", "since", "“<b>” is not a date or the number of an edition."),
        ("stage=xx", "stage", "There is no stage called “xx”."),
        ("item=VAT-99", "item", "There is no item called “VAT-99”."),
    ],
)
def test_a_wrong_value_is_said_at_the_top_and_at_its_field_and_nothing_is_listed(told, reads, query, field, message):
    page = reads(f"{URL}?{query}", status=400)
    summary = page.one("div", class_="govuk-error-summary")
    assert summary.text.startswith(f"There is a problem {message}")
    assert page.title.startswith("Error: ")
    assert sections(page) == {}
    (link,) = [one for one in page.all("a") if one.text.startswith(message)]
    assert link.attributes["href"] == f"#{field}"
    assert [one.tag for one in page.elements if one.attributes.get("id") == field] == ["input"]


def test_what_was_typed_stays_in_the_field(told, reads):
    page = reads(f"{URL}?since=%22nonsense%22&stage=live", status=400)
    field = page.one("input", id="since")
    assert field.attributes["value"] == '"nonsense"'
    assert "since-error" in field.attributes["aria-describedby"].split()
    assert page.one("p", id="since-error").text.startswith('Error: “"nonsense"” is not a date')
    assert [
        one.attributes["value"]
        for one in page.all("input", name="stage", type="checkbox")
        if "checked" in one.attributes
    ] == ["live"]


def test_since_and_a_filter_that_are_both_wrong_are_both_said(told, reads):
    summary = reads(f"{URL}?since=x&stage=y", status=400).one("div", class_="govuk-error-summary").text
    assert "“x” is not a date" in summary
    assert "There is no stage called “y”." in summary


# A roadmap that keeps its earlier dates to itself


def test_a_roadmap_that_hides_its_date_history_tells_no_earlier_date_of_any_edition(vat, reads):
    release = make.release(vat, title="March 2027")
    item = make.item(vat, title="Losses", test="January 2027", live="February 2027", release=release)
    make.edition(vat, at=make.at("2026-05-01"))
    item.milestones.filter(environment="live").update(when="April 2027")
    item.milestones.filter(environment="test").update(is_deployed=True)
    edit(release, title="May 2027")
    make.edition(vat, at=make.at("2026-05-02"))
    item.milestones.filter(environment="live").update(when="June 2027")
    edit(release, title="July 2027")
    edit(vat, hides_date_history=True)
    make.edition(vat, at=make.at("2026-05-03"))

    for url in ("changes/?since=0", "editions/", "editions/1/", "editions/2/", "editions/3/", "items/VAT-1/"):
        text = reads(f"/vat-mtd/{url}").text
        assert re.findall("February 2027|March 2027|April 2027|May 2027", text) == [], url
    told = sections(reads("/vat-mtd/changes/?since=1"))
    assert told[3].startswith("Losses: live date now June 2027 July 2027: date now July 2027")
    assert told[2].startswith(
        "Losses: live date changed; now in sandbox July 2027: date changed. In it: Losses (VAT-1)"
    )
