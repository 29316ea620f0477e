import gzip
import json
import resource
import stat
import threading
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from roadmap.keeping import archive
from roadmap.keeping.backup import backup, one_moment
from roadmap.keeping.rows import LEFT_OUT, MODELS_LEFT_OUT, columns_of, kept_models
from roadmap.models import Roadmap, SignIn
from tests import make
from tests.keeping.sites import pieces, written
from tests.management.run import refusal, run
from tests.transfer.another import forget_everything, upload
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _roadmap():
    forget_everything()
    make.edition(whole_roadmap(), at=make.at("2026-03-24"))


def test_it_says_what_is_kept_and_only_its_owner_may_read_it(tmp_path):
    upload("markdown/picture.png")
    ended = run("backup", tmp_path / "site.tar")
    assert ended == (0, [f"Kept the site in {tmp_path}/site.tar: 1 roadmap, 1 edition, 1 picture."], [])
    assert stat.S_IMODE((tmp_path / "site.tar").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["site.tar"]


def test_the_file_says_of_what_it_is(tmp_path):
    run("backup", tmp_path / "site.tar")
    found = pieces(tmp_path / "site.tar")
    names = [*found]
    assert (names[0], names[-1]) == ("head.json", "end.json")
    head, end = json.loads(found["head.json"]), json.loads(found["end.json"])
    assert (head["format"], head["software"], head["database"]) == (
        "roadmap-backup",
        settings.VERSION,
        connection.vendor,
    )
    assert "0001_working_copies_and_editions" in head["migrations"]["roadmap"]
    assert [*end["digests"]] == names[:-1]
    assert end["rows"]["roadmap_item"] == 4


def test_a_name_in_gz_packs_it(tmp_path):
    run("backup", tmp_path / "site.tar.gz")
    assert gzip.decompress((tmp_path / "site.tar.gz").read_bytes())[:9] == b"head.json"


def test_every_column_of_every_table_can_be_kept():
    """A new kind of column is one that roadmap/keeping/rows.py must learn."""
    kept = kept_models(apps)
    assert all(columns_of(model) for model in kept)
    left = [model._meta for model in apps.get_models(include_auto_created=True) if model not in kept]
    assert {model.app_label for model in left} == LEFT_OUT | {"roadmap"}
    assert {model.model_name for model in left if model.app_label == "roadmap"} == MODELS_LEFT_OUT


def test_who_is_signed_in_is_not_kept(tmp_path):
    ends = make.at("2030-01-01")
    Session.objects.create(session_key="canary", session_data="canary", expire_date=ends)
    SignIn.objects.create(session_key="canary", expire_date=ends, begun_at=ends, seen_at=ends)
    kept = pieces(written(backup, tmp_path / "a.tar"))
    assert not [name for name in kept if "session" in name or "axes" in name or "signin" in name]


def test_a_file_that_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "site.tar").write_text("Last week's")
    assert refusal("backup", tmp_path / "site.tar").endswith("is there already. Give another name, or move it away.")
    assert (tmp_path / "site.tar").read_text() == "Last week's"


def test_a_folder_that_is_not_there_is_said(tmp_path):
    assert refusal("backup", tmp_path / "no" / "site.tar") == (
        f"CommandError: {tmp_path}/no/site.tar cannot be written: No such file or directory. "
        "There is no file of that name."
    )


@contextmanager
def room_for(size):
    """No file may grow over that many bytes, as on a disk that is nearly full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_without_room_for_all_of_it_there_is_no_file_and_it_is_said(tmp_path):
    upload("markdown/picture.png", b"x" * 500_000)
    with room_for(300_000):
        line = refusal("backup", tmp_path / "site.tar")
    assert line == (
        f"CommandError: {tmp_path}/site.tar cannot be written: File too large. There is no file of that name."
    )
    assert [*tmp_path.iterdir()] == []


def test_a_picture_that_is_being_written_makes_no_wrong_backup(tmp_path, monkeypatch):
    upload("markdown/picture.png")
    monkeypatch.setattr("django.core.files.base.File.size", 10_000)
    assert "cannot be written" in refusal("backup", tmp_path / "site.tar")
    assert [*tmp_path.iterdir()] == []


def test_a_picture_of_any_size_takes_no_more_memory(tmp_path, monkeypatch):
    """It is read a piece at a time."""
    upload("markdown/picture.png", b"x" * 3_000_000)
    asked, read = [], archive._Counted.read
    monkeypatch.setattr(archive._Counted, "read", lambda self, size=-1: asked.append(size) or read(self, size))
    backup(lambda content: None)
    assert len(asked) > 3
    assert all(0 < size <= 1024 * 1024 for size in asked)


@pytest.mark.django_db(transaction=True)
def test_all_is_of_one_moment_and_nobody_waits_for_it():
    title = Roadmap.objects.get().title
    outcomes = []

    def rename():
        try:
            outcomes.append(Roadmap.objects.update(title="Renamed meanwhile"))
        finally:
            connection.close()

    with one_moment():
        assert Roadmap.objects.get().title == title
        other = threading.Thread(target=rename)
        other.start()
        other.join(10)
        assert outcomes == [1]
        assert Roadmap.objects.get().title == title
    assert Roadmap.objects.get().title == "Renamed meanwhile"
