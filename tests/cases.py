"""A family of cases as one test: what surrounds them is made once, and every case that fails is named.

    @each_case("text, meaning", [("June 2026", …), …])
    def test_a_text_means_its_range(text, meaning): …

reads like `pytest.mark.parametrize` and takes the same arguments, which makes a test of each case and pays for all of
its fixtures each time: right for a few, dear for dozens. Here each case begins with the rows that the fixtures made:
what it writes to the database is undone after it. Whatever else it leaves (a login, a patch, a value in memory) the
next one finds, so keep `parametrize` where a case changes more than rows.
"""

import functools
import inspect
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

import pytest

from tests.database import rolled_back, touches_database

_FAULTS = (Exception, pytest.fail.Exception, pytest.skip.Exception)


def each_case(
    names: str | tuple[str, ...], cases: Iterable[Any], ids: Iterable[Any] | Callable[[Any], object] | None = None
) -> Any:
    """As `pytest.mark.parametrize(names, cases, ids=ids)`, in one test."""
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else [*names]
    given = [_values(case, len(keys)) for case in cases]
    labels = _labels(given, ids)
    assert given, "no case at all"
    assert len(labels) == len(given), f"{len(labels)} names for {len(given)} cases"

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        wanted = inspect.signature(test).parameters

        @functools.wraps(test)
        def all_cases(*args: Any, request: pytest.FixtureRequest, **fixtures: Any) -> None:
            if "request" in wanted:
                fixtures["request"] = request
            undone = rolled_back if touches_database(request.node) else nullcontext
            for label, values in zip(labels, given, strict=True):
                try:
                    with undone():
                        test(*args, **fixtures, **dict(zip(keys, values, strict=True)))
                except _FAULTS as fault:
                    with request.getfixturevalue("subtests").test(label):
                        raise fault

        parameters = [parameter for name, parameter in wanted.items() if name not in {*keys, "request"}]
        parameters.append(inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY))
        all_cases.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return all_cases

    return decorate


def _values(case: Any, count: int) -> tuple[Any, ...]:
    if isinstance(case, type(pytest.param())):
        assert not case.marks, "a case with a mark of its own is a test of its own"
        return tuple(case.values)
    return (case,) if count == 1 else tuple(case)


def _say(value: object) -> str:
    said = value if isinstance(value, str) else repr(value)
    return said if len(said) <= 80 else f"{said[:80]}…"


def _labels(given: list[tuple[Any, ...]], ids: Iterable[Any] | Callable[[Any], object] | None) -> list[str]:
    if ids is None or callable(ids):
        return [", ".join(str((ids or _say)(value)) for value in values) for values in given]
    return [str(name) for name in ids]
