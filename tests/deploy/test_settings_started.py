"""Whatever is started with a setting that is wrong, or right: commands, gunicorn and what they make."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check"],
        ["-m", "script.prepare"],
        ["-m", "gunicorn", "--config", "script/gunicorn.conf.py", "--bind", "127.0.0.1:0", "roadmap_site.asgi"],
        ["-c", "import roadmap_site.wsgi"],
    ],
    ids=["manage.py", "script/server", "gunicorn", "wsgi"],
)
def test_a_wrong_setting_ends_it_with_one_line(command):
    done = run(command, SITE_URL="javascript:")
    said = "SITE_URL must be a web address, like https://www.example.org/ or /a-page/, not “javascript:”.\n"
    assert (done.returncode, done.stderr, done.stdout) == (1, said, "")


def test_a_worker_that_finds_it_ends_gunicorn_too():
    """Without preloading; a worker that ends is otherwise started again, for ever."""
    done = run(["-m", "gunicorn", "--no-control-socket", "--bind", "127.0.0.1:0", "roadmap_site.wsgi"], SITE_URL="x")
    assert done.returncode != 0
    assert done.stderr.count("SITE_URL must be a web address") == 1
    assert "Traceback" not in done.stderr


def test_what_a_command_makes_is_for_its_owner_alone_and_static_files_for_all(tmp_path):
    state = tmp_path / "state"
    for command in (["migrate", "--verbosity=0"], ["collectstatic", "--no-input", "--verbosity=0"]):
        assert run(["manage.py", *command], STATE_DIR=str(state), DATABASE_URL="").returncode == 0
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.iterdir()}
    assert (modes["roadmap.sqlite3"], modes["secret-key"]) == (0o600, 0o600)
    public = [path for path in (state / "static").rglob("*") if path.is_file()]
    assert any(path.suffix == ".gz" for path in public)
    assert {stat.S_IMODE(path.stat().st_mode) for path in public} == {0o644}


def test_a_command_looks_for_no_garbage_in_what_was_loaded_before_it(tmp_path):
    ask = "import django, gc; django.setup(); print(gc.get_freeze_count() - len(gc.get_objects()))"
    done = run(["-c", ask], STATE_DIR=str(tmp_path), DATABASE_URL="")
    assert int(done.stdout) > 50_000, done.stderr  # of about 90,000 there are


def run(command, **variables):
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "roadmap_site.settings", **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
