"""How often it is asked what is newest. What comes of it is in test_application.py, and in tests/faults."""

from types import SimpleNamespace

import pytest

from roadmap.web.page_store import watch as module
from roadmap.web.page_store.watch import INTERVAL, Watch


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
