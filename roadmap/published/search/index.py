"""An index of some documents: which of them have the words that are asked for, and how well. In memory, never changed.

It has each word of a text whole, and the parts that it is made of. What is asked for matches a word that is the same,
less well one with the same stem in either spelling, and last one that differs by a letter. A match in the title counts
for more than one in the text.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from roadmap.published.search.asked import Asked
from roadmap.published.search.documents import Document
from roadmap.published.search.words import LEAST_FORGIVEN, Word, letters, stem, words_in

# What a word is worth to what has it. Of several words the sum counts: what is only alike comes after all else.
SAME_IN_TITLE, STEM_IN_TITLE, SAME_IN_TEXT, STEM_IN_TEXT, ALIKE_IN_TITLE, ALIKE_IN_TEXT = 12, 10, 6, 5, -9_980, -9_990
# And all of them one after another, as they were asked.
TOGETHER_IN_TITLE, TOGETHER_IN_TEXT = 6, 3

# By word, the numbers of the documents that have it, in their order. As bytes, since most words are in one or two.
Postings = dict[str, bytes]
_NUMBER: Final = "I"  # as the array module and memoryview call them


# Each that is found is one number, the smallest the best, because thousands are sorted. It says, from the left: how
# little it is worth, whether it was withdrawn, how long its title is (of two titles with the same words, the shorter
# says less besides), and which document it is.
_MOST, _LONGEST, _NUMBER_BITS = 1 << 20, 255, 24
_BELOW_WORTH = _NUMBER_BITS + 9


def number_of(place: int) -> int:
    return place & ((1 << _NUMBER_BITS) - 1)


def is_alike(place: int) -> bool:
    """Whether any word of it is only like the one that was asked for."""
    return place >> _BELOW_WORTH > _MOST


class Index:
    def __init__(self, documents: Iterable[Document]):
        self.documents = tuple(documents)
        self._titles, self._in_title = _read(document.heading for document in self.documents)
        self._texts, self._in_text = _read("\n".join(text for _, text in document.texts) for document in self.documents)
        self._orders = array("Q", (_order(number, document) for number, document in enumerate(self.documents)))
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        self._by_letters: dict[str, list[str]] = defaultdict(list)
        for word in filter(str.isalpha, self._in_title | self._in_text):  # numbers and references have no other form
            self._by_stem[stem(word)].append(word)
            self._by_letters[letters(word)].append(word)
        self._letters: dict[int, list[str]] = defaultdict(list)  # by length
        for word in self._by_letters:
            self._letters[len(word)].append(word)

    def find(self, asked: Asked, first: int = 0) -> list[int]:
        """Everything that has all of it, in no order. `first` is added to the number of each document."""
        found: list[dict[int, int]] = []
        for worths in (*map(self._of_word, asked.words), *map(self._of_phrase, asked.phrases)):
            if not worths:
                return []
            found.append(worths)
        found.sort(key=len)
        numbers = set[int]().union(*found[:1]).intersection(*found[1:])
        together = self._of_phrase(asked.sequence, numbers) if asked.sequence else {}
        orders = self._orders
        return [
            ((_MOST - sum([worths[number] for worths in found]) - together.get(number, 0)) << _BELOW_WORTH)
            + orders[number]
            + first
            for number in numbers
        ]

    def _of_word(self, word: Word) -> dict[int, int]:
        """What the word is worth to each document that has it."""
        stems, alike = self._by_stem.get(stem(word.whole), ()), self._alike(word)
        found: dict[int, int] = {}
        for terms, postings, worth in (  # a later one is worth more, and so replaces what was said before
            (alike, self._in_text, ALIKE_IN_TEXT),
            (alike, self._in_title, ALIKE_IN_TITLE),
            (stems, self._in_text, STEM_IN_TEXT),
            ((word.whole,), self._in_text, SAME_IN_TEXT),
            (stems, self._in_title, STEM_IN_TITLE),
            ((word.whole,), self._in_title, SAME_IN_TITLE),
        ):
            for term in terms:
                if term in postings:
                    found.update(dict.fromkeys(_numbers(postings[term]), worth))
        if len(word.parts) > 1:  # "self-employment" is there as "self employment" too
            for number, worth in self._of_phrase(word.parts, worths=(SAME_IN_TITLE, SAME_IN_TEXT)).items():
                found[number] = max(worth, found.get(number, worth))
        return found

    def terms(self, asked: Asked, *, alike: bool) -> frozenset[str]:
        """All words that are meant by those that are asked for: with `alike`, those that are only like them too."""
        found = {word.whole for word in asked.words}
        for word in asked.words:
            found.update(self._by_stem.get(stem(word.whole), ()), self._alike(word) if alike else ())
        return frozenset(found)

    def _alike(self, word: Word) -> list[str]:
        """The words that differ from it by one letter, or by two that changed places, in any of their forms."""
        asked = letters(word.whole)
        if len(word.whole) < LEAST_FORGIVEN or not asked.isalpha():
            return []
        near = [
            found
            for length in range(len(asked) - 1, len(asked) + 2)
            for found, _, _ in process.extract(
                asked, self._letters.get(length, ()), scorer=OSA.distance, score_cutoff=1, limit=None
            )
        ]
        stems = dict.fromkeys(stem(term) for found in near for term in self._by_letters[found])
        return [term for stem in stems for term in self._by_stem[stem]]

    def _of_phrase(
        self,
        parts: Sequence[str],
        among: Collection[int] | None = None,
        worths: tuple[int, int] = (TOGETHER_IN_TITLE, TOGETHER_IN_TEXT),
    ) -> dict[int, int]:
        """The documents, of all or of some, in which these stand one after another, and what that is worth."""
        phrase, (in_title, in_text) = f" {' '.join(parts)} ", worths
        if among is None:
            in_each = (self._in_title, self._in_text)
            having = [
                {number for postings in in_each for number in _numbers(postings.get(part, b""))} for part in parts
            ]
            among = set[int]().union(*having[:1]).intersection(*having[1:])
        titles, texts = self._titles, self._texts
        found = {number: in_text for number in among if phrase in texts[number]}
        return found | {number: in_title for number in among if phrase in titles[number]}


def _order(number: int, document: Document) -> int:
    return (document.is_withdrawn << 8 | min(len(document.title), _LONGEST)) << _NUMBER_BITS | number


def _read(texts: Iterable[str]) -> tuple[list[str], Postings]:
    """Each text as its parts, with a blank before and after each; and the numbers of those that have each word."""
    sequences: list[str] = []
    postings: dict[str, array[int]] = defaultdict(partial(array, _NUMBER))
    for number, text in enumerate(texts):
        words = words_in(text)
        sequences.append(f" {' '.join([word.sequence for word in words])} ")
        for term in set[str]().union(*[word.terms for word in words]):
            postings[term].append(number)
    return sequences, {term: numbers.tobytes() for term, numbers in postings.items()}


def _numbers(posting: bytes) -> "memoryview[int]":
    return memoryview(posting).cast(_NUMBER)
