"""One commit: when, and what readers may be told of it. Pure.

Who wrote it is never read: a roadmap's history is public, and those who typed it were not asked.
"""

import re
from dataclasses import dataclass

MAX_NOTE_LENGTH = 500  # as in an Edition

_MAX_READ = 10_000  # characters of a message

# GitHub's and git's own words for a merge, which name a person's copy of the repository.
_MERGED_REQUEST = re.compile(r"Merge pull request #\d+(?: from \S+)?")
_MERGED_BRANCH = re.compile(r"Merge (?:remote-tracking )?branch(?:es)? '[^']*'.*")
_TRAILER = re.compile(r"(?:[a-z]+-)+by:|(?:cc|author|committer):", re.IGNORECASE)
# Possessive: a subject may be a megabyte of letters.
_EMAIL = re.compile(r"[<(\[]?(?:mailto:)?(?<![\w.%+'-])[\w.%+'-]++@[\w-]++(?:\.[\w-]++)*+[>)\]]?")
_COMMITTER = re.compile(rb"^committer .* (-?\d{1,30}) [+-]\d{4,}$", re.MULTILINE)


@dataclass(frozen=True)
class Commit:
    """Immutable: one commit, without its people."""

    name: str
    """Its whole id."""
    tree: str
    """The id of its outermost folder."""
    seconds: int
    """When it was committed, in seconds since 1970; any number that somebody may have typed."""
    note: str
    """Its subject, as an Edition may keep it. May be empty."""

    @property
    def short(self) -> str:
        return self.name[:7]


def parse_commit(name: str, content: bytes) -> Commit:
    """Raises ValueError where it is no commit as git writes one."""
    head, _, message = content.partition(b"\n\n")
    tree = re.match(rb"tree ([0-9a-f]{40}|[0-9a-f]{64})\n", head)
    committed = _COMMITTER.search(head)
    if tree is None or committed is None:
        raise ValueError("this is no commit as git writes one")
    return Commit(name, tree[1].decode(), int(committed[1]), note_of(_text(message)))


def note_of(message: str) -> str:
    """The subject of a commit's message for everybody to read: one line, no email address, no trailer.

    Of a pull request's merge it is the request's title, which GitHub writes below the subject. Of a merge that has none
    it is nothing: that something was merged is no news to readers.
    """
    message = message.strip()[:_MAX_READ]
    subject, *below = (" ".join(part.split()) for part in re.split(r"\n[^\S\n]*+\n", message))
    if _MERGED_REQUEST.fullmatch(subject):
        subject = " ".join(message.split("\n\n", 1)[-1].split("\n", 1)[0].split()) if below else ""
    elif _MERGED_BRANCH.fullmatch(subject):
        return ""
    if _TRAILER.match(subject):
        return ""
    subject = _EMAIL.sub(" ", subject)
    subject = "".join(char if char.isprintable() else " " for char in subject)
    subject = " ".join(subject.split())
    return subject if len(subject) <= MAX_NOTE_LENGTH else f"{subject[: MAX_NOTE_LENGTH - 1].rstrip()}…"


def _text(message: bytes) -> str:
    """A message in whatever encoding: UTF-8, or else the one that Windows had. What it claims is not asked."""
    try:
        return message.decode("utf-8")
    except UnicodeDecodeError:
        return message.decode("cp1252", "replace")
