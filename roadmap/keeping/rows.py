"""Rows of any table as values of JSON, the same from SQLite and PostgreSQL, and back: every byte and every microsecond.

No model is asked: what it would settle, refuse or convert stays as it is.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models

# How each kind of column is carried.
_AS_IT_IS = {
    *("AutoField", "BigAutoField", "IntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"),
    *("BigIntegerField", "SmallIntegerField", "CharField", "TextField", "SlugField", "EmailField", "URLField"),
}
_CONVERTED = {"BooleanField", "DateField", "DateTimeField", "JSONField", "UUIDField"}
# Of these, whoever restores starts anew: people sign in again. Their rows say who came from where.
LEFT_OUT = {"sessions", "axes"}
MODELS_LEFT_OUT = {"signin", "trylimit"}  # ... of our own
AT_ONCE = 1000  # rows


class CannotBeKept(Exception):
    """A column of a kind that no backup knows."""


def kept_models(apps: Any) -> list[type[models.Model]]:
    """Each with a table whose rows are kept, those between two others too."""
    found = apps.get_models(include_auto_created=True)
    rows = [m for m in found if m._meta.managed and not m._meta.proxy and m._meta.app_label not in LEFT_OUT]
    return [m for m in rows if m._meta.app_label != "roadmap" or m._meta.model_name not in MODELS_LEFT_OUT]


def columns_of(model: type[models.Model]) -> dict[str, str]:
    """By name, of which kind. Raises CannotBeKept."""
    found = {}
    for field in model._meta.concrete_fields:
        target: Any = field
        while target.remote_field:
            target = target.target_field
        kind = target.get_internal_type()
        if kind not in _AS_IT_IS and kind not in _CONVERTED:
            raise CannotBeKept(f"{model._meta.label}.{field.name} is a {kind}: roadmap/keeping/rows.py must know it.")
        found[str(field.column)] = kind
    return found


def read_rows(model: type[models.Model]) -> Iterator[list[Any]]:
    """In the order of their keys, some at a time."""
    kinds = [*columns_of(model).values()]
    convert = [(place, kind) for place, kind in enumerate(kinds) if kind in _CONVERTED]
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, columns_of(model)))
    order = quote(str(model._meta.pk.column))
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {quote(model._meta.db_table)} ORDER BY {order}")  # noqa: S608
        while rows := cursor.fetchmany(AT_ONCE):
            for row in rows:
                values = [*row]
                for place, kind in convert:
                    if values[place] is not None:
                        values[place] = _out(kind, values[place])
                yield values


def _out(kind: str, value: Any) -> Any:
    match kind:
        case "BooleanField":
            return bool(value)
        case "DateTimeField":
            aware = value if value.tzinfo else value.replace(tzinfo=datetime.UTC)
            return aware.astimezone(datetime.UTC).isoformat()
        case "DateField":
            return value.isoformat()
        case "UUIDField":
            return str(value).replace("-", "")
    return value  # JSON, as the text that the database has


def _in(kind: str, value: Any) -> Any:
    """As SQLite has it. PostgreSQL reads all of these as they are."""
    match kind:
        case "BooleanField":
            return int(value)
        case "DateTimeField":
            return connection.ops.adapt_datetimefield_value(datetime.datetime.fromisoformat(value))
    return value


def write_rows(table: str, kinds: dict[str, str], rows: Iterable[Sequence[Any]]) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, kinds))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(kinds))
        convert = [(place, kind) for place, kind in enumerate(kinds.values()) if kind in _CONVERTED]
        values = [[*row] for row in rows]
        for row in values:
            for place, kind in convert:
                if row[place] is not None:
                    row[place] = _in(kind, row[place])
        cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})", values)  # noqa: S608


def counts_itself(model: type[models.Model]) -> bool:
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField)


def last_key(model: type[models.Model]) -> int:
    """The last key that was given to a row of this table, though it may be gone: links and forms may still have it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT last_value, is_called FROM {_sequence(cursor, model)}")  # noqa: S608
            value, is_called = cursor.fetchone()
            return int(value) if is_called else 0
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def go_on_after(model: type[models.Model], key: int) -> None:
    """The next row of this table gets a key after this one and after all there are."""
    quote, table = connection.ops.quote_name, model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max({quote(str(model._meta.pk.column))}) FROM {quote(table)}")  # noqa: S608
        key = max(key, cursor.fetchone()[0] or 0)
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(%s, %s, %s)", [_sequence(cursor, model), max(key, 1), key > 0])
            return
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, key])


def _sequence(cursor: Any, model: type[models.Model]) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, model._meta.pk.column])
    return str(cursor.fetchone()[0])
