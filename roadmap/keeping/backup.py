"""Writes the whole site, as it is at one moment, while it goes on being used."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from roadmap.keeping.archive import (
    END,
    FORMAT,
    FORMAT_VERSION,
    HEAD,
    ROWS,
    UPLOADS,
    ArchiveWriter,
    End,
    Head,
    encoded,
    writing,
)
from roadmap.keeping.rows import LEFT_OUT, columns_of, counts_itself, kept_models, last_key, read_rows

PIECE = 4 * 1024 * 1024  # bytes of rows, or one row that is longer


class BackupRefused(Exception):
    """Why there can be none now, in words."""


class KeptSite(NamedTuple):
    roadmaps: int
    editions: int
    rows: int
    uploads: int


def backup(write: Callable[[bytes], object]) -> KeptSite:
    """Of tables that were not migrated yet, too: then what is written is as they are. Raises BackupRefused, OSError."""
    loader = MigrationLoader(connection)
    applied = _applied(loader)
    made_at = timezone.now()
    is_this = {*applied} >= {*loader.graph.nodes}
    found = kept_models(apps if is_this else loader.project_state([*applied]).apps)
    migrations: dict[str, list[str]] = {}
    for app, name in sorted(applied):
        if app not in LEFT_OUT:
            migrations.setdefault(app, []).append(name)
    head = Head(
        format=FORMAT,
        format_version=FORMAT_VERSION,
        software=settings.VERSION,
        made_at=made_at.isoformat(timespec="seconds"),
        database=connection.vendor,
        migrations=migrations,
        tables={model._meta.db_table: [*columns_of(model)] for model in found},
    )
    with writing(write, int(made_at.timestamp())) as archive:
        archive.add(HEAD, encoded(head))
        with one_moment():
            rows = {model._meta.db_table: _add_rows(archive, model) for model in found}
            last_keys = {model._meta.db_table: last_key(model) for model in found if counts_itself(model)}
        # After the rows: what they link to was there before them, and nothing takes a picture away.
        uploads = [*uploads_here()]
        for name in uploads:
            _add_upload(archive, name)
        archive.add(END, encoded(End(digests=archive.digests, rows=rows, last_keys=last_keys)))
    return KeptSite(rows["roadmap_roadmap"], rows["roadmap_edition"], sum(rows.values()), len(uploads))


def _applied(loader: MigrationLoader) -> list[tuple[str, str]]:
    """The migrations that the database has. Raises BackupRefused where there is nothing to keep, or nothing known."""
    applied = [*(loader.applied_migrations or {})]
    if unknown := sorted(set(applied) - set(loader.disk_migrations or {})):
        raise BackupRefused(f"The database is of a newer version: it has {'.'.join(unknown[-1])}. Use that version.")
    if not any(app == "roadmap" for app, _ in applied):
        raise BackupRefused("There is nothing to keep: the database has no tables yet. Run migrate first.")
    return [key for key in applied if key in loader.graph.nodes]


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read in this block is as of one moment, and nobody waits for it."""
    if connection.in_atomic_block:  # whoever began that chose
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Not Django's own, with which nobody else could write meanwhile.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _add_rows(archive: ArchiveWriter, model: type[models.Model]) -> int:
    table = model._meta.db_table
    count, number, size = 0, 0, 0
    lines: list[bytes] = []

    def add() -> None:
        nonlocal number, size
        if lines:
            number += 1
            archive.add(f"{ROWS}{table}/{number:06}.jsonl", b"\n".join(lines) + b"\n")
            lines.clear()
            size = 0

    for values in read_rows(model):
        line = encoded(values)
        if lines and size + len(line) > PIECE:
            add()
        lines.append(line)
        size += len(line) + 1
        count += 1
    add()
    return count


def uploads_here(folder: str = "") -> Iterator[str]:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:  # nobody has uploaded anything yet
        return
    for name in sorted(names):
        yield f"{folder}{name}"
    for name in sorted(folders):
        yield from uploads_here(f"{folder}{name}/")


def _add_upload(archive: ArchiveWriter, name: str) -> None:
    with default_storage.open(name) as file:
        reader: Any = file
        archive.add_file(f"{UPLOADS}{name}", reader, file.size)
