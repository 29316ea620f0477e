"""What somebody looks for: words, in any order, and phrases between quotation marks."""

import re
from dataclasses import dataclass

from roadmap.published.search.words import SMALL, Word, words_in

_QUOTED = re.compile(r"[\"“”„«]([^\"“”„«»]*)[\"“”»]")


@dataclass(frozen=True)
class Asked:
    """All of it is asked for. Empty: nothing that could be looked for."""

    words: tuple[Word, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()  # each as its parts, one after another

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases)

    @property
    def sequence(self) -> tuple[str, ...]:
        """The words one after another as they were asked; nothing where that says no more than each alone."""
        parts = tuple(part for word in self.words for part in word.parts)
        return parts if len(self.words) > 1 else ()


def read_asked(typed: str) -> Asked:
    """Words that say little are asked for only where there is nothing else."""
    quoted = [tuple(part for word in words_in(text) for part in word.parts) for text in _QUOTED.findall(typed)]
    phrases = dict.fromkeys(phrase for phrase in quoted if phrase)
    words = {word.whole: word for word in words_in(_QUOTED.sub(" ", typed)) if word.whole}
    telling = [word for whole, word in words.items() if whole not in SMALL]
    return Asked(tuple(telling or ([] if phrases else words.values())), tuple(phrases))
