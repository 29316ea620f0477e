"""What somebody wants to be told of: the query of the same filters as everywhere, kept as text, and read again."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from roadmap.content.snapshot import PlacedItem
from roadmap.published.date_filters import Moment
from roadmap.published.filters import BadFilter, Filters, read_filters
from roadmap.published.history import PastEdition, ThingTold
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.web.pages.reading import RoadmapReading

ROADMAP = "roadmap"  # which of all, in the query of a subscription to several
NOT_KEPT = "changed_since"  # whoever is told of changes is told of those to come
WORDS = "q"
YOUR_WORDS = "with the words that you typed"


def query_of(reading: RoadmapReading, filters: Filters) -> str:
    """The same however it was asked for."""
    kept = [(name, value) for name, value in filters.values if name != NOT_KEPT]
    return urlencode([*reading.addresses.query, *kept])


def is_for(query: str, slug: str) -> bool:
    """Whether a subscription to several roadmaps is about this one."""
    chosen = QueryDict(query).getlist(ROADMAP)
    return not chosen or slug in chosen


def read(query: str, published: PublishedRoadmap, now: datetime.datetime) -> Filters | None:
    """What it selects of one roadmap. None where that does not know what is asked: then there is nothing to tell.

    What it knew once it knows for good, so that an API which goes is told of.
    """
    asked = QueryDict(query, mutable=True)
    asked.pop(ROADMAP, None)
    try:
        return read_filters(asked, published, now)
    except BadFilter:
        return None


def in_words(filters: Filters, published: PublishedRoadmap, *, with_typed: bool = True) -> str:
    """Empty for everything. Without what was typed, it can be sent to somebody who may not have typed it."""
    if with_typed or not filters.words:
        return filters.in_words(published)
    known = [" or ".join(filters.words_of(name, published)) for name in filters.by_name if name != WORDS]
    return "; ".join([*known, YOUR_WORDS])


@dataclass(frozen=True)
class AnyOf(Filters):
    """What at least one of several selections has: somebody who asked for two is told once."""

    each: Sequence[Filters] = ()

    def told(self, edition: PastEdition) -> list[ThingTold]:
        found = {thing.uid for filters in self.each for thing in filters.told(edition)}
        return [thing for thing in edition.told if thing.uid in found]

    def tells_any(self, edition: PastEdition) -> bool:
        return any(filters.tells_any(edition) for filters in self.each)

    def matches(self, item: PlacedItem, *, but: str = "", at: Moment | None = None) -> bool:
        return any(filters.matches(item, but=but, at=at) for filters in self.each)
