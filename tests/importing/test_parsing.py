import re
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.importing import ImportRefused, parse, parsing, read
from roadmap.importing.contact import ParsedContact
from roadmap.importing.parsing import MAX_ENTRIES, MAX_PAGES
from tests.importing.sources import PAGE, real_source, source
from tests.importing.texts import placed_words, words_of

REAL_SOURCES = ["vat-2018-10", "vat-2018-11", "itsa-2023-06"]


def doubts(parsed) -> list[str]:
    return [str(doubt) for doubt in parsed.doubts]


def entries(parsed) -> list[tuple[str, str, str]]:
    return [(entry.title, entry.when, entry.body) for entry in parsed.entries]


def contact_of(parsed) -> ParsedContact:
    assert parsed.contact is not None
    return parsed.contact


# One page


def test_title_and_description_come_from_heading_and_introduction():
    parsed = parse(source(PAGE))
    assert parsed.title == "Parcel Tax Roadmap"
    assert parsed.line == 5
    assert parsed.description == "What parcel software can do now and what it can do next."


def test_each_section_is_a_page_of_the_home_page_in_order_and_verbatim():
    parsed = parse(source(PAGE))
    assert [(page.title, page.slug, page.is_on_home, page.line) for page in parsed.pages] == [
        ("What ‘depot’ means", "what-depot-means", True, 9),
        ("Who we are", "who-we-are", True, 13),
    ]
    assert parsed.pages[0].body == ("A depot keeps **parcels**. See [the glossary](https://example.gov.uk/glossary).")


def test_changelog_rows_become_entries_with_their_months_as_typed_and_their_points():
    parsed = parse(source(PAGE))
    assert entries(parsed) == [
        (
            "Parcel guide v2.0",
            "Oct 2018",
            "- New name\n- Adds a [picture](https://example.gov.uk/p.png) of a depot",
        ),
        ("Parcel guide v1.0", "Jun 2017", "- First issue"),
    ]
    assert parsed.entries[0].line == 23


def test_footer_and_enquiry_link_are_found():
    parsed = parse(source(PAGE))
    assert parsed.footer == "Dates may *change*."
    assert contact_of(parsed).email == "parcels@example.gov.uk"
    assert contact_of(parsed).subject == "Parcel roadmap & dates"
    assert contact_of(parsed).name == "Parcel Software Team"
    assert "mailto:parcels@example.gov.uk?Subject" in parsed.pages[1].body


def test_a_page_that_is_understood_leaves_no_doubt():
    assert doubts(parse(source(PAGE))) == []


def test_words_are_counted_in_and_out():
    count = parse(source(PAGE)).word_count
    assert sorted(count.structure) == ["Changelog", "Date", "Description", "Footer"]
    assert count.read == count.kept + 4
    assert count.read == len(words_of(PAGE.split("---\n", 2)[2]))


# Titles


def test_title_may_come_from_front_matter():
    assert parse(source("---\ntitle: Parcels\n---\n\nText here")).title == "Parcels"


def test_the_name_of_the_site_is_the_title_where_there_is_no_other():
    parsed = parse(replace(source("Text"), site_title="Parcels"))
    assert parsed.title == "Parcels"
    assert doubts(parsed) == ["index.md:1: There is no title here, so the site's was used: “Parcels”."]
    assert parse(replace(source("# Vans"), site_title="Parcels")).title == "Vans"


def test_without_any_title_it_is_refused():
    with pytest.raises(ImportRefused, match="has no title"):
        parse(source("name,date\nparcels,2018\n"))


def test_a_front_matter_title_that_is_not_used_is_doubted():
    assert "“Old”" in doubts(parse(source("---\ntitle: Old\n---\n# New\n")))[0]


def test_markup_in_a_heading_is_not_in_the_title_but_its_words_are():
    [page] = parse(source("# A\n## The *new* `depot` &amp; you ##\nText")).pages
    assert (page.title, page.body) == ("The new depot & you", "Text")


def test_a_link_in_a_heading_stays_in_the_text_too():
    parsed = parse(source("# A\n## [Backlog](https://example.gov.uk/backlog)\nText"))
    assert parsed.pages[0].title == "Backlog"
    assert parsed.pages[0].body == "[Backlog](https://example.gov.uk/backlog)\n\nText"
    assert doubts(parsed) == ["index.md:2: This heading holds more than words, so it was kept in the text too."]


def test_headings_of_other_forms_begin_sections_too():
    parsed = parse(source("Parcel\nroadmap\n=======\n\nIntroduction.\n\nSection\n-------\nText"))
    assert parsed.title == "Parcel roadmap"
    assert [(page.title, page.body) for page in parsed.pages] == [("Section", "Text")]


def test_same_and_wordless_headings_have_addresses_of_their_own():
    parsed = parse(source("# A\n## Same\n## Same\n## Same 2\n## ？！\n## ？！\n"))
    assert [page.slug for page in parsed.pages] == ["same", "same-2", "same-2-2", "page", "page-2"]


@pytest.mark.parametrize("heading", ["##", "## " + " ".join(["word"] * 50)])
def test_a_heading_that_can_be_no_title_goes_on_in_the_part_before(heading):
    parsed = parse(source(f"# A\n\n## B\n\nText\n\n{heading}\n\nMore"))
    assert [page.body for page in parsed.pages] == [f"Text\n\n{heading}\n\nMore"]
    assert [doubt.line for doubt in parsed.doubts] == [7]


def test_a_second_title_stays_in_the_text_and_is_doubted():
    parsed = parse(source("# A\n\n## B\n\n# C\n\nText"))
    assert parsed.pages[0].body == "# C\n\nText"
    assert doubts(parsed) == ["index.md:5: There is a title already, so this heading was kept in the text as it is."]


def test_a_heading_inside_code_or_a_list_begins_nothing():
    text = "```\n## Not a heading\n```\n\n- ## Not a section"
    assert [page.body for page in parse(source(f"# A\n## B\n{text}")).pages] == [text]


# Introductions


def test_what_else_comes_before_the_first_section_becomes_a_page():
    parsed = parse(source("# A\n\nFirst *words*\nhere.\n\nSecond paragraph.\n\n## B\n\nText"))
    assert parsed.description == "First words here."
    assert [(page.title, page.body, page.is_on_home) for page in parsed.pages] == [
        ("Introduction", "Second paragraph.", True),
        ("B", "Text", True),
    ]
    assert [doubt.line for doubt in parsed.doubts] == [6]


@pytest.mark.parametrize("first", ["See [this](https://example.gov.uk).", "- a list", "word " * 250 + "end."])
def test_an_introduction_that_plain_text_cannot_hold_is_a_page(first):
    parsed = parse(source(f"# A\n\n{first}\n"))
    assert parsed.description is None
    assert [page.body for page in parsed.pages] == [first]


def test_a_typed_date_of_update_is_no_description():
    parsed = parse(source("# A\n\nLast updated: 13 June 2023\n\n## B"))
    assert parsed.description is None
    assert parsed.pages[0].body == "Last updated: 13 June 2023"
    assert "remove this one" in doubts(parsed)[0]


# Changelogs


def changelog(rows: str, head: str = "Description | Date") -> str:
    return f"# A\n\n## Changelog\n\n{head}\n--- | ---\n{rows}"


def test_the_columns_of_a_changelog_may_come_in_either_order():
    parsed = parse(source(changelog("May 2020 | Guide\n| | Point\n", head="Date | What")))
    assert entries(parsed) == [("Guide", "May 2020", "- Point")]


def test_a_point_stays_one_point_whatever_it_begins_with():
    points = ["# one", "1. two", "- three", "*four* five", "--- -", "[x]: six"]
    rows = "Guide | May 2020\n" + "".join(f"| {point} | |\n" for point in points)
    [(_, _, body)] = entries(parse(source(changelog(rows))))
    assert body.split("\n") == [
        "- \\# one",
        "- 1\\. two",
        "- \\- three",
        "- *four* five",
        "- \\--- -",
        "- \\[x]: six",
    ]


def test_a_link_in_the_title_of_an_entry_is_kept_in_its_text():
    rows = "[Guide](https://example.gov.uk/g) | May 2020\nPoint |\n"
    assert entries(parse(source(changelog(rows)))) == [
        ("Guide", "May 2020", "[Guide](https://example.gov.uk/g)\n\n- Point")
    ]


@pytest.mark.parametrize(
    ("rows", "line", "reason"),
    [
        ("Guide | sometime\n", 7, "its date “sometime” is not understood"),
        ("Point |\nGuide | May 2020\n", 7, "before any date"),
        ("Guide | May 2020\n| | June 2020\n", 8, "no title"),
        ("Guide | May 2020 | more\n", 7, "more cells"),
        ("Guide | TBC\n| | Point\n", 8, "no title"),
        ("Guide | [May 2020](https://example.gov.uk)\n", 7, "something else with it"),
    ],
)
def test_a_changelog_with_a_row_that_is_not_understood_stays_a_table(rows, line, reason):
    parsed = parse(source(changelog(rows)))
    assert parsed.entries == ()
    assert [(page.title, page.slug) for page in parsed.pages] == [("Changelog", "changelog")]
    assert rows.rstrip() in parsed.pages[0].body
    [at_row] = [doubt for doubt in parsed.doubts if reason in doubt.text]
    assert at_row.line == line


def test_a_table_of_other_columns_under_changelog_stays_a_table():
    parsed = parse(source(changelog("1.0 | Guide\n", head="Number | What")))
    assert parsed.entries == ()
    assert "two columns, one of them headed “Date”" in doubts(parsed)[0] + doubts(parsed)[1]


def test_text_beside_the_changelog_is_kept_as_a_page():
    parsed = parse(source(changelog("Guide | May 2020\n\nOlder ones are on paper.\n")))
    assert [entry.title for entry in parsed.entries] == ["Guide"]
    assert [(page.title, page.body) for page in parsed.pages] == [("Changelog", "Older ones are on paper.")]


def test_reference_links_go_with_the_part_that_uses_them():
    text = "# A\n\n## B\n\nSee [the guide][g] and [Depot].\n\n## C\n\n[g]: https://example.gov.uk/g\n[depot]: https://example.gov.uk/d\n"
    parsed = parse(source(text))
    assert parsed.pages[0].body == (
        "See [the guide][g] and [Depot].\n\n[g]: https://example.gov.uk/g\n[depot]: https://example.gov.uk/d"
    )


def test_a_reference_link_defined_in_its_own_part_is_not_defined_twice():
    section = "See [the guide][g].\n\n[g]: https://example.gov.uk/g"
    assert [page.body for page in parse(source(f"# A\n\n## B\n\n{section}\n\n## C\n\nText")).pages] == [section, "Text"]


# Contacts


@pytest.mark.parametrize(
    ("text", "email", "subject"),
    [
        ("[us](mailto:a@example.gov.uk?subject=One%20two)", "a@example.gov.uk", "One two"),
        ("[us](MAILTO:a@example.gov.uk?cc=b@example.gov.uk&SUBJECT=x%2By+z)", "a@example.gov.uk", "x+y+z"),
        ('<a href="mailto:a@example.gov.uk?cc=b@example.gov.uk&amp;subject=x%26y">us</a>', "a@example.gov.uk", "x&y"),
        ('<div><a href="mailto:a@example.gov.uk">us</a></div>', "a@example.gov.uk", ""),
        ("<a@example.gov.uk>", "a@example.gov.uk", ""),
        ("Write to a@example.gov.uk.", "a@example.gov.uk", ""),
        (
            "[us](mailto:a@example.gov.uk?subject=One%0D%0ABcc:%20x@example.com)",
            "a@example.gov.uk",
            "One Bcc: x@example.com",
        ),
    ],
)
def test_enquiry_links_in_every_form(text, email, subject):
    contact = contact_of(parse(source(f"# A\n\n## B\n\n{text}")))
    assert (contact.email, contact.subject, contact.name, contact.line) == (email, subject, "", 5)


def test_a_link_is_taken_before_an_address_and_the_other_address_is_doubted():
    parsed = parse(
        source("# A\n\nold@example.gov.uk\n\n[us](mailto:new@example.gov.uk)\n\n[them](mailto:them@example.gov.uk)")
    )
    assert contact_of(parsed).email == "new@example.gov.uk"
    assert any(doubt.startswith("index.md:7:") and "them@example.gov.uk" in doubt for doubt in doubts(parsed))


@pytest.mark.parametrize("text", ["no address", "[us](mailto:nobody)", "[us](mailto:)", "me@localhost"])
def test_no_contact_where_no_address_is_one(text):
    assert parse(source(f"# A\n\n{text}")).contact is None


def test_a_team_elsewhere_on_the_page_is_not_the_contact():
    parsed = parse(source("# A\n\n## B\n\n**Other Team**\n\n## C\n\n[us](mailto:a@example.gov.uk)"))
    assert contact_of(parsed).name == ""


# Footers and doubts


def test_a_second_footer_is_a_page():
    parsed = parse(source("# A\n## Footer\nOne\n## Footer\nTwo"))
    assert parsed.footer == "One"
    assert [(page.title, page.body) for page in parsed.pages] == [("Footer", "Two")]


def test_tables_html_and_links_to_files_are_doubted_at_their_lines():
    text = "# A\n\n## B\n\n|x|y|\n|-|-|\n|1|2|\n\n<table><tr><td>1</td></tr></table>\n\n[a](b.html#c) [d](#d) [e](/e)\n"
    assert doubts(parse(source(text))) == [
        "index.md:5: This table was kept as text on the page “B”.",
        "index.md:9: This HTML was kept as it is on the page “B”, which shows what is safe of it.",
        "index.md:11: This link leads to a file beside the source, b.html#c: change it.",
    ]


# Front matter


@pytest.mark.parametrize(
    "front",
    [
        "a: [b",
        "- a\n- b",
        "only words",
        "a: !!python/object/apply:os.system [exit]",
        "date: 2023-13-45",
        "a: " + "[" * 5000,
        "a: '" + "x" * 10_000 + "'",
    ],
)
def test_front_matter_that_is_not_accepted_is_refused_in_one_line(front):
    with pytest.raises(ImportRefused, match="front matter") as caught:
        parse(source(f"---\n{front}\n---\n# A"))
    assert str(caught.value).startswith("index.md:")
    assert "\n" not in str(caught.value)


def test_front_matter_that_is_not_used_is_doubted():
    parsed = parse(source("---\nowner: them\nweight: heavy\n---\n# A"))
    assert doubts(parsed) == [
        "index.md:1: The weight in the front matter is not a number, so it was not used.",
        "index.md:1: The front matter also has “owner”: not used.",
    ]


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\n:-[]{}!&*'\"|>%@ \t"), max_size=60)
)
def test_no_front_matter_breaks_it(front):
    with suppress(ImportRefused):
        parse(source(f"---\n{front}\n---\n# A\n"))


def test_a_line_across_at_the_top_is_no_front_matter():
    assert parse(source("---\n# A\n\nText")).title == "A"


# Too much


def test_a_source_of_too_many_sections_is_refused_and_one_less_is_read():
    text = "# A\n" + "## Same\n" * MAX_PAGES
    assert len({page.slug for page in parse(source(text)).pages}) == MAX_PAGES
    with pytest.raises(ImportRefused, match=r"index\.md:502: the source has more than 500 pages"):
        parse(source(text + "## Same\n"))


def test_a_changelog_of_too_many_entries_is_refused_and_one_less_is_read():
    rows = "Guide | May 2020\n" * MAX_ENTRIES
    assert len(parse(source(changelog(rows))).entries) == MAX_ENTRIES
    with pytest.raises(ImportRefused, match=r"index\.md:2007: the changelog has more than 2,000 entries"):
        parse(source(changelog(rows + "Guide | May 2020\n")))


# Folders


def test_files_become_pages_by_weight_after_the_home_page():
    parsed = parse(
        source(
            "# Heavy\n\n## Sub\n\nText",
            "---\nweight: 3\n---\n# Third\n",
            "---\nweight: 9\n---\n# Roadmap\n\n## First\n\nText",
            "---\nweight: 2.5\n---\nNo title",
            paths=("a.md", "b.html.md", "index.html.md", "what-is-new.md"),
        )
    )
    assert parsed.title == "Roadmap"
    assert [(page.title, page.slug, page.is_on_home, page.path) for page in parsed.pages] == [
        ("First", "first", True, "index.html.md"),
        ("What is new", "what-is-new", False, "what-is-new.md"),
        ("Third", "third", False, "b.html.md"),
        ("Heavy", "heavy", False, "a.md"),
    ]
    assert parsed.pages[-1].body == "## Sub\n\nText"
    assert doubts(parsed) == ["what-is-new.md:1: This file has no title, so its page is called “What is new”."]


def test_without_an_index_the_lightest_is_the_home_page_and_that_is_doubted():
    parsed = parse(source("# B", "---\nweight: 1\n---\n# A", paths=("b.md", "c.md")))
    assert parsed.title == "A"
    assert doubts(parsed) == ["c.md: There is no index.md, so this was taken for the home page."]


# Nothing is lost


@pytest.mark.parametrize("name", REAL_SOURCES)
def test_every_word_of_a_real_roadmap_has_a_place(name):
    found = read(real_source(name))
    parsed = parse(found)
    read_words = Counter(
        word
        for document in found.documents
        for word in words_of(re.sub(r"\A---\n.*?\n---\n", "", document.text, flags=re.DOTALL))
    )
    assert read_words - placed_words(parsed) == Counter()
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
        assert Counter(words_of(text)) - placed_words(parsed) == Counter()


def test_the_links_of_the_sites_header_go_to_the_foot_of_every_page():
    links = (("Roadmap", "/"), ("Documentation [new]", "https://example.gov.uk/a?b=<c>"), ("Bad", "javascript:x()"))
    parsed = parse(replace(source(PAGE), header_links=links))
    assert parsed.footer is not None
    assert parsed.footer.endswith("- [Documentation \\[new\\]](<https://example.gov.uk/a?b=%3Cc%3E>)")
    assert "javascript" not in parsed.footer
    assert parsed.word_count == parse(source(PAGE)).word_count
