"""A family of cases in one test: each that fails is named, none hides another, and none leaves its rows to the next."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group

from tests.cases import each_case
from tests.database import in_order


@pytest.fixture
def failed(request):
    """failed(test) is what the report of its cases names, each with its fault."""

    def run(test, **fixtures):
        found = {}

        @contextmanager
        def subtest(label):
            try:
                yield
            except BaseException as fault:
                found[label] = type(fault)

        subtests = SimpleNamespace(test=subtest)
        test(request=SimpleNamespace(node=request.node, getfixturevalue=lambda _: subtests), **fixtures)
        return found

    return run


def test_each_case_that_fails_is_named_and_the_others_are_tried(failed):
    tried = []

    @each_case("number, word", [(1, "one"), (2, "zwei"), (3, "three"), (4, "")])
    def test(number, word, least):
        tried.append(number)
        if not word:
            pytest.fail("no word")
        assert len(word) != least

    assert failed(test, least=4) == {"2, zwei": AssertionError, "4, ": pytest.fail.Exception}
    assert tried == [1, 2, 3, 4]


def test_cases_of_cases_are_each_tried(failed):
    @each_case("row", "ab")
    @each_case("column", [1, 2], ids=["first", "second"])
    def test(row, column):
        assert (row, column) != ("b", 2)

    assert failed(test) == {"second": AssertionError}


def test_a_family_without_a_case_is_refused():
    with pytest.raises(AssertionError, match="no case"):
        each_case("number", [])


@pytest.mark.django_db
def test_a_case_leaves_no_rows_to_the_next(failed):
    Group.objects.create(name="before")

    @each_case("name", ["x", "y", "x"])
    def test(name):
        Group.objects.create(name=name)
        assert Group.objects.filter(name="before").exists()
        assert Group.objects.filter(name__in="xy").count() == 1

    assert failed(test) == {}
    assert not Group.objects.filter(name__in="xy").exists()


def test_who_finds_what_is_kept_comes_after_who_must_not(request):
    def item(name, *fixtures, path="here"):
        fixtures = ("db", *fixtures)
        return SimpleNamespace(name=name, path=path, fixturenames=fixtures, get_closest_marker=lambda _: None)

    items = [item("a", "keep"), item("b"), item("c", path="there"), item("d", "keep"), item("e")]
    assert [found.name for found in in_order(items)] == ["b", "e", "a", "d", "c"]
