"""Changelogs that are lists, headings and other tables than the first kind."""

import pytest

from roadmap.techdocs import parse
from roadmap.techdocs.parse.result import ParsedRoadmap
from tests.cases import each_case
from tests.techdocs.example_sources import source


def read(text: str, title: str = "Changelog") -> ParsedRoadmap:
    return parse(source(f"# A\n\n## {title}\n\n{text}\n"))


def entries(parsed: ParsedRoadmap) -> list[tuple[str, str, str]]:
    return [(entry.title, entry.when, entry.body) for entry in parsed.entries]


POINTS = "- one\n  - inside\n- two"


@each_case(
    ("head", "title", "when"),
    [
        ("**3 March 2021**", "3 March 2021", "3 March 2021"),
        ("### March 2021", "March 2021", "March 2021"),
        ("March 2021:", "March 2021", "March 2021"),
        ("### Version 1.1 – 3 March 2021", "Version 1.1", "3 March 2021"),
        ("**Version 1.1 (3 March 2021)**", "Version 1.1", "3 March 2021"),
        ("Version 1.1, published 3 March 2021", "Version 1.1", "3 March 2021"),
        ("**3 March 2021** – New guide", "New guide", "3 March 2021"),
        ("### New guide, March 2021", "New guide", "March 2021"),
    ],
)
def test_a_dated_line_with_points_under_it_is_an_entry(head, title, when):
    parsed = read(f"{head}\n\n{POINTS}")
    assert entries(parsed) == [(title, when, POINTS)]
    assert parsed.entries[0].line == 5
    assert (parsed.pages, parsed.doubts) == ((), ())


def test_entries_follow_one_another_with_all_that_stands_below_each():
    parsed = read("**March 2021**\n\nSome text.\n\n- one\n\n**Feb 2021**\n- two\n\nMore text.")
    assert entries(parsed) == [
        ("March 2021", "March 2021", "Some text.\n\n- one"),
        ("Feb 2021", "Feb 2021", "- two\n\nMore text."),
    ]


def test_points_right_below_the_date_in_its_paragraph_belong_to_it():
    assert entries(read("**March 2021**\nNew name.\nNew look.")) == [
        ("March 2021", "March 2021", "New name.\nNew look.")
    ]


def test_versions_have_the_date_of_the_heading_above_them():
    parsed = read(f"### March 2021\n\n**Version 1.2**\n\n{POINTS}\n\n**Version 1.1**\n\n- three")
    assert entries(parsed) == [("Version 1.2", "March 2021", POINTS), ("Version 1.1", "March 2021", "- three")]


def test_a_version_without_a_date_stays_text_with_a_doubt():
    parsed = read("**Version 1.1**\n\n- one\n\n**Version 1.0, March 2021**\n\n- two")
    assert entries(parsed) == [("Version 1.0", "March 2021", "- two")]
    assert [page.body for page in parsed.pages] == ["**Version 1.1**\n\n- one"]
    assert "index.md:5: “Version 1.1” has no date, so it was kept as text." in [str(doubt) for doubt in parsed.doubts]


def test_a_version_does_not_get_the_date_of_an_entry_before_the_last():
    parsed = read("### May 2026\n\n- one\n\n**April 2026**\n\n- two\n\n**Version 1.0**\n\n- three")
    assert entries(parsed) == [("May 2026", "May 2026", "- one"), ("April 2026", "April 2026", "- two")]
    assert [page.body for page in parsed.pages] == ["**Version 1.0**\n\n- three"]
    assert any("“Version 1.0” has no date" in str(doubt) for doubt in parsed.doubts)


def test_a_list_whose_points_begin_with_dates_is_entries():
    parsed = read(
        "- **3 March 2021**: New guide\n  - with pictures\n- 1 Feb 2021 – [Guide](https://example.gov.uk)\n\n"
        "Older ones."
    )
    assert entries(parsed) == [
        ("New guide", "3 March 2021", "- with pictures"),
        ("Guide", "1 Feb 2021", "1 Feb 2021 – [Guide](https://example.gov.uk)"),
    ]
    assert [page.body for page in parsed.pages] == ["Older ones."]


def test_a_numbered_list_of_dated_changes_is_entries():
    parsed = read("1. 3 March 2021: New guide\n   - with pictures\n2. 1 Feb 2021 – First guide\n")
    assert entries(parsed) == [
        ("New guide", "3 March 2021", "- with pictures"),
        ("First guide", "1 Feb 2021", ""),
    ]
    assert (parsed.pages, parsed.doubts) == ((), ())


def test_a_list_in_which_one_point_has_no_date_stays_a_list():
    text = "- 3 March 2021: New guide\n- Something else"
    assert [page.body for page in read(text).pages] == [text]


def test_a_table_of_versions_and_dates():
    parsed = read(
        "Version | Date | Changes\n-|-|-\n1.1 | 3 March 2021 | New *guide*\n | | and pictures\n1.0 | May 2020 | First\n"
    )
    assert entries(parsed) == [
        ("Version 1.1", "3 March 2021", "New *guide*\n\n- and pictures"),
        ("Version 1.0", "May 2020", "First"),
    ]


def test_a_long_row_is_an_entry_with_a_short_title():
    text = "New guide for parcels. " + "It says more. " * 20
    [(title, when, body)] = entries(read(f"Date | Changes\n-|-\nMay 2020 | {text}\n"))
    assert (title, when, body) == ("New guide for parcels", "May 2020", text.strip())


@each_case("title", ["Change log", "Changes", "Release notes", "Revision history:", "VAT (MTD) changelog"])
def test_sections_and_pages_of_these_names_are_changelogs(title):
    assert len(read("**March 2021**\n\n- one", title).entries) == 1
    page = parse(source("# A", f"# {title}\n\n**March 2021**\n\n- one", paths=("index.md", "notes.md")))
    assert entries(page) == [("March 2021", "March 2021", "- one")]
    assert page.pages == ()
    below = parse(source(f"# A\n\n## B\n\nText\n\n### {title}\n\n**March 2021**\n\n- one\n\n### C\n\nMore"))
    assert len(below.entries) == 1
    assert [page.body for page in below.pages] == ["Text\n\n### C\n\nMore"]


@pytest.mark.parametrize("title", ["Link to changelog for submission APIs", "Who we are"])
def test_dates_in_other_sections_are_no_changelog(title):
    assert read("**March 2021**\n\n- one", title).entries == ()


def test_items_in_a_section_called_changes_are_items():
    parsed = read("Change | API | Breaking\n-|-|-\nWeigh | Parcel API | No\n", "Changes")
    assert [item.title for item in parsed.items] == ["Weigh"]
    assert parsed.entries == ()


def test_what_is_an_entry_is_no_row_of_the_table_above_it_too():
    parsed = read("Name | End user | Status\n-|-|-\nWeigh | Agents | Live\n    Post | Agents | Live\n2019 | New vans\n")
    assert entries(parsed) == [("New vans", "2019", "")]
    assert [item.title for item in parsed.items] == ["Weigh", "Post"]
