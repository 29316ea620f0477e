"""The page of a plan: what an editor has chosen on it, the plans that follow, and what it shows of them.

Three plans tell what is what: without any choice (`bare`), with what things were recognised as (`basis`), and with the
answers to conflicts too (`plan`). A conflict that is answered is in the last no more, and a match that was chosen is
in doubt no more: the page shows both all the same, so that the choice can be changed.

A source may be large: of each list so many are shown, and the rest counted.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec
from django.contrib.auth.models import AnonymousUser, User
from django.http import QueryDict
from django.utils.text import capfirst

from roadmap.admin.editing.text_diff import Comparing, difference, difference_of, text_of
from roadmap.admin.imports.uploads import Waiting
from roadmap.admin.permissions import readers_know
from roadmap.admin.publish.context import NOUN_LABELS
from roadmap.content.changes import FieldChange
from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE
from roadmap.content.merge import parts, plain
from roadmap.content.things import RoadmapContent
from roadmap.models import Field, Revision, Roadmap
from roadmap.techdocs import ConflictChoice, ImportConflict, ImportRefused, Plan, PlanStep, Source, Verb, make_plan
from roadmap.techdocs.parse.blocks import Doubt, words
from roadmap.techdocs.plan.report import field_in_words
from roadmap.techdocs.plan.source_and_site import columns_of, what_is_there

CONFLICT, MATCH = "conflict", "match"  # begin the names of the fields: match:item:3
NEW = "new"
VERB_WORDS = {Verb.CREATE: "added", Verb.UPDATE: "changed", Verb.WITHDRAW: "withdrawn"}

MOST_SHOWN = 100  # of what would be done to things, of each sort
MOST_ASKED = 100  # conflicts; the next import asks about the others
MOST_MATCHES = 100
MOST_DOUBTS = 200
MAX_LINE = 300  # characters of a line of the source

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


def _named(post: QueryDict, kind: str) -> dict[str, str]:
    return {name.partition(":")[2]: str(post[name]) for name in post if name.startswith(f"{kind}:")}


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

    @cached_property
    def in_doubt(self) -> list[tuple[PlanStep, PlanStep]]:
        """Parts of the source that may be one thing or another, in the order of the plan: those for which somebody has
        chosen already too. Each as it is in `bare` and in `basis`."""
        bare = {step.key: step for step in self.bare.steps if step.key}
        pairs = [(bare[step.key], step) for step in self.basis.steps if step.key in bare]
        return [
            pair
            for pair in pairs
            if pair[0].key in {*self.matches, *self.errors} or any(step.recognised.is_doubtful for step in pair)
        ]


def decide(bare: Plan, roadmap: Roadmap | None, sent: SentChoices) -> Decided:
    """`bare` is the plan without any choice. Raises ImportRefused where there can be no plan with these."""
    wanted = {key: choice for key, choice in sent.matches.items() if choice}
    matches, errors = _matches(bare, roadmap, wanted) if wanted else ({}, {})
    chosen = {key: "" if choice == NEW else choice for key, choice in matches.items()}
    basis = _planned_with(bare, chosen) if chosen else bare
    keys = {conflict.key for conflict in basis.conflicts}
    answers = {key: answer for key, answer in sent.answers.items() if key in keys and answer in [*ConflictChoice]}
    plan = _planned_with(bare, {**chosen, **answers}) if answers else basis
    return Decided(bare, basis, plan, matches, answers, errors)


def has_moved_on(decided: Decided, roadmap: Roadmap | None, sent: SentChoices) -> bool:
    """Whether somebody has changed the roadmap since the sender's page was shown."""
    if sent.shown == decided.digest:
        return False
    try:
        return decide(decided.bare, roadmap, SentChoices(sent.shown_matches)).digest != sent.shown
    except ImportRefused:
        return True


def _planned_with(bare: Plan, choices: Mapping[str, str]) -> Plan:
    return make_plan(bare.parsed, slug=bare.slug, contact=bare.contact, choices=choices, today=bare.today)


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
            errors[step.key] = NOT_THERE.format(_said_title(step))
        elif choice in titles:
            errors[step.key] = TWICE.format(titles[choice], _said_title(step))
        else:
            matches[step.key] = choice
            if choice != NEW:
                titles[choice] = _said_title(step)
    return matches, errors


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


# What it shows


def context(waiting: Waiting, decided: Decided) -> dict[str, Any]:
    plan, source = decided.plan, waiting.upload.source
    comparing, lines = Comparing(), _lines(source)
    steps = {verb: [step for step in plan.steps if step.verb is verb] for verb in Verb}
    return {
        "plan": plan,
        "upload": waiting.upload,
        "until": waiting.until,
        "counts": counts(plan),
        "word_count": plan.parsed.word_count,
        "files": _listed(plan.parsed.paths, MOST_SHOWN, str),
        "conflicts": _listed(
            decided.basis.conflicts, MOST_ASKED, lambda conflict: _conflict(conflict, decided, comparing, lines)
        ),
        "matches": _listed(decided.in_doubt, MOST_MATCHES, lambda pair: _match(decided, pair, lines)),
        "doubts": _listed(
            _doubts(decided), MOST_DOUBTS, lambda doubt: (doubt.text, _place(f"{doubt.path}:{doubt.line}", lines))
        ),
        "changed": _listed(steps[Verb.UPDATE], MOST_SHOWN, lambda step: _changed(step, plan, comparing, lines)),
        "added": _listed(steps[Verb.CREATE], MOST_SHOWN, lambda step: _added(step, plan, lines)),
        # Where it stood is a line of an earlier source, of which nothing is here.
        "withdrawn": _listed(steps[Verb.WITHDRAW], MOST_SHOWN, lambda step: _thing(step, {})),
        "kept_as_text": _listed(
            plan.parsed.pages,
            MOST_SHOWN,
            lambda page: (page.title, f"{page.path}:{page.line}".removesuffix(":0"), len(words(page.body))),
        ),
        "columns": [(column.name, f"{column.path}:{column.line}") for column in columns_of(plan.parsed)[:MOST_SHOWN]],
        "unchanged": sum(1 for step in steps[Verb.KEEP] if step.before is not None),
        # Whether applying would change, settle or remember anything.
        "has_anything_to_do": plan.changes_something
        or bool(decided.basis.conflicts or decided.in_doubt)
        or any(step.is_adopted and step.record is not None for step in plan.steps),
    }


def counts(plan: Plan) -> list[str]:
    """ "Items: 2 added, 1 changed." for each noun of which anything changes."""
    told = []
    for noun, label in NOUN_LABELS.items():
        found = Counter(step.verb for step in plan.steps if step.noun is noun)
        said = [f"{found[verb]:,} {word}" for verb, word in VERB_WORDS.items() if found[verb]]
        if noun is Noun.ROADMAP and said:
            told.append("The roadmap itself is new." if found[Verb.CREATE] else "The roadmap itself is changed.")
        elif said:
            told.append(f"{label}: {', '.join(said)}.")
    if plan.apis:
        told.append(f"APIs: {len(plan.apis):,} new or linked.")
    return told


def _lines(source: Source) -> dict[str, str]:
    """Every line of the source, by "index.md:12"."""
    found: dict[str, str] = {}
    for document in source.documents:
        for number, line in enumerate(document.text.split("\n")):
            path, real = document.where(number)
            found.setdefault(f"{path}:{real}", line)
    return found


def _place(where: str, lines: Mapping[str, str]) -> dict[str, str]:
    """Where in the source, and the words of the line that stands there."""
    text = " ".join(lines.get(where, "").split())
    return {"name": where.removesuffix(":0"), "text": text if len(text) <= MAX_LINE else f"{text[:MAX_LINE]}…"}


def _listed(things: Sequence[Any], most: int, shown: Callable[..., Any]) -> dict[str, Any]:
    """The first of a list, and how many more there are."""
    first = [shown(thing) for thing in things[:most]]
    return {"first": first, "count": len(things), "rest": len(things) - len(first)}


def _doubts(decided: Decided) -> list[Doubt]:
    """All of them, but for those about matches that are asked about."""
    doubts, found = decided.plan.doubts, len(decided.plan.parsed.doubts)
    asked = {step.source for _, step in decided.in_doubt[:MOST_MATCHES]}
    about_things = (
        doubt
        for doubt in doubts[found:]
        if f"{doubt.path}:{doubt.line}" not in asked or "was taken for" not in doubt.text
    )
    return [*doubts[:found], *about_things, *decided.plan.contradictions]


# One thing


def _thing(step: PlanStep, lines: Mapping[str, str], **told: Any) -> dict[str, Any]:
    noun = step.noun.replace("_", " ").capitalize()
    place = _place(step.source, lines)
    return {"title": f"{step.reference} {step.title}".strip(), "noun": noun, "place": place, **told}


def _changed(step: PlanStep, plan: Plan, comparing: Comparing, lines: Mapping[str, str]) -> dict[str, Any]:
    changes = step.changes(plan.release_titles)
    at_length = [difference_of(change, plan.roadmap, comparing) for change in changes if not change.is_told_whole]
    sentences = [change.sentence(plan.roadmap) for change in changes]
    return _thing(step, lines, sentences=sentences, differences=at_length)


def _added(step: PlanStep, plan: Plan, lines: Mapping[str, str]) -> dict[str, Any]:
    said = [
        (_field(field, plan.roadmap), text)
        for field, value in (parts(step.after) if step.after else {}).items()
        if field != "title"
        and not field.startswith("labels.")
        and value is not False
        and (text := _text(step.noun, field, plain(value), plan))
    ]
    return _thing(step, lines, said=said)


def _text(noun: Noun, field: str, value: Any, plan: Plan) -> str:
    """A part of a Content, as lines of words."""
    if field == "release":
        return plan.release_titles.get(str(value), "") if value else ""
    if field.startswith(("field.", "column.")) and isinstance(value, dict):
        return str(value.get("value") or value.get("explanation") or value.get("name") or "")
    if field == "apis":
        return "\n".join(f"{api['name']} {api.get('version', '')}".strip() for api in value or ())
    return text_of(FieldChange(noun, field, None, value), value)


# What is asked


def _conflict(
    conflict: ImportConflict, decided: Decided, comparing: Comparing, lines: Mapping[str, str]
) -> dict[str, Any]:
    plan = decided.basis
    question: dict[str, Any] = {
        "name": f"{CONFLICT}:{conflict.key}",
        "title": conflict.title,
        "place": _place(conflict.source, lines),
        "chosen": decided.answers.get(conflict.key, ""),
        "keeps": "Keep what staff have",
        "takes": "Take what the source says",
    }
    if conflict.field != EXISTENCE:
        ours, theirs = (_text(conflict.noun, conflict.field, value, plan) for value in (conflict.ours, conflict.theirs))
        label = _field(conflict.field, plan.roadmap)
        return question | {"field": label, "texts": difference(comparing, label, ours, theirs)}
    if conflict.theirs is None:
        edited = ", ".join(field_in_words(field, plan.roadmap) for field in conflict.edited)
        return question | {
            "place": _place(conflict.source, {}),
            "told": f"It is not in the source any more, and staff have changed it since the last import ({edited}).",
            "keeps": "Keep it: it is ours from now on",
            "takes": "Withdraw it, as the source has",
        }
    return question | {
        "told": "Staff have deleted it, and the source has changed it since the last import.",
        "keeps": "Leave it deleted",
        "takes": "Make it again, as the source has it",
    }


def _field(field: str, roadmap: RoadmapContent) -> str:
    return str(capfirst(field_in_words(field.removeprefix("is_"), roadmap)))


def _match(decided: Decided, pair: tuple[PlanStep, PlanStep], lines: Mapping[str, str]) -> dict[str, Any]:
    bare, step = pair
    return {
        "name": f"{MATCH}:{step.key}",
        "noun": step.noun.replace("_", " "),
        "title": _said_title(step),
        "place": _place(step.source, lines),
        "options": _options(bare, step, step.key in decided.matches),
        "chosen": decided.matches.get(step.key, ""),
        "error": decided.errors.get(step.key, ""),
    }


def _options(bare: PlanStep, step: PlanStep, is_chosen: bool) -> list[tuple[str, str]]:
    """What was planned without a choice, then whatever else it may be: uid, or nothing for the former, and title, or
    nothing for a new one."""
    alternatives = (*bare.recognised.alternatives, *step.recognised.alternatives)
    named = {known.uid: f"{known.reference} {known.title}".strip() for known in alternatives}
    for planned in (bare, step):
        if planned.recognised.uid:
            named.setdefault(planned.recognised.uid, _was(planned))
    default = (bare if is_chosen else step).recognised.uid
    first = ("", named.pop(default) if default else "")
    return [first, *named.items(), *([(NEW, "")] if default else [])]


def _said_title(step: PlanStep) -> str:
    """What the source calls it, whatever it was taken for."""
    return str(getattr(step.record or step.after, "title", "")) or step.title


def _was(step: PlanStep) -> str:
    known = step.before or step.base
    return f"{getattr(known, 'reference', '')} {getattr(known, 'title', '')}".strip()
