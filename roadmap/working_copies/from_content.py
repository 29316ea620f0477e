"""Contents written into their working copies: one rule for putting back what was, and for importing.

What is given is written as it is: nothing is merged, and nobody is asked. Call it under the roadmap's lock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from django.db.models import Model

from roadmap import models as working
from roadmap.content import things
from roadmap.content.fields import fields_of
from roadmap.models.fields import clean_row
from roadmap.working_copies.to_content import columns_of_roadmap

# So many things at a time: a database limits the number of values in one query.
_AT_ONCE = 500


def write(roadmap: working.Roadmap, contents: Iterable[things.Content]) -> None:
    """Makes the working copies of one roadmap say this; those that are not there are made, with that uid.

    A roadmap that is not in the database yet is saved first, and needs its own Content for that. An item without a
    reference gets the next. Whatever an item names must be there by then: its release, and the columns that it fills.
    The number of queries does not depend on the number of things.

    Raises UnclearDate for a date that is not understood, and KeyError for a release or a column that is not there.
    """
    given: dict[type[things.Content], list[Any]] = {kind: [] for kind in things.CONTENT_OF.values()}
    for content in numbered(roadmap, contents):
        given[type(content)].append(content)
    for content in given[things.RoadmapContent]:
        _write_roadmap(roadmap, content)
    # What is pointed at comes before what points at it.
    for kind in (things.ReleaseContent, things.PageContent, things.ChangelogEntryContent):
        for some in _chunks(given[kind]):
            _put(roadmap, some, {})
    for some in _chunks(given[things.ItemContent]):
        _write_items(roadmap, some)


def numbered(roadmap: working.Roadmap, contents: Iterable[things.Content]) -> list[things.Content]:
    """The same, each item with its own reference or the next that the roadmap has. A new roadmap is not saved yet."""
    found = [*contents]
    without = [content for content in found if isinstance(content, things.ItemContent) and not content.reference]
    if not without:
        return found
    if not roadmap._state.adding:
        roadmap.refresh_from_db(fields=["last_item_number"])
    numbers = enumerate(without, start=roadmap.last_item_number + 1)
    references = {content.uid: f"{roadmap.reference_prefix}-{number}" for number, content in numbers}
    roadmap.last_item_number += len(without)
    if not roadmap._state.adding:
        roadmap.save(update_fields=["last_item_number"])
    return [
        msgspec.structs.replace(content, reference=references[content.uid]) if content.uid in references else content
        for content in found
    ]


def remove(roadmap: working.Roadmap, uids: Iterable[str]) -> None:
    """Deletes the working copies of these things, items first: a release with items is not deleted under them."""
    given = [*uids]
    for copies in (roadmap.items, roadmap.pages, roadmap.changelog_entries, roadmap.releases):
        for some in _chunks(given):
            copies.filter(uid__in=some).delete()


def check(content: things.Content) -> None:
    """Raises ValidationError, its messages by field, where something in a Content does not fit its working copy.

    Asks the database nothing: whether an address is free, and what the roadmap has, is for the caller to know.
    """
    model = working.MODEL_OF[things.noun_of(content)]
    # What a new thing has no value for yet; and a team's name, which staff are asked for and a source need not know.
    unsaid = ["contact_name"] if isinstance(content, things.RoadmapContent) and not content.contact.name else []
    clean_row(model(**values_of(content)), "reference", "reference_prefix", *unsaid)
    if isinstance(content, things.RoadmapContent):
        for column in content.fields:
            clean_row(working.Field(key=column.key, name=column.name, explanation=column.explanation))
    if isinstance(content, things.ItemContent):
        for milestone in content.milestones:
            clean_row(_milestone(milestone))
        for value in content.fields:
            clean_row(working.FieldValue(value=value.value))
        for api in content.apis:
            clean_row(working.Api(name=api.name, url=api.url))
            clean_row(working.ItemApi(version=api.version))


def values_of(content: things.Content) -> dict[str, Any]:
    """The columns of the working copy itself, without those that point at others, and without its uid."""
    return {
        column: stored
        for field in fields_of(content)
        for column, stored in zip(field.columns, field.shape.stored(field.of(content)), strict=bool(field.columns))
    }


def _write_roadmap(roadmap: working.Roadmap, content: things.RoadmapContent) -> None:
    for name, value in values_of(content).items():
        # A published roadmap keeps its address, and one that has another now keeps that.
        if name != "slug" or roadmap._state.adding:
            setattr(roadmap, name, value)
    roadmap.save()
    if columns_of_roadmap(roadmap) != content.fields:
        _write_columns(roadmap, content.fields)


def _write_columns(roadmap: working.Roadmap, columns: Sequence[things.FieldDefinition]) -> None:
    roadmap.fields.exclude(key__in=[column.key for column in columns]).delete()
    # Two columns may have swapped names since: out of each other's way first.
    for field in roadmap.fields.all():
        working.Field.objects.filter(pk=field.pk).update(name=f"{field.key} ({field.pk})")
    for position, column in enumerate(columns):
        working.Field.objects.update_or_create(
            roadmap=roadmap,
            key=column.key,
            defaults={"name": column.name, "explanation": column.explanation, "position": position},
        )


def _put(roadmap: working.Roadmap, contents: Sequence[Any], also: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Updates or makes working copies, all of one noun; `also` has further values by uid. Returns the rows by uid."""
    model: Any = working.MODEL_OF[things.noun_of(contents[0])]
    uids = [content.uid for content in contents]
    there = {str(row.uid): row for row in model._default_manager.filter(roadmap=roadmap, uid__in=uids)}
    new, changed, columns = [], [], set()
    for content in contents:
        values = {**values_of(content), **also.get(content.uid, {})}
        row = there.get(content.uid)
        if row is None:
            new.append(model(uid=content.uid, roadmap=roadmap, **values))
            continue
        differing = {name: value for name, value in values.items() if _stored(row, name) != _key(value)}
        for name, value in differing.items():
            setattr(row, name, value)
        if differing:
            changed.append(row)
            columns |= {*differing}
    if changed:
        model._default_manager.bulk_update(changed, sorted(columns))
    model._default_manager.bulk_create(new)
    return {**there, **{str(row.uid): row for row in new}}


def _stored(row: Any, name: str) -> Any:
    """What a row has in a column; of another row that it points at, the key."""
    return getattr(row, row._meta.get_field(name).attname)


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _write_items(roadmap: working.Roadmap, contents: Sequence[things.ItemContent]) -> None:
    wanted = {content.release_uid for content in contents if content.release_uid}
    releases: dict[str, Any] = {str(row.uid): row for row in roadmap.releases.filter(uid__in=wanted)} if wanted else {}
    releases[""] = None
    named = {
        content.uid: {"release": releases[content.release_uid], "reference": content.reference} for content in contents
    }
    rows = _put(roadmap, contents, named)
    columns = {field.key: field for field in roadmap.fields.all()}
    apis = _apis(contents)
    for below in (working.Milestone.objects, working.FieldValue.objects, working.ItemApi.objects):
        below.filter(item__in=rows.values()).delete()
    of_items = [(rows[content.uid], content) for content in contents]
    working.Milestone.objects.bulk_create(
        _milestone(milestone, item=item) for item, content in of_items for milestone in content.milestones
    )
    working.FieldValue.objects.bulk_create(
        working.FieldValue(item=item, field=columns[value.key], value=value.value)
        for item, content in of_items
        for value in content.fields
    )
    working.ItemApi.objects.bulk_create(
        working.ItemApi(item=item, api=apis[api.name], version=api.version, position=position)
        for item, content in of_items
        for position, api in enumerate(content.apis)
    )


def _milestone(content: things.MilestoneContent, **owner: working.Item) -> working.Milestone:
    return working.Milestone(
        environment=content.environment.value, when=content.typed, is_deployed=content.is_deployed, **owner
    )


def _apis(contents: Sequence[things.ItemContent]) -> dict[str, working.Api]:
    """By name, the APIs that these items name. One that is not there is made, with its address."""
    urls: dict[str, str] = {}
    for content in contents:
        for api in content.apis:
            urls[api.name] = urls.get(api.name) or api.url
    there = {api.name: api for api in working.Api.objects.filter(name__in=[*urls])}
    new = working.Api.objects.bulk_create(
        working.Api(name=name, url=url) for name, url in urls.items() if name not in there
    )
    return {**there, **{api.name: api for api in new}}


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))
