"""What is kept on disk is for when nothing else is there: it is what readers use, and whole, or it is not given."""

import os
import shutil

import pytest

from roadmap.web.page_store import disk
from roadmap.web.page_store.application import PageStore
from tests.web.page_store.asgi import run
from tests.web.page_store.stand_ins import HOME, TEXT


def begun_while_away(django, watch):
    """Another process, which has nothing but what is on disk."""
    watch.is_away, watch.seen, django.status = True, None, 503
    return PageStore(django, watch)


@pytest.fixture
def is_small(settings, monkeypatch):
    settings.PAGE_STORE_DISK = 20_000
    monkeypatch.setattr(disk, "_EVERY", 5)


@pytest.mark.usefixtures("is_small")
def test_addresses_that_are_asked_for_once_push_none_from_disk_that_readers_use(site, django, watch, tmp_path):
    run(site, HOME, HOME, "/vat-mtd/items/", "/vat-mtd/items/")
    run(site, *(("/vat-mtd/items.csv", {"query": f"q=word{number}"}) for number in range(60)))
    site.finish()
    assert sum(path.stat().st_size for path in (tmp_path / "pages").iterdir()) < 2 * 20_000
    later = begun_while_away(django, watch)
    assert [answer.status for answer in run(later, HOME, "/vat-mtd/items/")] == [200, 200]


def flip(raw, place):
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


DAMAGES = {
    "empty": lambda raw: b"",
    "half of it": lambda raw: raw[: len(raw) // 2],
    "its last byte is gone": lambda raw: raw[:-1],
    "more behind it": lambda raw: raw + b"\0",
    "a bit of its text": lambda raw: flip(raw, raw.index(TEXT.encode()) + 5),
    "a bit of a header": lambda raw: flip(raw, raw.index(b"ETag".lower())),
    "a bit of its beginning": lambda raw: flip(raw, 0),
    "never written, as after the power went": lambda raw: b"\0" * len(raw),
    "its end was never written": lambda raw: raw[:-500] + b"\0" * 500,
    "something else": lambda raw: b"Hello",
}


@pytest.mark.parametrize("what", DAMAGES)
@pytest.mark.parametrize(
    "sizes", [{}, {"_MIDDLING": 1}, {"_MIDDLING": 1, "_LARGE": 1}], ids=["small", "middling", "large"]
)
def test_what_is_damaged_is_made_anew_and_never_given(site, django, watch, tmp_path, monkeypatch, what, sizes):
    for name, size in sizes.items():
        monkeypatch.setattr(disk, name, size)
    run(site, HOME)
    site.finish()
    (path,) = (tmp_path / "pages").iterdir()
    path.write_bytes(DAMAGES[what](path.read_bytes()))
    (anew,) = run(PageStore(django, watch), HOME)
    assert (anew.status, anew.body.decode(), len(django.asked)) == (200, TEXT, 2)
    (again,) = run(PageStore(django, watch), HOME)
    assert (again, len(django.asked)) == (anew, 2)  # and kept in its place


def test_of_what_is_middling_a_process_has_what_is_packed_and_sees_the_rest_in_its_file(site, django, watch, tmp_path):
    django.text = "".join(f"Line {number} of a page.\n" for number in range(6_000))
    run(site, HOME)
    site.finish()
    (path,) = (tmp_path / "pages").iterdir()
    assert disk._MIDDLING < path.stat().st_size < disk._LARGE
    (held,) = site._shelf._new.values()
    kinds = {coding: type(variant.body["body"]) for coding, variant in held.variants.items()}
    assert kinds == {"": memoryview, "br": bytes, "gzip": bytes}
    assert [answer.body.decode() for answer in run(site, HOME, HOME)] == [django.text] * 2
    asked = {b"host": b"testserver"}
    _, at_hand = site.at_hand("GET", "http", HOME, b"", asked)
    assert at_hand["body"] == django.text.encode()
    os.truncate(path, 5000)
    assert site.at_hand("GET", "http", HOME, b"", asked) is None
    (whole,) = run(PageStore(django, watch), HOME)
    assert whole.body.decode() == django.text


def test_what_is_cut_short_while_it_is_held_is_made_anew(site, django, watch, tmp_path, monkeypatch):
    """Reading on in such a file ends a process."""
    django.text = "A long page. " * 50_000
    run(site, HOME)
    site.finish()
    other = PageStore(django, watch)
    run(other, HOME, HOME)
    (path,) = (tmp_path / "pages").iterdir()
    os.truncate(path, 5000)
    (whole,) = run(other, HOME)
    assert (whole.status, whole.body.decode(), len(django.asked)) == (200, django.text, 2)


def test_whatever_becomes_of_the_folder_readers_read_on(site, django, watch, tmp_path):
    run(site, HOME)
    shutil.rmtree(tmp_path / "pages")
    (tmp_path / "pages.lock").unlink()
    assert {answer.status for answer in run(site, HOME, "/vat-mtd/items/")} == {200}
    site.finish()
    assert len([*(tmp_path / "pages").iterdir()]) == 1  # it is there again, with what was made since
    (path,) = (tmp_path / "pages").iterdir()
    path.unlink()
    path.mkdir()
    (answer,) = run(PageStore(django, watch), "/vat-mtd/items/")
    assert (answer.status, answer.body.decode()) == (200, TEXT)
