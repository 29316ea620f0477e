"""One period, or two as a range: the forms that a date can have, and the days that each means."""

import calendar
import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from roadmap.dates.words import (
    FIRST_YEAR,
    LAST_YEAR,
    MONTHS,
    PORTIONS,
    SEASONS,
    WEEKDAYS,
    AmbiguousDate,
    Token,
    UnclearDate,
    fit,
    out_of_years,
)


@dataclass(frozen=True)
class Period:
    """Immutable: one named stretch of days, as one end of a range or alone."""

    start: datetime.date
    end: datetime.date
    kind: str
    """day, week, month, months (a quarter, a half or a financial year, which readers see as its months), season, year,
    tax year, portion, range"""
    phrase: str
    first: str = ""
    """How a range that starts with it names it, where that is not the phrase."""
    last: str = ""


def _day(day: int, month: int, year: int) -> Period:
    if not 1 <= month <= 12:
        raise UnclearDate(f"There is no month {month}. Put the day first, for example “14/04/2026” or “14 April 2026”.")
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        name = f"{MONTHS[month]} {year}"
        raise UnclearDate(f"There is no {day} {name}: the month has {days} days. Write, for example, “{days} {name}”.")
    date = datetime.date(year, month, day)
    return Period(date, date, "day", _day_name(date))


def _months(first_month: int, count: int, year: int) -> Period:
    start = datetime.date(year, first_month, 1)
    end = _months_after(start, count) - datetime.timedelta(days=1)
    first, last = (f"{MONTHS[date.month]} {date.year}" for date in (start, end))
    if count == 1:
        return Period(start, end, "month", first)
    return Period(start, end, "months", joined_words(first, last), first=first, last=last)


def _part_of_year(length: int) -> Callable[[int, int], Period | None]:
    """The first, second … part of a year, of so many months each; None where it has not so many."""
    return lambda number, year: (
        _months(length * (number - 1) + 1, length, year) if 1 <= number <= 12 // length else None
    )


_month, _quarter, _half = _part_of_year(1), _part_of_year(3), _part_of_year(6)


def _year(year: int) -> Period:
    return Period(datetime.date(year, 1, 1), datetime.date(year, 12, 31), "year", str(year))


def _season(month: int, year: int) -> Period:
    if month == 12 and year == LAST_YEAR:
        raise out_of_years(str(year + 1))
    months = _months(month, 3, year)
    name = f"{SEASONS[month]} {year}"
    phrase = f"{name} to {year + 1}" if month == 12 else name
    return Period(months.start, months.end, "season", phrase, first=name, last=name)


def _winter(year: int, next_year: int) -> Period | None:
    # Otherwise it is a range that starts in a winter: "winter 2026 to 2030".
    return _season(12, year) if next_year == year + 1 else None


def _tax_year(year: int, next_year: int) -> Period:
    if next_year != year + 1:
        raise UnclearDate(
            "A tax year runs from one year into the next. "
            "Write, for example, “tax year 2026 to 2027” or “2026/27 tax year”."
        )
    start, end = datetime.date(year, 4, 6), datetime.date(next_year, 4, 5)
    name = f"tax year {year} to {next_year}"
    return Period(start, end, "tax year", name, first=_day_name(start), last=_day_name(end))


def _month_in_digits(year: int, number: int) -> Period | None:
    if not 1 <= number <= 12 or number == year % 100 + 1:
        return _two_years(year, number)
    return _month(number, year)


def _two_years(year: int, number: int) -> Period | None:
    if number % 100 == (year + 1) % 100:
        raise UnclearDate(
            f"“{year} to {year + 1}” can be a tax year, a financial year or two calendar years. Write “tax year {year} "
            f"to {year + 1}”, “financial year {year} to {year + 1}” or “January {year} to December {year + 1}”."
        )
    if number < 100:
        raise UnclearDate(
            f"“{year}-{number:02}” can be read in more than one way. Write it in full, for example "
            "“January 2026 to December 2027”, “tax year 2026 to 2027” or “April 2026”."
        )
    return None  # a range of years: "2026 to 2028"


def _month_or_day(month: int, number: int) -> Period:
    if not 1 <= number <= 31:
        return _month(month, 2000 + number)  # type: ignore[return-value]  # every month is one of twelve
    name, days = MONTHS[month], calendar.monthrange(_LEAP_YEAR, month)[1]
    year, day = f"“{name} {2000 + number}”", f"“{min(number, days)} {name} {_LEAP_YEAR}”"
    if number > days:
        text = f"There is no {number} {name}. If a year is meant, write {year}; if a day, for example {day}."
    else:
        both = f"{number} {name} of some year, or {name} {2000 + number}"
        text = f"This can be {both}. Write the one that is meant, with its year in four digits: {day} or {year}."
    raise AmbiguousDate(text, month, number)


_LEAP_YEAR = 2028

# The year that the British government's accounts run by: 1 April to 31 March (Interpretation Act 1978, schedule 1).


def _financial_year(year: int, next_year: int) -> Period | None:
    if next_year % 100 != (year + 1) % 100:
        raise UnclearDate(
            "A financial year runs from one year into the next. "
            "Write, for example, “financial year 2026 to 2027” or “FY 2026/27”."
        )
    return _months(4, 12, year)


def _part_of_financial_year(length: int) -> Callable[[int, int, int], Period | None]:
    def part(number: int, year: int, next_year: int) -> Period | None:
        if next_year % 100 != (year + 1) % 100 or not 1 <= number <= 12 // length:
            return None
        months = 3 + length * (number - 1)
        return _months(months % 12 + 1, length, year + months // 12)

    return part


def _one_financial_year(*values: int) -> Period:
    year = values[-1]
    raise UnclearDate(
        f"A financial year has two years in its name, and only {year} is said. "
        f"Write “financial year {year - 1} to {year}” or “financial year {year} to {year + 1}”."
    )


# What one date may look like. A part in capitals is a token's role, whose value the function takes; the others are
# words and marks. The first that fits and gives a period is it. "to" is also any dash or slash.
_Form = tuple[str, Callable[..., Period | None]]
_FORMS: tuple[_Form, ...] = (
    ("DAY MONTH ANY_YEAR", _day),
    ("DAY - MONTH - ANY_YEAR", _day),
    ("MONTH DAY YEAR", lambda month, day, year: _day(day, month, year)),
    ("DAY / NUMBER / ANY_YEAR", _day),
    ("DAY - NUMBER - YEAR", _day),
    ("DAY . NUMBER . ANY_YEAR", _day),
    ("YEAR - NUMBER - NUMBER", lambda year, month, day: _day(day, month, year)),
    ("MONTH ANY_YEAR", _month),
    ("MONTH - ANY_YEAR", _month),
    ("YEAR - TWO", _month_in_digits),
    ("YEAR", _year),
    ("QUARTER ANY_YEAR", _quarter),
    ("YEAR QUARTER", lambda year, quarter: _quarter(quarter, year)),
    ("quarter NUMBER YEAR", _quarter),
    ("ORDINAL quarter YEAR", _quarter),
    ("HALF ANY_YEAR", _half),
    ("YEAR HALF", lambda year, half: _half(half, year)),
    ("ORDINAL half YEAR", _half),
    ("SEASON ANY_YEAR", _season),
    ("winter YEAR to ANY_YEAR", _winter),
    ("tax-year YEAR to ANY_YEAR", _tax_year),
    ("YEAR to ANY_YEAR tax-year", _tax_year),
    ("tax-year YEAR", lambda year: _tax_year(year, year)),
    ("YEAR tax-year", lambda year: _tax_year(year, year)),
    ("YEAR to TWO", _two_years),
)

# Since the second grammar: tried before those above, some of which they take the place of. "join" is any dash or slash.
_LABELS = (
    *("YEAR to ANY_YEAR", "TWO to TWO", "fin-year YEAR to ANY_YEAR", "fin-year TWO to TWO"),
    *("YEAR to ANY_YEAR fin-year", "TWO to TWO fin-year", "( fin-year YEAR to ANY_YEAR )", "( fin-year TWO to TWO )"),
)


def _named_of_label(label: str) -> Iterator[_Form]:
    """A quarter or a half of a two-year label, before it or after it: "Q3 2026 to 2027", "2026/27 Q3"."""
    for length, forms in ((3, ("QUARTER", "quarter NUMBER", "ORDINAL quarter")), (6, ("HALF", "ORDINAL half"))):
        part = _part_of_financial_year(length)
        for form in forms:
            yield f"{form} {label}", lambda number, year, last, part=part: part(number, _full(year), last)
            yield f"{label} {form}", lambda year, last, number, part=part: part(number, _full(year), last)


def _full(year: int) -> int:
    return year if year >= 100 else 2000 + year


def _with_joins(form: str, build: Callable[..., Period | None]) -> Iterator[_Form]:
    """The form with a dash or a slash before its year, or between all of its parts."""
    *parts, last = form.split()
    yield f"{' '.join(parts)} join {last}", build
    yield f"{' join '.join(parts)} join {last}", build


_LATER_FORMS: tuple[_Form, ...] = (
    ("NUMBER unspaced YEAR", _month_of_number := lambda month, year: _month(month, year)),
    ("NUMBER . YEAR", _month_of_number),
    ("YEAR unspaced TWO", _month_in_digits),
    ("DAY dash NUMBER dash ANY_YEAR", _day),
    ("YEAR dash NUMBER dash NUMBER", _year_first := lambda year, month, day: _day(day, month, year)),
    ("YEAR / NUMBER / NUMBER", _year_first),
    ("MONTH TWO", _month_or_day),
    *_with_joins("MONTH TWO", _month_or_day),
    *_with_joins("MONTH YEAR", _month),
    *_with_joins("YEAR MONTH", lambda year, month: _month(month, year)),
    *_with_joins("DAY MONTH ANY_YEAR", _day),
    *_with_joins("MONTH DAY YEAR", lambda month, day, year: _day(day, month, year)),
    ("YEAR join MONTH join DAY", lambda year, month, day: _day(day, month, year)),
    *_with_joins("QUARTER ANY_YEAR", _quarter),
    *_with_joins("YEAR QUARTER", lambda year, quarter: _quarter(quarter, year)),
    ("quarter NUMBER join YEAR", _quarter),
    *_with_joins("HALF ANY_YEAR", _half),
    ("ORDINAL half join YEAR", _half),
    ("YEAR ORDINAL half", lambda year, half: _half(half, year)),
    *_with_joins("YEAR HALF", lambda year, half: _half(half, year)),
    *_with_joins("SEASON ANY_YEAR", _season),
    ("YEAR SEASON", lambda year, season: _season(season, year)),
    *_with_joins("YEAR SEASON", lambda year, season: _season(season, year)),
    ("YEAR MONTH", lambda year, month: _month(month, year)),
    *(form for label in _LABELS for form in _named_of_label(label)),
    ("fin-year YEAR to ANY_YEAR", _financial_year),
    ("fin-year TWO to TWO", lambda year, last: _financial_year(2000 + year, last)),
    ("YEAR to ANY_YEAR fin-year", _financial_year),
    ("TWO to TWO fin-year", lambda year, last: _financial_year(2000 + year, last)),
    ("tax-year TWO to TWO", _short_tax_year := lambda year, last: _tax_year(2000 + year, 2000 + last)),
    ("TWO to TWO tax-year", _short_tax_year),
    ("winter TWO to TWO", lambda year, last: _winter(2000 + year, 2000 + last)),
    ("TWO to TWO", lambda year, last: _two_years(2000 + year, last) if year > 12 and last == year + 1 else None),
    ("last quarter YEAR", lambda year: _quarter(4, year)),
    ("QUARTER year YEAR", _quarter),
    ("QUARTER fin-year ANY_YEAR", _one_financial_year),
    ("HALF fin-year ANY_YEAR", _one_financial_year),
    ("fin-year ANY_YEAR", _one_financial_year),
    ("YEAR to ANY_YEAR", _two_years),
    ("year YEAR", _year),
)


def period_of(tokens: list[Token], *, first_grammar: bool = False) -> Period | None:
    """The period that all of the tokens name, or None. Raises UnclearDate for one that cannot be."""
    if len(tokens) > 1 and "WEEKDAY" in tokens[0].roles:
        return _on_weekday(tokens[0], period_of(tokens[1:], first_grammar=first_grammar))
    if len(tokens) > 1 and "PORTION" in tokens[0].roles:
        rest = tokens[2:] if ("dash" if first_grammar else "join") in tokens[1].roles else tokens[1:]  # "mid-2027"
        return _portion(PORTIONS[tokens[0].word], period_of(rest, first_grammar=first_grammar))
    newer = None if first_grammar else _week(tokens) or _fitting(tokens, _LATER_FORMS)
    return newer or _fitting(tokens, _FORMS)


def _fitting(tokens: list[Token], forms: tuple[_Form, ...]) -> Period | None:
    for form, build in forms:
        values = fit(tokens, form)
        if values is not None and (period := build(*values)):
            return period
    return None


def _week(tokens: list[Token]) -> Period | None:
    """Seven days: "w/c 8 June 2026", "week ending 12 June 2026", "first week of June 2026"."""
    if len(tokens) > 2 and tokens[0].roles.keys() & {"ORDINAL", "last"} and "week" in tokens[1].roles:
        month = period_of(tokens[2:])
        if month is None or month.kind != "month":
            return None
        days = 7 * (tokens[0].roles["ORDINAL"] - 1) if "ORDINAL" in tokens[0].roles else (month.end.day - 7)
        return _seven_days(month.start + datetime.timedelta(days=days))
    if len(tokens) > 1 and tokens[0].roles.keys() & {"week", "week-ending"}:
        day = period_of(tokens[1:])
        if day is None or day.kind != "day":
            return None
        return _seven_days(day.start - datetime.timedelta(days=6 if "week-ending" in tokens[0].roles else 0))
    return None


def _seven_days(first: datetime.date) -> Period:
    last = first + datetime.timedelta(days=6)
    for day in (first, last):
        check_year(day)
    return Period(
        first, last, "week", joined_words(_day_name(first), _day_name(last)), _day_name(first), _day_name(last)
    )


def check_year(day: datetime.date) -> None:
    """Raises UnclearDate for a day of a year that no date here can have."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise out_of_years(str(day.year))


def day_before(period: Period) -> Period:
    """What "before" it means as a deadline."""
    day = period.start - datetime.timedelta(days=1)
    check_year(day)
    return Period(day, day, "day", _day_name(day))


def what_follows(period: Period) -> Period:
    """The first day after it, named as it is: "after April 2027" is from May 2027."""
    day = period.end + datetime.timedelta(days=1)
    check_year(day)
    if day.day > 1 or period.kind in ("day", "week"):
        return Period(day, day, "day", _day_name(day))
    return _year(day.year) if period.kind == "year" else _months(day.month, 1, day.year)


def _on_weekday(weekday: Token, period: Period | None) -> Period | None:
    if period is None or period.kind != "day":
        return None
    if period.start.weekday() != weekday.roles["WEEKDAY"]:
        right, wrong = WEEKDAYS[period.start.weekday()], WEEKDAYS[weekday.roles["WEEKDAY"]]
        raise UnclearDate(f"{period.phrase} is a {right}, not a {wrong}. Write “{period.phrase}” or change the date.")
    return period


def _portion(word: str, period: Period | None) -> Period | None:
    """The early, mid or late part, or the start or end, of a period of one or more months."""
    if period is not None and period.kind == "day":
        name = period.phrase
        raise UnclearDate(
            f"One day has no start or end, and is not early or late. Write “{name}”, “from {name}” or “by {name}”."
        )
    if period is None or period.kind in ("week", "portion"):
        return None
    after = period.end + datetime.timedelta(days=1)
    whole = 12 * (after.year - period.start.year) + after.month - period.start.month
    third, edge = whole // 3, max(1, whole // 4)
    if period.kind == "month":
        whole, third, edge = (after - period.start).days, 10, 7
    skip, length = {
        "early": (0, third),
        "mid": (third, third),
        "late": (2 * third, whole - 2 * third),
        "start of": (0, edge),
        "end of": (whole - edge, edge),
    }[word]
    if period.kind == "months":
        first_month = _months_after(period.start, skip)
        return replace(_months(first_month.month, length, first_month.year), kind="portion")
    if period.kind == "month":
        start = period.start + datetime.timedelta(days=skip)
        end = start + datetime.timedelta(days=length - 1)
    else:
        start = _months_after(period.start, skip)
        end = _months_after(start, length) - datetime.timedelta(days=1)
    first, last = f"{word} {period.first or period.phrase}", f"{word} {period.last or period.phrase}"
    if period.kind == "tax year":
        first, last = _day_name(start), _day_name(end)
    return Period(start, end, "portion", f"{word} {period.phrase}", first=first, last=last)


def _months_after(date: datetime.date, count: int) -> datetime.date:
    years, month = divmod(date.month - 1 + count, 12)
    return date.replace(year=date.year + years, month=month + 1)


def _day_name(date: datetime.date) -> str:
    return f"{date.day} {MONTHS[date.month]} {date.year}"


def joined_words(first: str, last: str) -> str:
    """Both in one phrase, said once what they share: "14 to 18 April 2026", "March to April 2019"."""
    left, right = first.split(), last.split()
    shared = 0
    while shared < min(len(left), len(right)) - 1 and left[-1 - shared] == right[-1 - shared]:
        shared += 1
    # They share the month only if both are days of it, or parts of it: "14 to April 2026" would not be English.
    if shared > 1 and (len(left) != len(right) or left[0].isdigit() != right[0].isdigit()):
        shared = 1
    kept = left[: len(left) - shared]
    # "Early 2026 to mid April 2026" is not "early to mid April 2026".
    if kept[-1] == "of" or (kept[-1] in PORTIONS and len(left) != len(right)):
        kept = left
    return f"{' '.join(kept)} to {last}"
