"""Which database readers' questions go to: the replica, while that has all that readers see, or the primary.

Every question is asked here, with the name of the database: see docs/decisions/0024-readers-may-ask-a-replica.md.
"""

import logging
from collections.abc import Callable, Collection
from typing import TypeVar

from django.db import DatabaseError

from roadmap.models.published import Edition
from roadmap.published.away import PRIMARY, REPLICA, believe_away, expect_answer, is_believed_away

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")


def ask(question: Callable[[str], Answer], *editions: str) -> Answer:
    """`question` takes the name of a database, which has these Editions, by uid. Raises DatabaseError."""
    if not is_believed_away(REPLICA):
        try:
            if has_all(REPLICA, editions):
                return question(REPLICA)
        except DatabaseError:
            logger.exception("The replica cannot be read: the primary is asked")
        believe_away(True, REPLICA)  # until it is seen that it is not
    expect_answer()
    return question(PRIMARY)


def has_all(database: str, editions: Collection[str]) -> bool:
    return not editions or Edition.objects.using(database).filter(uid__in=editions).count() == len(editions)
