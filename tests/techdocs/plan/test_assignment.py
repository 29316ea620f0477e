import time
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from roadmap.techdocs.plan.assignment import best_sum

GAINS = st.dictionaries(
    st.integers(0, 4), st.dictionaries(st.integers(0, 4), st.integers(1, 9), max_size=5), max_size=5
)


def paid(gains, found) -> int:
    return sum(gains[row][column] for row, column in found.items())


@given(GAINS)
def test_no_other_assignment_has_a_greater_sum(gains):
    found = best_sum(gains)
    assert len({*found.values()}) == len(found)
    assert found == best_sum(gains)
    rows = [*gains]
    best = max(
        sum(gains[row].get(column, 0) for row, column in zip(rows, columns, strict=False))
        for columns in permutations(range(5))
    )
    assert paid(gains, found) == best


def test_a_strong_pair_is_not_given_up_for_two_weak_ones_unless_they_are_worth_more():
    assert best_sum({0: {0: 40, 1: 5}, 1: {0: 5}}) == {0: 0}
    assert best_sum({0: {0: 40, 1: 30}, 1: {0: 30}}) == {0: 1, 1: 0}


def test_thousands_that_are_all_nearly_as_good_do_not_take_for_ever():
    size = 3000
    gains = {row: {(row + step) % size: 30_000 - abs(step) % 7 for step in range(-15, 15)} for row in range(size)}
    began = time.process_time()
    assert len(best_sum(gains)) == size
    assert time.process_time() - began < 20
