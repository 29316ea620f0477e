"""Two texts of one field beside each other, each with the words marked that the other has not."""

from dataclasses import dataclass

from roadmap.admin.editing.text_diff import Comparing
from roadmap.admin.editing.wording import Run


@dataclass(frozen=True)
class Difference:
    """One field that is not alike in two forms of a thing. Joined, the runs of each side are its text to the letter."""

    label: str
    left: tuple[Run, ...]
    right: tuple[Run, ...]
    note: str = ""  # a sentence on what will become of it


def difference(comparing: Comparing, label: str, left: str, right: str, note: str = "") -> Difference:
    """`comparing` is one for all the differences of a page: it bounds the time that they take together."""
    found = comparing.compare(left, right)
    rows = (*found.first, *found.rest)
    return Difference(label, _side(rows, "left"), _side(rows, "right"), note)


def _side(rows: tuple[object, ...], side: str) -> tuple[Run, ...]:
    runs: list[Run] = []
    for row in rows:
        same = getattr(row, "same", "")
        runs += [Run(same, False)] if same else getattr(row, side)
    return tuple(runs)
