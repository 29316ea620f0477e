"""Loads what has been published, and keeps it in memory under its Edition.

An Edition never changes, so neither does what is made from it: nothing here is ever purged, and any number of
processes agree as soon as they see the same newest Edition. See docs/decisions/0003-no-cache-invalidation.md.
Two queries at most: which Edition is the newest, and, the first time that it is asked for, all of its contents.
"""

import datetime
import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock

from django.db import DatabaseError
from django.db.models import Case, DateTimeField, Exists, OuterRef, Subquery, When

from roadmap.content.changes import FieldChange
from roadmap.content.choices import Noun
from roadmap.content.snapshot import Snapshot
from roadmap.content.things import Content, from_json
from roadmap.models.published import Change, Edition, Revision
from roadmap.published.history import WORDS_OF_ENTRY, History, Row, ToldChange

logger = logging.getLogger(__name__)

# How many Editions a process keeps: the newest of each roadmap, and a few that were asked for by date.
CAPACITY = 32


@dataclass
class LatestChanges:
    """What happened to one thing when it was last published."""

    noun: Noun
    title: str
    address: str
    edition_number: int
    published_at: datetime.datetime
    is_withdrawn: bool
    is_seen: bool = True  # by readers; not where it is still to come
    corrected_at: datetime.datetime | None = None  # when the words of a changelog entry were last corrected
    told: list[ToldChange] = field(default_factory=list)

    @property
    def announced(self) -> list[ToldChange]:
        return [one for one in self.told if not one.is_minor]


@dataclass(frozen=True)
class EditionSeen:
    """What a page says of the Edition that it shows."""

    roadmap_slug: str
    number: int
    published_at: datetime.datetime
    uid: str = ""  # a draft has none


@dataclass(frozen=True, eq=False)
class PublishedRoadmap:
    """One roadmap as of one Edition. Shared by every request: never change it."""

    edition: EditionSeen
    snapshot: Snapshot
    latest_changes: dict[str, LatestChanges]  # by uid, of every thing there is or was
    history: History | None = None  # up to this Edition, where it came with it: see `history_of`

    def withdrawn(self, noun: Noun, address: str) -> LatestChanges | None:
        """What was last at this address, where it was withdrawn."""
        found = [
            one
            for one in self.latest_changes.values()
            if one.is_withdrawn and one.noun is noun and one.address == address
        ]
        return max(found, key=lambda one: one.edition_number, default=None)


class _Shelf:
    """The Editions that this process holds, and which was last seen of each roadmap."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, PublishedRoadmap] = OrderedDict()  # by the Edition's uid
        self._last_seen: dict[str, PublishedRoadmap] = {}
        self._histories: dict[str, tuple[str, History]] = {}  # by slug: up to which Edition, by its uid
        self._lock = Lock()

    def get(self, uid: object) -> PublishedRoadmap | None:
        with self._lock:
            if str(uid) in self._held:
                self._held.move_to_end(str(uid))
            return self._held.get(str(uid))

    def put(self, loaded: PublishedRoadmap) -> None:
        with self._lock:
            self._held[loaded.edition.uid] = loaded
            while len(self._held) > CAPACITY:
                self._held.popitem(last=False)

    def saw(self, loaded: PublishedRoadmap) -> None:
        self._last_seen[loaded.edition.roadmap_slug] = loaded

    def last_seen(self, slug: str) -> PublishedRoadmap | None:
        return self._last_seen.get(slug)

    def history(self, slug: str) -> tuple[str, History]:
        return self._histories.get(slug, ("", History()))

    def put_history(self, edition: EditionSeen, loaded: History) -> None:
        with self._lock:
            if not self.history(edition.roadmap_slug)[1].has(edition.number, edition.uid):  # a longer one stays
                self._histories[edition.roadmap_slug] = edition.uid, loaded

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
            self._last_seen.clear()
            self._histories.clear()

    def all_last_seen(self) -> list[PublishedRoadmap]:
        return [*self._last_seen.values()]


_shelf = _Shelf()


def forget_all() -> None:
    """As a process that has just begun. Only tests and benchmarks need it."""
    _shelf.clear()


def newest(slug: str, at: datetime.datetime) -> PublishedRoadmap | None:
    """What readers of one roadmap see at that moment; None where nothing has been published under that address.

    While the database cannot be reached, what this process saw last is shown rather than an error.
    """
    try:
        edition = Edition.objects.newest(slug, at)
        if edition is None:
            return None
        loaded = as_of(edition)
    except DatabaseError:
        stale = _shelf.last_seen(slug)
        if stale is None:
            raise
        logger.exception("The database cannot be read: showing edition %s of %s", stale.edition.number, slug)
        return stale
    _shelf.saw(loaded)
    return loaded


def newest_of_each(at: datetime.datetime) -> list[PublishedRoadmap]:
    """Every roadmap that readers see at that moment, in their order."""
    try:
        editions = [*Edition.objects.newest_of_each(at)]
        held = {edition.uid: loaded for edition in editions if (loaded := _shelf.get(edition.uid))}
        missing = [edition for edition in editions if edition.uid not in held]
        for edition, loaded in zip(missing, _load(missing), strict=True):
            held[edition.uid] = loaded
    except DatabaseError:
        stale = _shelf.all_last_seen()
        if not stale:
            raise
        logger.exception("The database cannot be read: showing the editions seen last")
        return _by_position(stale)
    for loaded in held.values():
        _shelf.saw(loaded)
    return _by_position(held.values())


def as_of(edition: Edition) -> PublishedRoadmap:
    """The whole roadmap as that Edition left it. Only for one that readers see: see `as_of_unseen`."""
    return _shelf.get(edition.uid) or _load([edition])[0]


def as_of_unseen(edition: Edition) -> PublishedRoadmap:
    """The same of an Edition that waits for its time: not kept in memory, because until then it can still change."""
    return _read([edition])[0]


def history_of(published: PublishedRoadmap, *, may_lack_newest: bool = False) -> History:
    """Everything that happened up to that Edition.

    Raises DatabaseError where the database cannot be reached and this process does not hold it. `may_lack_newest` is
    for whoever tells readers that something is missing: what this process holds of it will do then.
    """
    if published.history is not None:
        return published.history
    edition = published.edition
    uid, held = _shelf.history(edition.roadmap_slug)
    if uid == edition.uid:
        return held
    if held.has(edition.number, edition.uid):
        return held.until(edition.number)
    try:
        loaded = _read_history(edition.roadmap_slug, edition.number, known=held)
    except DatabaseError:
        if not (may_lack_newest and held.editions):
            raise
        logger.exception("The database cannot be read: showing the history to edition %s", held.newest_number)
        return held.until(edition.number)
    _shelf.put_history(edition, loaded)
    return loaded


def history_unseen(edition: Edition) -> History:
    """The same of an Edition that waits for its time: not kept in memory, because until then it can still change."""
    return _read_history(edition.roadmap_slug, edition.number, known=History())


def on_day(published: PublishedRoadmap, end_of_day: datetime.datetime) -> PublishedRoadmap | None:
    """The roadmap as readers saw it at that moment. None where there was none yet. Raises DatabaseError.

    Made from the history, so that it costs no query for an Edition of its own.
    """
    history = history_of(published)
    edition = history.on_day(end_of_day)
    if edition is None:
        return None
    held = _shelf.get(edition.uid)
    if held is None:
        held = made_of(published.edition.roadmap_slug, history.until(edition.number))
        _shelf.put(held)
    return held


def made_of(slug: str, history: History) -> PublishedRoadmap:
    """The whole roadmap as the last Edition of that history left it."""
    edition = history.editions[-1]
    latest = {}
    for uid, happened in history.by_uid.items():
        last, thing = happened[-1]
        corrected = [
            one.edition.published_at
            for one in happened
            if one.thing.noun is Noun.CHANGELOG_ENTRY
            and any(told.change.field in WORDS_OF_ENTRY for told in one.thing.told)
        ]
        latest[uid] = LatestChanges(
            thing.noun,
            thing.title,
            thing.address,
            last.number,
            last.published_at,
            is_withdrawn=thing.is_withdrawn,
            corrected_at=corrected[-1] if corrected else None,
            told=[*thing.told],
        )
    return PublishedRoadmap(
        EditionSeen(slug, edition.number, edition.published_at, edition.uid),
        Snapshot(history.contents.values()),
        latest,
        history,
    )


def _by_position(roadmaps: Iterable[PublishedRoadmap]) -> list[PublishedRoadmap]:
    return sorted(roadmaps, key=lambda one: (one.snapshot.roadmap.position, one.snapshot.roadmap.title))


def _load(editions: list[Edition]) -> list[PublishedRoadmap]:
    """Reads them, in their order, and keeps them."""
    loaded = _read(editions)
    for one in loaded:
        _shelf.put(one)
    return loaded


# Whatever a later Revision changed besides (its place in the list), a corrected entry stays marked as corrected.
_CORRECTED_AT = Case(
    When(
        noun=Noun.CHANGELOG_ENTRY,
        then=Subquery(
            Change.objects.filter(
                field__in=WORDS_OF_ENTRY,
                revision__uid=OuterRef("uid"),
                revision__edition__number__lte=OuterRef("edition__number"),
            )
            .order_by("-revision__edition__number")
            .values("revision__edition__published_at")[:1]
        ),
    ),
    output_field=DateTimeField(),
)


def _read(editions: list[Edition]) -> list[PublishedRoadmap]:
    """All in one query: for each thing its newest Revision, once for every Change that came with it."""
    if not editions:
        return []
    contents: dict[int, dict[str, Content]] = {edition.roadmap_id: {} for edition in editions}
    latest: dict[int, dict[str, LatestChanges]] = {edition.roadmap_id: {} for edition in editions}
    rows = (
        Revision.objects.as_of(*editions)
        .annotate(corrected_at=_CORRECTED_AT)
        .order_by("edition__number", "pk", "changes__pk")
        .values_list(
            "edition__roadmap_id",
            "uid",
            "noun",
            "title",
            "address",
            "content",
            "edition__number",
            "edition__published_at",
            "changes__field",
            "changes__before",
            "changes__after",
            "changes__reason",
            "changes__is_minor",
            "corrected_at",
        )
    )
    for roadmap, uid, noun, title, address, text, number, at, *change, corrected_at in rows.iterator():
        name, before, after, reason, is_minor = change
        key = str(uid)
        if key not in latest[roadmap]:
            latest[roadmap][key] = LatestChanges(
                Noun(noun), title, address, number, at, is_withdrawn=not text, corrected_at=corrected_at
            )
            if text:
                contents[roadmap][key] = from_json(Noun(noun), text)
        if name is not None:
            latest[roadmap][key].told.append(ToldChange(FieldChange(Noun(noun), name, before, after), reason, is_minor))
    return [
        PublishedRoadmap(
            EditionSeen(edition.roadmap_slug, edition.number, edition.published_at, str(edition.uid)),
            Snapshot(contents[edition.roadmap_id].values()),
            latest[edition.roadmap_id],
        )
        for edition in editions
    ]


def _read_history(slug: str, number: int, *, known: History) -> History:
    """All in one query: what is known already, and every Edition after it up to that number.

    What is known, which ends before that Edition or has another of its number, may be of a database that was put back
    to an earlier state since: then all is read from the beginning.
    """
    if known.newest_number >= number:
        known = History()
    editions = Edition.objects.filter(roadmap_slug=slug)
    later = editions.filter(number__lte=number, number__gt=known.newest_number)
    if known.editions:
        later = later.filter(Exists(editions.filter(uid=known.editions[-1].uid)))
    rows = later.order_by("number", "revisions__pk", "revisions__changes__pk").values_list(
        "uid",
        "number",
        "published_at",
        "note",
        "revisions__noun",
        "revisions__uid",
        "revisions__title",
        "revisions__address",
        "revisions__content",
        "revisions__changes__field",
        "revisions__changes__before",
        "revisions__changes__after",
        "revisions__changes__reason",
        "revisions__changes__is_minor",
    )
    found = known.extended(Row(*row) for row in rows.iterator())
    if known.editions and found.newest_number != number:
        return _read_history(slug, number, known=History())
    return found
