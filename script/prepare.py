"""What script/server does with Django before it serves, in one process because each start of Django costs a second.

Migrates and collects the static files; on somebody's own machine (LOCAL) it also fills an empty database and makes the
first login. Each only where needed, with one line for each. Run it from the project's folder, as
`python -m script.prepare`.
`python -m script.prepare static`, for script/build, collects the static files alone, and asks no database.
"""

import hashlib
import os
import sys

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from roadmap_site.start import ALL_MAY_READ, OWNER_ALONE, start


def migrate() -> None:
    """Bring the database's tables up to date."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Database: already migrated")
        return
    call_command("migrate", interactive=False, verbosity=0)
    print(f"Database: migrated ({connection.display_name})")


def _fingerprint_of_static_files() -> str:
    """One text that changes when any static file is added, removed, renamed or written."""
    lines = [str(settings.STORAGES), str(settings.STATIC_ROOT)]
    for finder in get_finders():
        for path, storage in finder.list([]):
            file = os.stat(storage.path(path))
            lines.append(f"{path} {file.st_size} {file.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def collect_static_files() -> None:
    """Copy, name by content and compress the static files, unless none of them changed since the last time."""
    stamp = settings.STATIC_ROOT.with_suffix(".stamp")
    fingerprint = _fingerprint_of_static_files()
    if settings.STATIC_ROOT.is_dir() and stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint:
        print("Static files: already collected")
        return
    os.umask(ALL_MAY_READ)
    # clear: a file that is no longer ours to serve, such as a font after GOVUK_BRAND was turned off, must go.
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    os.umask(OWNER_ALONE)
    stamp.write_text(fingerprint, encoding="ascii")
    print("Static files: collected")


def main(words: list[str]) -> int:
    """Run the steps; return the exit code. A database that does not answer is said in one line, not a stack trace."""
    start()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a line a step, also into a file
    try:
        django.setup()
        if words == ["static"]:
            collect_static_files()
            return 0
        # A pool would wait for half a minute and then not say why a database refuses.
        settings.DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
        migrate()
        collect_static_files()
        if settings.LOCAL:
            call_command("load_sample", if_empty=True)
            call_command("create_first_publisher")
        else:
            print(
                "Sample and first login: not made, for LOCAL is not set. script/manage create_first_publisher makes one"
            )
    except DatabaseError as error:
        print(f"The database cannot be used: {error}".strip(), file=sys.stderr)
        print("See DATABASE_URL in README.md.", file=sys.stderr)
        return 1
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
