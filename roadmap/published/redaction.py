"""What a roadmap keeps back of its earlier dates is taken out here, where its history is handed out, and nowhere else.

Whoever shows, lists or sends what is handed out has nothing to ask: an earlier date is not in it. A change of a date
says that it was, in words of its own; a Content as it was then has no dates; a release that is no more has no name. A
roadmap that keeps its earlier dates to itself keeps those too that its old Editions told of: what a date became then
is, by now, what it was. So of a date that is no longer so, only that it changed is told.

Where the setting was on when an Edition was published, and is off now, that Edition tells its changes as it did then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import msgspec

from roadmap.content.changed_dates import date_typed
from roadmap.content.changes import Act, FieldChange, is_of_date
from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import EXISTENCE
from roadmap.content.snapshot import PlacedItem, Snapshot
from roadmap.content.things import Content, ItemContent, ReleaseContent, RoadmapContent
from roadmap.published.history import History, PastEdition, ThingTold, ToldChange
from roadmap.published.roadmap import CAPACITY, PublishedRoadmap

ANY_RELEASE = "A release"

Thing = TypeVar("Thing", bound=ThingTold)
Said = TypeVar("Said", bound=Content | None)

# By what was handed out, what it was made of: for roadmap.published alone.
_whole: WeakKeyDictionary[History, History] = WeakKeyDictionary()
_of_several: WeakKeyDictionary[History, History] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class QuietChange(FieldChange):
    """A change of a date, told without what it was."""

    words: str
    told_act: Act

    def sentence(self, roadmap: RoadmapContent, *, tells_old_dates: bool = True) -> str:
        return self.words

    @property
    def act(self) -> Act:
        return self.told_act


def redacted(published: PublishedRoadmap) -> PublishedRoadmap:
    """As its readers may know it. The same object where it keeps nothing back."""
    history = published.history and redacted_history(published.history, published)
    if not published.snapshot.roadmap.hides_date_history:
        return published if history is published.history else replace(published, history=history)
    latest = told_for_readers(published.latest_changes, published)
    return replace(published, latest_changes=latest, history=history, tells_dates=False)


def told_for_readers(told: Mapping[str, Thing], published: PublishedRoadmap) -> dict[str, Thing]:
    """The same of what happened to some things of it last, by their uids."""
    if not published.snapshot.roadmap.hides_date_history:
        return dict(told)
    redaction = _Redaction(published.snapshot.roadmap, _contents(published.snapshot))
    return {uid: redaction.thing(thing) for uid, thing in told.items()}


def redacted_history(history: History, published: PublishedRoadmap) -> History:
    """The same of what happened to that roadmap. The same object where nothing of it is kept back."""
    hides = published.snapshot.roadmap.hides_date_history
    if history in _whole or not (hides or any(edition.roadmap.hides_date_history for edition in history.editions)):
        return history
    now = _contents(published.snapshot) if hides else None
    editions = [_edition(edition, now) for edition in history.editions]
    found = History(editions, None if hides else history.contents, tells_dates=not hides)
    _whole[found] = history
    return found


# What is published is asked for again and again; a draft is not kept.
for_readers = lru_cache(maxsize=CAPACITY)(redacted)
history_for_readers = lru_cache(maxsize=CAPACITY)(redacted_history)


def whole(history: History) -> History:
    """With what is kept back. To find by it, and to count it, never to show it: an old link stays right."""
    return _whole.get(history, history)


def with_titles(history: History) -> History:
    """With the titles that releases had, of several roadmaps too. To find by them, as by `whole`: it may say dates."""
    return _of_several.get(history) or whole(history)


def of_several(editions: Sequence[tuple[int, PastEdition, PastEdition]]) -> History:
    """What happened to several roadmaps: each Edition as it is counted here, as it is handed out, and whole."""
    found = History([replace(edition, number=number) for number, edition, _ in editions])
    _of_several[found] = History([replace(edition, number=number) for number, _, edition in editions])
    return found


def _contents(snapshot: Snapshot) -> dict[str, Content]:
    things = (*snapshot.releases, *(item.content for item in snapshot.items))
    return {content.uid: content for content in things}


def _edition(edition: PastEdition, now: Mapping[str, Content] | None) -> PastEdition:
    if now is None and not edition.roadmap.hides_date_history:
        return edition
    redaction = _Redaction(edition.roadmap, now)
    return replace(edition, told=tuple(redaction.thing(thing) for thing in edition.told))


@dataclass(frozen=True)
class _Redaction:
    """Of what one Edition told. `roadmap` gives the names of then, `now` what there is now, by uid.

    Without `now`, readers may know by now what the dates were: then they are told as that Edition told them.
    """

    roadmap: RoadmapContent
    now: Mapping[str, Content] | None

    def thing(self, thing: Thing) -> Thing:
        taken_out: dict[str, Any] = {
            "told": tuple(replace(told, change=self._change(told, thing)) for told in thing.told),
            "before": _undated(thing.before),
            "after": _undated(thing.after),
            "item_before": _placed(thing.item_before),
            "item_after": _placed(thing.item_after),
            "members": tuple(map(_undated, thing.members)),
        }
        if self.now is not None:
            taken_out |= {"title": self._title(thing), "tells_stage": False}
        return replace(thing, **taken_out)

    def _title(self, thing: ThingTold) -> str:
        """Of a release, whose title may be its date, as it is now."""
        if thing.noun is not Noun.RELEASE or self.now is None:
            return thing.title
        now = self.now.get(thing.uid)
        return now.title if isinstance(now, ReleaseContent) else ANY_RELEASE

    def _change(self, told: ToldChange, thing: ThingTold) -> FieldChange:
        change = told.change
        is_of_release = change.noun is Noun.RELEASE and change.field == EXISTENCE  # its title may be its date
        if not is_of_date(change) and not (is_of_release and self.now is not None):
            return change
        quiet = change.sentence(self.roadmap, tells_old_dates=False)
        if self.now is None:
            return QuietChange(change.noun, change.field, change.before, change.after, quiet, change.act)
        words = quiet if is_of_release or self._is_so_still(change, thing) else self._without_dates(change, quiet)
        return QuietChange(change.noun, change.field, None, None, words, change.act)

    def _is_so_still(self, change: FieldChange, thing: ThingTold) -> bool:
        """Whether the date that it told of is the one that readers see now, or it told of none."""
        contents = self.now or {}
        field, after, now = change.field, change.after, contents.get(thing.uid)
        if after is None or field == "is_deployed":
            return True
        if isinstance(now, ReleaseContent):
            return date_typed(after) == (now.typed or now.title) if field == "when" else bool(after == now.title)
        if not isinstance(now, ItemContent):
            return False
        if field == "release":
            release = contents.get(now.release_uid)
            return isinstance(release, ReleaseContent) and release.title == after
        milestone = now.milestone(Environment(field.removeprefix("milestone.")))
        return bool(milestone and milestone.typed == date_typed(after))

    def _without_dates(self, change: FieldChange, quiet: str) -> str:
        if change.field.startswith("milestone."):
            if change.act is Act.DEPLOYED:
                return quiet  # where it is now; when it was expected there is left out
            return f"{self.roadmap.labels[Environment(change.field.removeprefix('milestone.'))]} date changed"
        if change.field == "release":
            return "Added to a release" if change.before is None else "Moved to another release"
        return "Date changed" if change.field == "when" else "Title changed"


def _undated(content: Said) -> Said:
    if isinstance(content, ReleaseContent):
        return msgspec.structs.replace(content, title="", typed="", meaning="")
    if isinstance(content, ItemContent):
        milestones = tuple(msgspec.structs.replace(milestone, typed="", meaning="") for milestone in content.milestones)
        return msgspec.structs.replace(content, milestones=milestones)
    return content


def _placed(item: PlacedItem | None) -> PlacedItem | None:
    return item and PlacedItem(_undated(item.content), item.roadmap, _undated(item.release))
