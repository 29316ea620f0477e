"""The front matter of a document: the lines of YAML between two lines of "---" at its top."""

import math
import re
from collections.abc import Sequence

from roadmap.techdocs.sources.plain_yaml import load_plain
from roadmap.techdocs.sources.source import Doubt, ImportRefused

MAX_LENGTH = 10_000  # characters

_FENCE = re.compile(r"---[ \t]*")
_END_FENCE = re.compile(r"(---|\.\.\.)[ \t]*")


def front_matter_end(lines: Sequence[str]) -> int:
    """The number of lines that it takes; 0 where there is none."""
    if not _FENCE.fullmatch(lines[0]):
        return 0
    return next((number + 1 for number in range(1, len(lines)) if _END_FENCE.fullmatch(lines[number])), 0)


def front_matter(path: str, lines: Sequence[str], doubts: list[Doubt]) -> tuple[str | None, float]:
    """The title and the weight that the lines between the fences give; what else they say is doubted.

    Raises ImportRefused where they are not YAML of plain values.
    """
    found = load_plain("\n".join(lines), path=path, line=2, what="the front matter", max_length=MAX_LENGTH)
    if found is None:
        return None, math.inf
    if not isinstance(found, dict):
        raise ImportRefused(f"{path}:1: the front matter should be lines of “name: value” between two lines of “---”.")
    title = found.pop("title", None)
    if title is not None and not (isinstance(title, str) and title.strip()):
        doubts.append(Doubt(path, 1, "The title in the front matter is not text, so it was not used."))
        title = None
    weight = found.pop("weight", None)
    if weight is None:
        weight = math.inf
    elif isinstance(weight, bool) or not isinstance(weight, int | float) or math.isnan(weight):
        doubts.append(Doubt(path, 1, "The weight in the front matter is not a number, so it was not used."))
        weight = math.inf
    if found:
        names = ", ".join(f"“{str(name)[:50]}”" for name in found)
        doubts.append(Doubt(path, 1, f"The front matter also has {names}: not used."))
    return " ".join(title.split()) if title else None, float(weight) if abs(weight) < 1e300 else math.inf
