"""Changelogs in tables, and what stands beside them."""

import pytest

from roadmap.techdocs import ImportRefused, parse
from roadmap.techdocs.parse.document import MAX_ENTRIES
from tests.cases import each_case
from tests.techdocs.example_sources import source


def doubts(parsed) -> list[str]:
    return [str(doubt) for doubt in parsed.doubts]


def entries(parsed) -> list[tuple[str, str, str]]:
    return [(entry.title, entry.when, entry.body) for entry in parsed.entries]


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


@each_case(
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


def test_a_changelog_of_too_many_entries_is_refused_and_one_less_is_read():
    rows = "Guide | May 2020\n" * MAX_ENTRIES
    assert len(parse(source(changelog(rows))).entries) == MAX_ENTRIES
    with pytest.raises(ImportRefused, match=r"index\.md:2007: the changelog has more than 2,000 entries"):
        parse(source(changelog(rows + "Guide | May 2020\n")))
