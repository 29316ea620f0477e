from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.techdocs import ImportRefused, parse
from roadmap.techdocs.parse.result import MAX_PAGES, ParsedContact
from tests.cases import each_case
from tests.techdocs.example_sources import PAGE, source
from tests.techdocs.texts import words_of


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


@each_case(
    "line",
    [
        "Last updated: 13 June 2023",
        "Last updated 3rd of every month",
        "**Last updated:** June 2023",
        "*This page was last updated on 5 May 2023.*",
        "Last modified: 2023-06-13 at 10:30",
        "Page last updated 13/06/2023",
        "Updated: Tuesday 13 June 2023",
        "Last updated: TBC",
        "Last updated by the depot in June 2023, and much has been added since.",
        "Updated tariffs in June 2023",
    ],
)
def test_a_typed_date_of_update_is_left_out_with_a_doubt_and_nothing_else_of_the_kind(line):
    is_kept = "of every" in line or "by the" in line or "tariffs" in line
    for text in (f"# A\n\n{line}\n\nAll of it.\n\n## B\n\nB.", f"# A\n\n{line}\nAll of it.\n\n## B\n\nB."):
        parsed = parse(source(text))
        assert any("This date was typed" in str(doubt) for doubt in parsed.doubts) is not is_kept
        assert [page.title for page in parsed.pages] == (["Introduction", "B"] if parsed.pages[1:] else ["B"])
        if not is_kept:
            assert (parsed.description, [page.body for page in parsed.pages]) == ("All of it.", ["B."])
            assert str(parsed.doubts[0]).startswith("index.md:3: ")


def test_a_typed_date_of_update_is_left_out_of_any_page_and_out_of_no_table():
    page = (
        "# B\n\nOne.\nLast updated: 13 June 2023\nTwo.\n\n| Last updated | Depot |\n| --- | --- |\n| May 2023 | North |"
    )
    parsed = parse(source("# A\n\nAll.", page, paths=("index.md", "b.md")))
    [body] = [page.body for page in parsed.pages]
    assert body.startswith("One.\n\nTwo.\n\n| Last updated | Depot |")
    assert "last updated" in parsed.word_count.structure[0].casefold()


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
        "index.md:11: This link leads to #d, and nothing in the source has that name: change it.",
        "index.md:11: This link leads to a file beside the source, /e: change it.",
    ]


def test_the_links_of_the_sites_header_go_to_the_foot_of_every_page():
    links = (("Roadmap", "/"), ("Documentation [new]", "https://example.gov.uk/a?b=<c>"), ("Bad", "javascript:x()"))
    parsed = parse(replace(source(PAGE), header_links=links))
    assert parsed.footer is not None
    assert parsed.footer.endswith("- [Documentation \\[new\\]](<https://example.gov.uk/a?b=%3Cc%3E>)")
    assert "javascript" not in parsed.footer
    assert parsed.word_count == parse(source(PAGE)).word_count


# Front matter


@each_case(
    "front",
    [
        "a: [b",
        "- a\n- b",
        "only words",
        "a: !!python/object/apply:os.system [exit]",
        "date: [2023",
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
