"""Putting back: what was published earlier becomes the working copy again, to be published like any other change."""

from collections.abc import Iterable

from django.db import transaction

from roadmap import models
from roadmap.content import things
from roadmap.content.choices import Noun
from roadmap.dates import UnclearDate
from roadmap.working_copies.from_content import write

# What is pointed at comes before what points at it.
ORDER = [Noun.ROADMAP, Noun.RELEASE, Noun.PAGE, Noun.CHANGELOG_ENTRY, Noun.ITEM]


class CannotRestore(Exception):
    """What was published then cannot be put back as it was. Nothing has changed."""


def restore_revision(revision: models.Revision) -> None:
    """One thing as it was published in that Revision, into its working copy; made again where it was deleted.

    Raises CannotRestore: the Revision withdrew the thing, or what it was part of is gone.
    """
    if revision.is_removal:
        raise CannotRestore(f"“{revision.title}” was withdrawn in that edition: choose an earlier one to restore.")
    with transaction.atomic():
        roadmap = models.Roadmap.objects.lock(revision.edition.roadmap_id)
        put_back(roadmap, revision.as_content())


def restore_edition(edition: models.Edition) -> None:
    """Every working copy of the roadmap as it was published by that Edition; those that came later are deleted.

    Whatever of it is otherwise now is then pending. Raises CannotRestore.
    """
    with transaction.atomic():
        roadmap = models.Roadmap.objects.lock(edition.roadmap_id)
        wanted = models.Revision.objects.as_of(edition).contents()
        _delete_others(roadmap, wanted.keys())
        put_back(roadmap, *wanted.values())


def _delete_others(roadmap: models.Roadmap, uids: Iterable[str]) -> None:
    kept = [*uids]
    # Items first: a release with items is not deleted under them.
    for copies in (roadmap.items, roadmap.pages, roadmap.changelog_entries):
        copies.exclude(uid__in=kept).delete()
    gone = roadmap.releases.exclude(uid__in=kept)
    roadmap.items.filter(release__in=gone).update(release=None)  # each is restored to its own release below
    gone.delete()


def put_back(roadmap: models.Roadmap, *contents: things.Content) -> None:
    """These into their working copies, under the roadmap's lock. Raises CannotRestore."""
    for content in sorted(contents, key=lambda content: ORDER.index(things.noun_of(content))):
        _check(roadmap, content)
        try:
            write(roadmap, [content])
        except UnclearDate as error:  # published when it was understood, and not any more
            title = getattr(content, "title", "")
            raise CannotRestore(f"“{title}” has a date that is not understood any more. {error}") from error


def _check(roadmap: models.Roadmap, content: things.Content) -> None:
    """Raises CannotRestore where something else stands in its place, or what it names is gone."""
    if isinstance(content, things.PageContent):
        other = roadmap.pages.filter(slug=content.slug).exclude(uid=content.uid).first()
        if other:
            raise CannotRestore(
                f"“{content.title}” was at the address “{content.slug}”, which the page “{other.title}” has now. "
                "Delete that page first."
            )
    if not isinstance(content, things.ItemContent):
        return
    if content.release_uid and not roadmap.releases.filter(uid=content.release_uid).exists():
        raise CannotRestore(
            f"“{content.title}” was in a release that no longer exists. "
            "Restore the release first, or the whole edition."
        )
    columns = {*roadmap.fields.values_list("key", flat=True)}
    if missing := [value.key for value in content.fields if value.key not in columns]:
        raise CannotRestore(
            f"“{content.title}” filled in a column that no longer exists ({', '.join(missing)}). "
            "Restore the whole edition instead."
        )
