"""Tables of items. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from roadmap.content.choices import Environment
from roadmap.content.fields import DESCRIPTION, MILESTONES, OWN_VALUES, REFERENCE, TITLE, ContentField
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import FieldValueContent, ItemContent, RoadmapContent
from roadmap.techdocs.cells import CELL_FIELDS, fits, link_to_description, plain_shown, show

_ALWAYS = (REFERENCE, TITLE, DESCRIPTION)


@dataclass(frozen=True)
class TableColumn:
    """Immutable: one column of a table. `part` is what an item says in it, by the name that merging has for it."""

    part: str
    field: ContentField
    heading: str


def columns_of(roadmap: RoadmapContent, items: Iterable[PlacedItem]) -> list[TableColumn]:
    """Those that every table has, and those in which one of the items says something."""
    used = {part: value for item in items for part, value in _parts(item.content).items() if _says(value)}
    # In an old edition an item may say something in a column that is gone.
    own = {field.key: field.name for field in roadmap.fields}
    gone = sorted(value.key for value in used.values() if isinstance(value, FieldValueContent) and value.key not in own)
    found: list[TableColumn] = []
    for field in CELL_FIELDS:
        if field is MILESTONES:
            found += [
                TableColumn(f"milestone.{environment.value}", field, roadmap.labels[environment])
                for environment in Environment
            ]
        elif field is OWN_VALUES:
            found += [
                TableColumn(f"field.{key}", field, name) for key, name in [*own.items(), *zip(gone, gone, strict=True)]
            ]
        else:
            found.append(TableColumn(field.name, field, field.markdown))
    names = {column.heading for column in found if column.part in used and column.field is OWN_VALUES}
    # One that has the name of a column of the roadmap's own stands before that, so that each is what it is.
    return [column for column in found if column.field in _ALWAYS or column.part in used or _is_first(column, names)]


def table(columns: Sequence[TableColumn], rows: Sequence[str]) -> str:
    headings = " | ".join(plain_shown(column.heading) for column in columns)
    return "\n".join([f"| {headings} |", "|" + " --- |" * len(columns), *rows])


def row(columns: Sequence[TableColumn], item: ItemContent) -> str:
    said = _parts(item)
    texts = []
    for column in columns:
        value = said.get(column.part)
        if column.field is DESCRIPTION and not fits(item.description):
            texts.append(link_to_description(item.reference))
        elif column.field is OWN_VALUES:
            texts.append(show(column.field, value.value if value else ""))
        else:
            texts.append(show(column.field, value))
    return f"| {' | '.join(texts)} |"


def _parts(item: ItemContent) -> dict[str, Any]:
    return {part: value for field in CELL_FIELDS for part, value in field.shape.parts(field.name, field.of(item))}


def _says(value: Any) -> bool:
    return value not in (None, "", ())


def _is_first(column: TableColumn, names: set[str]) -> bool:
    return column.field is not OWN_VALUES and column.heading.casefold() in {name.casefold() for name in names}
