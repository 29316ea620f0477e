"""Folders and zip files for the tests of reading."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from roadmap.techdocs import ImportRefused
from roadmap.techdocs.sources import Source, read, read_files


def refusal(action: Callable[[], object]) -> str:
    """The message, on one line, with which something is refused."""
    with pytest.raises(ImportRefused) as caught:
        action()
    message = str(caught.value)
    assert "\n" not in message
    return message


def write_all(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def from_memory(files: Mapping[str, str | bytes], within: str = "") -> Source:
    """As the files of a commit are read."""
    content = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    return read_files(content, place="The commit", within=within)


def from_disk(files: Mapping[str, str | bytes], folder: Path) -> Source:
    return read(write_all(folder, files))


def zipped(files: Mapping[str | zipfile.ZipInfo, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def doubts_of(source: Source) -> list[str]:
    return [str(doubt) for document in source.documents for doubt in document.doubts] + [*map(str, source.doubts)]
