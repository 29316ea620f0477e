"""How alike two things are in all that they say, each word weighed by how rare it is. Pure.

Only words count: neither case, nor punctuation, nor markup, nor where the title ends and the text begins.
"""

import html
import re
from calendar import month_name
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from math import log

# What likeness is made of.
_OF_TEXT, _OF_DETAILS, _OF_PLACE = 0.82, 0.12, 0.06
_IN_TITLE, _IN_TEXT, _IN_NAMES = 2.0, 1.0, 0.5
_OF_PART = 0.6  # where the titles alone, or the texts alone, are more alike than the whole
_TELLING_TITLE = 4
TELLING = 5  # a text of fewer words is nobody's own
_NOT_ONE = 0.45  # at most so alike are two that differ in what tells them apart

# How much more than others words weigh that tell things apart, or tell nothing.
_A_NUMBER = 1.5
_ON_ONE_SIDE = 0.6  # nowhere on the other side: tells that something was reworded, not what this is
_FILLING = 0.2
_SHARED = 0.2  # in a line that others have too
_FILL = (
    "a an and are as at be by for from has have if in into is it its may no not of on or that the their there these "
    "they this those to was were when which will with yes n na tba tbc tbd"
)
_OPEN = frozenset({"tba", "tbc", "tbd", "na", "a", "yes", "no", "none", "confirmed"})  # "n/a", "to be confirmed"
_LABEL = 6  # words

# A text is compared up to here: beyond, nothing that differs would make it another thing.
_MAX_LENGTH = 2_000  # characters
_STEM = 6  # letters: "reports" and "reporting" are one word

_UNSAID = re.compile(r"<[^<>]{0,500}>|\]\([^()\s]{0,500}\)")
_LINE_END = re.compile(r"\n|<br ?/?>|(?<=[.;])\s")
_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?:19|20)(\d\d)")


@dataclass(frozen=True)
class Traits:
    """Immutable: what a thing is recognised by."""

    title: str = ""
    text: str = ""
    # From the surest on: those that agree in the first are the same, in their order; in another, where no other does.
    same: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()  # of the APIs that it concerns: their words may stand anywhere else too
    details: frozenset[str] = frozenset()  # its dates, and whatever else it says
    place: str = ""
    is_known: bool = True  # the last import knew it. What staff made is recognised only where there is no doubt
    is_gone: bool = False  # an import has withdrawn it

    @cached_property
    def title_words(self) -> frozenset[str]:
        return _stems(self.title)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return _lines(self.text)

    @cached_property
    def text_words(self) -> frozenset[str]:
        return _stems(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        return self.title_words.union(self.text_words, *map(_stems, self.names))

    @cached_property
    def but_numbers(self) -> frozenset[str]:
        return frozenset(word for word in self.title_words | self.text_words if not has_number(word))


Things = Sequence[Traits]


class Scales:
    """What each word weighs among these things."""

    def __init__(self, new: Things, old: Things):
        self.new, self.old = new, old
        self._of_lines: dict[int, tuple[frozenset[str], frozenset[str]]] = {}

    def likeness(self, thing: Traits, other: Traits) -> float:
        """From 0 to 100. What both leave empty does not count."""
        found = [(_OF_TEXT, self._of_text(thing, other))]
        if details := thing.details | other.details:
            shared = _sum(thing.details & other.details, self._details)
            found.append((_OF_DETAILS, shared / _sum(details, self._details)))
        if thing.place or other.place:
            found.append((_OF_PLACE, float(thing.place == other.place)))
        whole = sum(weight for weight, _ in found)
        return round(100 * sum(weight * alike for weight, alike in found) / whole, 1)

    def _of_text(self, thing: Traits, other: Traits) -> float:
        titles, texts = thing.title_words | other.title_words, thing.text_words | other.text_words
        (empty, shared), (empty_too, shared_too) = self._telling_little(thing), self._telling_little(other)
        empty, shared = (empty | empty_too) - titles, (shared | shared_too) - titles

        def weight(words: frozenset[str]) -> float:
            words -= empty
            return _sum(words, self._words) - (1 - _SHARED) * _sum(words & shared, self._words)

        def weight_by_place(words: frozenset[str]) -> float:
            in_titles, elsewhere = words & titles, words - titles - texts
            in_texts = words - in_titles - elsewhere
            return _IN_TITLE * weight(in_titles) + _IN_TEXT * weight(in_texts) + _IN_NAMES * weight(elsewhere)

        def part(words: frozenset[str], others: frozenset[str]) -> float:
            both = weight(words) + weight(others)
            alike = 2 * weight(words & others) / both if both else 0.0
            return _OF_PART * alike * alike + (1 - _OF_PART) * whole

        in_both = weight_by_place(thing.words & other.words)
        if not in_both:
            return 0.0
        found = whole = 2 * in_both / (weight_by_place(thing.words) + weight_by_place(other.words))
        # A title that several have tells none from another, and one that was there years ago may be another's by now.
        if not other.is_gone and max(self._titles[thing.title_words], self._titles[other.title_words]) <= 1:
            found = max(found, part(thing.title_words, other.title_words))
        if min(len(one.text_words - empty - shared) for one in (thing, other)) >= TELLING:
            found = max(found, part(thing.text_words, other.text_words))
        # A few words that stood elsewhere years ago are no proof.
        is_elsewhere = other.is_gone and thing.place != other.place
        in_title, in_all = (
            len((one & another) - _FILLING_WORDS - empty)
            for one, another in ((thing.title_words, other.title_words), (thing.words, other.words))
        )
        is_unproved = is_elsewhere and in_all < TELLING and in_title < _TELLING_TITLE
        return min(found, _NOT_ONE) if is_unproved or _differ_in_numbers(thing.title, other.title) else found

    def _telling_little(self, thing: Traits) -> tuple[frozenset[str], frozenset[str]]:
        """The words that it has only in lines that say nothing, and those only in lines that others have too."""
        found = self._of_lines.get(id(thing))
        if found is None:
            own: set[str] = set()
            empty: set[str] = set()
            shared: set[str] = set()
            for line in thing.lines:
                words = _stems(line)
                is_empty = _is_left_open(line) or words <= self._of_cells
                (empty if is_empty else shared if line in self._shared_lines else own).update(words)
            found = self._of_lines[id(thing)] = frozenset(empty - own - shared), frozenset(shared - own)
        return found

    @cached_property
    def _of_cells(self) -> frozenset[str]:
        """The words of which a line is made that is no text but a cell: APIs, versions, dates."""
        names = {name for thing in (*self.new, *self.old) for name in thing.names}
        return _FILLING_WORDS.union(_MONTHS, filter(has_number, self._words), *map(_stems, names))

    @cached_property
    def _shared_lines(self) -> frozenset[str]:
        found: set[str] = set()
        for things in (self.new, self.old):
            titles: dict[str, frozenset[str]] = {}
            for thing in things:
                found.update(
                    line for line in thing.lines if titles.setdefault(line, thing.title_words) != thing.title_words
                )
        return frozenset(found)

    @cached_property
    def _words(self) -> Mapping[str, float]:
        sides = [set().union(*(thing.words for thing in things)) for things in (self.new, self.old)]
        found = {}
        for word, weight in self._rarity("words", 2).items():
            if has_number(word):
                weight *= _A_NUMBER
            if word in _FILLING_WORDS:
                weight *= _FILLING
            found[word] = weight if word in sides[0] and word in sides[1] else weight * _ON_ONE_SIDE
        return found

    @cached_property
    def _details(self) -> Mapping[str, float]:
        return self._rarity("details", 1)

    @cached_property
    def _titles(self) -> Counter[frozenset[str]]:
        """How many things have each title, on the side where more do."""
        sides = (Counter(thing.title_words for thing in things if not thing.is_gone) for things in (self.new, self.old))
        return next(sides) | next(sides)

    def _rarity(self, name: str, power: int) -> dict[str, float]:
        there = [thing for thing in self.old if not thing.is_gone]
        counts = Counter(dict.fromkeys(chain.from_iterable(getattr(thing, name) for thing in self.old), 1))
        for things in (self.new, there):
            counts |= Counter(chain.from_iterable(getattr(thing, name) for thing in things))
        size = max(len(self.new), len(there))
        return {word: log(1 + size / count) ** power for word, count in counts.items()}


def folded(text: str) -> str:
    """The words alone, in small letters, one space between: what two texts are compared by."""
    return " ".join(_words_of(text))


@lru_cache(maxsize=8192)
def has_number(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def _sum(words: Iterable[str], weights: Mapping[str, float]) -> float:
    return sum(map(weights.__getitem__, words))


def _differ_in_numbers(title: str, other: str) -> bool:
    """Whether each has a year, a version or another number that the other has not."""
    one, two = _numbers(title), _numbers(other)
    return bool(one - two and two - one)


@lru_cache(maxsize=8192)
def _numbers(title: str) -> frozenset[str]:
    """But for the days of dates, which move."""
    words = _words_of(title)
    months = [word[:3] in _MONTHS for word in (*words[1:], "")][: len(words)]
    return frozenset(word for word, is_day in zip(words, months, strict=True) if has_number(word) and not is_day)


@lru_cache(maxsize=8192)
def _words_of(text: str) -> tuple[str, ...]:
    said = html.unescape(_UNSAID.sub(" ", text[:_MAX_LENGTH]))
    return tuple(_YEAR.sub(r"\1", word) if has_number(word) else word for word in _WORD.findall(said.casefold()))


@lru_cache(maxsize=8192)
def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for part in _LINE_END.split(text[:_MAX_LENGTH]) if (line := folded(part)))


def _is_left_open(line: str) -> bool:
    """ "Documentation: TBC": its last word says nothing, and no more than a label stands before it."""
    *label, last = line.split()
    return last in _OPEN and len(label) <= _LABEL


@lru_cache(maxsize=8192)
def _stems(text: str) -> frozenset[str]:
    return frozenset(map(_stem, _words_of(text)))


def _stem(word: str) -> str:
    if has_number(word):
        return word
    return word[:_STEM] if len(word) > _STEM else word.removesuffix("s") if len(word) > 3 else word


_FILLING_WORDS = frozenset(map(_stem, _FILL.split()))
_MONTHS = frozenset(form for name in month_name[1:] for form in (name.casefold()[:3], _stem(name.casefold())))
