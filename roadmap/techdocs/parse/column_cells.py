"""What the cells of a column say that it is of, whatever stands above them. Pure.

A column is judged by most of its cells. Those that say nothing, or that nothing is decided yet, have no voice.
"""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache

from roadmap.content.fields import APIS, AUDIENCES, BREAKING, DESCRIPTION, JOURNEY, KIND, REFERENCE, TITLE
from roadmap.techdocs.cells import REFERENCE_FORM
from roadmap.techdocs.parse.api_names import names_apis
from roadmap.techdocs.parse.cell_text import NOTHING, UNDECIDED, kind_named, yes_or_no
from roadmap.techdocs.parse.environment_phrases import read_phrase, settled_date

MAX_CELLS_READ = 200  # of one column: the rest is like them
MAX_LABEL_LENGTH = 40  # characters of a cell that is no more than a label

_MARKUP = re.compile(r"\]\([^()]*\)|<[^<>]{0,300}>|[\[*_~`]")
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|q[1-4]|spring|summer|autumn|winter"
_WITH_DATE = re.compile(
    rf"(?:\S+ ){{0,3}}?(?:{_MONTH})[a-z]*\.?[ -](?:20)?[0-9]{{2}}\b\W*(?: \S+){{0,3}}", re.IGNORECASE
)


class Role(StrEnum):
    """What a column is of that is no field of an item by itself."""

    ARRIVAL = "arrival"  # the date on which it comes to an environment
    STATUS = "status"
    OWN = "own"  # a column of the roadmap's own
    UNNAMED = "unnamed"


def cells_read(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """The cells of a column that say something, in plain words."""
    found = (row[place] for row in rows[:MAX_CELLS_READ] if place < len(row))
    texts = (" ".join(_MARKUP.sub(" ", text[:1000]).split()).strip(" .") for text in found)
    return [text for text in texts if text.casefold() not in NOTHING | UNDECIDED]


def are_mostly(test: Callable[[str], object], cells: Sequence[str]) -> bool:
    return 2 * sum(bool(test(cell)) for cell in cells) > len(cells)


@lru_cache(maxsize=2048)  # a history has the same cells again and again
def says_date(text: str) -> bool:
    """Whether there is a date, whatever else is said of it: "Oct 2026 (pending)"."""
    is_plain = settled_date(text) is not None and any(character.isdigit() for character in text)
    return is_plain or (len(text) < 2 * MAX_LABEL_LENGTH and _WITH_DATE.fullmatch(text) is not None)


def says_state(text: str) -> bool:
    phrase = read_phrase(text)
    return bool(phrase and not phrase.when and (phrase.says_deployed or phrase.says_planned))


def is_answer(text: str) -> bool:
    return yes_or_no(text) is not None


def says_answer(text: str) -> bool:
    """Whether it is a yes or no, or begins with one."""
    return is_answer(text) or is_answer(text.split()[0].strip(",;:-–("))


def says_api(text: str) -> bool:
    return kind_named(text) is None and names_apis(text)


def could_name(text: str) -> bool:
    """Whether it could be what something is called: no number, date, answer or state."""
    has_word = any(character.isalpha() for character in text)
    return has_word and not (
        REFERENCE_FORM.fullmatch(text) or says_date(text) or says_state(text) or yes_or_no(text) is not None
    )


def is_row(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether what stands where headings should is one more row: a date above dates, or "Yes" above answers."""
    return any(
        (says_date(heading) and are_mostly(says_date, cells_read(rows, place)))
        or (heading.casefold() in ("yes", "no") and are_mostly(is_answer, cells_read(rows, place)))
        for place, heading in enumerate(headings)
    )


def contradict(role: str, cells: Sequence[str]) -> bool:
    """Whether the cells cannot be what the heading of their column promises."""
    if not cells:
        return False
    match role:
        case REFERENCE.name:
            return not all(map(REFERENCE_FORM.fullmatch, cells))
        case KIND.name:
            return not are_mostly(kind_named, cells)
        case BREAKING.name:
            return not any(map(says_answer, cells))
        case Role.ARRIVAL:
            return not any(says_date(cell) or is_answer(cell) or says_state(cell) for cell in cells)
        case APIS.name:
            return are_mostly(lambda cell: kind_named(cell) or not could_name(cell), cells)
        case TITLE.name | DESCRIPTION.name | JOURNEY.name | AUDIENCES.name:
            return are_mostly(says_date, cells) or are_mostly(is_answer, cells)
    return False
