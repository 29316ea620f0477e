"""What was written of each item, kept for as long as it is so: most items stay the same in the next Edition."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Generic, TypeVar

Written = TypeVar("Written")
KEPT = 32  # the kinds of what is written, by as many roadmaps and addresses of the site


class WrittenItems(Generic[Written]):
    """Of one roadmap, of one kind, with links to one site."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[object, ...], Written]] = {}

    def of(self, uid: str, basis: tuple[object, ...], write: Callable[[], Written]) -> Written:
        """As it was written before, or anew where anything that it follows from, the basis, is another since."""
        kept = self._kept.get(uid)
        if kept is None or kept[0] != basis:
            self._kept[uid] = kept = basis, write()
        return kept[1]


@lru_cache(maxsize=KEPT)
def written_items(kind: str, *where: Hashable) -> WrittenItems[Any]:
    return WrittenItems()
