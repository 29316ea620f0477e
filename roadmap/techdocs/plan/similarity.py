"""Which thing of the last import each thing of a source is: one to one, best first, the same whenever asked. Pure.

First come those that say the same, then those whose title or text nobody else has, then the rest by how alike they
are. Nothing is guessed in silence: a match below `SURE`, or with a rival nearly as good, is doubtful and names its
rivals.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import product

from rapidfuzz import fuzz

# Out of 100. Found by trying reworded rows of the real roadmaps against all their other rows: see the tests.
SURE = 70.0
DOUBTFUL = 42.0
MARGIN = 8.0  # a rival so close to the best makes it doubtful

# Two texts on one subject have so much in common letter by letter though they say different things.
_UNLIKE = 45.0

# A text is compared up to here: beyond, nothing that differs would make it another thing.
_MAX_LENGTH = 2_000  # characters

# So many pairs are compared one by one, in less than two seconds. Above, only those that share uncommon words.
_MAX_PAIRS = 60_000
_RARE_WORDS = 12
_COMMON = 200  # as many have it
_NEAREST = 10
_CANDIDATES = 30

MAX_RIVALS = 5

_BETWEEN_WORDS = re.compile(r"[\W_]+")


class How(StrEnum):
    CHOSEN = "chosen"  # by a person
    SAME = "same"  # it says the same, or has the title or the text that no other has
    ITEMS = "items"  # most of what is in it is what was in the other
    ALIKE = "alike"


@dataclass(frozen=True)
class Traits:
    """Immutable: what a thing is recognised by. Texts are compared without regard to case and punctuation."""

    # From the surest on: things that agree in one are the same; several that agree are taken in their order.
    same: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()  # the same where two agree in one that no other has; an empty one says nothing
    texts: tuple[tuple[str, float], ...] = ()  # each with its weight: what likeness is made of
    # Of the APIs that it concerns: agreeing counts for it, differing little against it.
    names: frozenset[str] = frozenset()
    place: str = ""  # decides only between those that are alike otherwise
    # The last import knew it. What staff made is recognised only where there is no doubt.
    is_known: bool = True

    @cached_property
    def compared(self) -> tuple[tuple[str, str, float], ...]:
        """Each text, the same with its words sorted, and its weight."""
        folded_texts = ((folded(text), weight) for text, weight in self.texts)
        return tuple((text, " ".join(sorted(text.split())), weight) for text, weight in folded_texts)


Things = Sequence[Traits]
Chosen = Mapping[int, int | None]  # by the place of a new thing, that of the old one which it is; None for none


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
    found = {
        place: ThingMatch(place, choice, How.CHOSEN, likeness(new[place], old[choice]))
        for place, choice in settled.items()
        if choice is not None
    }

    def open_places() -> tuple[list[int], list[int]]:
        taken = {pair.old for pair in found.values()}
        open_new = [place for place in range(len(new)) if place not in found and place not in settled]
        return open_new, [place for place in range(len(old)) if place not in taken]

    for level in range(max((len(thing.same) for thing in new), default=0)):
        found |= _agreeing(new, old, *open_places(), level)
    found |= _unique(new, old, *open_places())
    return _by_likeness(new, old, *open_places(), found)


def likeness(thing: Traits, other: Traits) -> float:
    """How alike two things are, from 0 to 100. What both leave empty does not count."""
    score = whole = 0.0
    for (text, text_sorted, weight), (their, their_sorted, _) in zip(thing.compared, other.compared, strict=True):
        if text or their:
            whole += weight
            score += weight * _alike(text, text_sorted, their, their_sorted)
    if whole == 0.0:
        return 0.0
    score = score / whole
    # APIs change while an item stays: they can raise a score that is middling, and hardly lower one that is high.
    if thing.names and other.names:
        shared = len(thing.names & other.names) / len(thing.names | other.names)
        score = score * 0.95 + 100 * 0.05 * shared
    return round(min(score, 100.0), 1)


def folded(text: str) -> str:
    """The words alone, in small letters, one space between: what two texts are compared by."""
    return _BETWEEN_WORDS.sub(" ", text[:_MAX_LENGTH].casefold()).strip()


def _alike(text: str, text_sorted: str, their: str, their_sorted: str) -> float:
    if text == their:
        return 100.0
    if not text or not their:
        return 0.0
    raw = max(fuzz.ratio(text, their), fuzz.ratio(text_sorted, their_sorted))
    return max(0.0, (raw - _UNLIKE) / (100.0 - _UNLIKE) * 100.0)


def _agreeing(new: Things, old: Things, open_new: list[int], open_old: list[int], level: int) -> dict[int, ThingMatch]:
    # Those that the last import knew go first: a copy that staff made must not take their place.
    waiting = _holders(
        [thing.same for thing in old], level, sorted(open_old, key=lambda place: not old[place].is_known)
    )
    return {
        place: ThingMatch(place, other, How.SAME)
        for text, places in _holders([thing.same for thing in new], level, open_new).items()
        for place, other in zip(places, waiting[text], strict=False)
    }


def _unique(new: Things, old: Things, open_new: list[int], open_old: list[int]) -> dict[int, ThingMatch]:
    """Those that share what no other has. Where a title says one thing and a text another, likeness decides."""
    free_new, free_old = {*open_new}, {*open_old}
    pairs: set[tuple[int, int]] = set()
    for level in range(max((len(thing.unique) for thing in (*new, *old)), default=0)):
        # Counted among all of them, matched ones too: a title that was there twice is nobody's own.
        holders_old = _holders([thing.unique for thing in old], level, range(len(old)))
        for text, places in _holders([thing.unique for thing in new], level, range(len(new))).items():
            if len(places) == len(holders_old[text]) == 1:
                pairs.add((places[0], holders_old[text][0]))
    free = [(place, other) for place, other in pairs if place in free_new and other in free_old]
    claims_new, claims_old = Counter(place for place, _ in free), Counter(other for _, other in free)
    return {
        place: ThingMatch(place, other, How.SAME, likeness(new[place], old[other]))
        for place, other in free
        if claims_new[place] == claims_old[other] == 1
    }


def _holders(texts: Sequence[tuple[str, ...]], level: int, places: Iterable[int]) -> dict[str, list[int]]:
    """Those of the places that say something at that level, by what they say."""
    found: dict[str, list[int]] = defaultdict(list)
    for place in places:
        said = texts[place]
        if level < len(said) and said[level]:
            found[said[level]].append(place)
    return found


def _by_likeness(
    new: Things, old: Things, open_new: list[int], open_old: list[int], found: dict[int, ThingMatch]
) -> Matches:
    scored: list[tuple[float, bool, bool, int, int]] = []  # the likeliest first
    by_new: dict[int, list[tuple[int, float]]] = defaultdict(list)
    by_old: dict[int, list[tuple[int, float]]] = defaultdict(list)
    is_small = len(open_new) * len(open_old) <= _MAX_PAIRS
    pairs = product(open_new, open_old) if is_small else _pairs_by_words(new, old, open_new, open_old)
    for index, other in pairs:
        score = likeness(new[index], old[other])
        if score >= DOUBTFUL:
            is_moved, is_unknown = new[index].place != old[other].place, not old[other].is_known
            scored.append((-score, is_moved, is_unknown, index, other))
            by_new[index].append((other, score))
            by_old[other].append((index, score))

    taken: set[int] = set()
    for negative, _, is_unknown, index, other in sorted(scored):
        if index in found or other in taken:
            continue
        score = -negative
        rivals = _best((place, theirs) for place, theirs in by_new[index] if place != other and place not in taken)
        is_close = any(theirs >= score - MARGIN for _, theirs in rivals) or any(
            theirs >= score - MARGIN for place, theirs in by_old[other] if place != index and place not in found
        )
        is_doubtful = score < SURE or is_close
        if is_doubtful and is_unknown:
            continue  # left for a person to say
        found[index] = ThingMatch(index, other, How.ALIKE, score, is_doubtful, rivals)
        taken.add(other)
    left = {
        index: _best((place, score) for place, score in by_new[index] if place not in taken)
        for index in open_new
        if index not in found
    }
    return Matches(dict(sorted(found.items())), {index: rivals for index, rivals in left.items() if rivals})


def _best(rivals: Iterable[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
    return tuple(sorted(rivals, key=lambda rival: (-rival[1], rival[0]))[:MAX_RIVALS])


def _pairs_by_words(new: Things, old: Things, open_new: list[int], open_old: list[int]) -> Iterable[tuple[int, int]]:
    """For each new thing, those that share most of its uncommon words.

    A word that very many have says nothing, and is asked only of those that stand closest.
    """
    words_new = {place: _words(new[place]) for place in open_new}
    holders: dict[str, list[int]] = defaultdict(list)
    for place in open_old:
        for word in _words(old[place]):
            holders[word].append(place)
    for place, words in words_new.items():
        rare = sorted((word for word in words if word in holders), key=lambda word: (len(holders[word]), word))
        shared: Counter[int] = Counter()
        for word in rare[:_RARE_WORDS]:
            among = holders[word]
            if len(among) > _COMMON:
                at = bisect_left(among, place)
                among = among[max(0, at - _NEAREST) : at + _NEAREST]
            shared.update(among)
        # Of those that share as many, the first that a rarer word led to: always the same.
        yield from ((place, other) for other, _ in shared.most_common(_CANDIDATES))


def _words(thing: Traits) -> set[str]:
    return {word for text, _, _ in thing.compared for word in text.split()}
