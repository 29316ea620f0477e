"""Proof that nothing of a source was dropped. Pure."""

from collections import Counter
from collections.abc import Iterable

from roadmap.techdocs.parse.blocks import words
from roadmap.techdocs.parse.result import WordCount
from roadmap.techdocs.sources import ImportRefused


def count_words(before: list[str], kept: Iterable[str], structure: Iterable[str]) -> WordCount:
    """Holds all words that were read against those that have a place, whatever their case.

    `kept` are the texts of the parts, each word of the source once: a copy would hide the loss of another word.

    Raises ImportRefused where a word has no place: a fault of ours, which must not cost anybody a sentence.
    """
    names = [text for text in structure if text]
    named = [word for text in names for word in words(text)]
    placed = Counter(word.casefold() for text in kept for word in words(text))
    placed.update(word.casefold() for word in named)
    lost = Counter(word.casefold() for word in before) - placed
    if lost:
        raise ImportRefused(
            f"{lost.total()} words of the source would be lost, the first is “{next(iter(lost))[:50]}”. "
            "This is a fault in the import: please report it."
        )
    return WordCount(len(before), len(before) - len(named), tuple(names))
