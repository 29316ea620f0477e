"""Makes a site what a backup has: all of it in one transaction, or nothing.

The tables are made as they were for the version that wrote the backup, filled, and then brought to this one's by the
same migrations as an upgrade.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from roadmap.keeping.alone import alone
from roadmap.keeping.archive import (
    FORMAT_VERSION,
    ROWS,
    UPLOADS,
    BackupDamaged,
    End,
    Head,
    checked_end,
    pieces,
    read_head,
)
from roadmap.keeping.backup import uploads_here
from roadmap.keeping.rows import columns_of, counts_itself, go_on_after, kept_models, write_rows

NOTHING = "Nothing was changed."


class RestoreRefused(Exception):
    """Why nothing was restored, in words."""


class SiteNotEmpty(RestoreRefused):
    pass


class Restored(NamedTuple):
    head: Head
    roadmaps: int
    editions: int
    uploads: int
    was_migrated: bool
    uploads_besides: int  # that were here, and that the backup has not


def name_of_database() -> str:
    return Path(str(connection.settings_dict["NAME"])).name


def restore(
    path: Path, *, replace: Callable[[], object] | None = None, settle: Callable[[], object] = lambda: None
) -> Restored:
    """`replace` is called, before anything is changed and while nobody else can change anything, where the site is not
    empty; `settle` when all is there, before anybody else can see it. Raises RestoreRefused, OSError.
    """
    head, end = checked(path)
    written: list[str] = []
    try:
        with alone(), transaction.atomic():
            restored = _restore(path, head, end, replace, written)
            settle()
    except BaseException as error:
        for name in written:
            with suppress(OSError):  # what stays is the same picture, or is replaced when it is restored
                default_storage.delete(name)
        if isinstance(error, BackupDamaged):
            raise _damaged(path, error) from error
        if isinstance(error, DatabaseError):
            detail = " ".join(str(error).split())
            raise RestoreRefused(f"The database does not take what {path} has: {detail}. {NOTHING}") from error
        raise
    return restored


def checked(path: Path) -> tuple[Head, End]:
    """All of the file, before anything is done. Raises RestoreRefused, OSError."""
    head = read_head(path)
    if head is None:
        raise RestoreRefused(f"{path} is no backup of this software, or is cut short at its beginning. {NOTHING}")
    known = MigrationLoader(None).disk_migrations or {}
    unknown = [f"{app}.{name}" for app, names in head.migrations.items() for name in names if (app, name) not in known]
    if unknown or head.format_version > FORMAT_VERSION or _numbers(head.software) > _numbers(settings.VERSION):
        told = f" (it has {unknown[-1]})" if unknown else ""
        raise RestoreRefused(
            f"{path} was made by version {head.software}, and this is {settings.VERSION}{told}. Restore it with that "
            f"version or a newer one. {NOTHING}"
        )
    try:
        return head, checked_end(path)
    except BackupDamaged as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> RestoreRefused:
    return RestoreRefused(f"{path} is cut short or damaged: {error}. Use another backup. {NOTHING}")


def _numbers(version: str) -> list[int]:
    return [int(part) if part.isdecimal() else 0 for part in version.split(".")]


def _restore(path: Path, head: Head, end: End, replace: Callable[[], object] | None, written: list[str]) -> Restored:
    there = _tables_there()
    _refuse_newer_tables()
    if people_and_roadmaps := _what_is_here(there):
        if replace is None:
            raise SiteNotEmpty(
                f"This site has {people_and_roadmaps}. {NOTHING} Restore into an empty site, or replace all that this "
                f"one has with --replace {name_of_database()}: it is kept in a backup of its own first."
            )
        _keep_others_out(there)
        replace()
    _drop(there)
    executor = MigrationExecutor(connection)
    old = executor.migrate(_last_of(head)).apps
    models_of = {model._meta.db_table: model for model in kept_models(old)}
    for table, columns in head.tables.items():
        if table not in models_of or {*columns} != {*columns_of(models_of[table])}:
            raise BackupDamaged(f"its table {table} is not as version {head.software} has it")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # migrations leave some checked row by row
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in models_of:  # what migrations put there, the backup has too
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
    counts, uploads = _fill(path, head, models_of, written)
    if any(counts.get(table, 0) != end.rows.get(table, 0) for table in (*counts, *end.rows)):
        raise BackupDamaged("it has other rows than its end says")
    _go_on(models_of, end)
    _check_references()
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    executor.migrate(executor.loader.graph.leaf_nodes(), plan)
    _go_on({model._meta.db_table: model for model in kept_models(apps)}, end)
    ContentType.objects.clear_cache()
    emit_post_migrate_signal(0, False, connection.alias)
    besides = sum(1 for _ in uploads_here()) - len(uploads)
    is_older = any(app in head.migrations for app, _ in ((m.app_label, m.name) for m, _ in plan))
    return Restored(
        head, counts.get("roadmap_roadmap", 0), counts.get("roadmap_edition", 0), len(uploads), is_older, besides
    )


def _tables_there() -> list[str]:
    """Those of the tables of this software, as it is and as the database has it, that are there."""
    loader = MigrationLoader(connection)
    applied = [key for key in loader.applied_migrations or {} if key in loader.graph.nodes]
    ours = {MigrationRecorder.Migration._meta.db_table}
    for known in (apps, loader.project_state(applied).apps if applied else apps):
        for model in known.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                ours.add(model._meta.db_table)
    return sorted(ours & {*connection.introspection.table_names()})


def _refuse_newer_tables() -> None:
    loader = MigrationLoader(connection)
    if unknown := sorted(set(loader.applied_migrations or {}) - set(loader.disk_migrations or {})):
        raise RestoreRefused(
            f"The database here is of a newer version: it has {'.'.join(unknown[-1])}. Use that version, or another "
            f"database. {NOTHING}"
        )


def _what_is_here(there: list[str]) -> str:
    """ "2 roadmaps and 3 people", or nothing."""
    counts = {}
    with connection.cursor() as cursor:
        for table in ("roadmap_roadmap", "auth_user"):
            counts[table] = 0
            if table in there:
                cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
                counts[table] = cursor.fetchone()[0]
    roadmaps, people = counts["roadmap_roadmap"], counts["auth_user"]
    if not roadmaps and not people:
        return ""
    return f"{roadmaps} roadmap{'' if roadmaps == 1 else 's'} and {people} {'person' if people == 1 else 'people'}"


def _keep_others_out(there: list[str]) -> None:
    """On SQLite, whoever has begun to write is alone."""
    if connection.vendor == "postgresql":
        names = ", ".join(map(connection.ops.quote_name, there))
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")


def _drop(there: list[str]) -> None:
    quoted = [*map(connection.ops.quote_name, there)]
    together = [", ".join(quoted)] if connection.vendor == "postgresql" and quoted else quoted
    with connection.cursor() as cursor:
        for names in together:
            cursor.execute(f"DROP TABLE {names}")


def _last_of(head: Head) -> list[tuple[str, str]]:
    """The migrations after which those of the backup are done, and no others of its apps."""
    graph = MigrationLoader(None).graph
    wanted = {(app, name) for app, names in head.migrations.items() for name in names} & {*graph.nodes}
    before = {
        (parent.key[0], parent.key[1])
        for key in wanted
        for parent in graph.node_map[key].parents
        if parent.key[0] == key[0]
    }
    return sorted(wanted - before)


def _fill(path: Path, head: Head, models_of: dict[str, Any], written: list[str]) -> tuple[dict[str, int], list[str]]:
    """Rows by table, and the names of the pictures."""
    counts: dict[str, int] = {}
    uploads = []
    for name, size, content in pieces(path):
        if name.startswith(ROWS):
            table = name.removeprefix(ROWS).rpartition("/")[0]
            if table not in head.tables:
                raise BackupDamaged(f"“{name}” in it belongs to no table")
            kinds = columns_of(models_of[table])
            columns = {column: kinds[column] for column in head.tables[table]}
            try:
                rows = msgspec.json.Decoder(list[Any]).decode_lines(content.read())
            except msgspec.DecodeError as error:
                raise BackupDamaged(f"“{name}” in it cannot be read") from error
            if any(len(row) != len(columns) for row in rows):
                raise BackupDamaged(f"“{name}” in it has rows of another length")
            write_rows(table, columns, rows)
            counts[table] = counts.get(table, 0) + len(rows)
        elif name.startswith(UPLOADS):
            uploads.append(name.removeprefix(UPLOADS))
            _store(uploads[-1], content, size, written)
    return counts, uploads


def _store(name: str, content: IO[bytes], size: int, written: list[str]) -> None:
    """One picture under its name. Whatever is there under that very name is only ever the same, or half of it where a
    restore was killed: names of uploads are drawn by chance and never used again.
    """
    if name.startswith("/") or ".." in name.split("/"):
        raise BackupDamaged(f"“{name}” is not the name of a picture")
    if default_storage.exists(name):
        if default_storage.size(name) == size:
            return
        default_storage.delete(name)
    written.append(name)
    stored = default_storage.save(name, File(content))
    if stored != name:
        written.append(stored)
        raise RestoreRefused(f"The picture {name} cannot be stored under its name. {NOTHING}")


def _go_on(models_of: dict[str, Any], end: End) -> None:
    for table, key in end.last_keys.items():
        if table in models_of and counts_itself(models_of[table]):
            go_on_after(models_of[table], key)


def _check_references() -> None:
    """Raises IntegrityError where a row points at none."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    else:
        connection.check_constraints()
