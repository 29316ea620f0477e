"""Two periods as a range, each lending the other what it leaves out: "March to April 2019", "Oct to Mar 2027"."""

import datetime
from collections.abc import Callable, Iterator

from roadmap.dates.periods import Period, joined_words, period_of
from roadmap.dates.words import FIRST_YEAR, AmbiguousDate, Token, UnclearDate, capital, take

_Ends = tuple[list[Token], list[Token]]
_NAMED_PARTS = {"MONTH", "SEASON", "QUARTER", "HALF"}


def range_of(tokens: list[Token], *, first_grammar: bool = False) -> Period | None:
    """The range from one period to another that the tokens name, or None. Raises UnclearDate for one that cannot be."""

    def period(ends: list[Token]) -> Period | None:
        return period_of(ends, first_grammar=first_grammar)

    tokens, is_between = take(tokens, "between", at_end=False)
    problem: UnclearDate | None = None
    for place, token in enumerate(tokens):
        if "to" not in token.roles and "and" not in token.roles:
            continue
        must_touch = "and" in token.roles and not is_between
        for (left_tokens, right_tokens), is_of_year_before in _completed(tokens[:place], tokens[place + 1 :], period):
            try:
                left, right = period(left_tokens), period(right_tokens)
                if left is None or right is None:
                    continue
                if is_of_year_before and (first_grammar or right.end - left.start > datetime.timedelta(days=366)):
                    continue
                return _joined(left, right, must_touch=must_touch, may_hold_each_other=first_grammar)
            except UnclearDate as caught:
                problem = problem or caught
                if isinstance(problem, AmbiguousDate):
                    raise  # no other reading: its day could be a year
    if problem:
        raise problem
    return None


def _completed(
    left: list[Token], right: list[Token], period: Callable[[list[Token]], Period | None]
) -> Iterator[tuple[_Ends, bool]]:
    """Both ends of a range, each with what it may borrow from the other, the likeliest reading first; and whether the
    first end is of the year before the one that it borrows: "October to March 2027".
    """
    if not left or not right:
        return
    borrowed: list[tuple[_Ends, bool]] = []
    # "14 April to May 27" must not become 2027, for those digits may be a day.
    has_short_year = "ANY_YEAR" in right[-1].roles and len(right) > 1 and "to" not in right[-2].roles
    if "YEAR" in right[-1].roles or (has_short_year and (len(left) == 1 or len(right) > 2)):
        if len(right) > 2 and _NAMED_PARTS & right[-2].roles.keys():
            borrowed.append(((left + right[-2:], right), False))  # "1 to 14 April 2026", "early to mid summer 2026"
        borrowed.append(((left + right[-1:], right), False))  # "March to April 2019"
        year = right[-1].roles["ANY_YEAR"] - 1
        before = Token(str(year), {"YEAR": year, "ANY_YEAR": year})
        if year >= FIRST_YEAR and not {"TWO", "YEAR"} & left[-1].roles.keys():
            borrowed.append((([*left, before], right), True))
    if len(right) > 3 and "to" in right[-2].roles:
        borrowed.append(((left + right[-3:], right), False))  # "Q1 to Q2 2026/27"
    if "YEAR" in left[-1].roles:
        borrowed.append(((left, right + left[-1:]), False))  # "October 2018 to December"
    if "YEAR" in left[0].roles and not any("YEAR" in token.roles for token in right):
        borrowed.append(((left, left[:1] + right), False))  # "2026 Q3 to Q4"
    if left[0].roles.keys() & {"tax-year", "fin-year"}:
        borrowed.append(((left, left[:1] + right), False))  # "tax years 2025-26 and 2026-27"
    own: list[tuple[_Ends, bool]] = [((left, right), False)]
    # Beside a day, a number is likelier to be a day than a year: "August 21 to 3 September 2021".
    yield from borrowed + own if _names_day(left, period) or _names_day(right, period) else own + borrowed


def _names_day(tokens: list[Token], period: Callable[[list[Token]], Period | None]) -> bool:
    try:
        found = period(tokens)
    except UnclearDate:
        return False
    return found is not None and found.kind == "day"


def _joined(left: Period, right: Period, *, must_touch: bool, may_hold_each_other: bool) -> Period:
    first, last = left.first or left.phrase, right.last or right.phrase
    if right.end < left.start:
        raise UnclearDate(
            f"This ends before it starts: from {first} to {last}. "
            "Write the earlier date first, with a year on each, for example “November 2022 to January 2023”."
        )
    if must_touch and right.start != left.end + datetime.timedelta(days=1):
        raise UnclearDate(
            f"{capital(left.phrase)} and {right.phrase} do not follow one another, so this is two dates. "
            "Write one date, or a range such as “March to April 2019”."
        )
    if left == right:
        return left
    if not may_hold_each_other and (left.start >= right.start or left.end >= right.end):
        raise UnclearDate(
            f"{capital(left.phrase)} and {right.phrase} lie within each other, so this is no range. "
            "Write one date, or the first and the last month, for example “November 2022 to January 2023”."
        )
    if not may_hold_each_other and left.kind == right.kind == "year" and right.start.year == left.start.year + 1:
        first, last = f"January {first}", f"December {last}"  # since "2026 to 2027" could be a tax year
    return Period(left.start, right.end, "range", joined_words(first, last))
