"""What a date means in a calendar: roadmap/web/feeds/items_ics.py. Read by icalendar and by ics."""

import datetime
import uuid

import pytest

from roadmap.models import Item, Milestone, Roadmap
from tests import make
from tests.cases import each_case
from tests.web.feeds import received

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_january(clock):
    clock(make.at("2026-01-20"))


def event_of(client, **fields):
    received.one_item(**fields)
    (event,) = received.calendar(client, "/one/items.ics").events
    return event


@each_case(
    ("typed", "first", "last", "summary"),
    [
        ("14 April 2026", "2026-04-14", "2026-04-14", "Live: Thing (ONE-1)"),
        ("Q3 2026", "2026-07-01", "2026-09-30", "Live: Thing (ONE-1)"),
        ("winter 2026", "2026-12-01", "2027-02-28", "Live: Thing (ONE-1)"),
        ("by April 2027", "2027-04-30", "2027-04-30", "Live by April 2027: Thing (ONE-1)"),
        ("from April 2027", "2027-04-01", "2027-04-01", "Live from April 2027: Thing (ONE-1)"),
        ("April 2027 (TBC)", "2027-04-01", "2027-04-30", "Live April 2027 (to be confirmed): Thing (ONE-1)"),
        ("June 2026 to TBC", "2026-06-01", "2026-06-01", "Live June 2026, end to be confirmed: Thing (ONE-1)"),
    ],
)
def test_an_event_is_on_the_days_that_are_meant(client, typed, first, last, summary):
    event = event_of(client, live=typed)
    assert received.days(event) == (first, last)
    assert event["DTSTART"].params["VALUE"] == event["DTEND"].params["VALUE"] == "DATE"
    assert str(event["SUMMARY"]) == summary
    assert event["STATUS"] == "TENTATIVE"
    assert event["TRANSP"] == "TRANSPARENT"


@pytest.mark.parametrize("typed", ["TBC", "N/A"])
def test_what_has_no_date_is_no_event(client, typed):
    received.one_item(live=typed)
    assert received.calendar(client, "/one/items.ics").events == []


def test_an_event_says_what_was_typed_where_the_item_is_and_where_to_read_more(client):
    event = event_of(client, live="Q3 2026", kind="api")
    assert str(event["DESCRIPTION"]).split("\n") == [
        "Live: July to September 2026",
        "As typed: Q3 2026",
        "Stage: Planned",
        "http://testserver/one/items/ONE-1/",
    ]
    assert event["URL"] == "http://testserver/one/items/ONE-1/"
    assert event["CATEGORIES"].cats == ["Live", "API"]
    assert event["CREATED"].dt == event["DTSTAMP"].dt == make.at("2026-01-05")
    item = Item.objects.get()
    assert str(event["UID"]) == str(uuid.uuid5(item.uid, "live"))


def test_what_has_arrived_is_certain(client):
    event = event_of(client, test="March 2026", deployed=("test",))
    assert event["STATUS"] == "CONFIRMED"
    assert "Sandbox: March 2026, deployed" in event["DESCRIPTION"]


def test_an_event_says_when_its_date_has_passed_from_the_day_after(client, clock):
    received.one_item(live="by 31 March 2026")
    seen = []
    for day in ("2026-03-31", "2026-04-01", "2026-04-02"):
        clock(make.at(day))
        (event,) = received.calendar(client, "/one/items.ics").events
        seen.append((event["DESCRIPTION"].split("\n")[0], event["LAST-MODIFIED"].dt, event["SEQUENCE"]))
    passed = ("Live expected by 31 March 2026: this date has passed", make.at("2026-04-01", "00:00"), 0)
    assert seen == [("Live: By 31 March 2026", make.at("2026-01-05"), 0), passed, passed]
    Milestone.objects.update(is_deployed=True)
    make.edition(Roadmap.objects.get(), at=make.at("2026-04-02"))
    (event,) = received.calendar(client, "/one/items.ics").events
    assert "passed" not in event["DESCRIPTION"]


def test_a_release_brings_its_items_and_moves_their_events(client):
    roadmap = make.roadmap(slug="one", reference_prefix="ONE")
    summer = make.release(roadmap, title="Summer", when="June 2026")
    make.item(roadmap, release=summer)
    make.edition(roadmap, at=make.at("2026-01-05"))
    before = received.events(client, "/one/items.ics")["ONE-1 Live"]
    summer.when = "July 2026"
    summer.save()
    make.edition(roadmap, at=make.at("2026-01-06"))
    after = received.events(client, "/one/items.ics")["ONE-1 Live"]
    assert received.days(before) == ("2026-06-01", "2026-06-30")
    assert received.days(after) == ("2026-07-01", "2026-07-31")
    assert (before["UID"], before["SEQUENCE"], after["SEQUENCE"]) == (after["UID"], 0, 1)
    assert after["LAST-MODIFIED"].dt == make.at("2026-01-06")
    assert "Live: planned June 2026, moved once, now July 2026" in after["DESCRIPTION"]
    summer.is_deployed = True
    summer.save()
    make.edition(roadmap, at=make.at("2026-01-07"))
    assert received.events(client, "/one/items.ics")["ONE-1 Live"]["STATUS"] == "CONFIRMED"


@pytest.mark.parametrize(
    ("then", "says"),
    [("TBC", "Live: To be confirmed"), ("N/A", "Live: Not applicable"), (None, "Live: no date is given any more")],
)
def test_an_event_whose_date_is_gone_is_cancelled_on_the_days_it_had_and_may_come_back(client, then, says):
    roadmap = received.one_item(live="June 2026")
    item = Item.objects.get()
    uid = received.events(client, "/one/items.ics")["ONE-1 Live"]["UID"]
    if then:
        item.milestones.update(when=then)
    else:
        item.milestones.all().delete()
    make.edition(roadmap, at=make.at("2026-01-06"))
    gone = received.events(client, "/one/items.ics")["ONE-1 Live"]
    assert (gone["UID"], gone["STATUS"], gone["SEQUENCE"]) == (uid, "CANCELLED", 1)
    assert received.days(gone) == ("2026-06-01", "2026-06-30")
    assert str(gone["SUMMARY"]) == "No date: Live: Thing (ONE-1)"
    assert says in gone["DESCRIPTION"]
    Milestone.objects.update_or_create(item=item, environment="live", defaults={"when": "May 2026"})
    make.edition(roadmap, at=make.at("2026-01-07"))
    back = received.events(client, "/one/items.ics")["ONE-1 Live"]
    assert (back["UID"], back["STATUS"], back["SEQUENCE"]) == (uid, "TENTATIVE", 2)
    assert received.days(back) == ("2026-05-01", "2026-05-31")


def test_a_renamed_environment_is_a_change_of_its_events(client):
    roadmap = received.one_item(test="June 2026")
    roadmap.test_label = "Trial area"
    roadmap.save()
    make.edition(roadmap, at=make.at("2026-01-06"))
    (event,) = received.calendar(client, "/one/items.ics").events
    assert str(event["SUMMARY"]) == "Trial area: Thing (ONE-1)"
    assert (event["LAST-MODIFIED"].dt, event["SEQUENCE"]) == (make.at("2026-01-06"), 0)


def test_a_calendar_can_be_subscribed_to(client):
    received.one_item(live="June 2026", kind="api")
    answer = client.get("/one/items.ics?kind=api")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'inline; filename="one-items.ics"'
    calendar = received.calendar(client, "/one/items.ics?kind=api")
    assert calendar.to_ical() == answer.content  # as the library itself would have written it
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    assert str(calendar["NAME"]) == str(calendar["X-WR-CALNAME"]) == "One: API"
    assert str(calendar["DESCRIPTION"]) == str(calendar["X-WR-CALDESC"]) == "When items arrive that are: API"
    assert calendar["REFRESH-INTERVAL"].dt == datetime.timedelta(hours=1)
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in answer.content
    assert calendar["SOURCE"] == "http://testserver/one/items.ics?kind=api"
    assert calendar["URL"] == "http://testserver/one/items/?kind=api"
    assert calendar["LAST-MODIFIED"].dt == make.at("2026-01-05")


def test_only_events_have_a_uid(client):
    """RFC 7986 allows the calendar one of its own, which vdirsyncer takes for that of each event."""
    received.one_item(test="May 2026", live="June 2026")
    calendar = received.calendar(client, "/one/items.ics")
    assert "UID" not in calendar
    assert len({str(event["UID"]) for event in calendar.events}) == 2


def test_a_calendar_may_be_of_one_environment(client):
    roadmap = received.one_item(test="May 2026", live="June 2026")
    make.item(roadmap, test="May 2026", live="TBC")
    gone = make.item(roadmap, live="July 2026", test="April 2026")
    make.edition(roadmap, at=make.at("2026-01-06"))
    assert {*received.events(client, "/one/items.ics?environment=live")} == {"ONE-1 Live", "ONE-3 Live"}
    assert {*received.events(client, "/one/items.ics?environment=live&environment=test&item=ONE-1")} == {
        "ONE-1 Live",
        "ONE-1 Sandbox",
    }
    Milestone.objects.filter(item__reference="ONE-1", environment="live").update(when="TBC")
    gone.delete()
    make.edition(roadmap, at=make.at("2026-01-07"))
    events = received.events(client, "/one/items.ics?environment=live")
    assert {name: str(event["STATUS"]) for name, event in events.items()} == {
        "ONE-1 Live": "CANCELLED",
        "ONE-3 Live": "CANCELLED",
    }


def test_what_is_asked_of_dates_is_asked_of_the_environment_that_is_asked_for(client):
    roadmap = received.one_item(test="May 2026", live="June 2026")
    make.item(roadmap, test="June 2026", live="July 2026")
    make.edition(roadmap, at=make.at("2026-01-06"))
    dates = "from=1+June+2026&to=30+June+2026"
    assert {*received.events(client, f"/one/items.ics?environment=live&{dates}")} == {"ONE-1 Live"}
    assert {*received.events(client, f"/one/items.ics?{dates}&item=ONE-2")} == {"ONE-2 Sandbox", "ONE-2 Live"}
    Milestone.objects.filter(item__reference="ONE-1", environment="live").update(when="TBC")
    make.edition(roadmap, at=make.at("2026-01-07"))
    assert received.events(client, f"/one/items.ics?environment=live&{dates}") == {}
    events = received.events(client, "/one/items.ics?environment=live&moved=later")
    assert {name: str(event["STATUS"]) for name, event in events.items()} == {"ONE-1 Live": "CANCELLED"}


def test_lines_are_no_longer_than_75_octets_and_end_as_the_standard_says(client):
    received.one_item(live="June 2026", title="Ünïcödé 🗓 " * 15)
    content = received.body(client, "/one/items.ics")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def test_a_path_in_a_title_is_no_end_of_a_line(client):
    received.one_item(live="June 2026", title=r"C:\New, old; and so on")
    text = received.body(client, "/one/items.ics").decode().replace("\r\n ", "")
    assert r"SUMMARY:Live: C:\\New\, old\; and so on (ONE-1)" in text.split("\r\n")


def test_two_hosts_and_two_selections_each_have_their_own(client, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    received.one_item(live="June 2026", kind="api")
    assert (
        b"http://other.example/one/items/ONE-1/"
        in client.get("/one/items.ics", headers={"host": "other.example"}).content
    )
    assert b"http://testserver/one/items/ONE-1/" in received.body(client, "/one/items.ics")
    assert received.calendar(client, "/one/items.ics?kind=guide").events == []
