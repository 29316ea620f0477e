"""A folder on disk as the mapping that read_files takes. Nothing is opened but a regular file inside it, when asked."""

import os
import stat
from pathlib import Path

from roadmap.techdocs.sources.files import CONTENT_FOLDER, SETTINGS, FilesOnRequest, is_hidden
from roadmap.techdocs.sources.source import MAX_FILE_SIZE, ImportRefused, shown

MAX_NAMES = 5000  # of files and folders that are looked at; a tech-docs repository has some 100
MAX_DEPTH = 30  # folders within folders


class FolderFiles(FilesOnRequest):
    """The visible files of a folder and its sub-folders, read when looked up, never past the cap of one file.

    Raises ImportRefused where the folder is too large, or a folder in it is a link that leads outside.
    """

    def __init__(self, folder: Path):
        self.folder, self.root = folder, folder.resolve()
        self.places: dict[str, Path] = {}
        self.beside: list[str] = []
        """Folders that were not looked into, with a slash at their end."""
        is_checkout = (folder / SETTINGS[0]).is_file() and (folder / CONTENT_FOLDER).is_dir()
        self._only = {CONTENT_FOLDER, SETTINGS[0].split("/")[0]} if is_checkout else None
        self._walk()

    def __getitem__(self, path: str) -> bytes:
        return read_regular(self._inside(self.places[path], path), path, MAX_FILE_SIZE)

    def _walk(self) -> None:
        waiting, seen = [(self.folder, "", 0)], 0
        while waiting:
            folder, before, depth = waiting.pop()
            with os.scandir(folder) as found:
                for entry in found:
                    seen += 1
                    if seen > MAX_NAMES:
                        raise ImportRefused(
                            f"The folder {shown(self.folder)} holds more than {MAX_NAMES:,} files. "
                            "Give the folder that holds the Markdown alone."
                        )
                    path = before + entry.name
                    if is_hidden(entry.name):
                        continue
                    if not entry.is_dir():
                        self.places[path] = Path(entry.path)
                    elif not self._is_entered(Path(entry.path), path, depth):
                        self.beside.append(f"{path}/")
                    else:
                        waiting.append((Path(entry.path), f"{path}/", depth + 1))

    def _is_entered(self, folder: Path, path: str, depth: int) -> bool:
        if self._only is not None and depth == 0 and path not in self._only:
            return False
        if depth >= MAX_DEPTH:
            raise ImportRefused(f"{shown(path[:100])}… has folders more than {MAX_DEPTH} deep.")
        if folder.is_symlink():
            # What it leads to inside is found where it really is, and following it could go round for ever.
            self._inside(folder, path)
            return False
        return True

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
