"""A setting that is wrong says so, in words that tell what to do."""

import os
import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

# It warns, and we refuse.
pytestmark = pytest.mark.filterwarnings("ignore:Engine not recognized from url")

SETTINGS = Path(__file__).resolve().parent.parent / "roadmap_site" / "settings.py"
PRIMARY = "postgres://roadmap@one.example.org:5432/roadmap"
REPLICA = "postgres://roadmap@two.example.org:5432/roadmap"


@pytest.fixture
def read(monkeypatch, tmp_path):
    """read(**variables) is the settings that these make."""

    def settings(**variables):
        for name in ("DATABASE_URL", "DATABASE_REPLICA_URL", "ROADMAP_IS_SERVER"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"STATE_DIR": str(tmp_path), "SECRET_KEY": "a" * 50, **variables}.items():
            monkeypatch.setitem(os.environ, name, value)
        return runpy.run_path(str(SETTINGS))

    return settings


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
    assert read(LOCAL="true")["EMAIL_FILE_PATH"] == str(tmp_path / "mail")
    monkeypatch.chdir(tmp_path.parent)
    assert read(LOCAL="true", STATE_DIR=tmp_path.name)["EMAIL_FILE_PATH"] == str(tmp_path / "mail")
