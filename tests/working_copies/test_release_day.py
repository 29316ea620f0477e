"""Many items at once: what becomes of them, what is refused, and what it costs."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.content.choices import Environment
from roadmap.content.things import ItemContent
from roadmap.models.item import Item, Milestone
from roadmap.publishing import pending
from roadmap.working_copies.many_items import ItemsChanged, ItemsGone
from roadmap.working_copies.release_day import (
    NotADeploymentDate,
    ReleaseGone,
    deployment_date,
    mark_deployed,
    move_to_release,
    plan,
)
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 3, 24)


def mark(roadmap, *items, environment=Environment.LIVE, on="24 March 2026", **options):
    keys = [item.pk for item in items]
    return mark_deployed(roadmap=roadmap, items=keys, environment=environment, on_text=on, today=TODAY, **options)


def milestones(item):
    return {one.environment: (one.when, one.is_deployed) for one in item.milestones.all()}


def test_every_item_gets_its_milestone_and_the_other_environments_stay():
    roadmap = make.roadmap()
    expected = make.item(roadmap, test="March 2026", live="June 2026")
    without = make.item(roadmap)
    other = make.item(roadmap, live="July 2026")
    done = mark(roadmap, expected, without, on=" 24 March 2026 ")
    assert milestones(expected) == {"test": ("March 2026", False), "live": ("24 March 2026", True)}
    assert milestones(without) == {"live": ("24 March 2026", True)}
    assert milestones(other) == {"live": ("July 2026", False)}
    assert [(one.was, one.becomes) for one in done.changed] == [
        ("June 2026", "24 March 2026, deployed"),
        ("no date", "24 March 2026, deployed"),
    ]


def test_the_result_is_pending_in_a_readers_words_and_nothing_is_published():
    roadmap = make.roadmap(test_label="Sandbox")
    item = make.item(roadmap, title="Multiple agents", test="April 2026")
    make.edition(roadmap)
    mark(roadmap, item, environment=Environment.TEST)
    (found,) = pending(roadmap)
    assert found.title == "Multiple agents"
    before, after = found.before, found.after
    assert isinstance(before, ItemContent)
    assert isinstance(after, ItemContent)
    assert not before.milestones[0].is_deployed
    assert after.milestones[0].is_deployed
    assert (after.reference, after.uid, after.address) == (before.reference, before.uid, before.address)
    assert roadmap.editions.count() == 1


def test_an_item_that_has_the_date_already_is_no_change():
    roadmap = make.roadmap()
    so = make.item(roadmap, live="24/03/2026", deployed=("live",))
    undated = make.item(roadmap, deployed=("live",))
    done = mark(roadmap, so, undated)
    assert [one.item for one in done.unchanged] == [so]
    assert [one.item for one in done.changed] == [undated]
    assert milestones(so) == {"live": ("24/03/2026", True)}  # as it was typed


@each_case(
    ("text", "words"),
    [
        ("TBC", "is not the date on which it was deployed"),
        ("N/A", "is not the date on which it was deployed"),
        ("March 2026 (TBC)", "is not the date on which it was deployed"),
        ("by March 2026", "is not the date on which it was deployed"),
        ("from March 2026", "is not the date on which it was deployed"),
        ("25 March 2026", "25 March 2026 is in the future"),
        ("April 2026", "April 2026 is in the future"),
        ("9999", "between 2000 and 2099"),
        ("", "Enter a date"),
        ("31 February 2026", "February"),
        ("yesterday", "October 2018"),
        ("x" * 10_000, "longer than"),
    ],
)
def test_what_is_no_date_of_deployment_is_refused_and_nothing_changes(text, words):
    roadmap = make.roadmap()
    item = make.item(roadmap, live="June 2026")
    with pytest.raises(NotADeploymentDate) as refused:
        mark(roadmap, item, on=text)
    assert words in str(refused.value)
    assert milestones(item) == {"live": ("June 2026", False)}


@each_case("text", ["24 March 2026", "2026-03-24", "March 2026", "23 March 2026 (deployed)", "2019"])
def test_a_day_or_a_month_that_has_begun_is_a_date_of_deployment(text):
    assert deployment_date(text, TODAY).start <= TODAY


def test_an_item_that_was_deleted_or_is_another_roadmaps_refuses_all():
    roadmap, other = make.roadmap(), make.roadmap()
    item, gone, foreign = make.item(roadmap), make.item(roadmap), make.item(other)
    Item.objects.filter(pk=gone.pk).delete()
    with pytest.raises(ItemsGone, match="1 of the items was deleted"):
        mark(roadmap, item, gone)
    with pytest.raises(ItemsGone):
        mark(roadmap, item, foreign)
    with pytest.raises(ItemsGone, match="2 of the items were deleted"):
        move_to_release(roadmap=roadmap, items=[item.pk, gone.pk, foreign.pk], release=None)
    assert not Milestone.objects.exists()


def test_what_somebody_else_changed_since_it_was_seen_refuses_all():
    roadmap = make.roadmap()
    item = make.item(roadmap, title="Carry back", live="June 2026")
    other = make.item(roadmap, live="June 2026")
    (first, second) = plan(
        roadmap=roadmap,
        items=[item.pk, other.pk],
        environment=Environment.LIVE,
        on_text="24 March 2026",
        today=TODAY,
    )
    seen = {first.item.pk: first.was, second.item.pk: second.was}
    item.milestones.update(when="September 2026")
    with pytest.raises(ItemsChanged, match="“Carry back”"):
        mark(roadmap, item, other, seen=seen)
    assert milestones(other) == {"live": ("June 2026", False)}
    mark(roadmap, other, seen=seen)
    assert milestones(other) == {"live": ("24 March 2026", True)}


def test_a_release_goes_live_with_its_last_item():
    roadmap = make.roadmap()
    release = make.release(roadmap, title="June 2026")
    first, second = (make.item(roadmap, release=release, live="June 2026") for _ in range(2))
    make.item(roadmap)
    done = mark(roadmap, first, releases=[release.pk])
    assert ([*done.deployed], [*done.waiting]) == ([], [release])
    done = mark(roadmap, second, releases=[release.pk])
    assert ([*done.deployed], [*done.waiting]) == ([release], [])
    release.refresh_from_db()
    assert release.is_deployed


def test_a_release_is_not_deployed_by_what_goes_into_sandbox():
    roadmap = make.roadmap()
    release = make.release(roadmap)
    item = make.item(roadmap, release=release, deployed=("live",))
    done = mark(roadmap, item, environment=Environment.TEST, releases=[release.pk])
    release.refresh_from_db()
    assert not release.is_deployed
    assert not done.waiting


def test_another_roadmaps_release_is_left_alone():
    roadmap, other = make.roadmap(), make.roadmap()
    foreign = make.release(other)
    mark(roadmap, make.item(roadmap), releases=[foreign.pk])
    foreign.refresh_from_db()
    assert not foreign.is_deployed


def test_items_move_to_a_release_and_out_of_it():
    roadmap = make.roadmap()
    near, mid = make.release(roadmap, title="Near"), make.release(roadmap, title="Mid")
    here, there, free = (make.item(roadmap, release=release) for release in (near, mid, None))
    keys = [here.pk, there.pk, free.pk]
    references = [*Item.objects.order_by("pk").values_list("reference", flat=True)]
    done = move_to_release(roadmap=roadmap, items=keys, release=mid.pk)
    assert {item.pk for item in done.changed} == {here.pk, free.pk}
    assert [item.pk for item in done.unchanged] == [there.pk]
    assert {*Item.objects.values_list("release__title", flat=True)} == {"Mid"}
    done = move_to_release(roadmap=roadmap, items=keys, release=None)
    assert (len(done.changed), done.release) == (3, None)
    assert {*Item.objects.values_list("release", flat=True)} == {None}
    assert [*Item.objects.order_by("pk").values_list("reference", flat=True)] == references


def test_a_release_that_is_gone_or_another_roadmaps_is_refused():
    roadmap, other = make.roadmap(), make.roadmap()
    near = make.release(roadmap)
    item = make.item(roadmap, release=near)
    for release in (make.release(other).pk, 999_999):
        with pytest.raises(ReleaseGone):
            move_to_release(roadmap=roadmap, items=[item.pk], release=release)
    item.refresh_from_db()
    assert item.release == near


@pytest.mark.parametrize("count", [2, 40])
def test_the_number_of_queries_does_not_depend_on_the_number_of_items(count):
    roadmap = make.roadmap()
    release = make.release(roadmap)
    found = [make.item(roadmap, release=release, live="June 2026" if n % 2 else None) for n in range(count)]
    with CaptureQueriesContext(
        connection,
    ) as marking:
        mark(roadmap, *found, releases=[release.pk])
    with CaptureQueriesContext(connection) as moving:
        move_to_release(roadmap=roadmap, items=[item.pk for item in found], release=None)
    writes = [one["sql"] for one in [*marking, *moving] if one["sql"].startswith(("UPDATE", "INSERT"))]
    assert (len(marking), len(moving), len(writes)) == (10, 5, 4)
