"""Two texts side by side, with the words that were added and removed marked. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# Comparing takes time in the square of the number of words: longer texts are compared line by line.
MAX_WORDS = 4000

_WORDS = re.compile(r"\s+|[^\s\w]|\w+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Run:
    """Some of a text that is alike: all of it is marked, or none."""

    text: str
    is_marked: bool


def side_by_side(before: str, after: str) -> tuple[list[Run], list[Run]]:
    """The first text with what the second has not marked, and the second with what the first had not.

    The runs of each, joined, are that text to the letter.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        old, new = _LINES.findall(before), _LINES.findall(after)
    left: list[Run] = []
    right: list[Run] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if i < j:
            left.append(Run("".join(old[i:j]), kind != "equal"))
        if k < m:
            right.append(Run("".join(new[k:m]), kind != "equal"))
    return left, right
