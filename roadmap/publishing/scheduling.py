"""Editions that wait for their time: their numbers, what others do to them, moving and taking them back.

Nothing makes a scheduled Edition appear: readers ask for the newest one by now. Until then nobody has seen it, and it
may change; see ImmutableQuerySet.change_unseen.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from roadmap.content import Content
from roadmap.merging import merge
from roadmap.models import published, working
from roadmap.publishing import states
from roadmap.publishing.errors import AlreadyPublished, NoSuchTime, check_time
from roadmap.publishing.pending import Pending, make_pending

# Above every number in use, so that no two Editions have one number while they are renumbered.
_ASIDE = 1_000_000


def make_room(roadmap: working.Roadmap, at: datetime.datetime, now: datetime.datetime) -> int:
    """The number of a new Edition that appears then. Those that appear after it move up by one.

    Call it under the roadmap's lock.
    """
    before = published.Edition.objects.filter(roadmap=roadmap, published_at__lte=at).count()
    _renumber(roadmap, now, first=before + 2, after=at)
    return before + 1


def carry_over(edition: published.Edition, found: list[Pending], now: datetime.datetime) -> None:
    """Brings the Editions that appear after this one in line with what it changed.

    What they hold of the same thing was made from its earlier state, and would put back whatever this Edition changed
    and they did not. So each is merged: what it changes it still changes, and the rest stays as this Edition has it.
    What was withdrawn here is not brought back by them. An Edition left with nothing is taken away.
    """
    later = published.Edition.objects.filter(roadmap=edition.roadmap, published_at__gt=edition.published_at)
    if not later.exists():
        return
    titles = states.release_titles(edition.roadmap)
    for one in found:
        base, ours = one.before, one.after
        for revision in published.Revision.objects.filter(uid=one.uid, edition__in=later).order_by("edition__number"):
            theirs = None if revision.is_removal else revision.as_content()
            merged = _merged(base, theirs, ours)
            _rewrite(revision, ours, merged, titles, now)
            base, ours = theirs, merged
    _drop_empty(edition.roadmap, now)


def _merged(base: Content | None, theirs: Content | None, ours: Content | None) -> Content | None:
    if ours is None or theirs is None:
        return None  # withdrawn by either: it stays withdrawn
    return ours if base is None else merge(base, theirs, ours)


def _rewrite(
    revision: published.Revision,
    before: Content | None,
    after: Content | None,
    titles: dict[str, str],
    now: datetime.datetime,
) -> None:
    """Gives a scheduled Revision its new content, and Changes told against its new past; removes it where none are."""
    given = {change.field: (change.reason, change.is_minor) for change in revision.changes.all()}
    is_minor = any(minor for _, minor in given.values())
    revision.changes.all().remove_unseen(now)
    here = published.Revision.objects.filter(pk=revision.pk)
    if before == after:
        here.remove_unseen(now)
        return
    one = make_pending(before, after, titles)
    here.change_unseen(now, content=one.after_json, digest=one.after_digest, title=one.title, address=one.address)
    published.Change.objects.bulk_create(
        published.Change(
            revision=revision,
            field=change.field,
            before=change.before,
            after=change.after,
            reason=given.get(change.field, ("", False))[0],
            is_minor=given.get(change.field, ("", is_minor))[1],
        )
        for change in one.changes
    )


def _drop_empty(roadmap: working.Roadmap, now: datetime.datetime) -> None:
    empty = published.Edition.objects.filter(roadmap=roadmap, revisions=None).scheduled(now)
    if empty.exists():
        published.Edition.objects.filter(pk__in=[edition.pk for edition in empty]).remove_unseen(now)
        _renumber(roadmap, now)


def _renumber(
    roadmap: working.Roadmap, now: datetime.datetime, first: int = 0, after: datetime.datetime | None = None
) -> None:
    """Counts the Editions that come after a moment (now, unless given) from `first` on, in the order of their times."""
    after = after or now
    editions = published.Edition.objects.filter(roadmap=roadmap)
    first = first or editions.live(after).count() + 1
    later = [*editions.scheduled(after)]
    wanted = {edition.pk: number for number, edition in enumerate(later, first)}
    moving = [edition for edition in later if edition.number != wanted[edition.pk]]
    for offset in (_ASIDE, 0):
        for edition in moving:
            editions.filter(pk=edition.pk).change_unseen(now, number=wanted[edition.pk] + offset)


def _locked(edition: published.Edition, now: datetime.datetime) -> published.Edition:
    """The Edition under its roadmap's lock. Raises AlreadyPublished, Edition.DoesNotExist where it was taken back."""
    working.Roadmap.objects.lock(edition.roadmap_id)
    fresh: published.Edition = published.Edition.objects.select_related("roadmap").get(pk=edition.pk)
    if fresh.published_at <= now:
        raise AlreadyPublished(fresh)
    return fresh


def cancel(edition: published.Edition, now: datetime.datetime | None = None) -> None:
    """Takes a scheduled Edition back. What it holds is pending again.

    Raises AlreadyPublished; Edition.DoesNotExist where somebody took it back before.
    """
    with transaction.atomic():
        now = now or timezone.now()
        edition = _locked(edition, now)
        roadmap = edition.roadmap
        uids = [str(uid) for uid in edition.revisions.values_list("uid", flat=True)]
        published.Change.objects.filter(revision__edition=edition).remove_unseen(now)
        edition.revisions.all().remove_unseen(now)
        published.Edition.objects.filter(pk=edition.pk).remove_unseen(now)
        _renumber(roadmap, now)
        _tell_anew(roadmap, uids, now)


def reschedule(edition: published.Edition, at: datetime.datetime, now: datetime.datetime | None = None) -> None:
    """Moves a scheduled Edition to another time.

    Raises AlreadyPublished; NoSuchTime, also where it would pass another that changes the same thing;
    Edition.DoesNotExist where somebody took it back before.
    """
    with transaction.atomic():
        now = now or timezone.now()
        edition = _locked(edition, now)
        check_time(at, now)
        first, last = sorted((edition.published_at, at))
        passed = published.Edition.objects.filter(
            roadmap=edition.roadmap, published_at__gte=first, published_at__lte=last
        ).exclude(pk=edition.pk)
        both = edition.revisions.filter(uid__in=published.Revision.objects.filter(edition__in=passed).values("uid"))
        if touched := both.first():
            raise NoSuchTime(
                f"Another scheduled edition changes “{touched.title}” too, and this one would pass it. "
                "Keep them in their order, or cancel one of them."
            )
        published.Edition.objects.filter(pk=edition.pk).change_unseen(now, published_at=at)
        _renumber(edition.roadmap, now)


def _tell_anew(roadmap: working.Roadmap, uids: list[str], now: datetime.datetime) -> None:
    """Tells the Changes of scheduled Revisions of these things again, as their past has changed."""
    titles = states.release_titles(roadmap)
    before = states.contents_by_uid(roadmap, now, among=uids)
    waiting = published.Revision.objects.filter(
        edition__roadmap=roadmap, edition__published_at__gt=now, uid__in=uids
    ).order_by("edition__number")
    for revision in waiting:
        uid = str(revision.uid)
        after = None if revision.is_removal else revision.as_content()
        _rewrite(revision, before.get(uid), after, titles, now)
        if after is None:
            before.pop(uid, None)
        else:
            before[uid] = after
    _drop_empty(roadmap, now)
