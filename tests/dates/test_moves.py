"""What becomes of a promise when its date changes, and when that needs a reason."""

import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.dates import parse, unclear
from roadmap.dates.moves import Move, has_passed, may_be_later, move
from tests.cases import each_case

MOVES = [
    # before, after, what it is, whether a reason is owed
    ("June 2026", "September 2026", Move.LATER, True),
    ("September 2026", "June 2026", Move.EARLIER, False),
    ("by June 2027", "by 2027", Move.LESS_EXACT, True),
    ("by 2027", "by June 2027", Move.MORE_EXACT, False),
    ("by June 2027", "by September 2027", Move.LATER, True),
    ("by 30 June 2027", "by Q2 2027 (TBC)", Move.LESS_EXACT, False),
    ("Q2 2027", "2027", Move.LESS_EXACT, True),
    ("2027", "Q2 2027", Move.MORE_EXACT, False),
    ("June 2027", "early 2027 to late 2027", Move.LESS_EXACT, True),
    ("31 May 2027", "May 2027", Move.LESS_EXACT, False),
    ("May 2027", "31 May 2027", Move.MORE_EXACT, False),
    ("May 2027", "May to June 2027", Move.LATER, True),
    ("May to June 2027", "May 2027", Move.EARLIER, False),
    ("May to June 2027", "June to July 2027", Move.LATER, True),
    ("April 2027", "from April 2027", Move.LATER, True),
    ("from April 2027", "April 2027", Move.MORE_EXACT, False),
    ("from April 2027", "June 2027", Move.MORE_EXACT, False),
    ("from April 2027", "March 2027", Move.EARLIER, False),
    ("from April 2027", "from June 2027", Move.LATER, True),
    ("from June 2027", "from April 2027", Move.EARLIER, False),
    ("June 2027", "from April 2027", Move.LESS_EXACT, True),
    ("June 2020", "June 2020 to TBC", Move.LATER, True),
    ("Oct 2026", "October 2026", Move.WRITTEN_DIFFERENTLY, False),
    ("by May 2026", "May 2026", Move.WRITTEN_DIFFERENTLY, False),
    ("September 2027 (TBC)", "September 2027", Move.CONFIRMED, False),
    ("September 2027", "September 2027 (TBC)", Move.PROVISIONAL, False),
    ("September 2027 (TBC)", "October 2027", Move.LATER, True),
    ("September 2027", "TBC", Move.TO_BE_CONFIRMED, True),
    ("from September 2027", "TBC", Move.TO_BE_CONFIRMED, False),
    ("TBC", "TBA", Move.WRITTEN_DIFFERENTLY, False),
    ("TBC", "September 2027", Move.DATED, False),
    ("September 2027", "N/A", Move.NOT_APPLICABLE, False),
    ("TBC", "N/A", Move.NOT_APPLICABLE, False),
    ("N/A", "September 2027", Move.DATED, False),
    ("N/A", "TBC", Move.TO_BE_CONFIRMED, False),
    ("N/A", "not applicable", Move.WRITTEN_DIFFERENTLY, False),
]


@each_case(("before", "after", "found", "needs_reason"), MOVES, ids=[f"{row[0]} - {row[1]}" for row in MOVES])
def test_a_change_is_classed_by_both_of_its_ends(before, after, found, needs_reason):
    old, new = parse(before), parse(after)

    assert (move(old, new), may_be_later(old, new)) == (found, needs_reason)


def test_of_a_text_that_is_not_understood_nothing_is_said_but_both_texts():
    assert move(parse("June 2027"), unclear("June 2027 pending")) is Move.UNCLEAR
    assert move(unclear("pending"), unclear("pending")) is Move.WRITTEN_DIFFERENTLY
    assert not may_be_later(parse("June 2027"), unclear("June 2027 pending"))


MONTHS = ["January", "March", "June", "July", "October", "December"]
whens = st.builds(
    "{}{} {}".format,
    st.sampled_from(["", "by ", "from ", "early ", "late "]),
    st.sampled_from([*MONTHS, "Q1", "H2", "summer"]),
    st.integers(2026, 2028),
).map(parse)
OPPOSITE = {Move.LATER: Move.EARLIER, Move.EARLIER: Move.LATER}


@settings(deadline=None)
@given(whens, whens)
def test_what_moves_later_owes_a_reason_and_what_is_brought_forward_never_does(old, new):
    found = move(old, new)

    if found is Move.LATER:
        assert may_be_later(old, new)
    if found in (Move.EARLIER, Move.MORE_EXACT, Move.WRITTEN_DIFFERENTLY):
        assert not may_be_later(old, new)
    if found in OPPOSITE and old.end and new.end:
        assert move(new, old) is OPPOSITE[found]
    assert move(old, old) is Move.WRITTEN_DIFFERENTLY


TODAY = datetime.date(2026, 4, 1)
PASSED = [
    ("March 2026", True),
    ("by March 2026", True),
    ("31 March 2026", True),
    ("March 2026 (TBC)", True),
    ("1 April 2026", False),
    ("April 2026", False),
    ("2026", False),
    ("Q1 2026", True),
    ("from March 2026", False),
    ("June 2020 to TBC", False),
    ("March 2026 (deployed)", False),
    ("TBC", False),
    ("N/A", False),
]


@each_case(("typed", "passed"), PASSED)
def test_a_planned_date_has_passed_after_its_last_day(typed, passed):
    assert has_passed(parse(typed), TODAY) is passed


def test_what_has_no_date_or_none_that_is_understood_has_not_passed():
    assert not has_passed(None, TODAY)
    assert not has_passed(unclear("March 2026 pending"), TODAY)
