"""A setting that is wrong says so, in words that tell what to do: roadmap_site/check_settings.py."""

import os
import re
import runpy
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "roadmap_site" / "settings.py"
NAMES = set(re.findall(r'env\.\w+\(\s*"(\w+)"', SETTINGS.read_text(encoding="utf-8")))
PRIMARY = "postgres://roadmap@one.example.org:5432/roadmap"
REPLICA = "postgres://roadmap@two.example.org:5432/roadmap"


@pytest.fixture
def read(monkeypatch, tmp_path):
    """read(**variables) is the settings that these make."""

    def settings(**variables):
        for name in {*NAMES, "ROADMAP_IS_SERVER"}:
            monkeypatch.delenv(name, raising=False)
        usual = {"STATE_DIR": str(tmp_path), "SECRET_KEY": "a" * 50, "ENV_FILE": os.devnull}
        for name, value in {**usual, **variables}.items():
            monkeypatch.setitem(os.environ, name, value)
        return runpy.run_path(str(SETTINGS))

    return settings


WRONG = {
    "DEBUG": ["maybe", "2"],
    "LOCAL": ["tru"],
    "BEHIND_PROXY": ["nginx"],
    "GOVUK_BRAND": ["crown"],
    "ALLOWED_HOSTS": ["https://x.example", "x.example:443", "x.example/", "a.example b.example", "-", "a..example"],
    "CSRF_TRUSTED_ORIGINS": [
        "x.example",
        "https://x.example/",
        "https://",
        "ftp://x.example",
        "https://x.example:port",
    ],
    "DATABASE_URL": [
        "nonsense",
        "postgres://u:secret@x.example:port/n",
        "mysql://u@x.example/n",
        "sqlite:////nowhere/at/all",
    ],
    "DATABASE_REPLICA_URL": ["nonsense", "postgres://u:secret@x.example/n"],
    "STATE_DIR": [os.devnull, f"{os.devnull}/folder", "/proc/folder"],
    "ENV_FILE": ["not-there.env"],
    "SITE_NAME": ["a" * 201, "Two\nlines"],
    "SITE_CONTACT_NAME": ["a" * 201],
    "SITE_URL": [
        "javascript:alert(1)",
        "example.org",
        "//example.org",
        "https://",
        "https://a b",
        "http://[",
        "http://x:port",
    ],
    "SITE_CONTACT_EMAIL": ["team", "team@", "a@example.org, b@example.org", "a@example.org\nBcc: b@example.org"],
    "PRIVACY_NOTICE_URL": ["javascript:alert(1)", "privacy"],
    "PAGE_STORE_MEMORY": ["-1", "64MB", "much", "1.5", "1e3"],
    "PAGE_STORE_DISK": ["-1", "all"],
    "EMAIL_URL": ["mail.example.org", "smtp://", "smtp://u:secret@x.example:port", "pigeon://x.example"],
    "ADMINS": ["team", "a@example.org; b@example.org", "Team <a@example.org>"],
    "EMAIL_FROM": ["roadmap", "Team <roadmap>", "Team roadmap@example.org", "a@example.org\nBcc: b@example.org"],
    "LOG_LEVEL": ["loud", "20"],
    "OIDC_ISSUER": ["id.example.org", "http://id.example.org/", "https://id.example.org/?a=1", "javascript:alert(1)"],
    "OIDC_NAME": ["a" * 201],
    "OIDC_CLIENT_ID": ["a" * 201],
    "OIDC_CLIENT_SECRET": ["secret" * 200],
    "OIDC_GROUPS_CLAIM": ["two words", "a" * 101],
    "OIDC_ROLES": ["editors", "editors=edit", "=editor", "a=editor, b"],
    "SECOND_FACTOR": ["yes", "publisher", "editors"],
    "SESSION_HOURS": ["0", "25", "1.5", "eight", "-1"],
    "SESSION_IDLE_MINUTES": ["4", "1441", "1h"],
    "SECURITY_CONTACT": ["us", "http://example.org/", "mailto:us", "javascript:alert(1)"],
    "SECURITY_POLICY_URL": ["javascript:alert(1)", "http://example.org/"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_what_is_wrong_is_said_in_one_line_with_what_to_write(read, name, value):
    with pytest.raises(ImproperlyConfigured) as refused:
        read(**{name: value})
    (line,) = str(refused.value).split("\n")
    assert line.startswith(name)
    assert re.search(r"must be|name another|mend the name|set both or neither", line)
    assert "secret" not in line  # a password


def test_every_setting_is_checked():
    assert {*WRONG, "SECRET_KEY"} == NAMES


def test_an_identity_provider_is_set_whole(read):
    issuer = "https://id.example.org/"
    for given in ({}, {"OIDC_CLIENT_ID": "roadmap"}, {"OIDC_CLIENT_SECRET": "canary"}):
        with pytest.raises(
            ImproperlyConfigured, match=r"^OIDC_ISSUER must be set with OIDC_CLIENT_ID and OIDC_CLI"
        ) as no:
            read(OIDC_ISSUER=issuer, **given)
        assert "canary" not in str(no.value)
    found = read(OIDC_ISSUER=issuer, OIDC_CLIENT_ID="a", OIDC_CLIENT_SECRET="b", OIDC_ROLES="x=y=editor, z = publisher")
    assert found["OIDC_ROLES"] == {"x=y": "editor", "z": "publisher"}


def test_a_real_site_needs_a_secret(read):
    for secret in ("", " "):
        with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY is not set. .*LOCAL=true"):
            read(SECRET_KEY=secret)


def test_all_that_is_wrong_is_said_at_once(read):
    with pytest.raises(ImproperlyConfigured) as refused:
        read(DEBUG="maybe", SITE_URL="javascript:", SECRET_KEY="", EMAIL_URL="x")
    named = [line.split()[0] for line in str(refused.value).split("\n")]
    assert sorted(named) == ["DEBUG", "EMAIL_URL", "SECRET_KEY", "SITE_URL"]


def test_what_is_right_is_taken(read):
    found = read(
        DEBUG="No",
        BEHIND_PROXY="YES",
        ALLOWED_HOSTS="roadmap.example.org, .example.net,127.0.0.1,[::1],localhost,*",
        CSRF_TRUSTED_ORIGINS="https://roadmap.example.org, https://*.example.net:8443",
        SITE_URL="/start/",
        EMAIL_FROM="Roadmap team <roadmap@example.org>",
        EMAIL_URL="smtp+tls://user:password@mail.example.org:587",
        SECURITY_CONTACT="security@example.org, https://example.org/report",
        LOG_LEVEL="info",
        PAGE_STORE_MEMORY="0",
    )
    assert found["ALLOWED_HOSTS"] == ["roadmap.example.org", ".example.net", "127.0.0.1", "[::1]", "localhost", "*"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://roadmap.example.org", "https://*.example.net:8443"]
    assert found["SECURITY_CONTACT"] == ["security@example.org", "https://example.org/report"]
    assert (found["DEBUG"], found["LOGGING"]["root"]["level"], found["PAGE_STORE_MEMORY"]) == (False, "INFO", 0)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)


def test_a_setting_that_is_empty_is_one_that_is_not_set(read, tmp_path):
    empty = read(**dict.fromkeys(NAMES - {"STATE_DIR", "SECRET_KEY", "ENV_FILE"}, ""))
    assert empty["DATABASES"]["default"]["NAME"] == str(tmp_path / "roadmap.sqlite3")
    assert (empty["SITE_NAME"], empty["LOGGING"]["root"]["level"]) == ("HMRC Developer Hub", "WARNING")
    assert (empty["DEBUG"], empty["ALLOWED_HOSTS"], empty["SENDS_EMAIL"]) == (False, [], False)


def test_the_folder_is_made_for_its_owner_alone(read, tmp_path):
    read(STATE_DIR=str(tmp_path / "new"))
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_written_to(read, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # as for anybody but root, who may run this
    with pytest.raises(ImproperlyConfigured, match=rf"^STATE_DIR: {tmp_path} cannot be written to by user \d+: change"):
        read()


# A file of settings


@pytest.fixture
def env_file(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "environ", os.environ.copy())  # which reading it adds to
    monkeypatch.setattr("environ.Env.ENVIRON", os.environ)
    return tmp_path / "settings.env"


def test_settings_are_read_from_a_file_and_what_is_set_elsewhere_wins(read, env_file):
    env_file.write_text("# Ours\n\nSITE_NAME='Our roadmaps'\nexport LOG_LEVEL=error\nSITE_URL=https://example.org/\n")
    found = read(ENV_FILE=str(env_file), SITE_URL="/elsewhere/")
    assert (found["SITE_NAME"], found["LOGGING"]["root"]["level"]) == ("Our roadmaps", "ERROR")
    assert found["SITE_URL"] == "/elsewhere/"


def test_what_is_wrong_in_the_file_is_said_as_elsewhere(read, env_file):
    env_file.write_text("DEBUG=maybe\n")
    with pytest.raises(ImproperlyConfigured, match=r"^DEBUG must be true or false"):
        read(ENV_FILE=str(env_file))
    env_file.write_text("DEBUG=false\nSITE_NAME = Ours\n")
    with pytest.raises(ImproperlyConfigured, match=r"settings\.env, line 2, must be like NAME=value"):
        read(ENV_FILE=str(env_file))
    env_file.write_bytes(b"SITE_NAME=\xff\n")
    with pytest.raises(ImproperlyConfigured, match=r"settings\.env cannot be read: it is not UTF-8"):
        read(ENV_FILE=str(env_file))


def test_no_test_reads_the_file_of_whoever_runs_it():
    assert os.environ["ENV_FILE"] == os.devnull


# Whatever is started


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


# Databases


@pytest.mark.parametrize(
    ("replica", "primary"),
    [
        (REPLICA, ""),
        (REPLICA, "sqlite:////srv/roadmap.sqlite3"),
        ("sqlite:////srv/copy.sqlite3", PRIMARY),
        ("mysql://roadmap@two.example.org/roadmap", PRIMARY),
        ("two.example.org", PRIMARY),
        ("postgres://roadmap@two.example.org:port/roadmap", PRIMARY),
        ("postgres://roadmap@two.example.org:5432", PRIMARY),
        ("no scheme://x", PRIMARY),
        (PRIMARY, PRIMARY),
    ],
)
@pytest.mark.parametrize("is_server", ["true", "false"])
def test_a_replica_is_another_postgresql(read, replica, primary, is_server):
    primaries = {"DATABASE_URL": primary} if primary else {}
    with pytest.raises(ImproperlyConfigured, match="DATABASE_REPLICA_URL"):
        read(DATABASE_REPLICA_URL=replica, ROADMAP_IS_SERVER=is_server, **primaries)


@pytest.mark.parametrize("url", ["nonsense", "postgres://one.example.org:port/x", "mysql://one.example.org/roadmap"])
def test_a_database_is_one_of_two_kinds(read, url):
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL must be like postgres:.* or sqlite:"):
        read(DATABASE_URL=url)


def test_only_the_server_knows_the_replica(read):
    urls = {"DATABASE_URL": PRIMARY, "DATABASE_REPLICA_URL": REPLICA}
    served = read(ROADMAP_IS_SERVER="true", **urls)["DATABASES"]
    assert {name: database["HOST"] for name, database in served.items()} == {
        "default": "one.example.org",
        "replica": "two.example.org",
    }
    assert [database["OPTIONS"]["pool"]["connection_class"].database for database in served.values()] == [*served]
    assert [*read(**urls)["DATABASES"]] == ["default"]
    assert [*read(DATABASE_URL=PRIMARY, DATABASE_REPLICA_URL="", ROADMAP_IS_SERVER="true")["DATABASES"]] == ["default"]


def test_on_ones_own_machine_mail_goes_into_the_folder_of_the_site_wherever_it_was_started(read, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path.parent)
    assert read(LOCAL="true")["EMAIL_FILE_PATH"] == str(tmp_path / "mail")
