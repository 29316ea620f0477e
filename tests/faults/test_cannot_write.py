"""The database takes nothing more: its disk is full, another program holds it, or it is a copy that only reads.

Whoever signs in or publishes gets a plain page with what they typed, and nothing is half done.
"""

import re
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests import live
from tests.admin.press import Form
from tests.faults.clients import Staff, ask
from tests.faults.disks import full
from tests.faults.waiting import until

pytestmark = pytest.mark.needs("postgresql", "styles")

REVIEW = "/admin/roadmap/roadmap/1/publish/"
ITEM = "/admin/roadmap/item/1/change/"
TYPED = "Why this edition: é & “quoted”"


@contextmanager
def locked(path):
    """Another program writes, and does not come to an end."""
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def assert_nothing_is_lost(site, staff, review, form):
    """Inside the fault: what staff send is refused in words, with all that they typed; readers read on."""
    assert ask(site, "/vat-mtd/").status == 200
    published = staff.send(review, note=TYPED, action="publish")
    assert published.status == 503, published.text
    assert "Nothing that you typed is lost" in published.text
    assert ("note", TYPED) in Form(published.text).fields
    saved = staff.send(form, title=TYPED)
    assert saved.status == 503
    assert ("title", TYPED) in Form(saved.text).fields
    other = Staff.__new__(Staff)
    other.site, other.cookies = site, {}
    page = other.get("/admin/login/")
    refused = other.send(page, username=site.username, password=site.password, next="/admin/")
    assert refused.status == 503, (page.status, refused.status)
    assert "Traceback" not in refused.text
    assert site.password not in refused.text
    return published


def assert_all_is_well(site, staff, published, count):
    """Afterwards: the same form, sent again, publishes once."""
    until(lambda: staff.send(published, REVIEW).status == 302, 20)
    assert len(re.findall(r"/vat-mtd/editions/\d+/", ask(site, "/vat-mtd/editions/").text)) >= count + 1
    assert Staff(site).get("/admin/").status == 200


def opened(site):
    staff = Staff(site)
    form = staff.get(ITEM)
    assert staff.send(form, title="Renamed once more").status == 302
    review = staff.get(REVIEW)
    assert (review.status, ITEM in review.text) == (200, True)
    return staff, review, staff.get(ITEM)


def test_a_full_disk_and_a_locked_file_lose_nothing(prepared_sqlite, small_disk):
    prepared, password = prepared_sqlite
    database = small_disk / "roadmap.sqlite3"
    shutil.copy(prepared / "roadmap.sqlite3", database)
    state_dir = Path(tempfile.mkdtemp(prefix="roadmap-state-"))
    with live.serving(prepared, state_dir, password, DATABASE_URL=f"sqlite:///{database}") as site:
        staff, review, form = opened(site)
        with full(small_disk):
            published = assert_nothing_is_lost(site, staff, review, form)
        with locked(database):
            again = assert_nothing_is_lost(site, staff, review, form)
        assert Form(again.text).fields[1:] == Form(published.text).fields[1:]  # but for the token
        assert_all_is_well(site, staff, published, 2)
    shutil.rmtree(state_dir)


def test_a_database_that_only_reads_loses_nothing(site, cluster):
    """As after a failover to a copy that was not made the first yet."""
    staff, review, form = opened(site)
    name = site.settings["DATABASE_URL"].rpartition("/")[2]
    cluster.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    cluster.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    published = assert_nothing_is_lost(site, staff, review, form)
    cluster.sql(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    cluster.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    assert_all_is_well(site, staff, published, 2)
