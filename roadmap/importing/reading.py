"""Reads a source from disk: which files there are, and their text. Knows nothing of what the text means.

A source is one Markdown file or a folder of them. Whatever could not be text for readers is refused here, before
anything else sees it, and nothing is read beyond the caps: a source may be somebody else's upload.
"""

import hashlib
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

MAX_FILE_SIZE = 500_000  # bytes; the longest real roadmap has 51,000
MAX_TOTAL_SIZE = 2_000_000  # bytes
MAX_FILES = 200
SUFFIXES = (".md", ".markdown")

_LINE_ENDS = re.compile(r"\r\n?")
_HTML = re.compile(r"\s*(<!doctype html|<html\b|<\?xml\b)", re.IGNORECASE)


class ImportRefused(Exception):
    """Nothing was imported. The message is one line: where, what is wrong and what to do."""


@dataclass(frozen=True)
class SourceDocument:
    """Immutable: one file of a source."""

    path: str
    """Within its source, as messages name it: "index.md"."""
    text: str
    """Without a byte order mark, each line ending in a line feed alone."""
    sha256: str
    """Of the bytes of the file."""


@dataclass(frozen=True)
class Source:
    """Immutable: what was read."""

    documents: tuple[SourceDocument, ...]
    """By name."""
    unread: tuple[str, ...] = ()
    """What else lies in the folder, folders with a slash at their end. Hidden files are not mentioned."""


def read(path: Path) -> Source:
    """The text of a Markdown file, or of all Markdown files directly in a folder.

    Raises ImportRefused where there is nothing to read, or something in it is not Markdown text.
    """
    try:
        if path.is_dir():
            return _read_folder(path)
        if not path.exists():
            raise ImportRefused(
                f"{_shown(path)} does not exist. Give the path of a Markdown file, or of a folder of them."
            )
        return Source((_read_file(path, path.name),))
    except OSError as error:
        raise ImportRefused(f"{_shown(path)} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:  # a path with a null byte, in some versions of Python
        raise ImportRefused(f"{_shown(path)} is not a path: {error}.") from error


def _read_folder(folder: Path) -> Source:
    visible = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    markdown = [path for path in visible if path.name.lower().endswith(SUFFIXES) and not path.is_dir()]
    if not markdown:
        raise ImportRefused(f"The folder {_shown(folder)} holds no Markdown: no file whose name ends in .md.")
    if len(markdown) > MAX_FILES:
        raise ImportRefused(
            f"The folder {_shown(folder)} holds {len(markdown):,} Markdown files: at most {MAX_FILES} are read at once."
        )
    if (size := sum(path.stat().st_size for path in markdown)) > MAX_TOTAL_SIZE:
        raise ImportRefused(
            f"The Markdown files in {_shown(folder)} have {size:,} bytes together: at most {MAX_TOTAL_SIZE:,} are read."
        )
    root = folder.resolve()
    for path in markdown:
        if not path.resolve().is_relative_to(root):
            raise ImportRefused(
                f"{_shown(path.name)} is a link that leads outside the folder. Put the file itself there."
            )
    return Source(
        tuple(_read_file(path, path.name) for path in markdown),
        tuple(_shown(path.name) + "/" * path.is_dir() for path in visible if path not in markdown),
    )


def _read_file(path: Path, name: str) -> SourceDocument:
    name = _shown(name)
    if not name.lower().endswith(SUFFIXES):
        raise ImportRefused(f"{name} is not Markdown: the name of a Markdown file ends in .md.")
    # A pipe or a device would never end.
    if not stat.S_ISREG(path.stat().st_mode):
        raise ImportRefused(f"{name} is not a file.")
    with path.open("rb") as file:
        content = file.read(MAX_FILE_SIZE + 1)
    if len(content) > MAX_FILE_SIZE:
        raise ImportRefused(
            f"{name} is longer than {MAX_FILE_SIZE:,} bytes. Split it into several files in one folder."
        )
    return SourceDocument(name, _text(content, name), hashlib.sha256(content).hexdigest())


def _text(content: bytes, name: str) -> str:
    if b"\0" in content or content.startswith((b"%PDF", b"PK\x03\x04")):
        raise ImportRefused(f"{name} is not text: it is a binary file under a Markdown file's name.")
    try:
        text = _LINE_ENDS.sub("\n", content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ImportRefused(f"{name}:{line}: this is not UTF-8. Save the file as UTF-8 and try again.") from error
    if not text.strip():
        raise ImportRefused(f"{name} is empty.")
    for number, line_text in enumerate(text.split("\n"), start=1):
        if strange := next((char for char in line_text if _is_control(char)), None):
            raise ImportRefused(f"{name}:{number}: the control character U+{ord(strange):04X} is not text. Remove it.")
    if _HTML.match(text):
        raise ImportRefused(f"{name} is not Markdown: it is a whole HTML or XML page.")
    return text


def _is_control(character: str) -> bool:
    return character not in "\t\f\v\x85" and unicodedata.category(character) == "Cc"


def _shown(path: Path | str) -> str:
    """A name as a message may show it, on one line."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(path))
