"""What was said of the drafts beforehand: who asks for them to go out, who agreed, and whether that still fits."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from roadmap.admin.views import name_of
from roadmap.models import Agreement, ReadyNote, Roadmap
from roadmap.publishing import Pending

MOST_SHOWN = 20  # of either kind, the newest


@dataclass(frozen=True)
class Said:
    """One note, agreement or comment, as far as it is about what is pending."""

    pk: int
    name: str
    at: datetime.datetime
    text: str
    is_agreed: bool
    same: tuple[str, ...]  # titles of what is still as they saw it
    changed: tuple[str, ...]  # and of what has changed since

    @property
    def count(self) -> int:
        return len(self.same) + len(self.changed)

    @property
    def is_whole(self) -> bool:
        return not self.changed


def asked_for(roadmap: Roadmap, digests: Mapping[str, str], titles: Mapping[str, str]) -> list[Said]:
    """The notes of those who ask for drafts to be published, newest first; what has been published since is not there.

    `digests` are those of what is pending, by uid, empty of what is to be withdrawn.
    """
    notes = ReadyNote.objects.filter(roadmap=roadmap).select_related("asked_by")[:MOST_SHOWN]
    told = (_said(note, name_of(note.asked_by), note.asked_at, note.note, digests, titles) for note in notes)
    return [said for said in told if said.count]


def agreed(roadmap: Roadmap, digests: Mapping[str, str], titles: Mapping[str, str]) -> list[Said]:
    """What holders of preview links said of what is pending, newest first."""
    rows = Agreement.objects.filter(roadmap=roadmap)[:MOST_SHOWN]
    told = (_said(row, row.name, row.said_at, row.comment, digests, titles, is_agreed=row.is_agreed) for row in rows)
    return [said for said in told if said.count]


def _said(
    row: Any,
    name: str,
    at: datetime.datetime,
    text: str,
    digests: Mapping[str, str],
    titles: Mapping[str, str],
    *,
    is_agreed: bool = False,
) -> Said:
    there = [uid for uid in row.seen if uid in digests]
    same = tuple(titles[uid] for uid in there if row.seen[uid] == digests[uid])
    changed = tuple(titles[uid] for uid in there if row.seen[uid] != digests[uid])
    return Said(row.pk, name, at, text, is_agreed, same, changed)


def of_pending(found: Iterable[Pending]) -> tuple[dict[str, str], dict[str, str]]:
    """By uid, the digests and the titles of what is pending."""
    things = [*found]
    return {thing.uid: thing.after_digest for thing in things}, {thing.uid: thing.title for thing in things}


def by_thing(roadmap: Roadmap, found: Iterable[Pending]) -> dict[str, list[tuple[str, bool]]]:
    """By uid, who agreed to it, each with whether it is still what they saw. Each person once, by their newest word."""
    digests, _ = of_pending(found)
    told: dict[str, dict[str, bool]] = {}
    for row in Agreement.objects.filter(roadmap=roadmap, is_agreed=True)[:MOST_SHOWN]:
        for uid in row.seen.keys() & digests.keys():
            told.setdefault(uid, {}).setdefault(row.name, row.seen[uid] == digests[uid])
    return {uid: [*names.items()] for uid, names in told.items()}
