"""A row's own words rule: what readers see of a cell of dates, whatever people wrote there."""

from roadmap.content.choices import Environment
from roadmap.content.things import MilestoneContent
from roadmap.techdocs import parse
from roadmap.techdocs.parse.result import ParsedRoadmap
from tests.cases import each_case
from tests.techdocs.example_sources import source
from tests.techdocs.rows import said

TO_COME = "To be confirmed"


def read(cell: str, column: str = "Date", heading: str = "June 2027") -> ParsedRoadmap:
    # The second row's year is that of no other cell.
    table = f"Name | {column}\n---|---\nWeigh | {cell}\nPost | May 2021\n"
    return parse(source(f"# Parcels\n\nAll about parcels.\n\n## {heading}\n\n{table}"))


def seen(milestones: tuple[MilestoneContent, ...], environment: Environment) -> str:
    """As readers see it, with a tick where it has come."""
    found = next((date for date in milestones if date.environment is environment), None)
    return f"{found.when or ''}{' ✓' if found.is_deployed else ''}".strip() if found else ""


def live(cell: str, column: str = "Date", heading: str = "June 2027") -> str:
    return seen(said(read(cell, column, heading))[0].milestones, Environment.LIVE)


def doubts(parsed: ParsedRoadmap) -> list[str]:
    return [doubt.text for doubt in parsed.doubts if doubt.line == 9]


@each_case(
    ("cell", "expected"),
    [
        # A date and no more
        ("w/c 7 June 2027", "7 to 13 June 2027"),
        ("**May 2026**", "May 2026"),
        ("*May 2026*", "May 2026"),
        ("[May 2026](https://example.gov.uk/may)", "May 2026"),
        ("end June 2026", "End of June 2026"),
        ("Not before May 2026", "From May 2026"),
        ("Planned for May 2026", "May 2026"),
        ("Will be deployed by July 2026", "By July 2026"),
        # The heading lends its year to a day within it
        ("14 June", "14 June 2027"),
        ("end June", "End of June 2027"),
        ("14 July", TO_COME),
        # The month that is plainly in it
        ("Oct 2026<br/>(pending)", "October 2026 (to be confirmed)"),
        ("Jun 2026*", "June 2026 (to be confirmed)"),
        ("May 2026†", "May 2026 (to be confirmed)"),
        ("May 2026<sup>1</sup>", "May 2026 (to be confirmed)"),
        ("May 2026 [1]", "May 2026 (to be confirmed)"),
        ("March 2026 (deployed", "March 2026 (to be confirmed)"),
        ("Q3 2026?", "July to September 2026 (to be confirmed)"),
        ("TBC - hopefully June 2026", "June 2026 (to be confirmed)"),
        ("May 2026, subject to legislation", "May 2026 (to be confirmed)"),
        ("Partially deployed May 2026", "May 2026 (to be confirmed)"),
        # None that is
        ("TBC – hopefully June", TO_COME),
        ("Q3?", TO_COME),
        ("?", TO_COME),
        ("Awaiting a decision", TO_COME),
        ("Finance Act 2026 permitting", TO_COME),
        ("Not yet deployed", TO_COME),
        ("Delayed until further notice", TO_COME),
        ("On hold", TO_COME),
        ("Not June 2026", TO_COME),
        ("May 2026 for agents, July 2026 for businesses", TO_COME),
        ("- May 2026<br>- July 2026", TO_COME),
        ("word " * 80 + "May 2026", TO_COME),
        # What it was, and what it is now
        ("~~June 2027~~ August 2027", "August 2027"),
        ("<del>June 2027</del> August 2027", "August 2027"),
        ("<s>June 2027</s><br>August 2027", "August 2027"),
        ("<strike>June 2027</strike> TBC", TO_COME),
        ("~~June 2027~~", TO_COME),
        ("**~~June 2027~~** *August 2027*", "August 2027"),
        ("Delayed to May 2028", "May 2028"),
        ("Postponed until autumn 2026", "Autumn 2026"),
        ("moved to Q4 2026", "October to December 2026"),
        ("Moved from June 2026 to August 2026", "August 2026"),
        ("Brought forward to May 2027 from June 2027", "May 2027"),
        ("was June 2026 now August 2026", "August 2026"),
        ("August 2026 (previously June 2026)", "August 2026"),
        ("August 2026, moved from June 2026", "August 2026"),
        ("June 2026 → August 2026", "August 2026"),
        ("Slipped from May 2026", TO_COME),
        ("Delayed (was May 2026)", TO_COME),
        ("TBC (previously May 2026)", TO_COME),
        ("Revised: July 2026", "July 2026"),
        ("July 2026 (revised)", "July 2026"),
        ("Re-scheduled for July 2026", "July 2026"),
        ("~~May 2026~~<br>~~June 2026~~<br>July 2026", "July 2026"),
        ("No – planned for May 2026", "May 2026"),
        # It has come
        ("Deployed 3 March 2026", "3 March 2026 ✓"),
        ("Deployed 3 March", "✓"),
        ("✓", "✓"),
        ("✅", "✓"),
        ("Done", "✓"),
        ("Yes", "✓"),
        ("Yes – 3 March 2026", "3 March 2026 ✓"),
        ("Done (3 March 2026)", "3 March 2026 ✓"),
        ("March 2026 ✅", "March 2026 ✓"),
        ("Live since March 2026", "From March 2026 ✓"),
        ("Live March 2026", "March 2026 ✓"),
        ("Live: March 2026", "March 2026"),
        ("Live (March 2026)", "March 2026 ✓"),
        ("~~May 2026~~ Deployed June 2026", "June 2026 ✓"),
        ("Live by March 2026", "By March 2026"),
        # It never will
        ("n/a", "Not applicable"),
        ("Cancelled", "Not applicable"),
        ("N/A – in the screens only", "Not applicable"),
        # Nothing: the heading's date
        ("-", ""),
        ("–", ""),
        ("…", ""),
        ("Planned", ""),
        ("None", ""),
        ("No", ""),
        ("", ""),
    ],
)
def test_what_readers_see_of_a_cell_of_dates(cell, expected):
    assert live(cell) == expected


@each_case(
    "cell",
    [
        "Sandbox: May 2026<br>Production: July 2026",
        "May 2026 (sandbox), July 2026 (production)",
        "Test – May 2026; Live – July 2026",
        "Sandbox May 2026 and live July 2026",
    ],
)
def test_two_environments_in_one_cell_have_each_its_date(cell):
    parsed = read(cell)
    found = said(parsed)[0]
    assert [seen(found.milestones, environment) for environment in Environment] == ["May 2026", "", "July 2026"]
    assert found.description == ""
    assert doubts(parsed) == [
        f"“{cell.replace('<br>', ' ')}” under “Date”: readers see “Sandbox: May 2026” and “Live: July 2026”."
    ]


def test_what_is_planned_has_the_date_above_or_else_none():
    assert live("Planned", heading="Backlog") == TO_COME


def test_a_cell_that_names_another_environment_than_its_column_is_of_that():
    assert live("July 2026 (sandbox only)") == ""
    found = said(read("Production: July 2026", "Deployed to Sandbox"))[0]
    assert [seen(found.milestones, environment) for environment in Environment] == ["", "", "July 2026"]


@each_case(
    ("cell", "expected"),
    [
        ("Feb 2026*", "February 2026 ✓"),
        ("Feb 2026 (agents only)", "February 2026 ✓"),
        ("~~Jan 2026~~ Feb 2026", "February 2026 ✓"),
        ("Feb 2026 (TBC)", "February 2026 (to be confirmed)"),
        ("Feb 2026, not for agents", "February 2026 (to be confirmed)"),
        ("TBC", TO_COME),
    ],
)
def test_what_has_a_date_where_all_has_come_is_there(cell, expected):
    assert live(cell, "Deployed to Production") == expected


@each_case(
    ("status", "expected"),
    [
        ("Delayed to May 2028", "May 2028"),
        ("~~On track~~ Delayed", TO_COME),
        ("Delayed by snow", TO_COME),
        ("On track", ""),
        ("In progress since March 2026", ""),
    ],
)
def test_a_status_that_says_it_is_late_takes_the_date_of_the_heading_away(status, expected):
    parsed = read(status, "Status")
    assert live(status, "Status") == expected
    assert said(parsed)[0].fields == (("Status", status),)


def test_a_date_of_its_own_goes_before_a_status_that_says_it_is_late():
    table = "Name | Status | Date\n---|---|---\nWeigh | Delayed | May 2028\n"
    parsed = parse(source(f"# Parcels\n\nAll about parcels.\n\n## June 2027\n\n{table}"))
    assert seen(said(parsed)[0].milestones, Environment.LIVE) == "May 2028"


@each_case(
    ("cell", "doubt", "description"),
    [
        ("May 2026", [], ""),
        ("Yes – 3 March 2026", [], ""),
        (
            "Jun 2026*",
            ["“Jun 2026*” is not understood under “Date”: readers see “Live: June 2026 (to be confirmed)”."],
            "",
        ),
        (
            "Awaiting a decision",
            [
                "“Awaiting a decision” is not understood under “Date”: readers see “Live: To be confirmed”, and all of "
                "it in the description."
            ],
            "Date: Awaiting a decision",
        ),
        (
            "~~June 2027~~ August 2027",
            [
                "“~~June 2027~~ August 2027” under “Date”: readers see “Live: August 2027”, and all of it in the "
                "description."
            ],
            "Date: ~~June 2027~~ August 2027",
        ),
    ],
)
def test_a_doubt_says_what_readers_will_see_and_no_word_is_lost(cell, doubt, description):
    parsed = read(cell)
    assert doubts(parsed) == doubt
    assert said(parsed)[0].description == description
