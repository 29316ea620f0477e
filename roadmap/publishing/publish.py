"""One act of publishing: all of it or none."""

import datetime
import uuid

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from roadmap import models
from roadmap.models import published
from roadmap.publishing.checks import Announcement, Choices, check_reasons, check_whole, chosen
from roadmap.publishing.errors import (
    NEAR,
    AboutToAppear,
    AnnouncementRefused,
    NothingToPublish,
    OutOfOrder,
    PendingHasChanged,
    check_time,
)
from roadmap.publishing.pending import Pending, fingerprint, pending, retold
from roadmap.publishing.schedule import carry_over, check_waiting, make_room
from roadmap.working_copies.to_content import contents


def publish(
    *,
    roadmap: models.Roadmap,
    by: User | None,
    note: str = "",
    at: datetime.datetime | None = None,
    choices: Choices | None = None,
    reviewed: str = "",
    now: datetime.datetime | None = None,
) -> published.Edition:
    """Publishes what is pending in one roadmap as one Edition, and returns it.

    Two callers at the same instant take turns: the second publishes what the first left, or is told that there is
    nothing. `by` is None where no person did it (a command run by the system). `at` is aware, and now by default; an
    Edition dated in the future is scheduled: readers do not see it yet. `choices` are the decisions of whoever
    reviewed, `reviewed` the fingerprint of what they read: with it, exactly that is published or nothing. `now` is the
    clock's, for tests.

    What other Editions that are still to come hold of the same things is brought in line: see `carry_over`.

    Raises PublishingRefused: NothingToPublish, OutOfOrder, AboutToAppear, PendingHasChanged, AnnouncementRefused,
    ReasonsMissing, WouldTear, NoSuchTime.
    """
    choices = choices or Choices()
    with transaction.atomic():
        roadmap = models.Roadmap.objects.lock(roadmap.pk)
        now = now or timezone.now()
        at = at or now
        _check_order(roadmap, at, now)
        if reviewed and reviewed != fingerprint(pending(roadmap, at)):
            raise PendingHasChanged
        announced = _announce(roadmap, choices.announcement) if choices.announcement else None
        everything = pending(roadmap, at)
        found = retold(chosen(everything, choices), roadmap, at)
        if not found:
            raise NothingToPublish(roadmap, is_all_left_out=bool(everything))
        if roadmap.asks_reasons:
            check_reasons(found, choices)
        _check_nothing_is_torn(roadmap, found, at, choices)
        edition = published.Edition.objects.create(
            roadmap=roadmap,
            roadmap_slug=roadmap.slug,
            number=make_room(roadmap, at, now),
            published_at=at,
            published_by=by,
            note=note,
            announcement=announced,
        )
        write_revisions(edition, found, choices)
        carry_over(edition, found, now)
        check_waiting(roadmap, at)
        return edition


def write_revisions(edition: published.Edition, found: list[Pending], choices: Choices) -> None:
    """Stores what was found as Revisions of that Edition, with their Changes."""
    revisions = published.Revision.objects.bulk_create(
        published.Revision(
            edition=edition,
            noun=thing.noun.value,
            uid=thing.uid,
            title=thing.title,
            address=thing.address,
            content=thing.after_json,
            digest=thing.after_digest,
        )
        for thing in found
    )
    published.Change.objects.bulk_create(
        published.Change.of(
            revision, change, reason=_reason(thing, change.field, choices), is_minor=thing.uid in choices.minor
        )
        for revision, thing in zip(revisions, found, strict=True)
        for change in thing.changes
    )


def _reason(thing: Pending, field: str, choices: Choices) -> str:
    given = choices.reasons.get((thing.uid, field), "").strip()
    if given or not choices.reason_for_all:
        return given
    return choices.reason_for_all.strip() if field in thing.slipped else ""


def _check_order(roadmap: models.Roadmap, at: datetime.datetime, now: datetime.datetime) -> None:
    editions = published.Edition.objects.filter(roadmap=roadmap)
    if at > now:
        check_time(at, now)
    elif seen_later := editions.live(now).filter(published_at__gt=at).order_by("number").first():
        raise OutOfOrder(seen_later)
    if at <= now and editions.filter(published_at__gt=at, published_at__lte=at + NEAR).exists():
        raise AboutToAppear


def _announce(roadmap: models.Roadmap, announcement: Announcement) -> uuid.UUID:
    """The changelog entry becomes a working copy like any other, and so is among what is pending. Returns its uid."""
    entry = models.ChangelogEntry(
        roadmap=roadmap, title=announcement.title, when=announcement.when, body=announcement.body
    )
    try:
        entry.full_clean()
    except ValidationError as error:
        raise AnnouncementRefused(f"The changelog entry: {' '.join(error.messages)}") from error
    entry.save()
    return entry.uid


def _check_nothing_is_torn(
    roadmap: models.Roadmap, found: list[Pending], at: datetime.datetime, choices: Choices
) -> None:
    """Working copies are whole among themselves, so only what does not go out with them can leave a gap."""
    waits = published.Edition.objects.filter(roadmap=roadmap).scheduled(at).exists()
    if not (choices.leave_out or waits):
        return
    result = published.Revision.objects.newest_of(roadmap, at).contents()
    for thing in found:
        if thing.after is None:
            result.pop(thing.uid, None)
        else:
            result[thing.uid] = thing.after
    drafts = {draft.uid: str(getattr(draft, "title", "")) for draft in contents(roadmap)}
    check_whole(result, drafts, is_roadmap_in=any(thing.uid == str(roadmap.uid) for thing in found))
