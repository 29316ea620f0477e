"""Rows of tables as items, in all the shapes that roadmaps have."""

from typing import Any

import pytest

from roadmap.content.choices import Environment, Kind
from roadmap.content.things import ApiVersion, MilestoneContent
from roadmap.techdocs import parse
from roadmap.techdocs.parse.result import ParsedRoadmap
from tests.cases import each_case
from tests.techdocs.example_sources import source
from tests.techdocs.rows import said

HEAD = "# Parcels\n\nAll about parcels.\n\n## June 2026\n\n"


def read(table: str, around: str = HEAD) -> ParsedRoadmap:
    return parse(source(around + table))


def items(table: str, around: str = HEAD) -> list[Any]:
    return list(said(read(table, around)))


def item(row: str, head: str = "Name | Description", around: str = HEAD) -> Any:
    dashes = "|".join(["---"] * (head.count("|") + 1))
    [found] = items(f"{head}\n{dashes}\n{row}\n", around)
    return found


def cell(value: str, heading: str) -> Any:
    return item(f"Parcels | {value}", f"Name | {heading}")


def doubts(parsed: ParsedRoadmap) -> list[str]:
    return [str(doubt) for doubt in parsed.doubts]


def live(typed: str = "", *, is_deployed: bool = True) -> MilestoneContent:
    return MilestoneContent(environment=Environment.LIVE, typed=typed, is_deployed=is_deployed)


def sandbox(typed: str = "", *, is_deployed: bool = True) -> MilestoneContent:
    return MilestoneContent(environment=Environment.TEST, typed=typed, is_deployed=is_deployed)


# Columns


def test_columns_may_come_in_any_order_under_any_name():
    first = item(
        "Weigh parcels | Scales for vans. | Depots and drivers | [Parcel API](https://example.gov.uk/p) v2.0 | Yes",
        "Name | Description | End user | API | Breaking change?",
    )
    second = item(
        "| No, yes? | depots | [Parcel API](https://example.gov.uk/p) v2.0 | Scales for vans. | yes | Weigh parcels |",
        "| Tax years | Target user | HMRC Developer Hub API | Details | Breaking | Function |",
    )
    assert first.title == second.title == "Weigh parcels"
    assert first.description == second.description == "Scales for vans."
    assert first.audiences == ("Depots", "Drivers")
    assert second.audiences == ("Depots",)
    assert first.apis == second.apis == (ApiVersion(name="Parcel API", version="v2.0", url="https://example.gov.uk/p"),)
    assert first.is_breaking is second.is_breaking is True
    assert second.fields == (("Tax years", "No, yes?"),)


@each_case("heading", ["Name", "Function", "Change", "Functionality", "**name**:", "Functionality to weigh"])
def test_what_it_is_called(heading):
    assert item("Weigh parcels | More words.", f"{heading} | Details").title == "Weigh parcels"


@each_case("heading", ["Group", "Target user", "END USERS", "Audience", "Who is it for?"])
def test_for_whom(heading):
    assert cell("Businesses & agents", heading).audiences == ("Businesses", "Agents")


def test_a_heading_with_a_link_is_known_by_its_words_and_the_link_is_kept_once():
    table = "Name | [Description](https://example.gov.uk/d) | End user\n--- | --- | ---\nWeigh | Scales. | Agents\n"
    parsed = read(f"Before.\n\n{table}\nBetween.\n\n{table}")
    assert [one.description for one in said(parsed)] == ["Scales.", "Scales."]
    [release] = parsed.releases
    assert release.introduction == "Before.\n\n[Description](https://example.gov.uk/d)\n\nBetween."
    assert "index.md:9: The headings of this table hold links" in doubts(parsed)[0]


def test_a_heading_with_a_link_may_stand_twice_in_a_table_that_is_doubted_for_nothing_else():
    heading = "[Description](https://example.gov.uk/d)"
    parsed = parse(
        source(
            f"# A\n\n## Released\n\nName | End user | {heading} | {heading}\n-|-|-|-\nWeigh | Agents | Scales. | 2018\n"
        )
    )
    assert [(one.title, one.description) for one in said(parsed)] == [("Weigh", "Scales.")]
    assert [page.body for page in parsed.pages] == [heading]
    assert [doubt.text for doubt in parsed.doubts] == [
        "The headings of this table hold links, which were kept in the text where it stood."
    ]


def test_a_column_that_nobody_knows_is_a_field_in_all_tables():
    parsed = read(
        "Name | Usable in year?\n-|-\nWeigh | Yes\nPost |\n\n"
        "Name | usable in year | Tax years\n-|-|-\nSort | TBC | 2026 to 2027\n"
    )
    assert [(field.name, field.line) for field in parsed.fields] == [("Usable in year?", 7), ("Tax years", 12)]
    assert [one.fields for one in said(parsed)] == [
        (("Usable in year?", "Yes"),),
        (),
        (("Usable in year?", "TBC"), ("Tax years", "2026 to 2027")),
    ]


@each_case(
    ("text", "explanation"),
    [
        ("**Usable in year?**\n\nWhether it works before the year ends.", "Whether it works before the year ends."),
        ("### Usable in year\n\nWhether it works:\n\n- early\n- late", "Whether it works:\n\n- early\n- late"),
        ("- **Usable in year?** – whether it works early", "Whether it works early"),
        ("- Usable in year: whether it works early", "Whether it works early"),
        ("Usable in year? means that it *works* early.", "Usable in year? means that it *works* early."),
        ("Nothing is said of whether it is usable in year.", ""),
    ],
)
def test_a_field_has_the_explanation_that_the_document_gives(text, explanation):
    parsed = read(f"Name | Usable in year?\n-|-\nWeigh | Yes\n\n## About\n\n{text}\n")
    assert [field.explanation for field in parsed.fields] == [explanation]
    assert [page.body for page in parsed.pages] == [text]


def test_a_field_whose_heading_holds_a_link_keeps_it_in_its_explanation():
    [field] = read("Name | [Usable?](https://example.gov.uk/u)\n-|-\nWeigh | Yes\n").fields
    assert (field.name, field.explanation) == ("Usable?", "[Usable?](https://example.gov.uk/u)")


def test_a_value_that_is_too_long_for_a_field_goes_to_the_description():
    found = cell("word " * 120, "Tax years")
    assert found.fields == ()
    assert found.description == "Tax years: " + ("word " * 120).strip()


def test_a_column_whose_cells_never_say_what_its_heading_promises_is_a_field():
    assert cell("New", "Type").fields == (("Type", "New"),)
    assert cell("API", "Type").kind is Kind.API
    assert cell("see below", "Breaking").fields == (("Breaking", "see below"),)


def test_of_two_columns_that_mean_the_same_the_second_is_a_field():
    found = item("Weigh | Scales. | Vans.", "Name | Description | Details")
    assert (found.description, found.fields) == ("Scales.", (("Details", "Vans."),))


def test_a_table_of_other_things_stays_text():
    for table in ("Term | Meaning\n-|-\nDepot | A house.\n", "Name | Description\n-|-\nDepot | A house.\n"):
        parsed = parse(source(f"# A\n\n## Words we use\n\n{table}"))
        assert said(parsed) == []
        assert [page.body for page in parsed.pages] == [table.rstrip()]
        assert doubts(parsed) == ["index.md:5: This table was kept as text on the page “Words we use”."]


# Breaking, dates, status


@each_case(("text", "expected"), [("Yes", True), ("no", False), ("N/A", None), ("", None), ("**Yes**", True)])
def test_breaking(text, expected):
    found = items(f"Name | Breaking\n-|-\nWeigh | {text}\nPost | Yes\n")[0]
    assert (found.is_breaking, found.description) == (expected, "")


def test_breaking_with_a_reason_keeps_the_reason():
    found = cell("Yes – see [why](https://example.gov.uk)", "Breaking")
    assert found.is_breaking is True
    assert found.description == "Breaking: see [why](https://example.gov.uk)"


@each_case(
    ("heading", "text", "milestones"),
    [
        ("Deployed to Sandbox", "Feb 2023", (sandbox("Feb 2023"),)),
        ("Deploy to Sandbox", "Feb 2023", (sandbox("Feb 2023", is_deployed=False),)),
        ("Target date for sandbox", "TBC", (sandbox("TBC", is_deployed=False),)),
        ("Deployed to Sandbox", "TBC", (sandbox("TBC", is_deployed=False),)),
        ("Sandbox", "March 2026 (deployed)", (sandbox("March 2026 (deployed)"),)),
        ("Available in sandbox?", "Yes", (sandbox(),)),
        ("Available in sandbox?", "No", ()),
        ("Production date", "June 2026", (live("June 2026", is_deployed=False),)),
        ("Date", "by April 2027", (live("by April 2027", is_deployed=False),)),
        ("Status", "Live", (live(),)),
        ("Status", "In sandbox", (sandbox(),)),
        ("Status", "Released March 2026", (live("March 2026"),)),
        ("Status", "Planned", ()),
    ],
)
def test_dates_and_statuses_become_milestones(heading, text, milestones):
    found = cell(text, heading)
    assert found.milestones == milestones
    assert (found.description, found.fields) == ("", ())


def test_a_date_that_cannot_be_read_stays_in_the_description_with_a_doubt():
    parsed = read("Name | Deployed to Sandbox\n-|-\nWeigh | sometime soon\nPost | Feb 2023\n")
    assert said(parsed)[0].milestones == (sandbox("TBC", is_deployed=False),)
    assert said(parsed)[0].description == "Deployed to Sandbox: sometime soon"
    assert "index.md:9: “sometime soon” is not understood under “Deployed to Sandbox”" in doubts(parsed)[0]


def test_what_could_be_a_day_or_a_year_is_settled_by_the_dates_around_it():
    parsed = read("Name | Date\n-|-\nWeigh | Aug 21\nPost | June 2022\n")
    assert [milestone.typed for milestone in said(parsed)[0].milestones] == ["August 2021"]
    assert "index.md:9: “Aug 21” was taken for August 2021, by the dates around it" in doubts(parsed)[0]


@each_case(
    ("text", "typed"),
    [
        ("by Oct 21", "by October 2021"),
        ("Oct 21 to Feb 2022", "October 2021 to Feb 2022"),
        ("Aug 21 (TBC)", "August 2021 (TBC)"),
    ],
)
def test_a_year_that_is_settled_leaves_all_else_that_is_said_of_the_date(text, typed):
    parsed = read(f"Name | Date\n-|-\nWeigh | {text}\nPost | June 2022\n")
    assert [milestone.typed for milestone in said(parsed)[0].milestones] == [typed]


def test_what_the_dates_around_it_do_not_settle_is_no_date():
    parsed = read("Name | Date\n-|-\nWeigh | July 30\nPost | June 2022\n")
    assert said(parsed)[0].milestones == (live("TBC", is_deployed=False),)
    assert said(parsed)[0].description == "Date: July 30"
    assert "“July 30” is not understood under “Date”" in doubts(parsed)[0]


def test_a_status_of_another_kind_is_a_field():
    parsed = read("Name | Status\n-|-\nWeigh | Live\nPost | Delayed by snow\n")
    assert [one.fields for one in said(parsed)] == [(), (("Status", "Delayed by snow"),)]
    assert [field.name for field in parsed.fields] == ["Status"]


def test_two_dates_for_one_environment_are_both_kept():
    found = item("Weigh | June 2026 | Released March 2026", "Name | Date | Status")
    assert found.milestones == (live("June 2026", is_deployed=False),)
    assert found.description == "Status: Released March 2026"
    other = item("Weigh | Released March 2026 | June 2026", "Name | Status | Date")
    assert other.milestones == (live("March 2026"),)
    assert other.description == "Date: June 2026"


# Odd rows


def test_a_row_with_too_few_cells_is_read_and_doubted():
    parsed = read("Name | Description | Tax years\n-|-|-\nWeigh\nPost | Letters. | 2026\n")
    assert [one.title for one in said(parsed)] == ["Weigh", "Post"]
    assert doubts(parsed) == ["index.md:9: This row has no cell for “Description”, “Tax years”."]


def test_cells_beyond_the_last_heading_are_kept_and_doubted():
    parsed = read("Name | Description\n-|-\nWeigh | Scales. | TBC | | more\n")
    assert [one.description for one in said(parsed)] == ["Scales.\n\nTBC\n\nmore"]
    assert [doubt.line for doubt in parsed.doubts] == [9]


def test_empty_cells_beyond_the_last_heading_are_nothing():
    assert doubts(read("|Name | Description|\n|-|-|\n|Weigh | Scales. | | | |\n")) == []


def test_rows_that_are_indented_like_code_are_items_with_a_doubt_and_nothing_twice():
    parsed = read("Name | Description\n---|---\nA | one\n\tB | two\nC | three\n\nText below.\n")
    assert [(one.title, one.description, one.line) for one in said(parsed)] == [
        ("A", "one", 9),
        ("B", "two", 10),
        ("C", "three", 11),
    ]
    assert parsed.releases[0].introduction == "Text below."
    assert doubts(parsed) == [
        "index.md:10: This row and those below it are indented like code: they were read as rows of the table."
    ]


@pytest.mark.parametrize("seam", ["|", "||", "| |"])
def test_two_rows_run_into_one_line_are_two(seam):
    parsed = read(
        "|API | Breaking | Detail | Sandbox |\n|-|-|-|-|\n"
        f"| Parcel API | Yes | **Weigh** them | Feb 2023 {seam} Van API | No | **Post** them | TBC |\n"
    )
    assert [(one.title, one.is_breaking, one.line) for one in said(parsed)] == [("Weigh", True, 9), ("Post", False, 9)]
    assert [api.name for one in said(parsed) for api in one.apis] == ["Parcel API", "Van API"]
    assert doubts(parsed) == ["index.md:9: There are 2 rows on this line: each was read as a row of its own."]


def test_two_rows_run_into_one_of_which_the_first_lacks_its_last_cell_are_two():
    parsed = read(
        "|API | Breaking | Detail | |\n|-|-|-|-|\n"
        "| Parcel API | Yes | **Weigh** them || Van API | No | **Post** them | |\n"
    )
    assert [one.title for one in said(parsed)] == ["Weigh", "Post"]


def test_a_row_that_names_nothing_stays_text_and_is_doubted():
    parsed = read("Name | Description | Breaking\n-|-|-\nWeigh | Scales. | Yes\n | – | No\n")
    assert [one.title for one in said(parsed)] == ["Weigh"]
    assert parsed.releases[0].introduction == " | – | No"
    assert doubts(parsed) == ["index.md:10: This row says nothing that could be a title, so it was kept as text."]


def test_what_stands_in_a_column_without_a_heading_goes_to_the_description():
    parsed = read("| Name | Description | |\n|-|-|-|\n| Weigh | Scales. | aside |\n")
    assert said(parsed)[0].description == "Scales.\n\naside"
    assert "column without a heading" in doubts(parsed)[0]


def test_a_list_in_a_cell_is_words_with_spaces_between_them():
    text = "<ul><li>red<ul><li>dark</li></ul></li><li>green</li></ul>"
    found = item(f"Weigh | {text} | {text}", "Name | Colours | Description")
    assert found.fields == (("Colours", "red dark green"),)
    assert found.description == text


def test_html_entities_and_alignment_are_read():
    found = item(
        f"| Weigh&nbsp;&amp; post{' ' * 300}|\t\tScales<sup>1</sup>\t| A&amp;B and agents |",
        "|Name|Description|End user|",
    )
    assert found.title == "Weigh & post"
    assert found.description == "Scales<sup>1</sup>"
    assert found.audiences == ("A", "B", "Agents")


def test_a_column_of_numbers_that_a_source_gives_its_rows_is_the_roadmaps_own():
    [found] = items("Ref | Name | Description\n---|---|---\nAB-1 | Weigh | Scales for vans.\n")
    assert [value for _, value in found.fields] == ["AB-1"]
    assert found.reference == ""


def test_a_column_of_references_without_any_changes_nothing_about_the_others():
    [found] = items("Reference | Name | Type\n---|---|---\n | Weigh | Something else\n")
    assert [value for _, value in found.fields] == ["Something else"]
