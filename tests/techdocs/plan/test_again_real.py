"""The real roadmaps, one after another into one: what becomes of them."""

import re

import pytest

from roadmap.models import Roadmap
from roadmap.models.import_origin import Origin
from roadmap.techdocs import Verb, apply, make_plan, parse, read
from roadmap.techdocs.plan.similarity import How
from roadmap.working_copies.to_content import preview
from tests import make
from tests.techdocs import rows
from tests.techdocs.example_sources import real_source

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-24")
TARGET = re.compile(r"\]\([^()]*\)")


def planned(name: str, slug: str = "real"):
    return make_plan(parse(read(real_source(name))), slug=slug)


def bring(name: str) -> Roadmap:
    return apply(plan=planned(name), now=NOW)


@pytest.mark.parametrize("name", ["vat-2018-10", "vat-2018-11", "itsa-2023-06"])
def test_a_real_roadmap_comes_in_whole_and_a_second_time_changes_nothing(name):
    parsed = parse(read(real_source(name)))
    roadmap = bring(name)
    snapshot = preview(roadmap)
    # But for where links lead: see tests/techdocs/test_links_on_the_site.py.
    came, read_there = ([(page.title, TARGET.sub("]()", page.body)) for page in of.pages] for of in (snapshot, parsed))
    assert came == read_there
    assert sorted(one.content.title for one in snapshot.items) == sorted(item.title for item in parsed.items)
    assert [release.title for release in snapshot.releases] == [release.title for release in parsed.releases]
    assert len(snapshot.changelog) == len(parsed.entries)
    assert not planned(name).changes_something
    assert Origin.objects.count() == 1 + len(snapshot.pages) + len(snapshot.items) + len(snapshot.releases) + len(
        snapshot.changelog
    )


def test_november_after_october_is_one_roadmap_with_what_both_have_in_its_place():
    bring("vat-2018-10")
    before = {page.title: page.uid for page in preview(Roadmap.objects.get()).pages}
    november = planned("vat-2018-11")
    assert november.conflicts == ()
    roadmap = apply(plan=november, now=NOW)
    assert Roadmap.objects.count() == 1
    pages = {page.title: page.uid for page in preview(roadmap).pages}
    assert "Who we are" in pages
    assert pages["Who we are"] == before["Who we are"]
    verbs = {step.title: step.verb for step in november.steps}
    assert {verbs[title] for title in before if title not in pages} <= {Verb.WITHDRAW}
    assert roadmap.items.count() == len(november.parsed.items)
    assert not planned("vat-2018-11").changes_something
    assert roadmap.changelog_entries.count() == 5
    assert [str(one) for one in november.doubts if "5 changelog entries were kept" in one.text]


@pytest.mark.parametrize("name", ["vat-2018-11", "itsa-2023-06"])
def test_every_row_is_found_again_when_all_are_retitled_and_all_move_to_other_releases(name):
    parsed = parse(read(real_source(name)))
    roadmap = bring(name)
    assert parsed.items
    count = len(parsed.releases)
    references = {str(item.uid): item.reference for item in roadmap.items.all()}
    there = {origin.source: str(origin.uid) for origin in Origin.objects.filter(noun="item")}
    moved = rows._at(
        parsed,
        items=tuple(
            rows._at(
                item,
                title=f"Now {item.title}"[:200],
                release=None if item.release is None else (item.release + 1) % count,
                apis=item.apis[1:],
            )
            for item in parsed.items
        ),
    )
    plan = make_plan(moved, slug="real")
    steps = [step for step in plan.steps if step.key.startswith("item:")]
    sources = [step.source for step in steps]
    wrong = [
        step
        for step in steps
        if sources.count(step.source) == 1
        and step.recognised.uid != there[step.source]
        and not step.recognised.is_doubtful
        and step.recognised.how is not How.SAME  # twins: rows that say the same are anybody's
    ]
    assert [(step.title, step.recognised) for step in wrong] == []
    assert not [step for step in plan.steps if step.verb is Verb.WITHDRAW and step.noun == "item"]
    apply(plan=plan, now=NOW)
    assert {str(item.uid): item.reference for item in roadmap.items.all()} == references
