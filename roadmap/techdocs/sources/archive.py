"""A zip file as the mapping that read_files takes. Nothing is unpacked to disk, and nothing but what is read at all.

zipfile reads the directory, and every entry is judged by it before any is read. The bytes are inflated here and not by
zipfile, to count what really comes out: a directory may say anything.
"""

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib

from roadmap.techdocs.sources.files import FilesOnRequest
from roadmap.techdocs.sources.site import is_hidden
from roadmap.techdocs.sources.source import MAX_FILE_SIZE, ImportRefused, shown, too_long

MAX_ZIP_SIZE = 20_000_000  # bytes; a repository's pictures may be in it
MAX_ENTRIES = 500  # files and folders; a tech-docs repository has some 100
MAX_UNPACKED_SIZE = 100_000_000  # bytes, by its own account; only Markdown is unpacked, and that has its own cap

_ENTRY_SIGNATURE, _FILE_SIGNATURE = b"PK\x01\x02", b"PK\x03\x04"
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # signature, length of name, length of the extra field
_IS_ENCRYPTED = 0x1 | 0x40
_ALONE = "Pack the Markdown files alone; of a tech-docs repository, its folders “source” and “config”."
_ADVICE = "Pack the folder again, in the usual way."


class ArchiveFiles(FilesOnRequest):
    """The visible files of a zip file, by their paths without a folder that holds all of them.

    Raises ImportRefused for what an honest zip file of a folder does not have.
    """

    def __init__(self, content: bytes, name: str):
        self.content, self.name = content, shown(name)
        if len(content) > MAX_ZIP_SIZE:
            raise self._refused(f"is longer than {MAX_ZIP_SIZE:,} bytes", _ALONE)
        # zipfile makes an object of each entry before anybody can count them. Four bytes that happen to be the same
        # by chance are no matter beside hundreds.
        if content.count(_ENTRY_SIGNATURE) > MAX_ENTRIES:
            raise self._refused(f"holds more than {MAX_ENTRIES} files", _ALONE)
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as opened:
                entries = opened.infolist()
        except Exception as error:  # zipfile meets a broken directory with errors of a dozen kinds
            raise self._refused("is not a zip file that can be read") from error
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED_SIZE:
            raise self._refused(f"unpacks to more than {MAX_UNPACKED_SIZE:,} bytes", _ALONE)
        self._check(entries)
        self._starts = self._checked_starts(entries)
        named = {_path(entry): entry for entry in entries}
        self.places = _without_wrapper({path: entry for path, entry in named.items() if not path.endswith("/")})

    def __getitem__(self, path: str) -> bytes:
        entry: zipfile.ZipInfo = self.places[path]
        if entry.file_size > MAX_FILE_SIZE:
            raise too_long(path)
        start = self._starts[entry.filename]
        found = self.content[start : start + entry.compress_size]
        if entry.compress_type == zipfile.ZIP_DEFLATED:
            try:
                found = zlib.decompressobj(-zlib.MAX_WBITS).decompress(found, entry.file_size + 1)
            except zlib.error as error:
                raise self._refused(f"is damaged at {shown(path)}") from error
        if len(found) != entry.file_size or zlib.crc32(found) != entry.CRC:
            raise self._refused(f"does not hold what it says of {shown(path)}")
        return found

    def _refused(self, problem: str, advice: str = _ADVICE) -> ImportRefused:
        return ImportRefused(f"{self.name} {problem}. {advice}")

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        seen = set()
        for entry in entries:
            path = _path(entry)
            name, kind = f"“{shown(path[:100])}”", stat.S_IFMT(entry.external_attr >> 16)
            if problem := _problem_of(path):
                raise self._refused(f"names a file {name}, {problem}")
            same = unicodedata.normalize("NFC", path.rstrip("/"))
            if same in seen:
                raise self._refused(f"holds two files called {name}")
            seen.add(same)
            if kind == stat.S_IFLNK:
                raise self._refused(f"holds a link, {name}", "Put the file itself there.")
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise self._refused(f"holds something that is not a file, {name}", "Leave it out.")
            if entry.flag_bits & _IS_ENCRYPTED:
                raise self._refused(f"is encrypted at {name}", "Pack it without a password.")
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self._refused(f"packs {name} in a way that is not read here")
            if path.lower().endswith(".zip") and not is_hidden(path):
                raise self._refused(f"holds another zip file, {name}", "Unpack that one first.")

    def _checked_starts(self, entries: list[zipfile.ZipInfo]) -> dict[str, int]:
        """Where the bytes of each entry begin. Raises ImportRefused where two entries share bytes, as bombs do."""
        starts, end_before = {}, 0
        for entry in sorted(entries, key=lambda entry: entry.header_offset):
            header_end, name = entry.header_offset + _LOCAL_HEADER.size, f"“{shown(entry.filename[:100])}”"
            header = self.content[entry.header_offset : header_end].ljust(_LOCAL_HEADER.size, b"\0")
            signature, name_length, extra_length = _LOCAL_HEADER.unpack(header)
            start = header_end + name_length + extra_length
            end = start + entry.compress_size
            if signature != _FILE_SIGNATURE or end > len(self.content):
                raise self._refused(f"is damaged at {name}")
            if entry.header_offset < end_before:
                raise self._refused(f"has two files in one place, at {name}")
            starts[entry.filename], end_before = start, end
        return starts


def _path(entry: zipfile.ZipInfo) -> str:
    """As it stands there, for zipfile cuts it at a null byte; some packers on Windows write backslashes."""
    return entry.orig_filename.replace("\\", "/")


def _problem_of(name: str) -> str:
    """What makes it no path inside a folder; empty where nothing does."""
    parts = name.removesuffix("/").split("/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "which is a place outside the zip file"
    if ".." in parts:
        return "which leads outside the zip file"
    if "" in parts or "." in parts or "\0" in name:
        return "which is no path"
    return ""


def _without_wrapper(entries: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """By path, without the one folder that holds all of it, as GitHub and file managers pack a folder."""
    visible = {path: entry for path, entry in entries.items() if not is_hidden(path)}
    first = {path.split("/")[0] for path in visible}
    if len(first) != 1 or any("/" not in path for path in visible):
        return visible
    [wrapper] = first
    return {path.removeprefix(f"{wrapper}/"): entry for path, entry in visible.items()}
