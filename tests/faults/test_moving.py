"""A site goes from SQLite to PostgreSQL and back; what is killed or full on the way changes nothing."""

import json
import shutil
import signal
import subprocess
import sys
from itertools import count

import pytest

from tests import live
from tests.faults.waiting import until
from tests.keeping.how_to import commands
from tests.keeping.test_alone import ended, migrating

pytestmark = pytest.mark.needs("postgresql")

_numbers = count(1)

# Two roadmaps, one with a column of its own; dates that moved, withdrawals, an edition to come, a draft, a picture.
SITE = """
import datetime
from django.contrib.auth.models import User
from roadmap.models import Item, PreviewLink, Roadmap
from tests import make
from tests.transfer.another import upload
from tests.web import story
from tests.web.sample import whole_roadmap
story.tell()
other = whole_roadmap(slug="other", reference_prefix="OTH", title="Other É", footer="![Seen](/media/markdown/seen.png)")
make.edition(other, at=make.at("2026-03-24", "09:30:00.123456"), note="É “quoted”")
other.items.filter(reference="OTH-1").update(title="Renamed", description="  a\\r\\n\\tb ")
other.items.get(reference="OTH-1").milestones.update(when="Q3 2026 to 2027")
make.edition(other, at=make.at("2026-03-24", "09:30:00.123457"))
other.items.filter(reference="OTH-2").delete()
make.edition(other, at=make.at("2099-01-01"))
other.items.update(journey="A draft")
upload("markdown/seen.png")
person = User.objects.create_user("ann", password="a long password", is_staff=True)
PreviewLink.objects.create(roadmap=other, created_by=person, created_at=make.at("2026-01-01"),
    expires_at=make.at("2098-01-01"))
"""
ASKED = """
import json
from django.conf import settings
from django.test import Client
from roadmap.published import store
from tests import make
from tests.keeping.sites import all_exported
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
store.now = lambda: make.at("2026-04-01")
client, found = Client(SERVER_NAME="localhost"), {}
paths = ["/changes.atom", "/items/", "/api/v1/roadmaps"]
for slug, editions in (("vat-mtd", 7), ("other", 2)):
    at = f"/api/v1/roadmaps/{slug}"
    paths += [at, *(f"{at}/{name}" for name in ("items", "pages", "changelog", "editions", "changes"))]
    paths += [f"{at}/editions/{number}" for number in range(1, editions + 1)]
    paths += [f"/{slug}/{name}" for name in ("", "changes.atom", "changes.json", "items.csv", "items.ics", "dates/",
        "changes/?since=0", "editions/")]
for path in paths:
    answer = client.get(path)
    found[path] = [answer.status_code, answer.get("ETag"), answer.content.decode()]
found |= {slug: [200, "none", file.decode()] for slug, file in all_exported().items()}
print("ANSWERS" + json.dumps(found))
"""


@pytest.fixture
def empty(cluster):
    """The address of an empty database, each time another."""

    def make():
        name = f"moved{next(_numbers)}"
        cluster.sql(f"CREATE DATABASE {name}")
        return cluster.url(name)

    return make


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("moving")
    live.manage(folder, "migrate", "--verbosity=0")
    live.manage(folder, "shell", "--no-imports", "--command", SITE)
    return folder


@pytest.fixture(scope="module")
def kept(site, tmp_path_factory):
    file = tmp_path_factory.mktemp("kept") / "site.tar"
    live.manage(site, "backup", str(file))
    return file


def told(folder, **settings):
    """Every answer of the API and the feeds, some pages, and each roadmap as export_json writes it, with ETags."""
    said = live.manage(folder, "shell", "--no-imports", "--command", ASKED, **settings)
    return json.loads(said.partition("ANSWERS")[2])


def test_a_site_moves_as_the_how_to_says_and_every_answer_stays_under_its_etag(site, empty, tmp_path):
    back_up, restore = [[*words[:-1], str(tmp_path / words[-1])] for words in commands("move-to-postgresql.md")]
    before = told(site)
    live.manage(site, *back_up)
    settings = {"DATABASE_URL": empty()}
    assert "Restored the backup of" in live.manage(site, *restore, **settings)
    after = told(site, **settings)
    assert {path: status for path, (status, *_) in before.items() if status != 200} == {}
    assert all(tag for _, tag, _ in before.values())
    assert {path for path in before if before[path] != after[path]} == set()
    # And back.
    live.manage(site, "backup", str(tmp_path / "back.tar"), **settings)
    again = {"DATABASE_URL": f"sqlite:///{tmp_path / 'again.sqlite3'}"}
    live.manage(site, "restore", str(tmp_path / "back.tar"), **again)
    assert told(site, **again) == before


def test_two_that_migrate_one_database_wait_for_each_other(cluster, empty, tmp_path):
    url = empty()
    database = url.rpartition("/")[2]
    waiting = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}' AND wait_event = 'advisory'"
    somebody = cluster.session(database)
    somebody.stdin.write("SELECT pg_advisory_lock(7240551903); SELECT 'locked';\n")
    somebody.stdin.flush()
    while "locked" not in somebody.stdout.readline():
        assert somebody.poll() is None
    with migrating(live.environment_of(tmp_path) | {"DATABASE_URL": url}) as begun:
        until(lambda: cluster.sql(waiting) == "2", 180)
        somebody.communicate("", timeout=10)
        assert ended(begun) == [(False, True), (True, False)]


def test_a_restore_that_is_killed_leaves_the_old_site(site, kept, cluster, empty):
    settings = {"DATABASE_URL": empty()}
    database = settings["DATABASE_URL"].rpartition("/")[2]
    live.manage(site, "restore", str(kept), **settings)
    cluster.sql("UPDATE roadmap_roadmap SET title = 'Typed since'", database)
    before = told(site, **settings)
    # Readers of one table keep it from being dropped, until it is killed in the middle of that.
    somebody = cluster.session(database)
    somebody.stdin.write("BEGIN; SELECT count(*) FROM roadmap_save; SELECT 'read';\n")
    somebody.stdin.flush()
    while "read" not in somebody.stdout.readline():
        assert somebody.poll() is None
    command = [sys.executable, "manage.py", "restore", str(kept), "--replace", database]
    restoring = subprocess.Popen(command, cwd=live.ROOT, env=live.environment_of(site) | settings)
    held = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}' AND wait_event_type = 'Lock'"
    until(lambda: cluster.sql(held) != "0", 60)
    restoring.send_signal(signal.SIGKILL)
    restoring.wait()
    somebody.communicate("ROLLBACK;\n", timeout=10)
    until(lambda: cluster.sql(held) == "0", 30)
    assert told(site, **settings) == before
    assert "Restored" in live.manage(site, *command[2:], **settings)


def test_a_disk_that_is_full_in_the_middle_leaves_no_file_and_says_so(site, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)]
    if not shutil.which("mount") or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        done = subprocess.run(
            [sys.executable, "manage.py", "backup", str(disk / "site.tar")],
            cwd=live.ROOT,
            env=live.environment_of(site),
            capture_output=True,
            text=True,
            check=False,
        )
        left = [*disk.iterdir()]
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
    assert done.returncode == 1
    assert f"CommandError: {disk}/site.tar cannot be written: No space left on device." in done.stderr
    assert "Traceback" not in done.stderr
    assert left == []
