"""Git repositories for the tests of history, made by `git fast-import`: nothing is typed twice, no clock is asked."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests import make

AUTHOR = "Alex Author <alex.author@example.com>"

# What git reads of the person who runs the tests is kept out.
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}


@dataclass(frozen=True)
class Committed:
    """Immutable: one commit to be made: all its files, or those that change with None for what goes."""

    files: Mapping[str, str | bytes | None]
    message: str | bytes = "Update the roadmap"
    at: datetime | int | None = None
    """A moment, or the very number that git keeps; a day after the commit before if it is left out."""
    links: Mapping[str, str] = field(default_factory=dict)
    submodules: Sequence[str] = ()
    merges: str = ""
    """A name of a commit, such as refs/heads/side, that becomes its second parent."""
    keeps: bool = False
    """Whether the files before stay where they are not named."""


def git(folder: Path, *words: str, given: bytes = b"") -> str:
    ended = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *words],
        cwd=folder,
        env=ENVIRONMENT,
        input=given,
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout.decode().strip()


def repository(folder: Path, commits: Sequence[Committed], *, branch: str = "main", sha: str = "sha1") -> Path:
    """A repository at that folder with these commits, in their order, on a branch that is checked out in name only."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet", f"--object-format={sha}")
        git(folder, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
    add(folder, commits, branch=branch)
    return folder


def add(folder: Path, commits: Sequence[Committed], *, branch: str = "main") -> None:
    """More commits on a branch, or the first of it."""
    ref = f"refs/heads/{branch}"
    known = subprocess.run(
        ["git", "log", "-1", "--format=%ct", ref, "--"], cwd=folder, env=ENVIRONMENT, capture_output=True, check=False
    )
    last = int(known.stdout) if known.returncode == 0 else int(make.at("2021-01-11").timestamp()) - 86_400
    stream: list[bytes] = []
    for number, commit in enumerate(commits):
        at = commit.at if commit.at is not None else last + 86_400
        last = at if isinstance(at, int) else int(at.timestamp())
        message = commit.message.encode() if isinstance(commit.message, str) else commit.message
        stream += [f"commit {ref}\nauthor {AUTHOR} {last} +0000\ncommitter {AUTHOR} {last} +0000\n".encode()]
        stream += [f"data {len(message)}\n".encode(), message, b"\n"]
        if number == 0 and known.returncode == 0:
            stream += [f"from {ref}^0\n".encode()]
        if commit.merges:
            stream += [f"merge {commit.merges}^0\n".encode()]
        if not commit.keeps:
            stream += [b"deleteall\n"]
        for path, content in commit.files.items():
            if content is None:
                stream += [f"D {path}\n".encode()]
                continue
            text = content.encode() if isinstance(content, str) else content
            stream += [f"M 100644 inline {path}\ndata {len(text)}\n".encode(), text, b"\n"]
        for path, target in commit.links.items():
            stream += [f"M 120000 inline {path}\ndata {len(target)}\n{target}\n".encode()]
        stream += [f"M 160000 {'1' * 40} {path}\n".encode() for path in commit.submodules]
    git(folder, "fast-import", "--quiet", "--date-format=raw-permissive", given=b"".join(stream))
