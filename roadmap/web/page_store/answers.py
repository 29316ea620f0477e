"""One answer as it is held: its body in each content coding, and what is sent before it, made once."""

import gzip
import mmap
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

import brotli  # type: ignore[import-untyped]
import msgspec

from roadmap.web.headers import NAMES
from roadmap.web.page_store.negotiation import (
    BROTLI,
    GZIP,
    IDENTITY,
    codings,
    has_etag,
    has_strong_etag,
    moment,
    part_of,
)
from roadmap.web.responses import Basis

Headers = list[tuple[bytes, bytes]]
Message = dict[str, Any]

_COMPRESSED = re.compile(r"(?:text/.*|application/(?:[\w.+-]*[+/])?(?:json|xml|javascript)|image/svg\+xml)(?:;.*)?")
_LEAST = 200  # bytes: below, a coding saves nothing
_HARD = 100_000  # bytes: above, compressing as hard as for what is kept for good takes a reader's time
# What lets a script of another site read an answer.
_OF_REFUSAL = NAMES | {b"access-control-allow-origin", b"access-control-expose-headers"}
# What a 304 repeats of the whole answer (RFC 9110, 15.4.5).
_REPEATED = _OF_REFUSAL | {b"etag", b"last-modified", b"cache-control", b"vary", b"x-robots-tag"}
_LENGTH = b"content-length"
_DATED = b"last-modified"  # repeated only where there is no ETag


class Made(msgspec.Struct, frozen=True):
    """An answer as Django made it, and as it is kept on disk."""

    status: int
    headers: Headers
    bodies: Mapping[str, bytes]  # by content coding; of a large one, what is seen of its file
    basis: Basis | None  # None: it is for the one who asked alone
    made_at: float  # seconds since 1970


def made(status: int, headers: Iterable[tuple[str, str]], body: bytes, basis: Basis | None) -> Made:
    """With its body in every coding that makes it smaller, where it is to be held."""
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    bodies = {IDENTITY: body}
    media_type = dict(lines).get(b"content-type", b"").decode("latin-1")
    if basis and len(body) >= _LEAST and _COMPRESSED.fullmatch(media_type):
        bodies[BROTLI] = brotli.compress(body, quality=(11 if not basis.editions else 9) if len(body) < _HARD else 5)
        bodies[GZIP] = gzip.compress(body, mtime=0)
        bodies = {coding: coded for coding, coded in bodies.items() if coding == IDENTITY or len(coded) < len(body)}
    return Made(status, lines, bodies, basis, time.time())


class Variant:
    """An answer in one content coding, as the messages of ASGI that send it."""

    __slots__ = ("body", "etag", "headers", "not_modified", "start")

    def __init__(self, made: Made, coding: str, etag: bytes):
        own = [(b"content-length", str(len(made.bodies[coding])).encode())]
        if coding:
            own.append((b"content-encoding", coding.encode()))
        if etag:
            own += [(b"etag", etag), (b"accept-ranges", b"bytes")]
        if made.basis:
            others = dict(made.headers).get(b"vary")
            own.append((b"vary", others + b", Accept-Encoding" if others else b"Accept-Encoding"))
        replaced = {name for name, _ in own}
        self.headers: Headers = [pair for pair in made.headers if pair[0] not in replaced] + own
        self.etag = etag
        self.start: Message = {"type": "http.response.start", "status": made.status, "headers": self.headers}
        self.body: Message = {"type": "http.response.body", "body": made.bodies[coding]}
        repeated = [pair for pair in self.headers if pair[0] in _REPEATED and not (etag and pair[0] == _DATED)]
        self.not_modified: Message = {"type": "http.response.start", "status": 304, "headers": repeated}

    def refused(self, status: int, *more: tuple[bytes, bytes]) -> Message:
        """Where what is there is not what was asked for."""
        headers = [pair for pair in self.headers if pair[0] in _OF_REFUSAL]
        headers += [(b"cache-control", b"no-store"), (_LENGTH, b"0"), *more]
        return {"type": "http.response.start", "status": status, "headers": headers}


EMPTY: Message = {"type": "http.response.body", "body": b""}


class Held:
    """What a process gives for one address."""

    __slots__ = ("basis", "confirmed", "files", "last_modified", "made_at", "size", "status", "variants")

    def __init__(self, made: Made):
        found = dict(made.headers)
        etag, dated = found.get(b"etag", b""), found.get(b"last-modified", b"")
        self.status = made.status
        self.basis = made.basis
        self.made_at = made.made_at
        self.last_modified = moment(dated) if dated else None
        self.variants = {coding: Variant(made, coding, _named(etag, coding)) for coding in made.bodies}
        seen: list[Any] = [getattr(body, "obj", None) for body in made.bodies.values()]  # of a memoryview
        self.files = frozenset(file for file in seen if isinstance(file, mmap.mmap))
        self.size = sum(len(body) + 1_500 for body in made.bodies.values())
        self.confirmed: object = None  # what was seen of the Editions when it was last found to be right

    @property
    def is_there(self) -> bool:
        """Whether all of it can be read still: whoever reads on where a file was cut short ends its process."""
        return all(file.size() >= len(file) for file in self.files)

    def messages(self, method: str, asked: Mapping[bytes, bytes], age: int | None = None) -> tuple[Message, Message]:
        """The two that answer a request with these headers. `age` in seconds, where it may not be the newest."""
        variants = self.variants
        variant = variants[IDENTITY]
        if len(variants) > 1 and (accepted := asked.get(b"accept-encoding")):
            variant = next(variants[coding] for coding in codings(accepted) if coding in variants)
        start, body = variant.start, variant.body
        if self.status == 200:
            if not self._is_as_expected(variant, asked):
                start, body = variant.refused(412), EMPTY
            elif self._is_known(variant, asked):
                start, body = variant.not_modified, EMPTY
            elif b"range" in asked and method == "GET":
                start, body = self._part(variant, asked)
        if age is not None:
            start = start | {"headers": [*start["headers"], (b"age", str(age).encode())]}
        return start, EMPTY if method == "HEAD" else body

    def _is_as_expected(self, variant: Variant, asked: Mapping[bytes, bytes]) -> bool:
        """Whether it is what the reader wants to go on with (RFC 9110, 13.2.2)."""
        if listed := asked.get(b"if-match"):
            return has_strong_etag(listed, variant.etag)
        if self.last_modified is not None and (since := asked.get(b"if-unmodified-since")):
            then = moment(since)
            return then is None or self.last_modified <= then
        return True

    def _is_known(self, variant: Variant, asked: Mapping[bytes, bytes]) -> bool:
        """Whether the reader has it (RFC 9110, 13.2.2)."""
        if listed := asked.get(b"if-none-match"):
            return bool(variant.etag) and has_etag(listed, variant.etag)
        if self.last_modified is not None and (since := asked.get(b"if-modified-since")):
            then = moment(since)
            return then is not None and self.last_modified <= then
        return False

    def _part(self, variant: Variant, asked: Mapping[bytes, bytes]) -> tuple[Message, Message]:
        whole = variant.body["body"]
        is_same = asked.get(b"if-range") in (None, variant.etag)  # a date is a weak validator here: the whole, then
        try:
            part = part_of(asked[b"range"], len(whole)) if variant.etag and is_same else None
        except ValueError:
            return variant.refused(416, (b"content-range", b"bytes */%d" % len(whole))), EMPTY
        if part is None:
            return variant.start, variant.body
        first, end = part
        headers = [pair for pair in variant.headers if pair[0] != _LENGTH]
        headers += [
            (_LENGTH, b"%d" % (end - first)),
            (b"content-range", b"bytes %d-%d/%d" % (first, end - 1, len(whole))),
        ]
        start = {"type": "http.response.start", "status": 206, "headers": headers}
        return start, {"type": "http.response.body", "body": whole[first:end]}


def _named(etag: bytes, coding: str) -> bytes:
    """Two codings of one answer are two representations, each with a name of its own (RFC 9110, 8.8.3.3)."""
    return etag[:-1] + b"-" + coding.encode() + b'"' if etag and coding else etag
