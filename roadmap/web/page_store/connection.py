"""A connection on which readers ask: what the page store has at hand is written where the bytes of a request arrive.

All else is gunicorn's. An ASGI server makes a task, a scope and several messages for each request; for a page that is
held they cost more than the page. See docs/decisions/0039-a-held-page-is-written-where-it-is-asked-for.md.
"""

import re
from email.utils import formatdate
from http import HTTPStatus
from time import time
from typing import Any, Protocol

from gunicorn.asgi.parser import PythonProtocol  # type: ignore[import-untyped]
from gunicorn.asgi.protocol import ASGIProtocol  # type: ignore[import-untyped]

MOST = 8192  # bytes of a request that is looked at here
GRAIN = 0.25  # seconds by which an idle connection may end too early, so that not each request sets a timer
JOINED = 65_536  # bytes of a body that are copied, so that one call of the system sends all

# A whole request as programs and browsers write it, and no byte more (RFC 9112, 3 and 5): no folded lines, nothing
# quoted in the path, no empty values, no blanks before a colon. What is written otherwise may be right as well, and is
# gunicorn's to judge.
_REQUEST = re.compile(
    rb"(GET|HEAD) (/[A-Za-z0-9/._~-]*)(?:\?([!\"$-~]*))? HTTP/1\.1\r\n"
    rb"((?:[A-Za-z0-9-]+:[ \t]*[!-~][ -~]*\r\n)+)\r\n"
)
# What gunicorn has to act upon: a body, another protocol, and what else says that a request came by TLS
# (`secure_scheme_headers`), because who says both is refused.
_LEFT_TO_GUNICORN = frozenset(
    (
        *(b"content-length", b"transfer-encoding", b"trailer", b"te", b"expect", b"upgrade", b"http2-settings"),
        *(b"x-forwarded-protocol", b"x-forwarded-ssl"),
    )
)
_SERVER = b"server: gunicorn/asgi\r\n"


class AtHand(Protocol):
    """What an application has for a request without waiting for anything, as the two messages of ASGI; or None."""

    def __call__(
        self, method: str, scheme: str, path: str, query: bytes, asked: dict[bytes, bytes]
    ) -> tuple[dict[str, Any], dict[str, Any]] | None: ...


class ReadersConnection(ASGIProtocol):
    def __init__(self, worker: Any):
        super().__init__(worker)
        self._at_hand: AtHand | None = getattr(worker.asgi, "at_hand", None)
        self._timed_at = 0.0
        if (
            worker.log.access_log_enabled
            or self._pre_request
            or self._post_request
            or self._uses_uwsgi
            or self._proxy_protocol != "off"
            or not self._keepalive
        ):
            self._at_hand = None

    def data_received(self, data: bytes) -> None:
        """Called with what has come, a whole request as a rule: most are shorter than a packet."""
        if self._at_hand is None or not self._is_idle() or not self._answer(self._at_hand, data):
            super().data_received(data)

    def _is_idle(self) -> bool:
        """Whether nothing is under way: the next byte is the first of a request, and the next answer is to it."""
        parser = self._callback_parser
        return (
            self._current_request is None
            and parser.__class__ is PythonProtocol
            and not parser._buffer
            and parser._state == "request_line"
            and not self._closed
            and not self._is_ssl
            and not self._flow_control.write_paused
            and self.worker.alive
            and self.worker.nr + 1 < self.worker.max_requests
        )

    def _answer(self, at_hand: AtHand, data: bytes) -> bool:
        """Writes what is at hand. False where nothing is, or the request is one for gunicorn: nothing is done then."""
        if len(data) > MOST or (found := _REQUEST.fullmatch(data)) is None:
            return False
        method, path, query, lines = found.groups()
        asked: dict[bytes, bytes] = {}
        for line in lines.split(b"\r\n")[:-1]:
            name, _, value = line.partition(b":")
            name = name.lower()
            if name in asked:
                return False
            asked[name] = value.strip(b" \t")
        if (
            b"host" not in asked
            or asked.get(b"connection", b"keep-alive").lower() != b"keep-alive"
            or not _LEFT_TO_GUNICORN.isdisjoint(asked)
        ):
            return False
        answer = at_hand(method.decode(), "http", path.decode(), query or b"", asked)
        if answer is None:
            return False
        self._write(*answer)
        self.worker.nr += 1
        now = self.worker.loop.time()
        if self._keepalive_handle is None or now - self._timed_at > GRAIN:
            self._arm_keepalive_timer()
            self._timed_at = now
        return True

    def _write(self, start: dict[str, Any], message: dict[str, Any]) -> None:
        head = start.get("head") or start.setdefault("head", _head(start))
        body = message["body"]
        head = head + _date()
        if len(body) < JOINED:
            self._safe_write(head + body)
        else:
            self._safe_write(head)
            self._safe_write(body)


def _head(start: dict[str, Any]) -> bytes:
    """All before the body but the date and the empty line."""
    status = HTTPStatus(start["status"])
    lines = (b"%s: %s\r\n" % pair for pair in start["headers"])
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() + b"".join(lines) + _SERVER


_dated = (0, b"")  # seconds since 1970, and what is written in them


def _date() -> bytes:
    """The last line before the body, and the empty one."""
    global _dated
    now = int(time())
    if _dated[0] != now:
        _dated = now, f"date: {formatdate(now, usegmt=True)}\r\n\r\n".encode()
    return _dated[1]
