"""How dates have held: roadmap/published/dates_held.py, on invented histories."""

import datetime

import pytest

from roadmap.models import Item, Milestone, Release, Roadmap
from roadmap.published import store
from roadmap.published.dates_held import KINDS, DateOutcome, DatesHeld, by_kind, first_dates
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 10, 1)
WITHDRAWN = "withdrawn"
DEPLOYED = "deployed"  # before a date: deployed with that


@pytest.fixture(autouse=True)
def _start_with_an_empty_shelf(monkeypatch):
    monkeypatch.setattr(store, "_shelf", store._Shelf())


def held(roadmap, today=TODAY):
    published = store.newest(roadmap.slug, make.at("2026-12-31"))
    return first_dates(store.history_of(published), today)


def told(steps):
    """The roadmap on which one item's live date was said so: (day, what was said) for each Edition."""
    roadmap = make.roadmap()
    make.page(roadmap)
    item = make.item(roadmap, title="Losses")
    for number, (day, said) in enumerate(steps):
        Roadmap.objects.filter(pk=roadmap.pk).update(description=f"Edition {number}")  # something to publish
        roadmap.refresh_from_db()
        Milestone.objects.filter(item__uid=item.uid).delete()
        if said == WITHDRAWN:
            Item.objects.filter(uid=item.uid).delete()
        else:
            kept = Item.objects.filter(uid=item.uid).first()
            if kept is None:
                kept = make.item(roadmap, title="Losses", uid=item.uid, reference=item.reference)
            if said:
                date = said.removeprefix(DEPLOYED).strip()
                make.milestone(kept, "live", date, is_deployed=said.startswith(DEPLOYED))
        make.edition(roadmap, at=make.at(day))
    return roadmap


KEPT, LATE, UNSURE, MOVED, OVERDUE, UNDATED, DROPPED, STANDS = DateOutcome


@each_case(
    ("steps", "outcome", "delay"),
    [
        # Deployed: on the date beside it, and at the latest when readers first saw it.
        ([("2026-01-05", "June 2026"), ("2026-06-20", "deployed June 2026")], KEPT, 0),
        ([("2026-01-05", "June 2026"), ("2026-06-30", "deployed June 2026")], KEPT, 0),
        ([("2026-01-05", "June 2026"), ("2026-07-09", "deployed June 2026")], KEPT, 0),
        ([("2026-01-05", "June 2026"), ("2026-07-09", "deployed 30 June 2026")], KEPT, 0),
        ([("2026-01-05", "June 2026"), ("2026-07-09", "deployed 1 July 2026")], LATE, 1),
        ([("2026-01-05", "June 2026"), ("2026-08-31", "deployed August 2026")], LATE, 62),
        ([("2026-01-05", "June 2026"), ("2026-08-10", "deployed August 2026")], LATE, 41),  # it was there on the 10th
        ([("2026-01-05", "15 June 2026"), ("2026-07-09", "deployed June 2026")], UNSURE, None),
        ([("2026-01-05", "15 June 2026"), ("2026-06-12", "deployed June 2026")], KEPT, 0),
        # Deployed and no date beside it: between that Edition and the one before.
        ([("2026-01-05", "June 2026"), ("2026-06-30", "deployed")], KEPT, 0),
        ([("2026-01-05", "June 2026"), ("2026-07-09", "deployed")], UNSURE, None),
        ([("2026-01-05", "June 2026"), ("2026-07-02", "June 2026"), ("2026-07-09", "deployed")], LATE, 9),
        (
            [("2026-01-05", "June 2026"), ("2026-06-09", "deployed"), ("2026-08-09", "deployed August 2026")],
            UNSURE,
            None,
        ),
        # Moved on the way: the first date counts.
        (
            [("2026-01-05", "June 2026"), ("2026-05-05", "August 2026"), ("2026-08-09", "deployed August 2026")],
            LATE,
            40,
        ),
        ([("2026-01-05", "June 2026"), ("2026-05-05", "May 2026"), ("2026-05-09", "deployed May 2026")], KEPT, 0),
        # Not deployed
        ([("2026-01-05", "June 2026"), ("2026-05-05", "December 2026")], MOVED, 184),
        ([("2026-01-05", "June 2026")], OVERDUE, 93),
        ([("2026-01-05", "June 2026"), ("2026-05-05", "August 2026")], OVERDUE, 93),
        ([("2026-01-05", "June 2026"), ("2026-05-05", "TBC")], UNDATED, 93),
        ([("2026-01-05", "June 2026"), ("2026-05-05", "")], UNDATED, 93),
        ([("2026-01-05", "June 2026"), ("2026-05-05", "from August 2026")], UNDATED, 93),
        ([("2026-01-05", "June 2026"), ("2026-05-05", "N/A")], DROPPED, None),
        ([("2026-01-05", "June 2026"), ("2026-05-05", WITHDRAWN)], DROPPED, None),
        # Taken back
        ([("2026-01-05", "June 2026"), ("2026-06-09", "deployed"), ("2026-06-12", "August 2026")], OVERDUE, 93),
        (
            [
                ("2026-01-05", "June 2026"),
                ("2026-06-09", "deployed"),
                ("2026-06-12", "August 2026"),
                ("2026-08-03", "deployed August 2026"),
            ],
            LATE,
            34,
        ),
        # Retired after it was there, or not on the roadmap for a while
        ([("2026-01-05", "June 2026"), ("2026-06-09", "deployed"), ("2026-08-09", WITHDRAWN)], KEPT, 0),
        ([("2026-01-05", "June 2026"), ("2026-05-09", WITHDRAWN), ("2026-06-09", "deployed June 2026")], KEPT, 0),
        (
            [
                ("2026-01-05", "June 2026"),
                ("2026-06-09", "deployed"),
                ("2026-06-10", WITHDRAWN),
                ("2026-08-09", "deployed"),
            ],
            KEPT,
            0,
        ),
        ([("2026-01-05", "June 2026"), ("2026-05-09", WITHDRAWN), ("2026-06-09", "December 2026")], MOVED, 184),
        # Back on the roadmap, with nothing said of its date: what was said before is said no more.
        ([("2026-01-05", "June 2026"), ("2026-05-09", WITHDRAWN), ("2026-05-10", "")], UNDATED, 93),
        (
            [("2026-01-05", "June 2026"), ("2026-06-09", "deployed"), ("2026-06-10", WITHDRAWN), ("2026-06-11", "")],
            UNDATED,
            93,
        ),
        (
            [
                ("2026-01-05", "June 2026"),
                ("2026-06-09", "deployed"),
                ("2026-06-10", WITHDRAWN),
                ("2026-06-11", ""),
                ("2026-08-09", "deployed"),
            ],
            UNSURE,
            None,
        ),
        # The first that is a date
        ([("2026-01-05", "TBC"), ("2026-02-05", "June 2026"), ("2026-06-09", "deployed")], KEPT, 0),
        (
            [("2026-01-05", "from May 2026"), ("2026-02-05", "June 2026"), ("2026-07-09", "deployed 3 July 2026")],
            LATE,
            3,
        ),
        ([("2026-01-05", "December 2025"), ("2026-02-05", "June 2026"), ("2026-06-09", "deployed")], KEPT, 0),
        ([("2026-01-05", "N/A"), ("2026-02-05", "June 2026"), ("2026-06-09", "deployed")], KEPT, 0),
        ([("2026-01-05", "deployed"), ("2026-02-05", "June 2026"), ("2026-07-09", "deployed 3 July 2026")], LATE, 3),
        ([("2026-06-30", "June 2026"), ("2026-07-09", "deployed 3 July 2026")], LATE, 3),
    ],
)
def test_what_becomes_of_a_first_date_that_is_due(steps, outcome, delay):
    (found,) = held(told(steps))
    assert found.is_due
    assert (found.outcome, found.delay) == (outcome, delay)


@each_case(
    "steps",
    [
        [("2026-01-05", "TBC")],
        [("2026-01-05", "")],
        [("2026-01-05", "N/A")],
        [("2026-01-05", "from April 2027")],
        [("2026-01-05", "deployed December 2025")],
        [("2026-01-05", "deployed")],
        [("2026-01-05", "December 2025")],
        [("2026-07-01", "June 2026")],
    ],
)
def test_what_is_no_first_date(steps):
    assert held(told(steps)) == []


@each_case(
    ("steps", "outcome"),
    [
        ([("2026-01-05", "December 2026")], STANDS),
        ([("2026-01-05", "December 2026"), ("2026-02-05", "November 2026")], STANDS),
        ([("2026-01-05", "December 2026"), ("2026-02-05", "deployed")], KEPT),
        ([("2026-01-05", "December 2026"), ("2026-02-05", "January 2027")], MOVED),
        ([("2026-01-05", "December 2026"), ("2026-02-05", "June 2026")], OVERDUE),
        ([("2026-01-05", "December 2026"), ("2026-02-05", "TBC")], UNDATED),
        ([("2026-01-05", "December 2026"), ("2026-02-05", WITHDRAWN)], DROPPED),
    ],
)
def test_what_is_not_due_is_told_apart_and_has_no_place_in_the_figures(steps, outcome):
    (found,) = held(told(steps))
    assert (found.is_due, found.outcome) == (False, outcome)
    assert DatesHeld("", "", [found]).due == []


def test_a_date_is_due_on_the_day_after_its_last():
    roadmap = told([("2026-01-05", "June 2026")])
    assert [held(roadmap, datetime.date(2026, *day))[0].is_due for day in ((6, 30), (7, 1))] == [False, True]


def test_a_live_date_that_comes_of_a_release_is_the_items_too():
    roadmap = make.roadmap()
    release = make.release(roadmap, title="Near", when="June 2026")
    make.item(roadmap, release=release)
    make.edition(roadmap, at=make.at("2026-01-05"))
    Release.objects.filter(pk=release.pk).update(when="August 2026")
    make.edition(roadmap, at=make.at("2026-02-05"))
    Release.objects.filter(pk=release.pk).update(is_deployed=True)
    make.edition(roadmap, at=make.at("2026-08-05"))
    (found,) = held(roadmap)
    assert (found.when.text, found.outcome, found.delay) == ("June 2026", LATE, 36)


def test_where_earlier_dates_are_kept_back_there_are_none():
    roadmap = told([("2026-01-05", "June 2026")])
    Roadmap.objects.filter(pk=roadmap.pk).update(hides_date_history=True)
    roadmap.refresh_from_db()
    make.edition(roadmap, at=make.at("2026-02-05"))
    assert held(roadmap) == []


@pytest.fixture
def twelve():
    """Twelve months given in January for June; two in ten days for a day; one given for next year."""
    roadmap = make.roadmap()
    api = make.api(name="VAT API")
    months = [make.item(roadmap, live="June 2026", apis=((api, "1.0"),)) for _ in range(12)]
    days = [make.item(roadmap, test="15 January 2026") for _ in range(2)]
    make.item(roadmap, live="March 2027")
    make.edition(roadmap, at=make.at("2026-01-05"))
    for number, item in enumerate(months):
        when = "June 2026" if number < 5 else f"{number} July 2026"
        item.milestones.update(when=when, is_deployed=True)
    for item in days:
        item.milestones.update(is_deployed=True)
    make.edition(roadmap, at=make.at("2026-07-20"))
    return roadmap


def test_the_middle_is_what_half_had_or_less_and_the_worst_has_its_item(twelve):
    everything = DatesHeld("", "All", held(twelve))
    assert len(everything.due) == 14
    assert sorted(date.delay for date in everything.due) == [0] * 7 + [5, 6, 7, 8, 9, 10, 11]
    assert (everything.middle, everything.worst.delay) == (0, 11)
    assert len(everything.open) == 1


def test_kinds_of_fewer_than_ten_are_left_out(twelve):
    dates = held(twelve)
    found = {kinds.key: [(kind.label, len(kind.due)) for kind in by_kind(kinds, dates)] for kinds in KINDS}
    assert found == {
        "environment": [("Live", 12)],
        "exact": [("A month", 12)],
        "ahead": [("Three to six months ahead", 12)],
        "exact-ahead": [("A month, given three to six months ahead", 12)],
        "firm": [],  # they are all alike
        "api": [],
    }
    (month,) = by_kind(KINDS[1], dates)
    assert (month.middle, month.worst.delay) == (5, 11)  # of twelve, the sixth


def test_nothing_is_said_of_fewer_than_ten_delays(twelve):
    due = [date for date in held(twelve) if date.is_due]
    nine = DatesHeld("", "", due[:9])
    assert (nine.middle, nine.worst) == (None, None)
    dropped = told([("2026-01-05", "June 2026"), ("2026-05-05", WITHDRAWN)])
    ten = DatesHeld("", "", [*due[:9], *held(dropped)])
    assert (len(ten.due), ten.middle) == (10, None)  # of one the delay is not known


def test_kinds_stand_from_the_shortest_to_the_longest_and_apis_by_name():
    roadmap = make.roadmap()
    for name in ("Zones", "agents"):
        api = make.api(name=name)
        for number in range(10):
            make.item(roadmap, title=f"{name} {number}", apis=((api, "1.0"),), live="June 2026", test="1 February 2026")
    make.edition(roadmap, at=make.at("2026-01-05"))
    found = {kinds.key: [kind.label for kind in by_kind(kinds, held(roadmap))] for kinds in KINDS}
    assert found["environment"] == ["Sandbox", "Live"]
    assert found["exact"] == ["A day", "A month"]
    assert found["ahead"] == ["Up to three months ahead", "Three to six months ahead"]
    assert found["exact-ahead"] == ["A day, given up to three months ahead", "A month, given three to six months ahead"]
    assert found["api"] == ["agents", "Zones"]
