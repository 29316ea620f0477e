"""The part of a text in which what was asked for stands, with that marked."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from roadmap.published.search.asked import Asked
from roadmap.published.search.words import places, stem

WIDTH = 200  # characters
BEFORE = 60  # of them, at most, before the first match


class Passage(NamedTuple):
    text: str
    is_match: bool


class Matching(NamedTuple):
    """A run of characters of a text that matches."""

    start: int
    end: int
    what: str


@dataclass(frozen=True)
class Marker:
    asked: Asked
    terms: frozenset[str]  # all words that are meant by its words

    def whole(self, text: str) -> list[Passage]:
        return [*_pieces(text, 0, len(text), [*self._matching(text)])]

    def part(self, text: str) -> tuple[int, list[Passage]]:
        """Where most that was asked for stands together; and how much of it does."""
        wanted = len(self.asked.words) + len(self.asked.phrases)
        best: list[Matching] = []
        most = 0
        near: deque[Matching] = deque()
        for found in self._matching(text):
            near.append(found)
            while found.end - near[0].start > WIDTH - BEFORE and len(near) > 1:
                near.popleft()
            if (there := len({matching.what for matching in near})) > most:
                most, best = there, [*near]
                if most >= wanted:
                    break
        start = _border(text, best[0].start - BEFORE) if best else 0
        end = len(text) if len(text) - start <= WIDTH else text.rfind(" ", start + 1, start + WIDTH)
        end = end if end > 0 else start + WIDTH
        shown = [*_pieces(text, start, end, [*self._matching(text[:end])] if best else [])]
        before, after = [Passage("… ", False)] if start else [], [Passage(" …", False)] if end < len(text) else []
        return most, [*before, *shown, *after]

    def _matching(self, text: str) -> Iterator[Matching]:
        """In their order. Of a phrase, the whole of it, once its last word is read."""
        longest = max(map(len, self.asked.phrases), default=0)
        last: deque[tuple[str, int]] = deque(maxlen=longest)
        for start, end, word in places(text):
            if not self.terms.isdisjoint(word.terms):
                yield Matching(start, end, stem(word.whole))
            for part in word.parts if longest else ():
                last.append((part, start))
                for phrase in self.asked.phrases:
                    run = [*last][-len(phrase) :]
                    if tuple(part for part, _ in run) == phrase:
                        yield Matching(run[0][1], end, " ".join(phrase))


def _border(text: str, near: int) -> int:
    """The beginning of the first word from there on."""
    return text.find(" ", near) + 1 if near > 0 else 0


def _pieces(text: str, start: int, end: int, matching: Sequence[Matching]) -> Iterator[Passage]:
    """That part of the text, in which what overlaps is marked once."""
    done = start
    for found in sorted(matching):
        if found.start >= done and found.end <= end:
            if found.start > done:
                yield Passage(text[done : found.start], False)
            yield Passage(text[found.start : found.end], True)
            done = found.end
    if done < end:
        yield Passage(text[done:end], False)
