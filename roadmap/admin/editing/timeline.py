"""All that is known of one thing, newest first: what staff saved and what was published of it."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roadmap.admin.views import name_of
from roadmap.content.changes import compare
from roadmap.content.choices import Noun
from roadmap.content.things import Content, RoadmapContent
from roadmap.models import Revision, Roadmap, Save

NOW = "now"  # the working copy, beside the keys of entries


@dataclass(frozen=True)
class TimelineEntry:
    """One Save or one Revision. `key` is what an address calls it: s12, r3."""

    key: str
    at: datetime.datetime
    row: Save | Revision

    @property
    def is_published(self) -> bool:
        return isinstance(self.row, Revision)

    @property
    def content(self) -> Content | None:
        return self.row.as_content() if self.row.content else None

    @property
    def who(self) -> str:
        user = self.row.edition.published_by if isinstance(self.row, Revision) else self.row.saved_by
        return name_of(user) if user else "Not known"

    def name(self, now: datetime.datetime) -> str:
        if isinstance(self.row, Save):
            return self.row.action
        verb = "Scheduled" if self.at > now else "Withdrawn" if self.row.is_removal else "Published"
        return f"{verb} in edition {self.row.edition.number}"


class Timeline:
    """Everything kept of one thing. The contents are read only for what is shown of it."""

    def __init__(self, roadmap: Roadmap, noun: Noun, uid: str):
        self.roadmap, self.noun, self.uid = roadmap, noun, uid
        saves = Save.objects.filter(roadmap=roadmap, noun=noun, uid=uid).values_list("pk", "saved_at")
        revisions = Revision.objects.filter(edition__roadmap=roadmap, noun=noun, uid=uid)
        found = [(at, 0, pk, f"s{pk}") for pk, at in saves]
        # At the same moment, publishing came after the save.
        found += [(at, 1, pk, f"r{pk}") for pk, at in revisions.values_list("pk", "edition__published_at")]
        self.keys = [(key, at) for at, _, _, key in sorted(found, reverse=True)]

    def __len__(self) -> int:
        return len(self.keys)

    def entries(self, keys: Sequence[tuple[str, datetime.datetime]]) -> dict[str, TimelineEntry]:
        """Those, by key, in their order, with one look at each table."""
        saves = Save.objects.select_related("saved_by").in_bulk([int(key[1:]) for key, _ in keys if key[0] == "s"])
        revisions = (
            Revision.objects.select_related("edition__published_by")
            .prefetch_related("changes")
            .in_bulk([int(key[1:]) for key, _ in keys if key[0] == "r"])
        )
        rows: dict[str, Save | Revision] = {f"s{pk}": row for pk, row in saves.items()}
        rows |= {f"r{pk}": row for pk, row in revisions.items()}
        return {key: TimelineEntry(key, at, rows[key]) for key, at in keys}

    def entry(self, key: str) -> TimelineEntry | None:
        return next(iter(self.entries([pair for pair in self.keys if pair[0] == key]).values()), None)

    def before(self, key: str) -> tuple[str, datetime.datetime] | None:
        """What a Save is told against: the Save before it, or without one what was published before it."""
        names = [name for name, _ in self.keys]
        older = self.keys[names.index(key) + 1 :]
        return next((pair for pair in older if pair[0][0] == "s"), older[0] if older else None)

    def published_at(self, now: datetime.datetime) -> str:
        """The key of the Revision that counts at that moment; empty where there was none."""
        return next((key for key, at in self.keys if key[0] == "r" and at <= now), "")


def release_titles(roadmap: Roadmap) -> dict[str, str]:
    """By uid, of every release that is, was published or was ever saved."""
    saved = Save.objects.filter(roadmap=roadmap, noun=Noun.RELEASE).order_by("saved_at", "pk")
    titles = {str(uid): title for uid, title in saved.values_list("uid", "title")}
    titles |= Revision.objects.newest_of(roadmap).release_titles()
    return titles | {str(uid): title for uid, title in roadmap.releases.values_list("uid", "title")}


def sentences_of(
    entry: TimelineEntry, before: Content | None, content: RoadmapContent, titles: Mapping[str, str]
) -> list[str]:
    """What it changed, in a reader's words. `content` is the roadmap's, for the names of its environments."""
    if isinstance(entry.row, Revision):
        told = []
        for change in entry.row.changes.all():
            sentence = change.as_field_change().sentence(content)
            told.append(f"{sentence}. Reason: {change.reason}" if change.reason else sentence)
        return told
    after = entry.content
    if after is None or before is None:
        return []  # its action says so: added, deleted
    return [change.sentence(content) for change in compare(before, after, titles)]
