"""What was said of the drafts beforehand: who asks for them to go out, who agreed, and whether that still fits."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from roadmap.admin.views import name_of
from roadmap.models import Agreement, ReadyNote, Roadmap
from roadmap.publishing import Pending

MOST_SHOWN = 20  # of either kind, the newest of those that are about what is pending
MOST_READ = 1000  # of either kind: one link takes 200, and what was said of what is published is not shown


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
    things: dict[str, bool]  # by uid, whether it is still as they saw it

    @property
    def count(self) -> int:
        return len(self.same) + len(self.changed)


def asked_for(roadmap: Roadmap, digests: Mapping[str, str], titles: Mapping[str, str]) -> list[Said]:
    """The notes of those who ask for drafts to be published, newest first; what has been published since is not there.

    `digests` are those of what is pending, by uid, empty of what is to be withdrawn.
    """
    notes = ReadyNote.objects.filter(roadmap=roadmap).select_related("asked_by")[:MOST_READ]
    told = (_said(note, name_of(note.asked_by), note.asked_at, note.note, digests, titles) for note in notes)
    return [said for said in told if said.count][:MOST_SHOWN]


def agreed(roadmap: Roadmap, digests: Mapping[str, str], titles: Mapping[str, str]) -> list[Said]:
    """What holders of preview links said of what is pending, newest first."""
    rows = Agreement.objects.filter(roadmap=roadmap)[:MOST_READ]
    told = (_said(row, row.name, row.said_at, row.comment, digests, titles, is_agreed=row.is_agreed) for row in rows)
    return [said for said in told if said.count][:MOST_SHOWN]


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
    things = {uid: seen == digests[uid] for uid, seen in row.seen.items() if uid in digests}
    same = tuple(titles[uid] for uid, is_same in things.items() if is_same)
    changed = tuple(titles[uid] for uid, is_same in things.items() if not is_same)
    return Said(row.pk, name, at, text, is_agreed, same, changed, things)


def of_pending(found: Iterable[Pending]) -> tuple[dict[str, str], dict[str, str]]:
    """By uid, the digests and the titles of what is pending."""
    things = [*found]
    return {thing.uid: thing.after_digest for thing in things}, {thing.uid: thing.title for thing in things}


def by_thing(said: Iterable[Said]) -> dict[str, list[tuple[str, bool]]]:
    """By uid, who agreed to it, each with whether it is still what they saw; each person once, by their newest word."""
    told: dict[str, dict[str, bool]] = {}
    for one in said:
        for uid, is_same in one.things.items() if one.is_agreed else ():
            told.setdefault(uid, {}).setdefault(one.name, is_same)
    return {uid: [*names.items()] for uid, names in told.items()}
