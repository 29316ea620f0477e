"""What a process holds, bounded in bytes: what was used longest ago goes first."""

from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

Key = TypeVar("Key")


class Sized(Protocol):
    size: int  # bytes


Kept = TypeVar("Kept", bound=Sized)


class Shelf(Generic[Key, Kept]):
    """Of what was asked for once, a fifth; the rest is for what was asked for again: so a stream of addresses that
    nobody asks for twice drives out nothing that readers use (the segmented LRU of Karedla, Love and Wherry, 1994).
    """

    def __init__(self, most: int):
        self._most_new, self._most_used = most // 5, most - most // 5
        self._new: OrderedDict[Key, Kept] = OrderedDict()
        self._used: OrderedDict[Key, Kept] = OrderedDict()
        self._new_size = self._used_size = 0

    def __len__(self) -> int:
        return len(self._new) + len(self._used)

    @property
    def size(self) -> int:
        return self._new_size + self._used_size

    def in_use(self) -> list[Key]:
        """What was asked for again."""
        return [*self._used]

    def get(self, key: Key) -> Kept | None:
        kept = self._used.get(key)
        if kept is not None:
            self._used.move_to_end(key)
            return kept
        kept = self._new.pop(key, None)
        if kept is None:
            return None
        self._new_size -= kept.size
        self._used[key] = kept
        self._used_size += kept.size
        while self._used_size > self._most_used and len(self._used) > 1:
            pushed, demoted = self._used.popitem(last=False)
            self._used_size -= demoted.size
            self._put_new(pushed, demoted)
        return kept

    def put(self, key: Key, kept: Kept) -> None:
        """In the place of what was there by that key. What alone is larger than all that may be new is not kept."""
        old = self._used.get(key)
        if old is not None:
            self._used[key] = kept
            self._used_size += kept.size - old.size
            return
        self._put_new(key, kept)

    def _put_new(self, key: Key, kept: Kept) -> None:
        old = self._new.pop(key, None)
        if old is not None:
            self._new_size -= old.size
        if kept.size > self._most_new:
            return
        self._new[key] = kept
        self._new_size += kept.size
        while self._new_size > self._most_new:
            _, gone = self._new.popitem(last=False)
            self._new_size -= gone.size
