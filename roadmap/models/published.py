"""What has been published: Editions, Revisions and Changes, and the queryset words that reading is made of.

Rows here are written once, by roadmap.publishing, and never changed: see `Immutable`. Nothing here knows the
working copies, but for the roadmap to which an Edition belongs.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Max, Min, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from roadmap.content.changes import FieldChange
from roadmap.content.choices import Noun
from roadmap.content.meanings import as_published
from roadmap.content.things import Content
from roadmap.dates.clock import day_of
from roadmap.models.asked_often import AskedOften
from roadmap.models.uids import UidStored, UidText, text_of_uid


class ImmutableError(Exception):
    """Somebody tried to change or remove what has been published. Publish a correction instead."""


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise ImmutableError("What has been published is never changed or removed: publish a correction instead.")


class ImmutableQuerySet(models.QuerySet[Any]):
    """Rows may be added and read, and nothing else, once readers can see them.

    An Edition that waits for its time is seen by nobody: it can still be moved or taken back, with its Revisions and
    Changes, by the two words that say so. They belong to roadmap.publishing.
    """

    def change_unseen(self, now: datetime.datetime, **values: Any) -> None:
        """Raises ImmutableError where readers can see any of these at that moment."""
        self._refuse_if_seen(now)
        super().update(**values)

    def remove_unseen(self, now: datetime.datetime) -> None:
        """Raises ImmutableError where readers can see any of these at that moment."""
        self._refuse_if_seen(now)
        super().delete()

    def _refuse_if_seen(self, now: datetime.datetime) -> None:
        way = self.model.way_to_edition
        if self.filter(models.Q(**{f"{way}published_at__lte": now}) | models.Q(**{f"{way}was_seen": True})).exists():
            _refuse()

    def bulk_create(self, objs: Any, batch_size: int | None = None, **on_conflict: Any) -> list[Any]:  # type: ignore[override]
        if any(on_conflict.values()):
            _refuse()
        return super().bulk_create(objs, batch_size)

    update = delete = bulk_update = update_or_create = _refuse


class Immutable(models.Model):
    """A row that is written once."""

    way_to_edition = ""  # as a prefix of its fields

    objects: ClassVar[Any] = ImmutableQuerySet.as_manager()

    class Meta:
        abstract = True
        # Django itself goes by this one, for example when rows are added to a relation: it must refuse too.
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    delete = _refuse


class EditionQuerySet(ImmutableQuerySet):
    """Of each roadmap, those that were seen come before all others, in their numbers and in their times.

    So it is kept by whoever writes that they were, under the roadmap's lock. See docs/decisions/0021-seen-is-seen.md.
    """

    def live(self, now: datetime.datetime) -> EditionQuerySet:
        """Those that readers see by a clock which may be behind that of others: one dated later is scheduled."""
        return self.filter(models.Q(published_at__lte=now) | models.Q(was_seen=True))

    def scheduled(self, now: datetime.datetime) -> EditionQuerySet:
        """Those that readers do not see yet, in the order in which they will."""
        return self.filter(published_at__gt=now, was_seen=False).order_by("published_at", "number")

    def record_seen(self, roadmap_pk: int, now: datetime.datetime) -> None:
        """Writes down that readers see all of one roadmap that is live, once and for every clock."""
        with transaction.atomic(using=self.db):
            # The roadmap's lock. Whoever publishes meanwhile may still give another number to what waits.
            self.filter(roadmap=roadmap_pk).select_related("roadmap").select_for_update(of=("roadmap",)).first()
            unrecorded = self.filter(roadmap=roadmap_pk, published_at__lte=now, was_seen=False)
            super(ImmutableQuerySet, unrecorded).update(was_seen=True)

    def clock(self, roadmap: Any, now: datetime.datetime | None = None) -> datetime.datetime:
        """What time it is for one roadmap: later than the newest Edition that was seen, whatever this machine's says.

        What is live is recorded as seen. `now` is the machine's, for tests.
        """
        return self.clock_and_newest(roadmap, now)[0]

    def clock_and_newest(
        self, roadmap: Any, now: datetime.datetime | None = None
    ) -> tuple[datetime.datetime, Edition | None]:
        """The same, with the newest Edition that readers of the roadmap see."""
        now = now or timezone.now()
        newest = self.live(now).filter(roadmap=roadmap).order_by("-number").first()
        if newest and not newest.was_seen:
            self.record_seen(newest.roadmap_id, now)
            return self.clock_and_newest(roadmap, now)
        return (max(now, newest.published_at + datetime.timedelta.resolution) if newest else now), newest

    def newest(self, slug: str, at: datetime.datetime) -> Edition | None:
        """The Edition that readers of one roadmap see at that moment."""
        return self.live(at).filter(roadmap_slug=slug).order_by("-number").first()

    def newest_and_next(
        self, at: datetime.datetime
    ) -> tuple[frozenset[str], dict[str, frozenset[str]], datetime.datetime | None]:
        """The uids of the same: of every roadmap, and by address. And when the next that is scheduled will be live.

        In one query, whose SQL is made once: each process asks it every second. An address that a roadmap had earlier
        has the Edition that was the last there.
        """
        found = _NEWEST_AND_NEXT.ask(self.db, at)
        by_slug = {slug: frozenset([str(uid)]) for uid, slug, *_ in found}
        of_all = frozenset(str(uid) for uid, _, number, newest_number, _ in found if number == newest_number)
        return of_all, by_slug, found[0][-1] if found else None

    def rows_of_newest_and_next(self, at: datetime.datetime) -> models.QuerySet[Any, tuple[Any, ...]]:
        live, newest = self.live(at), Window(Max("number"), partition_by=F("roadmap"))
        newest_there = Window(Max("number"), partition_by=F("roadmap_slug"))
        next_at = self.scheduled(at).order_by().values("was_seen").annotate(first=Min("published_at")).values("first")
        return (
            live.annotate(newest=newest, newest_there=newest_there)
            .filter(number=F("newest_there"))
            .order_by("number")
            .values_list("uid", "roadmap_slug", "number", "newest", Subquery(next_at))
        )

    def newest_of_each(self, at: datetime.datetime) -> EditionQuerySet:
        """For every roadmap, the Edition that its readers see at that moment."""
        newer = self.live(at).filter(roadmap=models.OuterRef("roadmap"), number__gt=models.OuterRef("number"))
        return self.live(at).filter(~models.Exists(newer))


class Edition(Immutable):
    """Immutable: one act of publishing one roadmap."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.PROTECT, related_name="editions")
    roadmap_slug = models.SlugField("roadmap's address")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    # Whether it is known to have been live, by the clock of some machine: then it is so by every other.
    was_seen = models.BooleanField(default=False, editable=False)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    # The uid of the changelog entry that was drafted for this Edition, where one was: it comes and goes with it.
    announcement = models.UUIDField(null=True, editable=False)

    objects: ClassVar[EditionQuerySet] = EditionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Immutable.Meta):
        ordering = ["roadmap", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "number"], name="edition_number_is_used_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="edition_numbers_begin_at_1"),
        ]
        indexes = [models.Index(fields=["roadmap_slug", "-number"], name="edition_newest_by_slug")]

    def __str__(self) -> str:
        return f"{self.roadmap_slug} edition {self.number}"

    def is_live(self, now: datetime.datetime) -> bool:
        return self.was_seen or self.published_at <= now


_NEWEST_AND_NEXT = AskedOften(lambda database, at: Edition.objects.using(database).rows_of_newest_and_next(at))


class RevisionQuerySet(ImmutableQuerySet):
    def as_of(self, *editions: Edition) -> RevisionQuerySet:
        """For each thing of these Editions' roadmaps, its newest Revision up to and with them, removals included.

        One Edition of a roadmap, not two.
        """
        wanted = models.Q()
        for edition in editions:
            wanted |= models.Q(edition__roadmap=edition.roadmap_id, edition__number__lte=edition.number)
        return self.filter(wanted).newest()

    def newest(self) -> RevisionQuerySet:
        """For each thing, its newest among these Revisions."""
        newest_first = Window(RowNumber(), partition_by=F("uid"), order_by=F("edition__number").desc())
        places = self.annotate(place=newest_first)
        return Revision.objects.using(self.db).filter(pk__in=places.filter(place=1).values("pk"))

    def newest_of(self, roadmap: Any, at: datetime.datetime | None = None) -> RevisionQuerySet:
        """For each thing of a roadmap, its newest by that moment; without one, of all, scheduled Revisions too."""
        found = self.filter(edition__roadmap=roadmap)
        return (found if at is None else found.filter(edition__published_at__lte=at)).newest()

    def waiting(self, roadmap: Any, after: datetime.datetime) -> RevisionQuerySet:
        """Those that readers see after a moment only, in that order, each with its Edition."""
        found = self.filter(edition__roadmap=roadmap, edition__published_at__gt=after)
        return found.select_related("edition").order_by("edition__number")

    def newest_digests(self, roadmap: Any) -> dict[str, str]:
        """By uid, of all of a roadmap that was not withdrawn: what `newest_of` has, in half of the time."""
        rows = self.filter(edition__roadmap=roadmap).order_by("edition__number", "pk")
        newest = dict(rows.values_list(UidStored("uid"), "digest"))
        return {text_of_uid(uid): digest for uid, digest in newest.items() if digest}

    def withdrawn(self) -> dict[str, datetime.date]:
        """By uid, of all that was withdrawn, the day in London."""
        found = self.filter(content="").values_list("uid", "edition__published_at")
        return {str(uid): day_of(at) for uid, at in found}

    def last_seen(self, roadmap: Any, at: datetime.datetime | None, uids: Iterable[str]) -> dict[str, tuple[Any, Any]]:
        """Of things that were withdrawn, by uid: the last Content that readers had, and the releases of then by uid.

        No query where there are none of them.
        """
        wanted = [*uids]
        gone = self.filter(uid__in=wanted, content="").newest_of(roadmap, at) if wanted else self.none()
        numbers = {str(uid): number for uid, number in gone.values_list("uid", "edition__number")}
        contents, releases = {}, {}
        for number in {*numbers.values()}:
            earlier = self.filter(edition__number__lt=number)
            contents[number] = earlier.filter(uid__in=wanted).newest_of(roadmap, at).contents()
            releases[number] = earlier.filter(noun=Noun.RELEASE).newest_of(roadmap, at).contents()
        found = ((uid, contents[number].get(uid), releases[number]) for uid, number in numbers.items())
        return {uid: (content, then) for uid, content, then in found if content}

    def contents(self) -> dict[str, Content]:
        """By uid, of all that was not withdrawn."""
        rows = self.values_list(UidText("uid"), "noun", "content")
        return {uid: as_published(Noun(noun), text) for uid, noun, text in rows if text}

    def release_titles(self) -> dict[str, str]:
        """By uid, of the releases among them, withdrawn ones too, so that an item's move can be told in words."""
        return {str(uid): title for uid, title in self.filter(noun=Noun.RELEASE).values_list("uid", "title")}

    def releases(
        self, roadmap: Any, at: datetime.datetime | None = None, uids: Iterable[str] | None = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """What `compare` asks for, as `newest_of` has it: by uid, the same titles, and the Contents that are there.

        Of all releases, or of these.
        """
        wanted = self.filter(noun=Noun.RELEASE)
        if uids is not None:
            wanted = wanted.filter(uid__in=uids)
        rows = [*wanted.newest_of(roadmap, at).values_list(UidText("uid"), "title", "content")]
        contents = {uid: as_published(Noun.RELEASE, text) for uid, _, text in rows if text}
        return {uid: title for uid, title, _ in rows}, contents


class Revision(Immutable):
    """Immutable: one Content as published in one Edition; without content where the thing was removed."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="revisions")
    noun = models.CharField(max_length=20, choices=[(noun.value, noun.value) for noun in Noun])
    uid = models.UUIDField()
    # What the thing was called and where it was, in words and in its URL, when this was published: for the lists
    # and for saying what was withdrawn, without reading the content.
    title = models.CharField(max_length=200)
    address = models.CharField(max_length=100, blank=True)
    content = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 in hexadecimal of content as a draft would say it

    way_to_edition = "edition__"
    objects: ClassVar[RevisionQuerySet] = RevisionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Immutable.Meta):
        ordering = ["edition", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "uid"], name="revision_once_per_thing_and_edition"),
            models.CheckConstraint(
                condition=models.Q(content="", digest="") | (~models.Q(content="") & ~models.Q(digest="")),
                name="revision_has_content_and_digest_or_neither",
            ),
        ]
        indexes = [models.Index(fields=["uid", "edition"], name="revision_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"

    @property
    def is_removal(self) -> bool:
        return not self.content

    def as_content(self) -> Content:
        """The Content that was published. Raises ValueError where this Revision removed the thing."""
        if self.is_removal:
            raise ValueError(f"{self} removed the thing: it has no content")
        return as_published(Noun(self.noun), self.content)


class Change(Immutable):
    """Immutable: one field of one thing, before and after, in the Edition of its Revision."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="changes")
    field = models.CharField(max_length=100)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    is_minor = models.BooleanField(default=False)  # published, and not announced

    way_to_edition = "revision__edition__"

    class Meta(Immutable.Meta):
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["revision", "field"], name="change_once_per_field_and_revision")]

    def __str__(self) -> str:
        return f"{self.revision}: {self.field}"

    @classmethod
    def of(cls, revision: Revision, change: FieldChange, *, reason: str, is_minor: bool) -> Change:
        """Not saved yet."""
        told = {"field": change.field, "before": change.before, "after": change.after}
        return cls(revision=revision, reason=reason, is_minor=is_minor, **told)

    def as_field_change(self) -> FieldChange:
        return FieldChange(Noun(self.revision.noun), self.field, self.before, self.after)
