"""What an import did, or would do: in words for the person who imports, and as JSON for whoever checks it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.text import capfirst

from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import EXISTENCE, LABELS_TOLD
from roadmap.content.things import RoadmapContent, when_typed
from roadmap.models import MODEL_OF
from roadmap.techdocs.parse.blocks import words
from roadmap.techdocs.plan.plan import ImportConflict, Plan, PlanStep, Verb, doubt_at
from roadmap.techdocs.plan.source_and_site import columns_of
from roadmap.techdocs.sources import Source

MAX_SHOWN = 20
_MAX_QUOTED = 80  # characters


def in_words(plan: Plan) -> list[str]:
    """What was read, made, withdrawn, left to staff and doubted, a line each."""
    left = [conflict_in_words(conflict, plan.roadmap) for conflict in plan.conflicts if not conflict.choice]
    lines = [*summary(plan), *listed("Changed by staff since the last import, and left so", left)]
    return [*lines, *listed("To check", (*plan.doubts, *plan.contradictions))]


def summary(plan: Plan) -> list[str]:
    """What was read, made and withdrawn, a line each."""
    paths = plan.parsed.paths
    files = paths[0] if len(paths) == 1 else f"{len(paths)} files: {', '.join(paths)}"
    count = plan.parsed.word_count
    text = f"Words: {count.read:,} read, {count.kept:,} kept."
    if count.structure:
        names = ", ".join(dict.fromkeys(count.structure))
        text += f" The other {count.read - count.kept:,} are said by the site itself: {names}."
    lines = [f"Read {files}.", text]
    if plan.changes_something:
        lines.append(f"Roadmap “{plan.roadmap.title}” at /{plan.slug}/: {plan.steps[0].verb}.")
        for noun in (Noun.PAGE, Noun.RELEASE, Noun.ITEM, Noun.CHANGELOG_ENTRY):
            word = capfirst(MODEL_OF[noun]._meta.verbose_name_plural)
            verbs = Counter(step.verb for step in plan.steps if step.noun is noun and (step.before or step.after))
            if verbs:
                lines.append(f"{word}: {', '.join(f'{verbs[verb]} {verb}' for verb in Verb if verbs[verb])}.")
        if plan.apis:
            lines.append(f"APIs: {len(plan.apis)} new or linked.")
    else:
        lines.append(f"Nothing to change: the roadmap at /{plan.slug}/ says all of this already.")
    return lines


def steps_in_words(plan: Plan) -> Iterator[str]:
    """Every change that the plan would make, one thing after another, each with what changes of it."""
    for step in plan.steps:
        if step.verb is Verb.KEEP:
            continue
        yield f"{step.noun.replace('_', ' ').capitalize()} “{step.name}” ({step.source}): {step.verb}"
        if step.verb is Verb.UPDATE:
            yield from (f"  {sentence}" for sentence in sentences(plan, step))


def conflict_in_words(conflict: ImportConflict, roadmap: RoadmapContent) -> str:
    """ "index.md:12: “Refunds”, description: staff have “…”, the source says “…”." """
    where = f"{conflict.source}: “{conflict.title}”"
    if conflict.field != EXISTENCE:
        ours, theirs = (_quoted(conflict.field, value) for value in (conflict.ours, conflict.theirs))
        return f"{where}, {field_in_words(conflict.field, roadmap)}: staff have {ours}, the source says {theirs}."
    if conflict.theirs is None:
        changed = ", ".join(field_in_words(field, roadmap) for field in conflict.edited)
        return f"{where} is not in the source any more, and staff have changed it ({changed}): it stays."
    return f"{where} was deleted by staff, and the source has changed it: it stays deleted."


def field_in_words(field: str, roadmap: RoadmapContent) -> str:
    """ "title", "sandbox", "APIs": what a field of a conflict is called within a sentence."""
    kind, _, name = field.partition(".")
    if kind == "milestone":
        return roadmap.labels[Environment(name)]
    if kind in ("field", "column"):
        found = roadmap.column_name(name)
        return found if kind == "field" else f"column {found}"
    if name:
        return f"{kind.removesuffix('s')} {name.replace('_', ' ')}"
    word = LABELS_TOLD.get(field, field.replace("_", " "))
    return word if word.isupper() or word[1:2].isupper() else word.lower()


def as_json(plan: Plan, source: Source) -> dict[str, Any]:
    """All of it, as plain values: docs/how-to/import-a-roadmap.md says what each part is."""
    parsed, count = plan.parsed, plan.parsed.word_count
    understood = {
        "releases": [_named(release, "title", "path", "line") for release in parsed.releases],
        "items": [
            {
                **_named(item, "title", "path", "line"),
                "release": "" if item.release is None else parsed.releases[item.release].title,
            }
            for item in parsed.items
        ],
        "columns": [_named(column, "name", "path", "line") for column in columns_of(parsed)],
        "changelog_entries": [_named(entry, "title", "when", "path", "line") for entry in parsed.entries],
    }
    return {
        "roadmap": {"slug": plan.slug, "title": plan.roadmap.title},
        "read": {
            "files": [{"path": document.path, "sha256": document.sha256} for document in source.documents],
            "not_read": [*source.unread],
            "words": {"read": count.read, "kept": count.kept, "structure": [*count.structure]},
        },
        "understood": {
            "counts": {"pages": len(parsed.pages), **{name: len(found) for name, found in understood.items()}},
            **understood,
        },
        "kept_as_text": [
            {**_named(page, "title", "path", "line"), "words": len(words(page.body))} for page in parsed.pages
        ],
        "doubts": [_named(doubt, "path", "line", "text") for doubt in (*plan.doubts, *plan.contradictions)],
        "conflicts": [_conflict(conflict, plan.roadmap) for conflict in plan.conflicts],
        "matches": [_match(step) for step in plan.steps if step.key and step.noun is not Noun.ROADMAP],
        "steps": [
            {
                **_named(step, "noun", "uid", "reference", "title", "verb"),
                **_where(step.source),
                "changes": sentences(plan, step),
            }
            for step in plan.steps
        ],
    }


def _named(thing: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def listed(heading: str, found: Sequence[object]) -> list[str]:
    """The first of them, a line each, and how many more there are; nothing where there are none."""
    shown = [f"  {line}" for line in found[:MAX_SHOWN]]
    more = [f"  and {len(found) - MAX_SHOWN:,} more"] if len(found) > MAX_SHOWN else []
    return [f"{heading} ({len(found):,}):", *shown, *more] if found else []


def sentences(plan: Plan, step: PlanStep) -> list[str]:
    """What changes of one thing."""
    return [change.sentence(plan.roadmap) for change in step.changes(plan.release_titles)]


def _quoted(field: str, value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "“yes”" if value else "“no”"
    if field.startswith("milestone.") or field == "when":
        typed = value if isinstance(value, str) else value.get("when", "")
        date = str(when_typed(typed) or "")
        if not isinstance(value, str) and value.get("is_deployed"):
            date = f"{date}, deployed" if date else "deployed"
        return f"“{date}”"
    if isinstance(value, list):
        value = ", ".join(
            f"{part['name']} {part.get('version', '')}".strip() if isinstance(part, dict) else str(part)
            for part in value
        )
    if isinstance(value, dict):
        value = value.get("value") or value.get("name") or ""
    text = " ".join(str(value).split())
    return f"“{text}”" if len(text) <= _MAX_QUOTED else f"“{text[:_MAX_QUOTED]}…”"


def _conflict(conflict: ImportConflict, roadmap: RoadmapContent) -> dict[str, Any]:
    return {
        **_named(conflict, "key", "noun", "uid", "title", "field", "choice"),
        **_where(conflict.source),
        "last_import": conflict.before,
        "staff": conflict.ours,
        "source": conflict.theirs,
        "text": conflict_in_words(conflict, roadmap),
    }


def _match(step: PlanStep) -> dict[str, Any]:
    found = step.recognised
    return {
        **_named(step, "key", "noun", "title", "reference"),
        **_where(step.source),
        **_named(found, "score", "is_doubtful"),
        "uid": found.uid or "",
        "how": found.how or "new",
        "alternatives": [_named(rival, "uid", "reference", "title", "score") for rival in found.alternatives],
    }


def _where(source: str) -> dict[str, Any]:
    return _named(doubt_at(source, ""), "path", "line")
