"""One act of publishing: all of it or none."""

import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from roadmap.models import published, working
from roadmap.publishing.pending import Pending, fingerprint, pending


class NothingToPublish(Exception):
    """The working copies hold nothing that is not published already."""

    def __init__(self, roadmap: working.Roadmap):
        super().__init__(f"There is nothing to publish: readers already see all of “{roadmap}”.")


class OutOfOrder(Exception):
    """The Edition would come before one that there is already, and so change what readers have been told."""

    def __init__(self, newest: published.Edition):
        when = timezone.localtime(newest.published_at)
        super().__init__(
            f"Edition {newest.number} of this roadmap is dated {when:%-d %B %Y at %H:%M}. "
            "A new edition cannot be dated before it: choose a later time."
        )


class PendingHasChanged(Exception):
    """Somebody saved or published after the changes were reviewed."""

    def __init__(self) -> None:
        super().__init__(
            "What is pending has changed since you opened this page, so nothing has been published. "
            "Read it again below, then publish."
        )


def publish(
    *,
    roadmap: working.Roadmap,
    by: User | None,
    note: str = "",
    at: datetime.datetime | None = None,
    reviewed: str = "",
) -> published.Edition:
    """Publishes everything that is pending in one roadmap as one Edition, and returns it.

    Two callers at the same instant take turns: the second publishes what the first left, or is told that there is
    nothing. `by` is None where no person did it (a command run by the system). `at` is aware, and now by default; an
    Edition dated in the future is one that readers do not see yet. `reviewed` is the fingerprint of the changes that
    somebody has read: with it, exactly those are published or none.

    Raises NothingToPublish, OutOfOrder, PendingHasChanged.
    """
    with transaction.atomic():
        roadmap = working.Roadmap.objects.lock(roadmap.pk)
        found = pending(roadmap)
        if not found:
            raise NothingToPublish(roadmap)
        if reviewed and reviewed != fingerprint(found):
            raise PendingHasChanged
        edition = _next_edition(roadmap, by, note, at or timezone.now())
        revisions = published.Revision.objects.bulk_create([_revision(edition, one) for one in found])
        published.Change.objects.bulk_create(
            published.Change(revision=revision, field=change.field, before=change.before, after=change.after)
            for revision, one in zip(revisions, found, strict=True)
            for change in one.changes
        )
        return edition


def _next_edition(roadmap: working.Roadmap, by: User | None, note: str, at: datetime.datetime) -> published.Edition:
    newest = published.Edition.objects.filter(roadmap=roadmap).order_by("-number").first()
    if newest and newest.published_at > at:
        raise OutOfOrder(newest)
    return published.Edition.objects.create(
        roadmap=roadmap,
        roadmap_slug=roadmap.slug,
        number=newest.number + 1 if newest else 1,
        published_at=at,
        published_by=by,
        note=note,
    )


def _revision(edition: published.Edition, one: Pending) -> published.Revision:
    return published.Revision(
        edition=edition,
        noun=one.noun.value,
        uid=one.uid,
        title=one.title,
        address=one.address,
        content=one.after_json,
        digest=one.after_digest,
    )
