"""Tables in the shapes that real ones have, read row by row."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.techdocs.parse.blocks import Blocks
from roadmap.techdocs.parse.tables import split_row, table_in
from tests.cases import each_case
from tests.techdocs.example_sources import source


def tables(text: str):
    document = Blocks(source(text).documents[0])
    found, last = [], None
    for block in document.top(document.all_lines):
        last = table_in(document, block, last)
        found += [last] if last else []
    return found


def cells(text: str) -> list[list[str]]:
    return [list(row.cells) for table in tables(text) for row in (table.head, *table.rows)]


@each_case(
    ("line", "expected"),
    [
        ("| a | b |", ["a", "b"]),
        ("a | b", ["a", "b"]),
        ("|a|b", ["a", "b"]),
        ("  | a |" + " " * 500 + "b  |  ", ["a", "b"]),
        ("|\t\ta \t\t b\t| c |", ["a b", "c"]),
        ("| a | | c |", ["a", "", "c"]),
        (r"| a \| b | c |", ["a | b", "c"]),
        ("| a || b |", ["a", "", "b"]),
        ("|", [""]),
        ("", [""]),
    ],
)
def test_a_line_is_cut_at_its_pipes(line, expected):
    assert split_row(line) == expected


def test_a_table_needs_no_outer_pipes_and_no_line_of_equal_length():
    assert cells("a | b\n--- | ---\n1 | 2\n3\n4 | 5 | 6\n") == [["a", "b"], ["1", "2"], ["3"], ["4", "5", "6"]]
    assert cells("|a|b|\n|-|-|\n|1|2|3|\n|4|\n") == [["a", "b"], ["1", "2", "3"], ["4"]]


def test_an_empty_first_cell_is_told_from_a_pipe_at_the_edge():
    assert cells("a | b | c\n-|-|-\n| 1 | 2\n1 | 2 | 3") == [["a", "b", "c"], ["", "1", "2"], ["1", "2", "3"]]


def test_an_empty_first_or_last_cell_is_one_where_the_table_has_no_outer_pipes():
    assert cells("a | b | c\n-|-|-\n | 1 |\n1 | 2 |\n") == [["a", "b", "c"], ["", "1", ""], ["1", "2", ""]]
    assert cells("|a|b|c|\n|-|-|-|\n| 1 |\n") == [["a", "b", "c"], ["1"]]


@pytest.mark.parametrize("indent", ["\t", "    ", " " * 60])
def test_a_row_that_is_indented_like_code_is_a_row_and_so_are_those_below_it(indent):
    found = tables(f"a | b\n-|-\n1 | 2\n{indent}| 3\n[4](x) | 5\n<a href='y'>6</a> | 7\n\n8 | 9\n")
    assert [row.cells for row in found[0].rows] == [
        ("1", "2"),
        ("", "3"),
        ("[4](x)", "5"),
        ("<a href='y'>6</a>", "7"),
    ]
    assert len(found) == 1


@each_case(
    "after",
    [
        "# A | b",
        "A | b\n===",
        "A | b\nc | d\n---",
        "A | b\nc\n===",
        "- a | b",
        "> a | b",
        "<table> | b",
        "```\na | b\n```",
    ],
)
def test_what_begins_a_block_is_no_row_of_an_indented_table(after):
    [table] = tables(f"a | b\n-|-\n1 | 2\n\t3 | 4\n{after}\n")
    assert [row.cells for row in table.rows] == [("1", "2"), ("3", "4")]


def test_code_below_a_table_stays_code():
    [table] = tables("a | b\n-|-\n1 | 2\n\n    3 | 4\n")
    assert len(table.rows) == 1
    [table] = tables("a | b\n-|-\n1 | 2\n    code\n")
    assert len(table.rows) == 1


def test_a_table_whose_line_of_dashes_is_too_short_is_one():
    assert cells("|a|b|c|\n|---|---|\n|1|2|3|") == [["a", "b", "c"], ["1", "2", "3"]]
    assert cells("Text before\n|a|b|c|\n|---|---|\n|1|2|3|") == [["a", "b", "c"], ["1", "2", "3"]]


def test_a_pipe_in_code_is_no_edge_of_a_cell_where_the_headings_say_so():
    assert cells("|a|b|\n|-|-|\n| `x | y` | 2 |\n| `x | y |\n") == [["a", "b"], ["`x | y`", "2"], ["`x", "y"]]


def test_text_right_below_a_table_is_no_row_of_it():
    assert cells("|a|b|\n|-|-|\n|1|2|\nDeployed to Production") == [["a", "b"], ["1", "2"]]


def test_a_line_without_a_pipe_is_no_row_and_those_below_it_are():
    [table] = tables("|a|b|\n|-|-|\n|1|2|\nMore to come.\n|3|4|\n")
    assert [row.cells for row in table.rows] == [("1", "2"), ("3", "4")]
    assert (table.texts, table.lines) == ((3,), [0, 1, 2, 4])
    [table] = tables("a | b\n-|-\n1 | 2\nMore to come.\n3 | 4\n")
    assert [row.cells for row in table.rows] == [("1", "2"), ("3", "4")]


def test_dashes_that_would_begin_a_list_are_those_of_a_table_as_in_redcarpet():
    [table] = tables("a | b\n- | -\n1 | 2\n3 |\n\ntext\n")
    assert [row.cells for row in (table.head, *table.rows)] == [("a", "b"), ("1", "2"), ("3", "")]
    [table] = tables("text\na | b\n- | -\n1 | 2\n# 3 | 4\n")
    assert (table.span, [row.cells for row in table.rows]) == (range(1, 4), [("1", "2")])
    assert cells("a | b\n- x | y\n1 | 2\n") == []


def test_rows_apart_from_their_table_go_on_with_it():
    found = tables("|a|b|\n|-|-|\n|1|2|\n\n|3|4|\n\n|5|6|7|\n")
    assert [[row.cells for row in table.rows] for table in found] == [[("1", "2")], [("3", "4")]]
    assert found[1].head is found[0].head
    assert [table.span.start for table in found] == [0, 4]


def test_what_is_no_table_is_none():
    assert cells("a | b\n\n---\n\n```\n|a|b|\n|-|-|\n```\n\n- |a|b|\n  |-|-|\n\n| a |\ntext") == []


CELL = st.text(st.sampled_from("ab `\\*é&<>[]()"), max_size=8).map(str.strip)


@given(st.lists(CELL.filter(lambda cell: not cell.endswith("\\")), min_size=2, max_size=6))
def test_what_is_written_as_a_row_is_read_as_one(cells):
    line = "| " + " | ".join(cells) + " |"
    assert split_row(line) == [re.sub(" +", " ", cell) for cell in cells]


@given(st.text(st.sampled_from("|\\` -:a\t"), max_size=60))
def test_no_letter_of_a_line_is_lost(line):
    assert "".join(split_row(line)).count("a") == line.count("a")
