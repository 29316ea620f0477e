"""Whether the replica has all that readers see: asked beside the primary, whose answer does not wait for it."""

import datetime
import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import DatabaseError, close_old_connections

from roadmap.models.published import Edition
from roadmap.published.away import REPLICA, believe_away, finding_out
from roadmap.published.source import has_all

logger = logging.getLogger(__name__)

PATIENCE = 0.2  # seconds that its answer may come after the primary's
MOST_BEHIND = 2.0  # seconds until it is said that it is left
Newest = tuple[frozenset[str], dict[str, frozenset[str]], datetime.datetime | None]


def newest(database: str, now: datetime.datetime) -> Newest:
    with finding_out():
        return Edition.objects.using(database).newest_and_next(now)


class ReplicaWatch:
    """Asks in a thread of its own: one that hangs keeps nobody else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1, "replica")
        self._asked: Future[tuple[Newest, bool]] | None = None
        self._left_at: float | None = None  # by the clock that only goes on
        self._is_said = False

    def ask(self, now: datetime.datetime, seen: frozenset[str]) -> None:
        """Begins to, unless the last question still waits. `seen` are Editions that readers have seen, by uid."""
        if self._asked is None or self._asked.done():
            self._asked = self._threads.submit(_newest_and_whole, now, seen)

    def answer(self, of_primary: Newest | None) -> Newest | None:
        """What it says is the newest, where it has what the primary has or, while that is away, what readers have seen.

        Readers' questions go to it from then on or, where it is None, no longer.
        """
        found, fault = None, "lacks what has been published"
        try:
            if self._asked is not None:
                found, is_whole = self._asked.result(PATIENCE)
                if found != of_primary if of_primary else not is_whole:
                    found = None
        except (TimeoutError, DatabaseError) as error:
            fault = f"cannot be read ({error or 'it does not answer'})"
        believe_away(found is None, REPLICA)
        self._tell("" if found else fault)
        return found

    def _tell(self, fault: str) -> None:
        """Once, of what lasts."""
        now = time.monotonic()
        if not fault:
            if self._is_said:
                logger.warning("The replica is read from again")
            self._left_at, self._is_said = None, False
        elif self._left_at is None:
            self._left_at = now
        elif not self._is_said and now - self._left_at > MOST_BEHIND:
            self._is_said = True
            logger.warning("For more than %s seconds the replica %s: the primary is read from", MOST_BEHIND, fault)


def _newest_and_whole(now: datetime.datetime, seen: frozenset[str]) -> tuple[Newest, bool]:
    close_old_connections()
    try:
        found = newest(REPLICA, now)
        with finding_out():
            return found, seen <= found[0] or has_all(REPLICA, seen)
    finally:
        close_old_connections()
