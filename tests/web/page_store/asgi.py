"""An ASGI client for tests: one request, and its whole answer."""

import asyncio
from dataclasses import dataclass


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def scope_of(path, method="GET", headers=(), query="", scheme="http"):
    lines = [
        (b"host", b"testserver"),
        *((name.lower().encode(), value.encode()) for name, value in dict(headers).items()),
    ]
    return {
        "type": "http",
        "method": method,
        "scheme": scheme,
        "http_version": "1.1",
        "path": path,
        "query_string": query.encode(),
        "headers": lines,
        "server": ("testserver", 80),
        "client": ("127.0.0.1", 5),
    }


async def ask(application, path, method="GET", headers=(), query="", body=b"", **how):
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    scope = scope_of(path, method, headers, query, **how)
    counts = getattr(application, "_counts", None)
    at_hand = getattr(application, "at_hand", None) if counts is None else None  # it would be counted twice
    held = at_hand and at_hand(method, scope["scheme"], path, query.encode(), dict(scope["headers"]))
    await application(scope, receive, send)
    # Whatever a connection would write at once is what the application sends.
    assert held is None or list(held) == sent
    start, *bodies = sent
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], headers, b"".join(message["body"] for message in bodies))


def run(application, *requests):
    """The answers, in their order, one request after another; each a path, or (path, arguments of `ask`)."""

    async def all_of_them():
        found = []
        for request in requests:
            path, how = request if isinstance(request, tuple) else (request, {})
            found.append(await ask(application, path, **how))
        return found

    return asyncio.run(all_of_them())
