"""The same query selects the same items on every page and in every format: point 9 of issue 4.

See docs/decisions/0008-a-filter-is-asked-of-its-moment.md.
"""

import csv
import io
import re
from urllib.parse import urlencode
from xml.etree import ElementTree

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.cases import each_case
from tests.web import story
from tests.web.feeds import received
from tests.web.read import read

pytestmark = pytest.mark.django_db
URL = "/vat-mtd/"
API = "/api/v1/roadmaps/vat-mtd/items"
A_REFERENCE = re.compile(r"/items/([A-Z]+-[0-9]+)/")
ATOM = "{http://www.w3.org/2005/Atom}"


# What each address says, as references


def on_items_page(client, query):
    listed, _, _ = read(client, f"{URL}items/{query}").html.partition('id="withdrawn"')  # what is no longer there
    return referred(re.findall('href="([^"]*)"', listed))


def on_changes_page(client, query):
    page = read(client, f"{URL}changes/?since=0&{query.removeprefix('?')}")
    return referred(one.attributes["href"] for one in page.all("a"))


def in_csv(client, query):
    rows = csv.DictReader(io.StringIO(got(client, f"{URL}items.csv{query}").decode("utf-8-sig")))
    first = rows.fieldnames[0]
    return [row[first] for row in rows]


def in_spreadsheet(client, query):
    return [row[0] for row in received.sheet(client, f"{URL}items.xlsx{query}")[1:]]


def in_api(client, query):
    found, address = [], f"{API}{query}"
    while address:
        answer = client.get(address).json()
        found += [one["reference"] for one in answer["items"]]
        address = answer["next"]
    return found


def in_calendar(client, query):
    events = icalendar.Calendar.from_ical(got(client, f"{URL}items.ics{query}")).walk("VEVENT")
    return referred(str(one["URL"]) for one in events if one.get("STATUS") != "CANCELLED")


def in_atom(client, query):
    feed = ElementTree.fromstring(got(client, f"{URL}changes.atom{query}"))
    return referred(one.text for one in feed.iter(f"{ATOM}content"))


def in_json_feed(client, query):
    feed = client.get(f"{URL}changes.json{query}").json()
    return referred(one["content_html"] for one in feed["items"])


def got(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content


def referred(texts):
    """Each reference once, in order of appearance."""
    return [*dict.fromkeys(reference for text in texts for reference in A_REFERENCE.findall(text))]


EVERYWHERE = {
    "items page": on_items_page,
    "CSV": in_csv,
    "spreadsheet": in_spreadsheet,
    "API": in_api,
    "calendar": in_calendar,
    "changes page": on_changes_page,
    "Atom": in_atom,
    "JSON Feed": in_json_feed,
}

OUTLETS = ["items/", "changes/", "items.csv", "items.xlsx", "items.ics", "changes.atom", "changes.json"]
ADDRESSES = [*(f"{URL}{outlet}" for outlet in OUTLETS), API]

# A roadmap of one Edition

DATED = {"VAT-1", "VAT-2", "VAT-3", "VAT-5", "VAT-7", "VAT-9"}  # by dates of their own, or by their release's
VALUES = {
    "stage": ["backlog", "test", "controlled_go_live", "live"],
    "environment": ["test", "controlled_go_live", "live", "Sandbox"],
    "kind": ["api", "user_interface", "guide", "backend"],
    "audience": ["agents", "businesses"],
    "api": ["vat-mtd", "losses"],
    "release": ["near-term", "april-2025", "none"],
    "breaking": ["yes", "no", "unknown"],
    "item": [f"VAT-{number}" for number in range(1, 11)],
    "q": ["returns", "guide", "direct debits", "2026", "zebra", "]]>", "😀", "=SUM(1)", "\u200f"],
    "changed_since": ["0", "1", "2026-01-05", "6 January 2026", "5 January", "this year", "last month"],
    "from": ["2020", "June 2026", "1 July 2026"],
    "to": ["2028", "June 2026", "31 May 2026"],
    "moved": ["later"],
}
ASKED_ONCE = ("changed_since", "from", "to")


@pytest.fixture
def all_sorts(clock):
    clock(make.at("2026-03-24"))
    roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")
    years = make.field(roadmap, name="Tax years")
    near = make.release(roadmap, title="Near term", when="June 2026", horizon="near")
    done = make.release(roadmap, title="April 2025", is_deployed=True, position=1)
    mtd, losses = make.api(name="VAT (MTD)"), make.api(name="Losses")
    make.item(roadmap, title="Returns", kind="api", apis=((mtd, "1.0"),), audiences="Agents", release=near)
    make.item(roadmap, title="Losses", kind="api", apis=((losses, "2.0"),), is_breaking=True, live="Q3 2026")
    both = {"apis": ((mtd, "1.0"), (losses, "2.0")), "values": {years: "2026 to 2027"}}
    make.item(roadmap, title="Both", kind="api", test="March 2026", live="TBC", deployed=("test",), **both)
    make.item(roadmap, title="Screen", kind="user_interface", audiences="Businesses, Agents", deployed=("test",))
    make.item(
        roadmap, title="Pilot", controlled_go_live="May 2026", deployed=("controlled_go_live",), is_breaking=False
    )
    make.item(roadmap, title="Guide to returns", kind="guide", deployed=("live",), audiences="Businesses")
    make.item(roadmap, title="Old", kind="backend", release=done, description="Direct **debits** of 2025")
    make.item(roadmap, title="To be confirmed", live="TBC", test="N/A")
    make.item(roadmap, title="=SUM(1) ]]> 😀 \u200f\u202e", description="a\x07b ]]>", live="2027", kind="backend")
    make.item(roadmap, title="Bare")
    make.edition(roadmap, at=make.at("2026-01-05"))
    return roadmap


asked_for = st.lists(
    st.sampled_from([(name, value) for name, values in VALUES.items() if name not in ASKED_ONCE for value in values]),
    min_size=1,
    max_size=5,
)
once = st.tuples(*(st.sampled_from([[], [], [], *([(name, value)] for value in VALUES[name])]) for name in ASKED_ONCE))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(asked_for, once)
def test_a_query_selects_the_same_items_everywhere(all_sorts, client, values, once):
    query = f"?{urlencode([*values, *(pair for pairs in once for pair in pairs)])}"
    if client.get(f"{URL}items/{query}").status_code == 400:  # the last day before the first
        assert {client.get(f"{address}{query}").status_code for address in ADDRESSES} == {400}, query
        return
    expected = set(on_items_page(client, query))
    for name, found in EVERYWHERE.items():
        references = found(client, query)
        assert len(references) == len(set(references)), name
        assert set(references) == (expected & DATED if name == "calendar" else expected), (name, query)


@each_case(
    ("query", "numbers"),
    [
        ("stage=test", "3 4"),
        ("stage=live&stage=test&kind=user_interface&kind=guide", "4 6"),
        ("environment=live", "1 2 7 9"),
        ("environment=sandbox&environment=controlled-go-live", "3 5"),
        ("api=vat-mtd", "1 3"),
        ("api=vat-mtd&api=losses&breaking=yes", "2"),
        ("release=near-term&release=none&audience=agents", "1 4"),
        ("release=april-2025", "7"),
        ("item=vat-9&item=VAT-10", "9 10"),
        ("q=returns", "1 6"),
        ("q=to+2027", "3"),
        ("q=%5D%5D%3E+%F0%9F%98%80", "9"),
        ("q=zebra", ""),
        ("changed_since=1", ""),
        ("changed_since=2026-01-05&kind=guide", "6"),
        ("changed_since=5+January&kind=guide", "6"),
        ("environment=live&from=1+June+2026&to=31+August+2026", "1 2"),
        ("from=May+2026&to=May+2026", "5"),
        ("breaking=yes&api=losses&from=1+January+2026&to=31+December+2026", "2"),
        ("moved=later", ""),
    ],
)
@each_case("name", EVERYWHERE)
def test_it_is_the_selection_that_was_asked_for(all_sorts, client, name, query, numbers):
    expected = {f"VAT-{number}" for number in numbers.split()}
    assert set(EVERYWHERE[name](client, f"?{query}")) == (expected & DATED if name == "calendar" else expected)


OF_ITEMS = ["items page", "CSV", "spreadsheet", "API", "calendar"]


@each_case(
    ("query", "numbers"),
    [("overdue=yes", "1 2"), ("overdue=yes&from=1+July+2026", "2"), ("from=today&to=next+year", "9")],
)
def test_what_follows_from_the_day_is_of_today_and_of_an_edition_as_it_was_then(
    all_sorts, client, clock, query, numbers
):
    clock(make.at("2026-10-01"))
    expected = {f"VAT-{number}" for number in numbers.split()}
    assert {name: set(EVERYWHERE[name](client, f"?{query}")) for name in OF_ITEMS} == dict.fromkeys(OF_ITEMS, expected)
    then = {name: set(EVERYWHERE[name](client, f"?{query}")) for name in EVERYWHERE.keys() - OF_ITEMS}
    clock(make.at("2026-01-05", "12:00"))
    assert then == {name: set(on_items_page(client, f"?{query}")) for name in then}


def test_without_a_filter_all_of_them_are_everywhere(all_sorts, client):
    everything = {f"VAT-{number}" for number in range(1, 11)}
    for name in EVERYWHERE.keys() - {"changes page"}:  # where the first Edition is only counted
        assert set(EVERYWHERE[name](client, "")) == (DATED if name == "calendar" else everything), name


WRONG = """stage=soon api=x changed_since=2027-01-01 item=VAT-99 from=soon to=TBC moved=sooner overdue=no
    from=2027&to=2026"""


@each_case("query", [*WRONG.split(), "q=" + "x" * 201])
def test_what_is_wrong_is_wrong_everywhere(all_sorts, client, query):
    answers = {address: client.get(f"{address}?{query}").status_code for address in ADDRESSES}
    assert answers == dict.fromkeys(ADDRESSES, 400)


# A roadmap with a past


@pytest.fixture
def told(clock):
    clock(make.at("2026-03-25"))
    return story.tell()


@each_case(
    "query",
    [
        "",
        "?stage=test",
        "?stage=live&stage=backlog",
        "?kind=api&changed_since=2026-02-01",
        "?changed_since=4",
        "?q=correction",
        "?release=near-term",
        "?audience=agents&breaking=unknown",
        "?api=vat-mtd-api",
        "?moved=later",
        "?environment=live&from=2026&to=2027",
    ],
)
def test_after_many_editions_what_there_is_now_is_the_same_everywhere(told, client, query):
    listed = on_items_page(client, query)
    assert listed
    assert set(in_csv(client, query)) == set(in_api(client, query)) == set(listed)
    assert set(in_calendar(client, query)) <= set(listed)


@each_case(
    "query",
    ["?stage=test", "?kind=api", "?q=correct", "?changed_since=4", "?stage=live", "?moved=later", "?from=2026&to=2026"],
)
def test_after_many_editions_what_changed_is_the_same_in_both_feeds_and_on_the_page(told, client, query):
    in_feed = in_atom(client, query)
    assert in_feed
    assert in_feed == in_json_feed(client, query)
    assert set(in_feed) <= set(on_changes_page(client, query))
