"""One at a time: whoever migrates or restores a database has it for themselves until they are done.

Two machines of one site may be upgraded at once. The second waits, and then finds nothing left to do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

_LOCK = 7_240_551_903  # of PostgreSQL, where whoever takes this number waits for each other
WAIT = 600  # seconds, on SQLite


@contextmanager
def alone(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """On SQLite all that happens is one transaction: there is no other lock that a file on any disk has."""
    connection: Any = connections[using]
    if connection.in_atomic_block:  # whoever began that has seen to it
        yield
    elif connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            if connection.is_usable():  # with the connection, the lock is gone
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            before = cursor.fetchone()[0]
            cursor.execute(f"PRAGMA busy_timeout = {WAIT * 1000}")
        # Django changes tables only where SQLite does not hold references, which a transaction cannot turn off.
        connection.disable_constraint_checking()
        try:
            with transaction.atomic(using):
                yield
        finally:
            connection.enable_constraint_checking()
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA busy_timeout = {before}")
