"""One request as it is told of: how it was answered, for the access log and the counts. Only where either is wanted."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from roadmap.web.counts import kind_of, site_counts
from roadmap.web.exchange import HEADER, Exchange, current, log_access
from roadmap.web.page_store.wsgi_bridge import Receive, Scope

Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_HEADER = HEADER.lower().encode()


class Told:
    """Sends on, and remembers the status and how many bytes. With `id`, says that to whoever asked."""

    __slots__ = ("_id", "_send", "size", "status")

    def __init__(self, send: Send, id: bytes):
        self._send, self._id = send, id
        self.status = self.size = 0

    async def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self._id:  # what is held is for all: this is another message
                message = message | {"headers": [*message["headers"], (_HEADER, self._id)]}
        else:
            self.size += len(message["body"])
        await self._send(message)


async def watched(application: Application, scope: Scope, receive: Receive, send: Send) -> None:
    exchange = token = None
    if settings.ACCESS_LOG:
        address = (
            f"{scope['path']}?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else scope["path"]
        )
        given = dict(scope["headers"]).get(_HEADER, b"").decode("latin-1")
        exchange = Exchange(scope["method"], address, given)
        token = current.set(exchange)
    told = Told(send, exchange.id.encode() if exchange else b"")
    try:
        await application(scope, receive, told)
    finally:
        if token is not None:
            current.reset(token)
        if told.status and (counts := site_counts()):
            counts.request(kind_of(scope["path"]), told.status)
        if told.status and exchange:
            log_access(exchange, told.status, told.size)
