"""Where a repository has a roadmap, which commits may have changed it, and when the Edition of each was.

Reads a repository; knows nothing of Editions and writes nothing: roadmap.techdocs.git.import_history does.
"""

import datetime
import posixpath

from roadmap.techdocs.git import Commit, CommitFiles, HistoryRefused, Repository, UnreadableTree
from roadmap.techdocs.sources.files import CONTENT_FOLDER, SETTINGS, is_markdown
from roadmap.techdocs.sources.source import MAX_PATH_LENGTH, shown

_SECOND = datetime.timedelta(seconds=1)
_FIRST_DAY = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def folder_of(repository: Repository, asked: str | None) -> str:
    """The folder of the roadmap's Markdown; empty for the whole repository.

    What somebody asked for, or without that what importing a checkout reads. Raises HistoryRefused where the newest
    commit has no Markdown there.
    """
    newest = repository.commit(repository.head)
    if asked is None:
        return CONTENT_FOLDER if _has_markdown(repository, newest, CONTENT_FOLDER) else ""
    folder = posixpath.normpath(asked.strip("/")) if asked.strip("/") else ""
    folder = "" if folder == "." else folder
    if folder.split("/")[0] == ".." or "\0" in folder or len(folder) > MAX_PATH_LENGTH:
        raise HistoryRefused(f"“{shown(asked[:100])}” is no folder inside the repository. Give one with --path.")
    if folder and not _has_markdown(repository, newest, folder):
        raise HistoryRefused(
            f"The newest commit of {repository.name} has no Markdown in a folder {shown(folder)}/. "
            "Give the folder of the roadmap's pages with --path, from the top of the repository."
        )
    return folder


def folders_to_watch(folder: str) -> tuple[str, ...]:
    """Where a change may change the roadmap: partials and the site's settings lie outside the pages' own folder."""
    if not folder:
        return ()
    top = CONTENT_FOLDER if folder.startswith(f"{CONTENT_FOLDER}/") else folder
    return (top, *SETTINGS)


def moment(commit: Commit, *, after: datetime.datetime | None, now: datetime.datetime) -> datetime.datetime:
    """When its Edition is dated: as committed, but after the Edition before, and not in the future.

    A clock was wrong where these differ, or the main line was put together from older commits. Raises HistoryRefused
    where there is no such time yet.
    """
    at = committed_at(commit, now)
    if after is not None and at <= after:
        at = min(after + _SECOND, now)
    if after is not None and at <= after:
        raise HistoryRefused(f"Commit {commit.short} is too new to come after the edition before it. Try again.")
    return at


def committed_at(commit: Commit, now: datetime.datetime) -> datetime.datetime:
    """Never later than now, however far ahead a clock was."""
    try:
        return min(_FIRST_DAY + datetime.timedelta(seconds=commit.seconds), now)
    except OverflowError:
        return now if commit.seconds > 0 else _FIRST_DAY


def is_moved(commit: Commit, at: datetime.datetime) -> bool:
    """Whether the Edition is dated otherwise than the commit."""
    return (at - _FIRST_DAY).total_seconds() != commit.seconds


def _has_markdown(repository: Repository, commit: Commit, folder: str) -> bool:
    try:
        files = CommitFiles(repository, commit, (folder,))
    except UnreadableTree as error:
        raise HistoryRefused(f"The newest commit of {repository.name} cannot be read: {error}") from error
    return any(is_markdown(path) and path.startswith(f"{folder}/") for path in files)
