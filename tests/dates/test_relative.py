"""Days that are said from today: roadmap/dates/relative.py."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.dates import UnclearDate
from roadmap.dates.relative import newest_day, read_days
from tests.cases import each_case

TUESDAY = datetime.date(2026, 3, 24)


def day(text):
    return text and datetime.date.fromisoformat(text)


@each_case(
    ("text", "first", "last", "words"),
    [
        ("today", "2026-03-24", "2026-03-24", "today"),
        (" Since  YESTERDAY ", "2026-03-23", "2026-03-23", "yesterday"),
        ("tomorrow", "2026-03-25", "2026-03-25", "tomorrow"),
        ("last week", "2026-03-16", "2026-03-22", "last week"),
        ("this week", "2026-03-23", "2026-03-29", "this week"),
        ("Last Month", "2026-02-01", "2026-02-28", "last month"),
        ("this month", "2026-03-01", "2026-03-31", "this month"),
        ("next month", "2026-04-01", "2026-04-30", "next month"),
        ("previous quarter", "2025-10-01", "2025-12-31", "previous quarter"),
        ("next quarter", "2026-04-01", "2026-06-30", "next quarter"),
        ("this year", "2026-01-01", "2026-12-31", "this year"),
        ("last year", "2025-01-01", "2025-12-31", "last year"),
        ("the last 30 days", "2026-02-22", "2026-03-24", "last 30 days"),
        ("past week", "2026-03-17", "2026-03-24", "past week"),
        ("next 6 months", "2026-03-24", "2026-09-24", "next 6 months"),
        ("3 weeks ago", "2026-03-03", "2026-03-03", "3 weeks ago"),
        ("a month ago", "2026-02-24", "2026-02-24", "a month ago"),
        ("in two years", "2028-03-24", "2028-03-24", "in two years"),
        # What needs no today is as it is.
        ("March 2026", "2026-03-01", "2026-03-31", ""),
        ("from April 2027", "2027-04-01", None, ""),
    ],
)
def test_words_said_from_today_are_days(text, first, last, words):
    assert read_days(text, TUESDAY) == (day(first), day(last), words)


@each_case(
    ("text", "today", "first"),
    [
        ("a month ago", "2026-03-31", "2026-02-28"),
        ("last month", "2026-01-31", "2025-12-01"),
        ("last quarter", "2026-02-01", "2025-10-01"),
        ("a year ago", "2028-02-29", "2027-02-28"),
        ("this week", "2026-03-23", "2026-03-23"),
        ("last week", "2026-03-22", "2026-03-09"),
    ],
)
def test_at_the_end_of_a_month_and_around_a_monday(text, today, first):
    assert read_days(text, day(today)).first == day(first)


@each_case(
    ("text", "newest"),
    [
        ("1 March", "2026-03-01"),
        ("24 March", "2026-03-24"),
        ("25 March", "2025-03-25"),
        ("the 1st of March", "2026-03-01"),
        ("March", "2026-03-01"),
        ("April", "2025-04-01"),
        ("29 February", "2024-02-29"),
        ("winter", "2025-12-01"),
        ("Monday", "2026-03-23"),
        ("on Tues", "2026-03-24"),
        ("last Tuesday", "2026-03-17"),
        ("Wednesday", "2026-03-18"),
        ("March 21", None),  # or March 2021
        ("30 February", None),
        ("1 March 2025", None),  # has its year
        ("deployed", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_day_without_its_year_is_the_newest_that_has_come(text, newest):
    assert newest_day(text, TUESDAY) == day(newest)


@pytest.mark.parametrize("text", ["TBC", "N/A", "999 years from now", "next 999", "in 3 weeks ago", "999 years", ""])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(UnclearDate):
        read_days(text, TUESDAY)


SAID = "last this next in the a 3 999 two week weeks month years ago today Monday March 1 2026 -"
said = st.sampled_from(SAID.split(" "))


@given(st.lists(said, max_size=5).map(" ".join), st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31)))
def test_no_words_on_any_day_are_anything_but_days_or_refused(text, today):
    try:
        found = read_days(text, today)
    except UnclearDate:
        pass
    else:
        assert found.last is None or found.first <= found.last
        assert found.words == "" or read_days(found.words, today) == found
    newest = newest_day(text, today)
    assert newest is None or newest <= today
