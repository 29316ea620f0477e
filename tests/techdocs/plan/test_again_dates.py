"""What is told of dates when a source is imported again: what readers could see, and no end that nobody gave."""

import pytest

from roadmap.techdocs import apply, make_plan, parse
from roadmap.techdocs.plan.report import steps_in_words
from tests.cases import each_case
from tests.techdocs.example_sources import source

pytestmark = pytest.mark.django_db

HEAD = "# Parcels\n\nAll about parcels. Ask parcels@example.gov.uk.\n\n"


def told(before: str, after: str) -> list[str]:
    """Every sentence of what changes, whatever it is of."""
    first, then = (parse(source(HEAD + text)) for text in (before, after))
    apply(plan=make_plan(first, slug="parcels", contact="parcels@example.gov.uk"))
    plan = make_plan(then, slug="parcels", contact="parcels@example.gov.uk")
    return [line.strip() for line in steps_in_words(plan) if line.startswith("  ")]


def rows(cell: str, heading: str = "June 2027") -> str:
    table = f"Name | Sandbox | Production\n---|---|---\nWeigh | May 2026 | {cell}\nPost | May 2026 | July 2027\n"
    return f"## {heading}\n\n{table}"


@each_case(
    ("before", "after", "sentences"),
    [
        (rows("", "June 2027 (TBC)"), rows("", "June 2027"), ["Date confirmed: June 2027"]),
        (rows("", "June 2027"), rows("", "June 2027 (TBC)"), ["Date now provisional: June 2027 (to be confirmed)"]),
        (rows("August 2027"), rows("Aug 2027*"), ["Production date now provisional: August 2027 (to be confirmed)"]),
        (
            rows("August 2027"),
            rows("~~August 2027~~ October 2027"),
            ["Description added", "Production moved from August 2027 to October 2027"],
        ),
    ],
)
def test_a_date_that_is_written_otherwise_is_told_as_readers_see_it(before, after, sentences):
    assert sorted(told(before, after)) == sentences


@each_case("cell", ["Awaiting a decision", "Q3?", "?", "~~August 2027~~", "Delayed"])
def test_a_cell_that_is_not_understood_ends_no_promise(cell):
    assert "Production date now to be confirmed (was August 2027)" in told(rows("August 2027"), rows(cell))
