"""A request as Django's WSGI handler takes it (PEP 3333), and its answer whole.

A thread is needed only while Django works: the body has arrived before, and the answer leaves after it.
"""

import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from io import BytesIO
from typing import IO, Any

from django.core.handlers.wsgi import WSGIHandler
from django.http.response import HttpResponseBase

Scope = Mapping[str, Any]
Headers = Iterable[tuple[bytes, bytes]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

MOST = 256 * 1024 * 1024  # bytes of a body: five archives of the largest that an import takes
_IN_MEMORY = 1024 * 1024  # bytes of a body; what is longer waits in a file


class Gone(Exception):
    """The client has left before its request was complete."""


class TooLong(Exception):
    """More was sent than any form of ours takes."""


async def read_body(receive: Receive, most: int = MOST) -> IO[bytes]:
    """`most` in bytes; what is beyond is taken and kept nowhere, because a client that is cut off in the midst of
    sending hears no answer. Raises Gone, TooLong.
    """
    body = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (whoever takes it closes it)
    is_more, size = True, 0
    while is_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            body.close()
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        is_more = message.get("more_body", False)
        if size <= most:
            body.write(part)
        elif size > MOST or not is_more:
            body.close()
            raise TooLong
        else:
            body.truncate(0)
            body.seek(0)
    body.seek(0)
    return body


def environ_of(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """Of a request as it came."""
    query = scope["query_string"].decode("latin-1")
    found = environ(scope["method"], scope["scheme"], scope["path"], query, scope["headers"], body)
    found["SERVER_PROTOCOL"] = f"HTTP/{scope['http_version']}"
    if server := scope.get("server"):
        found["SERVER_NAME"], found["SERVER_PORT"] = server[0], str(server[1] or 0)
    if client := scope.get("client"):
        found["REMOTE_ADDR"] = client[0]
    # It has arrived whole, so its length is known, however it was sent.
    if found.pop("HTTP_TRANSFER_ENCODING", None):
        found["CONTENT_LENGTH"] = str(_length(body))
    return found


def environ(
    method: str, scheme: str, path: str, query: str, headers: Headers, body: IO[bytes] | None = None
) -> dict[str, Any]:
    """The least that PEP 3333 asks for. Of a header that came more than once, all values."""
    found: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443" if scheme == "https" else "80",
        "REMOTE_ADDR": "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": body or BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for line, value in headers:
        if b"_" in line:
            continue  # it would be taken for the one with a hyphen
        name = line.decode("latin-1").upper().replace("-", "_")
        name = name if name in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{name}"
        separator = "; " if line == b"cookie" else ","
        text = value.decode("latin-1")
        found[name] = f"{found[name]}{separator}{text}" if name in found else text
    return found


def _length(body: IO[bytes]) -> int:
    length = body.seek(0, 2)
    body.seek(0)
    return length


def ask(django: WSGIHandler, environ: dict[str, Any]) -> tuple[HttpResponseBase, int, list[tuple[str, str]], bytes]:
    """Django's response, its status, its headers and its whole body. In the thread of whoever calls."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        started.append((status, headers))
        return lambda written: None

    response = django(environ, start_response)
    try:
        body = b"".join(response)
    finally:
        response.close()
    status, headers = started[0]
    return response, int(status.split(" ", 1)[0]), headers, body
