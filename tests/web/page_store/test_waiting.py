"""Who waits for whom: one makes a page, and neither threads nor locks are held by those who wait for it."""

import asyncio
import errno
import fcntl
import multiprocessing
import threading
from contextlib import contextmanager
from math import inf
from types import SimpleNamespace

import pytest

from roadmap.web.page_store.answers import made
from roadmap.web.page_store.application import (
    EDITORS,
    MAKERS,
    PATIENCE_ASKING,
    PATIENCE_LOADING,
    PATIENCE_STARTING,
    REFUSED_WAITS,
    PageStore,
)
from roadmap.web.page_store.disk import Disk
from roadmap.web.page_store.keys import Key
from roadmap.web.responses import Basis
from tests.web.page_store.asgi import ask, run
from tests.web.page_store.stand_ins import HOME, TEXT


def test_while_another_process_makes_it_nobody_else_does(site, django, watch, monkeypatch, tmp_path):
    lock = fcntl.lockf

    def lock_and_say_so(*how):
        may_go_on.set()
        lock(*how)

    made_there = made(200, [], b"of the other process", Basis(watch.seen.by_slug["vat-mtd"], "vat-mtd", None))
    with other_process_makes(tmp_path, made_there) as may_go_on:
        monkeypatch.setattr(fcntl, "lockf", lock_and_say_so)
        (answer,) = run(site, HOME)
    assert (answer.body, django.asked) == (b"of the other process", [])


@contextmanager
def other_process_makes(tmp_path, new):
    """Gives the event for which another process waits, in the middle of making the home page."""
    key, there = Key("http", "testserver", HOME, ""), multiprocessing.get_context("fork")
    has_begun, may_go_on = there.Event(), there.Event()

    async def make():
        disk = Disk(tmp_path / "pages", 1_000_000)
        async with disk.alone_with(key):
            has_begun.set()
            may_go_on.wait(20)
            disk.put(key, new)

    other = there.Process(target=lambda: asyncio.run(make()))
    other.start()
    assert has_begun.wait(20)
    yield may_go_on
    may_go_on.set()
    other.join()


def test_what_another_process_makes_is_waited_for_without_a_thread_and_not_for_good(
    site, django, watch, monkeypatch, tmp_path
):
    monkeypatch.setattr("roadmap.web.page_store.application.MAKERS", 1)

    async def both():
        first = asyncio.create_task(ask(site, HOME))
        await asyncio.sleep(0)
        other = await ask(site, "/vat-mtd/items/")
        assert not first.done()
        monkeypatch.setattr("roadmap.web.page_store.disk.time", SimpleNamespace(monotonic=lambda: inf))
        return [other, await first]

    with other_process_makes(tmp_path, made(200, [], b"too late", None)):
        answers = asyncio.run(both())
    assert [answer.body.decode() for answer in answers] == [TEXT] * 2
    assert [environ["PATH_INFO"] for environ in django.asked] == ["/vat-mtd/items/", HOME]


def test_what_needs_this_machines_disk_alone_waits_for_nobody_who_asks_more(site, django, watch):
    run(site, HOME)
    site.finish()
    new, may_end = PageStore(django, watch), threading.Event()
    django.wait = lambda: threading.current_thread().name.startswith("file") or may_end.wait(20)

    async def beside_what_is_slow():
        paths = [(f"/vat-mtd/items/VAT-{number}/", "GET") for number in range(MAKERS)] + [("/admin/", "POST")] * EDITORS
        slow = [asyncio.create_task(ask(new, *path)) for path in paths]
        while len(django.asked) < 1 + len(slow):
            await asyncio.sleep(0.001)
        found = [await ask(new, HOME), await ask(new, "/media/a.png")]
        assert not any(each.done() for each in slow)
        may_end.set()
        await asyncio.gather(*slow)
        return found

    assert [answer.status for answer in asyncio.run(beside_what_is_slow())] == [200, 200]


def test_who_tried_too_often_hears_of_it_later_and_keeps_no_thread_from_others(site, django, monkeypatch):
    waits = []

    async def sleep(seconds):
        waits.append((seconds, site._editors._work_queue.qsize(), site._editors._idle_semaphore._value))

    sign_in = ("/admin/login/", {"method": "POST", "body": b"username=kim"})
    monkeypatch.setattr(asyncio, "sleep", sleep)
    django.status = 429
    (refused,) = run(site, sign_in)
    django.status = 200
    (taken,) = run(site, sign_in)
    assert (refused.status, taken.status, waits) == (429, 200, [(REFUSED_WAITS, 0, 1)])  # its thread is free again


@pytest.mark.parametrize("is_loading", [False, True])
def test_what_may_be_new_is_waited_for_longer_where_there_is_word_of_it(site, watch, monkeypatch, is_loading):
    run(site, HOME)
    watch.nudge()
    watch.is_loading, calls, wait_for = is_loading, [], asyncio.wait_for
    monkeypatch.setattr(watch, "look_now", lambda then: None)  # no answer

    def at_once(what, seconds):
        calls.append(seconds)
        return wait_for(what, 0)

    monkeypatch.setattr(asyncio, "wait_for", at_once)
    (answer,) = run(site, HOME)
    assert answer.status == 200
    assert calls == ([PATIENCE_ASKING, PATIENCE_LOADING] if is_loading else [PATIENCE_ASKING])
    assert PATIENCE_ASKING < 0.1

    async def begin():
        messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

        async def send(_):
            pass

        async def receive():
            return next(messages)

        await site({"type": "lifespan"}, receive, send)

    calls.clear()
    asyncio.run(begin())
    assert calls[0] == PATIENCE_STARTING > 1


def test_where_there_can_be_no_lock_it_is_made_all_the_same(site, django, monkeypatch, caplog):
    def none_left(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "lockf", none_left)
    answers = run(site, HOME, f"{HOME}items/", f"{HOME}changelog/")
    assert ([answer.body.decode() for answer in answers], len(django.asked)) == ([TEXT] * 3, 3)
    assert caplog.text.count("No locks available") == 1  # and not for each page
