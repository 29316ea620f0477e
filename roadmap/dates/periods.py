"""One period, or two as a range: the forms that a date can have, and the days that each means."""

import calendar
import datetime
from collections.abc import Callable
from dataclasses import dataclass

from roadmap.dates.words import LAST_YEAR, MONTHS, PORTIONS, SEASONS, WEEKDAYS, Token, UnclearDate, fit, out_of_years


@dataclass(frozen=True)
class Period:
    """Immutable: one named stretch of days, as one end of a range or alone."""

    start: datetime.date
    end: datetime.date
    kind: str
    """day, month, months (a quarter or a half, which readers see as its months), season, year, tax year, portion"""
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
    return Period(start, end, "months", _to(first, last), first=first, last=last)


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


def _two_years(year: int, number: int) -> Period:
    if number == (year + 1) % 100:
        advice = f"“{year} to {year + 1}” or “tax year {year} to {year + 1}”"
    else:
        advice = "“2026 to 2027”, “tax year 2026 to 2027” or “April 2026”"
    raise UnclearDate(f"“{year}-{number:02}” can be read in more than one way. Write it in full, for example {advice}.")


# What one date may look like. A part in capitals is a token's role, whose value the function takes; the others are
# words and marks. The first that fits is it. "to" is also any dash or slash.
_FORMS: tuple[tuple[str, Callable[..., Period | None]], ...] = (
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


def period_of(tokens: list[Token]) -> Period | None:
    """The period that all of the tokens name, or None. Raises UnclearDate for one that cannot be."""
    if len(tokens) > 1 and "WEEKDAY" in tokens[0].roles:
        return _on_weekday(tokens[0], period_of(tokens[1:]))
    if len(tokens) > 1 and "PORTION" in tokens[0].roles:
        rest = tokens[2:] if "dash" in tokens[1].roles else tokens[1:]  # "mid-2027"
        return _portion(PORTIONS[tokens[0].word], period_of(rest))
    for form, build in _FORMS:
        values = fit(tokens, form)
        if values is not None:
            return build(*values)
    return None


def _on_weekday(weekday: Token, period: Period | None) -> Period | None:
    if period is None or period.kind != "day":
        return None
    if period.start.weekday() != weekday.roles["WEEKDAY"]:
        right, wrong = WEEKDAYS[period.start.weekday()], WEEKDAYS[weekday.roles["WEEKDAY"]]
        raise UnclearDate(f"{period.phrase} is a {right}, not a {wrong}. Write “{period.phrase}” or change the date.")
    return period


def _portion(word: str, period: Period | None) -> Period | None:
    """The early, mid or late part, or the start or end, of a period of one or more months."""
    if period is None or period.kind in ("day", "portion"):
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
        return _months(period.start.month + skip, length, period.start.year)
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


# Two periods


def range_of(tokens: list[Token]) -> Period | None:
    """The range from one period to another that the tokens name, or None. Raises UnclearDate for one that cannot be."""
    problem: UnclearDate | None = None
    for place, token in enumerate(tokens):
        if "to" not in token.roles and "and" not in token.roles:
            continue
        for left_tokens, right_tokens in _completed(tokens[:place], tokens[place + 1 :]):
            try:
                left, right = period_of(left_tokens), period_of(right_tokens)
                if left is None or right is None:
                    continue
                return _joined(left, right, must_touch="and" in token.roles)
            except UnclearDate as caught:
                problem = problem or caught
    if problem:
        raise problem
    return None


def _completed(left: list[Token], right: list[Token]) -> list[tuple[list[Token], list[Token]]]:
    """Both ends of a range, each with what it may borrow from the other, the likeliest reading first."""
    if not left or not right:
        return []
    borrowed = []
    # "14 April to May 27" must not become 2027, for those digits may be a day.
    has_short_year = "ANY_YEAR" in right[-1].roles and len(right) > 1 and "to" not in right[-2].roles
    if "YEAR" in right[-1].roles or (has_short_year and (len(left) == 1 or len(right) > 2)):
        if len(right) > 2 and {"MONTH", "SEASON", "QUARTER", "HALF"} & right[-2].roles.keys():
            borrowed.append((left + right[-2:], right))  # "1 to 14 April 2026", "early to mid summer 2026"
        borrowed.append((left + right[-1:], right))  # "March to April 2019"
    if "YEAR" in left[-1].roles:
        borrowed.append((left, right + left[-1:]))  # "October 2018 to December"
    own = [(left, right)]
    # Beside a day, a number is likelier to be a day than a year: "August 21 to 3 September 2021".
    return borrowed + own if _names_day(left) or _names_day(right) else own + borrowed


def _names_day(tokens: list[Token]) -> bool:
    try:
        period = period_of(tokens)
    except UnclearDate:
        return False
    return period is not None and period.kind == "day"


def _joined(left: Period, right: Period, *, must_touch: bool) -> Period:
    if right.end < left.start:
        raise UnclearDate(
            f"This ends before it starts: from {left.first or left.phrase} to {right.last or right.phrase}. "
            "Write the earlier date first, with a year on each, for example “November 2022 to January 2023”."
        )
    if must_touch and right.start != left.end + datetime.timedelta(days=1):
        raise UnclearDate(
            f"{left.phrase} and {right.phrase} do not follow one another, so this is two dates. "
            "Write one date, or a range such as “March to April 2019”."
        )
    if left == right:
        return left
    phrase = _to(left.first or left.phrase, right.last or right.phrase)
    return Period(left.start, right.end, "range", phrase)


def _to(first: str, last: str) -> str:
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
