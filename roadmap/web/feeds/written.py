"""What a feed has written of each item, kept for as long as it is so: most items stay the same in the next Edition."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar

from roadmap.content.choices import Environment
from roadmap.content.snapshot import PlacedItem
from roadmap.web.pages.reading import RoadmapReading

Written = TypeVar("Written")
KEPT = 16  # of each feed: the addresses of the site, by as many roadmaps


class WrittenItems(Generic[Written]):
    """Of one roadmap, in one format, with links to one site."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[object, ...], Written]] = {}

    def of(self, item: PlacedItem, reading: RoadmapReading, write: Callable[[], Written]) -> Written:
        """As it was written before, or anew where anything that can be told of it has changed since."""
        basis, uid = _basis(item, reading), item.content.uid
        kept = self._kept.get(uid)
        if kept is None or kept[0] != basis:
            self._kept[uid] = kept = basis, write()
        return kept[1]


def _basis(item: PlacedItem, reading: RoadmapReading) -> tuple[object, ...]:
    """The Editions that last changed it, its release and the roadmap, and which of its dates have passed.

    See also `touched` of roadmap.web.api.sync: nothing else of one Edition is told of an item.
    """
    latest = reading.published.latest_changes
    changes = [latest.get(uid) for uid in (item.content.uid, item.content.release_uid, reading.roadmap.uid)]
    editions = [(change.edition_number, change.published_at) if change else None for change in changes]
    passed = [item.is_overdue(environment, reading.current_day) for environment in Environment]
    return *editions, *passed


@lru_cache(maxsize=KEPT)
def written_items(feed: str, site: str, slug: str) -> WrittenItems[Any]:
    return WrittenItems()
