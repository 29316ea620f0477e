"""A point from which on a reader wants to know what changed: roadmap/published/since.py."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.published.roadmap import EditionSeen
from roadmap.published.since import Since, UnclearSince, read_since, usual
from tests import make
from tests.cases import each_case

NOW = make.at("2026-03-24", "12:00")
NEWEST = EditionSeen("vat-mtd", 7, make.at("2026-03-24"))


def since(text):
    return read_since(text, NEWEST, NOW)


@each_case(
    ("text", "day"),
    [
        ("2026-03-01", "2026-03-01"),
        (" 1 March 2026 ", "2026-03-01"),
        ("March 2026", "2026-03-01"),
        ("01/03/2026", "2026-03-01"),
        ("2026-03-24", "2026-03-24"),
        ("0001-01-01", "0001-01-01"),
    ],
)
def test_a_date_as_people_write_one(text, day):
    assert since(text) == Since(datetime.date.fromisoformat(day))
    assert str(since(text)) == day


@each_case(
    ("text", "day", "in_address", "in_words"),
    [
        ("last month", "2026-02-01", "last month", "changed since 1 February 2026 (last month)"),
        (" Yesterday", "2026-03-23", "yesterday", "changed since 23 March 2026 (yesterday)"),
        ("1 March", "2026-03-01", "2026-03-01", "changed since 1 March 2026"),
        ("25 March", "2025-03-25", "2025-03-25", "changed since 25 March 2025"),
        ("Monday", "2026-03-23", "2026-03-23", "changed since 23 March 2026"),
    ],
)
def test_what_is_said_from_today_goes_on_with_it_and_a_day_without_its_year_stays(text, day, in_address, in_words):
    found = since(text)
    assert (found.day, found.in_words) == (datetime.date.fromisoformat(day), in_words)
    assert str(found) == in_address
    assert found.depends_on_today
    assert not since("1 March 2026").depends_on_today


def test_today_is_london_s():
    midnight = make.at("2026-07-01", "00:30")  # the day before, in UTC
    assert read_since("today", NEWEST, midnight).day == datetime.date(2026, 7, 1)
    assert read_since("1 July", NEWEST, midnight).day == datetime.date(2026, 7, 1)


@pytest.mark.parametrize("text", ["0", "7", " 7 ", "007", "edition 7", " Edition  007"])
def test_a_number_up_to_the_newest_is_an_edition(text):
    assert since(text) == Since(edition_number=int(text.split()[-1]))


@each_case(
    ("text", "message"),
    [
        ("8", "There is no edition 8 yet: the newest is 7. Enter a number up to that, or a date, like 24 March 2026."),
        ("2027-01-01", "1 January 2027 has not come yet. Enter a date up to today, 24 March 2026."),
        ("25 March 2026", "25 March 2026 has not come yet. Enter a date up to today, 24 March 2026."),
        ("tomorrow", "25 March 2026 has not come yet. Enter a date up to today, 24 March 2026."),
        ("in 3 weeks", "14 April 2026 has not come yet."),
        (
            "soon",
            "“soon” is not a date or the number of an edition. Enter a date, like 24 March 2026, or a number, like 12.",
        ),
        ("2026-02-30", "“2026-02-30” is not a date or the number of an edition."),
        ("edition", "“edition” is not a date or the number of an edition."),
        ("edition 8", "There is no edition 8 yet: the newest is 7."),
        ("-1", "“-1” is not a date or the number of an edition."),
        ("٣", "“٣” is not a date or the number of an edition."),
        ("TBC", "“TBC” is not a date or the number of an edition."),
        ("\u202eevil\u0007", "“evil” is not a date or the number of an edition."),
        ("x" * 500, f"“{'x' * 59}…” is not a date or the number of an edition."),
        ("9" * 500, f"“{'9' * 59}…” is not a date or the number of an edition."),
    ],
)
def test_anything_else_is_refused_with_what_to_write(text, message):
    with pytest.raises(UnclearSince) as error:
        since(text)
    assert str(error.value).startswith(message)


@given(st.text(max_size=80))
def test_no_text_is_anything_but_understood_or_refused(text):
    try:
        found = since(text)
    except UnclearSince:
        return
    assert read_since(str(found), NEWEST, NOW) == found


@each_case(
    ("text", "at", "is_included"),
    [
        ("2026-03-10", make.at("2026-03-10", "00:00"), True),
        ("2026-03-10", make.at("2026-03-09", "23:59"), False),
        ("2025-07-10", make.at("2025-07-10", "00:30"), True),  # in London: the day before, in UTC
        ("6", make.at("2026-03-10"), True),
        ("7", make.at("2026-03-10"), False),
    ],
)
def test_a_day_counts_from_its_first_moment_in_london_and_an_edition_from_the_next(text, at, is_included):
    assert since(text).includes(EditionSeen("vat-mtd", 7, at)) is is_included


def test_somebody_who_does_not_say_is_told_of_90_days():
    assert usual(NOW) == Since(datetime.date(2025, 12, 24))
    assert usual(make.at("2026-07-01", "00:30")).day == datetime.date(2026, 4, 2)
