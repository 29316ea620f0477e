"""One roadmap as of one Edition: all that there is, and what last happened to each thing. Asks the database nothing."""

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from roadmap.content.choices import Noun
from roadmap.content.snapshot import Snapshot
from roadmap.published.history import History, PastEdition, ThingTold

# How many Editions a process keeps: the newest of each roadmap, and a few that were asked for by date.
CAPACITY = 32


@dataclass(frozen=True)
class EditionSeen:
    """What a page says of the Edition that it shows."""

    roadmap_slug: str
    number: int
    published_at: datetime.datetime
    uid: str = ""  # a draft has none


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class LatestChanges(ThingTold):
    """What happened to one thing when it was last published."""

    edition_number: int
    published_at: datetime.datetime
    is_seen: bool = True  # by readers; not where it is still to come
    corrected_at: datetime.datetime | None = None  # when the words of a changelog entry were last corrected


def latest_changes(
    thing: ThingTold,
    edition: EditionSeen | PastEdition,
    corrected_at: datetime.datetime | None = None,
    *,
    is_seen: bool = True,
) -> LatestChanges:
    """`corrected_at` is of what came before."""
    return LatestChanges(
        *(thing.noun, thing.uid, thing.title, thing.address, thing.told),
        after=thing.after,
        edition_number=edition.number,
        published_at=edition.published_at,
        is_seen=is_seen,
        corrected_at=edition.published_at if thing.is_correction else corrected_at,
    )


@dataclass(frozen=True, eq=False)
class PublishedRoadmap:
    """One roadmap as of one Edition. Shared by every request: never change it."""

    edition: EditionSeen
    snapshot: Snapshot
    latest_changes: Mapping[str, LatestChanges]  # by uid, of every thing there is or was
    history: History | None = None  # up to this Edition, where it came with it: see `store.history_of`
    tells_dates: bool = True  # whether readers may know what it was on an earlier day

    @property
    def vocabulary(self) -> "PublishedRoadmap":
        """By which the values of a filter are read: see AllRoadmaps."""
        return self

    @property
    def titles(self) -> dict[str, str]:
        """By reference, of the items that there are or were."""
        titles = {item.content.reference: item.content.title for item in self.snapshot.items}
        return titles | {
            thing.address: thing.title for thing in self.latest_changes.values() if thing.noun is Noun.ITEM
        }

    @cached_property
    def _titles_of_several(self) -> frozenset[str]:
        return frozenset(title for title, number in Counter(self.titles.values()).items() if number > 1)

    def name_of(self, title: str, reference: str) -> str:
        """An item's title, with its reference where another has the same: so that links to them can be told apart."""
        return f"{title} ({reference})" if title in self._titles_of_several else title

    @property
    def withdrawn_items(self) -> list[LatestChanges]:
        """Newest first."""
        items = [thing for thing in self.latest_changes.values() if thing.noun is Noun.ITEM and thing.is_withdrawn]
        return sorted(items, key=lambda item: (-item.edition_number, item.title))

    def withdrawn(self, noun: Noun, address: str) -> LatestChanges | None:
        """What was last at this address, where it was withdrawn."""
        same = [thing for thing in self.latest_changes.values() if (thing.noun, thing.address) == (noun, address)]
        gone = [thing for thing in same if thing.is_withdrawn]
        return max(gone, key=lambda thing: thing.edition_number, default=None)
