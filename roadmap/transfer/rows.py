"""Records as rows, written as they come, many at a time. Checks nothing: see `checking`."""

import hashlib
from typing import Any
from uuid import UUID

import msgspec

from roadmap import models
from roadmap.content.choices import Noun
from roadmap.content.things import RoadmapContent, from_json, to_json
from roadmap.models import published
from roadmap.transfer import working_copies
from roadmap.transfer.format import (
    ApiRecord,
    ChangePart,
    EditionRecord,
    FieldRecord,
    ItemRecord,
    Kept,
    OriginRecord,
    ReleaseRecord,
    RevisionRecord,
    RoadmapRecord,
)

MAX_ROWS = 500
MAX_WAITING = 8 * 1024 * 1024  # bytes of lines whose rows wait to be written


class Rows:
    """Writes rows in the order of their records, so that those made later have higher keys, as in the source."""

    roadmap: models.Roadmap

    def __init__(self, wanted: RoadmapRecord):
        """`wanted` is the roadmap, with the address that it shall have."""
        self._wanted = wanted
        self._edition: published.Edition | None = None
        self._apis: dict[str, int] = {}
        self._fields: dict[str, int] = {}
        self._releases: dict[UUID, int] = {}
        self._items: list[tuple[models.Item, ItemRecord]] = []
        self._revisions: list[tuple[published.Revision, tuple[ChangePart, ...]]] = []
        self._waiting = 0

    def add(self, record: Kept, size: int) -> None:
        """`size` is that of its line, in bytes."""
        self._waiting += size
        match record:
            case RoadmapRecord():
                self.roadmap = working_copies.row(self._wanted)
                self.roadmap.save(force_insert=True)
            case ApiRecord():
                api, _ = models.Api.objects.get_or_create(name=record.name, defaults={"url": record.url})
                self._apis[record.name] = api.pk
            case FieldRecord():
                self._fields[record.key] = self._saved(record).pk
            case ReleaseRecord():
                self._releases[record.uid] = self._saved(record).pk
            case ItemRecord():
                release = self._releases[record.release] if record.release else None
                self._items.append((working_copies.row(record, roadmap=self.roadmap, release_id=release), record))
            case EditionRecord():
                self._edition = _edition(record, self.roadmap)
            case RevisionRecord():
                self._revisions.append(
                    (_revision(at_address(record, self._wanted.slug), self._edition), record.changes)
                )
            case OriginRecord():
                self._saved(at_address(record, self._wanted.slug))
            case _:
                self._saved(record)
        if self._waiting > MAX_WAITING or len(self._items) + len(self._revisions) >= MAX_ROWS:
            self.flush()

    def flush(self) -> None:
        """Writes what waits."""
        self._waiting = 0
        if self._items:
            self._write_items()
        if self._revisions:
            self._write_revisions()

    def _saved(self, record: Any) -> Any:
        row = working_copies.row(record, roadmap=self.roadmap)
        row.save(force_insert=True)
        return row

    def _write_items(self) -> None:
        models.Item.objects.bulk_create([item for item, _ in self._items])
        below = [working_copies.part_rows(record, item, self._apis, self._fields) for item, record in self._items]
        models.ItemApi.objects.bulk_create([row for apis, _, _ in below for row in apis])
        models.FieldValue.objects.bulk_create([row for _, values, _ in below for row in values])
        models.Milestone.objects.bulk_create([row for _, _, milestones in below for row in milestones])
        self._items = []

    def _write_revisions(self) -> None:
        published.Revision.objects.bulk_create([revision for revision, _ in self._revisions])
        published.Change.objects.bulk_create(
            [
                published.Change(
                    revision=revision,
                    field=change.field,
                    before=change.before,
                    after=change.after,
                    reason=change.reason,
                    is_minor=change.is_minor,
                )
                for revision, changes in self._revisions
                for change in changes
            ]
        )
        self._revisions = []


def _edition(record: EditionRecord, roadmap: models.Roadmap) -> published.Edition:
    edition: published.Edition = published.Edition.objects.create(
        uid=record.uid,
        roadmap=roadmap,
        roadmap_slug=roadmap.slug,
        number=record.number,
        published_at=record.published_at,
        note=record.note,
        announcement=record.announcement,
    )
    return edition


def _revision(record: RevisionRecord, edition: published.Edition | None) -> published.Revision:
    return published.Revision(
        edition=edition,
        noun=record.noun.value,
        uid=record.uid,
        title=record.title,
        address=record.address,
        content=record.content,
        digest=record.digest,
    )


def at_address(record: Any, slug: str) -> Any:
    """The record, where it is what the roadmap says of itself, with another address in it; otherwise as it is.

    Everything that names the roadmap's address changes with it, or its pages would link to where they were, and the
    roadmap would seem to have been edited since.
    """
    if record.noun is not Noun.ROADMAP or not record.content:
        return record
    content = from_json(record.noun, record.content)
    if not isinstance(content, RoadmapContent) or content.slug == slug:
        return record
    text = to_json(msgspec.structs.replace(content, slug=slug))
    if isinstance(record, OriginRecord):
        return msgspec.structs.replace(record, content=text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return msgspec.structs.replace(record, content=text, digest=digest, address=slug)
