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

from roadmap.changes import FieldChange
from roadmap.content import Content, Noun, Snapshot, from_json
from roadmap.models.published import Edition, Revision

logger = logging.getLogger(__name__)

# How many Editions a process keeps: the newest of each roadmap, and a few that were asked for by date.
CAPACITY = 32


@dataclass(frozen=True)
class ToldChange:
    """A change as readers are told of it."""

    change: FieldChange
    reason: str


@dataclass
class LatestChanges:
    """What happened to one thing when it was last published."""

    noun: Noun
    title: str
    address: str
    edition_number: int
    published_at: datetime.datetime
    is_withdrawn: bool
    told: list[ToldChange] = field(default_factory=list)


@dataclass(frozen=True)
class PublishedRoadmap:
    """One roadmap as of one Edition. Shared by every request: never change it."""

    edition: Edition
    snapshot: Snapshot
    latest_changes: dict[str, LatestChanges]  # by uid, of every thing there is or was

    def changes_of_this_edition(self) -> list[LatestChanges]:
        return [one for one in self.latest_changes.values() if one.edition_number == self.edition.number]

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
        self._held: OrderedDict[object, PublishedRoadmap] = OrderedDict()
        self._last_seen: dict[str, PublishedRoadmap] = {}
        self._lock = Lock()

    def get(self, edition: Edition) -> PublishedRoadmap | None:
        with self._lock:
            if edition.uid in self._held:
                self._held.move_to_end(edition.uid)
            return self._held.get(edition.uid)

    def put(self, loaded: PublishedRoadmap) -> None:
        with self._lock:
            self._held[loaded.edition.uid] = loaded
            while len(self._held) > CAPACITY:
                self._held.popitem(last=False)

    def saw(self, loaded: PublishedRoadmap) -> None:
        self._last_seen[loaded.edition.roadmap_slug] = loaded

    def last_seen(self, slug: str) -> PublishedRoadmap | None:
        return self._last_seen.get(slug)

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
            self._last_seen.clear()

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
        held = {edition.uid: loaded for edition in editions if (loaded := _shelf.get(edition))}
        for loaded in _load([edition for edition in editions if edition.uid not in held]):
            held[loaded.edition.uid] = loaded
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
    """The whole roadmap as that Edition left it."""
    return _shelf.get(edition) or _load([edition])[0]


def _by_position(roadmaps: Iterable[PublishedRoadmap]) -> list[PublishedRoadmap]:
    return sorted(roadmaps, key=lambda one: (one.snapshot.roadmap.position, one.snapshot.roadmap.title))


def _load(editions: list[Edition]) -> list[PublishedRoadmap]:
    """All in one query: for each thing its newest Revision, once for every Change that came with it."""
    if not editions:
        return []
    contents: dict[int, dict[str, Content]] = {edition.roadmap_id: {} for edition in editions}
    latest: dict[int, dict[str, LatestChanges]] = {edition.roadmap_id: {} for edition in editions}
    rows = (
        Revision.objects.as_of(*editions)
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
        )
    )
    for roadmap, uid, noun, title, address, text, number, at, name, before, after, reason in rows.iterator():
        key = str(uid)
        if key not in latest[roadmap]:
            latest[roadmap][key] = LatestChanges(Noun(noun), title, address, number, at, is_withdrawn=not text)
            if text:
                contents[roadmap][key] = from_json(Noun(noun), text)
        if name is not None:
            latest[roadmap][key].told.append(ToldChange(FieldChange(Noun(noun), name, before, after), reason))
    loaded = [
        PublishedRoadmap(edition, Snapshot(contents[edition.roadmap_id].values()), latest[edition.roadmap_id])
        for edition in editions
    ]
    for one in loaded:
        _shelf.put(one)
    return loaded
