import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import ImportNote, ImportReport
from roadmap.techdocs import make_plan, parse
from roadmap.techdocs.apply import carry_out
from roadmap.techdocs.record import keep_report
from tests.techdocs.example_sources import source

pytestmark = pytest.mark.django_db

TEXT = """\
# Parcels

Write to <team@example.gov.uk>. [a](a.html)

## June 2027

[b](b.html)

Name | Description
-----|------------
Van | Fast [c](c.html)
Bike | Slow

## Changelog

### 3 March 2026

[d](d.html)

## About

[e](e.html)
"""


def carried_out(text: str = TEXT):
    return carry_out(make_plan(parse(source(text)), slug="parcels"), name="parcels.md", by=None)[0]


def test_a_doubt_is_about_what_stands_on_its_line_or_what_the_line_is_part_of():
    carried_out()
    notes = ImportNote.objects.filter(kind=ImportNote.Kind.DOUBT, text__startswith="This link")
    assert [(note.text.split(".html")[0][-1], note.noun, note.title) for note in notes] == [
        ("a", "page", "Introduction"),
        ("b", "release", "June 2027"),
        ("c", "item", "PARCELS-1 Van"),
        ("d", "changelog_entry", "3 March 2026"),
        ("e", "page", "About"),
    ]


def test_the_same_again_is_no_news_and_a_new_doubt_is():
    carried_out()
    carried_out()
    assert ImportReport.objects.count() == 1
    carried_out(TEXT.replace("[e](e.html)", "[e](e.html) [f](f.html)"))
    newest, first = ImportReport.objects.all()
    assert newest.notes.get(kind=ImportNote.Kind.UPDATED).text == "Text reworded"
    assert newest.notes.filter(text__contains="f.html").exists()
    assert not first.notes.filter(text__contains="f.html").exists()


def test_lines_are_written_many_at_a_time():
    counts = []
    for rows in (5, 400):
        text = "# Vans\n\nWrite to <team@example.gov.uk>.\n\nName | Description\n--|--\n"
        text += "".join(f"Van {number} | See [x](x{number}.html)\n" for number in range(rows))
        plan = make_plan(parse(source(text)), slug=f"vans{rows}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            carry_out(plan, name="vans.md", by=None)
        counts.append(len([query for query in queries if "importnote" in query["sql"]]))
    assert counts[0] == 1
    assert counts[1] < 10


def test_where_nothing_is_new_nothing_is_asked(django_assert_num_queries):
    roadmap = carried_out()
    plan = make_plan(parse(source(TEXT)), slug="parcels")
    uids, at = {step.key: step.uid for step in plan.steps}, ImportReport.objects.get().imported_at
    with django_assert_num_queries(0):
        assert keep_report(plan, roadmap, uids, name="commit", at=at, told=plan.doubts) is None


def test_what_was_told_goes_with_the_roadmap():
    roadmap = carried_out()
    assert ImportNote.objects.exists()
    roadmap.delete()
    assert not ImportReport.objects.exists()
    assert not ImportNote.objects.exists()
