"""The file of a backup: a tar that is written and read in one go, a piece at a time, with a digest of every piece.

It begins with `head.json` (what this is, of which version) and ends with `end.json` (the digests): without its end, a
file was cut short.
"""

import gzip
import io
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import msgspec

FORMAT = "roadmap-backup"
FORMAT_VERSION = 1
HEAD, END = "head.json", "end.json"
ROWS, UPLOADS = "rows/", "uploads/"
MOST_IN_MEMORY = 64 * 1024 * 1024  # bytes, of one piece with rows
_BLOCK = 1024 * 1024  # bytes


class BackupDamaged(Exception):
    """What is wrong with the file, in a sentence."""


class Head(msgspec.Struct):
    format: str
    format_version: int
    software: str  # the version that wrote it
    made_at: str  # UTC
    database: str
    migrations: dict[str, list[str]]  # by app, those that the tables had
    tables: dict[str, list[str]]  # columns, in the order of the rows' values


class End(msgspec.Struct):
    digests: dict[str, str]  # by the name of each piece, SHA-256
    rows: dict[str, int]  # how many, by table
    last_keys: dict[str, int]  # by table: a key that was used is not given again, though its row may be gone


class _Sink:
    """What tarfile writes to. Once something went wrong it takes what is left in vain."""

    def __init__(self, write: Callable[[bytes], object]):
        self._write: Callable[[bytes], object] | None = write

    def write(self, content: bytes) -> int:
        if self._write is not None:
            self._write(content)
        return len(content)

    def give_up(self) -> None:
        self._write = None


class _Counted:
    """A file as it is read, and the digest of what was read."""

    def __init__(self, file: IO[bytes]):
        self._file, self.digest = file, sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self.digest.update(content)
        return content


class ArchiveWriter:
    def __init__(self, tar: tarfile.TarFile, made_at: int):
        self._tar, self._made_at = tar, made_at
        self.digests: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        self.add_file(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, file: IO[bytes], size: int) -> None:
        """Raises OSError where the file has become shorter than that."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mtime, entry.mode = size, self._made_at, 0o600
        counted = _Counted(file)
        self._tar.addfile(entry, counted)
        self.digests[name] = counted.digest.hexdigest()


@contextmanager
def writing(write: Callable[[bytes], object], made_at: int) -> Iterator[ArchiveWriter]:
    sink = _Sink(write)
    tar = tarfile.TarFile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT)  # type: ignore[call-overload]
    try:
        yield ArchiveWriter(tar, made_at)
        tar.close()
    except BaseException:
        sink.give_up()
        raise


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, msgspec.DecodeError, UnicodeError) as error:
        raise BackupDamaged(f"it cannot be read to its end ({error})") from error


def pieces(path: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Name, size and content of each, in order: read one before asking for the next.

    Raises BackupDamaged, OSError.
    """
    with path.open("rb") as file, _told():
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        with tarfile.open(fileobj=file, mode="r|gz" if packed else "r|") as tar:
            for entry in tar:
                content = tar.extractfile(entry) if entry.isfile() else None
                if content is None:
                    raise BackupDamaged(f"“{entry.name}” in it is no file")
                yield entry.name, entry.size, content


def read_head(path: Path) -> Head | None:
    """None where the file is no backup of ours, or one of a form that is not known yet. Raises OSError."""
    try:
        for name, size, content in pieces(path):
            if name != HEAD or size > MOST_IN_MEMORY:
                return None
            head = msgspec.json.decode(content.read(), type=Head)
            return head if head.format == FORMAT else None
    except (BackupDamaged, msgspec.DecodeError):
        pass
    return None


def checked_end(path: Path) -> End:
    """Reads all of it, and nothing is kept. Raises BackupDamaged, OSError."""
    digests: dict[str, str] = {}
    end = None
    for name, size, content in pieces(path):
        with _told():
            if end is not None or name in digests:
                raise BackupDamaged(f"“{name}” in it is one too many")
            if name == END:
                end = msgspec.json.decode(content.read(MOST_IN_MEMORY), type=End)
                continue
            if name.startswith(ROWS) and size > MOST_IN_MEMORY:
                raise BackupDamaged(f"“{name}” in it is too large")
            counted = _Counted(content)
            while counted.read(_BLOCK):
                pass
            digests[name] = counted.digest.hexdigest()
    if end is None:
        raise BackupDamaged("its end is missing")
    for name in {*digests, *end.digests}:
        if digests.get(name) != end.digests.get(name):
            raise BackupDamaged(f"“{name}” in it is not as it was written")
    return end


def encoded(value: Any) -> bytes:
    return msgspec.json.encode(value)
