"""What a plan says of dates that contradict the calendar or themselves: doubts with lines, which prevent nothing."""

import datetime

import pytest

from roadmap.techdocs import apply, make_plan
from roadmap.techdocs.plan.report import as_json, in_words
from tests import make
from tests.techdocs import rows
from tests.techdocs.example_sources import PAGE, source

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 4, 15)


def planned(*items, when="June 2027", **fields):
    parsed = rows.parsed(releases=[(rows.release("Spring", when, **fields), items)])
    return make_plan(parsed, slug="parcel-tax", today=TODAY)


def carry_back(*milestones):
    return rows.item("Carry back", milestones=milestones)


def test_each_is_a_doubt_at_its_line_the_worst_first():
    agents = rows.item("Agents", milestones=(rows.live("TBC", is_deployed=True),))
    plan = planned(carry_back(rows.live("by March 2026")), agents)
    assert [str(doubt) for doubt in plan.contradictions] == [
        "index.md:101: “Agents”: Live cannot be both to be confirmed and deployed. "
        "Give the date on which it was deployed, or do not mark it as deployed.",
        "index.md:100: “Carry back”: Live was expected by March 2026: this date has passed. "
        "Give a new date, or mark it as deployed.",
    ]


def test_a_release_is_held_against_its_items_and_those_that_staff_have_made():
    plan = planned(carry_back(rows.live("", is_deployed=True)))
    assert [(doubt.line, doubt.text) for doubt in plan.contradictions] == [
        (20, "“Spring”: The only item of this release is deployed, and the release is not. Mark it as deployed too.")
    ]
    roadmap = apply(plan=plan)
    make.item(roadmap, release=roadmap.releases.get(), live="June 2027")
    assert planned(carry_back(rows.live("", is_deployed=True))).contradictions == ()


def test_what_staff_have_made_by_themselves_is_no_doubt_about_the_source():
    roadmap = apply(plan=planned(carry_back()))
    make.item(roadmap, live="March 2026")
    assert planned(carry_back()).contradictions == ()


def test_they_prevent_nothing():
    plan = planned(carry_back(rows.live("N/A", is_deployed=True)))
    assert plan.contradictions
    assert apply(plan=plan).items.count() == 1


def test_without_a_day_nothing_is_held_against_the_calendar():
    parsed = rows.parsed(releases=[(rows.release("Spring", "March 2026"), [])])
    assert make_plan(parsed, slug="parcel-tax").contradictions == ()


def test_the_report_has_them_in_words_and_in_json():
    plan = planned(carry_back(rows.live("by March 2026")))
    said = (
        "“Carry back”: Live was expected by March 2026: this date has passed. Give a new date, or mark it as deployed."
    )
    assert in_words(plan)[-2:] == ["To check (1):", f"  index.md:100: {said}"]
    assert as_json(plan, source(PAGE))["doubts"] == [{"path": "index.md", "line": 100, "text": said}]
