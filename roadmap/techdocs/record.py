"""Keeps what an import told, with the thing that each line is about. Call it in the transaction of the import."""

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from django.contrib.auth.models import User

from roadmap.content.choices import Noun
from roadmap.models import Edition, ImportNote, ImportReport, Roadmap
from roadmap.models.import_report import MAX_NOTE_LENGTH, MAX_NOTES
from roadmap.models.uids import UidText
from roadmap.techdocs.plan.plan import Plan, PlanStep, Verb
from roadmap.techdocs.plan.report import conflict_in_words, sentences, summary
from roadmap.techdocs.sources import Doubt

MAX_NAME_LENGTH = 200  # as in the ImportReport
_MAX_TITLE_LENGTH = 250
_KINDS = {
    Verb.UPDATE: ImportNote.Kind.UPDATED,
    Verb.WITHDRAW: ImportNote.Kind.WITHDRAWN,
    Verb.CREATE: ImportNote.Kind.CREATED,
}


def keep_report(
    plan: Plan,
    roadmap: Roadmap,
    uids: Mapping[str, str],
    *,
    name: str,
    at: datetime.datetime,
    by: User | None = None,
    edition: Edition | None = None,
    told: Collection[Doubt] | None = None,
) -> ImportReport | None:
    """`uids` are those of all parts, by their keys. Of a history, `edition` is what became of the commit and tells what
    it changed, and `told` are the doubts that the commit before it had. None where there is nothing new to tell.
    """
    found = _Notes(plan, roadmap, uids)
    notes = [*found.doubts(_keys(told or ()))]
    if told is None:
        notes += found.changes()
    if not notes or (told is None and not plan.changes_something and not _says_more(notes, roadmap)):
        return None
    report = ImportReport.objects.create(
        roadmap=roadmap,
        name=name[:MAX_NAME_LENGTH],
        summary="\n".join(summary(plan)),
        left_off=max(0, len(notes) - MAX_NOTES),
        imported_at=at,
        imported_by=by,
        edition=edition,
    )
    for note in notes[:MAX_NOTES]:
        note.report = report
    ImportNote.objects.bulk_create(notes[:MAX_NOTES], batch_size=500)
    return report


def keep_refusal(roadmap: Roadmap, *, name: str, text: str, at: datetime.datetime) -> None:
    """That something of a history was not brought in, and why."""
    ImportReport.objects.create(roadmap=roadmap, name=name[:MAX_NAME_LENGTH], summary=text, imported_at=at)


def _keys(doubts: Collection[Doubt]) -> set[tuple[str, str]]:
    """What a doubt is known by: its line may be another in the next source."""
    return {(doubt.path, doubt.text) for doubt in doubts}


def _says_more(notes: list[ImportNote], roadmap: Roadmap) -> bool:
    """Whether the last report does not say all of it."""
    last = roadmap.import_reports.first()
    said = {*last.notes.values_list("path", "text")} if last else set()
    return not {(note.path, note.text) for note in notes[:MAX_NOTES]} <= said


class _Notes:
    """The lines of one plan that was carried out."""

    def __init__(self, plan: Plan, roadmap: Roadmap, uids: Mapping[str, str]):
        self.plan, self.roadmap, self.uids = plan, roadmap, uids
        self.by_place: dict[str, PlanStep] = {}
        self.above: dict[str, list[tuple[int, PlanStep]]] = defaultdict(list)
        for step in plan.steps:
            path, _, line = step.source.rpartition(":")
            if step.key and step.noun is not Noun.ROADMAP:
                self.by_place.setdefault(step.source, step)
                if step.noun is not Noun.ITEM:  # a row is one line, and nothing stands below it
                    self.above[path].append((int(line), step))
        for steps in self.above.values():
            steps.sort(key=lambda pair: pair[0])

    @cached_property
    def references(self) -> Mapping[str, str]:
        """Of its items by uid: read where there is something to tell."""
        return dict(self.roadmap.items.values_list(UidText("uid"), "reference"))

    def doubts(self, told: Collection[tuple[str, str]]) -> Iterator[ImportNote]:
        for doubt in (*self.plan.doubts, *self.plan.contradictions):
            if (doubt.path, doubt.text) not in told:
                yield self._note(ImportNote.Kind.DOUBT, self._about(doubt), doubt.path, doubt.line, doubt.text)

    def changes(self) -> Iterator[ImportNote]:
        plan = self.plan
        for step in plan.steps:
            path, _, line = step.source.rpartition(":")
            for conflict in step.conflicts:
                if not conflict.choice:
                    text = conflict_in_words(conflict, plan.roadmap).removeprefix(f"{conflict.source}: ")
                    yield self._note(ImportNote.Kind.LEFT, step, path, int(line), text)
        for verb, kind in _KINDS.items():
            for step in plan.steps:
                if step.verb is verb:
                    path, _, line = step.source.rpartition(":")
                    text = "\n".join(sentences(plan, step)) if verb is Verb.UPDATE else ""
                    yield self._note(kind, step, path, int(line), text)

    def _about(self, doubt: Doubt) -> PlanStep:
        """What stands on its line, or what that line is part of."""
        if step := self.by_place.get(f"{doubt.path}:{doubt.line}"):
            return step
        above = self.above.get(doubt.path, [])
        place = bisect_right(above, doubt.line, key=lambda pair: pair[0])
        return above[place - 1][1] if doubt.line and place else self.plan.steps[0]

    def _note(self, kind: ImportNote.Kind, step: PlanStep, path: str, line: int, text: str) -> ImportNote:
        uid = step.uid or self.uids[step.key]
        title = f"{self.references.get(uid, step.reference)} {step.title}".strip()
        kept = text if len(text) <= MAX_NOTE_LENGTH else f"{text[: MAX_NOTE_LENGTH - 1]}…"
        return ImportNote(
            kind=kind,
            noun=step.noun.value,
            uid=uid,
            title=title[:_MAX_TITLE_LENGTH],
            path=path[-500:],
            line=line,
            text=kept,
        )
