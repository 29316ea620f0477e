"""The files of one commit as the mapping that read_files takes. Symbolic links and submodules are not followed."""

from collections.abc import Iterator, Sequence

from roadmap.techdocs.git.commits import Commit
from roadmap.techdocs.git.repository import Repository
from roadmap.techdocs.git.sandbox import NoSuchObject, TooLarge
from roadmap.techdocs.sources import MAX_FILE_SIZE, ImportRefused
from roadmap.techdocs.sources.files import FilesOnRequest, is_hidden
from roadmap.techdocs.sources.source import shown, too_long

MAX_NAMES = 5000  # as of a folder on disk
MAX_DEPTH = 30
MAX_TREE_SIZE = 1_000_000  # bytes of one folder's list; that of 5,000 files has a quarter of it

_FOLDER, _FILES = b"40000", (b"100644", b"100755", b"100664")


class UnreadableTree(ImportRefused):
    """This commit's files cannot be read. Those of the next may be."""


class CommitFiles(FilesOnRequest):
    """The visible files of a commit that lie in some folders or have some names, read when looked up.

    Without `only`, all of them. Raises UnreadableTree for what git itself would not have written.
    """

    def __init__(self, repository: Repository, commit: Commit, only: Sequence[str] = ()):
        self.repository, self.commit = repository, commit
        self.places: dict[str, str] = {}
        """Ids of their content, by path."""
        self.beside: list[str] = []
        """What is not followed, and folders that were not looked into, with a slash at their end."""
        self._only = only
        self._seen = 0
        self._walk()

    def __getitem__(self, path: str) -> bytes:
        try:
            return self.repository.objects.read(self.places[path], "blob", at_most=MAX_FILE_SIZE)
        except TooLarge as error:
            raise too_long(path) from error
        except NoSuchObject as error:
            raise self.repository.damaged(self.commit.name) from error

    def _walk(self) -> None:
        waiting = [(self.commit.tree, "", 0)]
        while waiting:
            tree, before, depth = waiting.pop()
            names = set()
            for mode, name, object_id in self._entries(tree):
                path = before + name
                if name in names or name in ("", ".", "..") or "/" in name:
                    raise self._refused(f"names a file “{shown(path[:100])}” that git would not")
                names.add(name)
                if is_hidden(name) or not self._is_wanted(path):
                    continue
                if mode == _FOLDER and depth < MAX_DEPTH:
                    waiting.append((object_id, f"{path}/", depth + 1))
                elif mode == _FOLDER:
                    raise self._refused(f"has folders more than {MAX_DEPTH} deep, at “{shown(path[:100])}…”")
                elif mode in _FILES:
                    self.places[path] = object_id
                else:
                    self.beside.append(path)

    def _is_wanted(self, path: str) -> bool:
        """Whether it is one of those, lies in one, or leads to one."""
        return not self._only or any(
            f"{path}/".startswith(f"{wanted}/") or wanted.startswith(f"{path}/") for wanted in self._only
        )

    def _entries(self, tree: str) -> Iterator[tuple[bytes, str, str]]:
        try:
            listed = self.repository.objects.read(tree, "tree", at_most=MAX_TREE_SIZE)
        except TooLarge as error:
            raise self._refused("has a folder of more files than are read") from error
        except NoSuchObject as error:
            raise self.repository.damaged(self.commit.name) from error
        length = len(tree) // 2  # bytes of an id
        position = 0
        while position < len(listed):
            self._seen += 1
            if self._seen > MAX_NAMES:
                raise self._refused(f"has more than {MAX_NAMES:,} files. Give the roadmap's folder with --path")
            space, end = listed.find(b" ", position), listed.find(b"\0", position)
            if not position < space < end or end + 1 + length > len(listed):
                raise self._refused("has a folder whose list is damaged")
            mode, name = listed[position:space], listed[space + 1 : end].decode("utf-8", "surrogateescape")
            position = end + 1 + length
            yield mode, name, listed[end + 1 : position].hex()

    def _refused(self, problem: str) -> UnreadableTree:
        return UnreadableTree(f"it {problem}.")
