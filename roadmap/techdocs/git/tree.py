"""The files of one commit as the mapping that read_files takes: those that a checkout of it would have.

Symbolic links are followed to files of the same commit and nowhere else; submodules are not.
"""

import posixpath
from collections.abc import Iterator, Sequence

from roadmap.techdocs.git.commits import Commit
from roadmap.techdocs.git.repository import Repository
from roadmap.techdocs.git.sandbox import NoSuchObject, TooLarge
from roadmap.techdocs.sources import MAX_FILE_SIZE, ImportRefused
from roadmap.techdocs.sources.source import shown, too_long
from roadmap.techdocs.sources.walk import Entry, EntryKind, WalkedFiles

MAX_TREE_SIZE = 1_000_000  # bytes of one folder's list; that of 5,000 files has a quarter of it
MAX_TARGET = 4096  # bytes of what a link leads to
MAX_LINKS = 100  # of one commit
MAX_HOPS = 10  # from link to link

_FOLDER, _LINK = b"40000", b"120000"
_KINDS = {_FOLDER: EntryKind.FOLDER, _LINK: EntryKind.LINK} | dict.fromkeys(
    (b"100644", b"100755", b"100664"), EntryKind.FILE
)


class UnreadableTree(ImportRefused):
    """This commit's files cannot be read. Those of the next may be."""


class CommitFiles(WalkedFiles):
    """The visible files of a commit that lie in some folders or have some names, read when looked up.

    Without `only`, all that a checkout's import would look at. Raises UnreadableTree for what git itself would not have
    written.
    """

    def __init__(self, repository: Repository, commit: Commit, only: Sequence[str] = ()):
        super().__init__()
        self.repository, self.commit, self._only = repository, commit, only
        self.walk(commit.tree)
        for number, path in enumerate(self.links):
            place = self._followed(path) if number < MAX_LINKS else None
            if place is None:
                self.beside.append(path)
            else:
                self.places[path] = place

    def __getitem__(self, path: str) -> bytes:
        try:
            return self.repository.objects.read(self.places[path], "blob", at_most=MAX_FILE_SIZE)
        except TooLarge as error:
            raise too_long(path) from error
        except NoSuchObject as error:
            raise self.repository.lacking(self.commit.name) from error

    def entries(self, folder: str, path: str) -> Iterator[Entry]:
        names = set()
        for mode, name, object_id in self._tree(folder):
            if name in names or name in ("", ".", "..") or "/" in name:
                raise self._refused(f"names a file “{shown((path + name)[:100])}” that git would not")
            names.add(name)
            if self._is_wanted(path + name):
                yield Entry(name, _KINDS.get(mode, EntryKind.OTHER), object_id)

    def too_much(self, problem: str) -> UnreadableTree:
        return UnreadableTree(f"it {problem}. Give the roadmap's folder with --path.")

    def _refused(self, problem: str) -> UnreadableTree:
        return UnreadableTree(f"it {problem}.")

    def _is_wanted(self, path: str) -> bool:
        """Whether it is one of those, lies in one, or leads to one."""
        return not self._only or any(
            f"{path}/".startswith(f"{wanted}/") or wanted.startswith(f"{path}/") for wanted in self._only
        )

    def _followed(self, path: str) -> str | None:
        """The id of the file to which a link leads within the commit; None where it leads to none."""
        place = self.links[path]
        for _ in range(MAX_HOPS):
            try:
                target = self.repository.objects.read(place, "blob", at_most=MAX_TARGET)
            except TooLarge:
                return None
            except NoSuchObject as error:
                raise self.repository.lacking(self.commit.name) from error
            path = posixpath.normpath(
                posixpath.join(posixpath.dirname(path), target.decode("utf-8", "surrogateescape"))
            )
            found = self._looked_up(path)
            if found is None or found.kind is EntryKind.FILE:
                return found.place if found else None
            if found.kind is not EntryKind.LINK:
                return None
            place = found.place
        return None

    def _looked_up(self, path: str) -> Entry | None:
        """What is at a path, which may lead anywhere: what leads outside is in no folder."""
        found = Entry("", EntryKind.FOLDER, self.commit.tree)
        for part in path.split("/"):
            if found.kind is not EntryKind.FOLDER:
                return None
            names = {name: (mode, place) for mode, name, place in self._tree(found.place)}
            if part not in names:
                return None
            mode, place = names[part]
            found = Entry(part, _KINDS.get(mode, EntryKind.OTHER), place)
        return found

    def _tree(self, tree: str) -> Iterator[tuple[bytes, str, str]]:
        """Mode, name and id of each entry of a tree."""
        try:
            listed = self.repository.objects.read(tree, "tree", at_most=MAX_TREE_SIZE)
        except TooLarge as error:
            raise self._refused("has a folder of more files than are read") from error
        except NoSuchObject as error:
            raise self.repository.lacking(self.commit.name) from error
        length = len(tree) // 2  # bytes of an id
        position = 0
        while position < len(listed):
            space, end = listed.find(b" ", position), listed.find(b"\0", position)
            if not position < space < end or end + 1 + length > len(listed):
                raise self._refused("has a folder whose list is damaged")
            mode, name = listed[position:space], listed[space + 1 : end].decode("utf-8", "surrogateescape")
            position = end + 1 + length
            yield mode, name, listed[end + 1 : position].hex()
