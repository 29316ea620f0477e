"""What this process believes of its databases, so that nobody waits long for what will not answer.

Somebody who asks them all the time says so here: see roadmap/web/page_store/watch.py. Where nobody does, the primary is
there, and nobody reads from the replica.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.utils import OperationalError

PRIMARY, REPLICA = "default", "replica"  # names in settings.DATABASES; the replica need not be there

_SHORT = 1.0  # seconds
_LONG = 20.0  # seconds: as long as SQLite waits for a lock

_away = {REPLICA}
_own = threading.local()


def believe_away(is_away: bool, database: str = PRIMARY) -> None:
    """Of a replica also where it answers, and lacks what readers see."""
    (_away.add if is_away else _away.discard)(database)


def is_believed_away(database: str = PRIMARY) -> bool:
    return database in _away


def expect_answer() -> None:
    """Raises OperationalError where there will be none of the primary."""
    if is_believed_away():
        raise OperationalError("The database did not answer a moment ago.")


@contextmanager
def finding_out() -> Iterator[None]:
    """Around a small question of whoever finds out: no answer within a second is none."""
    _own.finds_out = True
    try:
        yield
    finally:
        _own.finds_out = False


def patience(database: str = PRIMARY) -> float:
    """Seconds that the thread which asks waits, at most, for any one answer."""
    return _SHORT if is_believed_away(database) or getattr(_own, "finds_out", False) else _LONG
