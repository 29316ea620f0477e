"""A folder on disk as the mapping that read_files takes. Nothing is opened but a regular file inside it, when asked."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from roadmap.techdocs.sources.site import CONTENT_FOLDER
from roadmap.techdocs.sources.source import MAX_FILE_SIZE, ImportRefused, shown
from roadmap.techdocs.sources.walk import Entry, EntryKind, WalkedFiles


class FolderFiles(WalkedFiles):
    """The visible files of a folder and its sub-folders, read when looked up, never past the cap of one file.

    Raises ImportRefused where the folder is too large, or a folder in it is a link that leads outside.
    """

    def __init__(self, folder: Path):
        super().__init__()
        self.folder, self.root = folder, folder.resolve()
        self.walk(folder)
        content = tuple(f"{site}{CONTENT_FOLDER}/" for site in self.sites)
        for path, place in self.links.items():
            if not self.sites or path.startswith(content):
                # What it leads to inside is found where it really is, and following it could go round for ever.
                self._inside(place, path)
            self.beside.append(f"{path}/")

    def __getitem__(self, path: str) -> bytes:
        return read_regular(self._inside(self.places[path], path), path, MAX_FILE_SIZE)

    def entries(self, folder: Path, path: str) -> Iterator[Entry]:
        with os.scandir(folder) as found:
            for entry in found:
                is_link = entry.is_symlink()
                kind = EntryKind.FILE if not entry.is_dir() else EntryKind.LINK if is_link else EntryKind.FOLDER
                yield Entry(entry.name, kind, Path(entry.path))

    def too_much(self, problem: str) -> ImportRefused:
        return ImportRefused(
            f"The folder {shown(self.folder)} {problem}. "
            "Give the folder of the site, or the one that holds the Markdown."
        )

    def _inside(self, path: Path, name: str) -> Path:
        """Raises ImportRefused for a link out of the folder, OSError for one that leads nowhere or to itself."""
        try:
            target = path.resolve(strict=True)
        except RuntimeError as error:  # a link to itself, in Python before 3.13
            raise ImportRefused(f"{shown(name)} is a link to itself. Put the file itself there.") from error
        except FileNotFoundError as error:
            raise ImportRefused(f"{shown(name)} is a link that leads nowhere. Put the file itself there.") from error
        if not target.is_relative_to(self.root):
            raise ImportRefused(f"{shown(name)} is a link that leads outside the folder. Put the file itself there.")
        return target


def read_regular(path: Path, name: str, limit: int) -> bytes:
    """The bytes of a file, one more than the limit at most. Raises ImportRefused for a device, a pipe or a socket."""
    # Asked before it is opened, for opening a device may do something; and again after, for what is there may change.
    if stat.S_ISREG(path.stat().st_mode):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return file.read(limit + 1)
    raise ImportRefused(f"{shown(name)} is not a file.")
