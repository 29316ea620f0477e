"""Which model a record is kept in, which columns the two share, and the row made of a record. Nothing is saved here."""

import functools
from collections.abc import Iterator
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import models

from roadmap import models as tables
from roadmap.content.choices import Noun
from roadmap.transfer.errors import Flaw, in_one_line
from roadmap.transfer.format import (
    ApiRecord,
    ChangelogEntryRecord,
    ChangePart,
    EditionRecord,
    FieldRecord,
    FieldValuePart,
    HistoryImportRecord,
    ItemApiPart,
    ItemRecord,
    MilestonePart,
    OriginRecord,
    PageRecord,
    ReleaseRecord,
    RevisionRecord,
    RoadmapRecord,
)

Kind = type[msgspec.Struct]  # of a record, or of a part of one

# What staff edit, and what imports remember of it.
WORKING: dict[Kind, Any] = {
    RoadmapRecord: tables.Roadmap,
    ApiRecord: tables.Api,
    FieldRecord: tables.Field,
    ReleaseRecord: tables.Release,
    PageRecord: tables.Page,
    ItemRecord: tables.Item,
    ChangelogEntryRecord: tables.ChangelogEntry,
    OriginRecord: tables.Origin,
    HistoryImportRecord: tables.HistoryImport,
}
NOUN_OF: dict[Kind, Noun] = {
    kind: tables.NOUN_OF_MODEL[model] for kind, model in WORKING.items() if model in tables.NOUN_OF_MODEL
}
MODEL_OF: dict[Kind, Any] = WORKING | {
    ItemApiPart: tables.ItemApi,
    FieldValuePart: tables.FieldValue,
    MilestonePart: tables.Milestone,
    EditionRecord: tables.Edition,
    RevisionRecord: tables.Revision,
    ChangePart: tables.Change,
}
# A record's keys under which its parts are.
PARTS: dict[Kind, dict[str, Kind]] = {
    ItemRecord: {"item_apis": ItemApiPart, "field_values": FieldValuePart, "milestones": MilestonePart},
    RevisionRecord: {"changes": ChangePart},
}
# What a row points at by its primary key, a record names by this column of it.
NAMED_BY = {"release": "uid", "api": "name", "field": "key"}


@functools.cache
def columns(kind: Kind) -> tuple[str, ...]:
    """The names that a record shares with its model, those of what it points at left out."""
    return _shared(kind, is_relation=False)


@functools.cache
def pointers(kind: Kind) -> tuple[str, ...]:
    """The names of what a record points at."""
    return _shared(kind, is_relation=True)


def _shared(kind: Kind, *, is_relation: bool) -> tuple[str, ...]:
    fields = MODEL_OF[kind]._meta.concrete_fields
    names = {field.name for field in fields if field.is_relation is is_relation}
    return tuple(name for name in kind.__struct_fields__ if name in names)


def row(record: msgspec.Struct, **pointed_at: Any) -> Any:
    """The record, or a part of one, as a row that is not saved yet."""
    kind = type(record)
    return MODEL_OF[kind](**{name: getattr(record, name) for name in columns(kind)}, **pointed_at)


def check(record: msgspec.Struct) -> None:
    """What the admin would ask of every column, so that nothing comes in that could not be shown. Raises Flaw."""
    _check_row(row(record))
    for part in _parts(record):
        _check_row(row(part))


def _parts(record: msgspec.Struct) -> Iterator[msgspec.Struct]:
    for name in PARTS.get(type(record), ()):
        yield from getattr(record, name)


def _check_row(made: models.Model) -> None:
    # Rows that are not saved point at nothing yet, and asking of them would be a query each.
    relations = {field.name for field in made._meta.fields if field.is_relation or field.primary_key}
    try:
        made.clean_fields(exclude=relations)
    except ValidationError as error:
        said = [
            f"{getattr(made._meta.get_field(name), 'verbose_name', name)}: {' '.join(messages)}"
            for name, messages in error.message_dict.items()
        ]
        raise Flaw(in_one_line(" ".join(said))) from error
