"""The whole story of a scheduled edition, an editor on one connection to the database and a publisher on another."""

import datetime
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest
from django.db import connection, transaction

from roadmap.models import Edition, Item, Roadmap
from roadmap.published import store
from roadmap.publishing import (
    Choices,
    NothingToPublish,
    ReasonsMissing,
    marks,
    pending,
    publish,
    restore_edition,
)
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY, TUESDAY, WEDNESDAY, FRIDAY, SATURDAY = (make.at(f"2026-03-{day}") for day in (23, 24, 25, 27, 28))


@pytest.fixture
def publisher():
    """Runs what it is given on a connection of its own, one thing after another."""
    with ThreadPoolExecutor(1) as thread:

        def run(act, *args, **options):
            return thread.submit(act, *args, **options)

        yield run
        thread.submit(lambda: connection.close()).result()  # that thread's, not this one's


@pytest.fixture
def roadmap():
    made = make.roadmap(slug="vat-mtd", asks_reasons=True)
    for title in ("Alpha", "Beta", "Gamma"):
        make.item(made, title=title, description="As it was", live="June 2026")
    make.item(made, title="Delta", description="Teh typo")
    make.page(made, title="About", slug="about", body="Few")
    make.edition(made, at=MONDAY)
    return made


def item(roadmap, title):
    return Item.objects.filter(roadmap=roadmap, title=title)


def seen(at):
    published = store.newest("vat-mtd", at)
    items = {one.content.title: one.content.description for one in published.snapshot.items}
    alpha = next(one for one in published.snapshot.items if one.content.title == "Alpha")
    return published.edition.number, items, str(alpha.content.milestones[0].when), published.snapshot.page("about").body


def test_edit_leave_out_give_a_reason_schedule_fix_and_restore(roadmap, publisher):
    item(roadmap, "Alpha").get().milestones.update(when="September 2026")
    item(roadmap, "Beta").update(description="As it will be")
    item(roadmap, "Gamma").update(description="Not ready")
    roadmap.pages.update(body="Many")
    gamma = frozenset([str(item(roadmap, "Gamma").get().uid)])

    def schedule(**choices):
        return publish(roadmap=roadmap, by=None, at=FRIDAY, now=TUESDAY, choices=Choices(leave_out=gamma, **choices))

    with pytest.raises(ReasonsMissing):
        publisher(schedule).result()
    publisher(schedule, reason_for_all="More testing").result()
    assert seen(WEDNESDAY)[0] == 1

    item(roadmap, "Delta").update(description="The typo")
    fix = publisher(
        publish, roadmap=roadmap, by=None, at=WEDNESDAY, now=WEDNESDAY, choices=Choices(leave_out=gamma)
    ).result()
    assert fix.number == 2
    everybody = {"Alpha": "As it was", "Beta": "As it was", "Gamma": "As it was", "Delta": "The typo"}
    assert seen(WEDNESDAY) == (2, everybody, "June 2026", "Few")
    assert seen(FRIDAY) == (3, {**everybody, "Beta": "As it will be"}, "September 2026", "Many")

    restore_edition(fix)
    publisher(publish, roadmap=roadmap, by=None, at=SATURDAY, now=SATURDAY).result()
    assert seen(SATURDAY) == (4, everybody, "June 2026", "Few")


def test_a_publisher_waits_for_an_editor_who_is_in_the_middle_of_saving(roadmap, publisher):
    reviewed = marks(pending(roadmap, TUESDAY))
    begun = Event()

    def publish_what_was_reviewed():
        begun.set()
        return publish(roadmap=roadmap, by=None, at=TUESDAY, now=TUESDAY, reviewed=reviewed)

    with transaction.atomic():
        Roadmap.objects.lock(roadmap.pk)
        item(roadmap, "Beta").update(title="Beta two")
        waiting = publisher(publish_what_was_reviewed)
        assert begun.wait(timeout=20)
        # It cannot come to an end while the editor is at it, however long that takes; without the lock it would.
        assert not wait([waiting], timeout=1).done
        item(roadmap, "Beta two").update(description="Of beta two")
    with pytest.raises(NothingToPublish):
        waiting.result(timeout=30)
    edition = publisher(publish, roadmap=roadmap, by=None, at=TUESDAY, now=TUESDAY).result()
    content = edition.revisions.get(noun="item").as_content()
    assert (content.title, content.description) == ("Beta two", "Of beta two")


def test_a_reader_for_whom_an_edition_is_due_waits_for_the_number_that_a_slower_publisher_gives(roadmap, publisher):
    item(roadmap, "Beta").update(description="As it will be")
    waiting = publish(roadmap=roadmap, by=None, at=WEDNESDAY, now=TUESDAY)
    slow, begun = WEDNESDAY - datetime.timedelta(seconds=40), Event()

    def read():
        begun.set()
        return seen(WEDNESDAY)[0]

    with transaction.atomic():
        Roadmap.objects.lock(roadmap.pk)
        item(roadmap, "Delta").update(description="The typo")
        reader = publisher(read)
        assert begun.wait(timeout=20)
        assert not wait([reader], timeout=1).done
        assert publish(roadmap=roadmap, by=None, now=slow).number == 2
    assert reader.result(timeout=30) == 3
    waiting.refresh_from_db()
    assert (waiting.number, waiting.was_seen) == (3, True)


def test_a_publisher_waits_for_a_reader_who_is_being_shown_an_edition(roadmap, publisher):
    item(roadmap, "Beta").update(description="As it will be")
    publish(roadmap=roadmap, by=None, at=WEDNESDAY, now=TUESDAY)
    item(roadmap, "Delta").update(description="The typo")
    begun = Event()

    def publish_by_a_slow_clock():
        begun.set()
        return publish(roadmap=roadmap, by=None, now=WEDNESDAY - datetime.timedelta(seconds=40))

    with transaction.atomic():
        Edition.objects.record_seen(roadmap.pk, WEDNESDAY)
        waiting = publisher(publish_by_a_slow_clock)
        assert begun.wait(timeout=20)
        assert not wait([waiting], timeout=1).done
    assert waiting.result(timeout=30).number == 3
    assert seen(WEDNESDAY)[0] == 3


def test_a_reader_of_a_database_that_cannot_be_written_sees_an_edition_on_its_second(roadmap):
    item(roadmap, "Beta").update(description="As it will be")
    publish(roadmap=roadmap, by=None, at=WEDNESDAY, now=TUESDAY)
    refuse, allow = {
        "sqlite": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
        "postgresql": ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(refuse)
        try:
            assert [seen(at)[0] for at in (TUESDAY, WEDNESDAY, WEDNESDAY)] == [1, 2, 2]
        finally:
            cursor.execute(allow)
    assert not Edition.objects.get(number=2).was_seen
