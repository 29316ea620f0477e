"""Whatever is written, and what teams have really published: safe, whole, and the same when it is read again."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roadmap.markdown import plain_text, render
from tests.markdown.test_markdown import REAL, Page, assert_safe, shown

# fmt: off
SNIPPETS = st.sampled_from(
    [
        "<script>", "</script>", "<style>", "</style>", "<!--", "-->", "<div", "<div>", "</div>", "<table>",
        "<tr>", "<td>", "<th>", "</td>", "</table>", "<a href=", "javascript:", "'", '"', ">", "<b>", "</b>",
        "<p>", "</p>", "<pre>", "</pre>", "<svg>", "<math>", "<mtext>", "<select>", "<h2>", "</h2>", "# ", "- ",
        "> ", "1. ", "\n", "\n\n", "  ", "|", "---|---", "[", "](", ")", "![", "`", "```", "**", "_", "&#x6A;",
        "&lt;", "&", "\t", "    ", " onclick=x ", "<li>", "<ul>", "<details>", "<caption>", "<a>", "</a>",
        "<img src=x ", "http://a.b", "words", "\x00", "<i>", "</i>", "<center>",
        "<a id=I>", "<p id=J>", "<td name=I>", "<h2 id=J>",
    ]
)
# fmt: on
TYPED_IDS = {"p-I", "p-J"}
MARKDOWN = st.one_of(st.text(), st.lists(st.one_of(SNIPPETS, st.text(max_size=5)), max_size=40).map("".join))


@given(MARKDOWN)
@example("<pre>\n\nx</pre>")
@example("<H1><A><H1>0")
@example("<a href=x><table><td><a href=y>z")
def test_any_text_is_safe_and_reads_the_same_again(markdown):
    assert_safe(shown(markdown))


@given(MARKDOWN)
def test_anchors_are_unique_and_on_the_page(markdown):
    rendered = render(markdown, anchor_prefix="p")
    ids = [attributes["id"] for _, attributes in Page(rendered.html).tags if "id" in attributes]
    assert [heading.anchor for heading in rendered.headings] == [name for name in ids if name not in TYPED_IDS]
    assert len(set(ids)) == len(ids)
    assert all(heading.text and 2 <= heading.level <= 6 for heading in rendered.headings)


@given(MARKDOWN)
def test_what_follows_any_text_can_be_read(markdown):
    # A fence and a comment may be open, and are meant to reach on; nothing else may.
    if "```" not in markdown and "<!--" not in markdown and "~~~" not in markdown:
        assert "afterwards" in plain_text(f"{markdown}\n\nafterwards")


@given(st.lists(st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True), min_size=1))
def test_words_of_plain_paragraphs_survive(words):
    assert plain_text("\n\n".join(words)).split() == words


# Real documents, read where they lie


@pytest.fixture(scope="module")
def real_documents():
    found = sorted(REAL.glob("*/*.md"))
    if not found:
        pytest.skip(f"the real roadmaps are not at {REAL}: set ROADMAP_REAL_DATA to their folder")
    return [re.sub(r"\A---\n.*?\n---\n", "", path.read_text(encoding="utf-8"), flags=re.DOTALL) for path in found]


def test_real_documents_lose_no_word(real_documents):
    for markdown in real_documents:
        without_styles = re.sub(r"<style.*?</style>", "", markdown, flags=re.DOTALL)
        without_markup = re.sub(r"</?[a-z][^>]*>|\]\([^)]*\)", " ", without_styles)
        assert re.findall(r"\w+", plain_text(markdown)) == re.findall(r"\w+", without_markup)


def test_real_documents_keep_every_cell(real_documents):
    for markdown in real_documents:
        rows = [line for line in markdown.splitlines() if "|" in line and not re.fullmatch(r"[\s|:-]+", line)]
        expected = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in rows]
        page = Page(shown(markdown))
        found = [[re.sub(r"\W+", "", cell) for cell in row] for table in page.tables for row in table]
        for row in expected:
            words = [re.sub(r"\W+|<br/>", "", re.sub(r"<br/>|\]\([^)]*\)", "", cell)) for cell in row]
            assert any(shown_row[: len(words)] == words for shown_row in found), row


def test_real_documents_are_safe(real_documents):
    for markdown in real_documents:
        assert_safe(shown(markdown))
