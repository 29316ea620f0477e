"""A git repository that is read and never trusted: its commits and files, by git's plumbing alone.

Nothing is checked out, and nothing of the repository is run: no hook, no filter, no external diff, no fetching. Its
objects are read with settings of ours, for a repository's own settings may name commands.
"""

from roadmap.techdocs.git.commits import Commit
from roadmap.techdocs.git.repository import HistoryRefused, Repository, open_repository
from roadmap.techdocs.git.tree import CommitFiles, UnreadableTree

__all__ = ["Commit", "CommitFiles", "HistoryRefused", "Repository", "UnreadableTree", "open_repository"]
