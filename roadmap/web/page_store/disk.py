"""Answers on disk, for the other processes and for the next one: it may begin while the database is away."""

import asyncio
import fcntl
import hashlib
import logging
import mmap
import os
import tempfile
import time
import zlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock

import msgspec

from roadmap.web.page_store.answers import Made
from roadmap.web.page_store.keys import Key
from roadmap.web.responses import software

logger = logging.getLogger(__name__)


class _Mapped(Made, frozen=True):
    """The same, of which the bodies stay where they are."""

    bodies: Mapping[str, memoryview]  # type: ignore[assignment]


_decode = msgspec.msgpack.Decoder(Made).decode
_decode_mapped = msgspec.msgpack.Decoder(_Mapped).decode
_encode = msgspec.msgpack.Encoder().encode
# Bytes of a file from which on its bodies are no process's own, but what all have of the file: of a middling one what
# is not packed, which few programs ask for; of a large one all.
_MIDDLING, _LARGE = 64 * 1024, 256 * 1024
_EVERY = 200  # writes: as often it is seen how much there is
_AGAIN = 60  # seconds after a failure until another write is tried, or it is said again
_PATIENCE = 2.0  # seconds that a process waits for what another one makes
_PAUSE = 0.01  # seconds until it is looked again whether that has ended
_SUM = 4  # bytes before what is kept, by which it is seen to be what was written: a disk may have lost some of it


class Damaged(ValueError):
    """A file is not what was written."""


class Disk:
    """One folder of this software's answers, bounded in bytes. Whatever fails here is logged and costs nothing else."""

    def __init__(self, folder: Path, most: int, in_use: Callable[[], Collection[Key]] = tuple):
        """`in_use` says what readers use: that stays longest."""
        self._folder = folder
        self._most = most
        self._in_use = in_use
        self._written = 0
        self._resting_until = 0.0
        self._told_until = 0.0  # that there is no lock
        self._saying = Lock()

    def get(self, key: Key) -> Made | None:
        try:
            with self._path(key).open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size < _MIDDLING:
                    return _decode(_whole(memoryview(file.read())))
                # It lasts as long as what is decoded, though another file may take its place; none is ever written to.
                seen = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                found = _decode_mapped(_whole(memoryview(seen)))
                seen.madvise(mmap.MADV_DONTNEED)  # the system has it still, and this process need not count it
                return found if size >= _LARGE else _packed_in_memory(found)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._rest(error)
            return None
        except (Damaged, msgspec.MsgspecError) as error:
            logger.warning("An answer on disk cannot be read, and is made again: %s", error)
            return None

    def put(self, key: Key, made: Made) -> Made:
        """The same as it is kept. A file is there whole or not at all."""
        if self._is_resting:
            return made
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._written % _EVERY == 0:
                self._tidy()
            self._written += 1
            descriptor, name = tempfile.mkstemp(dir=self._folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    kept = _encode(made)
                    size = file.write(zlib.crc32(kept).to_bytes(_SUM, "big")) + file.write(kept)
                os.replace(name, self._path(key))
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            self._rest(error)
            return made
        return (self.get(key) if size >= _MIDDLING else None) or made

    @property
    def _is_resting(self) -> bool:
        return time.monotonic() < self._resting_until

    def _rest(self, error: OSError) -> None:
        """Said once, however many threads ask meanwhile."""
        with self._saying:
            if self._is_resting:
                return
            self._resting_until = time.monotonic() + _AGAIN
            logger.warning("Answers are not kept on disk for %d seconds: %s", _AGAIN, error)

    @asynccontextmanager
    async def alone_with(self, key: Key) -> AsyncIterator[None]:
        """As the only process: another one that comes here with the same key waits, and holds no thread meanwhile.

        Of one process, once at a time. A lock of a byte, which goes with its process, whatever ends that. Where there
        can be none, or whoever has it needs too long, all go on.
        """
        place = int(self._name(key)[:14], 16)
        is_locked = await self._lock(place)
        try:
            yield
        finally:
            if is_locked:
                fcntl.lockf(self._locks, fcntl.LOCK_UN, 1, place)

    async def _lock(self, place: int) -> bool:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            try:
                fcntl.lockf(self._locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
                return True
            except BlockingIOError:
                await asyncio.sleep(_PAUSE)
            except OSError as error:
                if time.monotonic() >= self._told_until:
                    self._told_until = time.monotonic() + _AGAIN
                    logger.warning("Several processes may make the same answer, for %d seconds: %s", _AGAIN, error)
                return False
        return False

    @cached_property
    def _locks(self) -> int:
        """Open for as long as the process lives: to close it anywhere would end all its locks."""
        return os.open(self._folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)

    def _path(self, key: Key) -> Path:
        return self._folder / self._name(key)

    def _name(self, key: Key) -> str:
        return hashlib.sha256("\0".join((software(), *key)).encode("utf-8", "surrogatepass")).hexdigest()

    def _tidy(self) -> None:
        """What readers use stays, and the newest: half of what may be there, so that this is not done again at once."""
        found = []
        for path in self._folder.iterdir():
            try:
                found.append((path.stat(), path))
            except FileNotFoundError:
                continue  # another process was quicker
        if sum(stat.st_size for stat, _ in found) <= self._most:
            return
        size, used = 0, {self._name(key) for key in self._in_use()}
        for stat, path in sorted(found, key=lambda pair: (pair[1].name not in used, -pair[0].st_mtime)):
            size += stat.st_size
            if size > self._most // 2:
                path.unlink(missing_ok=True)


def _packed_in_memory(found: Made) -> Made:
    bodies = {coding: bytes(body) if coding else body for coding, body in found.bodies.items()}
    return Made(found.status, found.headers, bodies, found.basis, found.made_at)


def _whole(kept: memoryview) -> memoryview:
    """What was written. Raises Damaged."""
    written = kept[_SUM:]
    if int.from_bytes(kept[:_SUM], "big") != zlib.crc32(written) or not written:
        raise Damaged("It is not what was written.")
    return written
