"""A replica of PostgreSQL answers readers' questions, and is left while it is away or behind; staff never ask it."""

import shutil
import tempfile
from itertools import count
from pathlib import Path

import pytest

from tests.faults.clients import Staff, ask, ask_all
from tests.faults.cluster import Cluster
from tests.faults.test_database_away import ITEM
from tests.faults.waiting import until

pytestmark = pytest.mark.needs("postgresql", "styles")

PUBLISH = """
from roadmap.models import Roadmap
from roadmap.publishing import publish
roadmap = Roadmap.objects.get()
roadmap.items.update(title="{}")
publish(roadmap=roadmap, by=None)
"""
ITEMS = "/vat-mtd/items/"
# Whoever makes a page asks what is the newest there.
QUESTION = '"roadmap_edition"."roadmap_slug" = '
_numbers = count(1)


@pytest.fixture
def replica(cluster):
    cluster.sql("ALTER SYSTEM SET log_statement = 'all'")
    cluster.sql("SELECT pg_reload_conf()")
    folder = Path(tempfile.mkdtemp(prefix="roadmap-replica-"))
    made = Cluster(folder, replica_of=cluster)
    made.start()
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
        cluster.sql("ALTER SYSTEM RESET log_statement")
        cluster.sql("SELECT pg_reload_conf()")


@pytest.fixture
def site(serve, replica):
    return serve(replica)


def never_made():
    return f"{ITEMS}?q=i&q={next(_numbers)}"


def asked(server):
    return (server.folder / "log").read_text("utf-8").count(QUESTION)


def asks(site, *servers):
    """Which of the servers are asked while every process makes pages."""
    before = [asked(server) for server in servers]
    answers = ask_all(site, [never_made() for _ in range(12)])
    assert {answer.status for answer in answers} == {200}
    return [asked(server) > number for server, number in zip(servers, before, strict=True)]


def shows(site, words):
    return all(words in answer.text for answer in ask_all(site, [ITEMS] * 8))


def publish(site, words):
    """Until every process shows it: of some that are asked at once, one that is busy may answer none."""
    site.manage("shell", "--no-imports", "--command", PUBLISH.format(words))
    return until(lambda: all(shows(site, words) for _ in range(5)), 5)


def test_readers_ask_the_replica_where_it_has_what_they_see(site, cluster, replica):
    both = (cluster, replica)

    def is_read():
        return asks(site, *both) == [False, True]

    until(is_read, 10)
    publish(site, "Replicated")
    until(is_read, 5)

    replica.sql("SELECT pg_wal_replay_pause()")
    publish(site, "Before the replica has it")
    assert asks(site, *both) == [True, False]
    replica.sql("SELECT pg_wal_replay_resume()")
    until(is_read, 5)

    for leave, come_back in ((replica.stop, replica.start), (replica.hang, replica.wake)):
        leave()
        answers = ask_all(site, [never_made() for _ in range(24)])
        assert {answer.status for answer in answers} == {200}
        assert max(answer.seconds for answer in answers) < 4
        publish(site, f"Without it, {next(_numbers)}")
        come_back()
        until(is_read, 8)


def test_while_only_the_replica_is_there_it_is_read_and_staff_are_told(site, cluster, replica):
    staff = Staff(site)
    until(lambda: asks(site, replica) == [True], 10)
    cluster.stop()
    try:
        until(lambda: staff.get(ITEM).status == 503, 5)
        answers = ask_all(site, [never_made() for _ in range(12)])
        assert {(answer.status, answer.headers["Age"]) for answer in answers} == {(200, None)}
    finally:
        cluster.start()
    until(lambda: staff.get(ITEM).status == 200, 5)

    # It has not what readers saw: what is held is better than what it has.
    replica.sql("SELECT pg_wal_replay_pause()")
    publish(site, "Seen")
    cluster.stop()
    try:
        until(lambda: "Age" in ask(site, ITEMS).headers, 5)
        assert shows(site, "Seen")
    finally:
        cluster.start()
    replica.sql("SELECT pg_wal_replay_resume()")
    until(lambda: staff.get(ITEM).status == 200, 5)
    until(lambda: asks(site, replica) == [True], 8)
