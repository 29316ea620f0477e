"""One roadmap through seven Editions, followed by a feed reader, a calendar and a table: each is told the same."""

import pytest

from tests import make
from tests.web import story
from tests.web.feeds import received

pytestmark = pytest.mark.django_db

TITLES = [
    "First published: 18 items, 3 releases, 5 pages and 5 changelog entries",
    "Added: Submit a corection",
    "Moved later: Submit a corection",
    "Moved later: Submit a corection",
    "Now in sandbox: Submit a corection",
    "Withdrawn: Set up, view and cancel a Direct Debit",
    "Corrected: VAT (MTD) End-to-end Service Guide v1.0, corrected",
]
# Of the item that is added: the sandbox date as typed, its range, how often it changed, whether it has come.
SANDBOX = [
    None,
    ("February 2026", "2026-02-01", "2026-02-28", 0, "No"),
    ("March 2026", "2026-03-01", "2026-03-31", 1, "No"),
    ("April 2026", "2026-04-01", "2026-04-30", 2, "No"),
    ("April 2026", "2026-04-01", "2026-04-30", 3, "Yes"),
    ("April 2026", "2026-04-01", "2026-04-30", 3, "Yes"),
    ("April 2026", "2026-04-01", "2026-04-30", 3, "Yes"),
]


@pytest.fixture(scope="module")
def told_once(keep):
    return keep(story.tell)


@pytest.fixture
def after_each(told_once, clock):
    """The number of each Edition in turn, at the end of its day."""

    def told():
        story.unread()
        for number, day in enumerate(story.DAYS, start=1):
            clock(make.at(day, "23:00"))
            yield number

    return told()


def test_a_feed_reader_is_told_of_each_edition_as_it_comes(client, after_each):
    for number in after_each:
        feed = received.atom(client, "/vat-mtd/changes.atom")
        assert [one.title for one in feed.entries] == TITLES[:number][::-1]
        assert [one.link for one in feed.entries] == [
            f"http://testserver/vat-mtd/editions/{each}/" for each in range(number, 0, -1)
        ]
        assert feed.feed.updated.startswith(story.DAYS[number - 1])
        items = received.json_feed(client, "/vat-mtd/changes.json")["items"]
        assert [(one["id"], one["title"], one["url"], one["content_html"]) for one in items] == [
            (one.id, one.title, one.link, written)
            for one, written in zip(feed.entries, contents(client, "/vat-mtd/changes.atom"), strict=True)
        ]


def contents(client, url):
    """feedparser cleans what it reads: this is what was sent."""
    root = received.ElementTree.fromstring(received.body(client, url))
    return [one.text for one in root.iter(f"{received.ATOM}content")]


def test_an_entry_never_changes(client, after_each):
    kept, kept_json, kept_of_item = {}, {}, {}
    for _ in after_each:
        now = received.entries(client, "/vat-mtd/changes.atom")
        assert kept.items() <= now.items()
        kept = now
        json_now = {one["id"]: one for one in received.json_feed(client, "/vat-mtd/changes.json")["items"]}
        assert {key: json_now[key] for key in kept_json} == kept_json
        kept_json = json_now
        of_items = received.entries(client, "/vat-mtd/changes.atom?kind=user_interface")
        assert kept_of_item.items() <= of_items.items()
        kept_of_item = of_items
    assert len(kept) == len(kept_json) == 7
    assert len(kept_of_item) == 2  # the first, and that one was withdrawn
    assert not set(kept) & set(kept_of_item)


def test_a_calendar_follows_the_date_and_the_table_says_the_same(client, after_each):
    uids = set()
    for number in after_each:
        events = received.events(client, "/vat-mtd/items.ics")
        rows = {one["Reference"]: one for one in received.table(client, "/vat-mtd/items.csv")}
        expected = SANDBOX[number - 1]
        if expected is None:
            assert "VAT-19 Sandbox" not in events
            assert "VAT-19" not in rows
            continue
        typed, first, last, sequence, has_come = expected
        event, row = events["VAT-19 Sandbox"], rows["VAT-19"]
        uids.add(str(event["UID"]))
        assert received.days(event) == (first, last)
        assert event["SEQUENCE"] == sequence
        assert event["STATUS"] == ("CONFIRMED" if has_come == "Yes" else "TENTATIVE")
        found = [row[name] for name in ("Sandbox", "Sandbox from", "Sandbox to", "Sandbox deployed")]
        assert found == [typed, first, last, has_come]
        assert received.days(events["VAT-19 Live"]) == ("2026-07-01", "2026-09-30")
        assert events["VAT-19 Live"]["SEQUENCE"] == 0
        assert (row["Live"], row["Live from"], row["Live to"]) == ("Q3 2026", "2026-07-01", "2026-09-30")
    assert len(uids) == 1


def test_an_event_is_stamped_with_the_edition_that_last_changed_it(client, after_each):
    stamps = []
    for number in after_each:
        if number > 1:
            event = received.events(client, "/vat-mtd/items.ics")["VAT-19 Sandbox"]
            assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt
            stamps.append(event["DTSTAMP"].dt)
    # The sixth is about another item; the seventh corrects the title, which the event says.
    assert stamps == [make.at(story.DAYS[number]) for number in (1, 2, 3, 4, 4, 6)]


def test_a_withdrawn_items_event_is_cancelled_and_stays(client, after_each):
    seen = []
    for number in after_each:
        event = received.events(client, "/vat-mtd/items.ics")["VAT-1 Live"]
        seen.append((str(event["UID"]), received.days(event)))
        is_there = "VAT-1" in {one["Reference"] for one in received.table(client, "/vat-mtd/items.csv")}
        assert is_there == (number < 6)
        assert event["STATUS"] == ("TENTATIVE" if is_there else "CANCELLED")
        assert event["SEQUENCE"] == (0 if is_there else 1)
    assert len(set(seen)) == 1
    assert seen[0][1] == ("2018-10-18", "2019-02-28")
    assert str(event["SUMMARY"]) == "Withdrawn: Live: Set up, view and cancel a Direct Debit (VAT-1)"
    assert "Withdrawn on 17 March 2026" in event["DESCRIPTION"]


def test_who_follows_one_item_hears_of_it_alone(client, after_each):
    *_, _ = after_each
    feed = received.atom(client, "/vat-mtd/changes.atom?item=VAT-19")
    # Its title was corrected as a minor change, and nobody is called for that.
    assert [one.title for one in feed.entries] == TITLES[1:5][::-1]
    assert feed.feed.title == "VAT (MTD) roadmap: VAT-19"
    assert {*received.events(client, "/vat-mtd/items.ics?item=vat-19")} == {"VAT-19 Sandbox", "VAT-19 Live"}
    assert [one["Title"] for one in received.table(client, "/vat-mtd/items.csv?item=VAT-19")] == [story.CORRECTED]
