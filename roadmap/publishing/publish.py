"""One act of publishing, all of it or none: what is decided, and the act."""

import datetime
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from roadmap import models
from roadmap.content.changes import FieldChange
from roadmap.content.things import Content
from roadmap.models.nudges import nudge
from roadmap.publishing.announcement import Announcement, Reasons
from roadmap.publishing.errors import (
    EARLIEST,
    NEAR,
    AboutToAppear,
    AnnouncementRefused,
    NoSuchTime,
    NothingToPublish,
    OutOfOrder,
    PendingHasChanged,
    ReasonsMissing,
    SecondPersonNeeded,
    WouldTear,
    check_time,
)
from roadmap.publishing.pending import Pending, contents_with, marks, pending, retold
from roadmap.publishing.reviewed import as_reviewed
from roadmap.publishing.schedule import carry_over, check_waiting, check_whole, make_room
from roadmap.working_copies.to_content import contents

MAX_REASON_LENGTH = 500


@dataclass(frozen=True)
class Choices:
    """Immutable: the decisions of one act of publishing. By uid. The default publishes all, plainly."""

    leave_out: frozenset[str] = frozenset()
    minor: frozenset[str] = frozenset()  # published, but not announced
    reasons: Reasons = field(default_factory=dict)  # by uid and field of the change
    reason_for_all: str = ""  # for every date that moves later and has no reason of its own
    announcement: Announcement | None = None

    def __post_init__(self) -> None:
        """Raises ValueError where a reason is longer than what is kept."""
        if any(len(reason) > MAX_REASON_LENGTH for reason in (*self.reasons.values(), self.reason_for_all)):
            raise ValueError(f"A reason can have {MAX_REASON_LENGTH} characters at most.")


def publish(
    *,
    roadmap: models.Roadmap,
    by: User | None,
    note: str = "",
    at: datetime.datetime | None = None,
    choices: Choices | None = None,
    reviewed: Mapping[str, str] | None = None,
    read: tuple[dict[str, Content], list[Pending]] | None = None,
    now: datetime.datetime | None = None,
) -> models.Edition:
    """Publishes what is pending in one roadmap as one Edition, and returns it.

    Two callers at the same instant take turns: the second publishes what the first left, or is told that there is
    nothing. `by` is None where no person did it (a command run by the system). `at` is aware, and now by default; an
    Edition dated in the future is scheduled: readers do not see it yet. `choices` are the decisions of whoever
    reviewed, `reviewed` the marks of what they read, by uid: with it, just that is published, as they read it, and what
    was saved since stays pending: see `as_reviewed`. `read` are the working copies, by uid, and what is pending of
    them, where the caller has read both for that moment, under the lock that it still holds. `now` is the clock's, for
    tests and for such a caller; where readers have seen an Edition dated later, it is just after that.

    What other Editions that are still to come hold of the same things is brought in line: see `carry_over`.

    Raises PublishingRefused: NothingToPublish, OutOfOrder, AboutToAppear, PendingHasChanged, AnnouncementRefused,
    ReasonsMissing, WouldTear, NoSuchTime.
    """
    choices = choices or Choices()
    with transaction.atomic():
        roadmap = models.Roadmap.objects.lock(roadmap.pk)
        now = models.Edition.objects.clock(roadmap, now)
        at = at or now
        _check_order(roadmap, at, now)
        announced = _announce(roadmap, choices.announcement) if choices.announcement else None
        if read is None or announced:
            copies = {copy.uid: copy for copy in contents(roadmap)}
            everything = pending(roadmap, at, copies.values())
        else:
            copies, everything = read
        chosen = everything
        if reviewed is not None:
            chosen = as_reviewed(roadmap, at, copies, everything, reviewed, besides={str(announced)})
        chosen = [thing for thing in chosen if thing.uid not in choices.leave_out]
        lost = (reviewed or {}).keys() - choices.leave_out - {thing.uid for thing in chosen}
        if lost and all(thing.uid == str(announced) for thing in chosen):
            raise PendingHasChanged
        if not chosen:
            raise NothingToPublish(roadmap, is_all_left_out=bool(everything))
        found = retold(chosen, roadmap, at)
        check_reasons(roadmap, found, choices)
        _check_second_person(roadmap, found, by, now)
        # Working copies are whole among themselves: only what does not go out with them can leave a gap.
        if marks(chosen) != marks(everything) or roadmap.editions.scheduled(at).exists():
            try:
                check_nothing_is_torn(roadmap, found, at, copies)
            except WouldTear:
                if lost:
                    raise PendingHasChanged from None
                raise
        return write_edition(roadmap, found, choices, now, at=at, by=by, note=note, announced=announced)


def write_edition(
    roadmap: models.Roadmap,
    found: list[Pending],
    choices: Choices,
    now: datetime.datetime,
    *,
    at: datetime.datetime,
    by: User | None,
    note: str,
    announced: uuid.UUID | None = None,
) -> models.Edition:
    """One Edition of what was found and checked. Call it under the roadmap's lock. Raises WouldTear."""
    edition = models.Edition.objects.create(
        roadmap=roadmap,
        roadmap_slug=roadmap.slug,
        number=make_room(roadmap, at, now),
        published_at=at,
        was_seen=at <= now,
        published_by=by,
        note=note,
        announcement=announced,
    )
    _write_revisions(edition, found, choices)
    if roadmap.editions.scheduled(at).exists():
        carry_over(edition, found, now)
        check_waiting(roadmap, at)
    transaction.on_commit(nudge, robust=True)
    return edition


def check_reasons(roadmap: models.Roadmap, found: Iterable[Pending], choices: Choices) -> None:
    """Raises ReasonsMissing where the roadmap asks for a reason that nobody gave."""
    if roadmap.asks_reasons and (missing := [*without_reason(found, choices)]):
        raise ReasonsMissing(missing)


def _write_revisions(edition: models.Edition, found: list[Pending], choices: Choices) -> None:
    """Stores what was found as Revisions of that Edition, with their Changes."""
    revisions = models.Revision.objects.bulk_create(
        models.Revision(
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
    models.Change.objects.bulk_create(
        models.Change.of(
            revision,
            change,
            reason=_reason(thing, change.field, choices),
            is_minor=thing.uid in choices.minor or not change.is_news,
        )
        for revision, thing in zip(revisions, found, strict=True)
        for change in thing.changes
    )


def without_reason(found: Iterable[Pending], choices: Choices) -> Iterator[tuple[str, str, FieldChange]]:
    """Every change among these that asks for a reason and has none, with the uid and the title of its thing."""
    for thing in found:
        yield from (
            (thing.uid, thing.title, change) for change in thing.slips if not _reason(thing, change.field, choices)
        )


def reason_of(thing: Pending, field: str, given: Reasons, for_all: str) -> str:
    """What readers are told: the reason given for that change or, where it slips, that for all."""
    return given.get((thing.uid, field), "").strip() or (for_all.strip() if field in thing.slipped else "")


def _reason(thing: Pending, field: str, choices: Choices) -> str:
    return reason_of(thing, field, choices.reasons, choices.reason_for_all)


def _check_order(roadmap: models.Roadmap, at: datetime.datetime, now: datetime.datetime) -> None:
    editions = roadmap.editions
    if at.year < EARLIEST:
        raise NoSuchTime(f"An edition cannot be dated before {EARLIEST}: choose a later time.")
    if at > now:
        check_time(at, now)
    elif at < now and (seen_later := editions.live(now).filter(published_at__gt=at).order_by("number").first()):
        raise OutOfOrder(seen_later)
    if at <= now and editions.filter(published_at__gt=at, published_at__lte=at + NEAR).exists():
        raise AboutToAppear


def _announce(roadmap: models.Roadmap, announcement: Announcement) -> uuid.UUID:
    """The changelog entry becomes a working copy like any other, and so is among what is pending. Returns its uid."""
    entry = models.ChangelogEntry(roadmap=roadmap, **asdict(announcement))
    try:
        entry.full_clean()
    except ValidationError as error:
        raise AnnouncementRefused(f"The changelog entry: {' '.join(error.messages)}") from error
    entry.save()
    return entry.uid


def _check_second_person(
    roadmap: models.Roadmap, found: Iterable[Pending], by: User | None, now: datetime.datetime
) -> None:
    """Raises SecondPersonNeeded where the roadmap asks for one and whoever publishes edited some of this. What
    no person publishes nobody has both edited and published.
    """
    if by is not None and (titles := not_alone(roadmap, found, by, now)):
        raise SecondPersonNeeded(titles)


def not_alone(roadmap: models.Roadmap, found: Iterable[Pending], by: User, now: datetime.datetime) -> list[str]:
    """Titles of what somebody may not publish alone: where the roadmap asks for another person, what they have saved
    since readers see it as it was.
    """
    if not roadmap.asks_second_person:
        return []
    things = {thing.uid: thing.title for thing in found}
    published = models.Revision.objects.filter(uid=OuterRef("uid"), edition__published_at__lte=now).order_by(
        "-edition__number"
    )
    own = (
        models.Save.objects.filter(roadmap=roadmap, uid__in=things, saved_by=by)
        .annotate(published_at=Subquery(published.values("edition__published_at")[:1]))
        .filter(Q(published_at=None) | Q(saved_at__gt=F("published_at")))
    )
    edited = {str(uid) for uid in own.values_list("uid", flat=True)}
    return [title for uid, title in things.items() if uid in edited]


def check_nothing_is_torn(
    roadmap: models.Roadmap, found: list[Pending], at: datetime.datetime, copies: Mapping[str, Content]
) -> None:
    """`copies` are the working copies by uid. Raises WouldTear."""
    result = contents_with(found, roadmap, at)
    drafts = {uid: str(getattr(copy, "title", "")) for uid, copy in copies.items()}
    check_whole(result, drafts, is_roadmap_in=any(thing.uid == str(roadmap.uid) for thing in found))
