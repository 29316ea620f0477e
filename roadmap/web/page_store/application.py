"""The site as an ASGI application: what is held is given at once; Django is asked, in a thread, for all else."""

import asyncio
import ctypes
import gc
import logging
import mmap
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.template.loader import get_template

from roadmap.published import store
from roadmap.web.as_markdown import FILE
from roadmap.web.counts import kind_of, site_counts
from roadmap.web.exchange import EXCHANGE, HEADER, Exchange, current, exchange_of
from roadmap.web.headers import STAFF
from roadmap.web.headers import lines as header_lines
from roadmap.web.page_store import wsgi_bridge
from roadmap.web.page_store.answers import EMPTY, Held, Made, Message, made
from roadmap.web.page_store.asked import by_name, in_origin_form
from roadmap.web.page_store.disk import Disk
from roadmap.web.page_store.keys import Key, canonical, is_canonical
from roadmap.web.page_store.of_readers import away_answer, is_picture, is_public, name_of, prefers_markdown
from roadmap.web.page_store.shelf import Shelf
from roadmap.web.page_store.watch import Seen, Watch
from roadmap.web.page_store.watched import Told, watched
from roadmap.web.page_store.wsgi_bridge import Gone, Receive, Scope, TooLong
from roadmap.web.responses import OF_SOFTWARE, SAFE_METHODS, Basis
from roadmap.web.site import ALIVE

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]

MAKERS = 2  # threads that make what readers ask for
NICE = 5  # steps that editors' threads stand back for the readers'; Linux counts them by thread
EDITORS = 6  # threads for all else: forms, previews
TURN = 0.0005  # seconds that a thread computes while others wait, a tenth of Python's own: most wait after each query
FILES = 2  # threads that wait for nothing but this machine's disk: for what is kept there, and for pictures
PICTURES = 4  # threads that wait for pictures from another machine (UPLOADS_URL), so that no page does
PART = 256 * 1024  # bytes of an answer that lies in a file, sent at once
PATIENCE_ASKING = 0.08  # seconds that a reader waits for word of what may have been published a moment ago
PATIENCE_STARTING = 1.2  # seconds that a process which begins waits for the same: nobody reads from it yet
PATIENCE_LOADING = 0.25  # seconds more, where something was
PATIENCE = 0.8  # seconds that whoever asks first waits for what is new, where there is something older
PATIENCE_AWAY = 0.8  # seconds, where there is nothing, and the database is away
PATIENCE_PICTURE = 8.0  # seconds, for one from another machine
PATIENCE_LONG = 20.0  # seconds, where there is nothing
REFUSED_WAITS = (
    1.0  # seconds before who tried too often hears of it: a program that goes on trying comes back no sooner
)

_SAYS_HOW_IT_CAME = b"x-forwarded-proto"
# Of a form that was taken: what it did may be a publishing. One that is refused is shown again, and a log-in may be
# refused a thousand times.
_DONE = (302, 303)
# Statuses of what is not there, or not understood, as long as nothing else is published.
_STABLE = (400, 404, 410)
_TEXT = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *header_lines(False)]
_ALIVE = Held(Made(200, _TEXT, {"": f"{ALIVE}\n".encode()}, None, 0))
_TOO_LONG = Held(Made(413, _TEXT, {"": b"What was sent is too long.\n"}, None, 0))


class PageStore:
    """Stands before Django. One in each process; all but the making runs in its event loop."""

    def __init__(self, django: WSGIHandler, watch: Watch | None = None):
        self._django = django
        self._watch = watch or Watch()
        self._shelf: Shelf[Key, Held] = Shelf(settings.PAGE_STORE_MEMORY)
        self._disk = Disk(Path(settings.STATE_DIR) / "pages", settings.PAGE_STORE_DISK, self._shelf.in_use)
        self._making: dict[Key, asyncio.Task[Held]] = {}
        self._counts = site_counts()
        self._is_watched = settings.ACCESS_LOG or self._counts is not None
        header = settings.SECURE_PROXY_SSL_HEADER
        self._forwarded = header[0].removeprefix("HTTP_").replace("_", "-").lower().encode() if header else None

    @cached_property
    def _makers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(MAKERS, "make")

    @cached_property
    def _editors(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(EDITORS, "edit", os.nice, (NICE,))

    @cached_property
    def _files(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(FILES, "file")

    @cached_property
    def _pictures(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(PICTURES, "picture")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._live(scope, receive, send)
            return
        if scope["path"][:1] != "/":
            scope = in_origin_form(scope)
        if self._is_watched and send.__class__ is not Told:
            await watched(self, scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        asked = by_name(scope["headers"])
        key = self._key(method, scope["scheme"], path, scope["query_string"], asked)
        if key is not None:
            held = self._shelf.get(key)
            if held is not None and held.files and not held.is_there:
                held = None
            if held is not None and self._is_right(held):
                if self._counts is not None:
                    self._counts.add("store", "memory")
                await _send(send, *held.messages(method, asked))
                return
            if path == "/healthz":
                await _send(send, *_ALIVE.messages(method, asked))
                return
            if held is not None or is_public(key.path):
                await self._give(key, held, method, asked, send)
                return
        await self._pass_on(scope, receive, send)

    def at_hand(
        self, method: str, scheme: str, path: str, query: bytes, asked: Mapping[bytes, bytes]
    ) -> tuple[Message, Message] | None:
        """What is held in memory and right, as the messages that send it; None where it takes more to answer."""
        if settings.ACCESS_LOG or (self._forwarded is None and _SAYS_HOW_IT_CAME in asked):
            return None  # it is to be logged; or gunicorn knows whether to believe the header
        key = self._key(method, scheme, path, query, asked)
        held = self._shelf.get(key) if key is not None else None
        if held is None or not self._is_right(held):
            return None
        start, body = held.messages(method, asked)
        if (seen := body["body"]).__class__ is not bytes:  # in its file
            if len(seen) > PART or not held.is_there:
                return None
            body = {**body, "body": bytes(seen)}
        if self._counts is not None:
            self._counts.add("store", "memory")
            self._counts.request(kind_of(path), start["status"])
        return start, body

    # What readers ask for

    def _key(self, method: str, scheme: str, path: str, query: bytes, asked: Mapping[bytes, bytes]) -> Key | None:
        """None where it is nothing that readers ask for."""
        if method not in SAFE_METHODS or (query and not is_canonical(query)):
            return None
        if self._forwarded is not None:
            scheme = "https" if asked.get(self._forwarded) == b"https" else "http"
        host = name_of(settings.PUBLIC_ORIGIN, asked.get(b"host", b"").decode("latin-1").lower())
        if b"markdown" in asked.get(b"accept", b"").lower() and prefers_markdown(path, asked[b"accept"]):
            path = f"{path}{FILE}"
        return Key(scheme, host, path, canonical(query) if query else "")

    def _is_right(self, held: Held) -> bool:
        """Whether it was confirmed by what was last seen, and nothing says that there may be more to see."""
        watch = self._watch
        return held.confirmed is watch.seen and not watch.is_away and not watch.is_nudged

    async def _give(self, key: Key, held: Held | None, method: str, asked: Mapping[bytes, bytes], send: Send) -> None:
        """What is held, where it is right or there is nothing better; what is made now, where that can be."""
        watch = self._watch
        if watch.is_nudged:
            await self._look()
        seen = watch.seen
        if held is not None and not watch.is_away and seen is not None and held.basis and seen.confirms(held.basis):
            held.confirmed = seen
            if self._counts is not None:
                self._counts.add("store", "memory")
        elif held is None or not watch.is_away or _is_of_another_notice(held, seen):
            held = await self._newer(key, held) or held
        if held is None:
            await _send(send, *away_answer(key).messages(method, asked))
            return
        is_old = watch.is_away and held.basis not in (None, OF_SOFTWARE)
        age = max(0, round(time.time() - max(watch.answered_at, held.made_at))) if is_old else None
        await _send(send, *held.messages(method, asked, age))

    async def _newer(self, key: Key, held: Held | None) -> Held | None:
        """None where it takes too long, or cannot be made: who waits for it already has one old answer to give."""
        making = self._making.get(key)
        if making is not None and held is not None:
            return None  # somebody else has it made
        if making is None:
            making = asyncio.get_running_loop().create_task(self._make(key))
            self._making[key] = making
            making.add_done_callback(lambda _: self._making.pop(key, None))
        patience = PATIENCE if held is not None else PATIENCE_AWAY if self._watch.is_away else PATIENCE_LONG
        if is_picture(key.path):  # no database is asked for it
            patience = PATIENCE_PICTURE
        try:
            found = await asyncio.wait_for(asyncio.shield(making), patience)
        except TimeoutError:
            logger.warning("%s takes longer than %s seconds to make", key.path, patience)
            return None
        if held is not None and found.status >= 500:
            return None
        return found

    async def _make(self, key: Key) -> Held:
        """From disk where it is right, and by Django otherwise, while other processes that need it wait for it there.

        What is on disk waits for nothing that Django waits for.
        """
        loop, watch = asyncio.get_running_loop(), self._watch
        exchange = current.get() or Exchange("GET", f"{key.path}?{key.query}" if key.query else key.path)
        seen, exchange.source = watch.seen, "disk"  # before: what is published meanwhile confirms nothing
        new = await self._kept(key, seen)
        if new is None:
            async with self._disk.alone_with(key):
                seen = watch.seen
                new = await self._kept(key, seen)
                if new is None:
                    threads = self._pictures if is_picture(key.path) else self._makers
                    new = await loop.run_in_executor(threads, self._made_by_django, key, seen, exchange)
        if self._counts is not None:
            self._counts.add("store", exchange.source)
        found = Held(new)
        if new.basis:
            # Whoever asked while something was published gets it; whoever asks next has it made again.
            found.confirmed = seen if seen and not watch.is_away and seen.confirms(new.basis) else None
            self._shelf.put(key, found)
        return found

    async def _kept(self, key: Key, seen: Seen | None) -> Made | None:
        """From disk, where it is right."""
        kept = await asyncio.get_running_loop().run_in_executor(self._files, self._disk.get, key)
        if kept is None or not kept.basis or seen is None:
            return kept if kept and kept.basis else None
        is_right = seen.agrees_on_notice(kept.basis) if self._watch.is_away else seen.confirms(kept.basis)
        return kept if is_right else None

    def _made_by_django(self, key: Key, seen: Seen | None, exchange: Exchange) -> Made:
        """Of the key alone: nothing else that somebody sent reaches what all get. Kept on disk, where others may."""
        headers = [(b"host", key.host.encode("latin-1"))]
        if self._forwarded:
            headers.append((self._forwarded, key.scheme.encode()))
        environ = wsgi_bridge.environ("GET", key.scheme, key.path, key.query, headers)
        environ[EXCHANGE] = exchange
        response, status, lines, body = wsgi_bridge.ask(self._django, environ)
        basis, is_file = (
            getattr(response, "basis", None),
            key.path.startswith((settings.STATIC_URL, settings.MEDIA_URL)),
        )
        if basis is None and status == 200 and key.path.startswith(settings.STATIC_URL):
            basis = OF_SOFTWARE
        elif basis is None and status in _STABLE and seen and not is_file:
            basis = Basis(seen.of_all, "", seen.day)
        new = made(status, lines, body, basis)
        return self._disk.put(key, new) if new.basis else new

    async def _look(self, asking: float = PATIENCE_ASKING) -> None:
        """Waits until this process has looked what is newest, or for a while: not for a database that says nothing."""
        loop, looked = asyncio.get_running_loop(), asyncio.Event()

        def then() -> None:
            loop.call_soon_threadsafe(looked.set)

        self._watch.look_now(then)
        for patience in (asking, PATIENCE_LOADING):
            try:
                await asyncio.wait_for(looked.wait(), patience)
                return
            except TimeoutError:
                if not self._watch.is_loading:
                    break
        logger.warning("It takes longer than %s seconds to see what is newest", patience)

    # What is not for readers

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The request as it is, to Django; and what it answers, for the one who asked."""
        try:
            # A form without files is taken up to there by Django as well; files are sent by staff alone.
            most = wsgi_bridge.MOST if scope["path"].startswith(STAFF) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            body = await wsgi_bridge.read_body(receive, most)
        except Gone:
            return
        except TooLong:
            await _send(send, *_TOO_LONG.messages(scope["method"], {}))
            return
        with body:
            environ = wsgi_bridge.environ_of(scope, body)
            exchange = current.get() or exchange_of(environ)
            environ[EXCHANGE] = exchange
            ask = partial(wsgi_bridge.ask, self._django, environ)
            threads = self._files if is_picture(scope["path"]) else self._editors
            _, status, headers, content = await asyncio.get_running_loop().run_in_executor(threads, ask)
        if scope["method"] not in SAFE_METHODS and status in _DONE:
            self._watch.nudge()
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            await asyncio.sleep(REFUSED_WAITS)  # which takes no thread
        lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        if current.get() is None:  # otherwise whoever watches says it
            lines.append((HEADER.lower().encode(), exchange.id.encode()))
        await _send(
            send, {"type": "http.response.start", "status": status, "headers": lines}, {**EMPTY, "body": content}
        )

    # The process

    def load(self) -> None:
        """What is published, and what pages are made with, into memory that the processes forked after this share."""
        self._watch.look(store.now())
        self._watch.prepare_pages()
        self._watch.prepare_search()
        is_public("/")  # all addresses, and so all views
        folder = settings.BASE_DIR / "templates"
        for path in folder.rglob("*.html"):
            if not path.is_relative_to(folder / "admin"):  # half of all, for those who edit
                get_template(str(path.relative_to(folder)))
        if prepare := getattr(default_storage, "prepare", None):  # of a store on another machine
            prepare()
        for connection in connections.all(initialized_only=True):
            connection.close()
            if close_pool := getattr(connection, "close_pool", None):
                close_pool()  # its threads would be missing in the others
        gc.collect()
        if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
            trim(0)  # what was freed goes back to the system
        gc.freeze()

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                sys.setswitchinterval(TURN)
                self._watch.start()
                await self._look(PATIENCE_STARTING)
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                self._watch.end()
                return

    def finish(self) -> None:
        """Waits until what is under way in its threads is done."""
        self._makers.shutdown()
        self._editors.shutdown()
        self._files.shutdown()
        self._pictures.shutdown()


async def _send(send: Send, start: dict[str, Any], body: dict[str, Any]) -> None:
    """What lies in a file part by part: a reader who is slow to take it holds one of them in memory, and not all."""
    await send(start)
    whole = body["body"]
    if isinstance(whole, memoryview):
        for first in range(0, len(whole) - PART, PART):
            await send({**body, "body": bytes(whole[first : first + PART]), "more_body": True})
        body = {**body, "body": bytes(whole[(len(whole) - 1) // PART * PART :])}
        if isinstance(whole.obj, mmap.mmap):
            whole.obj.madvise(mmap.MADV_DONTNEED)  # the system has it still, and this process need not count it
    await send(body)


def _is_of_another_notice(held: Held, seen: Seen | None) -> bool:
    """Whether a notice has begun or ended since: that no database needs to say, and least of all one that is away."""
    return seen is not None and held.basis is not None and not seen.agrees_on_notice(held.basis)
