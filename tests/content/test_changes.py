import pytest
from msgspec.structs import replace

from roadmap.content.changes import Act, FieldChange
from roadmap.content.choices import Horizon, Kind, Noun
from roadmap.content.comparison import compare
from roadmap.content.fields import EXISTENCE
from roadmap.content.things import (
    ApiVersion,
    ChangelogEntryContent,
    Contact,
    EnvironmentLabels,
    FieldDefinition,
    FieldValueContent,
    ItemContent,
    MilestoneContent,
    PageContent,
    ReleaseContent,
    RoadmapContent,
)
from tests.cases import each_case

ROADMAP = RoadmapContent(
    uid="r",
    slug="vat-mtd",
    title="VAT roadmap",
    contact=Contact(),
    labels=EnvironmentLabels(test="Sandbox", controlled_go_live="Controlled go-live", live="Live"),
    fields=(FieldDefinition(key="tax-years", name="Tax years"),),
)
TITLES = {"near": "Near term", "near-2": "Near term", "mid": "Mid term", "by": "by April 2022"}


def item(**fields):
    return ItemContent(**{"uid": "i", "reference": "VAT-1", "title": "Multiple agents", **fields})


def told(before, after, roadmap=ROADMAP):
    return [change.sentence(roadmap) for change in compare(before, after, TITLES)]


def live(typed="", *, deployed=False, environment="live"):
    return item(milestones=(MilestoneContent(environment=environment, typed=typed, is_deployed=deployed),))


@each_case(
    ("before", "after", "sentence"),
    [
        (live("June 2026"), live("September 2026"), "Live moved from June 2026 to September 2026"),
        (live("September 2026"), live("June 2026"), "Live brought forward from September 2026 to June 2026"),
        (live("June 2026"), live("TBC"), "Live date now to be confirmed (was June 2026)"),
        (live("TBC"), live("June 2026"), "Live now expected June 2026 (was to be confirmed)"),
        (live("June 2026 (TBC)"), live("TBC"), "Live date now to be confirmed (was June 2026, to be confirmed)"),
        (live("June 2026"), live("N/A"), "Live now not applicable (was June 2026)"),
        (live("June 2026"), live("Jun 2026"), "Nothing that readers can see"),
        (live("June 2026"), live("June 2026 (TBC)"), "Live date now provisional: June 2026 (to be confirmed)"),
        (live("June 2026 (TBC)"), live("June 2026"), "Live date confirmed: June 2026"),
        (live("2026"), live("Autumn 2026"), "Live date more exact: autumn 2026 (was 2026)"),
        (live("31 May 2026"), live("May 2026"), "Live date less exact: May 2026 (was 31 May 2026)"),
        (
            live("Q2 2026"),
            live("2026"),
            "Live date less exact, and may be later: 2026 (was April to June 2026)",
        ),
        (item(), live("June 2026"), "Live expected June 2026"),
        (item(), live("TBC"), "Live date to be confirmed"),
        (item(), live(deployed=True), "Now live"),
        (live("June 2026"), item(), "Live no longer planned (was June 2026)"),
        (live("TBC"), item(), "Live date no longer given (was to be confirmed)"),
        (live("June 2026"), live("June 2026", deployed=True), "Now live"),
        (live("June 2026"), live("July 2026", deployed=True), "Now live (was expected June 2026)"),
        (live("June 2026", deployed=True), live("July 2026"), "No longer live: now expected July 2026"),
        (
            live("Mar 2026", environment="test"),
            live("April 2026 (deployed)", deployed=True, environment="test"),
            "Now in sandbox (was expected March 2026)",
        ),
        (live(deployed=True), live("June 2026", deployed=True), "Live date added: June 2026"),
        (
            live("June 2026", deployed=True),
            live("July 2026", deployed=True),
            "Live date corrected: July 2026 (was June 2026)",
        ),
        (live("June 2026", deployed=True), item(), "No longer live"),
        (
            live("Q3 2026"),
            live("Q4 2026"),
            "Live moved later: October to December 2026 (was July to September 2026)",
        ),
        (
            live("by April 2027"),
            live("by June 2027"),
            "Live moved later: by June 2027 (was by April 2027)",
        ),
        (live("June 2026"), live("sometime soon"), "Live date now sometime soon (was June 2026)"),
    ],
)
def test_a_milestone_in_words(before, after, sentence):
    assert told(before, after) == [sentence]


@each_case(
    ("before", "after", "sentence"),
    [
        ({"release_uid": "mid"}, {"release_uid": "near"}, "Moved from Mid term to Near term"),
        ({}, {"release_uid": "near"}, "Added to Near term"),
        ({"release_uid": "mid"}, {}, "Removed from Mid term"),
        ({"release_uid": "mid"}, {"release_uid": "by"}, "Moved to another release: by April 2022 (was Mid term)"),
        (
            {"fields": (FieldValueContent(key="tax-years", value="25-26+"),)},
            {"fields": (FieldValueContent(key="tax-years", value="26-27+"),)},
            "‘Tax years’ changed from 25-26+ to 26-27+",
        ),
        ({}, {"fields": (FieldValueContent(key="tax-years", value="26-27"),)}, "‘Tax years’ added: 26-27"),
        ({"fields": (FieldValueContent(key="tax-years", value="26-27"),)}, {}, "‘Tax years’ removed (was 26-27)"),
        ({"description": "a"}, {"description": "b"}, "Description reworded"),
        ({}, {"description": "b"}, "Description added"),
        ({"is_breaking": False}, {"is_breaking": True}, "Now breaking"),
        ({"is_breaking": True}, {"is_breaking": False}, "Now not breaking"),
        ({}, {"is_breaking": False}, "Confirmed as not breaking"),
        (
            {"apis": (ApiVersion(name="VAT", url="https://a.example"),)},
            {"apis": (ApiVersion(name="VAT", url="https://a.example"), ApiVersion(name="Business Details"))},
            "API added: Business Details",
        ),
        ({}, {"apis": (ApiVersion(name="VAT", url="https://a.example"),)}, "API added: VAT"),
        ({"release_uid": "near"}, {"release_uid": "near-2"}, "Moved to another release called Near term"),
        ({"kind": Kind.API}, {"kind": Kind.USER_INTERFACE}, "Kind changed from API to User interface"),
        (
            {"audiences": ("Agents",)},
            {"audiences": ("Businesses", "Agents")},
            "Audience changed from Agents to Businesses and agents",
        ),
        (
            {"apis": (ApiVersion(name="VAT API", version="v1.0"),)},
            {"apis": (ApiVersion(name="VAT API", version="v2.0"),)},
            "APIs changed: VAT API v2.0 (was v1.0)",
        ),
        (
            {"apis": (ApiVersion(name="VAT API", url="https://a.example"),)},
            {"apis": (ApiVersion(name="VAT API", url="https://b.example"),)},
            "API links changed",
        ),
        ({"position": 1}, {"position": 2}, "Moved within its list"),
    ],
)
def test_an_items_own_change_in_words(before, after, sentence):
    assert told(item(**before), item(**after)) == [sentence]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("A v1.0, B", "A v1.0, B, C, D", "APIs added: C and D"),
        ("A, B", "A", "API removed: B"),
        ("A v4.0, B v3.0", "A v5.0, B v3.0", "APIs changed: A v5.0 (was v4.0)"),
        ("A, B 1.0", "A v2.0, B", "APIs changed: A v2.0 (was without one) and B without a version (was 1.0)"),
        ("A v1.0, B, C", "D, A v2.0, E, F", "APIs changed: A v2.0 (was v1.0), added D, E and F, removed B and C"),
        (
            "A v1.0, A v2.0",
            "A v3.0",
            "APIs changed: added A v3.0, removed A v1.0 and A v2.0",
        ),  # it may be either of them
        ("A, B", "B, A", "APIs put in another order"),
    ],
)
def test_apis_say_what_was_added_and_what_removed(before, after, sentence):
    change = FieldChange(Noun.ITEM, "apis", before.split(", "), after.split(", "))
    assert change.sentence(ROADMAP) == sentence


def test_a_place_in_another_release_is_no_move_within_a_list():
    assert told(item(position=1), item(position=2, release_uid="near")) == ["Added to Near term"]


def test_each_field_that_changed_is_told():
    before = item(title="A", description="x", milestones=live("June 2026").milestones)
    after = item(title="B", description="y", milestones=live("July 2026").milestones)
    assert told(before, after) == [
        "Title changed from A to B",
        "Description reworded",
        "Live moved from June 2026 to July 2026",
    ]


@each_case(
    ("before", "after", "sentence"),
    [
        (
            ReleaseContent(uid="n", title="Near term", typed="October 2018"),
            ReleaseContent(uid="n", title="Near term", typed="Nov 2018"),
            "Date moved from October 2018 to November 2018",
        ),
        (
            ReleaseContent(uid="n", title="A", typed="October 2018"),
            ReleaseContent(uid="n", title="A", typed="TBC"),
            "Date now to be confirmed (was October 2018)",
        ),
        (
            ReleaseContent(uid="n", title="A", typed="October 2018"),
            ReleaseContent(uid="n", title="A", typed="Oct 2018"),
            "Nothing that readers can see",
        ),
        (
            ReleaseContent(uid="n", title="June 2026"),
            ReleaseContent(uid="n", title="June 2026", is_deployed=True),
            "Deployed",
        ),
        (
            ReleaseContent(uid="n", title="A", horizon=Horizon.MID),
            ReleaseContent(uid="n", title="A", horizon=Horizon.NEAR),
            "Term changed from Mid term to Near term",
        ),
        (
            PageContent(uid="p", slug="a", title="A", body="x"),
            PageContent(uid="p", slug="a", title="A", body="y"),
            "Text reworded",
        ),
        (
            PageContent(uid="p", slug="a", title="A"),
            PageContent(uid="p", slug="a", title="A", is_on_home=True),
            "Now shown on the home page",
        ),
        (
            ChangelogEntryContent(uid="c", title="A", typed="Oct 2018"),
            ChangelogEntryContent(uid="c", title="A", typed="Sep 2018"),
            "Date brought forward from October 2018 to September 2018",
        ),
    ],
)
def test_other_things_in_words(before, after, sentence):
    assert told(before, after) == [sentence]


def test_a_roadmaps_columns_contact_and_labels_in_words():
    after = RoadmapContent(
        uid="r",
        slug="vat-mtd",
        title="VAT roadmap",
        contact=Contact(email="other@example.gov.uk"),
        labels=EnvironmentLabels(test="Test", controlled_go_live="Controlled go-live", live="Live"),
        fields=(FieldDefinition(key="in-year", name="Usable in year?"),),
    )
    assert told(ROADMAP, after, after) == [
        "Contact changed",
        "Names of environments changed",
        "Column ‘Usable in year?’ added, column ‘Tax years’ removed",
    ]


def test_columns_in_another_order_are_told_as_that():
    columns = (FieldDefinition(key="a", name="A"), FieldDefinition(key="b", name="B"))
    one, other = (
        RoadmapContent(uid="r", slug="s", title="T", contact=Contact(), labels=ROADMAP.labels, fields=fields)
        for fields in (columns, columns[::-1])
    )
    assert told(one, other) == ["Columns put in another order"]


def test_what_comes_and_goes_is_told_once():
    assert compare(None, item(), TITLES) == [FieldChange(Noun.ITEM, EXISTENCE, None, "Multiple agents")]
    assert told(None, item()) == ["Added"]
    assert told(item(), None) == ["Withdrawn"]
    entry = ChangelogEntryContent(uid="c", title="Guide", typed="June 2026")
    assert (told(None, entry), told(entry, None)) == (["Added to the changelog"], ["Removed from the changelog"])


def test_equal_contents_give_nothing():
    assert compare(item(), item(), TITLES) == []
    assert compare(None, None, TITLES) == []


def test_two_things_cannot_be_compared():
    with pytest.raises(ValueError, match="same thing"):
        compare(item(), item(uid="other"), TITLES)


@each_case(
    ("before", "after", "sentence"),
    [
        (live("June 2026"), live("September 2026"), "Live date now September 2026"),
        (live("June 2026"), live("TBC"), "Live date now to be confirmed"),
        (live("June 2026"), live("N/A"), "Live date now not applicable"),
        (live("June 2026"), live("July 2026", deployed=True), "Now live"),
        (live("June 2026", deployed=True), live("July 2026", deployed=True), "Live date now July 2026"),
        (live("June 2026", deployed=True), live("July 2026"), "No longer live: now expected July 2026"),
        (live("June 2026"), item(), "Live date removed"),
        (item(), live("June 2026"), "Live expected June 2026"),
    ],
)
def test_a_date_can_be_told_without_what_it_was(before, after, sentence):
    (change,) = compare(before, after, TITLES)
    assert change.sentence(ROADMAP, tells_old_dates=False) == sentence


def test_so_can_the_dates_and_titles_of_releases():
    june, july = (ReleaseContent(uid="n", title=when, typed=when) for when in ("June 2026", "July 2026"))
    assert [one.sentence(ROADMAP, tells_old_dates=False) for one in compare(june, july, {})] == [
        "Date now July 2026",
    ]
    (moved,) = compare(item(release_uid="near"), item(release_uid="mid"), TITLES)
    assert moved.sentence(ROADMAP, tells_old_dates=False) == "Moved to Mid term"
    (left,) = compare(item(release_uid="near"), item(), TITLES)
    assert left.sentence(ROADMAP, tells_old_dates=False) == "Removed from its release"


def test_what_is_no_date_is_told_in_full_either_way():
    before, after = item(journey="Payments"), item(journey="Refunds")
    (change,) = compare(before, after, TITLES)
    assert change.sentence(ROADMAP, tells_old_dates=False) == "Journey changed from Payments to Refunds"


@each_case(
    ("before", "after", "act"),
    [
        (None, item(), Act.ADDED),
        (item(), None, Act.WITHDRAWN),
        (live("June 2026"), live("July 2026"), Act.MOVED),
        (live("June 2026"), live("TBC"), Act.MOVED),
        (live("June 2026"), live("2026-06"), Act.CHANGED),
        (live("June 2026"), live("July 2026", deployed=True), Act.DEPLOYED),
        (live("", deployed=True), live("June 2026"), Act.CHANGED),
        (item(), live("June 2026"), Act.CHANGED),
        (item(release_uid="near"), item(release_uid="mid"), Act.MOVED),
        (item(title="Old"), item(title="New"), Act.REWORDED),
        (item(description="Old"), item(description="New"), Act.REWORDED),
        (item(is_breaking=False), item(is_breaking=True), Act.CHANGED),
        (
            ReleaseContent(uid="n", title="R", typed="May 2026"),
            ReleaseContent(uid="n", title="R", typed="June 2026"),
            Act.MOVED,
        ),
        (ReleaseContent(uid="n", title="R"), ReleaseContent(uid="n", title="R", is_deployed=True), Act.DEPLOYED),
    ],
)
def test_every_change_is_of_one_sort(before, after, act):
    (change,) = compare(before, after, TITLES)
    assert change.act is act


@each_case(
    ("before", "after", "is_whole"),
    [
        (item(title="Old"), item(title="New"), True),
        (item(title="Old"), item(title="N" * 80), True),
        (item(title="Old"), item(title="N" * 81), False),
        (item(title="O" * 81), item(title="New"), False),
        (item(description="Old"), item(description="New"), False),
        (live("June 2026"), live("July 2026"), True),
        (ROADMAP, replace(ROADMAP, contact=Contact(name="SDST")), False),
    ],
)
def test_a_sentence_tells_what_was_and_what_is_where_both_fit_into_it(before, after, is_whole):
    (change,) = compare(before, after, TITLES)
    assert change.is_told_whole is is_whole


@each_case(
    ("before", "after", "sentence"),
    [
        ("Send *all* of it.", "Send **all** of it.", "Formatting only"),
        ("Send it.\n\nNow.", "Send it.\r\n\r\nNow.  ", "Formatting only"),
        ("- Send it.", "* Send it.", "Formatting only"),
        ("Send [it](https://a.gov.uk).", "Send [it](https://b.gov.uk).", "Description reworded"),
        ("Send it - all", "Send it: ALL.", "Punctuation only"),
        ("The customer's **own** words", "The customer’s own words.", "Punctuation only"),
        ("Send it.", "Send it all.", "Description reworded"),
        ("Version 1.0", "Version 10", "Description reworded"),
    ],
)
def test_the_same_words_in_other_markup_are_no_news(before, after, sentence):
    (change,) = compare(item(description=before), item(description=after), TITLES)
    assert (change.sentence(ROADMAP), change.is_news) == (sentence, sentence == "Description reworded")


@each_case(
    ("before", "after", "is_news"),
    [
        ("Rates for 25/26+", "Rates for 25-26+", False),
        ("GET Parcel status", "Get parcel status", False),
        ("Self-service", "Self service", False),
        ("Version 1.0", "Version 10", True),
        ("+", "-", True),
    ],
)
def test_the_words_of_a_title_or_a_column_in_another_notation_are_no_news(before, after, is_news):
    (of_title,) = compare(item(title=before), item(title=after), TITLES)
    values = ((FieldValueContent(key="years", value=text),) for text in (before, after))
    (of_column,) = compare(*(item(fields=value) for value in values), TITLES)
    assert (of_title.is_news, of_column.is_news) == (is_news, is_news)
    assert is_news or of_title.sentence(ROADMAP) == of_column.sentence(ROADMAP) == "Punctuation only"
