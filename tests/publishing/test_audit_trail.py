"""What is kept of every save, by whom and under which words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import Item, Milestone, Save
from roadmap.publishing import CannotRestore, pending, restore_edition
from roadmap.publishing.audit_trail import (
    BEGINNING,
    UNRECORDED,
    deleted_things,
    record_all_before,
    record_before,
    record_deletion,
    record_save,
    record_saves,
    restore_save,
)
from tests import make

pytestmark = pytest.mark.django_db
AT = make.at("2026-03-24")


def told(uid):
    """Newest first: what was done, and what the thing was called then."""
    return [(save.action, getattr(save.as_content(), "title", None)) for save in Save.objects.of_thing(uid)]


def rename(copy, title):
    type(copy).objects.filter(pk=copy.pk).update(title=title)


def test_a_save_keeps_who_when_and_the_whole_thing():
    by = make.user()
    item = make.item(make.roadmap(), title="Multiple agents", live="June 2026")
    save = record_save(item, by=by, at=AT)
    assert (save.saved_by, save.saved_at, save.action, save.title) == (by, AT, "Saved", "Multiple agents")
    assert save.as_content().milestones[0].typed == "June 2026"


def test_nothing_is_kept_where_nothing_differs():
    item = make.item(make.roadmap())
    assert record_save(item, by=None)
    assert record_save(item, by=None) is None
    Milestone.objects.create(item=item, environment="live", when="June 2026")  # of an inline alone
    assert record_save(item, by=None)
    assert Save.objects.count() == 2


def test_what_was_there_before_the_first_save_is_kept_as_nobodys():
    item = make.item(make.roadmap(), title="Imported")
    record_before(item, at=AT)
    rename(item, "Mine")
    record_save(item, by=make.user(), at=AT)
    assert told(item.uid) == [("Saved", "Mine"), (BEGINNING, "Imported")]
    assert Save.objects.of_thing(item.uid).last().saved_by is None


def test_what_a_script_changed_is_not_put_down_to_who_saves_next():
    item = make.item(make.roadmap(), title="One")
    record_save(item, by=None, at=AT)
    rename(item, "By a script")
    record_before(item, at=AT)
    rename(item, "Mine")
    record_save(item, by=make.user(), at=AT)
    assert told(item.uid) == [("Saved", "Mine"), (UNRECORDED, "By a script"), ("Saved", "One")]


def test_record_saves_keeps_all_that_differs_and_nothing_else():
    roadmap = make.roadmap()
    kept, changed, gone = (make.item(roadmap, title=title) for title in ("Kept", "Changed", "Gone"))
    record_all_before(roadmap, at=AT)
    rename(changed, "Changed now")
    gone_uid = gone.uid
    gone.delete()
    new = make.page(roadmap, title="New")
    by = make.user()
    saves = record_saves(roadmap, by=by, action="Restored edition 3", at=AT)
    assert {(save.title, bool(save.content)) for save in saves} == {
        ("Changed now", True),
        ("New", True),
        ("Gone", False),
    }
    assert {save.saved_by for save in saves} == {by}
    assert told(kept.uid) == [(BEGINNING, "Kept")]
    assert told(changed.uid) == [("Restored edition 3", "Changed now"), (BEGINNING, "Changed")]
    assert told(gone_uid)[0] == ("Restored edition 3", None)
    assert told(new.uid) == [("Restored edition 3", "New")]
    assert record_saves(roadmap, by=by, action="Again") == []


def test_what_is_public_as_it_is_needs_no_save():
    roadmap = make.roadmap()
    make.item(roadmap, title="Public")
    draft = make.page(roadmap, title="Draft")
    Item.objects.update(title="Public")
    make.edition(roadmap, at=AT)
    rename(draft, "Draft again")
    assert [save.title for save in record_saves(roadmap, by=None, action="Imported")] == ["Draft again"]


def test_record_saves_asks_as_many_queries_for_many_things_as_for_few():
    def count(items):
        roadmap = make.roadmap()
        for _ in range(items):
            make.item(roadmap, live="June 2026")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            record_saves(roadmap, by=None, action="Imported")
        assert Save.objects.filter(roadmap=roadmap).count() == items + 1
        return len(queries)

    assert count(60) == count(2)


def test_a_deletion_is_kept_and_the_thing_is_found_again():
    roadmap = make.roadmap()
    page = make.page(roadmap, title="Who we are", body="The team")
    record_save(page, by=None, at=AT)
    uid = str(page.uid)
    page.delete()
    record_deletion(page, by=make.user(), at=AT)
    assert told(uid) == [("Deleted", None), ("Saved", "Who we are")]
    assert [(found, title) for found, _, title in deleted_things(roadmap)] == [(uid, "Who we are")]

    restore_save(Save.objects.of_thing(uid).last())
    assert roadmap.pages.get(uid=uid).body == "The team"
    assert deleted_things(roadmap) == []


def test_what_was_withdrawn_before_this_history_began_is_among_the_deleted():
    roadmap = make.roadmap()
    page = make.page(roadmap, title="Who we are")
    make.edition(roadmap, at=AT)
    page.delete()
    assert [title for _, _, title in deleted_things(roadmap)] == ["Who we are"]


def test_a_save_of_another_roadmap_is_not_this_ones():
    ours, theirs = make.roadmap(), make.roadmap()
    page = make.page(theirs)
    record_saves(theirs, by=None, action="Saved")
    page.delete()
    record_saves(theirs, by=None, action="Deleted")
    assert deleted_things(ours) == []
    assert {save.title for save in record_saves(ours, by=None, action="Saved")} == {ours.title}


def test_a_deletion_has_nothing_to_restore():
    page = make.page(make.roadmap())
    save = record_deletion(page, by=None)
    with pytest.raises(CannotRestore):
        restore_save(save)


def test_a_save_whose_release_is_gone_is_not_restored():
    roadmap = make.roadmap()
    release = make.release(roadmap, title="Near term")
    item = make.item(roadmap, release=release, title="In it")
    save = record_save(item, by=None)
    Item.objects.filter(pk=item.pk).update(release=None, title="Out of it")
    release.delete()
    with pytest.raises(CannotRestore, match="no longer exists"):
        restore_save(save)
    assert Item.objects.get().title == "Out of it"


def test_a_roadmap_that_was_never_published_is_deleted_with_its_saves():
    roadmap = make.roadmap()
    record_saves(roadmap, by=None, action="Saved")
    roadmap.delete()
    assert not Save.objects.exists()


def test_saves_change_nothing_that_is_pending():
    roadmap = make.roadmap()
    item = make.item(roadmap)
    edition = make.edition(roadmap, at=AT)
    rename(item, "Draft")
    record_saves(roadmap, by=None, action="Saved")
    assert [one.title for one in pending(roadmap)] == ["Draft"]
    restore_edition(edition)
    assert pending(roadmap) == []
