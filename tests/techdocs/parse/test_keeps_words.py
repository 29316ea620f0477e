"""Every word of a source is afterwards somewhere: of the real roadmaps, and of documents made up."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.markdown.typed import settled
from roadmap.techdocs import ImportRefused, parse, read
from roadmap.techdocs.parse import document as parsing
from roadmap.techdocs.parse.cell_text import missing
from roadmap.techdocs.parse.result import ParsedContact
from roadmap.techdocs.texts import MAX_KEPT
from tests.techdocs.example_sources import REAL_SOURCES, real_source, source
from tests.techdocs.texts import placed_words, words_of


def contact_of(parsed) -> ParsedContact:
    assert parsed.contact is not None
    return parsed.contact


def test_what_is_missing_of_a_short_text_is_found_once():
    for length, is_kept in ((MAX_KEPT - 1, True), (MAX_KEPT, False)):
        texts = f"B {'a' * (length - 2)}", "b"
        assert missing(*texts) == {"a" * (length - 2): 1}
        assert (missing(*texts) is missing(*texts)) is is_kept


@pytest.mark.parametrize("name", REAL_SOURCES)
def test_every_word_of_a_real_roadmap_has_a_place(name):
    found = read(real_source(name))
    parsed = parse(found)
    read_words = Counter(
        word
        for document in found.documents
        for word in words_of(re.sub(r"\A---\n.*?\n---\n", "", document.text, flags=re.DOTALL))
    )
    lost = read_words - placed_words(parsed)
    # Settled by the dates around it: it stands as December 2022, and is doubted.
    assert lost == (Counter(["dec", "22"]) if name == "itsa-2023-06" else Counter())
    count = parsed.word_count
    assert count.read == read_words.total()
    assert count.read - count.kept == len(words_of(" ".join(count.structure)))


def test_a_word_without_a_place_refuses_the_import_rather_than_losing_it(monkeypatch):
    monkeypatch.setattr(parsing, "_body", lambda *_: "")
    with pytest.raises(ImportRefused, match=r"5 words of the source would be lost, the first is “text”.*report it"):
        parse(source("# A\n\n## B\n\nText that had to stay"))


def test_the_real_october_page_is_understood_whole():
    parsed = parse(read(real_source("vat-2018-10")))
    assert parsed.title == "VAT (MTD) Roadmap"
    assert [page.title for page in parsed.pages] == [
        "What this Roadmap tells you",
        "What is the ‘backend’ functionality",
        "When will the backend functionality be available?",
        "What is “controlled go live”?",
        "Who we are",
    ]
    assert [(entry.when, entry.body.count("\n") + 1) for entry in parsed.entries] == [
        ("Oct 2018", 2),
        ("Sep 2018", 2),
        ("Jul 2018", 3),
        ("Feb 2018", 4),
        ("Jun 2017", 3),
    ]
    assert contact_of(parsed).email == "sdsteam@hmrc.gsi.gov.uk"
    assert contact_of(parsed).subject == "Roadmap enquiry"
    assert contact_of(parsed).name == "Software Developer Support Team"
    assert parsed.footer
    assert parsed.doubts == ()
    assert dict(parsed.environment_labels) == {"test": "Test"}


_word = st.sampled_from(["depot", "van", "“route”", "café", "2018", "v1.0", "R&D", "x_y", "it's", "3,000", "TBC"])
_phrase = st.lists(_word, min_size=1, max_size=6).map(" ".join)
_markup = st.sampled_from(
    ["{}", "**{}**", "*{}*", "`{}`", "[{}](https://example.gov.uk/a?b=c)", "[{}][ref]", "<b>{}</b>", "{}<br/>", "\\*{}"]
)
_inline = st.builds(lambda mark, text: mark.format(text), _markup, _phrase)
_cell = _inline | st.just("") | st.sampled_from(["Oct 2018", "**May 2020**", "TBC"])
_row = st.lists(_cell, min_size=1, max_size=4).map(" | ".join)
_table = st.builds(
    lambda head, rows: "\n".join([head, "--- | ---", *rows]),
    st.sampled_from(["Description | Date", "Date | What", "a | b"]),
    st.lists(_row, max_size=5),
)
_heading = st.builds(
    lambda marks, text: f"{marks} {text}",
    st.sampled_from(["#", "##", "##", "###"]),
    _inline | st.sampled_from(["Changelog", "Footer", "Who we are", ""]),
)
_block = st.one_of(
    _heading,
    _heading,
    _inline,
    _table,
    _inline.map(lambda text: f"- {text}\n  - {text}"),
    _inline.map(lambda text: f"> {text}\n> ## {text}"),
    _phrase.map(lambda text: f"```\n## {text}\n```"),
    _phrase.map(lambda text: f"<div>\n{text}"),
    _phrase.map(lambda text: f"<!-- {text}"),
    _phrase.map(lambda text: f"{text}\n----"),
    st.just("[ref]: https://example.gov.uk/ref 'a title'"),
    st.just("***"),
    _phrase.map(lambda text: f"    {text}"),
)


@given(st.lists(_block, max_size=12), st.sampled_from(["\n", "\n\n"]))
def test_every_word_of_any_document_has_a_place(blocks, between):
    text = "# Title\n\n" + between.join(blocks)
    parsed = parse(source(text))
    assert Counter(words_of(text)) - placed_words(parsed) == Counter()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n#|-*_[]()<>`&; "), max_size=200))
def test_any_text_is_read_or_has_no_title(text):
    parsed = parse(source(f"---\ntitle: A\n---\n{text}"))
    if "&" not in text and "\\" not in text:
        assert Counter(words_of(settled(text))) - placed_words(parsed) == Counter()
