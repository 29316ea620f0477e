"""Working copies, frozen as the Contents that readers would see.

A constant number of queries, whatever the number of items, and plain rows rather than model instances: publishing
one changed item of 2,000 builds all 2,000 in order to find it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db.models import BooleanField, CharField, ExpressionWrapper, F, FilteredRelation, Q, QuerySet

from roadmap import models
from roadmap.content import things
from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import FIELDS
from roadmap.content.shapes import OwnValues, Shape
from roadmap.content.snapshot import Snapshot
from roadmap.models.uids import UidStored, UidText, text_of_uid

_MOST_NAMED = 500  # in one query


def preview(roadmap: models.Roadmap) -> Snapshot:
    """What readers would see if all that is pending were published now, in the form that their pages are made from."""
    return Snapshot(contents(roadmap))


def around(roadmap: models.Roadmap, uids: Collection[str]) -> Snapshot:
    """Of what `preview` has, these items and releases, every release, and every item that shares one with them."""
    if len(uids) > _MOST_NAMED:
        return preview(roadmap)
    shared = Q(release__uid__in=uids) | Q(release__in=models.Item.objects.filter(uid__in=uids).values("release"))
    found = models.Item.objects.filter(Q(uid__in=uids) | shared, roadmap=roadmap).order_by()
    releases = _plain(Noun.RELEASE, roadmap.releases.all())
    return Snapshot([roadmap_content(roadmap), *releases, *items(roadmap, {*found.values_list("pk", flat=True)})])


def contents(roadmap: models.Roadmap) -> Iterator[things.Content]:
    """Every working copy of a roadmap as Content, the roadmap itself first."""
    yield roadmap_content(roadmap)
    yield from _plain(Noun.PAGE, roadmap.pages.all())
    yield from _plain(Noun.RELEASE, roadmap.releases.all())
    yield from items(roadmap)
    yield from _plain(Noun.CHANGELOG_ENTRY, roadmap.changelog_entries.all())


def columns_of_roadmap(roadmap: models.Roadmap) -> tuple[things.FieldDefinition, ...]:
    """Those that it adds to its items, in its order."""
    return tuple(
        things.FieldDefinition(key=key, name=name, explanation=explanation)
        # Sorted here: databases differ in the order of letters, and a roadmap may move from one to another.
        for _, name, key, explanation in sorted(roadmap.fields.values_list("position", "name", "key", "explanation"))
    )


def roadmap_content(roadmap: models.Roadmap) -> things.RoadmapContent:
    values = _values(Noun.ROADMAP, [getattr(roadmap, column) for column in columns_of(Noun.ROADMAP)])
    return things.RoadmapContent(uid=str(roadmap.uid), **{**values, "fields": columns_of_roadmap(roadmap)})


def columns_of(noun: Noun) -> list[str]:
    """Of the working copy, all that its Content is made of, in the order of the list of fields."""
    return [column for field in FIELDS[noun] for column in field.columns]


def _readers(noun: Noun) -> tuple[list[str], Callable[..., Any], list[tuple[str, Callable[..., Any], slice]]]:
    """Names of the fields that a column holds as they are, what takes those out of a row, and how others are read.

    Among thousands of rows the same is read again and again, and is made once.
    """
    names, places, start = [], [], 0
    read: list[tuple[str, Callable[..., Any], slice]] = []
    for field in FIELDS[noun]:
        width = len(field.columns)
        if width and type(field.shape).read is Shape.read:
            names.append(field.name)
            places.append(start)
        elif width:
            read.append((field.name, lru_cache(maxsize=1024)(field.shape.read), slice(start, start + width)))
        start += width
    return names, itemgetter(*places), read


_READERS = {noun: _readers(noun) for noun in Noun}
_OWN_VALUES = OwnValues()


def _values(noun: Noun, stored: Sequence[Any]) -> dict[str, Any]:
    """By the names of the Content, what a row holds that begins with those columns."""
    names, take, others = _READERS[noun]
    values = dict(zip(names, take(stored), strict=True))
    for name, read, place in others:
        values[name] = read(*stored[place])
    return values


def _plain(noun: Noun, rows: QuerySet[Any]) -> Iterator[things.Content]:
    """Of things that have no rows of their own below them."""
    for row in rows.order_by("pk").values_list(*columns_of(noun), UidText("uid")):
        yield things.CONTENT_OF[noun](uid=row[-1], **_values(noun, row))


class _Stored(ExpressionWrapper):
    """Yes or no as the driver gives it, which is a bool in both databases already: Django would go through each row."""

    def __init__(self, column: str):
        super().__init__(F(column), output_field=CharField())


def items(roadmap: models.Roadmap, among: Collection[int] | None = None) -> Iterator[things.ItemContent]:
    """The items of a roadmap, or only those with these primary keys."""
    chosen = {"roadmap": roadmap} if among is None else {"roadmap": roadmap, "pk__in": among}
    of_items = {f"item__{key}": value for key, value in chosen.items()}
    apis = _by_item(
        models.ItemApi.objects.filter(**of_items)
        .order_by("item_id", "position", "pk")
        .values_list("item_id", "api__name", "api__url", "version"),
        _api,
    )
    fields = _by_item(
        models.FieldValue.objects.filter(**of_items).order_by("item_id").values_list("item_id", "field__key", "value"),
        lambda key, value: things.FieldValueContent(key=key, value=value),
    )
    # One row for each item, with its milestones: it has at most one in each environment.
    milestones = {
        name: FilteredRelation("milestones", condition=Q(milestones__environment=environment))
        for environment, name in _IN.items()
    }
    rows = models.Item.objects.filter(**chosen).annotate(**milestones).order_by("pk")
    uids = UidStored("uid"), UidStored("release__uid")
    for row in rows.values_list(*_columns_of_items(), *uids, "pk"):
        uid, release, pk = row[-3:]
        values = _values(Noun.ITEM, row)
        values["uid"] = text_of_uid(uid)
        values["milestones"] = _milestones(*row[_FIRST_OF_MILESTONES:-3])
        if release:
            values["release_uid"] = _uid_of_release(release)
        if pk in apis:
            values["apis"] = apis[pk]
        if pk in fields:
            # Put in order here, as in columns_of_roadmap.
            values["fields"] = tuple(_OWN_VALUES.ordered([*fields[pk]]))
        yield things.ItemContent(**values)


_IN = {environment: f"in_{environment}" for environment in Environment}
_FIRST_OF_MILESTONES = len(columns_of(Noun.ITEM))


def _columns_of_items() -> Iterator[str | _Stored]:
    """And of the milestones in each environment in turn."""
    for column in columns_of(Noun.ITEM):
        yield _Stored(column) if isinstance(models.Item._meta.get_field(column), BooleanField) else column
    for name in _IN.values():
        yield from (f"{name}__when", _Stored(f"{name}__is_deployed"))


# Thousands of items have few dates, APIs and releases: each is made once.

_uid_of_release = lru_cache(maxsize=1024)(text_of_uid)


@lru_cache(maxsize=4096)
def _milestones(*stored: Any) -> tuple[things.MilestoneContent, ...]:
    """Of the columns of each environment in turn, which are None where the item has no milestone there."""
    return tuple(
        things.MilestoneContent(environment=environment, typed=when, is_deployed=is_deployed)
        for environment, when, is_deployed in zip(Environment, stored[::2], stored[1::2], strict=True)
        if when is not None
    )


@lru_cache(maxsize=4096)
def _api(name: str, url: str, version: str) -> things.ApiVersion:
    return things.ApiVersion(name=name, url=url, version=version)


def _by_item(rows: Iterable[tuple[Any, ...]], make: Callable[..., Any]) -> dict[int, tuple[Any, ...]]:
    """What is made of each row, by the primary key of its item, which comes first in it."""
    found: dict[int, tuple[Any, ...]] = {}
    for pk, *values in rows:
        made = (make(*values),)
        found[pk] = found[pk] + made if pk in found else made
    return found


def content_of(copy: models.WorkingCopy) -> things.Content:
    """One working copy as Content, as the database has it now."""
    if isinstance(copy, models.Roadmap):
        return roadmap_content(models.Roadmap.objects.get(pk=copy.pk))
    if isinstance(copy, models.Item):
        return next(items(copy.roadmap, among=[copy.pk]))
    model = type(copy)
    return next(_plain(models.NOUN_OF_MODEL[model], model._default_manager.filter(pk=copy.pk)))
