"""All that ever happened on one roadmap, edition by edition, as readers were told of it. Asks the database nothing.

An Edition never changes, so neither does a History: a newer one is an older one with Editions added. What an item was
when it changed is kept beside the change, so that a filter can be asked of that moment.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from roadmap.content.changes import FieldChange
from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, Noun
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import (
    Contact,
    Content,
    EnvironmentLabels,
    ItemContent,
    ReleaseContent,
    RoadmapContent,
    from_json,
)

# The fields of a changelog entry that are words: a change of one of these is a correction.
WORDS_OF_ENTRY = ("title", "when", "body")


@dataclass(frozen=True)
class ToldChange:
    """A change as readers are told of it."""

    change: FieldChange
    reason: str
    is_minor: bool = False  # in its thing's history, and not announced


@dataclass(frozen=True, eq=False)
class ThingTold:
    """What happened to one thing in one Edition."""

    noun: Noun
    uid: str
    title: str  # as it was then; of what was withdrawn, as it was last
    address: str
    told: tuple[ToldChange, ...]
    before: Content | None = None  # None: it was new
    after: Content | None = None  # None: it was withdrawn
    item_before: PlacedItem | None = None  # of an item: where it stood, and where it came to stand
    item_after: PlacedItem | None = None
    members: tuple[ItemContent, ...] = ()  # of a release: the items in it then

    @property
    def is_withdrawn(self) -> bool:
        return self.after is None

    @property
    def announced(self) -> tuple[ToldChange, ...]:
        return tuple(one for one in self.told if not one.is_minor)


@dataclass(frozen=True, eq=False)
class PastEdition:
    """One Edition, with what it changed, in the order in which that was published."""

    uid: str
    number: int
    published_at: datetime.datetime
    note: str
    roadmap: RoadmapContent  # as it was then: whom to ask, what the environments and columns were called
    told: tuple[ThingTold, ...]


# Stands for a roadmap until its own Content is read.
NOBODY = RoadmapContent(
    uid="",
    slug="",
    title="",
    contact=Contact(),
    labels=EnvironmentLabels(**{one.value: label for one, label in DEFAULT_ENVIRONMENT_LABELS.items()}),
)


class Row(NamedTuple):
    """One Change with its Revision and its Edition, as the database gives it. No field: no Change came with it."""

    edition_uid: object  # a UUID
    number: int
    published_at: datetime.datetime
    note: str
    noun: str
    uid: object  # a UUID; None where nothing is in the Edition
    title: str
    address: str
    content: str
    field: str | None
    before: object
    after: object
    reason: str | None
    is_minor: bool | None


class Happening(NamedTuple):
    """That something happened to one thing, and when."""

    edition: PastEdition
    thing: ThingTold


class History:
    """Immutable. Oldest Edition first."""

    def __init__(self, editions: Sequence[PastEdition] = (), contents: Mapping[str, Content] | None = None):
        """`contents` is what there is after the last of them, by uid."""
        self.editions = tuple(editions)
        self.contents: Mapping[str, Content] = contents or {}

    @property
    def newest_number(self) -> int:
        return self.editions[-1].number if self.editions else 0

    def edition(self, number: int) -> PastEdition | None:
        return next((one for one in reversed(self.editions) if one.number == number), None)

    def has(self, number: int, uid: str) -> bool:
        """Whether its Edition of that number is this one: after a database was put back, it may be another."""
        found = self.edition(number)
        return found is not None and found.uid == uid

    def on_day(self, end_of_day: datetime.datetime) -> PastEdition | None:
        """What readers saw last at that moment."""
        return next((one for one in reversed(self.editions) if one.published_at <= end_of_day), None)

    def until(self, number: int) -> "History":
        """As it was when that Edition was the newest."""
        if number >= self.newest_number:
            return self
        editions = [one for one in self.editions if one.number <= number]
        contents: dict[str, Content] = {}
        for edition in editions:
            for one in edition.told:
                if one.after is None:
                    contents.pop(one.uid, None)
                else:
                    contents[one.uid] = one.after
        return History(editions, contents)

    def of(self, uid: str) -> list[Happening]:
        """Everything that happened to that thing, oldest first."""
        return self.by_uid.get(uid, [])

    @cached_property
    def by_uid(self) -> dict[str, list[Happening]]:
        """Everything that happened to each thing, oldest first."""
        found: dict[str, list[Happening]] = defaultdict(list)
        for edition in self.editions:
            for thing in edition.told:
                found[thing.uid].append(Happening(edition, thing))
        return dict(found)

    def withdrawn(self, noun: Noun) -> Iterator[ThingTold]:
        """Of everything of that noun that is no more, how it went."""
        for happened in self.by_uid.values():
            last = happened[-1].thing
            if last.noun is noun and last.is_withdrawn:
                yield last

    def extended(self, rows: Iterable[Row]) -> "History":
        """With the Editions of these rows, which are ordered by Edition and come after all that are here."""
        contents: Mapping[str, Content] = self.contents
        editions = [*self.editions]
        for _, of_edition in groupby(rows, key=lambda row: row.number):
            edition, contents = _read(list(of_edition), contents)
            editions.append(edition)
        return History(editions, contents)

    def with_draft(self, number: int, published_at: datetime.datetime, drafted: Sequence["Draft"]) -> "History":
        """As it would be with one Edition more, in which these things change."""
        edition, contents = _told(PastEdition("", number, published_at, "", NOBODY, ()), drafted, self.contents)
        return History([*self.editions, edition], contents)


class Draft(NamedTuple):
    """One thing that changes, before it is known what else does."""

    noun: Noun
    uid: str
    title: str
    address: str
    after: Content | None
    told: tuple[ToldChange, ...]


def _read(rows: list[Row], old: Mapping[str, Content]) -> tuple[PastEdition, Mapping[str, Content]]:
    first = rows[0]
    drafted = []
    for _, of_thing in groupby(rows, key=lambda row: row.uid):
        changes = list(of_thing)
        one = changes[0]
        if one.uid is None:
            continue
        noun = Noun(one.noun)
        told = tuple(
            ToldChange(FieldChange(noun, row.field, row.before, row.after), row.reason or "", bool(row.is_minor))
            for row in changes
            if row.field is not None
        )
        after = from_json(noun, one.content) if one.content else None
        drafted.append(Draft(noun, str(one.uid), one.title, one.address, after, told))
    edition = PastEdition(str(first.edition_uid), first.number, first.published_at, first.note, NOBODY, ())
    return _told(edition, drafted, old)


def _told(
    edition: PastEdition, drafted: Sequence[Draft], old: Mapping[str, Content]
) -> tuple[PastEdition, Mapping[str, Content]]:
    """The Edition with what it changed, and all that there is after it."""
    new = dict(old)
    for one in drafted:
        if one.after is None:
            new.pop(one.uid, None)
        else:
            new[one.uid] = one.after
    was, roadmap = _roadmap_of(old), _roadmap_of(new)
    told = tuple(
        ThingTold(
            one.noun,
            one.uid,
            one.title,
            one.address,
            one.told,
            before=old.get(one.uid),
            after=one.after,
            item_before=_placed(old.get(one.uid), was, old),
            item_after=_placed(one.after, roadmap, new),
            members=_members(one, new),
        )
        for one in drafted
    )
    return replace(edition, roadmap=roadmap, told=told), new


def _roadmap_of(contents: Mapping[str, Content]) -> RoadmapContent:
    """The first Edition brings one, and none takes it away: before that, there is nothing to ask about."""
    return next((one for one in contents.values() if isinstance(one, RoadmapContent)), NOBODY)


def _placed(content: Content | None, roadmap: RoadmapContent, contents: Mapping[str, Content]) -> PlacedItem | None:
    if not isinstance(content, ItemContent):
        return None
    release = contents.get(content.release_uid)
    return PlacedItem(content, roadmap, release if isinstance(release, ReleaseContent) else None)


def _members(drafted: Draft, contents: Mapping[str, Content]) -> tuple[ItemContent, ...]:
    if drafted.noun is not Noun.RELEASE:
        return ()
    return tuple(one for one in contents.values() if isinstance(one, ItemContent) and one.release_uid == drafted.uid)
