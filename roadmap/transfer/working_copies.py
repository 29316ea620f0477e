"""Which model a record of a working copy is, and the one made from the other. Nothing is saved here."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from roadmap import models as working
from roadmap.models.import_origin import HistoryImport, Origin
from roadmap.transfer.errors import Flaw, in_one_line
from roadmap.transfer.format import (
    ApiRecord,
    ChangelogEntryRecord,
    FieldRecord,
    HistoryImportRecord,
    ItemRecord,
    MilestonePart,
    OriginRecord,
    PageRecord,
    Record,
    ReleaseRecord,
    RoadmapRecord,
)

MODEL_OF: dict[type[Record], type[models.Model]] = {
    RoadmapRecord: working.Roadmap,
    ApiRecord: working.Api,
    FieldRecord: working.Field,
    ReleaseRecord: working.Release,
    PageRecord: working.Page,
    ItemRecord: working.Item,
    ChangelogEntryRecord: working.ChangelogEntry,
    OriginRecord: Origin,
    HistoryImportRecord: HistoryImport,
}

# What a record names and a row points at: these are resolved where rows are written.
_POINTERS = {"release", "api", "field", "item_apis", "field_values", "milestones"}


def columns(kind: type) -> tuple[str, ...]:
    """The names that a record, or a part of one, shares with the columns of its model."""
    return tuple(name for name in kind.__struct_fields__ if name not in _POINTERS)  # type: ignore[attr-defined]


def row(record: Record, **pointers: Any) -> Any:
    """The record as a row that is not saved yet."""
    kind = type(record)
    return MODEL_OF[kind](**{name: getattr(record, name) for name in columns(kind)}, **pointers)


def part_rows(
    record: ItemRecord, item: working.Item, apis: dict[str, int], fields: dict[str, int]
) -> tuple[list[working.ItemApi], list[working.FieldValue], list[working.Milestone]]:
    """The rows below an item. `apis` and `fields` give primary keys by name and by key."""
    return (
        [
            working.ItemApi(item=item, api_id=apis[one.api], version=one.version, position=one.position)
            for one in record.item_apis
        ],
        [working.FieldValue(item=item, field_id=fields[one.field], value=one.value) for one in record.field_values],
        [_milestone(one, item) for one in record.milestones],
    )


def _milestone(part: MilestonePart, item: working.Item | None = None) -> working.Milestone:
    return working.Milestone(
        item=item, environment=part.environment.value, when=part.when, is_deployed=part.is_deployed
    )


def check(record: Record) -> None:
    """What the admin would ask of every column, so that nothing comes in that could not be shown. Raises Flaw."""
    _check_row(row(record))
    if isinstance(record, ItemRecord):
        for api in record.item_apis:
            _check_row(working.ItemApi(version=api.version, position=api.position))
        for value in record.field_values:
            _check_row(working.FieldValue(value=value.value))
        for milestone in record.milestones:
            _check_row(_milestone(milestone))


def _check_row(made: models.Model) -> None:
    # Rows that are not saved point at nothing yet, and asking of them would be a query each.
    pointers = {field.name for field in made._meta.fields if field.is_relation or field.primary_key}
    try:
        made.clean_fields(exclude=pointers)
    except ValidationError as error:
        said = [
            f"{getattr(made._meta.get_field(name), 'verbose_name', name)}: {' '.join(messages)}"
            for name, messages in error.message_dict.items()
        ]
        raise Flaw(in_one_line(" ".join(said))) from error
