"""Working copies, frozen as the Contents that readers would see.

A constant number of queries, whatever the number of items, and plain rows rather than model instances: publishing
one changed item of 2,000 builds all 2,000 in order to find it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from roadmap import models
from roadmap.content import things
from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import FIELDS
from roadmap.content.shapes import Milestones, OwnValues, Shape
from roadmap.content.snapshot import Snapshot
from roadmap.models.uids import UidText

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


def _readers(noun: Noun) -> tuple[list[tuple[str, int]], list[tuple[str, Callable[..., Any], slice]]]:
    """Of the fields by name: where those stand that a column holds as they are, and how the others are read."""
    as_it_is, read, start = [], [], 0
    for field in FIELDS[noun]:
        width = len(field.columns)
        if width and type(field.shape).read is Shape.read:
            as_it_is.append((field.name, start))
        elif width:
            read.append((field.name, field.shape.read, slice(start, start + width)))
        start += width
    return as_it_is, read


# Made once: there are thousands of rows.
_READERS = {noun: _readers(noun) for noun in Noun}
_MILESTONES, _OWN_VALUES = Milestones(), OwnValues()
_ENVIRONMENTS = {environment.value: environment for environment in Environment}


def _values(noun: Noun, stored: Sequence[Any]) -> dict[str, Any]:
    """By the names of the Content, what those columns hold."""
    as_it_is, others = _READERS[noun]
    values = {name: stored[index] for name, index in as_it_is}
    for name, read, place in others:
        values[name] = read(*stored[place])
    return values


def _plain(noun: Noun, rows: QuerySet[Any]) -> Iterator[things.Content]:
    """Of things that have no rows of their own below them."""
    for uid, *stored in rows.order_by("pk").values_list(UidText("uid"), *columns_of(noun)):
        yield things.CONTENT_OF[noun](uid=uid, **_values(noun, stored))


def items(roadmap: models.Roadmap, among: Collection[int] | None = None) -> Iterator[things.ItemContent]:
    """The items of a roadmap, or only those with these primary keys."""
    chosen = {"roadmap": roadmap} if among is None else {"roadmap": roadmap, "pk__in": among}
    of_items = {f"item__{key}": value for key, value in chosen.items()}
    milestones = _by_item(
        models.Milestone.objects.filter(**of_items).values_list("item_id", "environment", "when", "is_deployed"),
        lambda there, when, is_deployed: things.MilestoneContent(
            environment=_ENVIRONMENTS[there], typed=when, is_deployed=is_deployed
        ),
    )
    apis = _by_item(
        models.ItemApi.objects.filter(**of_items)
        .order_by("item_id", "position", "pk")
        .values_list("item_id", "api__name", "api__url", "version"),
        lambda name, url, version: things.ApiVersion(name=name, url=url, version=version),
    )
    fields = _by_item(
        models.FieldValue.objects.filter(**of_items).order_by("item_id").values_list("item_id", "field__key", "value"),
        lambda key, value: things.FieldValueContent(key=key, value=value),
    )
    rows = models.Item.objects.filter(**chosen).order_by("pk")
    uids = UidText("uid"), UidText("release__uid")
    for pk, uid, release, *stored in rows.values_list("pk", *uids, *columns_of(Noun.ITEM)):
        yield things.ItemContent(
            uid=uid,
            **_values(Noun.ITEM, stored),
            apis=tuple(apis[pk]),
            # Put in order here, as in columns_of_roadmap.
            fields=tuple(_OWN_VALUES.ordered(fields[pk])),
            milestones=tuple(_MILESTONES.ordered(milestones[pk])),
            release_uid=release or "",
        )


def _by_item(rows: Iterable[tuple[Any, ...]], make: Callable[..., Any]) -> dict[int, list[Any]]:
    """What is made of each row, by the primary key of its item, which comes first in it."""
    found = defaultdict(list)
    for pk, *values in rows:
        found[pk].append(make(*values))
    return found


def content_of(copy: models.WorkingCopy) -> things.Content:
    """One working copy as Content, as the database has it now."""
    if isinstance(copy, models.Roadmap):
        return roadmap_content(models.Roadmap.objects.get(pk=copy.pk))
    if isinstance(copy, models.Item):
        return next(items(copy.roadmap, among=[copy.pk]))
    model = type(copy)
    return next(_plain(models.NOUN_OF_MODEL[model], model._default_manager.filter(pk=copy.pk)))
