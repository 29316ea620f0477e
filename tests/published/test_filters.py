"""What a query selects: roadmap/published/filters.py. See docs/decisions/0008-a-filter-is-asked-of-its-moment.md."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadmap.published import store
from roadmap.published.filter_values import slug_of
from roadmap.published.filters import BadFilter, read_filters
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db
NOW = make.at("2026-03-24", "12:00")


def published(at=NOW):
    return store.newest("vat-mtd", at)


def filters(query, at=NOW, **options):
    return read_filters(QueryDict(query), published(at), at, **options)


def selected(query, at=NOW):
    return [one.content.reference for one in filters(query, at).items(published(at))]


def told(query, at=NOW):
    """By edition's number, the titles of what a query selects of it."""
    asked = filters(query, at)
    history = store.history_of(published(at))
    return {one.number: found for one in history.editions if (found := [thing.title for thing in asked.told(one)])}


def messages(query, **options):
    with pytest.raises(BadFilter) as error:
        filters(query, **options)
    return [(one.name, one.message) for one in error.value.problems]


@pytest.fixture
def all_sorts(vat):
    """Eight items that differ in everything that a filter asks for."""
    near = make.release(vat, title="Near term: autumn", horizon="near")
    done = make.release(vat, title="April 2025", is_deployed=True, position=1)
    mtd, losses = make.api(name="VAT (MTD)"), make.api(name="Losses")
    make.item(vat, title="Returns", kind="api", apis=((mtd, "1.0"),), audiences="Agents", release=near)
    make.item(vat, title="Losses brought back", kind="api", apis=((losses, "2.0"),), is_breaking=True, release=near)
    make.item(vat, title="Both", kind="api", apis=((mtd, "1.0"), (losses, "2.0")), deployed=("test",))
    make.item(vat, title="Screen", kind="user_interface", audiences="Businesses, Agents", deployed=("test",))
    make.item(vat, title="Pilot", deployed=("controlled_go_live",), is_breaking=False)
    make.item(vat, title="Guide to returns", kind="guide", deployed=("live",), audiences="Businesses")
    make.item(vat, title="Old", kind="backend", release=done, description="Direct **debits** of 2025")
    make.item(vat, title="Bare")
    make.edition(vat, at=make.at("2026-01-05"))
    return vat


@each_case(
    ("query", "numbers"),
    [
        ("", "1 2 3 4 5 6 7 8"),
        ("stage=test", "3 4"),
        ("stage=test&stage=live", "3 4 6 7"),
        ("stage=controlled-go-live", "5"),
        ("kind=api", "1 2 3"),
        ("kind=user_interface&kind=backend", "4 7"),
        ("audience=agents", "1 4"),
        ("audience=Agents&audience=businesses", "1 4 6"),
        ("api=vat-mtd", "1 3"),
        ("api=VAT+(MTD)&api=losses", "1 2 3"),
        ("release=near-term-autumn", "1 2"),
        ("release=april-2025", "7"),
        ("release=none", "3 4 5 6 8"),
        ("release=none&release=april-2025&kind=backend", "7"),
        ("breaking=yes", "2"),
        ("breaking=no", "5"),
        ("breaking=unknown&stage=backlog", "1 8"),
        ("item=vat-2&item=VAT-7", "2 7"),
        ("q=returns", "1 6"),
        ("q=RETURNS+guide", "6"),
        ("q=returns&q=guide", "6"),
        ("q=debits", "7"),
        ("q=vat-8", "8"),
        ("q=losses+2.0", "2 3"),
        ("q=zebra", ""),
        ("stage=test&kind=api&api=losses", "3"),
        ("stage=live&kind=api", ""),
        ("changed_since=2026-01-05", "1 2 3 4 5 6 7 8"),
        ("changed_since=2026-01-06", ""),
        ("changed_since=0", "1 2 3 4 5 6 7 8"),
        ("changed_since=1", ""),
    ],
)
def test_values_of_one_filter_widen_and_another_filter_narrows(all_sorts, query, numbers):
    assert sorted(selected(query)) == [f"VAT-{number}" for number in numbers.split()]


# However it is spelt

VALUES = {
    "stage": ["backlog", "test", "controlled_go_live", "live"],
    "kind": ["api", "user_interface", "guide", "backend"],
    "audience": ["agents", "businesses"],
    "api": ["vat-mtd", "losses"],
    "release": ["near-term-autumn", "april-2025", "none"],
    "breaking": ["yes", "no", "unknown"],
    "item": [f"VAT-{number}" for number in range(1, 9)],
    "q": ["returns", "guide", "direct", "e"],
    "from": ["2026-06-01"],
    "to": ["2026-12-31"],
    "moved": ["later"],
    "overdue": ["yes"],
    "changed_since": ["2026-01-05"],
}
pairs = st.sampled_from([(name, value) for name, values in VALUES.items() for value in values])
blanks = st.sampled_from([("stage", ""), ("q", "  "), ("changed_since", ""), ("item", "\t"), ("api", "")])


def spelt(draw, name, value):
    """The same value as somebody else would write it."""
    space = st.sampled_from(["", " ", "\u00a0", "\t"])
    is_loud = draw(st.booleans()) and name != "changed_since"
    return name, f"{draw(space)}{value.upper() if is_loud else value}{draw(space)}"


@st.composite
def two_spellings(draw):
    asked = draw(st.lists(pairs, max_size=6))
    other = draw(
        st.permutations([*asked, *draw(st.lists(st.sampled_from(asked), max_size=3) if asked else st.just([]))])
    )
    other = [spelt(draw, name, value) for name, value in other]
    for blank in draw(st.lists(blanks, max_size=3)):
        other.insert(draw(st.integers(0, len(other))), blank)
    return asked, other


def query_of(spelling):
    query = QueryDict(mutable=True)
    for name, value in spelling:
        query.appendlist(name, value)
    return query.urlencode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(two_spellings())
def test_a_query_selects_the_same_however_it_is_spelt(all_sorts, spellings):
    first, second = map(query_of, spellings)
    assert selected(first) == selected(second)
    ours, theirs = filters(first).values, filters(second).values
    assert [one for one in ours if one[0] != "q"] == [one for one in theirs if one[0] != "q"]
    # What we link to selects what was asked for, and is written in one way.
    again = filters(filters(second).query.removeprefix("?"))
    assert again.values == theirs
    assert [one.content.reference for one in again.items(published())] == selected(first)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(pairs, min_size=1, max_size=6))
def test_one_value_less_leaves_the_others(all_sorts, spelling):
    asked = filters(query_of(spelling))
    for name, value in asked.values:
        left = filters(urlencode(asked.without(name, value)))
        assert left.values == [pair for pair in asked.values if pair != (name, value)]


@given(st.text(min_size=1).filter(str.strip))
def test_the_name_of_a_name_is_itself(name):
    assert slug_of(slug_of(name)) == slug_of(name)


# What is refused


def test_a_value_that_never_was_is_refused_with_what_there_is(all_sorts):
    assert messages("stage=soon&kind=thing&audience=me&api=x&release=y&breaking=maybe&item=VAT-99&changed_since=z") == [
        ("stage", "There is no stage called “soon”. Choose from Planned, In sandbox, Controlled go-live, Live."),
        ("kind", "There is no kind called “thing”. Choose from API, User interface, Guide, Backend."),
        ("audience", "There is no audience called “me”. Choose from Agents, Businesses."),
        ("api", "There is no API called “x”. Choose from Losses, VAT (MTD)."),
        ("release", "There is no release called “y”. Choose from April 2025, Near term: autumn, none."),
        ("breaking", "There is no answer to whether it is breaking called “maybe”. Choose from Yes, No, Not known."),
        (
            "item",
            "There is no item called “VAT-99”. Choose from VAT-1, VAT-2, VAT-3, VAT-4, VAT-5, VAT-6, VAT-7, VAT-8.",
        ),
        (
            "changed_since",
            "“z” is not a date or the number of an edition. Enter a date, like 24 March 2026, or a number, like 12.",
        ),
    ]
    assert messages("stage=withdrawn") == [
        ("stage", "There is no stage called “withdrawn”. Choose from Planned, In sandbox, Controlled go-live, Live.")
    ]


def test_what_a_refusal_names_is_taken_too(all_sorts):
    named = "stage=In+sandbox&stage=controlled+go-live&kind=User+interface&breaking=Not+known&api=VAT+(MTD)"
    assert (
        filters(named).query
        == filters("stage=test&stage=controlled_go_live&kind=user_interface&breaking=unknown&api=vat-mtd").query
    )


def test_what_was_understood_besides_is_kept(all_sorts):
    with pytest.raises(BadFilter) as error:
        filters("stage=test&stage=soon&api=losses&q=vat&changed_since=tomorrow")
    assert error.value.understood.query == "?stage=test&api=losses&q=vat"


def test_a_message_repeats_little_and_nothing_that_breaks_it(all_sorts):
    ((_, message),) = messages(query_of([("api", "\u202e\u0007" + "é" * 500)]))
    assert message == f"There is no API called “{'é' * 59}…”. Choose from Losses, VAT (MTD)."


@each_case(
    ("number", "more"), [(6, "1 more value is not right either."), (300, "295 more values are not right either.")]
)
def test_of_very_many_wrong_values_the_first_are_told_and_how_many_more_there_are(all_sorts, number, more):
    told = messages(query_of([*(("api", f"x{n}") for n in range(number)), ("stage", "soon")]))
    assert [name for name, _ in told] == ["stage", *["api"] * 6]
    assert told[-1] == ("api", more)


def test_references_are_listed_in_their_order(vat):
    for _ in range(40):
        make.item(vat)
    make.edition(vat, at=NOW)
    ((_, message),) = messages("item=VAT-99")
    assert "Choose from VAT-1, VAT-2, VAT-3," in message
    assert message.endswith("VAT-29, VAT-30 and 10 more.")


def test_without_any_api_a_message_says_so(vat):
    make.edition(vat, at=NOW)
    assert messages("api=x") == [("api", "There is no API called “x”. No item has an API.")]


def test_changes_are_counted_from_one_point(all_sorts):
    assert messages("changed_since=2026-01-05&changed_since=0") == [
        ("changed_since", "Give one date or one edition that changes are counted from.")
    ]
    assert selected("changed_since=2026-01-05&changed_since=5+January+2026") == selected("")


def test_a_control_character_is_no_part_of_a_word(all_sorts):
    asked = filters("q=guide%07returns%1F")
    assert asked.query == "?q=guide+returns"
    assert selected("q=guide%07returns%1F") == ["VAT-6"]


def test_words_have_a_length(all_sorts):
    assert messages(f"q={'x' * 201}") == [("q", "Search for up to 200 characters: this is 201.")]
    assert selected(f"q={'x' * 200}") == []


MISSPELT = {
    "stage": ["stag", "stages", "Stage", "satge", "STAGE"],
    "environment": ["enviroment", "environments", "env", "environ", "enviornment"],
    "kind": ["kinds", "knd", "kidn"],
    "audience": ["audiance", "audiences", "audence"],
    "api": ["apis", "API", "aip"],
    "release": ["relase", "realease", "releases", "reelase"],
    "breaking": ["braking", "breaking_", "breakign"],
    "item": ["items", "itme"],
    "q": ["Q"],
    "from": ["form", "From", "fro"],
    "to": ["TO"],
    "moved": ["move", "moves", "mvoed"],
    "overdue": ["over_due", "overdu", "ovredue"],
    "changed_since": ["chnaged_since", "changed-since", "changedSince", "changed", "changed_sinse"],
    "page": ["pge", "Page"],
}


@each_case(("name", "ours"), [(name, ours) for ours, names in MISSPELT.items() for name in names])
def test_a_name_that_looks_like_a_filters_is_refused_and_says_which_is_meant(all_sorts, name, ours):
    query = urlencode([(name, "test")])
    expected = [(name, f"There is no parameter called “{name}”. Did you mean “{ours}”?")]
    assert messages(query, is_strict=True, besides=("page",)) == expected


OF_OTHERS = """utm_source utm_medium utm_campaign utm_term utm_content utm_id fbclid gclid msclkid mc_cid mc_eid _ _ga
    _gl _hsenc mkt_tok nocache cache cachebust timestamp rand session sid lang t v ts cb r s ref source id format
    token key api_key user email time date mode print name colour cursor si"""


@each_case("name", [*OF_OTHERS.split(), "", "😀", "=", "\u202e"])
def test_no_notice_is_taken_of_any_other_name(all_sorts, name):
    asked = filters(urlencode([(name, "1"), ("stage", "test")]), is_strict=True)
    assert asked.query == "?stage=test"
    assert asked.items(published()) == filters("stage=test").items(published())


def test_what_another_address_takes_is_not_passed_over(all_sorts):
    ((name, message),) = messages("page=2", is_strict=True)
    assert name == "page"
    assert message == (
        "There is no parameter called “page” here. "
        "Use stage, environment, kind, audience, api, release, breaking, item, from, to, moved, overdue, q, "
        "changed_since."
    )
    assert filters("page=2&stage=test", is_strict=True, besides=("page",)).query == "?stage=test"


def test_an_environment_selects_what_has_a_date_there(vat):
    summer = make.release(vat, title="Summer", when="June 2026")
    make.item(vat, title="Both", test="May 2026", live="June 2026")
    make.item(vat, title="By its release", release=summer, test="N/A")
    make.item(vat, title="Not yet", test="May 2026", live="TBC")
    make.item(vat, title="There, nobody knows since when", deployed=("live",))
    make.edition(vat, at=NOW)
    assert selected("environment=live") == ["VAT-2", "VAT-1"]
    assert selected("environment=test") == ["VAT-1", "VAT-3"]
    assert selected("environment=test&environment=live") == ["VAT-2", "VAT-1", "VAT-3"]
    assert selected("environment=controlled-go-live") == []
    assert messages("environment=soon") == [
        ("environment", "There is no environment called “soon”. Choose from Sandbox, Controlled go-live, Live.")
    ]


def test_an_environment_may_be_called_what_the_roadmap_calls_or_called_it(vat):
    make.item(vat, live="June 2026")
    make.item(vat, test="June 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    vat.live_label, vat.test_label = "Production", "Live"
    vat.save()
    make.edition(vat, at=make.at("2026-01-06"))
    for query in ("environment=live", "environment=production", "environment=Production"):
        assert filters(query).query == "?environment=live"
        assert selected(query) == ["VAT-1"]
    assert filters("environment=sandbox").query == "?environment=test"
    assert filters("environment=live").in_words(published()) == "with a date in Production"


anything = st.text(max_size=40) | st.sampled_from(["😀", "\u200f", "\u202e", "\x07", "2026-02-30", "9" * 30])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.lists(st.tuples(st.sampled_from([*VALUES, "other", ""]), anything)))
def test_no_query_is_anything_but_understood_or_refused(all_sorts, spelling):
    try:
        asked = filters(query_of(spelling), is_strict=True)
    except BadFilter as error:
        refused = error.problems
    else:
        refused = []
        asked.items(published())
    assert all(one.message and one.message.isprintable() for one in refused)
