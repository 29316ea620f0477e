"""How often it is asked what is newest. What comes of it is in test_application.py, and in tests/faults."""

import datetime
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from roadmap.content.choices import Environment
from roadmap.published import store
from roadmap.published.filter_values import values_now
from roadmap.web.page_store import watch as module
from roadmap.web.page_store.watch import INTERVAL, INTERVAL_AWAY, Watch
from roadmap.web.responses import Basis
from tests import make

STARTS, ENDS = make.at("2026-06-05", "17:00"), make.at("2026-06-08", "09:00")
SECOND = datetime.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("takes", "wait", "then_waits"),
    [(0.0, INTERVAL, INTERVAL), (0.25, INTERVAL, INTERVAL - 0.25), (0.25, 0.5, 0.25), (1.0, 0.2, 0.01)],
)
def test_an_answer_that_takes_its_time_puts_off_no_later_question(monkeypatch, takes, wait, then_waits):
    watch, clock, waits = Watch(), [7.0], []

    def look(now):
        clock[0] += takes
        return wait

    def wait_and_end(seconds):
        waits.append(seconds)
        watch.end()

    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(watch, "look", look)
    monkeypatch.setattr(watch._wake, "wait", wait_and_end)
    watch._run()
    assert waits == [pytest.approx(then_waits)]


@pytest.mark.parametrize("is_told_while_looking", [False, True])
def test_who_asks_while_it_looks_waits_for_that_and_for_another_where_it_was_told_of_more(
    monkeypatch, is_told_while_looking
):
    watch, told = Watch(), []

    def look(now):
        told.append(watch.is_nudged)
        watch.look_now(lambda: told.append("answered"))
        if is_told_while_looking and len(told) == 1:
            watch.nudge()
        return INTERVAL

    def wait_and_go_on(seconds):
        told.append(watch.is_nudged)
        if not watch.is_nudged:
            watch.end()

    watch.nudge()
    monkeypatch.setattr(watch, "look", look)
    monkeypatch.setattr(watch._wake, "wait", wait_and_go_on)
    watch._run()
    once, twice = [True, "answered", False], [True, True, True, "answered", "answered", False]
    assert told == (twice if is_told_while_looking else once)


@pytest.fixture
def _start_with_an_empty_shelf(monkeypatch):
    monkeypatch.setattr(store, "_shelf", store._Shelf())
    monkeypatch.setattr(module, "close_old_connections", lambda: None)  # it is the test's, with all that is in it


@pytest.fixture
def vat(db, _start_with_an_empty_shelf):
    roadmap = make.roadmap(slug="vat-mtd", notice_title="Closed", notice_starts_at=STARTS, notice_ends_at=ENDS)
    return make.edition(roadmap, at=make.at("2026-03-24"))


def test_what_was_made_before_a_notice_is_right_until_that_begins_and_again_when_it_ends(vat):
    looking = Watch()
    newest = frozenset([str(vat.uid)])
    without, within, either = (Basis(newest, "vat-mtd", None, has_notice) for has_notice in (False, True, None))
    found = []
    for now in (STARTS - SECOND, STARTS, ENDS - SECOND, ENDS):
        looking.look(now)
        found.append([looking.seen.confirms(basis) for basis in (without, within, either)])
    assert found == [[True, False, True], [False, True, True], [False, True, True], [True, False, True]]


def test_it_looks_again_at_the_moment_at_which_a_notice_begins_or_ends(vat):
    looking = Watch()
    for moment in (STARTS, ENDS):
        assert looking.look(moment - 10 * SECOND) == INTERVAL
        assert looking.look(moment - 0.25 * SECOND) == 0.25
        seen = looking.seen
        looking.look(moment)
        assert looking.seen is not seen  # so that what is held is not given without being asked about


def test_a_notice_begins_and_ends_while_the_database_is_away_too(vat, monkeypatch):
    def away(database, now):
        raise OperationalError("no connection")

    monkeypatch.setattr(module, "believe_away", lambda is_away: None)
    looking = Watch()
    looking.look(STARTS - SECOND)
    without, within = (Basis(looking.seen.of_all, "vat-mtd", None, has_notice) for has_notice in (False, True))
    monkeypatch.setattr(module, "newest", away)
    found = []
    for now in (STARTS - SECOND, STARTS, ENDS - SECOND, ENDS):
        assert looking.look(now) == INTERVAL_AWAY
        found.append([looking.is_away, *map(looking.seen.agrees_on_notice, (without, within))])
    assert found == [[True, True, False], [True, False, True], [True, False, True], [True, True, False]]


def test_a_notice_that_is_published_anew_has_its_new_times(vat):
    looking = Watch()
    looking.look(STARTS)
    assert looking.seen.with_notice == {"vat-mtd"}
    roadmap = vat.roadmap
    roadmap.notice_starts_at = STARTS + 60 * SECOND
    roadmap.save()
    make.edition(roadmap, at=STARTS + SECOND)
    looking.look(STARTS + 2 * SECOND)
    assert looking.seen.with_notice == frozenset()


def test_what_the_first_page_of_items_needs_is_there_before_it_is_asked_for(vat):
    looking = Watch()
    looking.look(STARTS)
    published = store.newest("vat-mtd", STARTS)
    before = values_now.cache_info().misses
    looking.prepare_pages()
    assert values_now.cache_info().misses == before + 1
    values_now(published)
    assert values_now.cache_info().misses == before + 1
    looking.prepare_pages()  # of what is known already, nothing
    assert values_now.cache_info().misses == before + 1


def test_what_a_search_needs_is_made_when_nobody_asks_for_anything(vat, monkeypatch):
    looking, indexed, woken = Watch(), [], [True, True, False, False]
    monkeypatch.setattr(module, "index_of", lambda published: indexed.append(published.snapshot.roadmap.slug))
    found = []

    def wait(seconds):
        found.append([*indexed])
        if len(found) == len(woken):
            looking.end()
        return woken[len(found) - 1]

    monkeypatch.setattr(looking._wake, "wait", wait)
    looking._run()
    assert found == [[], [], [], ["vat-mtd"]]  # the third time nobody had come while it waited
    assert indexed == ["vat-mtd"]


@pytest.mark.parametrize("what", ["prepare_pages", "prepare_search"])
def test_what_cannot_be_prepared_is_logged_and_does_not_keep_it_from_looking(monkeypatch, caplog, what):
    looking, waits = Watch(), []

    def fail():
        raise ValueError("A date that nobody can sort")

    def wait(seconds):
        waits.append(seconds)
        if len(waits) == 2:
            looking.end()
        return False

    monkeypatch.setattr(looking, "look", lambda now: INTERVAL)
    monkeypatch.setattr(looking, what, fail)
    monkeypatch.setattr(looking._wake, "wait", wait)
    looking._run()
    assert all(seconds > INTERVAL / 2 for seconds in waits)
    assert [str(record.exc_info[1]) for record in caplog.records] == ["A date that nobody can sort"] * 2


def test_an_item_that_an_edition_leaves_as_it_was_is_shared_with_the_one_before(vat):
    roadmap = vat.roadmap
    release = make.release(roadmap, title="Near", when="May 2026")
    for title in ("Same", "Other"):
        make.item(roadmap, title=title, live="June 2026")
    make.item(roadmap, title="Moved", release=release)

    def seen(at):
        make.edition(roadmap, at=at)
        return {item.content.title: item for item in store.newest("vat-mtd", at).snapshot.items}

    first = seen(make.at("2026-03-25"))
    roadmap.items.get(title="Other").milestones.update(when="July 2026")
    second = seen(make.at("2026-03-26"))
    assert [title for title in first if first[title] is second[title]] == ["Moved", "Same"]
    assert str(second["Other"].due(Environment.LIVE)) == "July 2026"
    release.when = "August 2026"
    release.save()
    third = seen(make.at("2026-03-27"))
    assert str(third["Moved"].due(Environment.LIVE)) == "August 2026"
    assert third["Same"] is first["Same"]
