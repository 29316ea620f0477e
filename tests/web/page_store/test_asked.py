"""What is written oddly is answered as what is not."""

import asyncio

from roadmap.web.page_store.asked import by_name, in_origin_form
from tests.cases import each_case
from tests.web.page_store.asgi import ask, run, scope_of
from tests.web.page_store.stand_ins import HOME


def in_lines(application, *lines):
    """The answer to a request with these headers, each in a line of its own."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = scope_of(HOME)
    scope["headers"] += lines
    asyncio.run(application(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]).get(b"content-encoding", b"")


def test_a_header_in_several_lines_is_one_list(site):
    (whole,) = run(site, HOME)
    accepts, etag = b"accept-encoding", whole.headers["etag"].encode()
    assert in_lines(site, (accepts, b"br"), (accepts, b"identity;q=0.5")) == (200, b"br")
    assert in_lines(site, (accepts, b"gzip"), (accepts, b"br;q=0")) == (200, b"gzip")
    assert in_lines(site, (accepts, b"br;q=0"), (accepts, b"gzip;q=0, *")) == (200, b"")
    assert in_lines(site, (b"if-none-match", etag), (b"if-none-match", b'"other"')) == (304, b"")
    assert in_lines(site, (b"range", b"bytes=0-1"), (b"range", b"bytes=2-3"))[0] == 200
    assert by_name([(b"a", b"1"), (b"b", b"2"), (b"a", b"3")]) == {b"a": b"1, 3", b"b": b"2"}


def test_a_whole_address_is_one_of_its_path_and_its_host(site, django):
    (plain,) = run(site, HOME)
    for address in (f"http://testserver{HOME}", f"HTTP://TESTSERVER{HOME}", f"https://testserver{HOME}"):
        answer = asyncio.run(ask(site, address, headers={"Host": "another.example"}))
        assert (answer.status, answer.body) == (plain.status, plain.body), address
    assert len(django.asked) == 1


@each_case(
    "target, path, host",
    [
        ("http://a.example", "/", b"a.example"),
        ("http://a.example:81/b//c", "/b//c", b"a.example:81"),
        ("http://me@a.example/", "/", b"me@a.example"),
        ("*", "*", b"testserver"),
        ("ftp://a.example/", "ftp://a.example/", b"testserver"),
        ("http:///b", "http:///b", b"testserver"),
        ("//a.example/", "//a.example/", b"testserver"),
    ],
)
def test_the_host_of_a_whole_address_is_the_one_that_counts(target, path, host):
    found = in_origin_form(scope_of(target))
    assert (found["path"], dict(found["headers"])[b"host"]) == (path, host)
