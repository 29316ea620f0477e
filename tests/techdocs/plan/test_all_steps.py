from hypothesis import given
from hypothesis import strategies as st

from roadmap.techdocs.plan.all_steps import FIRST, places


def fresh(count: int) -> list[int]:
    return places([None] * count, [None] * count)


def again(order: list[int], now: dict[int, int], before: list[int]) -> dict[int, int]:
    """The places of things that the source now has in `order`, and had in the order of `before`."""
    found = places([now.get(one) for one in order], [before.index(one) if one in before else None for one in order])
    return dict(zip(order, found, strict=True))


def test_new_things_stand_in_their_order_with_room_before_and_between():
    assert fresh(3) == [FIRST, FIRST + 10, FIRST + 20]


def test_one_that_is_put_in_front_or_between_moves_no_other():
    now = {1: 1000, 2: 1010, 3: 1020}
    assert again([9, 1, 2, 3], now, [1, 2, 3]) == {9: 990, **now}
    assert again([1, 9, 2, 3], now, [1, 2, 3]) == {9: 1005, **now}
    assert again([1, 2, 3, 9], now, [1, 2, 3]) == {9: 1030, **now}


def test_one_that_is_gone_moves_no_other():
    assert again([1, 3], {1: 1000, 3: 1020}, [1, 2, 3]) == {1: 1000, 3: 1020}


def test_one_that_changes_its_place_in_the_source_alone_is_moved():
    now = {1: 1000, 2: 1010, 3: 1020, 4: 1030}
    found = again([4, 1, 2, 3], now, [1, 2, 3, 4])
    assert {one: found[one] for one in (1, 2, 3)} == {1: 1000, 2: 1010, 3: 1020}
    assert found[4] < 1000


def test_an_order_that_staff_made_stays_while_the_source_has_its_own():
    staff = {1: 3, 2: 2, 3: 2}
    assert again([1, 2, 3], staff, [1, 2, 3]) == staff
    assert {**again([1, 2, 3, 9], staff, [1, 2, 3]), 9: 0} == {**staff, 9: 0}


def test_places_without_room_are_pushed_on():
    assert again([1, 9, 2], {1: 0, 2: 1}, [1, 2]) == {1: 0, 9: 1, 2: 2}


@given(st.permutations(range(8)), st.integers(0, 8), st.lists(st.integers(0, 12), min_size=8, max_size=8))
def test_the_order_of_the_source_comes_out_once_the_source_has_changed_it(order, known, now):
    before = sorted(order[:known])
    result = again(order, dict(enumerate(now)) if known else {}, before)
    assert all(place >= 0 for place in result.values())
    if order[:known] != before:
        assert sorted(order, key=lambda one: result[one]) == [*order]
        assert len({*result.values()}) == len(order)


@given(st.lists(st.integers(0, 30), unique=True, min_size=1))
def test_asking_again_moves_nothing(order):
    first = again(order, {}, [])
    assert again(order, first, order) == first
