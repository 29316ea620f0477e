"""A setting that is wrong says so, in words that tell what to do: roadmap_site/check_settings.py."""

import os
import re
import runpy
import stat
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
    "HSTS_SUBDOMAINS": ["all"],
    "HSTS_SECONDS": ["-1", "a year", "1e9", "999999999"],
    "PUBLIC_ORIGIN": ["roadmap.example.org", "https://x.example/a", "ftp://x.example", "https://user@x.example"],
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
    "BUILD_DIR": [os.devnull, f"{os.devnull}/folder"],
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
    "UPLOADS_PER_PERSON": ["-1", "much"],
    "UPLOADS_IN_ALL": ["-1", "1 GB"],
    "PAGE_STORE_DISK": ["-1", "all"],
    "MAIL_WAIT": ["-1", "ten"],
    "MAIL_RATE": ["fast", "0.5"],
    "WEBSUB_HUBS": ["hub", "http://hub.example/", "https://hub.example/, x"],
    "NOTIFY_KEY": ["key", "name-26785a09-ab16-4eb0-8407-a37497a57506", "a b"],
    "NOTIFY_RECEIPT_TOKEN": ["short", "secret with blanks and more", "é" * 30],
    "NOTIFY_TEMPLATE": ["template", "f33517ff2a884f6eb855c550268ce08a"],
    "BOUNCES_URL": [
        "mail.example.org",
        "imaps://",
        "imaps://mail.example.org/INBOX",
        "imaps://team@mail.example.org",
        "imaps://team:secret@mail.example.org:port/",
        "imaps://team:secret@mail.example.org/a%0D%0Ab",
        "imaps://te%0Aam:secret@mail.example.org/",
        "pop3://team:secret@mail.example.org/",
        "imaps://team:secret@mail.example.org/INBOX?all",
    ],
    "BOUNCES_ADDRESS": ["bounces", "Team <bounces@example.org>", "a@example.org, b@example.org"],
    "ANYMAIL_PROVIDER": ["sendgrid", "amazon_ses", "postmark, mailgun"],
    "ANYMAIL_KEY": ["short", "secret with blanks", "é" * 30],
    "ANYMAIL_WEBHOOK_SECRET": ["short", "secret with blanks and more", "é" * 30],
    "ANYMAIL_DOMAIN": ["mailgun", "https://mg.example.org", "mg.example.org/v3", "team@mg.example.org"],
    "ANYMAIL_API_URL": ["api.example.org", "http://api.example.org/v3", "https://secret@api.example.org", "https://"],
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
    "LOG_FORMAT": ["xml", "true"],
    "ACCESS_LOG": ["combined"],
    "SLOW_RENDER_MS": ["-1", "1s", "0.5"],
    "SLOW_QUERY_MS": ["never"],
    "SENTRY_DSN": ["nonsense", "https://sentry.example.org/1", "https://secret@/1", "https://secret@x.example/project"],
    "METRICS_NETWORKS": ["office", "10.0.0.1/8", "10.0.0.0/8 127.0.0.1", "10.0.0.0/33"],
    "UPLOADS_URL": [
        "nonsense",
        "s3://",
        "s3://A_B",
        "https://bucket.s3.amazonaws.com/",
        "s3://bucket:secret",
        "s3://key@bucket",
        "s3://bucket/../x",
        "s3://bucket?endpoint=store.example.org",
        "s3://key:secret@bucket?endpoint=javascript:alert(1)",
        "s3://bucket?region=a b",
        "s3://bucket?acl=public",
        "s3://bucket?endpoint",
    ],
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


def test_a_provider_of_mail_is_set_with_its_key_and_instead_of_notify(read):
    for given in ({"ANYMAIL_PROVIDER": "postmark"}, {"ANYMAIL_KEY": "canary-canary"}):
        with pytest.raises(ImproperlyConfigured, match=r"^ANYMAIL_\w+ is set, and ANYMAIL_\w+ is not: set both") as no:
            read(**given)
        assert "canary" not in str(no.value)
    notify = {
        "NOTIFY_KEY": "roadmap-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0",
        "NOTIFY_TEMPLATE": "f33517ff-2a88-4f6e-b855-c550268ce08a",
    }
    with pytest.raises(ImproperlyConfigured, match=r"^ANYMAIL_PROVIDER must be left out where NOTIFY_KEY is set"):
        read(ANYMAIL_PROVIDER="postmark", ANYMAIL_KEY="canary-canary", **notify)
    with pytest.raises(ImproperlyConfigured, match=r"^ANYMAIL_WEBHOOK_SECRET must be NAME:PASSWORD for Postmark"):
        read(ANYMAIL_PROVIDER="postmark", ANYMAIL_KEY="canary-canary", ANYMAIL_WEBHOOK_SECRET="canary" * 5)
    found = read(ANYMAIL_PROVIDER="Mailgun", ANYMAIL_KEY="a-key-of-it", ANYMAIL_API_URL="https://api.eu.mailgun.net/v3")
    assert found["EMAIL_BACKEND"] == "roadmap.subscriptions.providers.by_anymail.AnymailBackend"
    assert (found["SENDS_EMAIL"], found["ANYMAIL"]["MAILGUN_API_KEY"]) == (True, "a-key-of-it")
    assert found["ANYMAIL"]["SEND_DEFAULTS"] == {"track_opens": False, "track_clicks": False}
    assert (found["ANYMAIL_REPORTS"], "MAILGUN_WEBHOOK_SIGNING_KEY" in found["ANYMAIL"]) == (False, False)
    secret = "roadmap:a-password-of-its-own"
    told = read(ANYMAIL_PROVIDER="postmark", ANYMAIL_KEY="a-key-of-it", ANYMAIL_WEBHOOK_SECRET=secret)
    assert (told["ANYMAIL_REPORTS"], told["ANYMAIL"]["WEBHOOK_SECRET"]) == (True, secret)
    assert read()["ANYMAIL"] == {}


def test_the_mailbox_for_what_comes_back_is_one_setting(read):
    assert read()["BOUNCES_MAILBOX"] == {}
    found = read(BOUNCES_URL="imaps://team%40example.org:s%2Fecret@mail.example.org/Sent%20back/New")
    assert found["BOUNCES_MAILBOX"] == {
        "host": "mail.example.org",
        "port": 993,
        "tls": "tls",
        "user": "team@example.org",
        "password": "s/ecret",
        "folder": "Sent back/New",
    }
    other = read(BOUNCES_URL="imap://a:b@mail.example.org")["BOUNCES_MAILBOX"]
    assert (other["port"], other["tls"], other["folder"]) == (143, "starttls", "INBOX")
    assert read(BOUNCES_URL="imap://a:b@localhost:1143")["BOUNCES_MAILBOX"]["tls"] == "none"


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
        LOG_FORMAT="JSON",
        METRICS_NETWORKS="10.0.0.0/8, 127.0.0.1,2001:db8::/32",
        SENTRY_DSN="https://key@sentry.example.org/4",
        PAGE_STORE_MEMORY="0",
        PUBLIC_ORIGIN="https://Roadmap.example.org",
    )
    assert found["ALLOWED_HOSTS"] == ["roadmap.example.org", ".example.net", "127.0.0.1", "[::1]", "localhost", "*"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://roadmap.example.org", "https://*.example.net:8443"]
    assert (found["PUBLIC_ORIGIN"], found["SECURE_SSL_HOST"]) == ("https://roadmap.example.org", "roadmap.example.org")
    assert found["SECURITY_CONTACT"] == ["security@example.org", "https://example.org/report"]
    assert (found["DEBUG"], found["LOGGING"]["root"]["level"], found["PAGE_STORE_MEMORY"]) == (False, "INFO", 0)
    assert found["LOGGING"]["handlers"]["console"]["formatter"] == "json"
    assert [*map(str, found["METRICS_NETWORKS"])] == ["10.0.0.0/8", "127.0.0.1/32", "2001:db8::/32"]
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)


def test_a_store_of_uploads_is_one_setting(read):
    assert read()["STORAGES"]["default"] == {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    found = read(UPLOADS_URL="s3://key:s%2Fecret@our-bucket/site?endpoint=https://store.example.org/&region=eu-west-2")
    assert found["STORAGES"]["default"] == {
        "BACKEND": "roadmap_site.uploads.Uploads",
        "OPTIONS": {
            "bucket_name": "our-bucket",
            "location": "site",
            "endpoint_url": "https://store.example.org",
            "region_name": "eu-west-2",
            "access_key": "key",
            "secret_key": "s/ecret",
        },
    }
    assert found["CONTENT_SECURITY_POLICY"] == read()["CONTENT_SECURITY_POLICY"]
    assert read(UPLOADS_URL="s3://our-bucket")["STORAGES"]["default"]["OPTIONS"] == {"bucket_name": "our-bucket"}


def test_one_key_without_the_other_is_said(read, monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match=r"AWS_SECRET_ACCESS_KEY is not: set both or neither\.$"):
        read(UPLOADS_URL="s3://our-bucket", AWS_ACCESS_KEY_ID="key")
    read(AWS_ACCESS_KEY_ID="key")  # of something else


def test_browsers_are_held_to_https_for_an_hour_until_somebody_promises_more(read):
    """Nor are names below it, nor a list that browsers are built with."""
    usual, longer = read(), read(HSTS_SECONDS="31536000", HSTS_SUBDOMAINS="true")
    assert (usual["SECURE_HSTS_SECONDS"], usual["SECURE_HSTS_INCLUDE_SUBDOMAINS"]) == (3600, False)
    assert (longer["SECURE_HSTS_SECONDS"], longer["SECURE_HSTS_INCLUDE_SUBDOMAINS"]) == (31536000, True)
    assert "SECURE_HSTS_PRELOAD" not in usual
    assert read(LOCAL="true")["SECURE_HSTS_SECONDS"] == 0


def test_the_session_of_a_real_site_is_a_cookie_that_no_other_host_can_set(read):
    real, own = read(), read(LOCAL="true")
    assert (real["SESSION_COOKIE_NAME"], real["SESSION_COOKIE_SECURE"]) == ("__Host-sessionid", True)
    assert real["CSRF_COOKIE_SECURE"] is True
    assert (own.get("SESSION_COOKIE_NAME"), own["SESSION_COOKIE_SECURE"]) == (None, False)


def test_a_setting_that_is_empty_is_one_that_is_not_set(read, tmp_path):
    empty = read(**dict.fromkeys(NAMES - {"STATE_DIR", "SECRET_KEY", "ENV_FILE"}, ""))
    assert empty["DATABASES"]["default"]["NAME"] == str(tmp_path / "roadmap.sqlite3")
    assert (empty["SITE_NAME"], empty["LOGGING"]["root"]["level"]) == ("HMRC Developer Hub", "WARNING")
    assert (empty["LOG_FORMAT"], empty["ACCESS_LOG"], empty["METRICS_NETWORKS"]) == ("text", False, [])
    assert (empty["SLOW_RENDER_MS"], empty["SLOW_QUERY_MS"], empty["SENTRY_DSN"]) == (1000, 200, "")
    assert (empty["DEBUG"], empty["ALLOWED_HOSTS"], empty["SENDS_EMAIL"]) == (False, [], False)


def test_the_folder_is_made_for_its_owner_alone(read, tmp_path):
    read(STATE_DIR=str(tmp_path / "new"))
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_what_is_built_lies_with_the_state_unless_it_has_a_folder_of_its_own(read, tmp_path):
    assert read()["STATIC_ROOT"] == tmp_path / "static"
    found = read(BUILD_DIR=str(tmp_path / "built"))
    assert found["STATIC_ROOT"] == tmp_path / "built" / "static"
    assert tmp_path / "built" / "styles" in found["STATICFILES_DIRS"]
    assert found["MEDIA_ROOT"] == tmp_path / "media"
    assert not (tmp_path / "built").exists()  # script/build makes it, and whoever serves may not be allowed to


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
