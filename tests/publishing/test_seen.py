"""Seen is seen: two machines whose clocks differ, or one whose clock is set back, give readers one row of Editions."""

import datetime
from importlib import import_module
from itertools import count

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from roadmap.models import Edition, ImmutableError, Item, Revision, Roadmap
from roadmap.models.published import EditionQuerySet
from roadmap.published import store
from roadmap.publishing import (
    AlreadyPublished,
    NoSuchTime,
    NothingToPublish,
    OutOfOrder,
    PublishingRefused,
    cancel,
    pending,
    publish,
    reschedule,
)
from tests import make

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = make.at("2026-03-23"), make.at("2026-03-24")
_edits = count(1)
SECOND, AN_INSTANT = datetime.timedelta(seconds=1), datetime.timedelta(microseconds=1)


def slow(at):
    """By the clock of another machine."""
    return at - 40 * SECOND


@pytest.fixture
def roadmap():
    store.forget_all()
    made = make.roadmap(slug="vat-mtd")
    make.item(made, title="Alpha", description="First")
    make.edition(made, at=MONDAY)
    return made


def edited(roadmap):
    roadmap.items.update(description=f"Edit {next(_edits)}")
    return roadmap


def published(roadmap, now, at=None):
    return publish(roadmap=edited(roadmap), by=None, at=at, now=now)


def number_seen(now):
    return store.newest("vat-mtd", now).edition.number


class TestPublishedNow:
    def test_it_is_seen_at_once_by_a_machine_whose_clock_is_behind(self, roadmap):
        edition = published(roadmap, TUESDAY)
        assert edition.was_seen
        for now in (slow(TUESDAY), MONDAY - 40 * SECOND, TUESDAY + 40 * SECOND):
            assert number_seen(now) == 2
            assert [one.edition.number for one in store.newest_of_each(now)] == [2]
            of_all, by_slug, next_at = Edition.objects.newest_and_next(now)
            assert (of_all, by_slug, next_at) == ({str(edition.uid)}, {"vat-mtd": of_all}, None)
            assert not Edition.objects.scheduled(now).exists()

    def test_a_machine_whose_clock_is_behind_publishes_after_what_was_seen(self, roadmap):
        first = published(roadmap, TUESDAY)
        second = published(roadmap, slow(TUESDAY))
        third = published(roadmap, slow(TUESDAY))
        assert [edition.number for edition in (first, second, third)] == [2, 3, 4]
        assert second.published_at == TUESDAY + AN_INSTANT
        assert third.published_at == TUESDAY + 2 * AN_INSTANT
        assert number_seen(slow(TUESDAY)) == 4

    def test_what_was_seen_is_not_pending_by_a_clock_that_is_behind(self, roadmap):
        published(roadmap, TUESDAY)
        now = Edition.objects.clock(roadmap, slow(TUESDAY))
        assert pending(roadmap, now) == []
        with pytest.raises(NothingToPublish):
            publish(roadmap=roadmap, by=None, now=slow(TUESDAY))

    def test_a_time_before_what_was_seen_is_refused(self, roadmap):
        published(roadmap, TUESDAY)
        with pytest.raises(OutOfOrder, match="24 March 2026 at 9:30am"):
            published(roadmap, slow(TUESDAY), at=TUESDAY - 20 * SECOND)

    def test_one_roadmap_says_nothing_of_the_time_of_another(self, roadmap):
        other = make.roadmap()
        make.edition(other, now=TUESDAY)
        assert Edition.objects.clock(roadmap, slow(TUESDAY)) == slow(TUESDAY)


class TestScheduled:
    @pytest.fixture
    def edition(self, roadmap):
        """Due at TUESDAY."""
        return published(roadmap, MONDAY, at=TUESDAY)

    def test_it_appears_on_its_second_and_is_recorded_then(self, edition):
        assert number_seen(TUESDAY - AN_INSTANT) == 1
        assert not Edition.objects.get(number=2).was_seen
        assert number_seen(TUESDAY) == 2
        assert Edition.objects.get(number=2).was_seen

    def test_once_seen_it_keeps_its_number_on_every_machine(self, edition, roadmap):
        assert number_seen(TUESDAY) == 2
        assert number_seen(slow(TUESDAY)) == 2
        later = published(roadmap, slow(TUESDAY))
        assert (later.number, later.published_at) == (3, TUESDAY + AN_INSTANT)
        assert Edition.objects.get(pk=edition.pk).number == 2

    def test_the_list_of_roadmaps_records_it_too(self, edition):
        assert [one.edition.number for one in store.newest_of_each(TUESDAY)] == [2]
        assert [one.edition.number for one in store.newest_of_each(slow(TUESDAY))] == [2]

    def test_so_does_whoever_asks_for_the_roadmaps_time(self, edition, roadmap):
        assert Edition.objects.clock(roadmap, TUESDAY + SECOND) == TUESDAY + SECOND
        assert Edition.objects.clock(roadmap, slow(TUESDAY)) == TUESDAY + AN_INSTANT

    def test_publishing_records_what_came_before(self, edition, roadmap):
        published(roadmap, TUESDAY + SECOND)
        assert [*Edition.objects.order_by("number").values_list("was_seen", flat=True)] == [True, True, True]

    def test_while_nobody_has_seen_it_it_may_still_move_up(self, edition, roadmap):
        assert published(roadmap, slow(TUESDAY)).number == 2
        assert Edition.objects.get(pk=edition.pk).number == 3

    def test_once_seen_it_is_neither_cancelled_nor_moved_nor_changed_by_any_clock(self, edition):
        assert number_seen(TUESDAY) == 2
        for act in (lambda now: cancel(edition, now), lambda now: reschedule(edition, TUESDAY + 99 * SECOND, now)):
            with pytest.raises(AlreadyPublished):
                act(slow(TUESDAY))
        held = Edition.objects.filter(pk=edition.pk), Revision.objects.filter(edition=edition)
        for rows in held:
            with pytest.raises(ImmutableError):
                rows.change_unseen(MONDAY)
            with pytest.raises(ImmutableError):
                rows.remove_unseen(MONDAY)

    def test_another_is_not_moved_before_it(self, edition, roadmap):
        later = published(roadmap, MONDAY, at=TUESDAY + datetime.timedelta(hours=1))
        assert number_seen(TUESDAY) == 2
        with pytest.raises(NoSuchTime, match="has passed"):
            reschedule(later, TUESDAY - 20 * SECOND, slow(TUESDAY))
        assert Edition.objects.get(pk=later.pk).number == 3

    def test_readers_write_once(self, edition, django_assert_num_queries):
        number_seen(TUESDAY)
        store.forget_all()
        for now in (TUESDAY, slow(TUESDAY)):
            with django_assert_num_queries(1 if now < TUESDAY else 2):
                number_seen(now)

    def test_where_it_cannot_be_recorded_it_is_seen_and_tried_once(self, edition, monkeypatch):
        tried = []

        def fail(_, roadmap_pk, now):
            tried.append(now)
            raise DatabaseError("cannot execute UPDATE in a read-only transaction")

        monkeypatch.setattr(EditionQuerySet, "record_seen", fail)
        assert [number_seen(TUESDAY + n * SECOND) for n in range(3)] == [2, 2, 2]
        assert [one.edition.number for one in store.newest_of_each(TUESDAY)] == [2]
        assert tried == [TUESDAY]


def test_what_was_past_when_the_software_came_was_seen(roadmap, monkeypatch):
    waiting = published(roadmap, MONDAY, at=TUESDAY)
    monkeypatch.setattr("django.utils.timezone.now", lambda: slow(TUESDAY))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE roadmap_edition SET was_seen = %s", [False])
    name = "0010_editions_that_were_seen"
    apps = MigrationLoader(connection).project_state(("roadmap", name)).apps
    import_module(f"roadmap.migrations.{name}").record_what_was_seen(apps, connection.schema_editor())
    assert Edition.objects.get(number=1).was_seen
    assert not Edition.objects.get(pk=waiting.pk).was_seen


# Any two clocks, and whatever readers and staff do by them.

offset = st.integers(-90, 90)
act = st.tuples(
    st.sampled_from(["read", "read", "list", "publish", "publish", "schedule", "cancel", "move"]),
    st.booleans(),  # on which of the two machines
    st.integers(0, 40),  # seconds since the act before
    st.integers(1, 120),  # seconds from now, for those to which that means something
)


@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink])
@given(offset, offset, st.lists(act, max_size=12))
def test_a_number_that_was_seen_is_never_another_edition(one_offset, other_offset, acts):
    with connection.cursor() as cursor:
        for table in ("change", "revision", "edition"):
            cursor.execute(f"DELETE FROM roadmap_{table}")
    Item.objects.all().delete()
    Roadmap.objects.all().delete()
    store.forget_all()
    roadmap, true_time, newest = make.roadmap(slug="vat-mtd"), MONDAY, 0
    make.item(roadmap, title="Alpha")
    seen: dict[int, str] = {}
    for name, is_other, pause, ahead in [("publish", False, 0, 1), *acts]:
        true_time += pause * SECOND
        now = true_time + (other_offset if is_other else one_offset) * SECOND
        at = now + ahead * SECOND
        waiting = Edition.objects.scheduled(now).first()
        try:
            match name:
                case "publish":
                    edition = published(roadmap, now)
                    assert number_seen(now) == edition.number
                case "schedule":
                    published(roadmap, now, at=at)
                case "cancel" if waiting:
                    cancel(waiting, now)
                case "move" if waiting:
                    reschedule(waiting, at, now)
        except PublishingRefused:
            pass
        listed = store.newest_of_each(now) if name == "list" else [store.newest("vat-mtd", now)]
        if name in ("read", "list", "publish"):
            edition = listed[0].edition
            assert seen.setdefault(edition.number, edition.uid) == edition.uid
            assert edition.number >= newest
            newest = edition.number
        told = [*Edition.objects.order_by("number").values_list("number", "published_at", "was_seen")]
        assert [number for number, _, _ in told] == [*range(1, len(told) + 1)]
        assert [at for _, at, _ in told] == sorted(at for _, at, _ in told)
        assert [was_seen for _, _, was_seen in told] == sorted((was for _, _, was in told), reverse=True)
