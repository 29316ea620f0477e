"""Loads what has been published, and keeps it in memory under its Edition.

An Edition never changes, so neither does what is made from it: nothing here is ever purged, and any number of
processes agree as soon as they see the same newest Edition. See docs/decisions/0003-no-cache-invalidation.md.
Two queries at most: which Edition is the newest, and, the first time that it is asked for, all that led to it.
All that is ever written is that an Edition was seen, once: see docs/decisions/0021-seen-is-seen.md.

What is handed out to readers has passed through roadmap.published.redaction. What has not says "whole": it is for
previews, which redact it once they have made of it what would be so.
"""

import datetime
import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from itertools import groupby
from operator import itemgetter
from threading import Lock
from typing import Generic, TypeVar

from django.db import DatabaseError
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Subquery, When
from django.utils import timezone

from roadmap.content.choices import Noun
from roadmap.content.snapshot import Came, PlacedItem, Snapshot
from roadmap.content.things import Content
from roadmap.models.published import Change, Edition, Revision
from roadmap.published.away import PRIMARY, expect_answer
from roadmap.published.history import WORDS_OF_ENTRY, ChangeRow, History, read_thing
from roadmap.published.redaction import for_readers, history_for_readers
from roadmap.published.roadmap import CAPACITY, EditionSeen, LatestChanges, PublishedRoadmap, latest_changes
from roadmap.published.source import ask

logger = logging.getLogger(__name__)

Key = TypeVar("Key")
Kept = TypeVar("Kept")


class LastUsed(Generic[Key, Kept]):
    """What a process keeps in memory of much that it could keep: that which was used last. Shared by its threads."""

    def __init__(self, most: int):
        self._most = most
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Kept | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Key, kept: Kept) -> None:
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


def now() -> datetime.datetime:
    """The one place where the public side reads the clock. Everything else is told what time it is."""
    return timezone.now()


class _Shelf:
    """The Editions that this process holds, and what it last saw of each roadmap, by slug."""

    def __init__(self) -> None:
        self.held: LastUsed[str, PublishedRoadmap] = LastUsed(CAPACITY)  # by the Edition's uid
        self.last_seen: dict[str, PublishedRoadmap] = {}
        self.recorded: set[str] = set()  # by its uid, what this process has written down as seen, or could not
        self._histories: dict[str, tuple[str, History]] = {}  # up to which Edition, by its uid
        self._lock = Lock()

    def saw(self, loaded: PublishedRoadmap) -> None:
        self.last_seen[loaded.edition.roadmap_slug] = loaded

    def history(self, slug: str) -> tuple[str, History]:
        return self._histories.get(slug, ("", History()))

    def put_history(self, edition: EditionSeen, loaded: History) -> None:
        with self._lock:
            if not self.history(edition.roadmap_slug)[1].has(edition.number, edition.uid):  # a longer one stays
                self._histories[edition.roadmap_slug] = edition.uid, loaded

    def clear(self) -> None:
        self.held.clear()
        self.last_seen.clear()
        self.recorded.clear()
        self._histories.clear()


_shelf = _Shelf()


def forget_all() -> None:
    """As a process that has just begun. Only tests and benchmarks need it."""
    _shelf.clear()


def newest(slug: str, at: datetime.datetime) -> PublishedRoadmap | None:
    """What readers of one roadmap see at that moment; None where nothing has been published under that address.

    While the database cannot be reached, what this process saw last is shown rather than an error.
    """
    try:
        edition = ask(lambda database: Edition.objects.using(database).newest(slug, at))
        if edition and _recorded([edition], at):
            edition = Edition.objects.newest(slug, at)
        if edition is None:
            return None
        loaded = _shelf.held.get(str(edition.uid)) or _with_history(edition)
    except DatabaseError:
        stale = _shelf.last_seen.get(slug)
        if stale is None:
            raise
        logger.exception("The database cannot be read: showing edition %s of %s", stale.edition.number, slug)
        return for_readers(stale)
    _shelf.saw(loaded)
    return for_readers(loaded)


def newest_of_each(at: datetime.datetime, *, with_history: bool = False) -> list[PublishedRoadmap]:
    """Every roadmap that readers see at that moment, in their order. `with_history`: which will be asked for too."""
    try:
        editions = ask(lambda database: [*Edition.objects.using(database).newest_of_each(at)])
        if _recorded(editions, at):
            editions = [*Edition.objects.newest_of_each(at)]
        held = {edition.uid: loaded for edition in editions if (loaded := _shelf.held.get(str(edition.uid)))}
        missing = [edition for edition in editions if edition.uid not in held]
        new = map(_with_history, missing) if with_history else _load(missing)
        for edition, loaded in zip(missing, new, strict=True):
            held[edition.uid] = loaded
    except DatabaseError:
        stale = [*_shelf.last_seen.values()]
        if not stale:
            raise
        logger.exception("The database cannot be read: showing the editions seen last")
        return _by_position(stale)
    for loaded in held.values():
        _shelf.saw(loaded)
    return _by_position(held.values())


def _recorded(editions: Iterable[Edition], at: datetime.datetime) -> bool:
    """Writes down that readers see these, before they do; whether it did, so that they must be read again.

    Once for each Edition that waited for its time. Where nothing can be written, on a copy of the database, say,
    readers see it all the same.
    """
    is_any = False
    for edition in editions:
        if edition.was_seen or str(edition.uid) in _shelf.recorded:
            continue
        _shelf.recorded.add(str(edition.uid))
        try:
            expect_answer()
            Edition.objects.record_seen(edition.roadmap_id, at)
            is_any = True
        except DatabaseError:
            logger.exception("It cannot be written down that readers see %s", edition)
    return is_any


def as_of(edition: Edition) -> PublishedRoadmap:
    """The whole roadmap as that Edition left it. Only for one that readers see: see `as_of_unseen`."""
    return _shelf.held.get(str(edition.uid)) or _load([edition])[0]


def _with_history(edition: Edition) -> PublishedRoadmap:
    """The same, made of its history: most pages tell of that too, and both together cost one query."""
    seen = _seen(edition)
    try:
        loaded = replace(made_of(seen.roadmap_slug, _history_until(seen)), history=None)
    except DatabaseError:
        return as_of(edition)
    _shelf.held.put(seen.uid, loaded)
    return loaded


def as_of_unseen(edition: Edition) -> PublishedRoadmap:
    """The same, with its history, of an Edition that waits for its time: not kept, because it can still change."""
    history = _read_history(edition.roadmap_slug, edition.number, PRIMARY, known=History())
    return replace(_read([edition], PRIMARY)[0], history=history)


def history_of(published: PublishedRoadmap, *, may_lack_newest: bool = False) -> History:
    """Everything that happened up to that Edition, as its readers may know it.

    Raises DatabaseError where the database cannot be reached and this process does not hold it. `may_lack_newest` is
    for whoever tells readers that something is missing: what this process holds of it will do then.
    """
    if published.history is not None:
        return published.history  # it came with what was handed out
    return history_for_readers(whole_history_of(published, may_lack_newest=may_lack_newest), published)


def whole_history_of(published: PublishedRoadmap, *, may_lack_newest: bool = False) -> History:
    """The same with all that it says."""
    return published.history or _history_until(published.edition, may_lack_newest=may_lack_newest)


def _history_until(edition: EditionSeen, *, may_lack_newest: bool = False) -> History:
    uid, held = _shelf.history(edition.roadmap_slug)
    if uid == edition.uid:
        return held
    if held.has(edition.number, edition.uid):
        return held.until(edition.number)
    try:
        read = partial(_read_history, edition.roadmap_slug, edition.number, known=held)
        loaded = ask(read, edition.uid)
    except DatabaseError:
        if not (may_lack_newest and held.editions):
            raise
        logger.exception("The database cannot be read: showing the history to edition %s", held.newest_number)
        return held.until(edition.number)
    _shelf.put_history(edition, loaded)
    return loaded


def on_day(published: PublishedRoadmap, end_of_day: datetime.datetime) -> PublishedRoadmap | None:
    """The roadmap as readers saw it at that moment. None where there was none yet, or they may not know.

    Made from the history, so that it costs no query for an Edition of its own. Raises DatabaseError.
    """
    if not published.tells_dates:
        return None
    history = whole_history_of(published)
    edition = history.on_day(end_of_day)
    if edition is None:
        return None
    held = _shelf.held.get(str(edition.uid))
    if held is None:
        held = made_of(published.edition.roadmap_slug, history.until(edition.number))
        _shelf.held.put(held.edition.uid, held)
    return for_readers(held)


def made_of(slug: str, history: History) -> PublishedRoadmap:
    """The whole roadmap as the last Edition of that history left it."""
    newest, seen = history.editions[-1], _shelf.last_seen.get(slug)
    latest: dict[str, LatestChanges] = {}
    came: dict[str, Came] = {}
    items: dict[str, PlacedItem] = {}
    for edition in history.editions:
        for place, thing in enumerate(edition.told):
            if thing.noun is Noun.CHANGELOG_ENTRY:
                came.setdefault(thing.uid, (edition.number, place))
            if thing.item_after:
                items[thing.uid] = thing.item_after
            before = latest.get(thing.uid)
            latest[thing.uid] = latest_changes(thing, edition, before.corrected_at if before else None)
    return PublishedRoadmap(
        EditionSeen(slug, newest.number, newest.published_at, newest.uid),
        Snapshot(history.contents.values(), came, like=[*items.values(), *(seen.snapshot.items if seen else ())]),
        latest,
        history,
    )


def _seen(edition: Edition) -> EditionSeen:
    return EditionSeen(edition.roadmap_slug, edition.number, edition.published_at, str(edition.uid))


def _by_position(roadmaps: Iterable[PublishedRoadmap]) -> list[PublishedRoadmap]:
    contents = [(published.snapshot.roadmap, published) for published in roadmaps]
    in_order = sorted(contents, key=lambda pair: (pair[0].position, pair[0].title))
    return [for_readers(published) for _, published in in_order]


def _load(editions: list[Edition]) -> list[PublishedRoadmap]:
    """Reads them, in their order, and keeps them."""
    loaded = ask(partial(_read, editions), *(str(edition.uid) for edition in editions))
    for published in loaded:
        _shelf.held.put(published.edition.uid, published)
    return loaded


def _first(field: str) -> Case:
    """Of an entry of the changelog, from its first Revision: entries of one day stand as they came."""
    revisions = Revision.objects.filter(uid=OuterRef("uid")).order_by("edition__number")
    return Case(When(noun=Noun.CHANGELOG_ENTRY, then=Subquery(revisions.values(field)[:1])))


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


def _read(editions: list[Edition], database: str) -> list[PublishedRoadmap]:
    """All in one query: for each thing its newest Revision, once for every Change that came with it."""
    if not editions:
        return []
    contents: dict[int, dict[str, Content]] = {edition.roadmap_id: {} for edition in editions}
    latest: dict[int, dict[str, LatestChanges]] = {edition.roadmap_id: {} for edition in editions}
    came: dict[int, dict[str, Came]] = {edition.roadmap_id: {} for edition in editions}
    rows = (
        Revision.objects.using(database)
        .as_of(*editions)
        # Turning a uid of each row into one costs a fifth: a Content has its own.
        .annotate(corrected_at=_CORRECTED_AT, uid_of_removed=Case(When(content="", then=F("uid"))))
        .annotate(came_with=_first("edition__number"), came_as=_first("pk"))
        .order_by("edition__number", "pk", "changes__pk")
        .values_list(
            *("pk", "edition__roadmap_id", "corrected_at", "came_with", "came_as"),
            *("edition__number", "edition__published_at"),
            *_columns("", "changes__", uid="uid_of_removed"),
        )
    )
    for _, of_thing in groupby(rows.iterator(), key=itemgetter(0)):
        found = [*of_thing]
        _, roadmap, corrected_at, came_with, came_as, number, at, *_ = found[0]
        changes = [ChangeRow(None, number, at, "", *row[7:]) for row in found]
        make = partial(LatestChanges, edition_number=number, published_at=at)
        thing = read_thing(changes, partial(make, corrected_at=corrected_at))
        if thing.is_correction:
            thing = read_thing(changes, partial(make, corrected_at=thing.published_at))
        latest[roadmap][thing.uid] = thing
        if came_with is not None:
            came[roadmap][thing.uid] = came_with, came_as
        if thing.after is not None:
            contents[roadmap][thing.uid] = thing.after
    return [
        PublishedRoadmap(
            _seen(edition),
            Snapshot(contents[edition.roadmap_id].values(), came[edition.roadmap_id]),
            latest[edition.roadmap_id],
        )
        for edition in editions
    ]


def _columns(revision: str, change: str, uid: str = "uid") -> list[str]:
    """Of a ChangeRow but for those of its Edition, by the ways from the rows that are asked for to each."""
    return [
        *(f"{revision}{name}" for name in ("noun", uid, "title", "address", "content")),
        *(f"{change}{name}" for name in ("field", "before", "after", "reason", "is_minor")),
    ]


def _read_history(slug: str, number: int, database: str, *, known: History) -> History:
    """All in one query: what is known already, and every Edition after it up to that number.

    What is known, which ends before that Edition or has another of its number, may be of a database that was put back
    to an earlier state since: then all is read from the beginning.
    """
    if known.newest_number >= number:
        known = History()
    editions = Edition.objects.using(database).filter(roadmap_slug=slug)
    later = editions.filter(number__lte=number, number__gt=known.newest_number)
    if known.editions:
        later = later.filter(Exists(editions.filter(uid=known.editions[-1].uid)))
    rows = later.order_by("number", "revisions__pk", "revisions__changes__pk").values_list(
        *("uid", "number", "published_at", "note"), *_columns("revisions__", "revisions__changes__")
    )
    found = known.extended(ChangeRow(*row) for row in rows.iterator())
    if known.editions and found.newest_number != number:
        return _read_history(slug, number, database, known=History())
    return found
