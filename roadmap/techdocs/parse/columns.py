"""What the heading of a column means, and what a document says of its own columns. Pure.

A heading is known by its words and not by its place, so that columns may come in any order. One that nobody knows is
a column of the roadmap's own. What explains it is the text of a heading, bold line, list item or sentence that begins
with its name: it is copied, and stays where it stands too.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from itertools import pairwise

from roadmap.content.choices import Environment
from roadmap.content.fields import BREAKING, KIND, REFERENCE, TITLE
from roadmap.techdocs.cells import CELL_FIELDS, HEADINGS, REFERENCE_FORM, read_date
from roadmap.techdocs.parse.blocks import Blocks, plain
from roadmap.techdocs.parse.cell_text import bold_start, kind_named, yes_or_no
from roadmap.techdocs.parse.environment_phrases import is_date, read_phrase, settled_date
from roadmap.techdocs.parse.result import ParsedField

MAX_EXPLANATION_LENGTH = 5000  # characters
MAX_MARKS = 100  # characters of a column's name that are no part of its key


class Role(StrEnum):
    """What a column is of that is no field of an item by itself."""

    ARRIVAL = "arrival"  # the date on which it comes to an environment
    STATUS = "status"
    OWN = "own"  # a column of the roadmap's own
    UNNAMED = "unnamed"


_STATUS = "status, current status, stage, current stage, state, delivery status, release status"
_ROLES: dict[str, str] = {
    heading.strip().casefold(): role
    for role, headings in [
        *((field.name, f"{field.markdown}, {field.headings}") for field in CELL_FIELDS),
        (Role.STATUS, _STATUS),
    ]
    for heading in headings.split(",")
    if heading.strip()
}
_FUNCTIONALITY = re.compile(r"functionality\b.{0,80}")
_PAST = re.compile(r"\b(deployed|released|delivered|launched)\b")
_MARKS = re.compile(r"[?*:.†‡]+")
_STANDS_FOR_A_DATE = {"date", "dates", "when", "month", "timescale", "timescales", "timeline", "timing", "eta"}

# After a column's name, in the sentence that explains it.
_EXPLAINS = ("is", "are", "means", "mean", "says", "tells", "shows", "show", "indicates", "whether", "refers")
_BETWEEN = " \t:–—-.?*"


@dataclass
class KnownNames:
    """What a source says itself of the headings of its columns."""

    labels: dict[Environment, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    """Those of the roadmap's own, as a `heading_key`."""


@dataclass(frozen=True)
class Column:
    """Immutable: one column of one table."""

    source: str
    """Its heading as it stands in the table."""
    name: str
    """Its heading in plain words."""
    is_whole: bool
    """The name holds every word of the source: there is no link in it."""
    role: str
    """The name of a field of an item, or a Role."""
    environment: Environment | None = None
    is_past: bool = False
    """Its heading says that what has a date here is there: "Deployed to Sandbox"."""
    label: str = ""
    """What it calls the environment."""

    @property
    def key(self) -> str:
        return heading_key(self.name)


def heading_key(text: str) -> str:
    """The words of a heading, so that "Usable in year?" and "usable  in year" are one."""
    return " ".join(_MARKS.sub(" ", text.casefold().replace("’", "'")).split())


def is_reference(heading: str) -> bool:
    return _ROLES.get(heading_key(heading)) == REFERENCE.name


def read_columns(document: Blocks, headings: Sequence[str], known: KnownNames) -> list[Column]:
    """What each heading means. A role that one column has already is not given twice."""
    columns: list[Column] = []
    given: set[tuple[str, Environment | None]] = set()
    for source in headings:
        name, is_whole = plain(document.inline(source))
        column = _column(source, name, is_whole, known)
        if (column.role, column.environment) in given and column.role is not Role.UNNAMED:
            column = Column(source, name, is_whole, Role.OWN)
        given.add((column.role, column.environment))
        columns.append(column)
    return columns


def _column(source: str, name: str, is_whole: bool, known: KnownNames) -> Column:
    made = partial(Column, source, name, is_whole)
    key = heading_key(name)
    environments = {heading_key(label): environment for environment, label in known.labels.items()}
    if key in environments:
        return made(Role.ARRIVAL, environments[key])
    if key in known.own and name not in HEADINGS:
        return made(Role.OWN)
    if not key:
        return made(Role.UNNAMED)
    if key in _ROLES or _FUNCTIONALITY.fullmatch(key):
        return made(_ROLES.get(key, TITLE.name))
    phrase = read_phrase(_MARKS.sub(" ", name))
    is_past = bool(phrase and phrase.says_deployed and _PAST.search(key))
    if phrase and not phrase.when and (phrase.environments or is_past or _STANDS_FOR_A_DATE & set(key.split())):
        environment = phrase.environments[0] if phrase.environments else Environment.LIVE
        if len(phrase.environments) < 2:
            return made(Role.ARRIVAL, environment, is_past, phrase.label)
    return made(Role.OWN)


def settled(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[Column]:
    """The columns once their cells have been seen: one whose cells never say what its heading promises is the
    roadmap's own. "Type" is a kind only if each cell names one. Beside references, headings are what they say.
    """
    are_references = False
    made: list[Column] = []
    for place, column in enumerate(columns):
        values = [row[place].strip(" *_.") for row in rows if place < len(row)]
        values = [value for value in values if value and value != "-"]
        is_understood = are_references or not values or _are_understood(column.role, values)
        are_references = are_references or (bool(values) and column.role == REFERENCE.name and is_understood)
        made.append(column if is_understood else replace(column, role=Role.OWN))
    return made


def _are_understood(role: str, values: Sequence[str]) -> bool:
    match role:
        case REFERENCE.name:
            return all(map(REFERENCE_FORM.fullmatch, values))
        case KIND.name:
            return all(map(kind_named, values))
        case BREAKING.name:
            return any(yes_or_no(value.split()[0].strip(",-–")) is not None for value in values)
        case Role.ARRIVAL:
            return any(map(_says_date, values))
    return True


def _says_date(text: str) -> bool:
    found = read_date(Environment.LIVE, text)
    is_stated = found is not None and (not found.typed or is_date(found.typed))
    return is_stated or settled_date(text) is not None or yes_or_no(text) is not None


def explained(
    documents: Sequence[Blocks], fields: Mapping[str, ParsedField], stated: Container[str]
) -> list[ParsedField]:
    """The fields, each with the first explanation that there is of it, but for those that are `stated`."""
    wanted = {heading_key(column.name): column for key, column in fields.items() if key not in stated}
    found: dict[str, str] = {}
    for document in documents if wanted else ():
        for key, text in _explanations(document, wanted):
            if text and len(text) <= MAX_EXPLANATION_LENGTH:
                found.setdefault(key, text)
    return [column for key, column in fields.items() if key in stated] + [
        replace(column, explanation="\n\n".join(part for part in (column.explanation, found.get(key, "")) if part))
        for key, column in wanted.items()
    ]


def _explanations(document: Blocks, wanted: Mapping[str, ParsedField]) -> Iterator[tuple[str, str]]:
    for opening, token in pairwise(document.within(document.all_lines)):
        if token.type != "inline" or not token.map or opening.type not in ("heading_open", "paragraph_open"):
            continue
        text, _ = plain(token)
        if (key := heading_key(text)) in wanted:
            if opening.level == 0 and opening.map:
                yield key, _block_below(document, opening.map[1])
            continue
        bold = heading_key(bold_start(token))
        if bold in wanted:
            yield bold, _after_name(text, bold)
            continue
        folded = heading_key(text[:300])
        for key in wanted:
            if _has_colon(text, key):
                yield key, _after_name(text, key)
            elif folded.startswith(f"{key} ") and (folded[len(key) :].split() or [""])[0] in _EXPLAINS:
                yield key, document.with_definitions(token.content, range(*token.map))


def _has_colon(text: str, key: str) -> bool:
    for mark in (":", " – ", " - ", " — "):
        before, found, after = text.partition(mark)
        if found and after.strip() and heading_key(before) == key:
            return True
    return False


def _after_name(text: str, key: str) -> str:
    """The rest of a text, in plain words, where its first words are the name; else all of it."""
    length = 0
    while length < min(len(text), len(key) + MAX_MARKS) and heading_key(text[:length]) != key:
        length += 1
    rest = text[length:].lstrip(_BETWEEN)
    return rest[:1].upper() + rest[1:]


def _block_below(document: Blocks, line: int) -> str:
    """The paragraph right below a heading or bold line, and a list that goes with it."""
    texts: list[str] = []
    for block in document.top(document.all_lines[line:]):
        text = "\n".join(document.lines[block.span.start : block.span.stop])
        if block.type == "paragraph_open" and not texts:
            texts.append(text)
            continue
        if block.type in ("bullet_list_open", "ordered_list_open"):
            texts.append(text.rstrip())
        break
    return document.with_definitions("\n\n".join(texts), range(0))
