"""A plan: every step of an import, and what a person may want to say of it. Values only."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, cast

from roadmap.content.changes import FieldChange
from roadmap.content.choices import Noun
from roadmap.content.comparison import compare
from roadmap.content.consistency import find
from roadmap.content.merge import parts
from roadmap.content.snapshot import Snapshot
from roadmap.content.things import Content, ReleaseContent, RoadmapContent
from roadmap.techdocs.parse.blocks import Doubt
from roadmap.techdocs.parse.result import ParsedRoadmap
from roadmap.techdocs.plan.likeness import folded
from roadmap.techdocs.plan.similarity import How


class Verb(StrEnum):
    CREATE = "created"
    UPDATE = "updated"
    WITHDRAW = "withdrawn"
    KEEP = "unchanged"


class ConflictChoice(StrEnum):
    """A person's answer to a conflict."""

    SOURCE = "source"
    STAFF = "staff"


@dataclass(frozen=True)
class Alternative:
    """Immutable: what a part of the source might be too."""

    uid: str
    title: str
    reference: str  # of an item; otherwise empty
    score: float

    @property
    def name(self) -> str:
        return f"{self.reference} {self.title}".strip()


@dataclass(frozen=True)
class Recognised:
    """Immutable: which thing a part of the source is, and how that is known."""

    uid: str | None  # None: nothing that was there
    how: How | None = None
    score: float = 0.0  # out of 100
    is_doubtful: bool = False
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True)
class ImportConflict:
    """Immutable: what staff and the source have both changed. It stays as staff have it, until somebody chooses."""

    key: str  # what a choice goes by
    noun: Noun
    uid: str
    title: str
    source: str
    field: str  # as a Change names it; "existence" where the one changed what the other took away
    before: Any  # what the last import said: a plain JSON value, as the next two
    ours: Any
    theirs: Any
    edited: tuple[str, ...] = ()  # where the source took it away: the fields in which staff have changed it
    choice: str = ""  # a ConflictChoice; empty where nobody has said yet


@dataclass(frozen=True)
class PlanStep:
    """Immutable: what happens to one thing."""

    noun: Noun
    key: str  # of the part of the source: "item:3"; empty for what the source does not say any more
    source: str  # where in the source it stands, or stood: "index.md:12"
    before: Content | None = None  # the working copy; None where there is none
    # None where there will be none. Its uid, and that of a release, is the part's key where that is new.
    after: Content | None = None
    base: Content | None = None  # what the last import said; None where none did
    record: Content | None = None  # what is remembered of this import for the next; None for nothing
    recognised: Recognised = Recognised(None)
    conflicts: tuple[ImportConflict, ...] = ()
    is_gone: bool = False  # it is remembered as withdrawn: a later import may have it again

    def but(self, **values: Any) -> "PlanStep":
        return replace(self, **values)

    @property
    def uid(self) -> str:
        """Empty for what is new."""
        known = self.before or self.base
        return known.uid if known else ""

    @property
    def title(self) -> str:
        return title_of(self.after or self.before or self.base)

    @property
    def reference(self) -> str:
        return str(getattr(self.before or self.after, "reference", ""))

    @property
    def name(self) -> str:
        return f"{self.reference} {self.title}".strip()

    @cached_property
    def verb(self) -> Verb:
        if self.after is None:
            return Verb.KEEP if self.before is None else Verb.WITHDRAW
        if self.before is None:
            return Verb.CREATE
        if self.before == self.after:
            return Verb.KEEP
        # In order, for the columns of a roadmap are in one.
        now, then = (
            [*parts(content).items(), getattr(content, "position", 0)] for content in (self.before, self.after)
        )
        return Verb.KEEP if now == then else Verb.UPDATE

    @property
    def retitled(self) -> Doubt | None:
        """What to say where a part was taken for a thing whose title had other words."""
        known, title = title_of(self.base or self.before), title_of(self.record or self.after)
        if (
            not known
            or not self.key
            or self.noun is Noun.ROADMAP
            or sorted(folded(known).split()) == sorted(folded(title).split())
        ):
            return None
        name = f"{self.reference} {known}".strip()
        return doubt_at(self.source, f"“{title}” was taken for the {self.noun.replace('_', ' ')} “{name}”.")

    @property
    def is_adopted(self) -> bool:
        """Whether no import is known to have said what is there."""
        return self.before is not None and self.base is None

    def changes(self, release_titles: Mapping[str, str]) -> list[FieldChange]:
        return [] if self.verb is Verb.KEEP else compare(self.before, self.after, release_titles)


@dataclass(frozen=True)
class Plan:
    """Immutable: all steps, the roadmap's own first, then pages, releases, items and entries in the source's order."""

    parsed: ParsedRoadmap
    slug: str
    contact: str
    choices: Mapping[str, str]
    roadmap_pk: int | None
    prefix: str  # of the references of its items
    steps: tuple[PlanStep, ...]
    apis: tuple[tuple[str, str], ...]  # name and address of the APIs that are new, or get their address
    doubts: tuple[Doubt, ...] = ()  # those of parsing, then those about what was recognised
    matching_doubts: tuple[Doubt, ...] = ()  # those of them that are about which thing is which
    others: tuple[Content, ...] = field(default=(), compare=False)  # what is there, and no import made
    today: datetime.date | None = field(default=None, compare=False)  # London's; None: no date is held against it

    def decided(self) -> "Plan":
        """As it is told where nobody can be asked: what was not sure is new and no doubt, and what was taken for a
        thing of another title is told, once where it changed.
        """
        retitled = [step.retitled for step in self.steps if step.retitled]
        others = [doubt for doubt in self.doubts[len(self.parsed.doubts) :] if doubt not in self.matching_doubts]
        return replace(self, doubts=(*self.parsed.doubts, *retitled, *others))

    @cached_property
    def contradictions(self) -> tuple[Doubt, ...]:
        """What contradicts the calendar or itself in what the source says, the worst first. It prevents nothing."""
        if self.today is None:
            return ()
        steps = {step.after.uid: step for step in self.steps if step.after is not None}
        after = [*(step.after for step in steps.values()), *(thing for thing in self.others if thing.uid not in steps)]
        found = find(Snapshot(content for content in after if content is not None), self.today)
        at_steps = ((steps.get(finding.content.uid), finding.sentence) for finding in found)
        return tuple(doubt_at(step.source, f"“{step.title}”: {said}") for step, said in at_steps if step and step.key)

    @property
    def conflicts(self) -> tuple[ImportConflict, ...]:
        return tuple(conflict for step in self.steps for conflict in step.conflicts)

    @property
    def roadmap(self) -> RoadmapContent:
        """With the columns that it loses: for the names in a sentence."""
        step = self.steps[0]
        after = cast(RoadmapContent, step.after)  # an import never withdraws a roadmap
        return after.naming(cast(RoadmapContent, step.before)) if step.before else after

    @property
    def changes_something(self) -> bool:
        """Whether a working copy would change."""
        return bool(self.apis) or any(step.verb is not Verb.KEEP for step in self.steps)

    @cached_property
    def release_titles(self) -> dict[str, str]:
        """By uid, or by key where it is new."""
        contents = (content for step in self.steps for content in (step.before, step.base, step.after))
        return {content.uid: content.title for content in contents if isinstance(content, ReleaseContent)}


def title_of(content: Content | None) -> str:
    return str(getattr(content, "title", ""))


def doubt_at(source: str, text: str) -> Doubt:
    """`source` is a place in the source: "index.md:12"."""
    path, _, line = source.rpartition(":")
    return Doubt(path, int(line), text)
