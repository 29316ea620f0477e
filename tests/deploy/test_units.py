"""deploy/systemd: systemd understands the units, and what they start does start, by the words that stand there.

All of it under a real systemd, with what they may and may not: tests/deploy/follow.py.
"""

import os
import shlex
import shutil
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests import live

ROOT = live.ROOT
UNITS = ROOT / "deploy" / "systemd"
SHARED = UNITS / "roadmap-.service.d" / "shared.conf"
SERVICES = sorted(UNITS.glob("*.service"))

pytestmark = [
    pytest.mark.needs("systemd", "styles"),
    pytest.mark.skipif(not (ROOT / "var/venv/bin/python").exists(), reason="script/build has not been run here"),
]


def said(unit: Path, name: str) -> list[str]:
    lines = unit.read_text("utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{name}=")]


def words(line: str) -> list[str]:
    """As systemd splits what it is to run, and takes "$$" and "%%"."""
    return shlex.split(line.replace("$$", "$").replace("%%", "%"))


@pytest.fixture
def settings(sample_folder, tmp_path):
    """The environment of a service: what systemd sets, and the file of settings, of a site with the sample."""
    state = tmp_path / "state"
    shutil.copytree(sample_folder, state)
    file = tmp_path / "env"
    lines = {
        "SECRET_KEY": "a" * 50,
        "ALLOWED_HOSTS": "roadmap.example.org",
        "BEHIND_PROXY": "true",
        "DATABASE_URL": f"sqlite:///{state}/roadmap.sqlite3",
        "STATE_DIR": state,
        "BUILD_DIR": sample_folder,
    }
    file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()), encoding="utf-8")
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "ENV_FILE": str(file)}


def test_systemd_understands_every_unit(tmp_path):
    shutil.copytree(UNITS, tmp_path / "units")
    names = [path.name for path in UNITS.glob("roadmap-*.*") if path.is_file()]
    assert len(names) >= 6
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *names],
        cwd=tmp_path / "units",
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path / 'units'}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_service_is_held_to_what_is_shared():
    """A file for roadmap-.service is one for each whose name begins so."""
    assert {path.name for path in SERVICES} >= {f"roadmap-{name}.service" for name in ("web", "mail", "tidy", "backup")}
    assert all(path.name.startswith("roadmap-") for path in SERVICES)
    shared = SHARED.read_text("utf-8").splitlines()
    assert {"User=roadmap", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="} <= set(shared)
    for service in SERVICES:
        for name in ("User", "NoNewPrivileges", "ProtectSystem", "CapabilityBoundingSet"):
            assert said(service, name) == [], f"{service.name} says {name} for itself"


def test_every_timer_has_something_to_start():
    timers = [*UNITS.glob("*.timer")]
    assert timers
    for timer in timers:
        assert timer.with_suffix(".service").exists()


def test_the_site_starts_by_the_units_own_words_and_says_when_it_can_answer(settings, tmp_path):
    (line,) = said(UNITS / "roadmap-web.service", "ExecStart")
    (address,) = said(UNITS / "roadmap-web.socket", "ListenStream")
    assert address.startswith("127.0.0.1:")
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(tmp_path / "notify"))
    told.settimeout(60)
    with socket.create_server(("127.0.0.1", 0)) as listener, (tmp_path / "log").open("wb") as log:
        port, number = listener.getsockname()[1], listener.fileno()
        # The socket is file 3, and for this process: as systemd hands it over.
        handed = f'export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@" 3<&{number}'
        server = subprocess.Popen(
            ["bash", "-c", handed, "bash", *words(line)],
            cwd=ROOT,
            env=settings | {"NOTIFY_SOCKET": str(tmp_path / "notify")},
            pass_fds=[number],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            while b"READY=1" not in told.recv(4096):
                pass
            for path, expected in (("/healthz", "ok"), ("/readyz", "ok"), ("/vat-mtd/", "VAT (MTD) roadmap")):
                headers = {"Host": "roadmap.example.org", "X-Forwarded-Proto": "https"}
                asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
                with urllib.request.urlopen(asked, timeout=60) as answer:
                    assert expected in answer.read().decode(), (tmp_path / "log").read_text("utf-8")
        finally:
            server.send_signal(signal.SIGTERM)  # as systemd ends it
            assert server.wait(30) == 0
            told.close()


MAIL = UNITS / "roadmap-mail.service"
ASKED = """
import datetime
from django.utils import timezone
from roadmap.subscriptions.acts import Wish, ask
ask(Wish("dev@example.org", "https://roadmap.example.org", "daily", None, "", "All roadmaps", ""), timezone.now())
"""


def test_mails_are_sent_by_the_units_own_words_until_it_is_stopped(settings, smtp):
    settings |= {"EMAIL_URL": smtp.url, "EMAIL_FROM": "roadmap@example.org"}
    python = str(ROOT / "var/venv/bin/python")
    subprocess.run([python, "manage.py", "shell", "--no-imports", "-c", ASKED], cwd=ROOT, env=settings, check=True)
    (line,) = said(MAIL, "ExecStart")
    worker = subprocess.Popen(words(line), cwd=ROOT, env=settings, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        (message,) = smtp.wait_for()
        assert message["To"] == "dev@example.org"
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(int(said(MAIL, "TimeoutStopSec")[0])) == 0


def test_where_there_is_nothing_to_send_with_it_ends_and_is_not_tried_again_and_again(settings):
    (line,) = said(MAIL, "ExecStart")
    done = subprocess.run(words(line), cwd=ROOT, env=settings, capture_output=True, text=True, timeout=60, check=False)
    assert "set EMAIL_URL" in done.stderr
    assert [str(done.returncode)] == said(MAIL, "SuccessExitStatus") == said(MAIL, "RestartPreventExitStatus")


@pytest.mark.parametrize("name", ["roadmap-tidy", "roadmap-backup"])
def test_what_a_timer_starts_does_what_it_should(name, settings, tmp_path):
    service = UNITS / f"{name}.service"
    for line in said(service, "ExecStart") + said(service, "ExecStartPost"):
        done = subprocess.run(
            [word.replace("/var/backups/roadmap", str(tmp_path)) for word in words(line)],
            cwd=ROOT,
            env=settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert len([*tmp_path.glob("site-*.tar.gz")]) == (name == "roadmap-backup")


def test_backups_older_than_two_weeks_go_once_there_is_a_new_one(tmp_path):
    for age, file in ((0, "site-new.tar.gz"), (13, "site-a.tar.gz"), (16, "site-b.tar.gz"), (99, "mine.tar.gz")):
        (tmp_path / file).touch()
        moved = (tmp_path / file).stat().st_mtime - age * 24 * 60 * 60
        os.utime(tmp_path / file, (moved, moved))
    (line,) = said(UNITS / "roadmap-backup.service", "ExecStartPost")
    subprocess.run([word.replace("/var/backups/roadmap", str(tmp_path)) for word in words(line)], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.tar.gz", "site-a.tar.gz", "site-new.tar.gz"]
