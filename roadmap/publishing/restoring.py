"""Putting back: what was published earlier becomes the working copy again, to be published like any other change."""

from collections.abc import Iterable

from django.db import transaction

from roadmap.content import (
    ChangelogEntryContent,
    Content,
    ItemContent,
    Noun,
    PageContent,
    ReleaseContent,
    RoadmapContent,
)
from roadmap.models import published, working
from roadmap.publishing import states
from roadmap.when import UnclearDate

# What is pointed at comes before what points at it.
ORDER: list[type] = [RoadmapContent, ReleaseContent, PageContent, ChangelogEntryContent, ItemContent]


class CannotRestore(Exception):
    """What was published then cannot be put back as it was. Nothing has changed."""


def restore_revision(revision: published.Revision) -> None:
    """One thing as it was published in that Revision, into its working copy; made again where it was deleted.

    Raises CannotRestore: the Revision withdrew the thing, or what it was part of is gone.
    """
    if revision.is_removal:
        raise CannotRestore(f"“{revision.title}” was withdrawn in that edition: choose an earlier one to restore.")
    with transaction.atomic():
        roadmap = working.Roadmap.objects.lock(revision.edition.roadmap_id)
        _restore(roadmap, revision.as_content())


def restore_edition(edition: published.Edition) -> None:
    """Every working copy of the roadmap as it was published by that Edition; those that came later are deleted.

    Whatever of it is otherwise now is then pending. Raises CannotRestore.
    """
    with transaction.atomic():
        roadmap = working.Roadmap.objects.lock(edition.roadmap_id)
        wanted = states.contents_by_uid(roadmap, up_to=edition)
        _delete_others(roadmap, wanted.keys())
        for content in sorted(wanted.values(), key=lambda one: ORDER.index(type(one))):
            _restore(roadmap, content)


def _delete_others(roadmap: working.Roadmap, uids: Iterable[str]) -> None:
    kept = [*uids]
    # Items first: a release with items is not deleted under them.
    for copies in (roadmap.items, roadmap.pages, roadmap.changelog_entries):
        copies.exclude(uid__in=kept).delete()
    gone = roadmap.releases.exclude(uid__in=kept)
    roadmap.items.filter(release__in=gone).update(release=None)  # each is restored to its own release below
    gone.delete()


def _restore(roadmap: working.Roadmap, content: Content) -> None:
    try:
        _write(roadmap, content)
    except UnclearDate as error:  # published when it was understood, and not any more
        title = getattr(content, "title", "")
        raise CannotRestore(f"“{title}” has a date that is not understood any more. {error}") from error


def _write(roadmap: working.Roadmap, content: Content) -> None:
    match content:
        case RoadmapContent():
            _restore_roadmap(roadmap, content)
        case PageContent():
            _check_address_is_free(roadmap, content)
            _put(working.Page, roadmap, content, slug=content.slug, body=content.body, is_on_home=content.is_on_home)
        case ReleaseContent():
            _put(
                working.Release,
                roadmap,
                content,
                when=content.typed,
                horizon=content.horizon.value if content.horizon else "",
                is_deployed=content.is_deployed,
                introduction=content.introduction,
            )
        case ChangelogEntryContent():
            _put(working.ChangelogEntry, roadmap, content, when=content.typed, body=content.body)
        case ItemContent():
            _restore_item(roadmap, content)


def _put(model: type, roadmap: working.Roadmap, content: Content, **values: object) -> None:
    """Updates or makes the working copy of that uid; title and position are everybody's."""
    values |= {"title": content.title, "position": content.position}  # type: ignore[attr-defined]
    model.objects.update_or_create(uid=content.uid, roadmap=roadmap, defaults=values)  # type: ignore[attr-defined]


def _restore_roadmap(roadmap: working.Roadmap, content: RoadmapContent) -> None:
    roadmap.title = content.title
    roadmap.description = content.description
    roadmap.contact_name = content.contact.name
    roadmap.contact_email = content.contact.email
    roadmap.contact_subject = content.contact.subject
    roadmap.test_label = content.labels.test
    roadmap.controlled_go_live_label = content.labels.controlled_go_live
    roadmap.live_label = content.labels.live
    roadmap.footer = content.footer
    roadmap.hides_date_history = content.hides_date_history
    roadmap.position = content.position
    roadmap.save()
    roadmap.fields.exclude(key__in=[field.key for field in content.fields]).delete()
    # Two columns may have swapped names since: out of each other's way first.
    for field in roadmap.fields.all():
        working.Field.objects.filter(pk=field.pk).update(name=f"{field.key} ({field.pk})")
    for position, column in enumerate(content.fields):
        working.Field.objects.update_or_create(
            roadmap=roadmap,
            key=column.key,
            defaults={"name": column.name, "explanation": column.explanation, "position": position},
        )


def _check_address_is_free(roadmap: working.Roadmap, content: PageContent) -> None:
    other = roadmap.pages.filter(slug=content.slug).exclude(uid=content.uid).first()
    if other:
        raise CannotRestore(
            f"“{content.title}” was at the address “{content.slug}”, which the page “{other.title}” has now. "
            "Delete that page first."
        )


def _restore_item(roadmap: working.Roadmap, content: ItemContent) -> None:
    release = None
    if content.release_uid:
        release = roadmap.releases.filter(uid=content.release_uid).first()
        if release is None:
            raise CannotRestore(
                f"“{content.title}” was in a release that no longer exists. "
                "Restore the release first, or the whole edition."
            )
    fields = {field.key: field for field in roadmap.fields.all()}
    if missing := [value.key for value in content.fields if value.key not in fields]:
        raise CannotRestore(
            f"“{content.title}” filled in a column that no longer exists ({', '.join(missing)}). "
            "Restore the whole edition instead."
        )
    item, _ = working.Item.objects.update_or_create(
        uid=content.uid,
        roadmap=roadmap,
        defaults={
            "reference": content.reference,
            "title": content.title,
            "description": content.description,
            "journey": content.journey,
            "kind": content.kind.value if content.kind else "",
            "audiences": ", ".join(content.audiences),
            "is_breaking": content.is_breaking,
            "release": release,
            "position": content.position,
        },
    )
    item.milestones.all().delete()
    working.Milestone.objects.bulk_create(
        working.Milestone(item=item, environment=one.environment.value, when=one.typed, is_deployed=one.is_deployed)
        for one in content.milestones
    )
    item.field_values.all().delete()
    working.FieldValue.objects.bulk_create(
        working.FieldValue(item=item, field=fields[value.key], value=value.value) for value in content.fields
    )
    item.item_apis.all().delete()
    for position, api in enumerate(content.apis):
        named, _ = working.Api.objects.get_or_create(name=api.name, defaults={"url": api.url})
        working.ItemApi.objects.create(item=item, api=named, version=api.version, position=position)


def revisions_of(roadmap: working.Roadmap, noun: Noun, uid: str) -> published.RevisionQuerySet:
    """Every Revision of one thing, newest first."""
    found = published.Revision.objects.filter(edition__roadmap=roadmap, noun=noun, uid=uid)
    return found.select_related("edition").order_by("-edition__number")
