"""The files of a folder and its sub-folders, on disk or in a commit, found from the top down within bounds.

Of a site only its content and settings are entered, and once there is one, nothing deeper beside it: a repository may
hold a whole product, with the site in one of its folders.
"""

from collections import deque
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from roadmap.techdocs.sources.files import FilesOnRequest
from roadmap.techdocs.sources.site import CONTENT_FOLDER, MARKS, is_hidden, is_markdown, is_trial, is_vendored
from roadmap.techdocs.sources.source import ImportRefused, shown

MAX_NAMES = 5000  # of files and folders that are looked at; a tech-docs repository has some 100
MAX_DEPTH = 30  # folders within folders

_CONFIG, _, _SETTINGS = MARKS[0].partition("/")
_OF_SITE = (CONTENT_FOLDER, _CONFIG)


class EntryKind(StrEnum):
    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


class Entry(NamedTuple):
    """One name in a folder."""

    name: str
    kind: EntryKind
    place: Any
    """Where it is found."""


class WalkedFiles(FilesOnRequest):
    """The visible files below a folder. What lists one folder, and what is said of too much, is each kind's own."""

    def __init__(self) -> None:
        self.places: dict[str, Any] = {}
        self.beside: list[str] = []
        """What was not followed, and folders that were not looked into, with a slash at their end."""
        self.links: dict[str, Any] = {}
        """Links by path, none of them followed yet."""
        self.seen = 0

    def entries(self, folder: Any, path: str) -> Iterator[Entry]:
        """What is in a folder, hidden names too. Raises ImportRefused."""
        raise NotImplementedError

    def too_much(self, problem: str) -> ImportRefused:
        """The refusal of a source with more than is looked at."""
        raise NotImplementedError

    def walk(self, top: Any) -> None:
        sites: list[str] = []
        waiting = deque([(top, "", 0)])
        while waiting:
            folder, before, depth = waiting.popleft()
            is_inside = any(before.startswith(site) for site in sites)
            if sites and depth > sites[0].count("/") and not is_inside:
                self.beside.append(before)
                continue
            if depth > MAX_DEPTH:
                raise self.too_much(f"has folders more than {MAX_DEPTH} deep, at “{shown(before[:100])}…”")
            found = self._listed(folder, before)
            is_site = not is_inside and self._is_site(found, before)
            if is_site:
                sites.append(before)
            for name, kind, place in found.values():
                path = before + name
                if kind is EntryKind.FILE:
                    self.places[path] = place
                elif kind is EntryKind.LINK:
                    self.links[path] = place
                elif kind is EntryKind.OTHER:
                    self.beside.append(path)
                elif is_vendored(path) or (is_site and name not in _OF_SITE):
                    self.beside.append(f"{path}/")
                else:
                    waiting.append((place, f"{path}/", depth + 1))
        self.sites = sites

    def _listed(self, folder: Any, path: str) -> dict[str, Entry]:
        found = {}
        for entry in self.entries(folder, path):
            self.seen += 1
            if self.seen > MAX_NAMES:
                raise self.too_much(f"has more than {MAX_NAMES:,} files")
            if not is_hidden(entry.name):
                found[entry.name] = entry
        return dict(sorted(found.items()))

    def _is_site(self, found: dict[str, Entry], before: str) -> bool:
        content, config = found.get(CONTENT_FOLDER), found.get(_CONFIG)
        if content is None or content.kind is not EntryKind.FOLDER or is_trial(before):
            return False
        is_set = (
            config
            and config.kind is EntryKind.FOLDER
            and _SETTINGS in self._listed(config.place, f"{before}{_CONFIG}/")
        )
        is_marked = MARKS[1] in found or not before
        return bool(is_set) or (is_marked and self._has_markdown(content.place, f"{before}{CONTENT_FOLDER}/"))

    def _has_markdown(self, folder: Any, path: str, depth: int = 1) -> bool:
        """In itself, or in a folder of it."""
        found = self._listed(folder, path)
        return any(map(is_markdown, found)) or any(
            self._has_markdown(entry.place, f"{path}{entry.name}/", 0)
            for entry in found.values()
            if depth and entry.kind is EntryKind.FOLDER
        )
