"""What is pending, put together by what happened to it: the worst first, and alike changes in one line with a count."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from roadmap.content.changed_dates import has_arrived, when_of
from roadmap.content.changes import Act, FieldChange, is_of_date
from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE
from roadmap.content.things import NOUNS, RoadmapContent, counted, counted_nouns, named
from roadmap.dates.moves import Move, may_be_later, move
from roadmap.publishing import Pending

FEW = 12  # changes that are read at a glance: no group of them is folded
LEAST_ALIKE, LEAST_ALIKE_OF_FEW = 2, 4  # that make a line of their own
MOST_OF_A_LINE = 240  # characters
MOST_LINES_TOLD = 2  # of a group that is folded; of one with more, how many things there are
LIKE = "like-"  # begins the name of a line, before the uid of its first thing


class Happened(StrEnum):
    """The worst first. A thing stands where the worst of its changes does."""

    WITHDRAWN = "withdrawn"
    NO_LONGER = "no-longer"
    LATER = "later"
    BREAKING = "breaking"
    DATES = "dates"
    EARLIER = "earlier"
    DEPLOYED = "deployed"
    NEW = "new"
    REWORDED = "reworded"
    OTHERWISE = "otherwise"
    NO_NEWS = "no-news"


HEADINGS = {
    Happened.WITHDRAWN: "Withdrawn",
    Happened.NO_LONGER: "No longer deployed",
    Happened.LATER: "Dates moved later or less certain",
    Happened.BREAKING: "Now breaking",
    Happened.DATES: "Other changes of dates and releases",
    Happened.EARLIER: "Dates given, firmer or brought forward",
    Happened.DEPLOYED: "Deployed",
    Happened.NEW: "New",
    Happened.REWORDED: "Texts reworded",
    Happened.OTHERWISE: "Other changes",
    Happened.NO_NEWS: "No news for readers",
}
_WORST_FIRST = [*Happened]
_FIRMER = (Move.EARLIER, Move.MORE_EXACT, Move.CONFIRMED, Move.DATED)


def happened(thing: Pending) -> Happened:
    found = {_of_change(thing, change) for change in thing.changes}
    return min(found, key=_WORST_FIRST.index, default=Happened.OTHERWISE)


def _of_change(thing: Pending, change: FieldChange) -> Happened:
    if thing.is_removal:
        return Happened.WITHDRAWN
    if change.field == EXISTENCE or (thing.is_new and change.field not in thing.slipped):
        return Happened.NEW
    if not change.is_news:
        return Happened.NO_NEWS
    if change.field in thing.slipped:
        is_back = change.field == "is_deployed" or has_arrived(change.before)
        return Happened.NO_LONGER if is_back else Happened.LATER
    if change.act is Act.DEPLOYED:
        return Happened.DEPLOYED
    if change.field == "is_breaking" and change.after:
        return Happened.BREAKING
    if is_of_date(change) and (found := _of_date(change)):
        return found
    return Happened.REWORDED if change.act is Act.REWORDED else Happened.OTHERWISE


def _of_date(change: FieldChange) -> Happened | None:
    """None for a title that is no date."""
    if change.field == "release":
        return Happened.DATES
    before, after = when_of(change.before), when_of(change.after)
    if change.field == "title":
        if not (before and after and before.start and after.start):
            return None
        if may_be_later(before, after):
            return Happened.LATER
    if after is None or not after.start:
        return Happened.DATES
    return Happened.EARLIER if before is None or move(before, after) in _FIRMER else Happened.DATES


@dataclass
class ReviewedThing:
    """A thing as the page tells of it."""

    pending: Pending
    noun_label: str
    changes: list[dict[str, Any]]
    is_in: bool
    is_minor: bool
    marked_by: str  # who called it minor, where somebody did before the review
    preview_url: str
    edit_url: str
    overlaps: list[dict[str, Any]]
    since: str  # how it differs from what the page showed before
    errors: list[str]
    agreed: list[tuple[str, bool]]  # who agreed to it, each with whether it is still what they saw

    @cached_property
    def sentences(self) -> list[str]:
        return [change["sentence"] for change in self.changes]

    @cached_property
    def reasons_needed(self) -> list[str]:
        """The names of the fields that a reason is asked for in, so that this can go out."""
        asked = (change["reason"] for change in self.changes if change["reason"])
        return [reason["name"] for reason in asked if reason["is_needed"]]

    @cached_property
    def reasons_missing(self) -> list[str]:
        """Of these, the ones without a reason, where this goes out."""
        asked = (change["reason"] for change in self.changes if change["reason"])
        return [reason["name"] for reason in asked if reason["is_missing"] and self.is_in]

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors) or any(change["reason"] and change["reason"]["error"] for change in self.changes)


@dataclass
class ThingsTogether:
    """Some of what is pending, about which one decision can be taken."""

    name: str
    heading: str
    things: list[ReviewedThing] = field(default_factory=list)
    is_open: bool = False
    summary: str = ""
    lines: list["ThingsTogether"] = field(default_factory=list)  # of a group: alike things, or one alone

    @property
    def count(self) -> int:
        return len(self.things)

    @property
    def since(self) -> int:
        return sum(bool(thing.since) for thing in self.things)

    @property
    def left_out(self) -> int:
        return sum(not thing.is_in for thing in self.things)

    @property
    def minor(self) -> int:
        return sum(thing.is_minor and thing.is_in and thing.pending.is_news for thing in self.things)

    @property
    def reasons_missing(self) -> int:
        return sum(len(thing.reasons_missing) for thing in self.things)

    @cached_property
    def state(self) -> str:
        """What is decided so far, in words; nothing where all of it goes out as it is and is announced."""
        reasons = "reason needed" if self.reasons_missing == 1 else "reasons needed"
        told = (
            (self.left_out, "left out"),
            (self.minor, "minor"),
            (self.since, "changed since you looked"),
            (self.reasons_missing, reasons),
        )
        return ", ".join(f"{number} {words}" for number, words in told if number)

    @property
    def told(self) -> str:
        """The line that opens it: what is in it, or how many, and what is decided."""
        return f"{self.summary} ({self.state})" if self.state else self.summary

    @property
    def offers(self) -> list[tuple[str, str]]:
        """The buttons: what each sends, and what it says."""
        news = [thing for thing in self.things if thing.pending.is_news]
        wanted = [
            ("out", "Leave all out", any(thing.is_in for thing in self.things)),
            ("in", "Include all", any(not thing.is_in for thing in self.things)),
            ("minor", "All minor", any(not thing.is_minor for thing in news)),
            ("news", "None minor", any(thing.is_minor for thing in news)),
        ]
        return [(f"{verb}:{self.name}", words) for verb, words, is_of_use in wanted if is_of_use]


def grouped(things: Sequence[ReviewedThing], opened: Collection[str] = ()) -> list[ThingsTogether]:
    """`opened` are the names of the groups and lines that somebody has open."""
    is_few = len(things) <= FEW
    shows_since = 0 < sum(bool(thing.since) for thing in things) <= FEW

    def is_open(name: str, among: Iterable[ReviewedThing]) -> bool:
        if is_few or name in opened:
            return True
        return any(thing.is_wrong or (shows_since and thing.since) for thing in among)

    by_kind: dict[Happened, list[ReviewedThing]] = defaultdict(list)
    for thing in things:
        by_kind[happened(thing.pending)].append(thing)
    groups = []
    for kind in _WORST_FIRST:
        if among := by_kind[kind]:
            group = ThingsTogether(kind.value, HEADINGS[kind], among, is_open(kind, among))
            group.lines = [*_lines(kind, among, LEAST_ALIKE_OF_FEW if is_few else LEAST_ALIKE, is_open)]
            group.summary = _summary(group)
            if len(group.lines) == 1:  # which needs no folding of its own
                group.lines[0].heading = ""
            groups.append(group)
    return groups


def _summary(group: ThingsTogether) -> str:
    if group.count == 1:
        thing = group.things[0]
        return _shortened(f"“{thing.pending.title}”: {'; '.join(thing.sentences)}".removesuffix(": "))
    headings = [line.heading for line in group.lines]
    if len(headings) <= MOST_LINES_TOLD and all(headings):
        return "; ".join(headings)
    return counted_nouns(Counter(thing.pending.noun for thing in group.things))


def _lines(
    kind: Happened,
    things: Sequence[ReviewedThing],
    least: int,
    is_open: Callable[[str, Iterable[ReviewedThing]], bool],
) -> Iterator[ThingsTogether]:
    alike: dict[Any, list[ReviewedThing]] = defaultdict(list)
    for thing in things:
        alike[_likeness(kind, thing.pending, thing.sentences)].append(thing)
    for among in alike.values():
        if len(among) >= least:
            name = f"{LIKE}{among[0].pending.uid}"
            yield ThingsTogether(name, _heading_of_line(kind, among), among, is_open(name, among))
        else:
            yield from (ThingsTogether(thing.pending.uid, "", [thing], True) for thing in among)


def _likeness(kind: Happened, thing: Pending, sentences: Sequence[str]) -> tuple[Any, ...]:
    if kind is Happened.NEW:
        return thing.noun, getattr(thing.after, "release_uid", "")
    return thing.noun, *sentences


def _heading_of_line(kind: Happened, things: Sequence[ReviewedThing]) -> str:
    thing = things[0].pending
    if kind is Happened.WITHDRAWN:
        return f"{counted(len(things), thing.noun)}: {named([thing.pending.title for thing in things])}"
    if kind is Happened.NEW:
        one, many = NOUNS[thing.noun]
        told = counted(len(things), f"new {one}", f"new {many}")
        release = next((sentence for sentence in things[0].sentences if sentence.startswith("Added to ")), "")
        if thing.noun is Noun.ITEM and release:
            return f"{told} in “{release.removeprefix('Added to ')}”"
        return told
    return _shortened(f"{counted(len(things), thing.noun)}: {'; '.join(things[0].sentences)}")


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_OF_A_LINE else f"{text[: MOST_OF_A_LINE - 1]}…"


def members(found: Sequence[Pending], name: str, content: RoadmapContent) -> frozenset[str]:
    """The uids of the things in the group or line of that name, or of the one thing that has it as its uid."""
    if name in _WORST_FIRST:
        return frozenset(thing.uid for thing in found if happened(thing) == name)
    first = next((thing for thing in found if thing.uid == name.removeprefix(LIKE)), None)
    if first is None:
        return frozenset()
    if not name.startswith(LIKE):
        return frozenset([first.uid])
    wanted = _whole_likeness(first, content)
    return frozenset(thing.uid for thing in found if _whole_likeness(thing, content) == wanted)


def _whole_likeness(thing: Pending, content: RoadmapContent) -> tuple[Any, ...]:
    kind = happened(thing)
    sentences = [] if kind is Happened.NEW else [change.sentence(content) for change in thing.changes]
    return kind, *_likeness(kind, thing, sentences)
