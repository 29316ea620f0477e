"""Editions that wait for their time: their numbers, what others do to them, moving and taking them back.

Nothing makes a scheduled Edition appear: readers ask for the newest one by now. Until then nobody has seen it, and it
may change; see ImmutableQuerySet.change_unseen. “Now” is EditionQuerySet.clock, throughout.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, cast

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from roadmap import models
from roadmap.content import things
from roadmap.content.meanings import without_meanings
from roadmap.content.merge import merge
from roadmap.dates.clock import uk_date
from roadmap.publishing.announcement import Announcement, draft_announcement
from roadmap.publishing.errors import NEAR, AboutToAppear, AlreadyPublished, NoSuchTime, WouldTear, check_time
from roadmap.publishing.pending import Pending, as_pending, make_pending, roadmap_in_sentences
from roadmap.working_copies.to_content import content_of, contents

# Above every number in use, so that no two Editions have one number while they are renumbered.
_ASIDE = 1_000_000

State = things.Content | None  # of a thing, by some Edition; None: readers do not have it then


def make_room(roadmap: models.Roadmap, at: datetime.datetime, now: datetime.datetime) -> int:
    """The number of a new Edition that appears then. Those that appear after it move up by one.

    Call it under the roadmap's lock.
    """
    number = roadmap.editions.live(at).count() + 1
    _renumber(roadmap, now, first=number + 1, after=at)
    return number


def carry_over(edition: models.Edition, found: list[Pending], now: datetime.datetime) -> None:
    """Brings the Editions that appear after this one in line with what it changed.

    What they hold of the same thing was made from its earlier state, and would put back whatever this Edition changed
    and they did not. So each is merged: what it changes it still changes, and the rest stays as this Edition has it.
    What was withdrawn here is not brought back by them. An Edition left with nothing is taken away.
    """
    waiting = models.Revision.objects.waiting(edition.roadmap, edition.published_at)
    with _entries_brought_in_line(edition.roadmap, edition.published_at, now):
        for thing in found:
            _rebase(waiting.filter(uid=thing.uid), thing.before, thing.after, now)
    _drop_empty(edition.roadmap, now)


def _rebase(revisions: Iterable[models.Revision], base: State, ours: State, now: datetime.datetime) -> None:
    """Builds what scheduled Editions hold of one thing, which was made from `base`, on `ours` instead."""
    for step in carried_over(base, ours, revisions):
        _rewrite(step.revision, step.ours, step.merged, now)


class CarriedOver(NamedTuple):
    """What a scheduled Edition, which made `theirs` of `base`, makes of `ours`, which comes out before it."""

    revision: models.Revision
    base: State
    theirs: State
    ours: State
    merged: State


def carried_over(base: State, ours: State, revisions: Iterable[models.Revision]) -> Iterator[CarriedOver]:
    """The same for each of the Revisions that one thing has in the Editions that wait, in their order."""
    is_withdrawn = ours is None
    for revision in revisions:
        theirs = None if revision.is_removal else revision.as_content()
        if is_withdrawn or theirs is None or ours is None:
            # Not brought back, withdrawn by it, or brought back by it after another withdrew it.
            merged = None if is_withdrawn else theirs
        else:
            merged = ours if base is None else merge(base, theirs, ours)
        yield CarriedOver(revision, base, theirs, ours, merged)
        base, ours = theirs, merged


def check_whole(
    result: Mapping[str, things.Content], drafts: Mapping[str, str], *, is_roadmap_in: bool = False
) -> None:
    """That nothing in `result`, which is all that readers would have, by uid, points at what they would not.

    `drafts` gives the titles of all working copies by uid, for saying what is missing; `is_roadmap_in`, whether the
    roadmap itself is among what is published. Raises WouldTear.
    """
    gaps: list[tuple[things.Content, str, str]] = []
    roadmap = next((thing for thing in result.values() if isinstance(thing, things.RoadmapContent)), None)
    if roadmap is None:
        first = next(iter(result.values()))
        raise WouldTear([(first, "", "The roadmap itself has not been published: include it.")])
    pages: dict[str, things.PageContent] = {}
    for page in result.values():
        if isinstance(page, things.PageContent) and (other := pages.setdefault(page.slug, page)) is not page:
            old, new = sorted((other, page), key=lambda thing: thing.uid in drafts)
            sentence = f"“{new.title}” has the address of “{old.title}”, which readers still have: include both."
            gaps.append((new, old.uid, sentence))
    columns = {field.key for field in roadmap.fields}
    for item in result.values():
        if not isinstance(item, things.ItemContent):
            continue
        if item.release_uid and not isinstance(result.get(item.release_uid), things.ReleaseContent):
            if title := drafts.get(item.release_uid):
                why = f"is in the release “{title}”, which readers do not have: include that too."
            else:
                why = "is still in a release that would be withdrawn: include the item too, or leave the release."
            gaps.append((item, item.release_uid, f"“{item.title}” {why}"))
        if any(value.key not in columns for value in item.fields):
            if is_roadmap_in:
                needed, why = item.uid, "still fills in a column that would be removed: include the item too."
            else:
                needed, why = roadmap.uid, "fills in a column that is new: include the roadmap itself too."
            gaps.append((item, needed, f"“{item.title}” {why}"))
    if gaps:
        raise WouldTear(gaps)


def check_waiting(roadmap: models.Roadmap, after: datetime.datetime) -> None:
    """That each Edition that appears after a moment is whole when it does. Raises WouldTear."""
    drafts: dict[str, str] = {}
    for edition in roadmap.editions.scheduled(after):
        drafts = drafts or {draft.uid: str(getattr(draft, "title", "")) for draft in contents(roadmap)}
        try:
            check_whole(models.Revision.objects.as_of(edition).contents(), drafts)
        except WouldTear as tear:
            where = f"The edition scheduled for {uk_date(edition.published_at)} would not be whole: "
            raise WouldTear(tear.gaps, where) from tear


def _rewrite(revision: models.Revision, before: State, after: State, now: datetime.datetime) -> None:
    """Gives a scheduled Revision its new content, and Changes told against its new past; removes it where none are."""
    given = {change.field: (change.reason, change.is_minor) for change in revision.changes.all()}
    is_minor = any(minor for _, minor in given.values())
    here = models.Revision.objects.filter(pk=revision.pk)
    if before == after:
        _remove(here, now)
        return
    revision.changes.all().remove_unseen(now)
    edition = revision.edition
    releases_at, just_before = models.Revision.objects.releases, edition.published_at - datetime.timedelta.resolution
    titles, releases = releases_at(edition.roadmap_id, edition.published_at)
    told = make_pending(before, after, titles, (releases_at(edition.roadmap_id, just_before)[1], releases))
    here.change_unseen(now, content=told.after_json, digest=told.after_digest, title=told.title, address=told.address)
    new = []
    for change in told.changes:
        reason, minor = given.get(change.field, ("", is_minor))
        new.append(models.Change.of(revision, change, reason=reason, is_minor=minor))
    models.Change.objects.bulk_create(new)


def _remove(revisions: QuerySet[models.Revision], now: datetime.datetime) -> None:
    models.Change.objects.filter(revision__in=revisions).remove_unseen(now)
    revisions.remove_unseen(now)  # type: ignore[attr-defined]


@contextmanager
def _entries_brought_in_line(
    roadmap: models.Roadmap, after: datetime.datetime, now: datetime.datetime
) -> Iterator[None]:
    """Around a change of what the Editions hold that appear after a moment: what their entries announce stays true.

    An entry that nobody rewrote is drafted again, or goes where nothing is left to announce. One that somebody rewrote
    is taken out, and so pending until somebody has read it: see `entries_to_read`.
    """
    announcing = [*roadmap.editions.scheduled(after).exclude(announcement=None)]
    drafts = [drafted_for(edition) for edition in announcing]
    yield
    for edition, was in zip(announcing, drafts, strict=True):
        held = edition.revisions.filter(uid=edition.announcement).exclude(content="")
        revision, draft = held.first(), drafted_for(edition)
        if revision is None or draft == was:
            continue
        content = cast(things.ChangelogEntryContent, revision.as_content())
        entry = models.ChangelogEntry.objects.filter(uid=edition.announcement).first()
        sent = Announcement(title=content.title, when=content.typed, body=content.body)
        is_rewritten = was is None or sent.words != was.words
        if is_rewritten or entry is None or content_of(entry) != without_meanings(content):
            _remove(held, now)
        elif draft is None:
            _remove(held, now)
            entry.delete()
        else:
            _rewrite(revision, None, msgspec.structs.replace(content, title=draft.title, body=draft.body), now)
            entry.title, entry.body = draft.title, draft.body
            entry.save()


def drafted_for(edition: models.Edition) -> Announcement | None:
    """The entry as it is drafted from what a scheduled Edition holds."""
    revisions = [*edition.revisions.order_by("pk").prefetch_related("changes")]
    newest_of, just_before = models.Revision.objects.newest_of, edition.published_at - datetime.timedelta.resolution
    before = newest_of(edition.roadmap_id, just_before).filter(uid__in=[row.uid for row in revisions]).contents()
    changes = {str(row.uid): [*row.changes.all()] for row in revisions}
    return draft_announcement(
        [
            as_pending(row, before.get(str(row.uid)), [change.as_field_change() for change in changes[str(row.uid)]])
            for row in revisions
        ],
        roadmap_in_sentences(edition.roadmap),
        edition.published_at,
        known=newest_of(edition.roadmap_id, edition.published_at).contents,
        minor=frozenset(uid for uid, found in changes.items() if all(change.is_minor for change in found)),
        reasons={(uid, change.field): change.reason for uid, found in changes.items() for change in found},
    )


def entries_to_read(
    scheduled: Iterable[models.Edition],
) -> list[tuple[models.Edition, models.ChangelogEntry]]:
    """Those taken out of Editions that wait, as somebody had rewritten them and what they announce has changed."""
    waiting = {edition.announcement: edition for edition in scheduled if edition.announcement}
    held = models.Revision.objects.filter(uid__in=waiting).values("uid")
    entries = models.ChangelogEntry.objects.filter(uid__in=waiting).exclude(uid__in=held) if waiting else []
    return [(waiting[entry.uid], entry) for entry in entries]


def _drop_empty(roadmap: models.Roadmap, now: datetime.datetime) -> None:
    empty = models.Edition.objects.filter(roadmap=roadmap, revisions=None).scheduled(now)
    if empty.exists():
        models.Edition.objects.filter(pk__in=[edition.pk for edition in empty]).remove_unseen(now)
        _renumber(roadmap, now)


def _renumber(
    roadmap: models.Roadmap, now: datetime.datetime, first: int = 0, after: datetime.datetime | None = None
) -> None:
    """Counts the Editions that come after a moment (now, unless given) from `first` on, in the order of their times."""
    after = after or now
    editions = roadmap.editions
    first = first or editions.live(after).count() + 1
    later = [*editions.scheduled(after)]
    wanted = {edition.pk: number for number, edition in enumerate(later, first)}
    moving = [edition for edition in later if edition.number != wanted[edition.pk]]
    for offset in (_ASIDE, 0):
        for edition in moving:
            editions.filter(pk=edition.pk).change_unseen(now, number=wanted[edition.pk] + offset)


def _locked(edition: models.Edition, now: datetime.datetime | None) -> tuple[models.Edition, datetime.datetime]:
    """The Edition under its roadmap's lock, and the time, which is asked for only then: the lock may take a while.

    Raises AlreadyPublished, AboutToAppear; Edition.DoesNotExist where it was taken back.
    """
    models.Roadmap.objects.lock(edition.roadmap_id)
    now = models.Edition.objects.clock(edition.roadmap_id, now)
    fresh: models.Edition = models.Edition.objects.select_related("roadmap").get(pk=edition.pk)
    if fresh.published_at <= now:
        raise AlreadyPublished(fresh)
    if fresh.published_at <= now + NEAR:
        raise AboutToAppear
    return fresh, now


def cancel(edition: models.Edition, now: datetime.datetime | None = None) -> None:
    """Takes a scheduled Edition back. What it holds is pending again, and what comes after it is built without it.

    Raises AlreadyPublished, AboutToAppear; WouldTear where a later one needs it; Edition.DoesNotExist where somebody
    took it back before.
    """
    with transaction.atomic():
        edition, now = _locked(edition, now)
        roadmap, at = edition.roadmap, edition.published_at
        held = {
            str(revision.uid): None if revision.is_removal else revision.as_content()
            for revision in edition.revisions.all()
        }
        _remove(edition.revisions.all(), now)
        models.Edition.objects.filter(pk=edition.pk).remove_unseen(now)
        _renumber(roadmap, now)
        # The entry drafted for it would announce what does not happen. One that staff have worked on since stays.
        drafted = models.ChangelogEntry.objects.filter(uid=edition.announcement) if edition.announcement else []
        for entry in drafted:
            was = held.get(str(entry.uid))
            if was and content_of(entry) == without_meanings(was):
                entry.delete()
        before = models.Revision.objects.newest_of(roadmap, at).filter(uid__in=[*held]).contents()
        waiting = models.Revision.objects.waiting(roadmap, at)
        with _entries_brought_in_line(roadmap, at, now):
            for uid, content in held.items():
                # Where it was withdrawn, what brings it back later stays as it is.
                _rebase(waiting.filter(uid=uid), content or before.get(uid), before.get(uid), now)
        _drop_empty(roadmap, now)
        check_waiting(roadmap, now)


def _redate_announcement(edition: models.Edition, at: datetime.datetime, now: datetime.datetime) -> None:
    """The entry that was drafted for an Edition goes by its day, unless somebody gave it another."""
    if not edition.announcement:
        return
    old, new = uk_date(edition.published_at), uk_date(at)
    revision = edition.revisions.filter(uid=edition.announcement).exclude(content="").first()
    content = revision and revision.as_content()
    if revision and isinstance(content, things.ChangelogEntryContent) and content.typed == old:
        _rewrite(revision, None, msgspec.structs.replace(content, typed=new), now)
        models.ChangelogEntry.objects.filter(uid=edition.announcement, when=old).update(when=new)


def reschedule(edition: models.Edition, at: datetime.datetime, now: datetime.datetime | None = None) -> None:
    """Moves a scheduled Edition to another time.

    Raises AlreadyPublished, AboutToAppear; NoSuchTime, also where it would pass another that changes the same thing;
    WouldTear where one of them needs the other; Edition.DoesNotExist where somebody took it back before.
    """
    with transaction.atomic():
        edition, now = _locked(edition, now)
        check_time(at, now)
        first, last = sorted((edition.published_at, at))
        passed = edition.roadmap.editions.filter(published_at__range=(first, last)).exclude(pk=edition.pk)
        if touched := edition.revisions.filter(uid__in=passed.values("revisions__uid")).first():
            raise NoSuchTime(
                f"Another scheduled edition changes “{touched.title}” too, and this one would pass it. "
                "Keep them in their order, or cancel one of them."
            )
        models.Edition.objects.filter(pk=edition.pk).change_unseen(now, published_at=at)
        _redate_announcement(edition, at, now)
        _renumber(edition.roadmap, now)
        check_waiting(edition.roadmap, now)
