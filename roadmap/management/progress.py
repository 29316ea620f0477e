"""How far something long has come: one line that is written over, on a terminal; elsewhere a line now and then."""

import shutil
from typing import Any

EVERY = 25
_WIDTH = 30  # characters of the bar


class Progress:
    """Writes to what a command has for its output and its errors: the bar is no part of what it has to say."""

    def __init__(self, out: Any, bar: Any, noun: str):
        self._out, self._bar, self._noun = out, bar, noun
        self._is_terminal = bool(bar.isatty()) and bool(out.isatty())
        self._is_shown = False

    def at(self, place: int, total: int, more: str) -> None:
        """`more` is what else there is to say of now, in a few words."""
        text = f"{place:,} of {total:,} {self._noun}: {more}"
        if self._is_terminal:
            filled = _WIDTH * place // total
            line = f"[{'#' * filled}{' ' * (_WIDTH - filled)}] {text}"
            # A line that wraps could not be written over.
            line = line[: shutil.get_terminal_size().columns - 1]
            self._bar.write(f"\r\x1b[K{line}", str, ending="")
            self._bar.flush()
            self._is_shown = True
        elif place % EVERY == 0:
            self.say(text)

    def say(self, line: str) -> None:
        self.clear()
        self._out.write(line)
        self._out.flush()

    def clear(self) -> None:
        if self._is_shown:
            self._bar.write("\r\x1b[K", str, ending="")
            self._bar.flush()
            self._is_shown = False
