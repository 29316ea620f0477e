"""Two texts side by side, with the words marked that the other has not; and what a field said, as such texts. Pure.

The page for publishing shows them in rows: what both have is said once, each stretch that differs is a row of its own.
Comparing words takes time in the square of their number, and a page may show a hundred texts: `Comparing` has a budget
for all of them, and marks whole lines where it is spent.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from roadmap.content.changes import FieldChange
from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS
from roadmap.content.fields import EXISTENCE, field_told
from roadmap.content.shapes import Apis, Choice, Milestones, Notice
from roadmap.content.things import RoadmapContent

# Characters of the one text times characters of the other: about a tenth of a second on a small machine.
BUDGET = 3_000_000

MOST_SAME_LINES = 3  # of what stayed as it was, beside what changed: more are folded away
MOST_ROWS = 400  # of one stretch that differs: a longer one is a single row
FIRST_LINES = 8  # of a text, before the rest is folded away
LINE_WIDTH = 60  # characters, in a column

FEW_WORDS = 12  # that are compared one by one, however few of them are in both
LEAST_ALIKE = 0.35  # of the words of the shorter text, in the other: with fewer it was written anew

MAX_WORDS = 4000  # longer texts are compared line by line

_WORDS = re.compile(r"\s+|[^\s\w]|\w+")
_LONG_WORDS = re.compile(r"\w{4,}")  # those that are in any two texts are no likeness
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Run:
    """Some of a text that is alike: all of it is marked, or none."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class TextRow:
    """A stretch of both texts: as it is in both (`same`), or what the one has in place of the other."""

    left: tuple[Run, ...]
    right: tuple[Run, ...]
    same: str = ""

    @property
    def same_words(self) -> str:
        """Without the empty lines before and after."""
        return self.same.strip()

    @property
    def same_lines(self) -> int:
        return len([line for line in self.same.splitlines() if line.strip()])

    @property
    def is_folded(self) -> bool:
        return self.same_lines > MOST_SAME_LINES

    @property
    def height(self) -> int:
        """Its lines on the page, about."""
        if self.same:
            return 1 if self.is_folded else self.same_lines
        texts = ("".join(run.text for run in side) for side in (self.left, self.right))
        return max(sum(1 + len(line) // LINE_WIDTH for line in text.splitlines() if line.strip()) for text in texts)


@dataclass(frozen=True)
class Compared:
    first: list[TextRow]
    rest: list[TextRow]  # to be folded away


class Comparing:
    def __init__(self, budget: int = BUDGET):
        self._left = budget

    def compare(self, before: str, after: str) -> Compared:
        rows, height = [*self.rows(before, after)], 0
        for number, row in enumerate(rows):
            height += row.height
            if number and height > FIRST_LINES and any(not earlier.same for earlier in rows[:number]):
                return Compared(rows[:number], rows[number:])
        return Compared(rows, [])

    def rows(self, before: str, after: str) -> Iterator[TextRow]:
        old, new = (_LINES.findall(text.replace("\r\n", "\n")) for text in (before, after))
        # Lines that come often (empty ones) are no landmarks: with them, a long text would take minutes.
        for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=True).get_opcodes():
            left, right = "".join(old[i:j]), "".join(new[k:m])
            if kind == "equal":
                yield TextRow(_runs(Run(left, False)), _runs(Run(right, False)), same=left)
            elif max(j - i, m - k) > MOST_ROWS:
                yield TextRow(_runs(Run(left, True)), _runs(Run(right, True)))
            elif kind == "replace" and j - i != m - k:
                yield self._changed(left, right)
            else:  # each line is compared with its own, or with nothing
                yield from (self._changed(*lines) for lines in zip_longest(old[i:j], new[k:m], fillvalue=""))

    def _changed(self, before: str, after: str) -> TextRow:
        start = _common(before, after)
        end = _common(before[len(start) :][::-1], after[len(start) :][::-1])[::-1]
        left, right = (text[len(start) : len(text) - len(end)] for text in (before, after))
        cost = len(left) * len(right)
        if cost > self._left or not _are_alike(left, right):
            sides = ([Run(left, True)], [Run(right, True)])
        else:
            self._left -= cost
            sides = side_by_side(left, right)
        first, last = Run(start, False), Run(end, False)
        return TextRow(_runs(first, *sides[0], last), _runs(first, *sides[1], last))


def _common(before: str, after: str) -> str:
    """What both begin with, up to the last space in it: what begins alike is not the same word."""
    alike, most = 0, min(len(before), len(after))
    while alike < most:  # a stretch at a time: a letter at a time takes as long as all the rest
        half = (alike + most + 1) // 2
        if before[alike:half] == after[alike:half]:
            alike = half
        else:
            most = half - 1
    text = before[:alike]
    return text[: max(text.rfind(" "), text.rfind("\n")) + 1]


def _are_alike(before: str, after: str) -> bool:
    """Whether they have enough words in common for marks among them to say more than that it was written anew."""
    old, new = Counter(_LONG_WORDS.findall(before)), Counter(_LONG_WORDS.findall(after))
    shorter = min(old.total(), new.total())
    return shorter < FEW_WORDS or (old & new).total() >= LEAST_ALIKE * shorter


def _runs(*runs: Run) -> tuple[Run, ...]:
    return tuple(run for run in runs if run.text)


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


@dataclass(frozen=True)
class FieldDifference:
    """One field that is not alike in two forms of a thing. Joined, the runs of each side are its text to the letter."""

    label: str
    left: tuple[Run, ...]
    right: tuple[Run, ...]
    note: str = ""  # a sentence on what will become of it


def difference(comparing: Comparing, label: str, left: str, right: str, note: str = "") -> FieldDifference:
    """`comparing` is one for all the differences of a page: it bounds the time that they take together."""
    rows = [*comparing.rows(left, right)]
    return FieldDifference(
        label, tuple(run for row in rows for run in row.left), tuple(run for row in rows for run in row.right), note
    )


# What a field said before and after


def label_of(change: FieldChange, content: RoadmapContent) -> str:
    """The name of a field, for a heading."""
    return "Title" if change.field == EXISTENCE else change.label(content)


def text_of(change: FieldChange, value: Any) -> str:
    """What a field says, as lines of words."""
    if value is None:
        return ""
    found = field_told(change.noun, change.field)
    if found and isinstance(found.shape, Milestones):
        date = value.get("when") or "No date"
        return f"{date}, deployed" if value.get("is_deployed") else date
    if found and isinstance(found.shape, Choice):
        return found.shape.words(value)
    if found and isinstance(found.shape, Notice):
        return "\n".join(filter(None, [found.shape.words(value), value.get("body")]))
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if found and isinstance(found.shape, Apis) and isinstance(value, dict):
        return "\n".join(f"{name}: {url}" for name, url in value.items() if url)
    return _lines(value)


def difference_of(change: FieldChange, content: RoadmapContent, comparing: Comparing) -> FieldDifference:
    before, after = (text_of(change, value) for value in (change.before, change.after))
    return difference(comparing, label_of(change, content), before, after)


def _name(key: str) -> str:
    """Of a part of a value, in words."""
    return DEFAULT_ENVIRONMENT_LABELS.get(key) or key.replace("_", " ").capitalize()  # type: ignore[call-overload]


def _lines(value: Any) -> str:
    if isinstance(value, dict):
        said = {_name(key): _lines(part) for key, part in value.items() if part and key != "key"}
        return "\n".join(f"{name}: {text}" for name, text in said.items())
    if isinstance(value, list | tuple):
        return "\n".join(map(_lines, value))
    return str(value)
