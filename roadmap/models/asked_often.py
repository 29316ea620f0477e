"""A question that each process asks every second, with another time: its SQL is made once.

Making it goes through so much of Django that each forked process would have 3 MB of its own of what the first had
loaded for all.
"""

import datetime
from collections.abc import Callable
from typing import Any

from django.db import connections, models

_SOME_TIME = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class AskedOften:
    """`rows` makes the query of a time: values of columns (`values_list`), all of which depend on nothing else."""

    def __init__(self, rows: Callable[[str, datetime.datetime], models.QuerySet[Any, tuple[Any, ...]]]):
        self._rows = rows
        self._compilers: dict[str, tuple[Any, str, list[Any]]] = {}

    def ask(self, database: str, at: datetime.datetime) -> list[tuple[Any, ...]]:
        """Raises DatabaseError."""
        connection = connections[database]
        compiler, sql, values = self._compilers.get(database) or self._compiled(database)
        time, some_time = map(connection.ops.adapt_datetimefield_value, (at, _SOME_TIME))
        with connection.cursor() as cursor:
            cursor.execute(sql, [time if value == some_time else value for value in values])
            return [*compiler.results_iter([cursor.fetchall()])]

    def _compiled(self, database: str) -> tuple[Any, str, list[Any]]:
        compiler = self._rows(database, _SOME_TIME).query.get_compiler(database)
        sql, values = compiler.as_sql()
        self._compilers[database] = compiler, sql, [*values]
        return self._compilers[database]
