"""THE three-way merge: two changes of one thing brought together, field by field. Pure.

What only one of the two changed is taken. What both changed in different ways is settled by whoever asks: an Edition
that was waiting gives way to nobody (`merge`); undoing leaves later work alone (`merge`, with `ours_wins`); an import
leaves to staff what they wrote and says so (`combine`: see docs/decisions/0009-imports-merge-three-ways.md).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from roadmap.content.choices import Noun
from roadmap.content.fields import APIS, FIELDS, ContentField, Outlet, fields_of
from roadmap.content.shapes import Shape
from roadmap.content.things import Content, FieldDefinition, MilestoneContent, RoadmapContent, noun_of
from roadmap.markdown import settled

AnyContent = TypeVar("AnyContent", bound=Content)

_Parts = Callable[[str, Any], Iterable[tuple[str, Any]]]


def _in_parts(field: ContentField) -> tuple[str, str, _Parts | None]:
    """Its name, what it is told as, and how it comes apart; None where it is one part."""
    shape = field.shape
    return field.name, field.told_as, None if type(shape).parts is Shape.parts else shape.parts


_IMPORTABLE = {noun: [field for field in FIELDS[noun] if Outlet.IMPORT not in field.left_out] for noun in Noun}
# Made once: an import asks each thing of a roadmap three times.
_IN_PARTS = {noun: [*map(_in_parts, fields)] for noun, fields in _IMPORTABLE.items()}


class Clash(msgspec.Struct, frozen=True):
    """Immutable: one field that staff and the source have changed in different ways."""

    field: str
    """As a Change names it: "title", "milestone.live", "field.tax-years"."""
    before: Any
    ours: Any
    theirs: Any


class Combined(msgspec.Struct, frozen=True):
    """Immutable: what becomes of one thing."""

    content: Any
    clashes: tuple[Clash, ...]


def merge(base: AnyContent, theirs: AnyContent, ours: AnyContent, *, ours_wins: bool = False) -> AnyContent:
    """`ours`, with what `theirs` changed of `base` done to it; where both changed the same field, as `theirs` has it,
    or as `ours` has it.

    An item's milestones and own fields count as fields of their own: each may have been changed by another.
    Raises ValueError where the three are not of one thing.
    """
    if len({(type(content), content.uid) for content in (base, theirs, ours)}) > 1:
        raise ValueError("merge takes three Contents of the same thing")
    was, wants, has = (_parts(content, map(_in_parts, fields_of(content))) for content in (base, theirs, ours))
    settled = {}
    for name in {**wants, **has}:
        new, mine = wants.get(name), has.get(name)
        stays = _same(new, was.get(name)) or (ours_wins and not _same(mine, was.get(name)))
        settled[name] = mine if stays or _same(new, mine) else new
    merged = _put_together(ours, settled, fields_of(ours))
    if not isinstance(merged, RoadmapContent):
        return merged
    keys = [[column.key for column in content.fields] for content in (base, theirs, ours)]  # type: ignore[attr-defined]
    return columns_in_order(merged, keys[2] if keys[0] == keys[1] else keys[1])  # type: ignore[return-value]


def clashing(base: Content, theirs: Content, ours: Content) -> frozenset[str]:
    """The names of the fields, as a Change has them, that both changed, in different ways."""
    was, wants, has = (_parts(content, map(_in_parts, fields_of(content))) for content in (base, theirs, ours))
    names = {**was, **wants, **has}
    rows = ((name, was.get(name), wants.get(name), has.get(name)) for name in names)
    return frozenset(
        name for name, old, new, mine in rows if not (_same(new, mine) or _same(new, old) or _same(mine, old))
    )


def combine(
    base: AnyContent | None,
    theirs: AnyContent,
    ours: AnyContent,
    *,
    source_wins: bool = False,
    from_source: frozenset[str] = frozenset(),
) -> Combined:
    """`ours`, with what the source changed done to it.

    `base` is what the last import said; None where none is known to have. Then `source_wins` says whether what the
    source says goes before what is there; where it does not, it fills only what is empty, and every other difference is
    a clash. What a source leaves empty it does not say.
    `from_source` names the fields in which a person gave the source the last word.
    """
    was, wants, has = ({} if content is None else parts(content) for content in (base, theirs, ours))
    settled, clashes = {}, []
    for name in {**wants, **has}:
        old, new, mine = was.get(name), wants.get(name), has.get(name)
        settled[name] = mine
        if _same(new, mine):
            continue
        if base is None:
            is_said, wins = _says(new), source_wins or not _says(mine)
        else:
            is_said, wins = not _same(new, old), _same(mine, old)
        if name in from_source or (is_said and wins):
            settled[name] = new
        elif is_said:
            clashes.append(Clash(name, old, mine, new))
    return Combined(with_parts(ours, settled), tuple(clashes))


def differing(content: Content, other: Content) -> list[str]:
    """The names of the parts in which two Contents of a kind differ."""
    first, second = parts(content), parts(other)
    return [name for name in {**first, **second} if not _same(first.get(name), second.get(name))]


def put_back(content: AnyContent, clashes: Sequence[Clash]) -> AnyContent:
    """The Content with what the last import said where there is a clash: so that the next import sees it again."""
    return with_parts(content, {**parts(content), **{clash.field: clash.before for clash in clashes}})


def parts(content: Content) -> dict[str, Any]:
    """What a thing says that an import may change, by field; each milestone, column, own field and part of the
    contact by itself.
    """
    found = _parts(content, _IN_PARTS[noun_of(content)])
    if apis := found.get(APIS.told_as):
        # Their addresses belong to the APIs, not to the item that names them.
        found[APIS.told_as] = tuple(msgspec.structs.replace(api, url="") if api.url else api for api in apis)
    return found


def with_parts(content: AnyContent, said: Mapping[str, Any]) -> AnyContent:
    """The Content with these parts and no others; identity and place are its own."""
    return _put_together(content, said, _IMPORTABLE[noun_of(content)])


def plain(value: Any) -> Any:
    """A part as plain JSON values, for whoever tells of it."""
    return msgspec.json.decode(msgspec.json.encode(value))  # lists, where msgspec alone would leave tuples


def _parts(content: Content, fields: Iterable[tuple[str, str, _Parts | None]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, told_as, parts_of in fields:
        value = getattr(content, name)
        if parts_of:
            found.update((part, said) for part, said in parts_of(told_as, value) if said is not None)
        elif value is not None and value not in ("", ()):
            found[told_as] = value
    return found


def _put_together(content: AnyContent, said: Mapping[str, Any], fields: Sequence[ContentField]) -> AnyContent:
    return msgspec.structs.replace(content, **{field.name: field.shape.whole(field.told_as, said) for field in fields})


def _says(value: Any) -> bool:
    return value is not None and value is not False and value != ""


def _same(value: Any, other: Any) -> bool:
    return bool(_as_said(value) == _as_said(other))


def _as_said(value: Any) -> Any:
    """Without what is no difference: line ends and blanks as they were kept before they were settled, and meanings."""
    if isinstance(value, FieldDefinition):
        return msgspec.structs.replace(value, explanation=_as_said(value.explanation))
    if isinstance(value, MilestoneContent):
        return msgspec.structs.replace(value, meaning="")  # it follows from the text
    return settled(value) if isinstance(value, str) else value


def columns_in_order(content: RoadmapContent, keys: Sequence[str]) -> RoadmapContent:
    """The roadmap with those of its columns first that are named, in that order; the others keep theirs."""
    place = {key: index for index, key in enumerate(keys)}
    columns = sorted(content.fields, key=lambda column: place.get(column.key, len(place)))
    return msgspec.structs.replace(content, fields=tuple(columns))
