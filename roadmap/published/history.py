"""All that ever happened on one roadmap, edition by edition, as readers were told of it. Asks the database nothing.

An Edition never changes, so neither does a History: a newer one is an older one with Editions added. What an item was
when it changed is kept beside the change, so that a filter can be asked of that moment.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from msgspec import convert, structs

from roadmap.content.changes import FieldChange, returned
from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, Noun
from roadmap.content.fields import EXISTENCE, UNSEEN, columns_lost
from roadmap.content.meanings import as_published
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import Content, ItemContent, ReleaseContent, RoadmapContent
from roadmap.dates.clock import day_of

# The fields of a changelog entry that are words: a change of one of these is a correction.
WORDS_OF_ENTRY = ("title", "when", "body")


@dataclass(frozen=True, slots=True)
class ToldChange:
    """A change as readers are told of it."""

    change: FieldChange
    reason: str
    is_minor: bool = False  # in its thing's history, and not announced
    went_with_column: bool = False  # in its thing's history alone: of the roadmap it is told for all its items at once

    @property
    def is_told_elsewhere(self) -> bool:
        """Or nowhere: no list of changes has it, not even among small corrections."""
        return self.went_with_column or self.change.field == UNSEEN

    @property
    def is_announced(self) -> bool:
        return not (self.is_minor or self.went_with_column) and self.change.is_news


@dataclass(frozen=True, eq=False, slots=True)
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
    tells_stage: bool = True  # whether readers may know in which stage an item was: it may say when

    @property
    def is_withdrawn(self) -> bool:
        return self.after is None

    @property
    def announced(self) -> tuple[ToldChange, ...]:
        return tuple(told for told in self.told if told.is_announced)

    @property
    def news(self) -> tuple[ToldChange, ...]:
        """Of what is announced, not that its list was put in another order: nobody need be called for that."""
        return tuple(told for told in self.announced if told.change.field != "position")

    @property
    def is_correction(self) -> bool:
        """Whether the words of a changelog entry changed."""
        return self.noun is Noun.CHANGELOG_ENTRY and any(told.change.field in WORDS_OF_ENTRY for told in self.told)


@dataclass(frozen=True, eq=False)
class PastEdition:
    """One Edition, with what it changed, in the order in which that was published."""

    uid: str
    number: int
    published_at: datetime.datetime
    note: str
    # As it was then: whom to ask, what the environments and columns were called, those too that were gone by then.
    roadmap: RoadmapContent
    told: tuple[ThingTold, ...]


# Stands for a roadmap until its own Content is read.
_LABELS = {environment.value: label for environment, label in DEFAULT_ENVIRONMENT_LABELS.items()}
NOBODY = convert({"uid": "", "slug": "", "title": "", "contact": {}, "labels": _LABELS}, RoadmapContent)


def together(editions: Iterable[PastEdition]) -> list[ThingTold]:
    """What several Editions, one after another, changed in the end: of each field what was, and what came to be.

    Nothing of what came and went again with them, nor of what moved and moved back.
    """
    by_uid: dict[str, list[ThingTold]] = defaultdict(list)
    for edition in editions:
        for thing in edition.told:
            by_uid[thing.uid].append(thing)
    return [
        replace(last, before=first.before, item_before=first.item_before, told=told)
        for first, *_, last in ([*things, things[-1]] for things in by_uid.values())
        if (told := _in_the_end(by_uid[last.uid]))
    ]


def _in_the_end(things: Sequence[ThingTold]) -> tuple[ToldChange, ...]:
    was_there, is_there = things[0].before is not None, things[-1].after is not None
    if not (was_there or is_there):
        return ()
    by_field: dict[str, list[ToldChange]] = defaultdict(list)
    for thing in things:
        for told in thing.told:
            if (was_there and is_there) or told.change.field == EXISTENCE:
                by_field[told.change.field].append(told)
    return tuple(
        ToldChange(
            replace(same[-1].change, before=same[0].change.before),
            next((told.reason for told in reversed(same) if told.reason), ""),
            all(told.is_minor for told in same),
            same[-1].went_with_column,
        )
        for same in by_field.values()
        if same[0].change.before != same[-1].change.after or same[0].change.before == same[0].change.after
    )


class ChangeRow(NamedTuple):
    """One Change with its Revision and its Edition, as the database gives it. No field: no Change came with it."""

    edition_uid: object  # a UUID
    number: int
    published_at: datetime.datetime
    note: str
    noun: str
    uid: object  # a UUID; None where nothing is in the Edition, or where the content says it
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

    def __init__(
        self,
        editions: Sequence[PastEdition] = (),
        contents: Mapping[str, Content] | None = None,
        *,
        tells_dates: bool = True,
        withdrawn: Mapping[str, datetime.date] | None = None,
    ):
        """`contents` is what there is after the last of them, by uid, and `withdrawn` when each thing went last.

        Without `tells_dates`, what the dates were has been taken out: see roadmap.published.redaction.
        """
        self.editions = tuple(editions)
        self.contents: Mapping[str, Content] = contents or {}
        self.tells_dates = tells_dates
        self.withdrawn: Mapping[str, datetime.date] = withdrawn or {}

    @property
    def newest_number(self) -> int:
        return self.editions[-1].number if self.editions else 0

    def edition(self, number: int) -> PastEdition | None:
        return next((edition for edition in reversed(self.editions) if edition.number == number), None)

    def has(self, number: int, uid: str) -> bool:
        """Whether its Edition of that number is this one: after a database was put back, it may be another."""
        found = self.edition(number)
        return found is not None and found.uid == uid

    def on_day(self, end_of_day: datetime.datetime) -> PastEdition | None:
        """What readers saw last at that moment."""
        return next((edition for edition in reversed(self.editions) if edition.published_at <= end_of_day), None)

    @property
    def last_day(self) -> tuple[list[PastEdition], list[ThingTold]]:
        """The Editions of the newest day in London that had news, oldest first, and what was new in the end of it.

        Of the first Edition, with which all was new, nothing by itself.
        """
        by_day = groupby(reversed(self.editions), key=lambda edition: day_of(edition.published_at))
        for _, newest_first in by_day:
            editions = [*newest_first][::-1]
            things = [thing for thing in together(edition for edition in editions if edition.number > 1) if thing.news]
            if things or editions[0].number == 1:
                return editions, things
        return [], []

    def until(self, number: int) -> "History":
        """As it was when that Edition was the newest."""
        if number >= self.newest_number:
            return self
        editions = [edition for edition in self.editions if edition.number <= number]
        contents = _contents_after({}, (thing for edition in editions for thing in edition.told))
        return History(editions, contents, withdrawn=dict(_withdrawals(editions)))

    def of(self, uid: str) -> tuple[Happening, ...]:
        """Everything that happened to that thing, oldest first."""
        return self.by_uid.get(uid, ())

    @cached_property
    def by_uid(self) -> dict[str, tuple[Happening, ...]]:
        """Everything that happened to each thing, oldest first."""
        found: dict[str, list[Happening]] = defaultdict(list)
        for edition in self.editions:
            for thing in edition.told:
                found[thing.uid].append(Happening(edition, thing))
        return {uid: tuple(happened) for uid, happened in found.items()}

    def extended(self, rows: Iterable[ChangeRow]) -> "History":
        """With the Editions of these rows, which are ordered by Edition and come after all that are here."""
        history = self
        for _, of_edition in groupby(rows, key=lambda row: row.number):
            history = history._with_edition(*_read([*of_edition]))
        return history

    def with_draft(self, number: int, published_at: datetime.datetime, drafted: Iterable[ThingTold]) -> "History":
        """As it would be with one Edition more, in which these things change."""
        return self._with_edition(PastEdition("", number, published_at, "", NOBODY, ()), [*drafted])

    def _with_edition(self, edition: PastEdition, drafted: Sequence[ThingTold]) -> "History":
        old, new = self.contents, _contents_after(self.contents, drafted)
        was, roadmap = _roadmap_of(old), _roadmap_of(new)
        lost = columns_lost(was, roadmap)
        kept = [replace(thing, told=_without_columns(thing.told, lost)) for thing in drafted] if lost else drafted
        told = tuple(
            replace(
                thing,
                before=old.get(thing.uid),
                item_before=_placed(old.get(thing.uid), was, old),
                item_after=_placed(thing.after, roadmap, new),
                members=_members(thing, new),
                told=_told_of_return(thing, self.withdrawn.get(thing.uid)),
            )
            for thing in kept
        )
        named = roadmap.naming(*(past.roadmap for past in self.editions[-1:]))
        whole = replace(edition, roadmap=named, told=told)
        return History([*self.editions, whole], new, withdrawn={**self.withdrawn, **dict(_withdrawals([whole]))})


Thing = TypeVar("Thing", bound=ThingTold)


def read_thing(rows: Sequence[ChangeRow], make: Callable[..., Thing]) -> Thing:
    """What happened to the thing that all these rows are of, by itself: not what was before, nor around it."""
    first = rows[0]
    noun = Noun(first.noun)
    after = _sharing_parts(as_published(noun, first.content)) if first.content else None
    uid = after.uid if after else str(first.uid)
    # Its title and its address are mostly those that its content has, and of what is new, what came to be is its title.
    same = {text: text for text in (getattr(after, "title", ""), after.address if after else "")}
    title, address = (same.get(text, text) for text in (first.title, first.address))
    told = tuple(
        ToldChange(
            FieldChange(noun, _one_of_equals(row.field), _shared(row.before, same), _shared(row.after, same)),
            row.reason or "",
            bool(row.is_minor),
        )
        for row in rows
        if row.field is not None
    )
    return make(noun=noun, uid=uid, title=title, address=address, told=told, after=after)


# A process holds thousands of Contents and Changes, which say the same of dates, releases and APIs.


def _sharing_parts(content: Content) -> Content:
    """The same, made of parts that other items have too."""
    if not isinstance(content, ItemContent):
        return content
    milestones, apis = (tuple(map(_one_of_equals, parts)) for parts in (content.milestones, content.apis))
    return structs.replace(
        content,
        audiences=_one_of_equals(content.audiences),
        milestones=_one_of_equals(milestones),
        apis=_one_of_equals(apis),
        journey=_one_of_equals(content.journey),
        release_uid=_one_of_equals(content.release_uid),
    )


def _shared(value: Any, known: Mapping[str, str]) -> Any:
    """A value of a Change, as JSON has it: an equal one where that is held."""
    if isinstance(value, str):
        return known.get(value, value)
    is_flat = isinstance(value, dict) and all(isinstance(part, str | bool) for part in value.values())
    return _one_of_dates(*value.items()) if is_flat else value  # what is said of a milestone


@lru_cache(maxsize=4096)
def _one_of_dates(*parts: tuple[str, Any]) -> dict[str, Any]:
    return dict(parts)


@lru_cache(maxsize=4096)
def _one_of_equals(value: Any) -> Any:
    return value


def _read(rows: list[ChangeRow]) -> tuple[PastEdition, list[ThingTold]]:
    first = rows[0]
    by_thing = (list(of_thing) for _, of_thing in groupby(rows, key=lambda row: row.uid))
    drafted = [read_thing(of_thing, ThingTold) for of_thing in by_thing if of_thing[0].uid is not None]
    return PastEdition(str(first.edition_uid), first.number, first.published_at, first.note, NOBODY, ()), drafted


def _without_columns(changes: Sequence[ToldChange], lost: Container[str]) -> tuple[ToldChange, ...]:
    return tuple(replace(told, went_with_column=told.change.field in lost) for told in changes)


def _contents_after(contents: Mapping[str, Content], things: Iterable[ThingTold]) -> dict[str, Content]:
    """What there is, by uid, once these things have changed."""
    found = dict(contents)
    for thing in things:
        if thing.after is None:
            found.pop(thing.uid, None)
        else:
            found[thing.uid] = thing.after
    return found


def _withdrawals(editions: Iterable[PastEdition]) -> Iterator[tuple[str, datetime.date]]:
    """The uid of each thing that they take away, and the day in London; of one that went twice, the last comes last."""
    for edition in editions:
        yield from ((thing.uid, day_of(edition.published_at)) for thing in edition.told if thing.is_withdrawn)


def _told_of_return(thing: ThingTold, withdrawn_on: datetime.date | None) -> tuple[ToldChange, ...]:
    if withdrawn_on is None:
        return thing.told
    changes = returned((told.change for told in thing.told), withdrawn_on)
    return tuple(replace(told, change=change) for told, change in zip(thing.told, changes, strict=True))


def _roadmap_of(contents: Mapping[str, Content]) -> RoadmapContent:
    """The first Edition brings one, and none takes it away: before that, there is nothing to ask about."""
    return next((content for content in contents.values() if isinstance(content, RoadmapContent)), NOBODY)


def _placed(content: Content | None, roadmap: RoadmapContent, contents: Mapping[str, Content]) -> PlacedItem | None:
    if not isinstance(content, ItemContent):
        return None
    release = contents.get(content.release_uid)
    return PlacedItem(content, roadmap, release if isinstance(release, ReleaseContent) else None)


def _members(release: ThingTold, contents: Mapping[str, Content]) -> tuple[ItemContent, ...]:
    if release.noun is not Noun.RELEASE:
        return ()
    items = (content for content in contents.values() if isinstance(content, ItemContent))
    return tuple(item for item in items if item.release_uid == release.uid)
