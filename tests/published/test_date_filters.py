"""What a query asks of dates: roadmap/published/date_filters.py."""

import pytest
from django.http import QueryDict

from roadmap.models import Item, Milestone, Release, Roadmap
from roadmap.published import store
from roadmap.published.filters import BadFilter, read_filters
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db
NOW = make.at("2026-03-24", "12:00")


@pytest.fixture
def vat():
    return make.roadmap(slug="vat-mtd", reference_prefix="VAT")


def filters(query, at=NOW):
    return read_filters(QueryDict(query), store.newest("vat-mtd", at), at)


def selected(query, at=NOW):
    return " ".join(sorted(item.content.title for item in filters(query, at).items(store.newest("vat-mtd", at))))


def told(query, at=NOW):
    """By edition's number, the titles of what a query selects of it."""
    asked, history = filters(query, at), store.history_of(store.newest("vat-mtd", at))
    return {edition.number: titles for edition in history.editions if (titles := _titles(asked.told(edition)))}


def _titles(things):
    return " ".join(sorted(thing.title for thing in things))


def messages(query, at=NOW):
    with pytest.raises(BadFilter) as error:
        filters(query, at)
    return [(problem.name, problem.message) for problem in error.value.problems]


# From and to


@pytest.fixture
def dated(vat):
    summer = make.release(vat, title="Summer", when="June 2026")
    make.item(vat, title="ByRelease", release=summer)
    make.item(vat, title="Quarter", live="Q3 2026")
    make.item(vat, title="Deadline", live="by April 2027")
    make.item(vat, title="Open", test="from May 2026", live="TBC")
    make.item(vat, title="There", test="March 2026", live="15 October 2026", deployed=("test",))
    make.item(vat, title="Undated", live="TBC", test="N/A")
    make.item(vat, title="Year", live="2028", is_breaking=True)
    make.edition(vat, at=make.at("2026-01-05"))


@each_case(
    ("query", "titles"),
    [
        ("from=1+January+2026&to=31+December+2026", "ByRelease Open Quarter There"),
        ("environment=live&from=January+2026&to=December+2026", "ByRelease Quarter There"),
        ("environment=test&from=January+2026&to=April+2026", "There"),
        ("environment=test&environment=live&from=October+2026&to=October+2026", "Open There"),
        # Any day in common.
        ("from=30+September+2026&to=1+October+2026&environment=live", "Quarter"),
        ("from=1+October+2026&to=1+October+2026&environment=live", ""),
        ("from=15+October+2026&to=15+October+2026&environment=live", "There"),
        ("from=30+June+2026&to=1+July+2026&environment=live", "ByRelease Quarter"),
        # A deadline is the range that it is; an open end has no last day.
        ("from=1+April+2027&to=1+April+2027", "Deadline Open"),
        ("from=31+March+2027&to=31+March+2027", "Open"),
        ("to=30+April+2026", "There"),
        ("to=May+2026", "Open There"),
        ("from=2029", "Open"),
        ("from=2028&breaking=yes", "Year"),
        ("breaking=yes&from=1+January+2026&to=31+December+2026", ""),
        # However it is written, and said from 24 March 2026.
        ("from=Q3+2026&to=autumn+2026&environment=live", "Quarter There"),
        ("from=2026-07-01&to=2026-09-30&environment=live", "Quarter"),
        ("environment=live&from=today&to=next+quarter", "ByRelease"),
        ("environment=live&from=next+year&to=next+year", "Deadline"),
        ("environment=test&to=yesterday", "There"),
        ("environment=controlled-go-live&from=2020", ""),
    ],
)
def test_a_date_is_between_two_days_where_any_day_that_it_can_mean_is(dated, query, titles):
    assert selected(query) == titles


@each_case(
    ("query", "expected"),
    [
        ("from=soon", [("from", "“soon” is not a date by itself. Enter a date, like 1 January 2026")]),
        ("from=released", [("from", "“released” is what has happened, not a date. Enter a date, like 1 January 2026")]),
        ("from=TBC", [("from", "“TBC” has no day in it. Enter a date, like 1 January 2026")]),
        (
            "to=31 April 2027",
            [("to", "There is no 31 April 2027: the month has 30 days. Write, for example")],
        ),
        ("to=1+March", [("to", "“1 March” has no year that is certain. Add the year, in four digits")]),
        ("to=from+May+2026", [("to", "“from May 2026” has no last day. Enter a date, like 31 December 2026")]),
        ("from=" + "9" * 500, [("from", f"“{'9' * 59}…” is not a date. Enter a date, like 1 January 2026")]),
        ("from=2026&from=2027", [("from", "Give one first day.")]),
        ("to=2026&to=May+2026", [("to", "Give one last day.")]),
        (
            "from=May+2026&to=April+2026",
            [("to", "The last day must be the same as or after the first, 1 May 2026.")],
        ),
        ("from=tomorrow&to=today", [("to", "The last day must be the same as or after the first, 25 March 2026.")]),
        ("moved=sooner", [("moved", "“sooner” is not understood. The only choice of “moved” is “later”.")]),
        ("overdue=no", [("overdue", "“no” is not understood. The only choice of “overdue” is “yes”.")]),
        ("from=x&to=y&moved=z&overdue=é", [("from", ""), ("to", ""), ("moved", ""), ("overdue", "")]),
    ],
)
def test_what_is_no_day_is_refused_with_what_to_write(dated, query, expected):
    found = messages(query)
    assert [name for name, _ in found] == [name for name, _ in expected]
    for (_, message), (_, begins) in zip(found, expected, strict=True):
        assert message.startswith(begins)


@each_case(
    ("query", "address", "words"),
    [
        ("from=Q3+2026", "?from=2026-07-01", "dated from 1 July 2026"),
        ("to=Q3+2026&to=30+September+2026", "?to=2026-09-30", "dated up to 30 September 2026"),
        ("from=Last+Month", "?from=last+month", "dated from 1 February 2026 (last month)"),
        ("to=last+month", "?to=last+month", "dated up to 28 February 2026 (last month)"),
        (
            "overdue=YES&moved=Later",
            "?moved=later&overdue=yes",
            "with a date that has moved later; with a date that has passed",
        ),
    ],
)
def test_an_address_has_days_but_for_words_said_from_today(dated, query, address, words):
    asked = filters(query)
    assert (asked.query, asked.in_words(store.newest("vat-mtd", NOW))) == (address, words)
    assert filters(asked.query.removeprefix("?")).query == address


@each_case(
    ("query", "depends"),
    [
        ("from=2026&to=2027&moved=later&changed_since=1+March+2026", False),
        ("overdue=yes", True),
        ("from=today", True),
        ("to=next+month", True),
        ("changed_since=yesterday", True),
        ("changed_since=1+March", True),
    ],
)
def test_a_selection_says_whether_it_depends_on_today(dated, query, depends):
    assert filters(query).depends_on_today is depends


def test_words_said_from_today_are_asked_of_the_day_of_each_edition(vat):
    item = make.item(vat, title="Returns", live="June 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    Item.objects.filter(pk=item.pk).update(description="Reworded.")
    make.edition(vat, at=make.at("2026-07-05"))
    assert selected("from=today", make.at("2026-07-06")) == ""
    for day in ("2026-07-05", "2026-07-06", "2027-01-01"):
        at = make.at(day, "12:00")
        assert (told("from=today", at), told("to=yesterday", at)) == ({1: "Returns"}, {2: "Returns"})


# Moved later


@pytest.fixture
def moved(vat):
    """Three Editions: what each date becomes."""
    release = make.release(vat, title="Release", when="June 2026")
    dates = {
        "Later": ("June 2026", "July 2026", "July 2026"),
        "Back": ("June 2026", "July 2026", "June 2026"),
        "Earlier": ("June 2026", "May 2026", "May 2026"),
        "Exact": ("2026", "June 2026", "June 2026"),
        "Unknown": ("June 2026", "June 2026", "TBC"),
        "Known": ("TBC", "TBC", "July 2026"),
        "Same": ("June 2026", "Jun 2026", "June 2026 (TBC)"),
    }
    for title, (first, *_) in dates.items():
        make.item(vat, title=title, live=first)
    make.item(vat, title="InRelease", release=release)
    make.item(vat, title="Arrived", test="January 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    for number, day in ((1, "2026-02-05"), (2, "2026-03-05")):
        for title, said in dates.items():
            Milestone.objects.filter(item__title=title).update(when=said[number])
        make.edition(vat, at=make.at(day))
    Release.objects.filter(pk=release.pk).update(when="Q4 2026")
    Milestone.objects.filter(item__title="Arrived").update(when="March 2026", is_deployed=True)
    Item.objects.filter(title="Later").update(description="Reworded.")
    make.edition(vat, at=make.at("2026-03-06"))
    return vat


@each_case(
    ("query", "titles"),
    [
        ("moved=later", "Back InRelease Later Unknown"),
        ("moved=later&environment=live", "Back InRelease Later Unknown"),
        ("moved=later&environment=test", ""),
        ("moved=later&changed_since=2026-02-06", "InRelease Unknown"),
        ("moved=later&changed_since=3", "InRelease"),
        ("moved=later&from=July+2026&to=July+2026", "Later"),
        ("moved=later&q=back", "Back"),
        ("moved=later&item=VAT-1&item=VAT-3", "Later"),
        ("moved=later&item=VAT-1", "Later"),
    ],
)
def test_what_moved_later_is_found(moved, query, titles):
    assert selected(query) == titles


def test_of_an_edition_what_moved_by_it_is_selected(moved):
    assert told("moved=later") == {2: "Back Later", 3: "Unknown", 4: "Release"}
    assert told("moved=later&environment=test") == {}
    assert told("moved=later&changed_since=2") == {3: "Unknown", 4: "Release"}


def test_what_was_withdrawn_had_moved_by_then(moved):
    Item.objects.filter(title__in=["Later", "Earlier"]).delete()
    make.edition(moved, at=make.at("2026-03-07"))
    gone = filters("moved=later").withdrawn(store.history_of(store.newest("vat-mtd", NOW)))
    assert [thing.title for thing in gone] == ["Later"]


def test_a_roadmap_that_does_not_tell_its_earlier_dates_refuses_to_tell_what_moved(moved):
    Roadmap.objects.filter(pk=moved.pk).update(hides_date_history=True)
    moved.refresh_from_db()
    make.edition(moved, at=make.at("2026-03-08"))
    assert messages("moved=later") == [
        ("moved", "This roadmap does not tell what its dates were, so nor does it tell what has moved.")
    ]
    # Nor do other filters tell what a date was.
    assert told("from=May+2026&to=May+2026") == {}
    assert told("overdue=yes", make.at("2027-01-01")) == {}
    assert selected("environment=live&from=May+2026&to=May+2026") == "Earlier"


# Overdue


@pytest.fixture
def overdue(vat):
    make.item(vat, title="Passed", test="February 2026", live="June 2026")
    make.item(vat, title="Today", live="24 March 2026")
    make.item(vat, title="Arrived", test="February 2026", deployed=("test",))
    make.item(vat, title="Open", live="from February 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    return vat


@each_case(
    ("query", "day", "titles"),
    [
        ("overdue=yes", "2026-03-24", "Passed"),
        ("overdue=yes", "2026-03-25", "Passed Today"),
        ("overdue=yes&environment=live", "2026-03-25", "Today"),
        ("overdue=yes&environment=live", "2026-07-01", "Passed Today"),
        ("overdue=yes&from=June+2026", "2026-07-01", "Passed"),
        ("overdue=yes&from=June+2026", "2026-03-25", ""),
        ("overdue=yes&stage=live", "2026-07-01", ""),
    ],
)
def test_what_is_overdue_follows_from_the_day(overdue, query, day, titles):
    assert selected(query, make.at(day, "00:30")) == titles


def test_of_an_edition_what_was_overdue_on_its_day_is_selected(overdue):
    Milestone.objects.filter(item__title="Passed").update(when="May 2026")
    make.edition(overdue, at=make.at("2026-03-20"))
    Item.objects.filter(title="Passed").update(description="Reworded.")
    make.edition(overdue, at=make.at("2026-03-21"))
    assert told("overdue=yes") == told("overdue=yes", make.at("2027-01-01")) == {2: "Passed"}
