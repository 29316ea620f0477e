"""Records as rows, written as they come, many at a time. Checks nothing: see `check_order`."""

import hashlib
from collections import defaultdict
from typing import Any

import msgspec

from roadmap import models
from roadmap.content.choices import Noun
from roadmap.content.things import RoadmapContent, from_json, to_json
from roadmap.transfer.columns import MODEL_OF, NAMED_BY, PARTS, Kind, pointers, row
from roadmap.transfer.format import (
    ApiRecord,
    EditionRecord,
    FieldRecord,
    ItemRecord,
    Kept,
    OriginRecord,
    Record,
    ReleaseRecord,
    RevisionRecord,
    RoadmapRecord,
)

MAX_ROWS = 500
MAX_WAITING = 8 * 1024 * 1024  # bytes of lines whose rows wait to be written


class RowWriter:
    """Writes rows in the order of their records, so that those made later have higher keys, as in the source."""

    roadmap: models.Roadmap

    def __init__(self, wanted: RoadmapRecord):
        """`wanted` is the roadmap, with the address that it shall have."""
        self._wanted = wanted
        self._edition: models.Edition | None = None
        # Primary keys of what records point at, by what they call it.
        self._keys: dict[str, dict[Any, int | None]] = {name: {None: None} for name in NAMED_BY}
        self._waiting: dict[Kind, list[tuple[Any, Record]]] = defaultdict(list)
        self._size = 0

    def add(self, record: Kept, size: int) -> None:
        """`size` is that of its line, in bytes."""
        self._size += size
        match record:
            case RoadmapRecord():
                self.roadmap = row(self._wanted)
                self.roadmap.save(force_insert=True)
            case ApiRecord():
                api, _ = models.Api.objects.get_or_create(name=record.name, defaults={"url": record.url})
                self._keys["api"][record.name] = api.pk
            case FieldRecord():
                self._keys["field"][record.key] = self._saved(record).pk
            case ReleaseRecord():
                self._keys["release"][record.uid] = self._saved(record).pk
            case ItemRecord():
                self._waiting[ItemRecord].append(
                    (row(record, roadmap=self.roadmap, **self._pointed_at(record)), record)
                )
            case EditionRecord():
                self._edition = self._saved(record, roadmap_slug=self.roadmap.slug)
            case RevisionRecord():
                revision = row(at_address(record, self._wanted.slug), edition=self._edition)
                self._waiting[RevisionRecord].append((revision, record))
            case OriginRecord():
                self._saved(at_address(record, self._wanted.slug))
            case _:
                self._saved(record)
        if self._size > MAX_WAITING or sum(map(len, self._waiting.values())) >= MAX_ROWS:
            self.flush()

    def flush(self) -> None:
        """Writes what waits."""
        for kind, waiting in self._waiting.items():
            MODEL_OF[kind].objects.bulk_create([made for made, _ in waiting])
            owner = str(kind.__struct_config__.tag)
            for name, part_kind in PARTS[kind].items():
                MODEL_OF[part_kind].objects.bulk_create(
                    [
                        row(part, **{owner: made}, **self._pointed_at(part))
                        for made, record in waiting
                        for part in getattr(record, name)
                    ]
                )
        self._waiting.clear()
        self._size = 0

    def _saved(self, record: Record, **columns: Any) -> Any:
        made = row(record, roadmap=self.roadmap, **columns)
        made.save(force_insert=True)
        return made

    def _pointed_at(self, record: msgspec.Struct) -> dict[str, int | None]:
        return {f"{name}_id": self._keys[name][getattr(record, name)] for name in pointers(type(record))}


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
