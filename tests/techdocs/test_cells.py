"""How a value stands in a cell of an exported table, and is read from there."""

import pytest
from hypothesis import given

from roadmap.content.choices import Environment
from roadmap.content.fields import APIS, AUDIENCES, BREAKING, DESCRIPTION, KIND, MILESTONES
from roadmap.content.things import ApiVersion, MilestoneContent
from roadmap.markdown import render
from roadmap.techdocs.cells import fits, is_exact, read, read_date, show
from tests.techdocs.export import sites


def seen(text: str) -> list[str]:
    return render(text).html.replace("<br>", " <br> ").split()


@pytest.mark.parametrize(
    ("description", "cell"),
    [
        ("One.\n\nTwo.", "One.<br><br>Two."),
        ("Before:\n\n- one\n  - nested\n- two", "Before:<br><br>- one<br>&nbsp;&nbsp;- nested<br>- two"),
        ("1. first\n2. second", "1. first<br>2. second"),
        ("line one\nline two", "line one line two"),
        ("a  \nb", "a<br/>b"),
        ("a<br><br>b", "a<br/><br/>b"),
        ("a | b", "a &#124; b"),
    ],
)
def test_a_description_on_one_line_looks_as_it_did(description, cell):
    assert fits(description)
    assert show(DESCRIPTION, description) == cell
    again = read(DESCRIPTION, cell)
    assert seen(again) == seen(description)
    assert show(DESCRIPTION, again) == cell


@pytest.mark.parametrize(
    "description", ["```\ncode\n```", "    code", "# Heading", "> quoted", "`a|b`", "a | b\n--- | ---\n1 | 2", "---"]
)
def test_what_a_cell_cannot_hold(description):
    assert not fits(description)


@given(sites.MARKDOWN)
def test_whatever_fits_looks_as_it_did(description):
    if fits(description):
        cell = show(DESCRIPTION, description)
        assert "\n" not in cell
        assert "|" not in cell
        assert seen(read(DESCRIPTION, cell)) == seen(description)


@pytest.mark.parametrize(
    ("typed", "is_deployed", "cell"),
    [
        ("March 2026", False, "March 2026"),
        ("March 2026", True, "March 2026 (deployed)"),
        ("March 2026 (deployed)", True, "March 2026 (deployed)"),
        ("deployed in March 2026", True, "deployed in March 2026"),
        ("", True, "Deployed"),
        ("", False, ""),
    ],
)
def test_a_date_says_once_that_it_is_deployed(typed, is_deployed, cell):
    milestone = MilestoneContent(environment=Environment.TEST, typed=typed, is_deployed=is_deployed)
    assert show(MILESTONES, milestone) == cell
    again = read_date(Environment.TEST, cell)
    assert show(MILESTONES, again) == cell
    assert (again is not None and again.is_deployed) is is_deployed


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        (KIND, "User interface", "user_interface"),
        (BREAKING, "No", False),
        (AUDIENCES, "Businesses, Trusts and estates", ("Businesses", "Trusts and estates")),
        (
            APIS,
            "[VAT \\[test\\] API](https://example.gov.uk/a) v2.0<br>**Depot API** 1",
            (
                ApiVersion(name="VAT [test] API", url="https://example.gov.uk/a", version="v2.0"),
                ApiVersion(name="Depot API", version="1"),
            ),
        ),
    ],
)
def test_a_cell_as_an_export_writes_it_says_that_and_nothing_else(field, cell, value):
    assert is_exact(field, cell)
    assert read(field, cell) == value


@pytest.mark.parametrize(("field", "cell"), [(KIND, "guides"), (BREAKING, "yes, for some"), (APIS, "[x](y z) v1")])
def test_a_cell_as_a_person_writes_it_is_read_by_the_rules_for_all(field, cell):
    assert not is_exact(field, cell)
