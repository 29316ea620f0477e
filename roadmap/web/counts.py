"""What has happened, in numbers that only grow: counted by each process in a row of its own of one file.

A process holds its row by a lock of the system, which goes with it, whatever ends it; the next process goes on in it.
So the sums never fall, and nobody waits for another. Where there can be no such file, each process counts for itself.
Nothing is counted where METRICS_NETWORKS lets nobody see it.
"""

import fcntl
import hashlib
import logging
import mmap
import os
from functools import cache
from pathlib import Path
from threading import Lock

from django.conf import settings

logger = logging.getLogger(__name__)

KINDS = ("page", "feed", "api", "picture", "static", "preview", "admin", "health")
STATUSES = (
    *(200, 201, 204, 206, 301, 302, 303, 304),
    *(400, 403, 404, 405, 410, 412, 413, 416, 429, 500, 503),
    0,  # any other
)
SOURCES = ("memory", "disk", "django")
DATABASES = ("default", "replica")
ROWS = 64  # processes at once, of one machine
_BYTES = 8  # of a number
_FEEDS = (".atom", ".ics", ".csv", ".json", ".xlsx", ".xml", ".txt")
_FIRST = {"static": "static", "media": "picture", "admin": "admin", "preview": "preview", "api": "api"}
_HEALTH = ("/healthz", "/readyz", "/metrics")


def kind_of(path: str) -> str:
    """Of an address: of those that readers ask for, and those of staff."""
    first = path[1:].partition("/")[0]
    if first in _FIRST and path.startswith(f"/{first}/"):
        return _FIRST[first]
    if path in _HEALTH:
        return "health"
    return "feed" if path.endswith(_FEEDS) else "page"


def _names() -> list[tuple[str, ...]]:
    return [
        *(("requests", kind, str(status)) for kind in KINDS for status in STATUSES),
        *((name, kind) for name in ("renders", "render_seconds") for kind in KINDS),
        *(("store", source) for source in SOURCES),
        *((name, database) for name in ("queries", "query_seconds") for database in DATABASES),
    ]


NAMES = tuple(_names())
_PLACES = {name: place for place, name in enumerate(NAMES)}
_ROW = -(-len(NAMES) * _BYTES // 512) * 512  # bytes


class Counts:
    def __init__(self, folder: Path):
        """The file is another one as soon as what is counted is."""
        digest = hashlib.sha256(repr(NAMES).encode()).hexdigest()[:8]
        self._path = folder / f"counts-{digest}"
        self._lock = Lock()
        self._row: memoryview[float] | None = None
        self._whole: memoryview[float] | None = None
        self._file = -1  # open for as long as the process lives: to close it would end its lock
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._lock, self._row, self._whole = Lock(), None, None

    def add(self, *name: str, amount: float = 1) -> None:
        place = _PLACES[name]
        with self._lock:
            (self._row or self._begin())[place] += amount

    def request(self, kind: str, status: int) -> None:
        self.add("requests", kind, str(status if status in STATUSES else 0))

    def render(self, kind: str, seconds: float) -> None:
        self.add("renders", kind)
        self.add("render_seconds", kind, amount=seconds)

    def query(self, database: str, seconds: float) -> None:
        if database in DATABASES:
            self.add("queries", database)
            self.add("query_seconds", database, amount=seconds)

    def sums(self) -> dict[tuple[str, ...], float]:
        """Of all processes of this machine, those that have ended too."""
        with self._lock:
            if self._whole is None:
                self._begin()
        whole, numbers = self._whole or self._begin(), _ROW // _BYTES
        return {
            name: sum(whole[row + place] for row in range(0, len(whole), numbers)) for name, place in _PLACES.items()
        }

    def _begin(self) -> "memoryview[float]":
        try:
            mapped, number = self._mapped()
        except OSError as error:
            logger.warning("Each process counts for itself: %s", error)
            mapped, number = mmap.mmap(-1, _ROW), 0
        self._whole = memoryview(mapped).cast("d")
        self._row = self._whole[number * _ROW // _BYTES :][: _ROW // _BYTES]
        return self._row

    def _mapped(self) -> tuple[mmap.mmap, int]:
        if self._file < 0:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            os.posix_fallocate(
                self._file, 0, ROWS * _ROW
            )  # or writing there would end the process on a disk that is full
        return mmap.mmap(self._file, ROWS * _ROW), self._free_row()

    def _free_row(self) -> int:
        for number in range(ROWS):
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
                return number
            except OSError:
                continue
        return ROWS - 1  # shared by whoever comes this late


@cache
def site_counts() -> Counts | None:
    """None where nobody may see them."""
    return Counts(Path(settings.STATE_DIR)) if settings.METRICS_NETWORKS else None
