"""Days that are said from today: "yesterday", "last month", "in 3 weeks", "1 March". Pure: it is told what day it is.

A week begins on Monday. Last, this and next week, month, quarter and year are the calendar's, each of them whole; "the
last 30 days" end today, and "the next 30 days" begin today. "3 months ago" is the same day of that month, or its last.
A day of the week, or a date without its year, is the newest that has come: today, on that very day.
"""

import datetime
import re
from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from roadmap.dates import AmbiguousDate, UnclearDate, parse
from roadmap.dates.words import advice, fit, quoted, read_tokens

_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_PERIODS = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1}
_NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_NUMBER = rf"([0-9]{{1,3}}|an?|{'|'.join(_NUMBERS)})"
_PERIOD = re.compile(rf"({'|'.join(_PERIODS)}) (week|month|quarter|year)")
_AGO = re.compile(rf"(in )?{_NUMBER} (day|week|month|year)s?( ago)?")
_SPAN = re.compile(rf"(last|past|next) (?:{_NUMBER} )?(day|week|month|year)s?")
_BEFORE = re.compile(r"^(?:since |from )?(?:the )?")
_NAMED = {"MONTH", "SEASON", "QUARTER", "HALF"}
_YEARS = 9  # in which every day of a year has been, 29 February too


class Days(NamedTuple):
    first: datetime.date
    last: datetime.date | None  # None: there is no last
    words: str = ""  # said from today, in one spelling: on another day they mean other days


def read_days(text: str, today: datetime.date) -> Days:
    """Of a date as `parse` reads it, or of words said from today. Raises UnclearDate."""
    if days := _said_from(text, today):
        return days
    when = parse(text)
    if when.start is None:
        raise UnclearDate(f"{quoted(text)} has no day in it. {advice()}")
    return Days(when.start, when.end)


def newest_day(text: str, today: datetime.date) -> datetime.date | None:
    """The first day of a date without its year, or of a day of the week; None for any other text."""
    with suppress(UnclearDate):
        tokens = read_tokens(text)
        for form, least in (("WEEKDAY", 0), ("last WEEKDAY", 1)):
            if found := fit(tokens, form):
                newest = today - datetime.timedelta(days=least)
                return newest - datetime.timedelta(days=(newest.weekday() - found[0]) % 7)
        if any(token.roles.keys() & _NAMED for token in tokens) and not _is_ambiguous(text):
            return next((day for day in _in_each_year(text, today) if day <= today), None)
    return None


def _is_ambiguous(text: str) -> bool:
    """Of "March 21", that it may have its year; what has one for certain is no date without."""
    try:
        parse(text)
    except AmbiguousDate:
        return True
    except UnclearDate:
        return False
    return True


def _in_each_year(text: str, today: datetime.date) -> Iterator[datetime.date]:
    for year in range(today.year, today.year - _YEARS, -1):
        with suppress(UnclearDate):
            if start := parse(f"{text} {year}").start:
                yield start


def _said_from(text: str, today: datetime.date) -> Days | None:
    words = _BEFORE.sub("", " ".join(text.lower().split()))
    with suppress(OverflowError, ValueError):  # before the first year, or after the last
        if words in _DAYS:
            day = today + datetime.timedelta(days=_DAYS[words])
            return Days(day, day, words)
        if found := _PERIOD.fullmatch(words):
            return Days(*_period(found[2], _PERIODS[found[1]], today), words)
        if (found := _AGO.fullmatch(words)) and bool(found[1]) != bool(found[4]):
            number = _number(found[2])
            day = _moved(today, found[3], number if found[1] else -number)
            return Days(day, day, words)
        if found := _SPAN.fullmatch(words):
            number = _number(found[2] or "one")
            if found[1] == "next":
                return Days(today, _moved(today, found[3], number), words)
            return Days(_moved(today, found[3], -number), today, words)
    return None


def _number(word: str) -> int:
    if word in ("a", "an"):
        return 1
    return int(word) if word.isdigit() else _NUMBERS.index(word)


def _moved(day: datetime.date, unit: str, number: int) -> datetime.date:
    if unit in ("day", "week"):
        return day + datetime.timedelta(days=number * (7 if unit == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + number * (12 if unit == "year" else 1), 12)
    return datetime.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _period(unit: str, number: int, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of the week, month, quarter or year that is so many after this one."""
    if unit == "week":
        first = today + datetime.timedelta(days=7 * number - today.weekday())
        return first, first + datetime.timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = _moved(today.replace(day=1, month=(today.month - 1) // months * months + 1), "month", number * months)
    return first, _moved(first, "month", months) - datetime.timedelta(days=1)
