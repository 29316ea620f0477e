"""A site that is put back is the same, to the byte; whatever is wrong, nothing is changed."""

import json
import tarfile
from hashlib import sha256

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import connection

from roadmap.keeping import restore as restoring
from roadmap.keeping.backup import backup
from roadmap.keeping.restore import name_of_database, restore
from roadmap.models import Change, Item, PreviewLink, Roadmap
from tests import make
from tests.keeping import old_site
from tests.keeping.sites import all_exported, pieces, with_head, with_pieces, written
from tests.management.run import refusal, run
from tests.transfer.another import PIXEL, forget_everything, upload
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db(transaction=True)

API = ["/api/v1/roadmaps", "/api/v1/roadmaps/vat-mtd/items", "/api/v1/roadmaps/vat-mtd/editions"]


@pytest.fixture
def site():
    """Two roadmaps, one with a column of its own; two editions on a day, one to come, a draft, a picture, a person."""
    forget_everything()
    roadmap = whole_roadmap()
    make.edition(roadmap, at=make.at("2026-03-24"))
    roadmap.items.filter(reference="VAT-1").update(title="É renamed", description="  a\r\n\tb ")
    make.edition(roadmap, at=make.at("2026-03-24", "09:30:00.000001"))
    roadmap.items.filter(reference="VAT-2").delete()
    make.edition(roadmap, at=make.at("2099-01-01"))
    Item.objects.filter(reference="VAT-3").update(title="A draft")
    make.item(make.roadmap(slug="other", footer="![Seen](/media/markdown/seen.png)"), title="Alone")
    upload("markdown/seen.png")
    User.objects.create_user("ann", password="a long password")
    return all_exported()


def emptied():
    forget_everything()
    User.objects.all().delete()


def answers(client):
    return {path: (answer.content, answer["ETag"]) for path in API if (answer := client.get(path))}


def test_an_empty_site_becomes_the_same_byte_for_byte(site, client, tmp_path):
    before, shown = old_site.values(apps), answers(client)
    ended = run("backup", tmp_path / "site.tar")
    assert ended.code == 0
    emptied()
    ended = run("restore", tmp_path / "site.tar")
    assert (ended.code, ended.err) == (0, [])
    assert ended.out[0].endswith(f"from {connection.vendor}): 2 roadmaps, 3 editions, 1 picture.")
    assert ended.out[1:] == ["Everybody signs in again."]
    assert all_exported() == site
    assert answers(client) == shown
    after = old_site.values(apps)
    (event,) = after.pop("roadmap_securityevent")  # that it was restored
    assert event["words"] == f"Restored from {tmp_path}/site.tar"
    assert after | {"roadmap_securityevent": []} == before
    assert default_storage.open("markdown/seen.png").read() == PIXEL
    assert User.objects.get(username="ann").check_password("a long password")


def test_a_packed_backup_is_the_same(site, tmp_path):
    run("backup", tmp_path / "site.tar.gz")
    emptied()
    assert run("restore", tmp_path / "site.tar.gz").code == 0
    assert all_exported() == site


def test_work_goes_on_where_it_stopped(site, tmp_path):
    """A new edition has the next number, a new row a key that no link ever had."""
    person, at = User.objects.get(), make.at("2026-03-24")
    times = {"created_at": at, "expires_at": make.at("2026-04-24")}
    link = PreviewLink.objects.create(roadmap=Roadmap.objects.first(), created_by=person, **times)
    key = link.pk
    link.delete()
    file = written(backup, tmp_path / "site.tar")
    emptied()
    restore(file)
    roadmap = Roadmap.objects.get(slug="other")
    assert PreviewLink.objects.create(roadmap=roadmap, created_by=User.objects.get(), **times).pk > key
    assert make.edition(roadmap).number == 1


def test_a_site_that_has_something_is_left_as_it_is(site, tmp_path):
    run("backup", tmp_path / "site.tar")
    Item.objects.filter(title="Alone").update(title="Typed since")
    line = refusal("restore", tmp_path / "site.tar")
    assert line == (
        "CommandError: This site has 2 roadmaps and 1 person. Nothing was changed. Restore into an empty site, or "
        f"replace all that this one has with --replace {name_of_database()}: it is kept in a backup of its own first."
    )
    assert refusal("restore", tmp_path / "site.tar", "--replace", "another") == (
        f"CommandError: This site's database is {name_of_database()}, not another. Nothing was changed."
    )
    assert Item.objects.filter(title="Typed since").exists()


def test_what_is_replaced_is_kept(site, tmp_path):
    run("backup", tmp_path / "site.tar")
    Item.objects.filter(title="Alone").update(title="Typed since")
    upload("markdown/later.png")
    since = all_exported()
    ended = run("restore", tmp_path / "site.tar", "--replace", name_of_database())
    assert ended.code == 0
    assert all_exported() == site
    [kept] = tmp_path.glob("replaced-*.tar")
    assert ended.out[1:] == [
        "Left as they are: 1 picture here that the backup does not have.",
        f"What this site had is kept in {kept}.",
        "Everybody signs in again.",
    ]
    assert run("restore", kept, "--replace", name_of_database()).code == 0
    assert all_exported() == since


def test_a_backup_of_a_newer_version_is_refused(site, tmp_path):
    file = written(backup, tmp_path / "site.tar")
    emptied()
    migrations = json.loads(pieces(file)["head.json"])["migrations"]
    for change in (
        {"software": "99.1.0"},
        {"format_version": 2},
        {"migrations": migrations | {"roadmap": [*migrations["roadmap"], "9999_of_next_year"]}},
    ):
        line = refusal("restore", with_head(written(backup, tmp_path / "newer.tar"), **change))
        assert "was made by version" in line
        assert line.endswith("Restore it with that version or a newer one. Nothing was changed.")
    assert not Roadmap.objects.exists()


def cut_at(share):
    def cut(file):
        content = file.read_bytes()
        file.write_bytes(content[: int(len(content) * share)])

    return cut


def write_anew(file, whole):
    with tarfile.open(file, "w"):
        pass
    with_pieces(file, whole)


def without_end(file):
    """Cut where a piece ends."""
    whole = pieces(file)
    del whole["end.json"]
    write_anew(file, whole)


def another_title(file):
    [name] = [name for name in pieces(file) if name.startswith("rows/roadmap_item/")]
    with_pieces(file, {name: pieces(file)[name].replace(b"Alone", b"Other")})


DAMAGED = [cut_at(0.3), cut_at(0.8), without_end, another_title]
NOT_OURS = [
    lambda file: file.write_bytes(b""),
    lambda file: file.write_bytes(b"PK\x03\x04" + b"x" * 5000),
    lambda file: file.write_bytes(b"\x1f\x8b\x08" + b"x" * 5000),
    lambda file: write_anew(file, {"etc/passwd": b"root"}),
    lambda file: with_head(file, format="another"),
    lambda file: with_pieces(file, {"head.json": b"{"}),
]


def test_what_is_cut_short_or_not_ours_is_refused_in_one_line(site, tmp_path):
    whole = written(backup, tmp_path / "site.tar").read_bytes()
    emptied()
    for spoil in (*DAMAGED, *NOT_OURS):
        file = tmp_path / "spoilt.tar"
        file.write_bytes(whole)
        spoil(file)
        line = refusal("restore", file)
        told = "is cut short or damaged: " if spoil in DAMAGED else "is no backup of this software, or is cut short"
        assert told in line
        assert line.endswith("Nothing was changed.")
    assert "No such file or directory. Nothing was changed." in refusal("restore", tmp_path / "nowhere.tar")
    assert not Roadmap.objects.exists()
    assert not default_storage.exists("markdown/seen.png")


def test_a_restore_that_breaks_off_leaves_the_site_as_it_was(site, tmp_path, monkeypatch):
    file = written(backup, tmp_path / "site.tar")
    Item.objects.filter(title="Alone").update(title="Typed since")
    default_storage.delete("markdown/seen.png")
    upload("markdown/mine.png")
    since, rows = all_exported(), old_site.values(apps)

    def break_off(*args):
        assert not Item.objects.filter(title="Typed since").exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "emit_post_migrate_signal", break_off)
    with pytest.raises(KeyboardInterrupt):
        restore(file, replace=lambda: None)
    assert all_exported() == since
    assert old_site.values(apps) == rows
    assert not default_storage.exists("markdown/seen.png")
    assert default_storage.exists("markdown/mine.png")


def test_half_a_picture_that_a_killed_restore_left_is_made_whole(site, tmp_path):
    file = written(backup, tmp_path / "site.tar")
    emptied()
    upload("markdown/seen.png", PIXEL[:20])
    restore(file)
    assert default_storage.open("markdown/seen.png").read() == PIXEL


def test_without_room_for_what_it_replaces_nothing_is_replaced(site, tmp_path, monkeypatch):
    file = written(backup, tmp_path / "site.tar")

    def full(write):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("roadmap.management.commands.restore.backup", full)
    line = refusal("restore", file, "--replace", name_of_database())
    assert "cannot be written: No space left on device." in line
    assert line.endswith("Nothing was changed.")
    assert all_exported() == site
    assert [path.name for path in tmp_path.iterdir()] == ["site.tar"]


def test_rows_that_point_at_nothing_are_refused(site, tmp_path):
    whole = written(backup, tmp_path / "site.tar")
    found = pieces(whole)
    end = json.loads(found["end.json"])
    [name] = [name for name in found if name.startswith("rows/roadmap_release/")]
    end["rows"]["roadmap_release"], end["digests"][name] = 0, sha256(b"").hexdigest()
    with_pieces(whole, {name: b"", "end.json": json.dumps(end).encode()})
    emptied()
    line = refusal("restore", whole)
    assert "The database does not take what" in line
    assert line.endswith("Nothing was changed.")
    assert not Roadmap.objects.exists()
    assert not Change.objects.exists()
