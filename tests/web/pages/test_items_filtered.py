"""The page of items with its filters: what a reader can choose, what is chosen, and what is wrong with it."""

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import Release
from roadmap.published import store
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db
URL = "/vat-mtd/items/"


@pytest.fixture
def vat():
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")


@pytest.fixture(autouse=True)
def _then(clock):
    clock(make.at("2026-07-01"))


def publish_five(vat):
    """Five items: two in test, one of them for agents, one in a release."""
    near = make.release(vat, title="Near term", when="June 2026", introduction="What comes next.")
    mtd, losses = make.api(name="VAT (MTD)"), make.api(name="Losses")
    make.item(vat, title="Returns", kind="api", apis=((mtd, "1.0"),), audiences="Agents", deployed=("test",))
    make.item(vat, title="Losses", kind="api", apis=((losses, "2.0"),), deployed=("test",), is_breaking=True)
    make.item(vat, title="Sign up", kind="user_interface", audiences="Businesses, Agents", release=near)
    make.item(vat, title="Pay", kind="user_interface", audiences="Businesses", deployed=("live",))
    make.item(vat, title="Guide to returns")
    make.edition(vat, at=make.at("2026-01-05"))
    return vat


@pytest.fixture
def published(vat):
    return publish_five(vat)


def titles(page):
    items = [one.text for one in page.all("li", class_="app-item")]
    return [next(title for title in TITLES if one.startswith(title)) for one in items]


TITLES = ["Returns", "Losses", "Sign up", "Pay", "Guide to returns"]


def choices(page):
    """What each group of checkboxes offers, by its legend; after how many there are, those with nothing behind them."""
    return [one.text for one in page.all("fieldset")]


def parts(page):
    """The parts of the form that fold, and whether each is open."""
    folds = page.all("details", class_="app-filters__part")
    summaries = page.all("summary", class_="app-filters__summary")
    return {summary.text: "open" in fold.attributes for summary, fold in zip(summaries, folds, strict=True)}


def ticked(page):
    return [
        (one.attributes["name"], one.attributes["value"])
        for one in page.all("input", type="checkbox")
        if "checked" in one.attributes
    ]


def field(page, name):
    return page.one("input", id=name).attributes["value"]


def chosen(page):
    (found,) = page.all("ul", class_="app-chosen__list")
    return found.text


# Choosing


def test_every_filter_offers_what_items_have_with_how_many(published, reads):
    page = reads(URL)
    assert page.headings[0] == (1, "5 items")
    assert choices(page) == [
        "Stage Planned (2) In sandbox (2) Live (1)",
        "With a date in Live (1)",
        "With a date that Has passed (1)",
        "Kind API (2) User interface (2)",
        "For Agents (2) Businesses (2)",
        "API Losses (1) VAT (MTD) (1)",
        "Release Near term (1) Not in a release (4)",
        "Breaking Yes (1) Not known (4)",
    ]
    form = page.one("form").attributes
    assert (form["method"], form["action"]) == ("get", URL)
    assert [one.text for one in page.all("label", class_="govuk-label--s")] == ["Search", "From", "To", "Changed since"]
    assert parts(page) == dict.fromkeys(["Stage", "Dates", "Kind", "For", "API", "Release", "Breaking"], False)
    assert page.link("Skip to results") == "#results"
    assert page.one("div", id="results")
    assert page.all("ul", class_="app-chosen__list") == []
    assert page.links("Clear filters") == []


def test_a_filter_in_which_there_is_nothing_to_choose_is_not_there(vat, reads):
    make.item(vat, title="Bare")
    make.edition(vat, at=make.at("2026-01-05"))
    assert choices(reads(URL)) == ["Stage Planned (1)"]


def test_choices_say_how_many_items_each_alone_would_show_the_other_filters_being_as_they_are(published, reads):
    page = reads(f"{URL}?stage=test&kind=api")
    assert choices(page) == [
        "Stage In sandbox (2) 2 with no items Planned (0) Live (0)",
        "With a date in 1 with no items Live (0)",
        "With a date that 1 with no items Has passed (0)",
        "Kind API (2) 1 with no items User interface (0)",
        "For Agents (1) 1 with no items Businesses (0)",
        "API Losses (1) VAT (MTD) (1)",
        "Release Not in a release (2) 1 with no items Near term (0)",
        "Breaking Yes (1) Not known (1)",
    ]
    assert titles(page) == ["Returns", "Losses"]
    # Each choice keeps its word.
    for query, count in (
        ("stage=live&kind=api", 0),
        ("stage=test&kind=user_interface", 0),
        ("stage=test&kind=api&audience=agents", 1),
        ("stage=test&kind=api&release=none", 2),
        ("stage=test&kind=api&breaking=unknown", 1),
    ):
        assert len(titles(reads(f"{URL}?{query}"))) == count, query


def test_what_is_asked_of_dates_counts_too(vat, reads):
    moved = make.item(vat, title="Returns", kind="api", test="June 2026", live="September 2026")
    make.item(vat, title="Losses", kind="guide", live="May 2026")
    make.item(vat, title="Sign up", test="October 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    moved.milestones.filter(environment="live").update(when="October 2026")
    make.edition(vat, at=make.at("2026-01-06"))
    expected = {
        "": ["Sandbox (2) Live (2)", "Has moved later (1) Has passed (2)"],
        "overdue=yes": ["Sandbox (1) Live (1)", "Has passed (2) 1 with no items Has moved later (0)"],
        "overdue=yes&environment=live": [
            "Sandbox (1) Live (1)",
            "Has passed (1) 1 with no items Has moved later (0)",
        ],
        "from=October+2026": ["Sandbox (1) Live (1)", "Has moved later (1) 1 with no items Has passed (0)"],
        "moved=later": ["Live (1) 1 with no items Sandbox (0)", "Has moved later (1) 1 with no items Has passed (0)"],
        "kind=guide": ["Live (1) 1 with no items Sandbox (0)", "Has passed (1) 1 with no items Has moved later (0)"],
        "changed_since=1": ["Sandbox (1) Live (1)", "Has moved later (1) Has passed (1)"],
    }
    found = {query: choices(reads(f"{URL}?{query}"))[1:3] for query in expected}
    assert found == {
        query: [f"With a date in {places}", f"With a date that {dates}"] for query, (places, dates) in expected.items()
    }


def test_whether_a_date_has_moved_is_not_offered_where_dates_are_kept_back(vat, reads):
    item = make.item(vat, title="Returns", live="June 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    item.milestones.update(when="July 2026")
    make.edition(vat, at=make.at("2026-01-06"))
    assert "With a date that Has moved later (1)" in choices(reads(URL))
    vat.hides_date_history = True
    vat.save()
    make.edition(vat, at=make.at("2026-01-07"))
    page = reads(URL)
    assert "moved" not in page.main
    refused = reads(f"{URL}?moved=later", status=400)
    words = "This roadmap does not tell what its dates were, so nor does it tell what has moved."
    assert refused.link(words) == "#moved"
    assert f"With a date that Error: {words}" in choices(refused)
    assert titles(refused) == []


def test_the_parts_in_which_anything_is_chosen_are_open(published, reads):
    page = reads(f"{URL}?stage=test&stage=live&environment=live&from=June+2026&overdue=yes&breaking=yes")
    assert parts(page) == {
        "Stage 2 chosen": True,
        "Dates 3 chosen": True,
        "Kind": False,
        "For": False,
        "API": False,
        "Release": False,
        "Breaking 1 chosen": True,
    }
    wrong = parts(reads(f"{URL}?from=soon&kind=magic", status=400))
    assert [title for title, is_open in wrong.items() if is_open] == ["Dates 1 chosen", "Kind"]


def test_many_choices_have_a_box_of_their_own(vat, reads):
    for number in range(9):
        make.item(vat, audiences=f"Audience {number}")
    make.edition(vat, at=make.at("2026-01-05"))
    assert len(reads(URL).all("div", class_="app-filters__many")) == 1


# What is chosen


def test_what_is_chosen_is_said_and_shown_and_can_be_taken_back_one_by_one(published, reads):
    page = reads(f"{URL}?q=Returns&stage=backlog&stage=test&audience=agents&breaking=unknown&changed_since=2026-01-05")
    assert page.headings[0] == (1, "1 of 5 items")
    assert titles(page) == ["Returns"]
    assert chosen(page) == (
        "Remove filter Stage: Planned Remove filter Stage: In sandbox Remove filter For: Agents "
        "Remove filter Breaking: Not known Remove filter Containing “returns” "
        "Remove filter Changed since 5 January 2026 Clear filters Get emails about these"
    )
    assert ticked(page) == [
        ("stage", "backlog"),
        ("stage", "test"),
        ("audience", "agents"),
        ("breaking", "unknown"),
    ]
    assert field(page, "q") == "Returns"
    assert field(page, "changed_since") == "2026-01-05"
    assert page.link("Remove filter Stage: In sandbox") == (
        f"{URL}?stage=backlog&audience=agents&breaking=unknown&q=returns&changed_since=2026-01-05"
    )
    assert page.link("Remove filter Containing “returns”") == (
        f"{URL}?stage=backlog&stage=test&audience=agents&breaking=unknown&changed_since=2026-01-05"
    )
    assert page.link("Clear filters") == URL


@each_case(
    ("query", "words", "without"),
    [
        ("from=last+month&to=next+month", "Dated from 1 June 2026 (last month)", "?to=next+month"),
        ("from=last+month&to=next+month", "Dated up to 31 August 2026 (next month)", "?from=last+month"),
        ("moved=later&from=2020", "With a date that has moved later", "?from=2020-01-01"),
        ("moved=later&overdue=yes", "With a date that has passed", "?moved=later"),
        ("changed_since=5+January", "Changed since 5 January 2026", ""),
        ("changed_since=last+week", "Changed since 22 June 2026 (last week)", ""),
    ],
)
def test_what_is_asked_of_dates_is_said_with_the_day_that_was_understood(published, reads, query, words, without):
    page = reads(f"{URL}?{query}")
    assert page.link(f"Remove filter {words}") == f"{URL}{without}"


def test_the_last_filter_taken_back_leads_to_all(published, reads):
    assert reads(f"{URL}?kind=api").link("Remove filter Kind: API") == URL


def test_a_reference_has_no_field_and_stays_chosen_when_the_form_is_sent(published, reads):
    page = reads(f"{URL}?item=vat-1&item=VAT-3&kind=api")
    assert titles(page) == ["Returns"]
    assert page.link("Remove filter Item VAT-1") == f"{URL}?kind=api&item=VAT-3"
    assert [one.attributes["value"] for one in page.all("input", type="hidden", name="item")] == ["VAT-1", "VAT-3"]
    assert page.all("input", id="item") == []


def test_only_stages_with_anything_selected_are_listed_and_releases_not_introduced(published, reads):
    page = reads(f"{URL}?audience=businesses")
    assert [text for level, text in page.headings if level == 2 and "(" in text] == ["Planned (1)", "Live (1)"]
    assert "Near term June 2026 Sign up" in page.main
    assert "What comes next." not in page.main
    assert "What comes next." in reads(URL).main


def test_nothing_found_says_so_with_ways_out(published, reads):
    page = reads(f"{URL}?q=zebra&stage=live")
    assert page.headings[0] == (1, "0 of 5 items")
    assert "No items match what you chose." in page.main
    assert page.link("see all items") == URL
    assert page.link("Remove filter Stage: Live") == f"{URL}?q=zebra"
    assert titles(page) == []


def test_a_value_that_no_item_has_any_more_can_be_taken_back(published, reads):
    item = published.items.get(title="Losses")
    item.delete()
    make.edition(published, at=make.at("2026-01-06"))
    page = reads(f"{URL}?api=losses")
    assert "API VAT (MTD) (1) Losses (0)" in choices(page)
    assert ticked(page) == [("api", "losses")]
    assert page.link("Remove filter API: Losses") == URL


def test_a_release_chosen_by_an_earlier_title_says_it_and_counts(published, reads):
    Release.objects.filter(roadmap=published).update(title="June 2026")
    make.edition(published, at=make.at("2026-01-06"))
    page = reads(f"{URL}?release=near-term")
    assert titles(page) == ["Sign up"]
    assert "Release June 2026 (1) Not in a release (4) Near term (1)" in choices(page)
    assert ticked(page) == [("release", "near-term")]


def test_the_stages_have_the_roadmaps_own_names(vat, reads):
    vat.test_label = "Test"
    vat.save()
    make.item(vat, title="Returns", deployed=("test",))
    make.edition(vat, at=make.at("2026-01-05"))
    page = reads(f"{URL}?stage=test")
    assert "Stage In test (1)" in choices(page)
    assert page.links("Remove filter Stage: In test") == [URL]


def test_a_day_that_is_past_has_its_own_selection(published, reads):
    item = published.items.get(title="Returns")
    item.milestones.all().delete()
    make.edition(published, at=make.at("2026-01-07"))
    then = "/vat-mtd/at/2026-01-06/items/"
    page = reads(f"{then}?stage=test&kind=api")
    assert titles(page) == ["Returns", "Losses"]
    assert page.one("form").attributes["action"] == then
    assert page.link("Remove filter Kind: API") == f"{then}?stage=test"
    assert titles(reads(f"{URL}?stage=test&kind=api")) == ["Losses"]


def test_of_a_day_that_is_past_today_is_that_day(vat, reads):
    make.item(vat, title="Returns", live="January 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    for day, found in (("2026-01-31", []), ("2026-02-01", ["Returns"])):
        for query in ("overdue=yes", "to=yesterday&from=2 months ago"):
            page = reads(f"/vat-mtd/at/{day}/items/?{query}")
            assert titles(page) == (found if "overdue" in query else ["Returns"]), (day, query)
    assert titles(reads("/vat-mtd/at/2026-01-31/items/?from=tomorrow")) == []
    assert titles(reads("/vat-mtd/at/2026-01-30/items/?from=tomorrow")) == ["Returns"]


def test_what_has_a_date_in_an_environment_is_chosen_by_its_name(published, reads):
    page = reads(f"{URL}?environment=live")
    assert titles(page) == ["Sign up"]
    assert page.link("Remove filter With a date in: Live") == URL
    assert page.link("Follow this selection") == "/vat-mtd/follow/?environment=live"


# Its cost


@pytest.mark.parametrize(
    "query",
    [
        "stage=test&kind=api&q=item&audience=agents",
        "stage=soon",
        "changed_since=1",
        "release=near-term",
        "api=losses",  # an API that no item has any more
    ],
)
def test_a_selection_costs_no_more_than_the_page(published, client, empty_shelf, query):
    for number in range(200):
        make.item(published, title=f"Item {number}", audiences="Agents", kind="api", deployed=("test",))
    published.items.get(title="Losses").delete()
    make.edition(published, at=make.at("2026-01-06"))
    empty_shelf()
    with CaptureQueriesContext(connection) as cold:
        client.get(f"{URL}?{query}")
    with CaptureQueriesContext(connection) as warm:
        client.get(f"{URL}?{query}")
    assert len(cold) <= 2
    assert len(warm) <= 1


def test_while_the_database_is_away_what_needs_the_history_says_so(published, reads, monkeypatch):
    def away(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(store, "_read_history", away)
    assert titles(reads(f"{URL}?kind=api")) == ["Returns", "Losses"]
    assert "Try again later." in reads(f"{URL}?changed_since=0", 503).main
