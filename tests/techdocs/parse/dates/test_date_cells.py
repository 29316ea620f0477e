"""The words of a cell of dates by themselves, and what hostile ones cost."""

import time

from hypothesis import given
from hypothesis import strategies as st

from roadmap.dates import parse
from roadmap.techdocs.parse.dates.date_cells import MAX_CELL_LENGTH, read_dates, without_struck_out
from roadmap.techdocs.parse.environment_phrases import settled_date
from tests.cases import each_case


@each_case(
    ("source", "now"),
    [
        ("June 2027", "June 2027"),
        ("~~June 2027~~ August 2027", "August 2027"),
        ("~~June~~ **~~2027~~** August 2027", "August 2027"),
        ('<del datetime="2026">June</del> August', "August"),
        ("<S>June</S>August", "August"),
        ("August <strike>June", "August"),
        ("<strong>June</strong>", "<strong>June</strong>"),
        ("June ~~ or so ~~", "June ~~ or so ~~"),
        ("~June 2027", "~June 2027"),
        ("June<sup>2</sup>", "June*"),
    ],
)
def test_what_is_struck_out_is_not_said_now(source, now):
    assert without_struck_out(source) == now


WORDS = st.sampled_from(
    [
        *("June", "2027", "14", "Q3", "by", "TBC", "from", "to", "until", "and", "now", "was", "moved", "not", "live"),
        *("Deployed", "sandbox", "✓", "~~", "<del>", "→", "(", ")", ",", ";", "–", "/", "\n"),
    ]
)


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_whatever_is_read_is_a_date_that_can_be_kept(text):
    for date in read_dates(without_struck_out(text), settled_date):
        assert date.typed or date.has_come
        assert not date.typed or parse(date.typed)


@each_case(
    "text",
    [
        "1 " * (MAX_CELL_LENGTH // 2),
        "was moved to now " * (MAX_CELL_LENGTH // 17),
        "June 2027, " * (MAX_CELL_LENGTH // 11),
        "((((" * (MAX_CELL_LENGTH // 4),
        "✓ " * (MAX_CELL_LENGTH // 2),
        "~~" * 100_000,
        "<del>" * 40_000,
        "<s>" * 20_000 + "</s" * 20_000,
    ],
)
def test_a_hostile_cell_costs_no_more_than_a_long_one(text):
    before = time.process_time()
    assert isinstance(read_dates(without_struck_out(text), settled_date), list)
    assert time.process_time() - before < 2
