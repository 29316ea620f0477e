"""The dates that readers were given for one item, from the first to what it is now. Asks the database nothing.

A promise is what an item's page said on one of its dates: its own, or for live that of the release that brought it. So
it changes when either is published anew, or when the item moves to another release.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import NamedTuple

from roadmap.content.changed_dates import has_moved
from roadmap.content.changes import is_of_date
from roadmap.content.choices import Environment, Noun
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import ItemContent, ReleaseContent
from roadmap.dates import When
from roadmap.dates.moves import Move, may_be_later, move
from roadmap.published.history import Happening, History, PastEdition
from roadmap.published.redaction import whole


@dataclass(frozen=True, eq=False, slots=True)
class Promise:
    """What was said from one Edition on, until the next."""

    edition: PastEdition
    when: When | None  # None: nothing was said, or the item was withdrawn
    is_deployed: bool
    reason: str = ""

    @property
    def text(self) -> str:
        return self.when.in_sentence if self.when else ""

    @property
    def words(self) -> str:
        return f"deployed {self.text}".strip() if self.is_deployed else self.text


@dataclass(frozen=True, eq=False)
class DateStory:
    """One environment's dates of one item, oldest first; of two that follow each other something differs."""

    environment: Environment
    label: str
    promises: tuple[Promise, ...]

    @property
    def now(self) -> Promise:
        return self.promises[-1]

    @property
    def dated(self) -> list[Promise]:
        return [promise for promise in self.promises if promise.when and promise.when.start]

    @property
    def first(self) -> Promise | None:
        """The first with a date."""
        return self.dated[0] if self.dated else None

    @property
    def moves(self) -> list[Promise]:
        """Each time that what was expected became another promise, or to be confirmed.

        Not that it arrived or was rolled back, nor that it was said more exactly.
        """
        return [promise for _, promise in self._moves()]

    @property
    def moves_later(self) -> list[Promise]:
        """Those of which the last promised day is later, or nobody knows it any more."""
        return [promise for old, promise in self._moves() if promise.when and may_be_later(old, promise.when)]

    def _moves(self) -> Iterator[tuple[When, Promise]]:
        """Each with what was expected before."""
        last: When | None = None
        for promise in self.promises:
            if promise.when is None or promise.when.is_not_applicable:
                continue
            # From "to be confirmed" to a first date nothing moves: it becomes known.
            if (
                last is not None
                and has_moved(last, promise.when)
                and not promise.is_deployed
                and promise not in self.rolled_back
            ):
                yield last, promise
            if last is not None or promise.when.start:
                last = promise.when

    @property
    def rolled_back(self) -> list[Promise]:
        """What was said each time that it was there, and then to come again."""
        return [now for last, now in pairwise(self.promises) if last.is_deployed and now.when and not now.is_deployed]

    @property
    def before(self) -> Promise | None:
        """The last promise that was another, for as long as what was promised has not come.

        What was confirmed since, or put more firmly in doubt, was no other: it has the same days.
        """
        if self.now.is_deployed:
            return None
        now, same = self.now.when, (Move.WRITTEN_DIFFERENTLY, Move.CONFIRMED, Move.PROVISIONAL)
        dated = (old for old in self.promises if old.is_deployed or (old.when and old.when.start))
        others = [old for old in dated if old.is_deployed or not (old.when and now and move(old.when, now) in same)]
        return others[-1] if others else None

    @property
    def sentence(self) -> str:
        """ "Live: planned June 2025, moved 3 times, now September 2026"; empty where there is nothing to tell."""
        first, now, times = self.first, self.now, len(self.moves)
        if first is None or not (times or self.rolled_back or now.text != first.text):
            return ""
        moved = ["", "moved once", "moved twice"][times] if times < 3 else f"moved {times} times"
        back = "deployed and rolled back" if self.rolled_back else ""
        ending = now.words if now.is_deployed else f"now {now.text or 'without a date'}"
        return f"{self.label}: {', '.join(part for part in (f'planned {first.text}', moved, back, ending) if part)}"


def stories(history: History, uid: str) -> list[DateStory]:
    """Of each environment for which the item ever had a date, or has arrived there; none where dates are kept back."""
    return _stories(history, uid) if history.tells_dates else []


def dates_before(history: History, uid: str) -> Mapping[Environment, Promise]:
    """What was promised before, where that was another promise; nothing where dates are kept back."""
    return _past(history, uid).before


def moves_later(history: History, uid: str) -> Mapping[Environment, tuple[PastEdition, ...]]:
    """By environment, the Editions by which a date of it moved later, where any did; none where dates are kept back."""
    return _past(history, uid).moves_later


class _Past(NamedTuple):
    """Of one item's dates, with what that follows from: most stay so in the next Edition."""

    basis: tuple[Happening, ...]
    before: Mapping[Environment, Promise]
    moves_later: Mapping[Environment, tuple[PastEdition, ...]]


# Of most items nothing was other than it is: they share these.
_NONE_BEFORE: Mapping[Environment, Promise] = {}
_NONE_LATER: Mapping[Environment, tuple[PastEdition, ...]] = {}
MOST_KNOWN = 20_000  # items: more than a site has
_known: dict[str, _Past] = {}  # by the uid of the item


def _past(history: History, uid: str) -> _Past:
    if not history.tells_dates:
        return _Past((), _NONE_BEFORE, _NONE_LATER)
    basis = _last_of(whole(history), uid)
    known = _known.get(uid)
    if known is None or known.basis != basis:
        found = stories(history, uid)
        before = {story.environment: story.before for story in found if story.before}
        moves = {story.environment: tuple(promise.edition for promise in story.moves_later) for story in found}
        later = {environment: editions for environment, editions in moves.items() if editions}
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[uid] = known = _Past(basis, before or _NONE_BEFORE, later or _NONE_LATER)
    return known


def _last_of(history: History, uid: str) -> tuple[Happening, ...]:
    """What happened last to it, and to each release that it was ever in. A longer history has the same before that."""
    happened = history.of(uid)
    releases = dict.fromkeys(map(_release_after, happened))
    return tuple(found[-1] for found in (happened, *map(history.of, releases)) if found)


def as_it_was(history: History, uid: str) -> PlacedItem | None:
    """A withdrawn item as readers saw it last, without its dates where those are kept back.

    None while the history lacks the newest Editions, and that it was withdrawn.
    """
    happened = (whole(history) if history.tells_dates else history).of(uid)
    return happened[-1].thing.item_before if happened and happened[-1].thing.is_withdrawn else None


def stories_of_events(history: History, uid: str) -> list[DateStory]:
    """Of each environment for which the item ever had a date, for programs that keep what they once got.

    Where dates are kept back, of those that are past it is told only that there was one.
    """
    found = [story for story in _stories(history, uid) if story.dated]
    return found if history.tells_dates else [_as_it_is_now(story) for story in found]


def _stories(history: History, uid: str) -> list[DateStory]:
    standings = [*_standings(whole(history), uid)]
    found = []
    for environment in Environment:
        promises = [*_promises(environment, standings)]
        if any(promise.when or promise.is_deployed for promise in promises):
            label = next(item.roadmap.labels[environment] for _, item, _ in reversed(standings) if item)
            found.append(DateStory(environment, label, tuple(promises)))
    return found


def _as_it_is_now(story: DateStory) -> DateStory:
    past = (replace(promise, when=None, reason="") for promise in story.promises[:-1])
    return replace(story, promises=(*past, story.now))


def told_of_item(history: History, uid: str) -> list[Happening]:
    """Newest first: all that happened to it, and to the dates of the releases that it was in while it was there."""
    found = [*history.of(uid), *_of_its_releases(history, uid)]
    return sorted(found, key=lambda happened: (-happened.edition.number, happened.thing.noun is Noun.RELEASE))


# What of a release is an item's own news: when it comes, and that it has.
TOLD_OF_RELEASE = ("title", "when", "is_deployed")

_Standing = tuple[PastEdition, PlacedItem | None, str]  # from this Edition on, as it stood, and why


def _of_its_releases(history: History, uid: str) -> Iterator[Happening]:
    for release_uid, first, last in _stays(history, uid):
        for happened in history.of(release_uid):
            # In the Edition in which it came there, its own change says where it went.
            if first < happened.edition.number <= last and any(
                told.change.field in TOLD_OF_RELEASE for told in happened.thing.told
            ):
                yield happened


def _stays(history: History, uid: str) -> list[tuple[str, int, int]]:
    """The releases that the item was in, each with the numbers of the first and the last Edition that had it there."""
    found = [(where, next(of).edition.number) for where, of in groupby(history.of(uid), key=_release_after)]
    last = [*(first - 1 for _, first in found[1:]), history.newest_number]
    return [(where, first, until) for (where, first), until in zip(found, last, strict=False) if where]


def _release_after(happened: Happening) -> str:
    return happened.thing.after.release_uid if isinstance(happened.thing.after, ItemContent) else ""


def _standings(history: History, uid: str) -> Iterator[_Standing]:
    """How the item stood after each Edition that changed it or its release, oldest first."""
    found = [*history.of(uid), *_of_its_releases(history, uid)]
    happened = sorted(found, key=lambda happening: happening.edition.number)
    item: PlacedItem | None = None
    for _, in_edition in groupby(happened, key=lambda happening: happening.edition.number):
        reasons = []
        for edition, thing in in_edition:
            if thing.noun is Noun.ITEM:
                item = thing.item_after
            elif item is not None and isinstance(thing.after, ReleaseContent):
                item = PlacedItem(item.content, edition.roadmap, thing.after)
            reasons += [told.reason for told in thing.told if told.reason and is_of_date(told.change)]
        yield edition, item, " ".join(dict.fromkeys(reasons))


def _promises(environment: Environment, standings: list[_Standing]) -> Iterator[Promise]:
    last: tuple[str, bool] | None = None
    for edition, item, reason in standings:
        when = item.due(environment) if item else None
        is_deployed = bool(item and item.is_deployed(environment))
        said = (str(when) if when else "", is_deployed)
        if said != last and (last is not None or when or is_deployed):
            yield Promise(edition, when, is_deployed, reason)
            last = said
