"""Uploads in a store that speaks S3, with a real one: roadmap_site/uploads.py, and all that reads or writes there."""

import asyncio
import logging
import socket
from math import inf

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from roadmap.models import Roadmap
from roadmap.web import site
from roadmap.web.page_store.application import PageStore
from roadmap_site import uploads as asking
from roadmap_site.check_settings import uploads
from tests import make
from tests.admin.editing.test_markdown_widget import picture, send
from tests.keeping.sites import all_exported
from tests.management.run import refusal, run
from tests.object_store import BUCKET, object_store
from tests.transfer.another import PIXEL, exported, forget_everything, imported, upload
from tests.web.page_store.asgi import ask
from tests.web.page_store.asgi import run as run_requests
from tests.web.page_store.stand_ins import StillWatch

NAME = "markdown/seen.png"
ADDRESS = f"/media/{NAME}"
NOT_ADDED = (
    "The image was not added, because it cannot be stored at the moment. Your text is as you wrote it. Try again in a "
    "minute. If this happens again, tell whoever runs this site."
)
PATIENCE = 60  # seconds: what is tested is what it says, and not how soon a busy machine says it


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with object_store(tmp_path_factory.mktemp("object-store")) as running:
        yield running


@pytest.fixture
def store(running, settings, monkeypatch, tmp_path):
    """The site keeps its uploads there, and nothing in its own folder."""
    for name, value in running.keys.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        asking, "READING", 60
    )  # what is tested is what it says, and not how soon a busy machine says it
    settings.MEDIA_ROOT = tmp_path / "media"
    use(settings, running.url)
    yield running
    if not running.is_running:
        running.start()
    monkeypatch.setattr(asking, "READING", PATIENCE)
    for name, value in running.keys.items():
        monkeypatch.setenv(name, value)
    use(settings, running.url)
    for name in running.files:
        default_storage.delete(name)
    assert not settings.MEDIA_ROOT.exists()


def use(settings, url):
    settings.UPLOADS_ARE_ELSEWHERE = bool(url)
    settings.STORAGES = {**settings.STORAGES, "default": uploads(url)}


@pytest.fixture
def editor(client, db):
    client.force_login(User.objects.create_superuser("editor"))
    return client


@pytest.fixture
def silent(monkeypatch):
    """A server that takes what is sent and never says a word, and whoever asks it is not patient."""
    monkeypatch.setattr(asking, "READING", 0.3)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"s3://{BUCKET}?endpoint=http://127.0.0.1:{listener.getsockname()[1]}&region=eu-west-2"


def test_it_is_a_storage_like_any_other(store):
    assert not default_storage.exists(NAME)
    assert default_storage.save(NAME, ContentFile(PIXEL)) == NAME
    assert store.files == {NAME: PIXEL}
    assert (default_storage.exists(NAME), default_storage.size(NAME)) == (True, len(PIXEL))
    assert default_storage.open(NAME).read() == PIXEL
    assert default_storage.url(NAME) == ADDRESS
    assert default_storage.listdir("") == (["markdown"], [])
    assert default_storage.listdir("markdown") == ([], ["seen.png"])
    assert default_storage.save(NAME, ContentFile(b"another")) != NAME
    default_storage.delete(NAME)
    default_storage.delete(NAME)
    with pytest.raises(FileNotFoundError):
        default_storage.open(NAME)
    with pytest.raises(FileNotFoundError):
        default_storage.size(NAME)


def test_uploads_may_have_a_folder_of_the_bucket_and_no_region(store, settings):
    use(settings, store.url.replace("?", "/sites/one?").replace("&region=eu-west-2", ""))
    assert default_storage.save(NAME, ContentFile(PIXEL)) == NAME
    assert store.files == {f"sites/one/{NAME}": PIXEL}
    assert default_storage.listdir("") == (["markdown"], [])
    assert default_storage.open(NAME).read() == PIXEL


def test_the_keys_may_stand_in_the_setting(store, settings, monkeypatch):
    for name in store.keys:
        monkeypatch.delenv(name)
    use(settings, store.url.replace("s3://", "s3://testkey:a%2Fsecret%2Bwith%3Dodd%3Asigns@"))
    assert upload(NAME) == ADDRESS


def test_what_an_editor_uploads_readers_get_from_this_site(store, editor, client):
    code = send(editor, picture()).json()["image_code"]
    (name,) = store.files
    assert code == f"![Describe this image](/media/{name})"
    answer = client.get(f"/media/{name}")
    assert b"".join(answer) == store.files[name]
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Length"] == str(len(store.files[name]))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(f"/media/{name}", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get("/media/markdown/not-there.png").status_code == 404


# Away


def test_while_it_is_away_an_editor_is_told_and_can_add_it_later(store, editor, caplog):
    store.stop()
    answer = send(editor, picture())
    assert (answer.status_code, answer.json()) == (503, {"error": NOT_ADDED})
    assert "127.0.0.1" in caplog.text
    store.start()
    default_storage._wrapped._away_until = 0  # two seconds later
    assert send(editor, picture()).status_code == 200


def test_no_room_on_the_disk_is_told_alike(editor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.write_text("")
    answer = send(editor, picture())
    assert (answer.status_code, answer.json()) == (503, {"error": NOT_ADDED})


def test_while_it_is_away_a_reader_gets_a_page_that_says_so(store, client):
    upload(NAME)
    store.stop()
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "60", "no-store")
    assert "Sorry, this picture cannot be shown at the moment. Try again in a minute." in answer.content.decode()


def test_where_it_says_nothing_nobody_waits_for_long(store, settings, client, monkeypatch, silent):
    use(settings, silent)
    assert client.get(ADDRESS).status_code == 503
    # The others do not even try for a while.
    default_storage._wrapped._away_until = inf
    monkeypatch.setattr(default_storage._wrapped, "connection", None)
    assert [client.get(ADDRESS).status_code for _ in range(20)] == [503] * 20


def test_one_that_sends_a_picture_drop_by_drop_is_left(store, client, monkeypatch):
    upload(NAME)
    monkeypatch.setattr(asking, "WHOLE", -1)
    assert client.get(ADDRESS).status_code == 503


def test_nobody_is_kept_for_more_than_seconds():
    assert asking.TRIES * (asking.CONNECTING + asking.READING) < 12
    assert asking.WHOLE <= 10


def test_whoever_has_a_picture_keeps_it_meanwhile(store, client):
    upload(NAME)
    etag = client.get(ADDRESS)["ETag"]
    store.stop()
    assert client.get(ADDRESS, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.django_db(transaction=True)
def test_pictures_that_were_asked_for_before_go_on_and_pages_do_not_wait(
    store, settings, silent, monkeypatch, tmp_path
):
    """In the memory of a process, and on disk for the next one."""
    settings.STATE_DIR = tmp_path / "state"
    monkeypatch.setattr(site.media, "is_the_same_for_all", True)  # as where the process began with that setting
    upload(NAME)
    first = PageStore(get_wsgi_application(), StillWatch())
    headers = {"Accept-Encoding": "br, gzip"}
    (before,) = run_requests(first, (ADDRESS, {"headers": headers}))
    assert (before.status, before.body) == (200, PIXEL)
    use(settings, silent)
    (after,) = run_requests(first, (ADDRESS, {"headers": headers}))
    assert (after.status, after.body, after.headers["content-type"]) == (200, PIXEL, "image/png")
    assert after.headers["cache-control"] == "public, max-age=31536000, immutable"
    second = PageStore(get_wsgi_application(), StillWatch())
    (kept,) = run_requests(second, (ADDRESS, {"headers": {"If-None-Match": before.headers["etag"]}}))
    assert kept.status == 304
    make.edition(make.roadmap(slug="vat-mtd"))

    async def beside_pictures_that_hang():
        hanging = [asyncio.create_task(ask(second, f"/media/markdown/{number}.png")) for number in range(8)]
        await asyncio.sleep(0)
        page = await ask(second, "/vat-mtd/")
        assert not any(one.done() for one in hanging)
        return page, [(await one).status for one in hanging]

    page, statuses = asyncio.run(beside_pictures_that_hang())
    assert page.status == 200
    assert statuses == [503] * 8


# Wrong


def test_a_wrong_key_and_a_bucket_that_is_not_there_are_said_in_words(store, settings, monkeypatch, caplog):
    with caplog.at_level(logging.ERROR):
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        use(settings, store.url)
        with pytest.raises(OSError, match=r"refuses \(\w+\): see UPLOADS_URL and its keys"):
            default_storage.save(NAME, ContentFile(PIXEL))
    assert "refuses markdown/seen.png" in caplog.text
    for name in store.keys:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")  # which would be asked for them
    use(settings, store.url)
    with pytest.raises(OSError, match=r"There are no keys for 127.0.0.1:\d+, .*: set AWS_ACCESS_KEY_ID and"):
        default_storage.save(NAME, ContentFile(PIXEL))
    for name, value in store.keys.items():
        monkeypatch.setenv(name, value)
    use(settings, store.url.replace(BUCKET, "another"))
    with pytest.raises(OSError, match="has no bucket “another”: see UPLOADS_URL"):
        default_storage.save(NAME, ContentFile(PIXEL))


def test_a_check_before_the_start_says_whether_uploads_can_be_stored(store, settings, capsys):
    def said():
        call_command("check", "--deploy", "--tag", "uploads")
        return capsys.readouterr().err

    assert "roadmap.W004" not in said()
    store.stop()
    assert "Uploads cannot be stored: 127.0.0.1" in said()


# Backups, and roadmaps that move

transaction = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept(settings, tmp_path):
    """A site with a picture in its own folder, as a backup and as an export; and nothing of it left."""
    settings.MEDIA_ROOT = tmp_path / "local"
    make.edition(make.roadmap(slug="vat-mtd", footer=f"![Seen]({ADDRESS})"), at=make.at("2026-03-24"))
    upload(NAME)
    before = all_exported()
    assert run("backup", tmp_path / "site.tar").code == 0
    forget_everything()
    return before


@transaction
def test_a_backup_of_a_folder_is_restored_into_a_store_and_back(kept, store, settings, tmp_path):
    assert run("restore", tmp_path / "site.tar").code == 0
    assert store.files == {NAME: PIXEL}
    assert all_exported() == kept
    ended = run("backup", tmp_path / "again.tar")
    assert ended.out == [f"Kept the site in {tmp_path}/again.tar: 1 roadmap, 1 edition, 1 picture."]
    forget_everything()
    use(settings, "")
    settings.MEDIA_ROOT = tmp_path / "back"
    assert run("restore", tmp_path / "again.tar").code == 0
    assert all_exported() == kept
    settings.MEDIA_ROOT = tmp_path / "media"


@transaction
def test_while_it_is_away_nothing_is_kept_or_restored_by_half(kept, store, tmp_path):
    store.stop()
    line = refusal("restore", tmp_path / "site.tar")
    assert line.startswith(f"CommandError: {tmp_path}/site.tar cannot be restored: 127.0.0.1")
    assert line.endswith("which keeps the uploaded pictures, does not answer. Nothing was changed.")
    assert not Roadmap.objects.exists()
    line = refusal("backup", tmp_path / "again.tar")
    assert "which keeps the uploaded pictures, does not answer. There is no file of that name." in line
    assert not (tmp_path / "again.tar").exists()


@transaction
def test_a_roadmap_takes_its_pictures_out_of_a_store_and_in(store, tmp_path):
    make.edition(make.roadmap(slug="vat-mtd", footer=f"![Seen]({ADDRESS})"), at=make.at("2026-03-24"))
    upload(NAME)
    content = exported("vat-mtd")
    forget_everything()
    default_storage.delete(NAME)
    store.stop()
    (tmp_path / "file").write_bytes(content)
    default_storage._wrapped._away_until = 0
    line = refusal("import_json", tmp_path / "file")
    assert line.endswith("does not answer. Nothing was imported: try again.")
    assert not Roadmap.objects.exists()
    store.start()
    default_storage._wrapped._away_until = 0
    imported(content, tmp_path)
    assert store.files == {NAME: PIXEL}
