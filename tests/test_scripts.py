"""The commands of the README, as far as that takes no network and no time: what they refuse, and their pins.

script/test is itself the test that they set a machine up: it does so wherever it runs.
"""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.contrib.auth import get_user_model
from django.db import connection

from roadmap.models import Roadmap
from script import audit, prepare
from tests import on_postgresql

ROOT = Path(__file__).resolve().parent.parent


def run_server(port: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "script" / "server")],
        env=os.environ | {"PORT": port},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("port", ["http", "80 80", "-1", "0", "65536", "123456789", "$(id)"])
def test_server_refuses_a_port_that_is_none(port: str) -> None:
    done = run_server(port)
    assert done.returncode == 1
    assert done.stderr == f'PORT must be a number from 1 to 65535, not "{port}".\n'
    assert done.stdout == ""  # nothing was begun


def test_server_says_that_the_port_is_in_use_before_it_begins() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run_server(str(port))
    assert done.returncode == 1
    assert f"Port {port} is in use by another program" in done.stderr
    assert done.stdout == ""


def run_script(name: str, *arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """As in a shell that exports nothing but these."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "ENV_FILE") if name in os.environ}
    return subprocess.run(
        [str(ROOT / "script" / name), *arguments],
        cwd=folder,
        env=inherited | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


SHOW = "from django.conf import settings as s; print(s.LOCAL, s.STATE_DIR, s.SITE_NAME)"
needs_environment = pytest.mark.skipif(
    not (ROOT / "var/venv/bin/python").exists(), reason="script/build has not been run here"
)


@needs_environment
def test_manage_needs_nothing_set_on_ones_own_machine_and_runs_in_any_folder(tmp_path: Path) -> None:
    done = run_script("manage", "shell", "--no-imports", "-c", SHOW, folder=tmp_path, STATE_DIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, f"True {tmp_path} HMRC Developer Hub\n"), done.stderr


@needs_environment
def test_manage_takes_a_site_with_a_secret_for_a_real_one_in_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text(f'SECRET_KEY={"a" * 50}\nSTATE_DIR={tmp_path}\nSITE_NAME="Our roadmaps"\n', encoding="utf-8")
    done = run_script("manage", "shell", "--no-imports", "-c", SHOW, folder=tmp_path, ENV_FILE=str(file))
    assert (done.returncode, done.stdout) == (0, f"False {tmp_path} Our roadmaps\n"), done.stderr


@needs_environment
def test_manage_ends_with_one_line_where_a_setting_is_wrong(tmp_path: Path) -> None:
    done = run_script("manage", "check", folder=tmp_path, STATE_DIR=str(tmp_path), DEBUG="maybe")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "DEBUG must be true or false, not “maybe”.\n"


@pytest.mark.parametrize("name", ["build", "server"])
def test_a_folder_that_cannot_be_made_is_said_before_anything_is_begun(name: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
    done = run_script(name, folder=tmp_path, STATE_DIR="/proc/folder", PORT=port)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "STATE_DIR: the folder /proc/folder cannot be made. Name another.\n"


def test_setup_reads_the_file_of_settings_as_the_site_does(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("# PORT=1\nexport PORT=8080\nPORT='8081'\nGOVUK_BRAND=\"Yes\"\nXPORT=2\n", encoding="utf-8")
    show = 'echo "$(setting PORT) $(setting STATE_DIR) $(is_true "$(setting GOVUK_BRAND)" && echo crown)"'
    assert call_setup(f"export ENV_FILE={file}; {show}", tmp_path).stdout == "8081  crown\n"
    assert call_setup(f"export ENV_FILE={file} PORT=9; {show}", tmp_path).stdout == "9  crown\n"


@pytest.mark.django_db
@pytest.mark.parametrize("is_local", [True, False])
def test_the_sample_and_the_first_password_are_for_ones_own_machine(is_local, settings, monkeypatch, capsys):
    settings.LOCAL = is_local
    monkeypatch.setattr(prepare, "start", lambda: None)
    monkeypatch.setattr(prepare.django, "setup", lambda: None)
    monkeypatch.setattr(prepare, "collect_static_files", lambda: None)
    monkeypatch.setattr(sys.stdout, "reconfigure", lambda **_: None, raising=False)
    assert prepare.main([]) == 0
    assert Roadmap.objects.filter(slug="vat-mtd").exists() is is_local
    assert get_user_model().objects.exists() is is_local
    said = capsys.readouterr().out
    assert ("password: " in said) is is_local
    assert ("Sample and first login: not made" in said) is not is_local


def call_setup(command: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", "-c", f"set -euo pipefail; source {ROOT}/script/setup.sh; {command}"],
        env={"PATH": f"{path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def write_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_setup_passes_by_a_python_that_is_only_a_name(tmp_path: Path) -> None:
    # As pyenv's: the name is on the PATH for every version it knows of, and answers with an error.
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        write_program(tmp_path / name, "echo not installed >&2; exit 127")
    write_program(tmp_path / "python3", "exit 0")  # new enough, and can make a virtual environment
    assert call_setup("find_python", tmp_path).stdout == "python3\n"


def test_setup_finds_no_python_where_each_is_too_old(tmp_path: Path) -> None:
    for name in ("python3.14", "python3.13", "python3.12", "python3.11", "python3"):
        write_program(tmp_path / name, "exit 1")
    assert call_setup("find_python", tmp_path).stdout.strip() == ""


def test_setup_prefers_a_python_that_can_make_an_environment(tmp_path: Path) -> None:
    write_program(tmp_path / "python3.14", "[[ $2 != *ensurepip* ]]")  # as Debian's without python3.14-venv
    for name in ("python3.13", "python3.12"):
        write_program(tmp_path / name, "exit 1")
    write_program(tmp_path / "python3.11", "exit 0")
    assert call_setup("find_python", tmp_path).stdout == "python3.11\n"


def test_setup_names_the_missing_packages_where_it_may_not_install_them(tmp_path: Path) -> None:
    write_program(tmp_path / "id", "echo 1000")
    done = call_setup("install_packages chromium postgresql", tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "Missing from this machine: chromium postgresql.\n"
        "Install it, then run this again: sudo apt-get install chromium postgresql\n"
    )


def test_setup_names_the_part_that_debian_leaves_out_of_python(tmp_path: Path) -> None:
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        write_program(tmp_path / name, "exit 1")
    answers = 'case "$2" in *ensurepip*) exit 1 ;; *print*) echo python3.12-venv ;; esac'
    write_program(tmp_path / "python3", answers)
    done = call_setup(f"python={tmp_path}/none; find_missing_python_package", tmp_path)
    assert (done.returncode, done.stdout) == (0, "python3.12-venv\n")


def test_setup_keeps_an_environment_that_is_a_link_to_another(tmp_path: Path) -> None:
    environment = tmp_path / "elsewhere"
    (environment / "bin").mkdir(parents=True)
    write_program(environment / "bin" / "python", "exit 0")
    (environment / ".installed-requirements.lock").touch()
    (tmp_path / "venv").symlink_to(environment)
    command = f"venv={tmp_path}/venv; python=$venv/bin/python; make_environment"
    assert call_setup(command, tmp_path).stdout == "Python environment: already made\n"
    assert (environment / ".installed-requirements.lock").exists()


def choose_needs(*arguments: str, path: Path) -> list[str]:
    """What script/test would look for before it ran these tests."""
    needs = path / "needs"
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", f"--write-needs={needs}"]
    subprocess.run([*command, *arguments], cwd=ROOT, check=True, capture_output=True, timeout=120)
    return needs.read_text("utf-8").split()


def test_a_part_of_the_tests_asks_for_what_it_needs_alone(tmp_path: Path) -> None:
    assert choose_needs("tests/dates", path=tmp_path) == ["plain"]
    parts = ["tests/test_live_site.py", "tests/models", "tests/web/feeds/test_in_a_spreadsheet.py"]
    assert choose_needs(*parts, path=tmp_path) == ["browser", "libreoffice", "plain", "postgresql"]


def test_what_runs_on_postgresql_too_is_there() -> None:
    assert on_postgresql.lost() == []


def pins(path: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    return {name.lower(): version for name, version in found}


@pytest.mark.parametrize("folder", ["", "tests/", "static/"])
def test_lock_holds_every_pin_with_hashes(folder: str) -> None:
    lock = (ROOT / f"{folder}requirements.lock").read_text(encoding="utf-8")
    wanted = pins(f"{folder}requirements.txt")
    assert wanted
    assert wanted.items() <= pins(f"{folder}requirements.lock").items(), "run script/lock"
    for requirement in re.split(r"\n(?=\w)", lock.strip()):
        assert "--hash=sha256:" in requirement


def test_tests_run_on_what_the_site_runs_on() -> None:
    assert pins("requirements.lock").items() <= pins("tests/requirements.lock").items(), "run script/lock"


def test_npm_lock_agrees_with_its_pins_and_names_no_registry() -> None:
    wanted = json.loads((ROOT / "static/package.json").read_text(encoding="utf-8"))["dependencies"]
    lock = json.loads((ROOT / "static/package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert lock[""]["dependencies"] == wanted
    packages = {name: package for name, package in lock.items() if name}
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    for package in packages.values():
        assert "integrity" in package
        assert "resolved" not in package


@pytest.mark.django_db
def test_tests_run_on_the_database_that_was_asked_for() -> None:
    asked = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    assert connection.vendor == asked
    with connection.cursor() as cursor:
        if asked == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)  # a real file: a database in memory has no such journal
        else:
            cursor.execute("SHOW server_version_num")
            assert int(cursor.fetchone()[0]) >= 140000


def test_a_host_runs_what_everybody_runs() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    for job in workflow["jobs"].values():
        assert ".ci/run" in [step.get("run") for step in job["steps"]]


# script/audit: what the registries say


def found_by_pip_audit(**package: object) -> list[audit.Vulnerability]:
    return [*audit.of_pip_audit({"dependencies": [{"name": "django", "version": "5.2.1", **package}], "fixes": []})]


def test_audit_names_what_is_known_of_a_package_and_where_it_is_mended() -> None:
    vulnerability = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["5.2.2"], "description": "…"}
    (found,) = found_by_pip_audit(vulns=[vulnerability])
    assert found == audit.Vulnerability("django 5.2.1", ("PYSEC-2026-1", "CVE-2026-1"), "mended in 5.2.2")
    assert found_by_pip_audit(vulns=[]) == []
    via = {"name": "sass", "url": "https://github.com/advisories/GHSA-a", "title": "Reads files", "range": "<1.9"}
    packages = {"sass": {"via": [via]}, "govuk-frontend": {"via": ["sass"]}}
    (found,) = audit.of_npm_audit({"auditReportVersion": 2, "vulnerabilities": packages})
    assert found == audit.Vulnerability("sass <1.9", ("GHSA-a",), "Reads files")


def test_audit_knows_a_registry_that_tells_nothing_from_one_that_knows_nothing() -> None:
    with pytest.raises(audit.NotAnswered):
        found_by_pip_audit(skip_reason="Dependency not found on PyPI")
    with pytest.raises(audit.NotAnswered, match="405 Method Not Allowed"):
        [*audit.of_npm_audit({"message": "405 Method Not Allowed"})]
    with pytest.raises(audit.NotAnswered, match="no route"):
        audit.ask([sys.executable, "-c", "raise SystemExit('no route')"])


@pytest.mark.parametrize(
    ("written", "code"), [("", 1), ("# CVE-2026-1 why\n", 1), ("CVE-2026-1 We parse no XML.\n", 0), ("CVE-2026-1\n", 1)]
)
def test_audit_fails_for_what_is_not_written_down_with_its_reason(
    written: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = tmp_path / "known.txt"
    known.write_text(written, encoding="utf-8")
    vulnerability = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": []}
    package = {"name": "django", "version": "5.2.1", "vulns": [vulnerability]}
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    monkeypatch.setattr(audit, "KNOWN", known)
    monkeypatch.setattr(audit, "ask", lambda command: {"dependencies": [package]} if "pip_audit" in command else {})
    assert audit.main(["npm"]) == code
    said = capsys.readouterr()
    if code == 0:
        assert "django 5.2.1: PYSEC-2026-1, not mended yet (accepted: We parse no XML.)" in said.out
        assert "static/package-lock.json: skipped, for its registry does not answer" in said.out
    else:
        assert ("Take a version in which it is mended" in said.err) or "needs a reason after it" in said.err


def test_audit_reads_the_list_that_there_is() -> None:
    audit.read_known(audit.KNOWN.read_text(encoding="utf-8"))
