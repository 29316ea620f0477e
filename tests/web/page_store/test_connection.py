"""A connection writes what is at hand as gunicorn would send it, byte for byte, and leaves to gunicorn all else."""

import asyncio
import re
import sys
from types import SimpleNamespace

import pytest
from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.config import Config
from gunicorn.glogging import Logger

from roadmap.web.page_store.connection import MOST, ReadersConnection

BODY = b"A roadmap in words. " * 50
LONG = b"x" * 200_000
HEADERS = [(b"content-type", b"text/plain"), (b"content-length", b"1000"), (b"etag", b'"one"')]
GET = "GET /held/ HTTP/1.1\r\nHost: a.example\r\n\r\n"


class Application:
    """What is at /held/ is at hand; the slow way gives the same, and says "slowly" of all else."""

    def __init__(self):
        self.asked = []
        self.slowly = []

    def at_hand(self, method, scheme, path, query, asked):
        self.asked.append((method, scheme, path, query, asked))
        if path not in ("/held/", "/long/"):
            return None
        return self._messages(method, path, asked)

    def _messages(self, method, path, asked):
        if asked.get(b"if-none-match") == b'"one"':
            return {"type": "http.response.start", "status": 304, "headers": HEADERS[2:]}, self._body(b"")
        body = LONG if path == "/long/" else BODY
        headers = [HEADERS[0], (b"content-length", b"%d" % len(body)), HEADERS[2]]
        start = {"type": "http.response.start", "status": 200, "headers": headers}
        return start, self._body(b"" if method == "HEAD" else body)

    def _body(self, body):
        return {"type": "http.response.body", "body": body}

    async def __call__(self, scope, receive, send):
        self.slowly.append((scope["method"], scope["path"]))
        body, message = b"", {"more_body": True}
        while message.get("more_body"):
            message = await receive()
            body += message.get("body", b"")
        if scope["path"] in ("/held/", "/long/"):
            start, sent = self._messages(scope["method"], scope["path"], dict(scope["headers"]))
        else:
            text = b"slowly: " + body
            start = {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-length", b"%d" % len(text))],
            }
            sent = self._body(text)
        await send(start)
        await send(sent)


def worker_of(application, loop, config):
    """What a connection asks of its worker."""
    return SimpleNamespace(
        asgi=application,
        loop=loop,
        cfg=config,
        log=Logger(config),
        alive=True,
        nr=0,
        nr_conns=0,
        max_requests=sys.maxsize,
        state={},
    )


def exchange(kind, *parts, application=None, changed=(), **settings):
    """All that a connection of that kind answers to these parts, each sent by itself, until it says nothing more."""
    application = application or Application()
    config = Config()
    for name, value in settings.items():
        config.set(name, value)

    async def talk():
        loop = asyncio.get_running_loop()
        worker = worker_of(application, loop, config)
        for name, value in changed:
            setattr(worker, name, value)
        server = await loop.create_server(lambda: kind(worker), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), limit=2**20)
        received = b""
        for part in parts:
            writer.write(part if isinstance(part, bytes) else part.encode("latin-1"))
            await writer.drain()
            received += await _whole_answers(reader, received)
        writer.write_eof()
        received += await asyncio.wait_for(reader.read(), 20)
        writer.close()
        server.close()
        return worker, received

    return asyncio.run(talk())


async def _whole_answers(reader, before):
    """What comes until all of it are whole answers, or nothing comes: a part of a request has no answer."""
    received = b""
    while True:
        try:
            received += await asyncio.wait_for(reader.read(2**20), 0.05 if not received else 1)
        except TimeoutError:
            return received
        if not received or _are_whole(before + received):
            return received


def _are_whole(answers):
    while answers:
        head, _, rest = answers.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        size = int(length[1]) if length and b" 304 " not in head else 0
        if len(rest) < size:
            return False
        answers = rest[size:]
    return True


def without_time(answer):
    return re.sub(rb"(?i)\r\nserver: ", b"\r\nserver: ", re.sub(rb"(?i)\r\ndate: [^\r]*", b"\r\ndate: then", answer))


def slowly(*parts, **how):
    application = Application()
    exchange(ReadersConnection, *parts, application=application, **how)
    return application.slowly


def with_lines(*lines, path="/held/", method="GET"):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: a.example", *lines, "", ""])


AT_HAND = {
    "a page": GET,
    "a condition that holds": with_lines('If-None-Match: "one"'),
    "a condition that does not": with_lines('If-None-Match: "two"'),
    "as nginx asks": with_lines("X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "Accept-Encoding: br"),
    "as a browser asks": with_lines(
        "Connection: keep-alive",
        'Sec-Ch-Ua: "Chromium";v="140", "Not=A?Brand";v="24"',
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
        "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
        "Cookie: a=b; c=d",
    ),
    "a query": with_lines(path="/held/?stage=test&q=a%20b&api=%C3%A9"),
    "a long answer": with_lines(path="/long/"),
}


@pytest.mark.parametrize("request_bytes", AT_HAND.values(), ids=list(AT_HAND))
def test_what_is_at_hand_is_written_as_gunicorn_sends_it(request_bytes):
    application = Application()
    _, ours = exchange(ReadersConnection, request_bytes, request_bytes, application=application)
    _, theirs = exchange(ASGIProtocol, request_bytes, request_bytes)
    assert application.slowly == []
    assert without_time(ours) == without_time(theirs)
    assert ours.count(b"HTTP/1.1 ") == 2


def test_an_application_is_asked_for_what_a_scope_would_say():
    application = Application()
    exchange(
        ReadersConnection,
        with_lines("ACCEPT-Encoding:  br , gzip ", path="/held/?q=a+b", method="GET"),
        application=application,
    )
    asked = {b"host": b"a.example", b"accept-encoding": b"br , gzip"}
    assert application.asked == [("GET", "http", "/held/", b"q=a+b", asked)]


def test_head_gets_what_get_would_without_its_body():
    application = Application()
    _, answer = exchange(ReadersConnection, with_lines(method="HEAD"), application=application)
    assert application.slowly == []
    assert answer.endswith(b"\r\n\r\n")
    assert b"content-length: 1000" in answer


LEFT_TO_GUNICORN = {
    "what is not at hand": with_lines(path="/other/"),
    "a body": with_lines("Content-Length: 4") + "word",
    "a body that was announced": with_lines("Content-Length: 0"),
    "a body in chunks": with_lines("Transfer-Encoding: chunked") + "0\r\n\r\n",
    "an expectation": with_lines("Expect: 100-continue"),
    "another protocol": with_lines("Upgrade: h2c", "Connection: Upgrade"),
    "a connection that ends": with_lines("Connection: close"),
    "another method": with_lines(method="OPTIONS"),
    "an older version": "GET /held/ HTTP/1.0\r\nHost: a.example\r\n\r\n",
    "a path with quoted letters": with_lines(path="/h%65ld/"),
    "an absolute address": with_lines(path="http://a.example/held/"),
    "a fragment": with_lines(path="/held/?a#b"),
    "no host": "GET /held/ HTTP/1.1\r\nAccept: */*\r\n\r\n",
    "no header at all": "GET /held/ HTTP/1.1\r\n\r\n",
    "two hosts": with_lines("Host: b.example"),
    "one header twice": with_lines("Accept: text/html", "accept: text/markdown"),
    "a folded line": with_lines("Accept: text/html", " text/markdown"),
    "a blank before a colon": with_lines("Accept : text/html"),
    "an empty value": with_lines("Accept:"),
    "letters beyond ASCII": with_lines("Accept: text/\xe9"),
    "a tab within a value": with_lines("Accept: text/html,\ttext/plain"),
    "an underscore in a name": with_lines("X_Accept: b"),
    "bare line feeds": GET.replace("\r\n", "\n"),
    "an empty line before": "\r\n" + GET,
    "two words for TLS": with_lines("X-Forwarded-Proto: https", "X-Forwarded-Ssl: off"),
    "more than is looked at": with_lines(f"Cookie: {'a' * MOST}"),
}


@pytest.mark.parametrize("request_bytes", LEFT_TO_GUNICORN.values(), ids=list(LEFT_TO_GUNICORN))
def test_what_is_more_than_a_plain_question_is_gunicorns_to_judge(request_bytes):
    _, ours = exchange(ReadersConnection, request_bytes)
    _, theirs = exchange(ASGIProtocol, request_bytes)
    assert without_time(ours) == without_time(theirs)
    application = Application()
    exchange(ReadersConnection, request_bytes, application=application)
    assert len(application.asked) == (request_bytes == LEFT_TO_GUNICORN["what is not at hand"])


@pytest.mark.parametrize("cut", [1, 3, 20, len(GET) - 1])
def test_a_request_that_comes_in_parts_is_one_and_the_next_is_at_hand_again(cut):
    application = Application()
    _, answers = exchange(ReadersConnection, GET[:cut], GET[cut:], GET, application=application)
    assert application.slowly == [("GET", "/held/")]
    assert len(application.asked) == 1
    assert answers.count(BODY) == 2


def test_two_requests_in_one_packet_are_answered_in_their_order():
    other = with_lines(path="/other/")
    for both in (GET + other, other + GET, GET + GET + other[:9]):
        parts = (both, other[9:]) if both.endswith(other[:9]) else (both,)
        _, ours = exchange(ReadersConnection, *parts)
        _, theirs = exchange(ASGIProtocol, *parts)
        assert without_time(ours) == without_time(theirs)


def test_a_question_behind_a_body_is_no_part_of_it():
    posted = with_lines("Content-Length: 7", path="/other/", method="POST")
    application = Application()
    _, answers = exchange(ReadersConnection, posted + "one", "word" + GET, GET, application=application)
    assert application.slowly == [("POST", "/other/"), ("GET", "/held/")]
    assert b"slowly: oneword" in answers
    assert answers.count(BODY) == 2


def test_what_waits_for_an_answer_is_not_overtaken():
    """A question that comes while Django thinks about the one before: its answer is the second."""
    application = Application()
    may_answer = []

    async def thoughtful(scope, receive, send):
        while not may_answer:
            await asyncio.sleep(0)
        await Application.__call__(application, scope, receive, send)

    async def talk():
        loop = asyncio.get_running_loop()
        config = Config()
        asgi = SimpleNamespace(at_hand=application.at_hand)
        worker = worker_of(asgi, loop, config)
        made = []

        def connection():
            made.append(ReadersConnection(worker))
            made[-1].app = thoughtful
            return made[-1]

        server = await loop.create_server(connection, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(with_lines(path="/other/").encode())
        while not (made and made[0]._current_request):
            await asyncio.sleep(0)
        made[0].data_received(GET.encode())
        may_answer.append(True)
        answers = await asyncio.wait_for(reader.readuntil(BODY), 20)
        writer.close()
        server.close()
        return answers

    answers = asyncio.run(talk())
    assert answers.index(b"slowly: ") < answers.index(BODY)


def test_where_gunicorn_has_something_to_do_about_each_request_all_are_its_own():
    assert slowly(GET) == []
    assert slowly(GET, accesslog="/dev/null") == [("GET", "/held/")]
    assert slowly(GET, keepalive=0) == [("GET", "/held/")]
    assert slowly(GET, proxy_protocol="v1") == [("GET", "/held/")]
    assert slowly(GET, pre_request=lambda worker, request: None) == [("GET", "/held/")]
    assert slowly(GET, changed=[("max_requests", 1)]) == [("GET", "/held/")]


def test_a_connection_that_says_nothing_more_ends_after_a_while():
    application = Application()
    config = Config()
    config.set("keepalive", 1)

    async def talk():
        loop = asyncio.get_running_loop()
        worker = worker_of(application, loop, config)
        server = await loop.create_server(lambda: ReadersConnection(worker), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(GET.encode())
        answer = await asyncio.wait_for(reader.read(), 20)  # until the end
        server.close()
        return answer, worker.nr, worker.nr_conns

    answer, answered, connections = asyncio.run(talk())
    assert answer.endswith(BODY)
    assert (answered, connections) == (1, 0)
