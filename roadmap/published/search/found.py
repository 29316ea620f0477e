"""What is found on all roadmaps together, the best first, each with where in it the match stands."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from threading import Lock

from django.db import DatabaseError

from roadmap.published.roadmap import CAPACITY, PublishedRoadmap
from roadmap.published.search.asked import Asked
from roadmap.published.search.documents import Document, Found, documents_of
from roadmap.published.search.index import Index, is_alike, number_of
from roadmap.published.search.marked import Marker, Passage
from roadmap.published.store import LastUsed, history_of

_kept: LastUsed[tuple[str, int], Index] = LastUsed(CAPACITY)  # by Edition, and how much of its history there was
_building = Lock()  # so that those who ask at once have it made once


def index_of(published: PublishedRoadmap) -> Index:
    """The same for as long as this process holds it. Without a database, withdrawn items are found by their titles."""
    try:
        history = history_of(published, may_lack_newest=True)
    except DatabaseError:
        history = None
    key = published.edition.uid, history.newest_number if history else 0
    with _building:
        index = _kept.get(key)
        if index is None:
            index = Index(documents_of(published, history))
            _kept.put(key, index)
    return index


@dataclass(frozen=True)
class Hit:
    published: PublishedRoadmap
    document: Document
    title: list[Passage]
    reference: list[Passage]  # of an item
    name: str  # of the text that is shown: empty where that is its main one
    text: list[Passage]


class Results:
    """What matches, the best first. Nothing is shown of it before it is asked for."""

    def __init__(self, asked: Asked, roadmaps: Sequence[PublishedRoadmap]):
        self.asked = asked
        self._roadmaps = roadmaps
        self._indexes = [index_of(published) for published in roadmaps]
        self._firsts = [0, *accumulate(len(index.documents) for index in self._indexes)]
        self._places = self._of(asked)
        self._markers: dict[tuple[int, bool], Marker] = {}

    def _of(self, asked: Asked) -> list[int]:
        return sorted(
            place
            for index, first in zip(self._indexes, self._firsts, strict=False)
            for place in index.find(asked, first)
        )

    @property
    def counts(self) -> list[int]:
        """How many are of each roadmap."""
        counts = Counter(bisect_right(self._firsts, number_of(place)) - 1 for place in self._places)
        return [counts[at] for at in range(len(self._roadmaps))]

    def __len__(self) -> int:
        return len(self._places)

    @cached_property
    def alike_from(self) -> int:
        """How many have each word, in some form; those after them have one that differs by a letter."""
        return bisect_right(self._places, False, key=is_alike)

    def hits(self, first: int, end: int) -> list[Hit]:
        return [self._hit(place) for place in self._places[first:end]]

    def alone(self) -> list[tuple[str, int]]:
        """Each word that is asked for, with how much has that one."""
        return [(word.written, len(self._of(Asked((word,))))) for word in self.asked.words]

    def _hit(self, place: int) -> Hit:
        number = number_of(place)
        at = bisect_right(self._firsts, number) - 1
        document = self._indexes[at].documents[number - self._firsts[at]]
        marker = self._marker(at, is_alike(place))
        parts = [(name, *marker.part(text)) for name, text in document.texts if text]
        name, _, text = max(parts, key=itemgetter(1), default=("", 0, []))
        reference = marker.whole(document.address) if document.kind is Found.ITEM else []
        return Hit(self._roadmaps[at], document, marker.whole(document.title), reference, name, text)

    def _marker(self, at: int, alike: bool) -> Marker:
        if (at, alike) not in self._markers:
            self._markers[at, alike] = Marker(self.asked, self._indexes[at].terms(self.asked, alike=alike))
        return self._markers[at, alike]
