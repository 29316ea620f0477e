"""What this process believes of the database, so that nobody waits long for what will not answer.

Somebody who asks it all the time says so here: see roadmap/web/page_store/watch.py. Where nobody does, it is there.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.utils import OperationalError

_SHORT = 1.0  # seconds
_LONG = 20.0  # seconds: as long as SQLite waits for a lock

_is_away = False
_own = threading.local()


def believe_away(is_away: bool) -> None:
    global _is_away
    _is_away = is_away


def expect_answer() -> None:
    """Raises OperationalError where there will be none."""
    if _is_away:
        raise OperationalError("The database did not answer a moment ago.")


@contextmanager
def finding_out() -> Iterator[None]:
    """Around a small question of whoever finds out: no answer within a second is none."""
    _own.finds_out = True
    try:
        yield
    finally:
        _own.finds_out = False


def patience() -> float:
    """Seconds that the thread which asks waits, at most, for any one answer."""
    return _SHORT if _is_away or getattr(_own, "finds_out", False) else _LONG
