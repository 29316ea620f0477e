"""Places in a list: the source's order, with as few things moved as can be. Pure.

A thing that changes its place is a change that readers are told of, so one new row must not move all those below it:
places are given out with room before and between them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

FIRST = 1000
STEP = 10


@dataclass(frozen=True)
class Placed:
    """Immutable: one thing in the order of the source."""

    now: int | None
    """The place that its working copy has in this list; None where it is new there."""
    before: int | None
    """Its place in the order of the source as the last import saw it."""


def places(things: Sequence[Placed]) -> list[int]:
    """The place of each. Things keep theirs where the source has not changed their order, though staff have."""
    known = [thing.before for thing in things if thing.now is not None and thing.before is not None]
    if known == sorted(set(known)):
        # The source's order is as it was: what staff made of it stays, and what the source did not know joins in.
        kept = {index for index, thing in enumerate(things) if thing.now is not None and thing.before is not None}
        kept = kept or _rising([thing.now for thing in things])
    else:
        kept = _rising([thing.now for thing in things])
    found: list[int | None] = [thing.now if index in kept else None for index, thing in enumerate(things)]
    used = sorted({place for place in found if place is not None})
    index = 0
    while index < len(found):
        if found[index] is not None:
            index += 1
            continue
        end = next((after for after in range(index, len(found)) if found[after] is not None), len(found))
        before = found[index - 1] if index else None
        for offset, place in enumerate(_room(used, before, end - index)):
            found[index + offset] = place
        used = sorted({place for place in found if place is not None})
        index = end
    return _pushed_apart(found, kept)


def _room(used: Sequence[int], before: int | None, count: int) -> list[int]:
    """So many places after `before`, and before the next that is used; the same ones where there is no room."""
    if before is None:
        if not used:
            return [FIRST + STEP * number for number in range(count)]
        gap = used[0]
        step = STEP if gap > STEP * count else gap // (count + 1)
        return [max(0, used[0] - step * (count - number)) for number in range(count)]
    after = bisect_right(used, before)
    if after == len(used):
        return [before + STEP * (number + 1) for number in range(count)]
    gap = used[after] - before
    return [before + max(1, gap * (number + 1) // (count + 1)) for number in range(count)]


def _pushed_apart(found: Sequence[int | None], kept: set[int]) -> list[int]:
    """The same, what shares a place with an earlier one moved behind it; where staff gave two one place, they stay."""
    result = [place or 0 for place in found]
    last, was_kept = -1, False
    for index in sorted(range(len(result)), key=lambda index: (result[index], index)):
        is_free = result[index] > last or (result[index] == last and was_kept and index in kept)
        if not is_free:
            result[index] = last + 1
        last, was_kept = result[index], is_free and index in kept
    return result


def _rising(now: Sequence[int | None]) -> set[int]:
    """The most things that stand in rising places already, by their index: a longest increasing subsequence."""
    tails: list[int] = []  # the lowest place in which a sequence of each length ends
    ends: list[int] = []
    previous: dict[int, int | None] = {}
    for index, place in enumerate(now):
        if place is None:
            continue
        length = bisect_left(tails, place)
        previous[index] = ends[length - 1] if length else None
        tails[length:] = [place, *tails[length + 1 :]]
        ends[length:] = [index, *ends[length + 1 :]]
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = previous[last]
    return kept
