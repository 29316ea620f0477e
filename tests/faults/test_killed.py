"""A process that is killed in the middle of something leaves nothing half done."""

import os
import signal
import threading

import pytest

from tests.faults.clients import Staff, ask, ask_all
from tests.faults.cluster import children
from tests.faults.waiting import until

pytestmark = pytest.mark.needs("postgresql", "styles")

PUBLISH = "/admin/roadmap/roadmap/1/publish/"
RENAME = "from roadmap.models import Item; Item.objects.update(title='Published after all')"
HELD = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
COUNTS = ", ".join(f"(SELECT count(*) FROM roadmap_{table})" for table in ("edition", "revision", "change"))


@pytest.fixture
def hold(cluster, site):
    """hold(table, mode) keeps everybody else from a table until let_go() or the test ends."""
    database = site.settings["DATABASE_URL"].rpartition("/")[2]
    session = cluster.session(database)

    def lock(table, mode):
        session.stdin.write(f"BEGIN; LOCK TABLE {table} IN {mode} MODE; SELECT 'locked';\n")
        session.stdin.flush()
        while "locked" not in session.stdout.readline():
            assert session.poll() is None

    def let_go():
        if session.poll() is None:
            session.communicate("ROLLBACK;\n", timeout=10)

    yield lock, let_go
    let_go()


def kill_workers(site):
    workers = children(site.server.pid)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    until(lambda: len({*children(site.server.pid)} - {*workers}) == len(workers), 10)


def test_an_edition_is_there_whole_or_not_at_all(site, cluster, hold):
    lock, let_go = hold
    database = site.settings["DATABASE_URL"].rpartition("/")[2]
    site.manage("shell", "--no-imports", "--command", RENAME)
    staff = Staff(site)
    page = staff.get(PUBLISH)
    before, shown = cluster.sql(f"SELECT {COUNTS}", database), ask(site, "/vat-mtd/items/").body
    lock("roadmap_change", "SHARE")  # what is published can be read; the last of it cannot be written
    answers = []
    publishing = threading.Thread(target=lambda: answers.append(staff.send(page, action="publish")))
    publishing.start()
    until(lambda: cluster.sql(HELD, database) != "0", 10)
    kill_workers(site)
    publishing.join()
    assert answers[0].status == 0
    assert {a.body for a in ask_all(site, ["/vat-mtd/items/"] * 8)} == {shown}
    let_go()
    until(lambda: cluster.sql(HELD, database) == "0", 10)
    assert cluster.sql(f"SELECT {COUNTS}", database) == before
    page = staff.get(PUBLISH)
    assert staff.send(page, action="publish").status == 302
    until(lambda: all(b"Published after all" in a.body for a in ask_all(site, ["/vat-mtd/items/"] * 8)), 2)
    assert ask(site, "/vat-mtd/editions/3/").status == 200


def test_no_page_is_torn(site, hold):
    lock, let_go = hold
    paths = [f"/vat-mtd/items/?q={word}" for word in ("planned", "tested", "piloted", "used", "renamed", "vat")]
    lock("roadmap_edition", "ACCESS EXCLUSIVE")  # so that all are in the middle of being made
    answers = []
    readers = [threading.Thread(target=lambda path=path: answers.append(ask(site, path))) for path in paths]
    for reader in readers:
        reader.start()
    kill_workers(site)
    let_go()
    for reader in readers:
        reader.join()
    assert {a.status for a in answers} <= {0, 200, 503}
    assert {a.path for a in answers if a.status == 200 and not a.text.rstrip().endswith("</html>")} == set()
    until(lambda: {a.status for a in ask_all(site, paths)} == {200}, 5)
    whole = {a.path: a.body for a in ask_all(site, paths)}
    assert {a.path for a in ask_all(site, paths * 5) if a.body != whole[a.path]} == set()
    assert {a.path for a in answers if a.status == 200 and a.body != whole[a.path]} == set()
    assert len({*whole.values()}) == len(paths)
    assert not [path for path in (site.state_dir / "pages").iterdir() if path.name.startswith("tmp")]
