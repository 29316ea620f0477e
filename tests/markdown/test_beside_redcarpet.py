"""Redcarpet, with the tech-docs template's options, is the judge of what readers of the old pages saw: our pages have
the same words, but where ours are better, and why."""

import re
import subprocess
from html.parser import HTMLParser

import pytest

from roadmap.markdown import render
from tests.markdown.sixty_documents import DOCUMENTS

RENDER = """
require 'redcarpet'
options = { tables: true, fenced_code_blocks: true, no_intra_emphasis: true }
renderer = Redcarpet::Render::HTML.new(with_toc_data: true)
markdown = Redcarpet::Markdown.new(renderer, options)
STDIN.read.force_encoding('utf-8').split("\\x1e").each { |text| print markdown.render(text), "\\x1e" }
"""
BREAKS_WORDS = {
    *("blockquote", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table", "td"),
    *("th", "tr", "ul"),
}

NO_TABLE = "the line above took the table's headings for its own, and readers saw bars and dashes"
CELLS_LOST = "cells beyond the headings, or beyond the dashes, were left out, and their words with them"
MARKS_SEEN = "marks of Markdown stood in the text, which the author had meant as a list, as stress or as a break"

OURS_IS_BETTER = {
    "table right below a paragraph": NO_TABLE,
    "table with fewer dashes than headings": "a table with too few dashes was none, and readers saw bars and dashes",
    "table with long rows": CELLS_LOST,
    "table with more dashes than headings": CELLS_LOST,
    "table with a pipe in code": CELLS_LOST,
    "table with an escaped pipe": "an escaped bar ended the cell all the same, and what followed was left out",
    "table with a heading mark at the start of a cell": "the mark is the template's for the heading of a row, as here",
    "table with a comment between rows": "a comment ended the table, and readers saw the bars of the rows below it",
    "HTML table with Markdown between": MARKS_SEEN,
    "tight list right below a paragraph": MARKS_SEEN,
    "numbers right below a paragraph": MARKS_SEEN,
    "emphasis inside words": MARKS_SEEN,
    "strikethrough": "what is struck out is the old value, and readers saw tildes",
    "heading with closing marks": "a mark that belongs to the word, as in C#, was left out",
    "number sign and a number": "a line that began with #1 became a heading and lost its sign",
    "fence": "a fence right below a paragraph was no fence, and its language stood in the text",
    "hard breaks": MARKS_SEEN,
    "escaped characters": "a backslash before a sign that it cannot escape there was seen",
    "left-over ERB and placeholders": "what stands in angle brackets and is no HTML was not seen at all",
}


class Words(HTMLParser):
    def __init__(self, page: str):
        super().__init__()
        self.found = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append(" " * (tag in BREAKS_WORDS))
        if tag == "img":
            self.found.append(f" {dict(attrs).get('alt') or ''} ")

    def handle_endtag(self, tag):
        self.found.append(" " * (tag in BREAKS_WORDS))

    def handle_data(self, data):
        self.found.append(data)

    @property
    def line(self) -> str:
        return " ".join("".join(self.found).split())


@pytest.fixture(scope="module")
def theirs() -> dict[str, str]:
    found = subprocess.run(
        ["ruby", "-e", RENDER], input="\x1e".join(DOCUMENTS.values()), capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr
    return dict(zip(DOCUMENTS, found.stdout.split("\x1e"), strict=False))


@pytest.mark.needs("redcarpet")
def test_readers_find_the_same_words_but_where_ours_is_better(theirs):
    differ = {name: (Words(theirs[name]).line, Words(render(text).html).line) for name, text in DOCUMENTS.items()}
    differ = {name: both for name, both in differ.items() if both[0] != both[1]}
    assert {name: both for name, both in differ.items() if name not in OURS_IS_BETTER} == {}
    assert OURS_IS_BETTER.keys() - differ.keys() == set()


@pytest.mark.needs("redcarpet")
def test_no_word_that_readers_saw_is_missing_on_ours(theirs):
    lost = {}
    for name, text in DOCUMENTS.items():
        ours = re.findall(r"\w+", Words(render(text).html).line)
        words = [word for word in re.findall(r"\w+", Words(theirs[name]).line) if word not in " ".join(ours)]
        if words:
            lost[name] = words
    # The language of a fence, and the numbers of a list that was none: ours count by themselves.
    assert lost == {"fence": ["json"], "numbers right below a paragraph": ["1", "2"]}


def test_there_are_sixty_documents():
    assert len(DOCUMENTS) == 60
