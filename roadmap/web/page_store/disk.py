"""Answers on disk, for the other processes and for the next one: it may begin while the database is away."""

import hashlib
import logging
import os
import tempfile
import time
from pathlib import Path

import msgspec

from roadmap.web.page_store.answers import Made
from roadmap.web.page_store.keys import Key
from roadmap.web.responses import software

logger = logging.getLogger(__name__)

_decode = msgspec.msgpack.Decoder(Made).decode
_encode = msgspec.msgpack.Encoder().encode
_EVERY = 200  # writes: as often it is seen how much there is
_AGAIN = 60  # seconds after a write that failed until another is tried


class Disk:
    """One folder of this software's answers, bounded in bytes. Whatever fails here is logged and costs nothing else."""

    def __init__(self, folder: Path, most: int):
        self._folder = folder
        self._most = most
        self._written = 0
        self._resting_until = 0.0

    def get(self, key: Key) -> Made | None:
        try:
            return _decode(self._path(key).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            logger.warning("An answer on disk cannot be read: %s", error)
            return None

    def put(self, key: Key, made: Made) -> None:
        """A file is there whole or not at all."""
        if time.monotonic() < self._resting_until:
            return
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._written % _EVERY == 0:
                self._tidy()
            self._written += 1
            descriptor, name = tempfile.mkstemp(dir=self._folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(_encode(made))
                os.replace(name, self._path(key))
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            self._resting_until = time.monotonic() + _AGAIN
            logger.warning("Answers are not kept on disk for %d seconds: %s", _AGAIN, error)

    def _path(self, key: Key) -> Path:
        return self._folder / hashlib.sha256("\0".join((software(), *key)).encode("utf-8", "surrogatepass")).hexdigest()

    def _tidy(self) -> None:
        """The newest stay: half of what may be there, so that this is not done again at once."""
        found = []
        for path in self._folder.iterdir():
            try:
                found.append((path.stat(), path))
            except FileNotFoundError:
                continue  # another process was quicker
        if sum(stat.st_size for stat, _ in found) <= self._most:
            return
        size = 0
        for stat, path in sorted(found, key=lambda pair: -pair[0].st_mtime):
            size += stat.st_size
            if size > self._most // 2:
                path.unlink(missing_ok=True)
