"""What stands in a line is found once, and is what markdown-it finds."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from roadmap.techdocs.texts import MARKDOWN, MAX_KEPT, in_line

PLAIN = MarkdownIt("commonmark").enable("table")
PIECES = [
    "a",
    "[a]",
    "[a](/b)",
    "![a](c)",
    "*d*",
    "\\*",
    "&amp;",
    "<b>",
    "`e`",
    "|",
    "\n",
    "\n\n",
    "\\|",
    "|a|b|",
    "---|---",
    "a|b\n-|-\n",
    "a|b\n-|-\n" * 2 + "\n",
    "    ",
    "> ",
    "- ",
    "[a]: /f\n",
    "# ",
]


AROUND_CELLS = {"thead", "tbody", "tr", "th", "td"}


def found(markdown: MarkdownIt, text: str) -> list[dict]:
    """Without what is around cells, and the cells that say nothing: nobody reads those."""
    return list(read(markdown.parse(text)))


def read(tokens: list[Token]) -> Iterator[dict]:
    is_in_table = False
    for token in tokens:
        is_in_table = token.type == "table_open" or (is_in_table and token.type != "table_close")
        if token.tag not in AROUND_CELLS and (token.content or not is_in_table or token.type != "inline"):
            told = token.as_dict() | {"meta": None}
            yield told | {"level": None} if is_in_table and token.type == "inline" else told


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_text_has_the_tokens_that_it_has_without_anything_kept(text):
    assert found(MARKDOWN, text) == found(PLAIN, text) == found(MARKDOWN, text)


def test_a_table_ends_where_it_has_far_too_many_cells_that_are_empty():
    wide = "|".join(400 * "a")
    text = f"{wide}\n{'|'.join(400 * '-')}\n" + 200 * "a|\n"
    ends, same = (next(token.map for token in tool.parse(text) if token.map) for tool in (MARKDOWN, PLAIN))
    assert ends == same == [0, 166]


def test_a_link_by_reference_is_one_only_in_a_document_that_says_where_it_leads():
    for text, is_link in (("[x]", False), ("[x]\n\n[x]: /y", True), ("[x]", False)):
        inline = next(token for token in MARKDOWN.parse(text) if token.type == "inline")
        assert ("link_open" in {child.type for child in inline.children or ()}) is is_link
    references = {"X": {"title": "", "href": "/y"}}
    assert [len(in_line("[x]", some).children or ()) for some in (None, references, None)] == [1, 3, 1]


def test_only_short_texts_are_kept():
    for length, is_kept in ((MAX_KEPT, True), (MAX_KEPT + 1, False)):
        text = "x" * length
        assert (in_line(text) is in_line(text)) is is_kept
