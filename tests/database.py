"""Which tests have a database, and how its rows go back to what they were: after a case, after a module."""

from typing import Any

import pytest
from django.db import transaction
from django.test import TransactionTestCase

KEPT = "keep"  # the fixture of tests/conftest.py


def touches_database(item: pytest.Item) -> bool:
    """True where pytest-django would give this test a database: by mark, by fixture or by Django's own test case."""
    case = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or not {"db", "transactional_db", "live_server"}.isdisjoint(getattr(item, "fixturenames", ()))
        or (isinstance(case, type) and issubclass(case, TransactionTestCase))
    )


def commits(item: pytest.Item) -> bool:
    """True where this test's writes are kept, so that the whole database is emptied after it."""
    mark = item.get_closest_marker("django_db")
    return touches_database(item) and (
        (mark is not None and bool(mark.kwargs.get("transaction")))
        or not {"transactional_db", "live_server"}.isdisjoint(getattr(item, "fixturenames", ()))
    )


class rolled_back(transaction.Atomic):
    """What is written in this block is undone at its end.

    To Django it is the test's own transaction, in which code may run that insists on the outermost one (`durable`).
    """

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)
        self._from_testcase = True

    def __exit__(self, *error: Any) -> None:
        if error[0] is None:
            transaction.set_rollback(True)
        super().__exit__(*error)


def keeps(item: pytest.Item) -> bool:
    return KEPT in getattr(item, "fixturenames", ())


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Those of a module that use what is kept come after its others, which must not find it."""
    places: dict[object, int] = {}
    for place, item in enumerate(items):
        places.setdefault(_together(item), place)
    return sorted(items, key=lambda item: (places[_together(item)], keeps(item)))


def _together(item: pytest.Item) -> object:
    return item.path, touches_database(item), commits(item)


def misplaced(items: list[pytest.Item]) -> list[str]:
    """The tests that empty the database while their module keeps something in it."""
    keeping = {item.path for item in items if keeps(item)}
    return [item.nodeid for item in items if item.path in keeping and commits(item)]
