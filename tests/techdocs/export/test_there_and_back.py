"""Whatever a roadmap says, importing its export changes nothing of it, and makes a new roadmap that says the same."""

import pytest
from django.db import transaction
from hypothesis import event, given, settings

from roadmap.content.snapshot import Snapshot
from roadmap.content.things import Content
from roadmap.models import Roadmap
from roadmap.techdocs import Plan, Verb, apply, make_plan, parse, read
from roadmap.techdocs.export import files
from roadmap.techdocs.left_behind import left_behind
from roadmap.techdocs.plan.report import steps_in_words
from roadmap.working_copies.to_content import contents
from tests.techdocs.example_sources import REAL_SOURCES, real_source
from tests.techdocs.export import sites

pytestmark = pytest.mark.django_db


def said_by(roadmap: Roadmap) -> list[object]:
    """All that readers find, in order; without uids and keys, and whatever a text says in more than one way."""
    snapshot = Snapshot(contents(roadmap))
    titles = {release.uid: release.title for release in snapshot.releases}
    names = {field.key: field.name for field in snapshot.roadmap.fields}
    return [
        (snapshot.roadmap.title, snapshot.roadmap.contact, snapshot.roadmap.labels, [*names.values()]),
        [
            (page.title, page.slug, page.is_on_home)
            for page in sorted(snapshot.pages, key=lambda one: not one.is_on_home)
        ],
        [(one.title, str(one.when), one.horizon, one.is_deployed) for one in snapshot.releases],
        [
            (
                item.content.reference,
                item.content.title,
                titles.get(item.content.release_uid),
                item.stage,
                item.content.kind,
                item.content.apis,
                item.content.audiences,
                [(one.environment, str(one.when), one.is_deployed) for one in item.content.milestones],
                [
                    (names[value.key], value.value)
                    for value in sorted(item.content.fields, key=lambda one: names[one.key])
                ],
            )
            for item in snapshot.items
        ],
        [(entry.title, str(entry.when)) for entry in snapshot.changelog],
    ]


def changes(plan: Plan) -> list[str]:
    return [step.title for step in plan.steps if step.verb is not Verb.KEEP]


@settings(max_examples=30)
@given(sites.ordinary_roadmaps())
def test_what_people_write_comes_back_whole(roadmap: list[Content]):
    with transaction.atomic():
        there = sites.brought(roadmap)
        made = files(roadmap)
        lacking = left_behind(roadmap, made)
        assert [line for line in lacking if "the order of the pages" not in line.lower()] == []
        plan = make_plan(sites.parsed(made), slug="depot")
        assert [*steps_in_words(plan)] == []
        assert not plan.changes_something
        assert plan.conflicts == ()
        expected = said_by(there)
        sites.nothing_is_there()
        again, copy = sites.imported(made)
        assert said_by(copy) == expected
        assert not make_plan(again.parsed, slug="depot").changes_something
        transaction.set_rollback(True)


@settings(max_examples=40)
@given(sites.roadmaps())
def test_whatever_markdown_cannot_carry_is_named(roadmap: list[Content]):
    with transaction.atomic():
        sites.brought(roadmap)
        made = files(roadmap)
        lacking = left_behind(roadmap, made)
        event(f"named: {bool(lacking)}")
        plan = make_plan(sites.parsed(made), slug="depot")
        if not lacking:
            assert changes(plan) == []
            assert plan.conflicts == ()
        else:
            apply(plan=plan)
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", REAL_SOURCES)
def test_a_real_roadmap_comes_back_as_it_was(name):
    roadmap = apply(plan=make_plan(parse(read(real_source(name))), slug="depot", contact="team@example.gov.uk"))
    made = files(contents(roadmap))
    assert left_behind(contents(roadmap), made) == []
    for forgets in (False, True):
        if forgets:
            roadmap.origins.all().delete()
        plan = make_plan(sites.parsed(made), slug="depot")
        assert changes(plan) == []
        assert not plan.changes_something
