"""What an editor has chosen on the page of a plan, and the plans that follow from it.

Three plans tell what is what: without any choice (`bare`), with what things were recognised as (`basis`), and with the
answers to conflicts too (`plan`). A conflict that is answered is in the last no more, and a match that was chosen is
in doubt no more: the page shows both all the same, so that the choice can be changed. At the end: whether a plan can
be carried out by this person.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import msgspec
from django.contrib.auth.models import AnonymousUser, User
from django.http import QueryDict

from roadmap.admin.permissions import readers_know
from roadmap.content.choices import Noun
from roadmap.content.things import RoadmapContent
from roadmap.models import Field, Revision, Roadmap
from roadmap.techdocs import (
    ConflictChoice,
    ImportConflict,
    ImportRefused,
    ParsedRoadmap,
    Plan,
    PlanStep,
    Verb,
    make_plan,
)
from roadmap.techdocs.plan.source_and_site import what_is_there

CONFLICT, MATCH = "conflict", "match"  # begin the names of the fields: match:item:3
NEW = "new"

NOT_THERE = "What was chosen for “{}” is not there any more. Choose again."
TWICE = "“{}” and “{}” cannot both be the same one. Choose another for one of them."


@dataclass(frozen=True)
class SentChoices:
    """Immutable: what a page's form holds, unchecked."""

    matches: Mapping[str, str] = field(default_factory=dict)  # by the key of a part: a uid, or "new"
    answers: Mapping[str, str] = field(default_factory=dict)  # by the key of a conflict: "source" or "staff"
    shown: str = ""  # the digest of what the sender had before them
    shown_matches: Mapping[str, str] = field(default_factory=dict)  # those that were chosen by then

    @classmethod
    def of(cls, post: QueryDict) -> "SentChoices":
        try:
            shown = msgspec.json.decode(post.get("shown_matches", ""), type=dict[str, str])
        except msgspec.DecodeError:  # ValidationError is one
            shown = {}
        return cls(_named(post, MATCH), _named(post, CONFLICT), post.get("shown", ""), shown)


@dataclass(frozen=True)
class MatchOption:
    """Immutable: one thing that a part of the source may be."""

    value: str  # empty for what was planned without a choice
    title: str  # empty for a new one


@dataclass(frozen=True)
class DoubtfulMatch:
    """Immutable: a part of the source that may be one thing or another."""

    step: PlanStep
    options: tuple[MatchOption, ...]
    chosen: str
    error: str = ""


@dataclass(frozen=True)
class Decided:
    """Immutable: the plan as it is with these choices."""

    bare: Plan
    basis: Plan
    plan: Plan
    matches: Mapping[str, str]
    answers: Mapping[str, str]
    errors: Mapping[str, str]  # what is wrong with the choice of a match, by the key of its part: it is not in the plan

    @cached_property
    def digest(self) -> str:
        """Of all that the page shows, but for the answers to conflicts, which follow from it."""
        told = msgspec.json.encode((self.basis.slug, self.basis.steps, self.basis.apis, self.basis.conflicts))
        return hashlib.sha256(told).hexdigest()

    @property
    def matches_as_text(self) -> str:
        """For the field that says with which matches the page was shown."""
        return msgspec.json.encode({**self.matches}).decode()

    @property
    def open_conflicts(self) -> list[ImportConflict]:
        return [conflict for conflict in self.basis.conflicts if conflict.key not in self.answers]

    def doubtful(self) -> list[DoubtfulMatch]:
        """In the order of the plan, those for which somebody has chosen already too."""
        bare = {step.key: step for step in self.bare.steps if step.key}
        return [
            DoubtfulMatch(
                step,
                _options(step, bare[step.key], self.matches),
                self.matches.get(step.key, ""),
                self.errors.get(step.key, ""),
            )
            for step in self.basis.steps
            if step.key in bare
            and (
                step.recognised.is_doubtful
                or bare[step.key].recognised.is_doubtful
                or step.key in self.matches
                or step.key in self.errors
            )
        ]


def decide(parsed: ParsedRoadmap, *, roadmap: Roadmap | None, slug: str, contact: str, sent: SentChoices) -> Decided:
    """Raises ImportRefused where there can be no plan, whatever is chosen."""
    bare = make_plan(parsed, slug=slug, contact=contact)
    wanted = {key: choice for key, choice in sent.matches.items() if choice}
    matches, errors = _matches(bare, roadmap, wanted) if wanted else ({}, {})
    basis = make_plan(parsed, slug=slug, contact=contact, choices=_for_plan(matches)) if matches else bare
    keys = {conflict.key for conflict in basis.conflicts}
    answers = {key: answer for key, answer in sent.answers.items() if key in keys and answer in [*ConflictChoice]}
    plan = basis
    if answers:
        plan = make_plan(parsed, slug=slug, contact=contact, choices={**_for_plan(matches), **answers})
    return Decided(bare, basis, plan, matches, answers, errors)


def has_moved_on(
    parsed: ParsedRoadmap, decided: Decided, *, roadmap: Roadmap | None, contact: str, sent: SentChoices
) -> bool:
    """Whether somebody has changed the roadmap since the sender's page was shown."""
    if sent.shown == decided.digest:
        return False
    if {**sent.shown_matches} == {**decided.matches}:
        return True
    try:
        as_shown = decide(
            parsed, roadmap=roadmap, slug=decided.basis.slug, contact=contact, sent=SentChoices(sent.shown_matches)
        )
    except ImportRefused:
        return True
    return as_shown.digest != sent.shown


def _named(post: QueryDict, kind: str) -> dict[str, str]:
    return {name.partition(":")[2]: str(post[name]) for name in post if name.startswith(f"{kind}:")}


def _for_plan(matches: Mapping[str, str]) -> dict[str, str]:
    return {key: "" if choice == NEW else choice for key, choice in matches.items()}


def _matches(bare: Plan, roadmap: Roadmap | None, wanted: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Those that a plan can be made with, and what is wrong with the others."""
    there = {(noun, thing.uid) for noun, things in what_is_there(roadmap).items() for thing in things}
    matches: dict[str, str] = {}
    errors: dict[str, str] = {}
    titles: dict[str, str] = {}  # of the part that has it, by the uid that was chosen
    for step in bare.steps:
        choice = wanted.get(step.key, "") if step.key and step.noun is not Noun.ROADMAP else ""
        if not choice:
            continue
        if choice != NEW and (step.noun, choice) not in there:
            errors[step.key] = NOT_THERE.format(said_title(step))
        elif choice in titles:
            errors[step.key] = TWICE.format(titles[choice], said_title(step))
        else:
            matches[step.key] = choice
            if choice != NEW:
                titles[choice] = said_title(step)
    return matches, errors


def _options(step: PlanStep, bare: PlanStep, matches: Mapping[str, str]) -> tuple[MatchOption, ...]:
    """What was planned without a choice, then whatever else it may be."""
    planned = bare if step.key in matches else step
    default = planned.recognised.uid or NEW
    alternatives = (*bare.recognised.alternatives, *step.recognised.alternatives)
    named = {known.uid: f"{known.reference} {known.title}".strip() for known in alternatives}
    for plan_step in (bare, step):
        if plan_step.recognised.uid:
            named.setdefault(plan_step.recognised.uid, _was(plan_step))
    first = MatchOption("", "" if default == NEW else named.pop(default, _was(planned)))
    others = [MatchOption(uid, title) for uid, title in named.items() if uid != default]
    return (first, *others, *([] if default == NEW else [MatchOption(NEW, "")]))


def said_title(step: PlanStep) -> str:
    """What the source calls it, whatever it was taken for."""
    return str(getattr(step.record or step.after, "title", "")) or step.title


def _was(step: PlanStep) -> str:
    known = step.before or step.base
    return f"{getattr(known, 'reference', '')} {getattr(known, 'title', '')}".strip()


def for_publishers_only(plan: Plan, user: User | AnonymousUser) -> list[str]:
    """Titles of what the plan takes away and this person may not: what readers know, only a publisher takes away."""
    if plan.roadmap_pk is None or user.has_perm("roadmap.publish_roadmap"):
        return []
    going = {step.uid: step.title for step in plan.steps if step.verb is Verb.WITHDRAW}
    known = Revision.objects.filter(edition__roadmap=plan.roadmap_pk).values_list("uid", flat=True).distinct()
    titles = [going[uid] for uid in map(str, known) if uid in going] if going else []
    before, after = plan.steps[0].before, plan.steps[0].after
    if isinstance(before, RoadmapContent) and isinstance(after, RoadmapContent):
        keys = {column.key for column in before.fields} - {column.key for column in after.fields}
        columns = Field.objects.filter(roadmap=plan.roadmap_pk, key__in=keys) if keys else []
        titles += [f"the column {column.name}" for column in columns if readers_know(column)]
    return sorted(titles)
