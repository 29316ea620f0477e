"""Which thing of the last import each thing of a source is: one to one, best sum first, the same whenever asked. Pure.

First come those that say the same, then all others by how alike they are in everything that they say, whatever stands
in the title and what in the text. A word counts as much as it is rare among all of them, so what many share makes no
two of them one. Below `FLOOR` a thing is new: two that are taken for one are worse than one that is taken for two.
Nothing is guessed in silence: a match below `SURE`, or with a rival nearly as good, is doubtful, and names its rivals.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from roadmap.techdocs.plan.assignment import best_sum
from roadmap.techdocs.plan.likeness import TELLING, Scales, Things, Traits

# Out of 100. What each floor would do is shown by benchmarks/matching.py.
SURE = 70.0
FLOOR = 55.0
DOUBTFUL = 40.0
MARGIN = 15.0  # a rival so close to the best makes it doubtful

# What decides between those that are nearly as good.
_NOT_GONE = 5.0
_IN_ORDER = 1.0
_FIRST = 0.5  # of two that say the same in one place, the one above stays
_WHOLE = 1_000_000  # of one point

# So many pairs are compared one by one, in a tenth of a second. Above, only those that share uncommon words.
_MAX_PAIRS = 6_000
_RARE_WORDS = 12
_COMMON = 200  # as many have it
_NEAREST = 10
_CANDIDATES = 30

MAX_RIVALS = 5

Chosen = Mapping[int, int | None]  # by the place of a new thing, that of the old one which it is; None for none
_Scores = Mapping[int, Mapping[int, float]]  # by the place of a new thing, those that it could be


class How(StrEnum):
    CHOSEN = "chosen"  # by a person
    SAME = "same"  # it says the same, in its title or its text
    ITEMS = "items"  # most of what is in it is what was in the other
    ALIKE = "alike"


@dataclass(frozen=True)
class ThingMatch:
    """Immutable: a thing of the source is a thing that was there, by their places in what was given."""

    new: int
    old: int
    how: How
    score: float = 100.0
    is_doubtful: bool = False
    rivals: tuple[tuple[int, float], ...] = ()  # others that it could be, the likeliest first, each with its score


@dataclass(frozen=True)
class Matches:
    """Immutable: all matches, by the place of the new thing, and what could be but was not taken."""

    by_new: Mapping[int, ThingMatch]
    # For a new thing that was matched with nothing: what it might be, the likeliest first.
    left: Mapping[int, tuple[tuple[int, float], ...]]


def match(new: Things, old: Things, chosen: Chosen | None = None) -> Matches:
    """Each of `new` with at most one of `old`, and the other way round. `chosen` goes before: None is "nothing"."""
    settled = chosen or {}
    scales = Scales(new, old)
    found = {
        place: ThingMatch(place, choice, How.CHOSEN, scales.likeness(new[place], old[choice]))
        for place, choice in settled.items()
        if choice is not None
    }

    def open_places() -> tuple[list[int], list[int]]:
        taken = {pair.old for pair in found.values()}
        open_new = [place for place in range(len(new)) if place not in found and place not in settled]
        return open_new, [place for place in range(len(old)) if place not in taken]

    for level in range(max((len(thing.same) for thing in new), default=0)):
        found |= _agreeing(new, old, *open_places(), level)
    scores = _scores(new, old, *open_places(), scales)
    found |= _best(new, old, scores, found)
    taken = {pair.old for pair in found.values()}
    by_new: dict[int, ThingMatch] = {}
    for place, pair in sorted(found.items()):
        pair = _doubted(pair, new, old, scores, found, taken)
        if old[pair.old].is_known or not pair.is_doubtful:  # otherwise left for a person to say
            by_new[place] = pair
    taken = {pair.old for pair in by_new.values()}
    left = {place: _free(by_old, taken) for place, by_old in scores.items() if place not in by_new}
    return Matches(by_new, {place: rivals for place, rivals in left.items() if rivals})


def _agreeing(new: Things, old: Things, open_new: list[int], open_old: list[int], level: int) -> dict[int, ThingMatch]:
    """Those that say the same: at the first level in their order, at any other only what nobody else says."""
    # Those that the last import knew go first: neither a copy that staff made nor what is gone may take their place.
    order = sorted(open_old, key=lambda place: (old[place].is_gone, not old[place].is_known))
    waiting, coming = _holders(old, level, order), _holders(new, level, open_new)
    if level:
        # Counted among all of them, matched ones too.
        there = [place for place in range(len(old)) if not old[place].is_gone]
        for side in (_holders(new, level, range(len(new))), _holders(old, level, there)):
            for text in [text for text, places in side.items() if len(places) > 1]:
                coming.pop(text, None)
    return {
        place: ThingMatch(place, other, How.SAME)
        for text, places in coming.items()
        for place, other in zip(places, waiting.get(text, ()), strict=False)
    }


def _holders(things: Things, level: int, places: Iterable[int]) -> dict[str, list[int]]:
    """Those of the places that say something at that level, by what they say."""
    found: dict[str, list[int]] = defaultdict(list)
    for place in places:
        said = things[place].same
        if level < len(said) and said[level]:
            found[said[level]].append(place)
    return found


def _scores(new: Things, old: Things, open_new: list[int], open_old: list[int], scales: Scales) -> _Scores:
    """Of all that are open, what might be one."""
    found: dict[int, dict[int, float]] = defaultdict(dict)
    is_small = len(open_new) * len(open_old) <= _MAX_PAIRS
    pairs = product(open_new, open_old) if is_small else _pairs_by_words(new, old, open_new, open_old)
    for place, other in pairs:
        score = scales.likeness(new[place], old[other])
        if score >= (FLOOR if old[other].is_gone else DOUBTFUL):
            found[place][other] = score
    return found


def _best(new: Things, old: Things, scores: _Scores, found: Mapping[int, ThingMatch]) -> dict[int, ThingMatch]:
    """One assignment over all that are open."""
    gains: dict[int, dict[int, int]] = {}
    for place, by_old in scores.items():
        gains[place] = {}
        for other, score in by_old.items():
            thing = old[other]
            if score < FLOOR:
                continue
            apart = place / len(new) - other / len(old)
            gain = score - FLOOR + _IN_ORDER * (1 - apart * apart) - _NOT_GONE * (thing.is_gone or not thing.is_known)
            if thing.place == new[place].place:
                gain -= _FIRST * other / len(old)
            gains[place][other] = max(1, round(_WHOLE * gain))
    pairs = best_sum(gains)
    everything = [*((pair.new, pair.old) for pair in found.values()), *pairs.items()]
    return {
        place: ThingMatch(place, other, _how(new[place], old[other]), scores[place][other])
        for place, other in pairs.items()
        if new[place].place == old[other].place or not _passes_its_like(place, other, new, old, everything)
    }


def _how(thing: Traits, other: Traits) -> How:
    is_same_text = thing.text_words == other.text_words and len(thing.text_words) >= TELLING
    return How.SAME if is_same_text or thing.title_words == other.title_words else How.ALIKE


def _passes_its_like(place: int, other: int, new: Things, old: Things, pairs: Iterable[tuple[int, int]]) -> bool:
    """Whether it would pass by another that says the same but for numbers, and stayed: of what comes every year, it is
    another year's.
    """
    words = new[place].but_numbers
    return any(
        (place - near) * (other - far) < 0 and new[near].but_numbers == words == old[far].but_numbers
        for near, far in pairs
    )


def _doubted(
    pair: ThingMatch, new: Things, old: Things, scores: _Scores, found: Mapping[int, ThingMatch], taken: set[int]
) -> ThingMatch:
    """With its rivals: whatever is free and could be it, or could be instead of it."""
    if pair.new not in scores:
        return pair
    rivals = _free(scores[pair.new], taken)
    enough = pair.score - MARGIN
    is_close = any(
        score >= enough or old[other].title_words == new[pair.new].title_words for other, score in rivals
    ) or any(by_old.get(pair.old, 0.0) >= enough for place, by_old in scores.items() if place not in found)
    return replace(pair, is_doubtful=pair.score < SURE or is_close, rivals=rivals)


def _free(by_old: Mapping[int, float], taken: set[int]) -> tuple[tuple[int, float], ...]:
    free = [(other, score) for other, score in by_old.items() if other not in taken]
    return tuple(sorted(free, key=lambda rival: (-rival[1], rival[0]))[:MAX_RIVALS])


def _pairs_by_words(
    new: Things, old: Things, open_new: Sequence[int], open_old: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """For each new thing, those that share most of its uncommon words.

    A word that very many have says nothing, and is asked only of those that stand closest.
    """
    holders: dict[str, list[int]] = defaultdict(list)
    for place in open_old:
        for word in old[place].words:
            holders[word].append(place)
    for place in open_new:
        rare = sorted(
            (word for word in new[place].words if word in holders), key=lambda word: (len(holders[word]), word)
        )
        shared: Counter[int] = Counter()
        for word in rare[:_RARE_WORDS]:
            among = holders[word]
            if len(among) > _COMMON:
                at = bisect_left(among, place)
                among = among[max(0, at - _NEAREST) : at + _NEAREST]
            shared.update(among)
        # Of those that share as many, the first that a rarer word led to: always the same.
        yield from ((place, other) for other, _ in shared.most_common(_CANDIDATES))
