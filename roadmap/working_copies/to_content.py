"""Working copies, frozen as the Contents that readers would see.

A constant number of queries, whatever the number of items, and plain rows rather than model instances: publishing
one changed item of 2,000 builds all 2,000 in order to find it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from roadmap import models
from roadmap.content.choices import Environment, Horizon, Kind
from roadmap.content.things import (
    ApiVersion,
    ChangelogEntryContent,
    Contact,
    Content,
    FieldDefinition,
    FieldValueContent,
    ItemContent,
    MilestoneContent,
    PageContent,
    ReleaseContent,
    RoadmapContent,
)


def contents(roadmap: models.Roadmap) -> Iterator[Content]:
    """Every working copy of a roadmap as Content, the roadmap itself first."""
    yield roadmap_content(roadmap)
    yield from _pages(roadmap)
    yield from _releases(roadmap)
    yield from items(roadmap)
    yield from _changelog(roadmap)


def roadmap_content(roadmap: models.Roadmap) -> RoadmapContent:
    return RoadmapContent(
        uid=str(roadmap.uid),
        slug=roadmap.slug,
        title=roadmap.title,
        description=roadmap.description,
        contact=Contact(name=roadmap.contact_name, email=roadmap.contact_email, subject=roadmap.contact_subject),
        labels=roadmap.environment_labels,
        fields=tuple(
            FieldDefinition(key=key, name=name, explanation=explanation)
            # Sorted here: databases differ in the order of letters, and a roadmap may move from one to another.
            for _, name, key, explanation in sorted(
                roadmap.fields.values_list("position", "name", "key", "explanation")
            )
        ),
        footer=roadmap.footer,
        hides_date_history=roadmap.hides_date_history,
        position=roadmap.position,
    )


def _pages(roadmap: models.Roadmap) -> Iterator[PageContent]:
    for page in roadmap.pages.order_by("pk"):
        yield PageContent(
            uid=str(page.uid),
            slug=page.slug,
            title=page.title,
            body=page.body,
            is_on_home=page.is_on_home,
            position=page.position,
        )


def _releases(roadmap: models.Roadmap) -> Iterator[ReleaseContent]:
    for release in roadmap.releases.order_by("pk"):
        yield ReleaseContent(
            uid=str(release.uid),
            title=release.title,
            typed=release.when,
            horizon=Horizon(release.horizon) if release.horizon else None,
            is_deployed=release.is_deployed,
            introduction=release.introduction,
            position=release.position,
        )


def _changelog(roadmap: models.Roadmap) -> Iterator[ChangelogEntryContent]:
    for entry in roadmap.changelog_entries.order_by("pk"):
        yield ChangelogEntryContent(
            uid=str(entry.uid), title=entry.title, typed=entry.when, body=entry.body, position=entry.position
        )


def items(roadmap: models.Roadmap, among: Collection[int] | None = None) -> Iterator[ItemContent]:
    """The items of a roadmap, or only those with these primary keys."""
    chosen: dict[str, Any] = {"roadmap": roadmap}
    if among is not None:
        chosen["pk__in"] = among
    of_items = {f"item__{key}": value for key, value in chosen.items()}
    milestones: dict[int, dict[str, MilestoneContent]] = defaultdict(dict)
    for pk, environment, when, is_deployed in models.Milestone.objects.filter(**of_items).values_list(
        "item_id", "environment", "when", "is_deployed"
    ):
        milestones[pk][environment] = MilestoneContent(
            environment=Environment(environment), typed=when, is_deployed=is_deployed
        )
    apis: dict[int, list[ApiVersion]] = defaultdict(list)
    for pk, name, url, version in (
        models.ItemApi.objects.filter(**of_items)
        .order_by("item_id", "position", "pk")
        .values_list("item_id", "api__name", "api__url", "version")
    ):
        apis[pk].append(ApiVersion(name=name, url=url, version=version))
    fields: dict[int, list[FieldValueContent]] = defaultdict(list)
    for pk, key, value in (
        models.FieldValue.objects.filter(**of_items).order_by("item_id").values_list("item_id", "field__key", "value")
    ):
        fields[pk].append(FieldValueContent(key=key, value=value))
    for of_item in fields.values():
        of_item.sort(key=lambda one: one.key)  # not by the database: see roadmap_content
    rows = models.Item.objects.filter(**chosen).order_by("pk")
    for (
        pk,
        uid,
        reference,
        title,
        description,
        journey,
        kind,
        audiences,
        is_breaking,
        release,
        position,
    ) in rows.values_list(
        "pk",
        "uid",
        "reference",
        "title",
        "description",
        "journey",
        "kind",
        "audiences",
        "is_breaking",
        "release__uid",
        "position",
    ):
        yield ItemContent(
            uid=str(uid),
            reference=reference,
            title=title,
            description=description,
            journey=journey,
            kind=Kind(kind) if kind else None,
            audiences=names(audiences),
            apis=tuple(apis[pk]),
            is_breaking=is_breaking,
            fields=tuple(fields[pk]),
            milestones=tuple(milestones[pk][one.value] for one in Environment if one.value in milestones[pk]),
            release_uid=_uid(release),
            position=position,
        )


def names(typed: str) -> tuple[str, ...]:
    """The names between the commas, each once, however it is written the second time."""
    names = {name.casefold(): name for name in reversed([part.strip() for part in typed.split(",")]) if name}
    return tuple(reversed(names.values()))


def _uid(uid: UUID | None) -> str:
    return "" if uid is None else str(uid)


WorkingCopy = models.Roadmap | models.Page | models.Release | models.Item | models.ChangelogEntry


def content_of(copy: WorkingCopy) -> Content:
    """One working copy as Content, as the database has it now."""
    if isinstance(copy, models.Roadmap):
        return roadmap_content(models.Roadmap.objects.get(pk=copy.pk))
    if isinstance(copy, models.Item):
        return next(items(copy.roadmap, among=[copy.pk]))
    make = {models.Page: _pages, models.Release: _releases, models.ChangelogEntry: _changelog}[type(copy)]
    return next(one for one in make(copy.roadmap) if one.uid == str(copy.uid))
