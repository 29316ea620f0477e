"""What the last import said, what staff made of it and what the source says now, brought together field by field. Pure.

What only one of the two changed is taken; what both changed differently stays as staff have it and is a conflict: see
docs/decisions/0009-imports-merge-three-ways.md. `content.merging` does the like for Editions, where one side always
gives way: here each field can be asked about, so a Content is taken apart into its parts and put together again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from msgspec.structs import fields as fields_of

from roadmap.content.choices import Environment
from roadmap.content.things import (
    ApiVersion,
    Contact,
    Content,
    EnvironmentLabels,
    FieldDefinition,
    ItemContent,
    RoadmapContent,
)

AnyContent = TypeVar("AnyContent", bound=Content)

# A thing's identity and place are not what it says: planning sees to them.
_APART = {"uid", "slug", "reference", "position", "hides_date_history"}
_NAMES = {"typed": "when", "release_uid": "release"}
_ATTRIBUTES = {name: attribute for attribute, name in _NAMES.items()}

# The field of a conflict that is about the thing itself, as in roadmap.changes.
EXISTENCE = "existence"


@dataclass(frozen=True)
class Clash:
    """Immutable: one field that staff and the source have changed in different ways."""

    field: str
    """As a Change names it: "title", "milestone.live", "field.tax-years"."""
    before: Any
    ours: Any
    theirs: Any


@dataclass(frozen=True)
class Combined:
    """Immutable: what becomes of one thing."""

    content: Any
    clashes: tuple[Clash, ...]


def combine(
    base: AnyContent | None,
    theirs: AnyContent,
    ours: AnyContent,
    *,
    source_wins: bool = False,
    source_says_all: bool = False,
    from_source: frozenset[str] = frozenset(),
) -> Combined:
    """`ours`, with what the source changed done to it.

    `base` is what the last import said; None where none is known to have. Then `source_wins` says whether what the
    source says goes before what is there; where it does not, it fills only what is empty, and every other difference is
    a clash. What a source leaves empty it does not say, unless it `source_says_all`, as an export of ours does.
    `from_source` names the fields in which a person gave the source the last word.
    """
    was, wants, has = ({} if one is None else parts(one) for one in (base, theirs, ours))
    result, clashes = {}, []
    for name in [*wants, *(name for name in has if name not in wants)]:
        old, new, mine = was.get(name), wants.get(name), has.get(name)
        if _same(new, mine):
            result[name] = mine
        elif name in from_source:
            result[name] = new
        elif base is None and not _says(new) and not (source_wins and source_says_all):
            result[name] = mine
        elif base is None and (source_wins or not _says(mine)):
            result[name] = new
        elif base is not None and _same(new, old):
            result[name] = mine
        elif base is not None and _same(mine, old):
            result[name] = new
        else:
            clashes.append(Clash(name, old, mine, new))
            result[name] = mine
    return Combined(with_parts(ours, result), tuple(clashes))


def differing(one: Content, other: Content) -> list[str]:
    """The names of the parts in which two Contents of a kind differ."""
    first, second = parts(one), parts(other)
    return [name for name in {**first, **second} if not _same(first.get(name), second.get(name))]


def put_back(content: AnyContent, clashes: Sequence[Clash]) -> AnyContent:
    """The Content with what the last import said where there is a clash: so that the next import sees it again."""
    return with_parts(content, {**parts(content), **{clash.field: clash.before for clash in clashes}})


def parts(content: Content) -> dict[str, Any]:
    """What a thing says, by field; each milestone, column, own field and part of the contact by itself."""
    return {name: value for name, value in _parts(content) if value is not None}


def with_parts(content: AnyContent, said: Mapping[str, Any]) -> AnyContent:
    """The Content with these parts and no others; identity and place are its own."""
    values: dict[str, Any] = {}
    # A title has no default, and a text is what it is.
    defaults = {one.name: "" if one.default is msgspec.NODEFAULT else one.default for one in fields_of(type(content))}
    for attribute in content.__struct_fields__:
        name = _NAMES.get(attribute, attribute)
        if attribute in _APART:
            continue
        if attribute == "milestones":
            found = (said.get(f"milestone.{one}") for one in Environment)
            values[attribute] = tuple(one for one in found if one is not None)
        elif attribute == "fields":
            prefix = "field." if isinstance(content, ItemContent) else "column."
            rows = [one for name, one in said.items() if name.startswith(prefix) and one is not None]
            # An item's are by key, as its working copy gives them; a roadmap's are in the order of what is said.
            values[attribute] = tuple(sorted(rows, key=lambda row: row.key) if prefix == "field." else rows)
        elif attribute == "contact":
            values[attribute] = Contact(**_below("contact", said))
        elif attribute == "labels":
            values[attribute] = EnvironmentLabels(**_below("labels", said))
        else:
            value = said.get(name)
            values[attribute] = defaults[attribute] if value is None else value
    return msgspec.structs.replace(content, **values)


def plain(value: Any) -> Any:
    """A part as plain JSON values, for whoever tells of it."""
    return msgspec.json.decode(msgspec.json.encode(value))  # lists, where msgspec alone would leave tuples


def _parts(content: Content) -> Iterator[tuple[str, Any]]:
    for attribute in content.__struct_fields__:
        value = getattr(content, attribute)
        if attribute in _APART:
            continue
        if attribute == "milestones":
            yield from ((f"milestone.{one.environment}", one) for one in value)
        elif attribute == "fields":
            prefix = "field" if isinstance(content, ItemContent) else "column"
            yield from ((f"{prefix}.{one.key}", one) for one in value)
        elif attribute in ("contact", "labels"):
            yield from ((f"{attribute}.{name}", getattr(value, name)) for name in value.__struct_fields__)
        elif attribute == "apis":
            # Their addresses belong to the APIs, not to the item that names them.
            yield attribute, tuple(ApiVersion(name=one.name, version=one.version) for one in value) or None
        else:
            yield _NAMES.get(attribute, attribute), value if value != "" and value != () else None


def _below(name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    return {part.partition(".")[2]: value for part, value in said.items() if part.startswith(f"{name}.")}


def _says(value: Any) -> bool:
    return value is not None and value is not False and value != ""


def _same(one: Any, other: Any) -> bool:
    """A browser sends a form's text with carriage returns: that alone is no difference."""
    return _with_line_feeds(one) == _with_line_feeds(other)


def _with_line_feeds(value: Any) -> Any:
    if isinstance(value, FieldDefinition):
        return msgspec.structs.replace(value, explanation=_with_line_feeds(value.explanation))
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def columns_in_order(content: RoadmapContent, keys: Sequence[str]) -> RoadmapContent:
    """The roadmap with those of its columns first that are named, in that order; the others keep theirs."""
    place = {key: index for index, key in enumerate(keys)}
    columns = sorted(content.fields, key=lambda column: place.get(column.key, len(place)))
    return msgspec.structs.replace(content, fields=tuple(columns))
