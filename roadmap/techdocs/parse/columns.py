"""What the heading of a column means, and what a document says of its own columns. Pure.

A heading is known by its words and not by its place, so that columns may come in any order. One that nobody knows is
a column of the roadmap's own. What explains it is the text of a heading, bold line, list item or sentence that begins
with its name: it is copied, and stays where it stands too.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

from roadmap.content.choices import Environment
from roadmap.content.fields import APIS, BREAKING, DESCRIPTION, REFERENCE, TITLE
from roadmap.techdocs.cells import CELL_FIELDS, HEADINGS
from roadmap.techdocs.parse.blocks import Blocks, plain
from roadmap.techdocs.parse.cell_text import bold_start
from roadmap.techdocs.parse.column_cells import (
    Role,
    are_mostly,
    cells_read,
    contradict,
    could_name,
    says_answer,
    says_api,
    says_date,
    says_state,
)
from roadmap.techdocs.parse.environment_phrases import read_phrase
from roadmap.techdocs.parse.result import ParsedField

MAX_EXPLANATION_LENGTH = 5000  # characters
MIN_TEXT_LENGTH = 20  # of cells that describe, on average
MAX_MARKS = 100  # characters of a column's name that are no part of its key


_FUNCTIONALITY = re.compile(r"functionality\b.{0,80}")
_PAST = re.compile(r"\b(deployed|released|delivered|launched)\b")
_PLURAL = re.compile(r"\s*\(e?s\)")
_MARKS = re.compile(r"[?!*:;.,†‡/\\()\[\]{}“”‘\"#|–—-]+")
_SURE, _LIKELY = 2, 1


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STANDS_FOR_A_DATE = _words("date dates when month timescale timescales timeline timing eta")
# A heading with one of the first words is of that role if all its others are among the second.
_BY_WORDS = (
    (
        APIS.name,
        _words("api apis"),
        _words(
            "hmrc mtd developer hub name names affected affects impacted impacts impact relevant related version "
            "versions number by the this a change changes changed and or of which what is are in for involved "
            "concerned link links"
        ),
    ),
    (
        Role.STATUS,
        _words("status statuses stage state"),
        _words("current delivery release development project overall the of latest progress and"),
    ),
)
_NOT_BREAKING = _words("non not why reason reasons detail details description notes date from")
# What a date in a column is of, if not of the delivery.
_OTHER_DATES = _words(
    "updated update amended reviewed review raised created added requested reported logged published tax "
    "assessment accounting mandated mandatory mandation legislation legislated legal law effective applies apply "
    "applicable start starts end ends expiry expires expired retired retires retirement deprecated deprecation "
    "withdrawn withdrawal sunset decommissioned decommissioning closed closes consultation"
)
_YEARS = _words("year years")
_DELIVERY = _words("delivery deployment release live target expected planned due")
_AVAILABLE = _words("available availability ready deployed released live in now is it the to y n yes no")
# What names an area and not a thing, and what never names a row.
_AREAS = _words("service capability")
_NO_NAMES = _words(
    "ref id key number no version notes note comments comment link links owner lead contact team priority size "
    "effort tax year years impact risk risks domain area"
)

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
    weight: int = 0
    """How sure it is: of two columns of one role, the surer has it."""

    @property
    def key(self) -> str:
        return heading_key(self.name)

    def without_role(self) -> "Column":
        return replace(self, role=Role.OWN if self.name else Role.UNNAMED, environment=None, is_past=False, label="")


def heading_key(text: str) -> str:
    """The words of a heading, so that "Tax year(s):" and "tax  years" are one."""
    folded = text.casefold().replace("’", "'")
    return " ".join(_MARKS.sub(" ", _PLURAL.sub("s", folded)).split()) or folded.strip()


_ROLES: dict[str, str] = {
    heading_key(heading): role
    for role, headings in ((field.name, f"{field.markdown}, {field.headings}") for field in CELL_FIELDS)
    for heading in headings.split(",")
    if heading.strip()
}


def is_reference(heading: str) -> bool:
    return _ROLES.get(heading_key(heading)) == REFERENCE.name


def columns_of(
    document: Blocks, headings: Sequence[str], rows: Sequence[Sequence[str]], known: KnownNames
) -> list[Column]:
    """What each column is of, by its heading and then by its cells. No role is given twice.

    Beside references, as an export writes them, headings are what they say.
    """
    columns = [_headed(source, *plain(document.inline(source)), known) for source in headings]
    cells = [cells_read(rows, place) for place in range(len(columns))]
    are_references = any(
        column.role == REFERENCE.name and said and not contradict(column.role, said)
        for column, said in zip(columns, cells, strict=True)
    )
    if not are_references:
        columns = [_judged(column, said, known) for column, said in zip(columns, cells, strict=True)]
    columns = _each_role_once(columns, cells)
    return columns if are_references else _with_name(columns, cells, known)


def _headed(source: str, name: str, is_whole: bool, known: KnownNames) -> Column:
    """The column that a heading alone promises."""
    made = partial(Column, source, name, is_whole)
    key = heading_key(name)
    environments = {heading_key(label): environment for environment, label in known.labels.items()}
    if key in environments:
        return made(Role.ARRIVAL, environments[key], weight=_SURE)
    if key in known.own and name not in HEADINGS:
        return made(Role.OWN)
    if not key:
        return made(Role.UNNAMED)
    if key in _ROLES or _FUNCTIONALITY.fullmatch(key):
        return made(_ROLES.get(key, TITLE.name), weight=_SURE)
    said = set(key.split())
    for role, wanted, beside in _BY_WORDS:
        if said & wanted and said <= wanted | beside:
            return made(role, weight=_LIKELY)
    phrase = read_phrase(" ".join(_MARKS.sub(" ", name).split()))
    is_past = bool(phrase and phrase.says_deployed and _PAST.search(key))
    names = phrase.environments or (Environment.LIVE,) if phrase and not phrase.when else ()
    if phrase and len(names) == 1 and (phrase.environments or is_past or _STANDS_FOR_A_DATE & said):
        return made(Role.ARRIVAL, names[0], is_past, phrase.label, _SURE if phrase.environments else _LIKELY)
    return made(Role.OWN)


def _judged(column: Column, cells: Sequence[str], known: KnownNames) -> Column:
    """The column once its cells have been seen."""
    if contradict(column.role, cells):
        column = replace(column.without_role(), weight=0)
    if column.role not in (Role.OWN, Role.UNNAMED) or not cells or column.key in known.own:
        return column
    said = set(column.key.split())
    if "breaking" in said and not said & _NOT_BREAKING and are_mostly(says_answer, cells):
        return replace(column, role=BREAKING.name, weight=_LIKELY)
    is_dated = are_mostly(says_date, cells) and not said & _OTHER_DATES
    if said & _YEARS and not said & _DELIVERY:
        is_dated = False
    label, environment = _environment_in(column.name)
    if is_dated or (
        environment and said <= _AVAILABLE | {*label.casefold().split()} and are_mostly(says_answer, cells)
    ):
        is_past = _PAST.search(column.key) is not None
        weight = _LIKELY if environment or read_phrase(column.key) else 0
        environment = environment or Environment.LIVE
        return replace(column, role=Role.ARRIVAL, environment=environment, is_past=is_past, label=label, weight=weight)
    if are_mostly(says_api, cells):
        return replace(column, role=APIS.name)
    return replace(column, role=Role.STATUS) if are_mostly(says_state, cells) else column


def _environment_in(name: str) -> tuple[str, Environment | None]:
    """The only environment that a heading names, whatever else it says, and what it calls it."""
    said = _MARKS.sub(" ", name).split()
    parts = (" ".join(said[start : start + length]) for length in (3, 2, 1) for start in range(len(said)))
    phrases = [phrase for phrase in map(read_phrase, dict.fromkeys(parts)) if phrase and phrase.label]
    named = {phrase.environments for phrase in phrases}
    [environments] = named if len(named) == 1 else [()]
    return (phrases[-1].label, environments[0]) if len(environments) == 1 else ("", None)


def _each_role_once(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> list[Column]:
    """The columns, each role with the surest of those that could have it, or else the first."""
    found = _one_name(columns, cells)
    given: set[tuple[str, Environment | None]] = {(Role.UNNAMED, None), (Role.OWN, None)}
    for place in sorted(range(len(found)), key=lambda place: -found[place].weight):
        column = found[place]
        role = (column.role, column.environment)
        if role in given:
            found[place] = column.without_role() if column.role not in (Role.OWN, Role.UNNAMED) else column
        given.add(role)
    return found


def _one_name(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> list[Column]:
    """The columns, one name among them: that which tells the rows apart. A far longer one is the description, where
    nothing else is.
    """
    found = [*columns]
    names = [place for place, column in enumerate(columns) if column.role == TITLE.name]
    names = [place for place in names if columns[place].key not in _AREAS] or names
    if len(names) < 2:
        name, text = names[0] if names else -1, -1
    else:
        name, text = sorted(names[:2], key=lambda place: _length(cells[place]))
        is_told = any(column.role == DESCRIPTION.name for column in columns)
        if (
            is_told
            or _length(cells[text]) <= max(MIN_TEXT_LENGTH, 1.5 * _length(cells[name]))
            or (_recur(cells[name]) and name > text)
        ):
            name, text = max(names, key=lambda place: len({*cells[place]})), -1
    for place, column in enumerate(columns):
        if place == text:
            found[place] = replace(column, role=DESCRIPTION.name)
        elif column.role == TITLE.name and place != name:
            found[place] = column.without_role()
    return found


def _length(cells: Sequence[str]) -> float:
    return sum(map(len, cells)) / max(len(cells), 1)


def _recur(cells: Sequence[str]) -> bool:
    return len({*cells}) < len(cells)


def _with_name(columns: list[Column], cells: Sequence[Sequence[str]], known: KnownNames) -> list[Column]:
    """The columns, the first of the roadmap's own the name of each row where nothing else could be."""
    roles = {column.role for column in columns}
    if roles & {TITLE.name, DESCRIPTION.name} or not roles - {Role.OWN, Role.UNNAMED}:
        return columns
    for place, column in enumerate(columns):
        is_free = column.role in (Role.OWN, Role.UNNAMED) and column.key not in known.own
        said = cells[place]
        is_name = is_free and bool(said) and all(map(could_name, said)) and not _recur(said)
        if is_name and not _NO_NAMES & {*column.key.split()}:
            return [*columns[:place], replace(column, role=TITLE.name), *columns[place + 1 :]]
    return columns


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
