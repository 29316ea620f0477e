"""What stands before Django: what it gives by itself, what it asks Django for, and when again."""

import asyncio
import datetime

import brotli
from django.conf import settings
from django.template import engines

from roadmap.web.page_store.application import (
    PART,
    PageStore,
)
from roadmap.web.page_store.of_readers import is_public
from tests.web.page_store.asgi import ask, run, scope_of
from tests.web.page_store.stand_ins import DAY, HOME, TEXT


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


def test_who_goes_on_with_what_is_no_longer_there_is_told_so(site, django):
    """Of the very coding that they have: the name of a packed one was refused, whatever it was."""
    (whole,) = run(site, HOME)
    (packed,) = run(site, (HOME, {"headers": {"Accept-Encoding": "br"}}))
    etag, dated = whole.headers["etag"], whole.headers["last-modified"]
    expected = {
        200: (
            {"If-Match": etag},
            {"If-Match": "*"},
            {"If-Match": f'"old", {etag}'},
            {"If-Match": packed.headers["etag"], "Accept-Encoding": "br"},
            {"If-Unmodified-Since": dated},
            {"If-Unmodified-Since": "some day"},
            {"If-Match": etag, "If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"},
        ),
        412: (
            {"If-Match": '"old"'},
            {"If-Match": f"W/{etag}"},
            {"If-Match": packed.headers["etag"]},
            {"If-Match": '"old"', "If-None-Match": etag, "Range": "bytes=0-1"},
            {"If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"},
        ),
        304: ({"If-Match": etag, "If-None-Match": etag},),
        206: ({"If-Match": etag, "Range": "bytes=0-1"},),
    }
    for status, asked in expected.items():
        for headers in asked:
            (found,) = run(site, (HOME, {"headers": headers}))
            assert found.status == status, headers
            assert status != 412 or (found.body, found.headers["cache-control"]) == (b"", "no-store")
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


def test_a_body_that_no_form_of_theirs_has_is_taken_from_no_reader(site, django, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = b"a" * 1001
    paths = [HOME, "/emails/", "/nowhere/", "/admin/import/"]
    answers = run(site, *((path, {"method": "POST", "body": body}) for path in paths))
    assert [answer.status for answer in answers] == [413, 413, 413, 200]
    assert answers[0].body == b"What was sent is too long.\n"
    (fits,) = run(site, ("/emails/", {"method": "POST", "body": body[1:]}))
    assert fits.status == 200
    assert [*map(len, told_in_parts(site, [b"a" * 900] * 5))] == [900] * 5  # to its end: whoever sends listens then


def told_in_parts(site, parts):
    """Those that were taken of a body before it was refused."""
    taken, sent = [], []

    async def receive():
        taken.append(parts[len(taken)])
        return {"type": "http.request", "body": taken[-1], "more_body": len(taken) < len(parts)}

    async def send(message):
        sent.append(message)

    asyncio.run(site(scope_of(HOME, "POST"), receive, send))
    assert sent[0]["status"] == 413
    return taken


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
    loaded = loader.get_template_cache.keys()
    assert "web/_base.html" in loaded
    assert not [name for name in loaded if name.startswith("admin/")]  # they are for whoever edits, and half of all


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
