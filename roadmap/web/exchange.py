"""Which request is being answered: for whatever is logged meanwhile, and for what it costs.

A request that came by way of our own proxy keeps the id that it was given there. What is slow is logged with its cause:
which address, how many queries, how long they took, and in which words, without values.
"""

import logging
import os
import re
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from roadmap.web.counts import kind_of, site_counts

HEADER = "X-Request-ID"
EXCHANGE = "roadmap.exchange"  # in the environment of WSGI: by whom it is answered, where that was known before Django
MOST_SQL = 1_000  # characters

slow = logging.getLogger("roadmap.slow")
access = logging.getLogger("roadmap.access")

_IS_ID = re.compile(r"[\w.-]{8,64}", re.ASCII)
_LITERAL = re.compile(r"'(?:[^']|'')*'")


class Exchange:
    """One request, and what it has cost so far."""

    __slots__ = ("address", "began", "id", "in_queries", "method", "queries", "slowest", "slowest_sql", "source")

    def __init__(self, method: str, address: str, given: str = ""):
        """`given` is what a client or a proxy sent for its id."""
        self.id = given if settings.BEHIND_PROXY and _IS_ID.fullmatch(given) else os.urandom(8).hex()
        # A line stays one, whatever was asked for.
        self.address = address if address.isprintable() else address.encode("unicode_escape").decode()
        self.method = method
        self.began = time.perf_counter()
        self.source = "memory"  # where the answer came from: that, "disk" or "django"
        self.queries, self.in_queries = 0, 0.0  # seconds
        self.slowest, self.slowest_sql = 0.0, ""

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    def add_query(self, sql: str, seconds: float) -> None:
        self.queries += 1
        self.in_queries += seconds
        if seconds > self.slowest:
            self.slowest, self.slowest_sql = seconds, sql


current: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


def exchange_of(environ: Mapping[str, Any]) -> Exchange:
    """Of a request as WSGI has it."""
    query = environ.get("QUERY_STRING", "")
    path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace")
    given = environ.get("HTTP_X_REQUEST_ID", "")
    return Exchange(environ.get("REQUEST_METHOD", ""), f"{path}?{query}" if query else path, given)


def log_access(exchange: Exchange, status: int, size: int) -> None:
    told = {
        "method": exchange.method,
        "address": exchange.address,
        "status": status,
        "bytes": size,
        "milliseconds": round(exchange.seconds * 1000, 1),
        "from": exchange.source,
    }
    # Not by `access.info`, which looks where in the code it was called: a third of what a line costs.
    words = "%s %s %s, %s bytes, %s ms, from %s"
    record = logging.LogRecord(access.name, logging.INFO, __file__, 0, words, (*told.values(),), None)
    record.exchange, record.told = exchange, told
    access.handle(record)


class Answering:
    """Middleware, the outermost: says to whatever is logged which request it was for, and tells what was slow."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known: Exchange | None = request.META.get(EXCHANGE)
        exchange = known or exchange_of(request.META)
        request.META[EXCHANGE] = exchange
        token = current.set(exchange)
        began = time.perf_counter()
        try:
            answer = self.get_response(request)
        finally:
            current.reset(token)
            seconds = time.perf_counter() - began
            exchange.source = "django"
            tell_slow(exchange, seconds)
        counts, kind = site_counts(), kind_of(request.path)
        if counts:
            counts.render(kind, seconds)
        if known is None:  # there is nothing before Django that would
            answer[HEADER] = exchange.id
            if counts:
                counts.request(kind, answer.status_code)
            if settings.ACCESS_LOG:
                size = int(answer.get("Content-Length", "0")) if answer.streaming else len(answer.content)
                log_access(exchange, answer.status_code, size)
        return answer


def tell_slow(exchange: Exchange, seconds: float) -> None:
    if not settings.SLOW_RENDER_MS or seconds * 1000 < settings.SLOW_RENDER_MS:
        return
    told = {
        "method": exchange.method,
        "address": exchange.address,
        "milliseconds": round(seconds * 1000),
        "queries": exchange.queries,
        "milliseconds_in_queries": round(exchange.in_queries * 1000),
        "slowest_query_milliseconds": round(exchange.slowest * 1000),
        "slowest_query": without_values(exchange.slowest_sql),
    }
    slowest = (
        f"; the slowest, {told['slowest_query_milliseconds']} ms: {told['slowest_query']}" if exchange.queries else ""
    )
    slow.warning(
        "%s %s took %s ms: %s queries took %s ms of them%s",
        *list(told.values())[:5],
        slowest,
        extra={"exchange": exchange, "told": told},
    )


def count_query(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
    """Around every question to a database: see Django's `execute_wrappers`."""
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = time.perf_counter() - began
        exchange = current.get()
        if exchange is not None:
            exchange.add_query(sql, seconds)
        if counts := site_counts():
            counts.query(context["connection"].alias, seconds)
        is_served = exchange is not None or settings.IS_SERVER  # a command may take its time
        if is_served and settings.SLOW_QUERY_MS and seconds * 1000 >= settings.SLOW_QUERY_MS:
            words = without_values(sql)
            where = f"{exchange.method} {exchange.address}" if exchange else "none"
            told = {"milliseconds": round(seconds * 1000), "address": where, "query": words}
            slow.warning("A query took %s ms (request: %s): %s", *told.values(), extra={"told": told})


def watch_connection(connection: Any, **_: Any) -> None:
    """For Django's `connection_created`. First of its wrappers: whoever adds one for a while takes the last away."""
    if count_query not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, count_query)


def without_values(sql: str) -> str:
    """The words of a query. Values are not in it, but for what somebody wrote there as a text."""
    words = " ".join(_LITERAL.sub("'…'", str(sql)).split())
    return words if len(words) <= MOST_SQL else f"{words[:MOST_SQL]}…"
