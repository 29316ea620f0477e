"""Runs git so that nothing of a repository can make it run anything else, wait for ever or take all memory."""

import contextlib
import os
import resource
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

MAX_SECONDS = 120.0  # for one command; listing 10,000 commits takes two
MAX_SECONDS_OF_AN_OBJECT = 30.0
MAX_MEMORY = 1_000_000_000  # bytes of git's own, not counting what it maps of the packs
_MAX_ANSWER = 65_536  # bytes, of a command whose answer is a line or two
_AT_ONCE = 65_536

# What newer versions understand does no harm in older ones.
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    # Its files could say something else than the commits themselves.
    "core.commitGraph": "false",
    "core.multiPackIndex": "false",
    "protocol.allow": "never",
    # Whose repository it is does not matter where nothing of it is run.
    "safe.directory": "*",
}

# All of git's environment, but for the path to git: a variable of ours such as GIT_EXTERNAL_DIFF is a command too.
_VARIABLES = {
    "HOME": os.devnull,
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    # What a partial clone lacks is not fetched: the remote's address may be a command. Older versions of git do not
    # know the first of these, so that the second forbids every way of fetching too.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
}


class GitFailed(Exception):
    """Git did not do it, or not in time."""


class NoSuchObject(Exception):
    """It is not in the repository, though something there names it."""


class TooLarge(Exception):
    """It has more bytes than are read: so many."""


@contextlib.contextmanager
def _named_failures() -> Iterator[None]:
    try:
        yield
    except (TimeoutError, subprocess.TimeoutExpired) as error:
        raise GitFailed("git took too long") from error
    except OSError as error:
        raise GitFailed("git has ended") from error


@_named_failures()
def answer(git_dir: Path, *words: str, objects: Path | None = None, at_most: int = _MAX_ANSWER) -> str:
    """What a command writes. Raises GitFailed where it fails, takes too long or writes more bytes than that."""
    found, deadline = bytearray(), time.monotonic() + MAX_SECONDS
    with contextlib.closing(_Git(git_dir, *words, objects=objects, seconds=MAX_SECONDS)) as git:
        while part := git.answers.read1(_AT_ONCE):
            found += part
            if len(found) > at_most:
                raise GitFailed("git tells more than was asked")
            if time.monotonic() > deadline:
                raise TimeoutError
        code = git.process.wait(MAX_SECONDS)
    if code:
        raise GitFailed(f"git {words[0]} ended with {code}")
    return os.fsdecode(bytes(found))


class Objects:
    """The objects in a folder, each read when it is asked for, by a process that stays until `close`.

    `git_dir` is one of ours, without any settings of the repository's.
    """

    def __init__(self, git_dir: Path, folder: Path):
        self.git_dir, self.folder = git_dir, folder
        self._git = self._started()

    def close(self) -> None:
        self._git.close()

    def read(self, name: str, kind: str, *, at_most: int) -> bytes:
        """The bytes of an object: a commit, tree or blob by its whole id.

        Raises NoSuchObject where it is not there or is of another kind, TooLarge, GitFailed.
        """
        match self._git.asked(name).split(" "):
            case [_, "missing"]:
                raise NoSuchObject(name)
            case [_, found, size] if size.isdecimal():
                if found == kind and int(size) <= at_most:
                    return self._git.exactly(int(size) + 1)[:-1]  # a line feed comes after it
                # Git has said this before it unpacks the object, and is not waited for.
                self._git.close()
                self._git = self._started()
                raise TooLarge(int(size)) if found == kind else NoSuchObject(name)
        raise GitFailed(f"git tells of {name} in words that are not known")

    def _started(self) -> "_Git":
        return _Git(self.git_dir, "cat-file", "--batch", objects=self.folder, seconds=MAX_SECONDS_OF_AN_OBJECT)


class _Git:
    """A git that runs, and a socket to talk with it, since a socket has an end to the waiting."""

    def __init__(self, git_dir: Path, *words: str, objects: Path | None, seconds: float):
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        variables = _VARIABLES | {"PATH": os.environ.get("PATH", os.defpath)}
        variables |= {"GIT_OBJECT_DIRECTORY": str(objects)} if objects else {}
        self._socket, its_own = socket.socketpair()
        with its_own:
            try:
                self.process = subprocess.Popen(  # noqa: S603 (git, with words of ours; a path among them is absolute)
                    [shutil.which("git") or "git", *settings, "--no-pager", f"--git-dir={git_dir}", *words],
                    env=variables,
                    stdin=its_own.fileno(),
                    stdout=its_own.fileno(),
                    stderr=subprocess.DEVNULL,
                    # Ctrl-C is for us: we end between two commits, and git must last until then.
                    start_new_session=True,
                )
            except OSError as error:
                self._socket.close()
                raise GitFailed(f"git cannot be run: {error.strerror or error}") from error
        self._socket.settimeout(seconds)
        self.answers = self._socket.makefile("rb")
        if hasattr(resource, "prlimit"):  # Linux
            # Not before it starts, which Python cannot do safely; it has read nothing of the repository's size by then.
            with contextlib.suppress(OSError):
                resource.prlimit(self.process.pid, resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))

    def close(self) -> None:
        self.answers.close()
        self._socket.close()
        self.process.kill()
        self.process.wait()

    @_named_failures()
    def asked(self, question: str) -> str:
        """The line that answers it."""
        self._socket.sendall(f"{question}\n".encode())
        line = self.answers.readline(1000)
        if not line.endswith(b"\n"):
            raise GitFailed("git has ended" if len(line) < 1000 else "git tells more than was asked")
        return line[:-1].decode("ascii", "replace")

    @_named_failures()
    def exactly(self, size: int) -> bytes:
        found = self.answers.read(size)
        if len(found) < size:
            raise GitFailed("git has ended")
        return found
