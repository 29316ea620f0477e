"""When readers' questions go to the replica. That they do is in tests/faults/test_replica.py, with a real one."""

import datetime
import threading
from types import SimpleNamespace

import pytest
from django.db.utils import OperationalError

from roadmap.published.away import REPLICA, believe_away, is_believed_away, patience
from roadmap.web.page_store import replica

NOW = datetime.datetime(2026, 11, 30, tzinfo=datetime.UTC)
OLD = (frozenset(["one"]), {"vat-mtd": frozenset(["one"])}, None)
NEW = (frozenset(["two"]), {"vat-mtd": frozenset(["two"])}, None)
AWAY = OperationalError("no route to host")


@pytest.fixture
def says(monkeypatch):
    """says(answer, *uids) is what the replica does, and which Editions it has besides."""

    def this(answer, *uids):
        def newest(database, now):
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(replica, "newest", newest)

        def has_all(database, seen):
            assert patience(database) <= 1
            return seen <= {*uids}

        monkeypatch.setattr(replica, "has_all", has_all)

    yield this
    believe_away(True, REPLICA)


@pytest.mark.parametrize(
    ("answer", "has", "of_primary", "seen", "is_read"),
    [
        (OLD, ["one"], OLD, {"one"}, True),
        (OLD, ["one"], NEW, {"one"}, False),
        (NEW, ["one", "two"], OLD, {"one"}, False),
        (AWAY, [], OLD, {"one"}, False),
        # While the primary is away
        (OLD, ["one"], None, {"one"}, True),
        (NEW, ["one", "two"], None, {"one"}, True),
        (OLD, ["one"], None, {"two"}, False),
        (OLD, ["one"], None, set(), True),
        (AWAY, [], None, {"one"}, False),
    ],
)
def test_it_is_read_where_it_has_what_readers_see(says, answer, has, of_primary, seen, is_read):
    says(answer, *has)
    believe_away(False, REPLICA)
    watch = replica.ReplicaWatch()
    watch.ask(NOW, frozenset(seen))
    assert watch.answer(of_primary) == (answer if is_read else None)
    assert is_believed_away(REPLICA) is not is_read


def test_one_that_hangs_is_left_at_once_and_come_back_to(says, monkeypatch):
    says(OLD)
    monkeypatch.setattr(replica, "PATIENCE", 0)
    may_end, watch = threading.Event(), replica.ReplicaWatch()
    monkeypatch.setattr(replica, "newest", lambda *_: may_end.wait(20) and OLD)
    watch.ask(NOW, frozenset())
    assert watch.answer(OLD) is None
    watch.ask(NOW, frozenset())  # asks nothing more
    may_end.set()
    monkeypatch.setattr(replica, "PATIENCE", 20)
    assert watch.answer(OLD) == OLD


def test_what_lasts_is_said_once(says, monkeypatch, caplog):
    clock = [0.0]
    monkeypatch.setattr(replica, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    watch = replica.ReplicaWatch()
    for answer, seconds in (
        (OLD, 1),
        (NEW, 1),
        (OLD, 1),
        (OLD, 1),
        (OLD, 1),
        (OLD, 1),
        (NEW, 1),
        (NEW, 1),
        (AWAY, 3),
        (AWAY, 1),
    ):
        says(answer)
        watch.ask(NOW, frozenset())
        watch.answer(NEW)
        clock[0] += seconds
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "For more than 2.0 seconds the replica lacks what has been published",
        "The replica is read from again",
        "For more than 2.0 seconds the replica cannot be read (no route to host)",
    ]
