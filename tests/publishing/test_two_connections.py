"""The whole story of a scheduled edition, an editor on one connection to the database and a publisher on another."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest
from django.db import connection, transaction

from roadmap.models import Item, Roadmap
from roadmap.published import store
from roadmap.publishing import (
    Choices,
    PendingHasChanged,
    ReasonsMissing,
    fingerprint,
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
    reviewed = fingerprint(pending(roadmap, TUESDAY))
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
    with pytest.raises(PendingHasChanged):
        waiting.result(timeout=30)
    edition = publisher(publish, roadmap=roadmap, by=None, at=TUESDAY, now=TUESDAY).result()
    content = edition.revisions.get(noun="item").as_content()
    assert (content.title, content.description) == ("Beta two", "Of beta two")
