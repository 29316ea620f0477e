"""Which repository it is, whether it can be read, and which of its commits touched a folder."""

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from roadmap.techdocs.git.commits import Commit, parse_commit
from roadmap.techdocs.git.sandbox import GitFailed, NoSuchObject, Objects, TooLarge, answer
from roadmap.techdocs.sources import ImportRefused
from roadmap.techdocs.sources.source import shown

MAX_COMMIT_SIZE = 1_000_000  # bytes; its message is read for the first lines only
MAX_LIST_SIZE = 20_000_000  # bytes of the ids of commits; the main line of the largest projects has a third of it

_IS_BARE = "is a bare repository. Clone it with “git clone”, and give the clone."
_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class HistoryRefused(ImportRefused):
    """The history as a whole cannot be brought in, or not any further. What was brought in before stays."""


@dataclass
class Repository:
    """An open repository: its objects are read as they are asked for."""

    name: str
    """As messages name it."""
    head: str
    """The id of the newest commit."""
    objects: Objects
    is_shallow: bool = False
    """Git says so. Only where older commits are missing does it matter."""

    def commit(self, name: str) -> Commit:
        """Raises HistoryRefused."""
        try:
            return parse_commit(name, self.objects.read(name, "commit", at_most=MAX_COMMIT_SIZE))
        except (NoSuchObject, TooLarge, ValueError) as error:
            raise self.damaged(name) from error

    def first_commit(self) -> str:
        """The id of the commit with which it began: the same for every copy of a repository. Raises HistoryRefused."""
        found = self._main_line("--max-parents=0")
        if len(found) != 1 or not _ID.fullmatch(found[0]):
            raise self.damaged(self.head)
        return found[0]

    def commits_that_touched(self, folders: Sequence[str]) -> list[str]:
        """The ids of the commits, oldest first, that changed something in these folders.

        Without a folder, of all that changed anything. Raises HistoryRefused.
        """
        return self._main_line("--reverse", within=folders or ["."])

    def _main_line(self, option: str, within: Sequence[str] = ()) -> list[str]:
        """The commits from first parent to first parent."""
        words = ("rev-list", "--first-parent", option, self.head, "--", *within)
        try:
            return answer(self.objects.git_dir, *words, objects=self.objects.folder, at_most=MAX_LIST_SIZE).split()
        except GitFailed as error:
            if not self.is_shallow:
                raise
            raise HistoryRefused(
                f"{self.name} is a shallow clone, which lacks its older commits. Complete it with “git fetch "
                "--unshallow”, and run the command again."
            ) from error

    def damaged(self, name: str) -> HistoryRefused:
        return HistoryRefused(
            f"{self.name} lacks something of its commit {shown(name[:7])}, or it is damaged. "
            "Look with “git fsck”, or clone it again, and run the command again."
        )

    def lacking(self, name: str) -> HistoryRefused:
        """Of a commit whose files are not all there."""
        return HistoryRefused(
            f"{self.name} lacks files of its commit {shown(name[:7])}: it is a partial clone, or damaged. Clone it "
            "again without “--filter”, or look with “git fsck”, and run the command again."
        )


@contextlib.contextmanager
def open_repository(path: Path) -> Iterator[Repository]:
    """Yields the repository whose checkout lies at `path`.

    Raises HistoryRefused where it is none, bare or without a commit, or where git fails or something is missing, now or
    at any later question.
    """
    name = shown(path)
    if shutil.which("git") is None:
        raise HistoryRefused("The history is read with git, and git is not installed here. Install it and try again.")
    try:
        objects_dir, head, is_shallow = _checked(_git_dir(path, name), name)
    except (OSError, ValueError) as error:
        raise HistoryRefused(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    with tempfile.TemporaryDirectory(prefix="roadmap-history-") as folder:
        ours = Path(folder)
        _make_git_dir(ours, length_of_ids=len(head))
        try:
            with contextlib.closing(Objects(ours, objects_dir)) as objects:
                yield Repository(name, head, objects, is_shallow)
        except GitFailed as error:
            raise HistoryRefused(
                f"{name} cannot be read: {error}. Look with “git fsck”, or clone it again, and run the command again."
            ) from error


def _git_dir(path: Path, name: str) -> Path:
    if not path.exists():
        raise HistoryRefused(f"{name} does not exist. Give the folder of a git repository.")
    if not path.is_dir():
        raise HistoryRefused(f"{name} is not a folder. Give the folder of a git repository.")
    # As an absolute path: it becomes a word of a command, and one that begins with a hyphen would be an option.
    git_dir = path.resolve() / ".git"
    if git_dir.is_dir() or git_dir.is_file():  # a file leads from a worktree to its repository
        return git_dir
    if (path / "HEAD").is_file() and (path / "objects").is_dir():
        raise HistoryRefused(f"{name} {_IS_BARE}")
    raise HistoryRefused(f"{name} is not a git repository: it has no .git. Give the folder that “git clone” made.")


def _checked(git_dir: Path, name: str) -> tuple[Path, str, bool]:
    """The folder of its objects, its newest commit and whether git calls it shallow. Reads no object.

    Asked with the repository's own settings.
    """
    questions = ("--is-bare-repository", "--is-shallow-repository", "--path-format=absolute", "--git-path", "objects")
    try:
        is_bare, is_shallow, found = answer(git_dir, "rev-parse", *questions).split("\n", 2)
    except GitFailed as error:
        raise HistoryRefused(
            f"{name} is not a git repository that can be read: {error}. Look with “git status”, or clone it again."
        ) from error
    if is_bare == "true":
        raise HistoryRefused(f"{name} {_IS_BARE}")
    objects = Path(found.removesuffix("\n"))  # no more than git adds: a folder's name may end in a space
    try:
        head = answer(git_dir, "rev-parse", "--quiet", "--verify", "HEAD").strip()
    except GitFailed:
        head = ""
    if not _ID.fullmatch(head):
        raise HistoryRefused(f"{name} is an empty repository, without a commit. Check out the branch to bring in.")
    return objects, head, is_shallow == "true"


def _make_git_dir(folder: Path, *, length_of_ids: int) -> None:
    """What git takes for a repository, with no settings but ours. The objects stay where they are."""
    for part in ("objects", "refs"):
        (folder / part).mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
    settings = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
    settings += "[extensions]\n\tobjectformat = sha256\n" if length_of_ids == 64 else ""
    (folder / "config").write_text(settings, encoding="ascii")
