"""What the page of a plan shows: what would be done, what is in doubt at its line, and what is asked.

A source may be large: of each list so many are shown, and the rest counted.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.text import capfirst

from roadmap.admin.editing.text_diff import Comparing, difference, difference_of, is_shown_side_by_side, text_of
from roadmap.admin.imports.choices import Decided, DoubtfulMatch, said_title
from roadmap.admin.imports.uploads import Waiting
from roadmap.admin.publish.views import NOUN_LABELS
from roadmap.content.changes import FieldChange
from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE
from roadmap.content.merge import parts, plain
from roadmap.content.things import RoadmapContent
from roadmap.techdocs import ImportConflict, Plan, PlanStep, Source, Verb
from roadmap.techdocs.parse.blocks import words
from roadmap.techdocs.plan.report import field_in_words
from roadmap.techdocs.plan.source_and_site import columns_of

MOST_SHOWN = 100  # of what would be done to things, of each sort
MOST_ASKED = 100  # conflicts; the next import asks about the others
MOST_MATCHES = 100
MOST_DOUBTS = 200
MAX_LINE = 300  # characters of a line of the source


@dataclass(frozen=True)
class SourcePlace:
    """Immutable: where in the source, and the words of the line that stands there."""

    name: str
    text: str = ""


@dataclass(frozen=True)
class Listed:
    """Immutable: the first of a list, and how many more there are."""

    first: Sequence[Any]
    count: int

    @property
    def rest(self) -> int:
        return self.count - len(self.first)


def context(waiting: Waiting, decided: Decided) -> dict[str, Any]:
    plan, source = decided.plan, waiting.upload.source
    comparing = Comparing()
    steps = {verb: [step for step in plan.steps if step.verb is verb] for verb in Verb}
    conflicts = decided.basis.conflicts
    matches = decided.doubtful()
    asked = matches[:MOST_MATCHES]
    doubts = _doubts(plan, asked)
    pages = plan.parsed.pages
    lines = SourceLines(
        source,
        [step.source for step in plan.steps]
        + [conflict.source for conflict in conflicts]
        + [f"{part.path}:{part.line}" for part in (*doubts, *pages)],
    )
    return {
        "plan": plan,
        "upload": waiting.upload,
        "until": waiting.until,
        "counts": counts(plan),
        "word_count": plan.parsed.word_count,
        "files": _listed(plan.parsed.paths, MOST_SHOWN, str),
        "conflicts": _listed(conflicts, MOST_ASKED, lambda conflict: _conflict(conflict, decided, comparing, lines)),
        "matches": Listed([_match(match, lines) for match in asked], len(matches)),
        "doubts": _listed(doubts, MOST_DOUBTS, lambda doubt: (doubt.text, lines.place_of(doubt))),
        "changed": _listed(steps[Verb.UPDATE], MOST_SHOWN, lambda step: _changed(step, plan, comparing, lines)),
        "added": _listed(steps[Verb.CREATE], MOST_SHOWN, lambda step: _added(step, plan, lines)),
        # Where it stood is a line of an earlier source, of which nothing is here.
        "withdrawn": _listed(steps[Verb.WITHDRAW], MOST_SHOWN, lambda step: _thing(step, SourcePlace(step.source))),
        "kept_as_text": _listed(
            pages,
            MOST_SHOWN,
            lambda page: (page.title, lines.place_of(page), len(words(page.body))),
        ),
        "columns": [
            (column.name, f"{column.path}:{column.line}") for column in islice(columns_of(plan.parsed), MOST_SHOWN)
        ],
        "unchanged": sum(1 for step in steps[Verb.KEEP] if step.before is not None),
    }


def counts(plan: Plan) -> list[str]:
    """ "Items: 2 added, 1 changed." for each noun of which anything changes."""
    told = []
    for noun, label in NOUN_LABELS.items():
        found = Counter(step.verb for step in plan.steps if step.noun is noun)
        said = [
            f"{found[verb]:,} {word}"
            for verb, word in ((Verb.CREATE, "added"), (Verb.UPDATE, "changed"), (Verb.WITHDRAW, "withdrawn"))
            if found[verb]
        ]
        if noun is Noun.ROADMAP and said:
            told.append("The roadmap itself is new." if found[Verb.CREATE] else "The roadmap itself is changed.")
        elif said:
            told.append(f"{label}: {', '.join(said)}.")
    if plan.apis:
        told.append(f"APIs: {len(plan.apis):,} new or linked.")
    return told


class SourceLines:
    """The lines of the source that are wanted, by "index.md:12"."""

    def __init__(self, source: Source, wanted: Iterable[str]):
        asked = set(wanted)
        self.found: dict[str, str] = {}
        for document in source.documents:
            for number, line in enumerate(document.text.split("\n")):
                path, real = document.where(number)
                if (place := f"{path}:{real}") in asked:
                    text = " ".join(line.split())
                    self.found.setdefault(place, text if len(text) <= MAX_LINE else f"{text[:MAX_LINE]}…")

    def place(self, source: str) -> SourcePlace:
        return SourcePlace(source.removesuffix(":0"), self.found.get(source, ""))

    def place_of(self, part: Any) -> SourcePlace:
        """Of a doubt or a page, which know their own path and line."""
        return self.place(f"{part.path}:{part.line}")


def _listed(things: Sequence[Any], most: int, shown: Any) -> Listed:
    return Listed([shown(thing) for thing in things[:most]], len(things))


def _doubts(plan: Plan, asked: Sequence[DoubtfulMatch]) -> list[Any]:
    """All of them, but for those about matches that are asked about."""
    known = {match.step.source for match in asked}
    found = len(plan.parsed.doubts)
    about_matches = {
        doubt
        for doubt in plan.doubts[found:]
        if f"{doubt.path}:{doubt.line}" in known and "was taken for" in doubt.text
    }
    return [doubt for doubt in plan.doubts if doubt not in about_matches]


# One thing


def _thing(step: PlanStep, place: SourcePlace, **told: Any) -> dict[str, Any]:
    noun = step.noun.replace("_", " ").capitalize()
    return {"title": f"{step.reference} {step.title}".strip(), "noun": noun, "place": place, **told}


def _changed(step: PlanStep, plan: Plan, comparing: Comparing, lines: SourceLines) -> dict[str, Any]:
    changes = step.changes(plan.release_titles)
    return _thing(
        step,
        lines.place(step.source),
        sentences=tuple(change.sentence(plan.roadmap) for change in changes),
        differences=tuple(
            difference_of(change, plan.roadmap, comparing) for change in changes if is_shown_side_by_side(change)
        ),
    )


def _added(step: PlanStep, plan: Plan, lines: SourceLines) -> dict[str, Any]:
    said = tuple(
        (_field(field, plan.roadmap), text)
        for field, value in (parts(step.after) if step.after else {}).items()
        if field != "title"
        and not field.startswith("labels.")
        and value is not False
        and (text := _text(step.noun, field, plain(value), plan))
    )
    return _thing(step, lines.place(step.source), said=said)


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


def _conflict(conflict: ImportConflict, decided: Decided, comparing: Comparing, lines: SourceLines) -> dict[str, Any]:
    plan = decided.basis
    told, texts = "", None
    keeps, takes = "Keep what staff have", "Take what the source says"
    if conflict.field != EXISTENCE:
        ours, theirs = (_text(conflict.noun, conflict.field, value, plan) for value in (conflict.ours, conflict.theirs))
        texts = difference(comparing, _field(conflict.field, plan.roadmap), ours, theirs)
    elif conflict.theirs is None:
        edited = ", ".join(field_in_words(field, plan.roadmap) for field in conflict.edited)
        told = f"It is not in the source any more, and staff have changed it since the last import ({edited})."
        keeps, takes = "Keep it: it is ours from now on", "Withdraw it, as the source has"
    else:
        told = "Staff have deleted it, and the source has changed it since the last import."
        keeps, takes = "Leave it deleted", "Make it again, as the source has it"
    return {
        "name": f"conflict:{conflict.key}",
        "title": conflict.title,
        "field": _field(conflict.field, plan.roadmap) if texts else "",
        "place": lines.place(conflict.source) if conflict.theirs is not None or texts else SourcePlace(conflict.source),
        "texts": texts,
        "told": told,  # where it is about the thing itself
        "keeps": keeps,
        "takes": takes,
        "chosen": decided.answers.get(conflict.key, ""),
    }


def _field(field: str, roadmap: RoadmapContent) -> str:
    return str(capfirst(field_in_words(field.removeprefix("is_"), roadmap)))


def _match(match: DoubtfulMatch, lines: SourceLines) -> dict[str, Any]:
    return {
        "name": f"match:{match.step.key}",
        "noun": match.step.noun.replace("_", " "),
        "title": said_title(match.step),
        "place": lines.place(match.step.source),
        "match": match,
    }


def has_anything_to_do(decided: Decided) -> bool:
    """Whether applying would change, settle or remember anything."""
    plan = decided.plan
    return (
        plan.changes_something
        or bool(decided.basis.conflicts)
        or bool(decided.doubtful())
        or any(step.is_adopted and step.record is not None for step in plan.steps)
    )
