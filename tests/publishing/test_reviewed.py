"""What was reviewed is published, as it was read, while others save."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from roadmap.models import Item, Page, Roadmap
from roadmap.publishing import Announcement, Choices, NothingToPublish, PendingHasChanged, marks, pending, publish
from roadmap.publishing.audit_trail import record_before, record_deletion, record_save
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db


def save(copy, **fields):
    """As a form does: what was there is kept, and what comes."""
    record_before(copy)
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save()
    record_save(copy, by=None)


def delete(copy):
    record_before(copy)
    record_deletion(copy, by=None)
    copy.delete()


def told(edition):
    return {revision.title: revision.as_content() for revision in edition.revisions.exclude(content="")}


@pytest.fixture
def roadmap():
    """Readers have two pages, “About” and “Terms”; both are reworded, and a third is new."""
    made = make.roadmap(title="VAT")
    pages = [make.page(made, title=title, slug=title.lower(), body="first") for title in ("About", "Terms")]
    make.edition(made)
    for page in pages:
        save(page, body="second")
    save(make.page(made, title="New", slug="new", body="second"))
    return made


def page(roadmap, title):
    return roadmap.pages.get(title=title)


def bodies(edition):
    return {title: content.body for title, content in told(edition).items()}


def waiting(roadmap):
    return [thing.title for thing in pending(roadmap)]


def test_what_was_saved_since_stays_pending_and_what_was_read_is_published(roadmap):
    reviewed = marks(pending(roadmap))
    save(page(roadmap, "About"), body="third", title="About us")
    save(make.page(roadmap, title="Newer"))
    edition = publish(roadmap=roadmap, by=None, reviewed=reviewed)
    assert bodies(edition) == {"About": "second", "Terms": "second", "New": "second"}
    assert waiting(roadmap) == ["About us", "Newer"]
    assert page(roadmap, "About us").body == "third"
    (change,) = edition.revisions.get(title="About").changes.all()
    assert (change.field, change.before, change.after) == ("body", "first", "second")
    assert bodies(publish(roadmap=roadmap, by=None)) == {"About us": "third", "Newer": ""}


def put_back(roadmap):
    save(page(roadmap, "About"), body="first")


def deleted(roadmap):
    delete(page(roadmap, "About"))


def published_by_others(roadmap):
    others = frozenset(str(page(roadmap, title).uid) for title in ("Terms", "New"))
    publish(roadmap=roadmap, by=None, choices=Choices(leave_out=others))


def published_by_others_and_saved(roadmap):
    published_by_others(roadmap)
    save(page(roadmap, "About"), body="third")


def saved_where_nothing_records_it(roadmap):
    Page.objects.filter(title="About").update(body="third")
    roadmap.saves.filter(title="About")._raw_delete(using=connection.alias)


@each_case(
    ("happens", "is_pending"), [(put_back, False), (deleted, True), (published_by_others, False),
    (published_by_others_and_saved, True), (saved_where_nothing_records_it, True)],
)  # fmt: skip
def test_what_was_taken_back_or_is_otherwise_public_since_is_left_out(roadmap, happens, is_pending):
    reviewed = marks(pending(roadmap))
    happens(roadmap)
    assert bodies(publish(roadmap=roadmap, by=None, reviewed=reviewed)) == {"Terms": "second", "New": "second"}
    assert waiting(roadmap) == ["About"] * is_pending


def test_a_withdrawal_that_somebody_undid_is_left_out(roadmap):
    about = page(roadmap, "About")
    uid = about.uid
    delete(about)
    reviewed = marks(pending(roadmap))
    save(make.page(roadmap, title="About", slug="about", body="fourth", uid=uid))
    assert bodies(publish(roadmap=roadmap, by=None, reviewed=reviewed)) == {"Terms": "second", "New": "second"}
    assert waiting(roadmap) == ["About"]


def test_nothing_that_was_read_is_left(roadmap):
    reviewed = marks(pending(roadmap))
    publish(roadmap=roadmap, by=None)
    save(page(roadmap, "About"), body="third")
    entry = Announcement(title="Reworded", when="March 2026", body="")
    for choices in (Choices(), Choices(announcement=entry)):
        with pytest.raises(PendingHasChanged):
            publish(roadmap=roadmap, by=None, reviewed=reviewed, choices=choices)
    assert roadmap.editions.count() == 2
    assert not roadmap.changelog_entries.exists()
    with pytest.raises(NothingToPublish):
        publish(roadmap=roadmap, by=None, reviewed={})


def test_what_was_left_out_stays_so_whatever_was_saved_since(roadmap):
    reviewed = marks(pending(roadmap))
    about = page(roadmap, "About")
    save(about, body="third")
    left_out = frozenset([str(about.uid)])
    edition = publish(roadmap=roadmap, by=None, reviewed=reviewed, choices=Choices(leave_out=left_out))
    assert bodies(edition) == {"Terms": "second", "New": "second"}
    assert waiting(roadmap) == ["About"]


def test_the_entry_that_announces_it_goes_out_with_it(roadmap):
    reviewed = marks(pending(roadmap))
    save(page(roadmap, "About"), body="third")
    entry = Announcement(title="Reworded", when="March 2026", body="")
    edition = publish(roadmap=roadmap, by=None, reviewed=reviewed, choices=Choices(announcement=entry))
    assert set(told(edition)) == {"About", "Terms", "New", "Reworded"}


def test_a_date_is_published_with_the_meaning_and_the_reason_that_were_reviewed():
    roadmap = make.roadmap(asks_reasons=True)
    item = make.item(roadmap, title="Agents", live="Q2 2026")
    make.edition(roadmap)
    for when in ("Q3 2026", "Q4 2026"):
        reviewed = marks(pending(roadmap))
        record_before(item)
        item.milestones.update(when=when)
        record_save(item, by=None)
    choices = Choices(reasons={(str(item.uid), "milestone.live"): "More testing"})
    edition = publish(roadmap=roadmap, by=None, reviewed=reviewed, choices=choices)
    (change,) = edition.revisions.get().changes.all()
    assert (change.after["when"], change.reason) == ("Q3 2026", "More testing")
    assert str(told(edition)["Agents"].milestones[0].when) == "July to September 2026"
    assert [change.after["when"] for change in pending(roadmap)[0].changes] == ["Q4 2026"]


def test_what_is_left_out_does_not_leave_the_rest_torn():
    roadmap = make.roadmap()
    make.edition(roadmap)
    release = make.release(roadmap, title="June 2026")
    item = make.item(roadmap, title="Agents", release=release)
    record_save(item, by=None)
    reviewed = marks(pending(roadmap))
    save(item, release=None)
    delete(release)
    with pytest.raises(PendingHasChanged):
        publish(roadmap=roadmap, by=None, reviewed=reviewed)
    assert roadmap.editions.count() == 1


def test_it_costs_the_same_queries_whatever_the_number_of_saves(roadmap, django_assert_max_num_queries):
    pages = [make.page(roadmap, body="second") for _ in range(10)]
    for count in (2, 10):
        for made in pages[:count]:
            save(made, body=f"{made.body} {count}")
        reviewed = marks(pending(roadmap))
        for made in pages[:count]:
            save(made, body=f"{made.body} since")
        with django_assert_max_num_queries(31):
            publish(roadmap=roadmap, by=None, reviewed=reviewed)


@pytest.mark.django_db(transaction=True)
def test_a_publisher_who_waits_for_an_editor_publishes_what_was_read():
    roadmap = make.roadmap()
    item = make.item(roadmap, title="one", description="one")
    record_save(item, by=None)
    reviewed = marks(pending(roadmap))

    def published():
        try:
            return publish(roadmap=roadmap, by=None, reviewed=reviewed)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            Roadmap.objects.lock(roadmap.pk)
            save(item, title="two")
            waits = thread.submit(published)
            save(item, description="two")
        edition = waits.result(timeout=30)
    content = edition.revisions.get(noun="item").as_content()
    assert (content.title, content.description) == ("one", "one")
    (later,) = pending(roadmap)
    assert (later.after.title, later.after.description) == ("two", "two")
    assert Item.objects.get().title == "two"
