"""What a person finds in the other installation: all of it, as it was."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.content.choices import Noun
from roadmap.content.things import from_json, to_json
from roadmap.models import (
    Api,
    Change,
    ChangelogEntry,
    Edition,
    Field,
    FieldValue,
    HistoryImport,
    Item,
    ItemApi,
    Milestone,
    Origin,
    Page,
    PreviewLink,
    Release,
    Revision,
    Roadmap,
    Save,
)
from roadmap.published import store
from roadmap.publishing import count_pending, marks, pending, publish, restore_edition
from roadmap.publishing.audit_trail import record_saves
from roadmap.working_copies.to_content import contents, roadmap_content
from tests import make
from tests.transfer.another import exported, forget_everything, imported
from tests.transfer.tampering import sealed
from tests.web import story
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db

NOW, LATER = make.at("2026-04-01"), make.at("2026-05-01")
ADDRESSES = [
    "/",
    "/vat-mtd/",
    "/vat-mtd/items/",
    "/vat-mtd/items/VAT-1/",
    "/vat-mtd/items/VAT-19/",
    "/vat-mtd/changelog/",
    "/vat-mtd/changes.atom",
    "/vat-mtd/items.csv",
]


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(store, "now", lambda: NOW)
    monkeypatch.setattr(store, "_shelf", store._Shelf())


@pytest.fixture
def start_again(monkeypatch):
    """As another installation: no rows, no uploads, nothing in memory."""

    def start():
        forget_everything()
        monkeypatch.setattr(store, "_shelf", store._Shelf())

    return start


@pytest.fixture
def told():
    """The story, then an edition that waits for its time, edits that nobody published, and a last import."""
    story.tell()
    roadmap = Roadmap.objects.get()
    roadmap.asks_reasons = True
    roadmap.save()
    roadmap.items.filter(reference="VAT-2").update(title="Scheduled title")
    entry = make.changelog_entry(roadmap, title="Announced", when="1 May 2026")
    publish(roadmap=roadmap, by=make.user(), note="To come", at=LATER, now=NOW)
    Edition.objects.filter(number=8).change_unseen(NOW, announcement=entry.uid)
    make.item(roadmap, title="Never published", values={make.field(roadmap, name="Tax years"): "26-27"})
    roadmap.items.filter(reference="VAT-3").update(journey="Unpublished journey")
    roadmap.pages.first().delete()
    content = roadmap_content(roadmap)
    Origin.objects.create(
        roadmap=roadmap,
        noun=Noun.ROADMAP,
        uid=roadmap.uid,
        content=to_json(content),
        source="index.md:1",
        imported_at=NOW,
    )
    HistoryImport.objects.create(
        roadmap=roadmap,
        first_commit="1" * 40,
        folder="source/documentation",
        last_commit="2" * 40,
        edition_count=7,
        imported_at=NOW,
    )
    roadmap.team.add(make.user())
    record_saves(roadmap, by=None, action="Saved", at=NOW)
    PreviewLink.objects.create(roadmap=roadmap, created_by=make.user(), created_at=NOW, expires_at=LATER)
    return roadmap


def rows():
    """Everything that moves, row by row, without what one database calls a row and another does not."""
    return {
        model.__name__: [*model.objects.order_by("pk").values_list(*names)]
        for model, names in {
            Roadmap: [column.name for column in Roadmap._meta.fields if column.name != "id"],
            Page: ["uid", "roadmap__uid", "title", "slug", "body", "is_on_home", "position"],
            Release: ["uid", "roadmap__uid", "title", "when", "horizon", "is_deployed", "introduction", "position"],
            Item: [
                *("uid", "roadmap__uid", "reference", "title", "description", "journey", "kind", "audiences"),
                *("is_breaking", "release__uid", "position"),
            ],
            Api: ["name", "url"],
            ItemApi: ["item__uid", "api__name", "version", "position"],
            Field: ["roadmap__uid", "name", "key", "explanation", "position"],
            FieldValue: ["item__uid", "field__key", "value"],
            Milestone: ["item__uid", "environment", "when", "is_deployed"],
            ChangelogEntry: ["uid", "roadmap__uid", "title", "when", "body", "position"],
            Origin: ["roadmap__uid", "noun", "uid", "content", "source", "imported_at"],
            HistoryImport: ["roadmap__uid", "first_commit", "folder", "last_commit", "edition_count", "imported_at"],
            Edition: [
                *("uid", "roadmap__uid", "roadmap_slug", "number", "published_at", "was_seen", "note", "announcement"),
            ],
        }.items()
    } | {
        "Revision": [
            *Revision.objects.order_by("edition__number", "pk").values_list(
                "edition__number", "noun", "uid", "title", "address", "content", "digest"
            )
        ],
        "Change": [
            *Change.objects.order_by("revision__edition__number", "pk").values_list(
                "revision__uid", "revision__edition__number", "field", "before", "after", "reason", "is_minor"
            )
        ],
    }


def test_every_row_is_there_again_as_it_was_and_the_next_export_has_the_same_bytes(told, start_again, tmp_path):
    before, file = rows(), exported("vat-mtd")
    assert all(before.values())
    start_again()
    imported(file, tmp_path)
    after = rows()
    for model in before:
        assert after[model] == before[model], model
    assert exported("vat-mtd") == file


def test_people_and_what_was_theirs_stay_behind(told, start_again, tmp_path):
    file = exported("vat-mtd")
    for name in told.team.values_list("username", flat=True):
        assert name.encode() not in file
    start_again()
    roadmap = imported(file, tmp_path)
    assert not Save.objects.exists()
    assert not PreviewLink.objects.exists()
    assert not roadmap.team.exists()
    assert not Edition.objects.exclude(published_by=None).exists()


def test_readers_get_the_same_pages_feeds_and_downloads(told, start_again, tmp_path, client):
    before = {url: client.get(url) for url in ADDRESSES}
    assert story.CORRECTED in before["/vat-mtd/items/VAT-19/"].content.decode()
    file = exported("vat-mtd")
    start_again()
    assert client.get("/vat-mtd/").status_code == 404
    imported(file, tmp_path)
    for url, old in before.items():
        new = client.get(url)
        assert (new.status_code, new.content) == (old.status_code, old.content), url
        assert new.headers.get("ETag") == old.headers.get("ETag"), url


def test_what_is_pending_is_pending_there(told, start_again, tmp_path):
    # Of the scheduled edition nothing; two items, the roadmap for its new column, and the page that was deleted.
    before, file = marks(pending(told)), exported("vat-mtd")
    assert count_pending(told) == 4
    start_again()
    roadmap = imported(file, tmp_path)
    assert count_pending(roadmap) == 4
    assert marks(pending(roadmap)) == before


def test_a_scheduled_edition_stays_scheduled_and_appears_on_its_time(told, start_again, tmp_path, client, monkeypatch):
    file = exported("vat-mtd")
    start_again()
    imported(file, tmp_path)
    [waiting] = Edition.objects.all().scheduled(NOW)
    assert (waiting.number, waiting.published_at, waiting.note) == (8, LATER, "To come")
    assert "Scheduled title" not in client.get("/vat-mtd/items/VAT-2/").content.decode()
    monkeypatch.setattr(store, "now", lambda: LATER)
    assert "Scheduled title" in client.get("/vat-mtd/items/VAT-2/").content.decode()


def test_of_an_older_file_readers_see_what_is_past_and_that_is_recorded(told, start_again, tmp_path, client):
    first, *lines = exported("vat-mtd").splitlines()[:-1]
    older = [json.dumps(json.loads(first) | {"format_version": 1}).encode()]
    for line in lines:
        older.append(re.sub(rb'"was_seen":(true|false),', b"", line) if b'"record":"edition"' in line else line)
    start_again()
    imported(sealed(older), tmp_path)
    assert not Edition.objects.filter(was_seen=True).exists()
    assert client.get("/vat-mtd/").status_code == 200
    assert [*Edition.objects.order_by("number").values_list("was_seen", flat=True)] == [True] * 7 + [False]


def test_work_goes_on_there(told, start_again, tmp_path):
    file = exported("vat-mtd")
    start_again()
    roadmap = imported(file, tmp_path)
    assert make.item(roadmap).reference == "VAT-21"
    edition = publish(roadmap=roadmap, by=None, at=LATER, now=LATER)
    assert edition.number == 9
    assert count_pending(roadmap) == 0
    restore_edition(Edition.objects.get(number=1))
    assert count_pending(roadmap) > 0


def test_a_roadmap_that_was_never_published_moves_too(start_again, tmp_path):
    whole_roadmap()
    before, file = rows(), exported("vat-mtd")
    start_again()
    roadmap = imported(file, tmp_path)
    assert rows() == before
    assert count_pending(roadmap) == len([*contents(roadmap)])


def test_other_roadmaps_are_neither_moved_nor_touched(told, tmp_path):
    file = exported("vat-mtd")
    other = make.roadmap(slug="other", title="Entirely other", reference_prefix="OTHER")
    make.item(other, apis=((Api.objects.get(), "2.0"),))
    make.edition(other, at=NOW)
    assert exported("vat-mtd") == file
    untouched = exported("other")
    forget_everything()
    imported(untouched, tmp_path)
    imported(file, tmp_path)
    assert exported("other") == untouched
    assert exported("vat-mtd") == file
    assert Api.objects.count() == 1


def test_another_address_changes_everything_that_names_it(told, start_again, tmp_path, client):
    file = exported("vat-mtd")
    start_again()
    roadmap = imported(file, tmp_path, slug="vat")
    assert count_pending(roadmap) == 4
    assert client.get("/vat-mtd/").status_code == 404
    home = client.get("/vat/")
    assert home.status_code == 200
    assert "/vat-mtd/" not in home.content.decode()
    assert {*Edition.objects.values_list("roadmap_slug", flat=True)} == {"vat"}
    for text in Revision.objects.filter(noun="roadmap").values_list("content", flat=True):
        assert from_json(Noun.ROADMAP, text).slug == "vat"
    assert from_json(Noun.ROADMAP, Origin.objects.get().content).slug == "vat"
    # Moved on, and back again: nothing else has changed on the way.
    there = exported("vat")
    start_again()
    imported(there, tmp_path, slug="vat-mtd")
    assert exported("vat-mtd") == file


@pytest.mark.skipif(not connection.features.has_select_for_update, reason="this database locks as a whole")
def test_nobody_edits_or_publishes_while_it_is_written(told):
    with CaptureQueriesContext(connection) as asked:
        exported("vat-mtd")
    locking = [n for n, query in enumerate(asked.captured_queries) if "FOR UPDATE" in query["sql"]]
    reading_items = [n for n, query in enumerate(asked.captured_queries) if '"roadmap_milestone"' in query["sql"]]
    assert locking
    assert reading_items[0] > locking[0]
