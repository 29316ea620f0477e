import pytest
from django.db.utils import OperationalError

from roadmap.published import source
from roadmap.published.away import PRIMARY, REPLICA, believe_away, is_believed_away


@pytest.fixture(autouse=True)
def replica_is_read():
    believe_away(False, REPLICA)
    yield
    believe_away(True, REPLICA)
    believe_away(False)


@pytest.fixture
def has(monkeypatch):
    """has(*uids) are the Editions that the replica has."""

    def these(*uids):
        monkeypatch.setattr(source, "has_all", lambda database, editions: {*editions} <= {*uids})

    these("one")
    return these


def name_of(database):
    return database


def test_the_replica_is_asked_where_it_has_what_is_read(has):
    assert source.ask(name_of) == source.ask(name_of, "one") == REPLICA


def test_where_it_lacks_that_the_primary_is_asked_until_the_replica_is_seen_to_be_right(has):
    assert source.ask(name_of, "two") == PRIMARY
    assert source.ask(name_of, "one") == PRIMARY
    believe_away(False, REPLICA)
    assert source.ask(name_of, "one") == REPLICA


def test_whoever_asks_a_replica_that_fails_has_the_primarys_answer(has):
    asked = []

    def fails_on_replica(database):
        asked.append(database)
        if database == REPLICA:
            raise OperationalError("conflict with recovery")
        return "answer"

    assert (source.ask(fails_on_replica), source.ask(fails_on_replica)) == ("answer", "answer")
    assert asked == [REPLICA, PRIMARY, PRIMARY]
    assert is_believed_away(REPLICA)


def test_while_the_primary_is_away_only_the_replica_is_asked(has):
    believe_away(True)
    assert source.ask(name_of) == REPLICA
    believe_away(True, REPLICA)
    with pytest.raises(OperationalError):
        source.ask(name_of)
