"""Two machines that are upgraded at once. On PostgreSQL: tests/faults/test_moving.py."""

import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

from tests import live
from tests.faults.waiting import until


@contextmanager
def migrating(environment, count=2):
    """That many `manage.py migrate` at once, ended with the block."""
    command = [sys.executable, str(live.ROOT / "manage.py"), "migrate"]
    pipe = subprocess.PIPE
    begun = [
        subprocess.Popen(command, cwd=live.ROOT, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True)
        for _ in range(count)
    ]
    try:
        yield begun
    finally:
        for process in begun:
            process.kill()
            process.wait()


def ended(begun):
    """What each said. One did it all, the other waited and found nothing left to do."""
    said = [process.communicate(timeout=120)[0] for process in begun]
    assert [process.returncode for process in begun] == [0] * len(begun), said
    return sorted(("No migrations to apply" in text, "Applying roadmap.0001" in text) for text in said)


def has_open(process, path):
    try:
        return any(link.resolve() == path for link in Path(f"/proc/{process.pid}/fd").iterdir())
    except OSError:  # one that was closed meanwhile
        return False


def test_two_that_migrate_one_file_wait_for_each_other(tmp_path):
    file = tmp_path / "roadmap.sqlite3"
    environment = live.environment_of(tmp_path)
    with closing(sqlite3.connect(file, isolation_level=None)) as somebody:
        somebody.execute("PRAGMA journal_mode=WAL")
        somebody.execute("BEGIN IMMEDIATE")
        with migrating(environment) as begun:
            until(lambda: all(has_open(process, file) for process in begun), 180)
            somebody.execute("ROLLBACK")
            assert ended(begun) == [(False, True), (True, False)]
