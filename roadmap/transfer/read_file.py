"""Reads the file, a line at a time: that it is ours, whole and as it was written. Knows nothing of what the lines mean.

A file may be anything: nothing is read beyond the caps, and none of it is executed.
"""

import gzip
import hashlib
import stat
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast

import msgspec

from roadmap.transfer.format import (
    FORMAT,
    FORMAT_VERSION,
    EndRecord,
    TransferRefused,
    decoded,
    decoded_header,
    in_one_line,
)

MAX_LINE = 24 * 1024 * 1024  # bytes: a picture at its largest, in base64, or several texts at their longest
MAX_SIZE = 4 * 1024**3  # bytes, unpacked: 500 editions of 2,000 items each have some 1.5 GB

AGAIN = "The file was changed or damaged: export the roadmap again."
_GZIP = b"\x1f\x8b"


class Reading:
    """One pass over a file. `sha256` is that of what it read, when it came to the end."""

    def __init__(self, path: Path):
        self._path = path
        self.name = in_one_line(path.name)
        self.number = 0  # of the line that was read last
        self.sha256 = ""

    def records(self) -> Iterator[tuple[Any, bytes]]:
        """Each with its line. Raises TransferRefused."""
        try:
            # A pipe or a device would never end.
            if not stat.S_ISREG(self._path.stat().st_mode):
                raise self._refused_whole("is not a file. Give the path of one that export_json wrote.")
            with self._path.open("rb") as file:
                is_packed = file.read(2) == _GZIP
                file.seek(0)
                yield from self._records(cast(IO[bytes], gzip.GzipFile(fileobj=file)) if is_packed else file)
        except FileNotFoundError as error:
            raise self._refused_whole("does not exist. Give the path of a file that export_json wrote.") from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise self._refused_whole(f"cannot be unpacked: {in_one_line(error)}. {AGAIN}") from error
        except OSError as error:
            raise self._refused_whole(f"cannot be read: {error.strerror or error}.") from error
        except ValueError as error:  # a path with a null character, in some versions of Python
            raise self._refused_whole(f"is not a path: {in_one_line(error)}.") from error

    def _records(self, file: IO[bytes]) -> Iterator[tuple[Any, bytes]]:
        digest = hashlib.sha256()
        size = 0
        lines = self._lines(file)
        first = next(lines, b"")
        self._check_header(first)
        digest.update(first)
        for line in lines:
            size += len(line)
            if size > MAX_SIZE:
                raise self._refused_whole(f"has more than {MAX_SIZE:,} bytes: too many to read.")
            record = self._decoded(line, decoded)
            if isinstance(record, EndRecord):
                if (record.lines, record.sha256) != (self.number - 1, digest.hexdigest()):
                    raise self._refused_whole(f"is not as it was written: its last line says so. {AGAIN}")
                if next(lines, None) is not None:
                    raise self.refused(f"There is something after the end. {AGAIN}")
                self.sha256 = digest.hexdigest()
                yield record, line
                return
            digest.update(line)
            yield record, line
        raise self._refused_whole(f"breaks off after line {self.number:,}: the end is missing. {AGAIN}")

    def _lines(self, file: IO[bytes]) -> Iterator[bytes]:
        while line := file.readline(MAX_LINE + 1):
            self.number += 1
            if len(line) > MAX_LINE:
                raise self.refused(f"This line has more than {MAX_LINE:,} bytes: too many to read.")
            if not line.endswith(b"\n") and self.number > 1:
                raise self._refused_whole(f"breaks off in line {self.number:,}. {AGAIN}")
            yield line

    def _check_header(self, line: bytes) -> None:
        header = self._decoded(line, decoded_header)
        if header.format != FORMAT:
            raise self.refused("")
        if header.format_version > FORMAT_VERSION:
            raise self._refused_whole(
                f"has format {header.format_version}, and this software reads {FORMAT_VERSION}: "
                "it was exported by newer software. Update this installation first."
            )

    def _decoded(self, line: bytes, decode: Callable[[bytes], Any]) -> Any:
        try:
            return decode(line)
        except UnicodeDecodeError as error:
            raise self.refused(f"This line is not UTF-8. {AGAIN}") from error
        except RecursionError as error:
            raise self.refused(f"This line is nested too deeply. {AGAIN}") from error
        except msgspec.DecodeError as error:
            raise self.refused(f"This line is not of this format: {in_one_line(error)}. {AGAIN}") from error

    def refused(self, what: str) -> TransferRefused:
        """Because of the line that was read last: where the first is not ours, nothing is."""
        if self.number <= 1:
            return self._refused_whole("is not a roadmap that export_json wrote.")
        return TransferRefused(f"{self.name}:{self.number}: {what}")

    def _refused_whole(self, what: str) -> TransferRefused:
        return TransferRefused(f"{self.name} {what}")
