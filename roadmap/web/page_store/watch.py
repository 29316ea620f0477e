"""What is the newest of every roadmap: one question a second, beside a process's work, answers it for all requests."""

import datetime
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from roadmap.content.things import NoticeContent
from roadmap.dates.clock import day_of
from roadmap.models.nudges import Nudges
from roadmap.published import store
from roadmap.published.away import PRIMARY, REPLICA, believe_away, is_believed_away
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.published.search.found import index_of
from roadmap.web.page_store.replica import Newest, ReplicaWatch, newest
from roadmap.web.pages.items.views import prepare as prepare_items
from roadmap.web.responses import Basis

logger = logging.getLogger(__name__)

INTERVAL = 1.0  # seconds
INTERVAL_AWAY = 0.2  # seconds: it takes a second to find no connection


@dataclass(frozen=True)
class Seen:
    """Immutable: what readers see at a moment. Another object as soon as anything of it is otherwise."""

    by_slug: Mapping[str, frozenset[str]]  # the uid of the newest Edition at each address
    of_all: frozenset[str]
    day: datetime.date
    with_notice: frozenset[str] = frozenset()  # the addresses of the roadmaps whose notice is on

    def confirms(self, basis: Basis) -> bool:
        """Whether what was made of that is still right."""
        if not basis.editions:
            return basis.day in (None, self.day)
        newest = self.by_slug.get(basis.slug) if basis.slug else self.of_all
        return basis.editions == newest and basis.day in (None, self.day) and self.agrees_on_notice(basis)

    def agrees_on_notice(self, basis: Basis) -> bool:
        """Whether the notice that was on is still on, or that which was not still is not: known without a database."""
        return basis.has_notice in (None, basis.slug in self.with_notice)


class Watch:
    """Asks in a thread of its own. `seen` is None until the database has answered once.

    Whoever may have published says so by `nudge`: all processes of this machine look again when they are asked next.
    """

    def __init__(self) -> None:
        self.seen: Seen | None = None
        self.is_away = False  # whether the last question found no answer
        self.is_loading = False  # whether it has been answered that something is new, which is read now
        self.answered_at = 0.0  # seconds since 1970, when the last question that was answered was asked
        self._nudges = Nudges()
        self._nudged = self._nudges.last
        self._wake = threading.Event()
        self._replica: ReplicaWatch | None = None
        self._waiting: list[Callable[[], None]] = []
        self._is_ended = False
        self._notices: dict[str, tuple[frozenset[str], NoticeContent | None]] = {}  # by slug, of which Edition
        self._new: list[PublishedRoadmap] = []  # for whose pages nothing is prepared yet
        self._not_searched: dict[str, PublishedRoadmap] = {}  # by slug, of which there is no index yet

    def start(self) -> None:
        """In each process, after they parted: threads stay behind."""
        if REPLICA in settings.DATABASES:
            self._replica = ReplicaWatch()
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def end(self) -> None:
        self._is_ended = True
        self._wake.set()

    # Saying and hearing that something may have been published

    def nudge(self) -> None:
        self._nudges.nudge()
        self._wake.set()

    @property
    def is_nudged(self) -> bool:
        return self._nudges.last != self._nudged

    def look_now(self, then: Callable[[], None]) -> None:
        """Has the question asked at once; calls `then`, in the watch's own thread, when that is done or has failed.

        One that is being asked will do, where nobody has nudged since it began.
        """
        self._waiting.append(then)
        self._wake.set()

    def prepare_pages(self) -> None:
        """What the next page of items would have to wait for. Once seen: none waits for this."""
        new, self._new = self._new, []
        for published in new:
            self._not_searched[published.snapshot.roadmap.slug] = published
            prepare_items(published, day_of(store.now()))

    def prepare_search(self) -> None:
        """What the next search would have to wait for. It takes longer, and is seldom asked for at once."""
        while self._not_searched:
            index_of(self._not_searched.popitem()[1])

    # Asking

    def _run(self) -> None:
        while not self._is_ended:
            self._wake.clear()
            waiting, self._waiting = self._waiting, []
            nudged = self._nudges.last
            began, wait = time.monotonic(), INTERVAL
            try:
                wait = self.look(store.now())
            except Exception:
                # Whatever it is, a process that no longer looks would give what is old for good.
                logger.exception("It cannot be seen what is newest")
            self._nudged = nudged  # not before: who asks meanwhile waits for the answer
            if not self.is_nudged:
                waiting, self._waiting = waiting + self._waiting, []
            for then in waiting:
                then()
            _at_ease(self.prepare_pages)
            if not self._wake.wait(max(wait - (time.monotonic() - began), 0.01)):
                _at_ease(self.prepare_search)

    def look(self, now: datetime.datetime) -> float:
        """Asks once; returns the seconds from then until it is to be asked again."""
        asked_at = time.time()
        close_old_connections()
        try:
            of_all, by_slug, next_at = self._newest(now)
            if any(self._notice_of(slug, editions) is None for slug, editions in by_slug.items()):
                self.is_loading = True
                self._load(by_slug, now)
            seen = Seen(by_slug, of_all, timezone.localtime(now).date(), self._noticed(now))
            if seen != self.seen:
                self.seen = seen
        except DatabaseError:
            if not self.is_away:
                logger.exception("The database cannot be read: readers get what this process holds")
            self.is_away = True
            believe_away(True)
            if self.seen and self.seen.with_notice != self._noticed(now):
                self.seen = replace(self.seen, with_notice=self._noticed(now))
            return INTERVAL_AWAY
        finally:
            self.is_loading = False
            close_old_connections()
        if self.is_away:
            logger.warning("The database can be read again")
        self.is_away = False
        self.answered_at = asked_at
        if is_believed_away():
            return INTERVAL_AWAY
        times = [time for _, notice in self._notices.values() if notice for time in notice.times]
        waits = [(time - now).total_seconds() for time in (next_at, *times) if time and time > now]
        return max(min([INTERVAL, *waits]), 0.01)

    def _newest(self, now: datetime.datetime) -> Newest:
        """Of the primary or, while that is away, of the replica. Raises DatabaseError."""
        replica = self._replica
        if replica:
            replica.ask(now, self.seen.of_all if self.seen else frozenset())
        try:
            of_primary = newest(PRIMARY, now)
        except DatabaseError:
            was_away = is_believed_away()
            believe_away(True)
            of_replica = replica.answer(None) if replica else None
            if of_replica is None:
                raise
            if not was_away:
                logger.exception("The database cannot be read: its replica is read from")
            return of_replica
        believe_away(False)
        if replica:
            replica.answer(of_primary)
        return of_primary

    def _load(self, by_slug: Mapping[str, frozenset[str]], now: datetime.datetime) -> None:
        """What is new into memory, with its history, so that this process has it whatever happens to the database."""
        for slug, editions in by_slug.items():
            if self._notice_of(slug, editions) is None:
                published = store.newest(slug, now)
                if published is not None:
                    store.whole_history_of(published)
                    self._notices[slug] = editions, published.snapshot.roadmap.notice
                    self._new.append(published)

    def _noticed(self, now: datetime.datetime) -> frozenset[str]:
        """The addresses of the roadmaps whose notice is on then, of those that this process knows."""
        return frozenset(slug for slug, (_, notice) in self._notices.items() if notice and notice.is_on(now))

    def _notice_of(self, slug: str, editions: frozenset[str]) -> tuple[frozenset[str], NoticeContent | None] | None:
        """With the Editions that it is of; None where these were not loaded yet."""
        known = self._notices.get(slug)
        return known if known and known[0] == editions else None


def _at_ease(prepare: Callable[[], None]) -> None:
    """Whatever goes wrong with it, whoever asks for the same will hear of it."""
    try:
        prepare()
    except Exception:
        logger.exception("What is new cannot be prepared for readers")
