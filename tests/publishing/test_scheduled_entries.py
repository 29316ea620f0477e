"""The changelog entries of editions that wait: drafted again, kept or gone as their editions change."""

import pytest

from roadmap.models import Edition, Revision
from roadmap.published import store
from roadmap.publishing import (
    Announcement,
    Choices,
    cancel,
    draft_announcement,
    entries_to_read,
    pending,
    reschedule,
)
from roadmap.publishing.pending import contents_with
from roadmap.working_copies.to_content import roadmap_content
from tests import make
from tests.publishing.week import (
    FRIDAY,
    SATURDAY,
    THURSDAY,
    WEDNESDAY,
    edit,
    item,
    now,
    scheduled,
)

pytestmark = pytest.mark.django_db


def announced(roadmap, at=FRIDAY, **options):
    announcement = Announcement(title="Roadmap updated", when=f"{at:%-d %B %Y}", body="- news")
    return scheduled(roadmap, at=at, choices=Choices(announcement=announcement), **options)


def test_the_entry_drafted_for_a_cancelled_edition_goes_with_it(roadmap):
    edit(item(roadmap), description="Other")
    cancel(announced(roadmap), now=WEDNESDAY)
    assert [one.title for one in pending(roadmap)] == ["Agents"]


def test_an_entry_that_staff_worked_on_since_is_kept_when_its_edition_is_cancelled(roadmap):
    edit(item(roadmap), description="Other")
    waiting = announced(roadmap)
    edit(roadmap.changelog_entries.get(), body="- better words")
    cancel(waiting, now=WEDNESDAY)
    assert roadmap.changelog_entries.get().body == "- better words"


def test_the_entry_drafted_for_an_edition_goes_by_its_new_day(roadmap):
    edit(item(roadmap), description="Other")
    reschedule(announced(roadmap), SATURDAY, now=WEDNESDAY)
    (entry,) = store.newest("vat-mtd", SATURDAY).snapshot.changelog
    assert str(entry.when) == "28 March 2026"
    assert pending(roadmap) == []


def test_an_entry_with_a_date_of_its_own_keeps_it(roadmap):
    edit(item(roadmap), description="Other")
    announcement = Announcement(title="Roadmap updated", when="March 2026", body="- news")
    waiting = scheduled(roadmap, choices=Choices(announcement=announcement))
    reschedule(waiting, SATURDAY, now=WEDNESDAY)
    (entry,) = store.newest("vat-mtd", SATURDAY).snapshot.changelog
    assert str(entry.when) == "March 2026"


@pytest.fixture
def with_entry(roadmap):
    """Agents moves and Losses comes on Friday, with the entry drafted for them, its lines broken as a browser does."""
    item(roadmap).milestones.update(when="September 2026")
    make.item(roadmap, title="Losses")
    found, reasons = pending(roadmap, FRIDAY), {(str(item(roadmap).uid), "milestone.live"): "A fault."}
    draft = draft_announcement(
        found,
        roadmap_content(roadmap),
        FRIDAY,
        known=lambda: contents_with(found, roadmap, FRIDAY),
        reasons=reasons,
    )
    sent = Announcement(title=draft.title, when=draft.when, body=draft.body.replace("\n", "\r\n"))
    assert "A fault." in sent.body
    return lambda **words: scheduled(
        roadmap, choices=Choices(announcement=Announcement(**{**vars(sent), **words}), reasons=reasons)
    )


def publish_the_move(roadmap):
    """With a fix of the same item, on Wednesday: Friday's edition has nothing left to change of Agents."""
    edit(item(roadmap), description="The text")
    now(roadmap)


def entries(roadmap):
    """What readers will have on Friday. They are not asked: what they see is seen for good."""
    found = Revision.objects.newest_of(roadmap, FRIDAY).filter(noun="changelog_entry").contents().values()
    return {entry.title: entry.body for entry in found}


def test_an_entry_that_nobody_rewrote_is_drafted_again_where_an_earlier_edition_takes_what_it_announces(
    roadmap, with_entry
):
    waiting = with_entry()
    publish_the_move(roadmap)
    told = {"‘Losses’ added": "- ‘Losses’: added"}
    assert entries(roadmap) == told
    assert {entry.title: entry.body for entry in roadmap.changelog_entries.all()} == told
    assert (pending(roadmap), entries_to_read(roadmap.editions.scheduled(WEDNESDAY))) == ([], [])
    edit(item(roadmap, "Losses"), description="Of parcels")
    now(roadmap, at=THURSDAY)  # now nothing is left to announce
    assert not Edition.objects.filter(pk=waiting.pk).exists()
    assert not roadmap.changelog_entries.exists()


def test_an_entry_that_somebody_rewrote_waits_to_be_read_where_an_earlier_edition_takes_what_it_announces(
    roadmap, with_entry
):
    waiting = with_entry(body="- Agents is late, and Losses comes")
    publish_the_move(roadmap)
    assert entries(roadmap) == {}
    (entry,) = roadmap.changelog_entries.all()
    assert entry.body == "- Agents is late, and Losses comes"
    assert entries_to_read(roadmap.editions.scheduled(WEDNESDAY)) == [(waiting, entry)]
    assert [thing.title for thing in pending(roadmap)] == [entry.title]
    edit(entry, body="- Losses comes")
    scheduled(roadmap, now=WEDNESDAY)
    assert list(entries(roadmap).values()) == ["- Losses comes"]
    assert entries_to_read(roadmap.editions.scheduled(WEDNESDAY)) == []


def test_an_entry_tells_the_move_that_is_left(roadmap, with_entry):
    with_entry()
    item(roadmap).milestones.update(when="July 2026")
    now(roadmap)
    (body,) = entries(roadmap).values()
    assert "live moved from July 2026 to September 2026. Reason: A fault." in body


def test_an_entry_that_is_drafted_and_then_edited_is_not_drafted_again(roadmap, with_entry):
    with_entry()
    edit(roadmap.changelog_entries.get(), body="- My words")
    item(roadmap).milestones.update(when="July 2026")
    now(roadmap, choices=Choices(leave_out=frozenset([str(roadmap.changelog_entries.get().uid)])))
    assert entries(roadmap) == {}
    assert roadmap.changelog_entries.get().body == "- My words"


@pytest.mark.parametrize("words", [{}, {"body": "- My words"}])
def test_an_entry_stays_where_what_it_announces_does(roadmap, with_entry, words):
    with_entry(**words)
    (before,) = roadmap.changelog_entries.values_list("title", "body")
    edit(roadmap.pages.get(), body="We")
    now(roadmap)
    assert [*roadmap.changelog_entries.values_list("title", "body")] == [before]
    assert entries(roadmap) == dict([before])


def test_cancelling_an_edition_brings_the_entries_of_later_ones_in_line_too(roadmap, with_entry):
    first = scheduled_alone(roadmap)
    with_entry()
    cancel(first, now=WEDNESDAY)
    assert "from June 2026 to September 2026" in roadmap.changelog_entries.get().body


def scheduled_alone(roadmap):
    """On Thursday Agents moves to July; what the fixture moved is put back afterwards."""
    item(roadmap).milestones.update(when="July 2026")
    losses = frozenset([str(roadmap.items.get(title="Losses").uid)])
    edition = scheduled(roadmap, at=THURSDAY, choices=Choices(leave_out=losses))
    item(roadmap).milestones.update(when="September 2026")
    return edition
