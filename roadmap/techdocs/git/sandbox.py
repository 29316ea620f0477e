"""Runs git so that nothing of a repository can make it run anything else, wait for ever or take all memory."""

import contextlib
import os
import resource
import select
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

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


class GitFailed(Exception):
    """Git did not do it, or not in time."""


class NoSuchObject(Exception):
    """It is not in the repository, though something there names it."""


class TooLarge(Exception):
    """It has more bytes than are read."""

    def __init__(self, size: int):
        super().__init__(f"{size:,} bytes")
        self.size = size


def git_is_there() -> bool:
    return shutil.which("git") is not None


def arguments(git_dir: Path, *words: str) -> list[str]:
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    return [shutil.which("git") or "git", *settings, "--no-pager", f"--git-dir={git_dir}", *words]


def environment(objects: Path | None = None) -> dict[str, str]:
    """Nothing of ours but the path to git: a variable such as GIT_EXTERNAL_DIFF is a command too."""
    found = {
        "PATH": os.environ.get("PATH", os.defpath),
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
    return found | ({"GIT_OBJECT_DIRECTORY": str(objects)} if objects else {})


def answer(git_dir: Path, *words: str, objects: Path | None = None) -> str:
    """What a command writes, of a line or two. Raises GitFailed where it fails or takes too long."""
    with _started(arguments(git_dir, *words), environment(objects)) as running:
        try:
            # Read by a select and not by communicate, which would keep whatever comes.
            found = _Pipe(running).until_the_end(_MAX_ANSWER)
            code = running.wait(MAX_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise GitFailed(f"git {words[0]} took too long") from error
    if code:
        raise GitFailed(f"git {words[0]} ended with {code}")
    return os.fsdecode(found)


def write_answer(file: IO[bytes], git_dir: Path, *words: str, objects: Path) -> None:
    """The same into a file, of any length. Raises GitFailed."""
    with _started(arguments(git_dir, *words), environment(objects), output=file) as running:
        try:
            code = running.wait(MAX_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise GitFailed(f"git {words[0]} took too long") from error
    if code:
        raise GitFailed(f"git {words[0]} ended with {code}")


class Objects:
    """The objects of a repository, each read when it is asked for, by two processes that stay until `close`.

    One tells an object's kind and size, the other its bytes: nothing is unpacked before its size is known.
    """

    def __init__(self, git_dir: Path, objects: Path):
        self._git_dir, self._objects = git_dir, objects
        self._running: list[subprocess.Popen[bytes]] = []
        self._kinds, self._contents = (self._batch(option) for option in ("--batch-check", "--batch"))

    def __enter__(self) -> "Objects":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        for running in self._running:
            _end(running)

    def read(self, name: str, kind: str, *, at_most: int) -> bytes:
        """The bytes of an object: a commit, tree or blob by its whole id.

        Raises NoSuchObject where it is not there or is of another kind, TooLarge, GitFailed.
        """
        size = self._asked(self._kinds, name, kind)
        if size > at_most:
            raise TooLarge(size)
        if self._asked(self._contents, name, kind) != size:
            raise GitFailed("git tells of an object in two ways")
        found = self._contents.exactly(size)
        self._contents.exactly(1)  # the line feed after it
        return found

    def _asked(self, pipe: "_Pipe", name: str, kind: str) -> int:
        pipe.write(f"{name}\n".encode())
        words = pipe.line().decode("ascii", "replace").split(" ")
        if len(words) == 2 and words[1] == "missing":
            raise NoSuchObject(name)
        if len(words) != 3 or not words[2].isdecimal():
            raise GitFailed(f"git tells of {name} in words that are not known")
        if words[1] != kind:
            if pipe is self._contents:
                raise GitFailed("git tells of an object in two ways")
            raise NoSuchObject(name)
        return int(words[2])

    def _batch(self, option: str) -> "_Pipe":
        running = _start(arguments(self._git_dir, "cat-file", option), environment(self._objects), takes_input=True)
        self._running.append(running)
        return _Pipe(running)


class _Pipe:
    """What a process writes, with an end to the waiting."""

    def __init__(self, running: subprocess.Popen[bytes]):
        self._running = running
        self._kept = b""

    def write(self, question: bytes) -> None:
        # It fits into the pipe: nothing else is ever waiting there.
        try:
            os.write(self._running.stdin.fileno(), question)  # type: ignore[union-attr]
        except OSError as error:
            raise GitFailed("git has ended") from error

    def line(self) -> bytes:
        while b"\n" not in self._kept:
            if len(self._kept) > 1000:
                raise GitFailed("git tells more than was asked")
            self._kept += self._more()
        line, _, self._kept = self._kept.partition(b"\n")
        return line

    def exactly(self, size: int) -> bytes:
        parts, missing = [self._kept[:size]], size - len(self._kept)
        self._kept = self._kept[size:]
        while missing > 0:
            part = self._more()
            parts.append(part[:missing])
            self._kept = part[missing:]
            missing -= len(part)
        return b"".join(parts)

    def until_the_end(self, at_most: int) -> bytes:
        deadline = time.monotonic() + MAX_SECONDS
        while part := self._part(max(0.0, deadline - time.monotonic())):
            self._kept += part
            if len(self._kept) > at_most:
                raise GitFailed("git tells more than was asked")
        return self._kept

    def _more(self) -> bytes:
        if part := self._part(MAX_SECONDS_OF_AN_OBJECT):
            return part
        raise GitFailed("git has ended")

    def _part(self, seconds: float) -> bytes:
        descriptor = self._running.stdout.fileno()  # type: ignore[union-attr]
        if not select.select([descriptor], [], [], seconds)[0]:
            raise GitFailed("git took too long")
        return os.read(descriptor, _AT_ONCE)


@contextlib.contextmanager
def _started(
    words: Sequence[str], variables: dict[str, str], output: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    running = _start(words, variables, output=output)
    try:
        yield running
    finally:
        _end(running)


def _start(
    words: Sequence[str], variables: dict[str, str], *, takes_input: bool = False, output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    try:
        running = subprocess.Popen(  # noqa: S603 (git, with words of ours; a path among them is absolute)
            words,
            env=variables,
            stdin=subprocess.PIPE if takes_input else subprocess.DEVNULL,
            stdout=output or subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for us: we end between two commits, and git must last until then.
            start_new_session=True,
        )
    except OSError as error:
        raise GitFailed(f"git cannot be run: {error.strerror or error}") from error
    _limit_memory(running.pid)
    return running


def _limit_memory(pid: int) -> None:
    """Not before it starts, which Python cannot do safely; it has read nothing of the repository's size by then."""
    if hasattr(resource, "prlimit"):  # Linux
        with contextlib.suppress(OSError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))


def _end(running: subprocess.Popen[bytes]) -> None:
    for pipe in (running.stdin, running.stdout):
        if pipe:
            with contextlib.suppress(OSError):
                pipe.close()
    if running.poll() is None:
        running.kill()
    running.wait()
