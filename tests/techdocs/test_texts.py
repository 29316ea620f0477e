"""What stands in a line is found once, and is what markdown-it finds."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

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
    "---|---",
    "[a]: /f\n",
    "# ",
]


def found(markdown: MarkdownIt, text: str) -> list[dict]:
    tokens = [token.as_dict() for token in markdown.parse(text)]
    for token in tokens:
        token.pop("meta")
    return tokens


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_text_has_the_tokens_that_it_has_without_anything_kept(text):
    assert found(MARKDOWN, text) == found(PLAIN, text) == found(MARKDOWN, text)


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
