"""What the heading of a column means. Pure.

A heading is known by its words and not by its place, so that columns may come in any order. One that nobody knows is
a column of the roadmap's own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from roadmap.content.choices import Environment
from roadmap.content.fields import BREAKING, KIND, REFERENCE, TITLE
from roadmap.techdocs.cells import CELL_FIELDS, HEADINGS, REFERENCE_FORM, read_date
from roadmap.techdocs.parse.blocks import Blocks, plain
from roadmap.techdocs.parse.cell_text import kind_named, yes_or_no
from roadmap.techdocs.parse.environment_phrases import is_date, read_phrase


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


@dataclass(frozen=True)
class KnownNames:
    """Immutable: what a source says itself of the headings of its columns."""

    environments: Mapping[str, Environment] = field(default_factory=dict)
    """By what they are called, as a `heading_key`."""
    own: frozenset[str] = frozenset()
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
        column = _known_column(source, name, is_whole, known) or _column(source, name, is_whole)
        if (column.role, column.environment) in given and column.role is not Role.UNNAMED:
            column = Column(source, name, is_whole, Role.OWN)
        if column.role is not Role.OWN:
            given.add((column.role, column.environment))
        columns.append(column)
    return columns


def _known_column(source: str, name: str, is_whole: bool, known: KnownNames) -> Column | None:
    key = heading_key(name)
    if environment := known.environments.get(key):
        return Column(source, name, is_whole, Role.ARRIVAL, environment)
    return Column(source, name, is_whole, Role.OWN) if key in known.own and name not in HEADINGS else None


def _column(source: str, name: str, is_whole: bool) -> Column:
    key = heading_key(name)
    if not key:
        return Column(source, name, is_whole, Role.UNNAMED)
    role = _ROLES.get(key)
    if role is None and _FUNCTIONALITY.fullmatch(key):
        role = TITLE.name
    if role is not None:
        return Column(source, name, is_whole, role)
    phrase = read_phrase(_MARKS.sub(" ", name))
    is_past = bool(phrase and phrase.says_deployed and _PAST.search(key))
    if phrase and not phrase.when and (phrase.environments or is_past or _STANDS_FOR_A_DATE & set(key.split())):
        environment = phrase.environments[0] if phrase.environments else Environment.LIVE
        if len(phrase.environments) < 2:
            return Column(source, name, is_whole, Role.ARRIVAL, environment, is_past, phrase.label)
    return Column(source, name, is_whole, Role.OWN)


def _says_date(text: str) -> bool:
    found = read_date(Environment.LIVE, text)
    is_stated = found is not None and (not found.typed or is_date(found.typed))
    return is_date(text) or yes_or_no(text) is not None or is_stated


def settled(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[Column]:
    """The columns once their cells have been seen: one whose cells never say what its heading promises is the
    roadmap's own. "Type" is a kind only if each cell names one. Beside references, headings are what they say.
    """
    are_references = False
    made: list[Column] = []
    for place, column in enumerate(columns):
        values = [row[place].strip(" *_.") for row in rows if place < len(row)]
        values = [value for value in values if value and value != "-"]
        is_understood = True
        if are_references:
            pass
        elif values and column.role == REFERENCE.name:
            are_references = is_understood = all(map(REFERENCE_FORM.fullmatch, values))
        elif values and column.role == KIND.name:
            is_understood = all(kind_named(value) for value in values)
        elif values and column.role == BREAKING.name:
            is_understood = any(yes_or_no(value.split()[0].strip(",-–")) is not None for value in values)
        elif values and column.role is Role.ARRIVAL:
            is_understood = any(_says_date(value) for value in values)
        made.append(column if is_understood else replace(column, role=Role.OWN))
    return made
