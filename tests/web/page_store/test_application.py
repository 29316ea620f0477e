"""What stands before Django: what it gives by itself, what it asks Django for, and when again."""

import asyncio
import datetime
import errno
import fcntl
import multiprocessing
import threading
import time
from contextlib import contextmanager
from math import inf
from types import SimpleNamespace

import brotli
import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.template import engines

from roadmap.web.page_store.answers import made
from roadmap.web.page_store.application import (
    EDITORS,
    MAKERS,
    PART,
    PATIENCE_ASKING,
    PATIENCE_LOADING,
    PATIENCE_STARTING,
    REFUSED_WAITS,
    PageStore,
)
from roadmap.web.page_store.disk import Disk
from roadmap.web.page_store.keys import Key
from roadmap.web.page_store.of_readers import is_public
from roadmap.web.page_store.watch import Seen
from roadmap.web.responses import Basis
from tests.web.page_store.asgi import ask, run, scope_of

DAY = datetime.date(2026, 11, 29)
HOME = "/vat-mtd/"
TEXT = "A roadmap in words. " * 50


class StillWatch:
    """A watch that sees what a test tells it."""

    def __init__(self):
        self.is_away = self.is_nudged = self.is_loading = False
        self.answered_at = time.time()
        self.looks = 0
        self.sees("one")

    def sees(self, edition, *, other="x", day=DAY, with_notice=frozenset()):
        by_slug = {"vat-mtd": frozenset([edition]), "itsa": frozenset([other])}
        self.seen = Seen(by_slug, frozenset([edition, other]), day, with_notice)

    def look_now(self, then):
        self.looks += 1
        self.is_nudged = False
        then()

    def nudge(self):
        self.is_nudged = True

    def start(self):
        pass

    end = start


class FakeDjango:
    """Counts what it is asked, and answers with what a test set."""

    def __init__(self, watch):
        self.watch = watch
        self.asked = []
        self.text = TEXT
        self.status = 200
        self.basis_day = None
        self.has_notice = None
        self.wait = None  # called before the answer, in the thread

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        if self.wait:
            self.wait()
        response = HttpResponse(self.text, status=self.status)
        if self.status == 200 and environ["PATH_INFO"].startswith("/vat-mtd/"):
            response["ETag"] = f'"{len(self.asked)}"'
            response["Last-Modified"] = "Sun, 29 Nov 2026 10:00:00 GMT"
            response.basis = Basis(self.watch.seen.by_slug["vat-mtd"], "vat-mtd", self.basis_day, self.has_notice)
        start_response(f"{self.status} -", [*response.items()])
        return response


@pytest.fixture
def watch():
    return StillWatch()


@pytest.fixture
def django(watch):
    return FakeDjango(watch)


@pytest.fixture
def site(django, watch, settings, tmp_path):
    settings.STATE_DIR = tmp_path
    return PageStore(django, watch)


@pytest.fixture
def may_end(django):
    """Django answers as soon as it is set, and at the end of the test."""
    event = threading.Event()
    django.wait = event.wait
    yield event
    event.set()


def test_a_page_is_made_once(site, django):
    first, second = run(site, HOME, HOME)
    assert (first.status, first.body.decode()) == (200, TEXT)
    assert second == first
    assert len(django.asked) == 1


def test_what_is_right_is_at_hand_and_nothing_else(site, django, watch):
    def at_hand(path=HOME, method="GET", **headers):
        asked = {name.replace("_", "-").encode(): value for name, value in ({"host": b"testserver"} | headers).items()}
        return site.at_hand(method, "http", path, b"", asked)

    assert at_hand() is None  # not made yet
    run(site, HOME)
    start, message = at_hand()
    assert (start["status"], message["body"].decode()) == (200, TEXT)
    assert at_hand(if_none_match=b'"1"')[0]["status"] == 304
    assert at_hand(method="HEAD")[1]["body"] == b""
    assert at_hand(method="POST") is None
    assert at_hand(if_match=b'"1"') is None  # Django's
    assert at_hand(x_forwarded_proto=b"https") is None  # gunicorn's: no proxy was named
    assert at_hand("/admin/") is None
    watch.is_nudged = True
    assert at_hand() is None  # somebody may have published
    watch.is_nudged, watch.is_away = False, True
    assert at_hand() is None  # it needs its age
    watch.is_away = False
    watch.sees("two")
    assert at_hand() is None  # it is old
    assert len(django.asked) == 1


def test_each_coding_is_a_representation_of_its_own(site, django):
    plain, br, gzip = run(site, HOME, *((HOME, {"headers": {"Accept-Encoding": coding}}) for coding in ("br", "gzip")))
    assert [answer.headers.get("content-encoding") for answer in (plain, br, gzip)] == [None, "br", "gzip"]
    assert len({answer.headers["etag"] for answer in (plain, br, gzip)}) == 3
    assert len(br.body) < len(gzip.body) < len(plain.body)
    assert all(answer.headers["vary"] == "Accept-Encoding" for answer in (plain, br, gzip))
    assert all(int(answer.headers["content-length"]) == len(answer.body) for answer in (plain, br, gzip))
    assert len(django.asked) == 1


def test_head_says_what_get_says_but_for_the_content(site):
    get, head = run(site, HOME, (HOME, {"method": "HEAD"}))
    assert head.headers == get.headers
    assert head.body == b""


def test_who_has_it_is_told_so(site, django):
    (whole,) = run(site, HOME)
    same, weak, since, other, of_br = run(
        site,
        *(
            (HOME, {"headers": headers})
            for headers in (
                {"If-None-Match": whole.headers["etag"]},
                {"If-None-Match": f'"old", W/{whole.headers["etag"]}'},
                {"If-Modified-Since": whole.headers["last-modified"]},
                {"If-None-Match": '"old"', "If-Modified-Since": whole.headers["last-modified"]},
                {"If-None-Match": whole.headers["etag"], "Accept-Encoding": "br"},
            )
        ),
    )
    assert [answer.status for answer in (same, weak, since, other, of_br)] == [304, 304, 304, 200, 200]
    assert same.headers.keys() == {"etag", "vary"}
    assert len(django.asked) == 1


def test_a_part_is_given_where_it_is_asked_of_what_is_still_there(site):
    (whole,) = run(site, HOME)
    part, stale, beyond = run(
        site,
        *(
            (HOME, {"headers": headers})
            for headers in (
                {"Range": "bytes=2-5", "If-Range": whole.headers["etag"]},
                {"Range": "bytes=2-5", "If-Range": '"old"'},
                {"Range": "bytes=99999-"},
            )
        ),
    )
    assert (part.status, part.body) == (206, whole.body[2:6])
    assert part.headers["content-range"] == f"bytes 2-5/{len(whole.body)}"
    assert stale.status == 200
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{len(whole.body)}")


def test_nothing_that_one_reader_sends_reaches_what_all_get(site, django):
    headers = {"Cookie": "sessionid=a", "Authorization": "b", "If-None-Match": '"x"', "Range": "bytes=0-1"}
    run(site, (HOME, {"headers": headers, "query": "utm_source=mail&stage=test"}))
    (environ,) = django.asked
    assert environ["QUERY_STRING"] == "stage=test"
    assert not [
        name for name in environ if name in {"HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_IF_NONE_MATCH", "HTTP_RANGE"}
    ]


def test_the_two_forms_of_a_page_are_held_apart_and_the_second_has_one_address(site, django):
    headers = {"Accept": "text/markdown, */*;q=0.1"}
    run(site, (HOME, {"headers": headers}), (f"{HOME}index.md", {}), (HOME, {"headers": {"Accept": "text/html"}}))
    assert [environ["PATH_INFO"] for environ in django.asked] == [f"{HOME}index.md", HOME]
    run(site, (f"{HOME}items.csv", {"headers": headers}))
    assert django.asked[-1]["PATH_INFO"] == f"{HOME}items.csv"


def test_what_is_made_is_made_of_the_host_by_which_it_is_known(site, django):
    run(site, HOME)
    (environ,) = django.asked
    assert (environ["HTTP_HOST"], environ["REMOTE_ADDR"]) == ("testserver", "")


def test_behind_a_proxy_each_scheme_has_answers_of_its_own(django, watch, settings, tmp_path):
    settings.STATE_DIR, settings.SECURE_PROXY_SSL_HEADER = tmp_path, ("HTTP_X_FORWARDED_PROTO", "https")
    said = [{}, {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Proto": "HTTPS, x"}]
    run(PageStore(django, watch), *((HOME, {"headers": headers}) for headers in said))
    assert [environ["HTTP_X_FORWARDED_PROTO"] for environ in django.asked] == ["http", "https"]


def test_a_new_edition_is_made_once_and_then_held(site, django, watch):
    run(site, HOME)
    watch.sees("two")
    django.text = "New. " * 100
    new, again = run(site, HOME, HOME)
    assert new.body == again.body == django.text.encode()
    assert len(django.asked) == 2


def test_another_roadmaps_edition_changes_nothing_here(site, django, watch):
    run(site, HOME)
    watch.sees("one", other="y")
    run(site, HOME)
    assert len(django.asked) == 1


def test_what_changes_daily_is_made_again_on_the_next_day(site, django, watch):
    django.basis_day = DAY
    run(site, HOME)
    watch.sees("one", day=DAY + datetime.timedelta(days=1))
    django.basis_day = DAY + datetime.timedelta(days=1)
    run(site, HOME, HOME)
    assert len(django.asked) == 2


def test_while_one_makes_the_new_page_the_others_read_the_old_one(site, django, watch, may_end):
    may_end.set()
    run(site, HOME)
    may_end.clear()
    watch.sees("two")
    django.text = "New. " * 100

    async def crowd():
        first = asyncio.ensure_future(ask(site, HOME))
        await asyncio.sleep(0)
        others = [await ask(site, HOME) for _ in range(5)]
        may_end.set()
        return await first, others

    new, others = asyncio.run(crowd())
    assert new.body == django.text.encode()
    assert {other.body for other in others} == {TEXT.encode()}
    assert len(django.asked) == 2


def test_many_who_ask_at_once_for_what_is_not_there_yet_have_it_made_once(site, django):
    async def crowd():
        return await asyncio.gather(*(ask(site, HOME) for _ in range(20)))

    assert len({answer.body for answer in asyncio.run(crowd())}) == 1
    assert len(django.asked) == 1


def test_what_is_held_is_given_while_the_database_is_away_with_its_age(site, django, watch):
    run(site, HOME)
    watch.is_away, watch.answered_at = True, time.time() - 90
    watch.sees("two")
    django.status = 503
    old, not_modified = run(site, HOME, (HOME, {"headers": {"If-None-Match": '"1"'}}))
    assert (old.status, old.body.decode()) == (200, TEXT)
    assert 0 <= int(old.headers["age"]) <= 95
    assert (not_modified.status, "age" in not_modified.headers) == (304, True)
    assert len(django.asked) == 1


def test_a_notice_that_begins_while_the_database_is_away_is_shown(site, django, watch, settings):
    django.has_notice = False
    run(site, HOME)
    watch.is_away = True
    watch.sees("one", with_notice=frozenset(["vat-mtd"]))
    django.text, django.has_notice = "With a notice. " * 50, True
    answers = run(site, HOME, HOME, HOME)
    another = run(PageStore(django, watch), HOME)  # which has what the first kept
    assert {answer.body.decode() for answer in [*answers, *another]} == {django.text}
    assert len(django.asked) == 2


def test_where_it_cannot_be_made_with_its_notice_the_page_is_given_without(site, django, watch):
    django.has_notice = False
    run(site, HOME)
    watch.is_away = True
    watch.sees("one", with_notice=frozenset(["vat-mtd"]))
    django.status = 503
    (old,) = run(site, HOME)
    assert (old.status, old.body.decode()) == (200, TEXT)


def test_what_is_only_of_the_software_is_made_once_and_has_no_age(django, watch, settings, tmp_path):
    settings.STATE_DIR = tmp_path
    watch.is_away, watch.seen = True, None
    asked = []

    def answered(environ, start_response):
        asked.append(environ["PATH_INFO"])
        return get_wsgi_application()(environ, start_response)

    paths = ["/robots.txt", "/favicon.ico"]
    answers = run(PageStore(answered, watch), *paths * 2)
    assert [answer.status for answer in answers] == [200, 302] * 2
    assert [path for path, answer in zip(paths * 2, answers, strict=True) if "age" in answer.headers] == []
    assert asked == paths


def test_what_cannot_be_made_anew_is_given_as_it_was(site, django, watch):
    run(site, HOME)
    watch.sees("two")
    django.status = 503
    (old,) = run(site, HOME)
    assert (old.status, old.body.decode()) == (200, TEXT)


def test_what_was_never_made_is_a_503_in_the_format_asked_for(site, watch, monkeypatch, may_end):
    monkeypatch.setattr("roadmap.web.page_store.application.PATIENCE_AWAY", 0.001)
    watch.is_away = True
    page, json, csv = run(site, HOME, "/api/v1/roadmaps/vat-mtd/items", "/vat-mtd/items.csv")
    assert [answer.status for answer in (page, json, csv)] == [503] * 3
    assert [answer.headers["content-type"].split(";")[0] for answer in (page, json, csv)] == [
        "text/html",
        "application/problem+json",
        "text/plain",
    ]
    assert {answer.headers["retry-after"] for answer in (page, json, csv)} == {"60"}


def test_a_process_that_begins_while_the_database_is_away_has_what_the_last_kept(site, django, watch):
    run(site, HOME)
    site.finish()
    watch.is_away, watch.seen, django.status = True, None, 503
    (old,) = run(PageStore(django, watch), HOME)
    assert (old.status, old.body.decode()) == (200, TEXT)
    assert len(django.asked) == 1


def test_another_process_takes_it_from_disk(site, django, watch):
    run(site, HOME)
    site.finish()
    (same,) = run(PageStore(django, watch), HOME)
    assert same.body.decode() == TEXT
    assert len(django.asked) == 1


def test_what_is_large_is_given_from_its_file_part_by_part(site, django, watch, tmp_path):
    django.text = "".join(str(number) for number in range(150_000))
    first, br = run(site, HOME, (HOME, {"headers": {"Accept-Encoding": "br"}}))
    site.finish()
    other = PageStore(django, watch)
    same, head, part = run(
        other, HOME, (HOME, {"method": "HEAD"}), (HOME, {"headers": {"Range": f"bytes={PART - 2}-{2 * PART + 1}"}})
    )
    assert first.body.decode() == same.body.decode() == brotli.decompress(br.body).decode() == django.text
    assert (head.body, head.headers) == (b"", first.headers)
    assert (part.status, part.body) == (206, first.body[PART - 2 : 2 * PART + 2])
    sizes = []

    async def send(message):
        sizes.append(len(message.get("body", b"")))

    for path in (tmp_path / "pages").iterdir():
        path.unlink()  # as where there are too many: what a process holds stays
    asyncio.run(other(scope_of(HOME), None, send))
    assert sizes[1:] == [PART] * (len(first.body) // PART) + [len(first.body) % PART]
    assert len(django.asked) == 1


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
    (answer,) = run(site, HOME)
    assert (answer.body.decode(), len(django.asked)) == (TEXT, 1)
    assert "No locks available" in caplog.text


def test_what_is_not_there_is_said_without_django_until_something_is_published(site, django, watch):
    django.status = 404
    first, second = run(site, "/vat-mtd/items/VAT-99/", "/vat-mtd/items/VAT-99/")
    assert first.status == second.status == 404
    assert len(django.asked) == 1
    watch.sees("two")
    run(site, "/vat-mtd/items/VAT-99/")
    assert len(django.asked) == 2


def test_staff_and_previews_are_passed_on_whole(site, django):
    paths = ["/admin/", "/preview/token/items/", "/media/a.png", "/readyz"]
    run(site, *((path, {"headers": {"Cookie": "a=b"}}) for path in paths for _ in range(2)))
    assert len(django.asked) == 8
    assert {environ["HTTP_COOKIE"] for environ in django.asked} == {"a=b"}


def test_whoever_may_have_published_makes_every_process_look(site, django, watch):
    post = ("/admin/", {"method": "POST", "body": b"a=b"})
    run(site, HOME, post, HOME)
    assert watch.looks == 0
    django.status = 302
    run(site, post, HOME)
    assert watch.looks == 1
    assert django.asked[-1]["wsgi.input"].closed


def test_what_pages_are_made_with_is_there_before_processes_part(site, watch):
    watch.look = lambda now: 1.0
    prepared = []
    watch.prepare_pages = lambda: prepared.append("pages")
    watch.prepare_search = lambda: prepared.append("search")
    (loader,) = engines["django"].engine.template_loaders
    loader.reset()
    site.load()
    assert prepared == ["pages", "search"]
    assert {"web/_base.html", "admin/base_site.html"} <= loader.get_template_cache.keys()


def test_alive_is_said_by_the_process_itself(site, django):
    (alive,) = run(site, "/healthz")
    assert (alive.status, alive.body, alive.headers["cache-control"]) == (
        200,
        f"ok {settings.VERSION}\n".encode(),
        "no-store",
    )
    assert not django.asked


def test_what_readers_ask_for_is_told_from_what_is_not_theirs():
    public = [
        "/",
        HOME,
        "/vat-mtd/items/VAT-1/",
        "/vat-mtd/at/2026-01-01/",
        "/vat-mtd/items.ics",
        "/api/v1/x",
        "/static/a.css",
    ]
    assert [path for path in public if not is_public(path)] == []
    assert [path for path in ("/admin/", "/preview/a/", "/media/a.png", "/readyz", "/admin/x") if is_public(path)] == []
