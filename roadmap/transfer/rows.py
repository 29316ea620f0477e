"""Records as rows, written as they come, many at a time. Checks nothing: see `check_file`."""

import hashlib
from collections import defaultdict
from typing import Any

import msgspec

from roadmap import models
from roadmap.content.choices import Noun
from roadmap.content.things import RoadmapContent, from_json, to_json
from roadmap.transfer.format import NAMED_BY, row, tag_of

MAX_ROWS = 500
MAX_WAITING = 8 * 1024 * 1024  # bytes of lines whose rows wait to be written


class RowWriter:
    """Writes rows in the order of their records, so that those made later have higher keys, as in the source."""

    roadmap: models.Roadmap

    def __init__(self, wanted: Any):
        """`wanted` is the record of the roadmap, with the address that it shall have."""
        self._wanted = wanted
        self._edition: models.Edition | None = None
        # Primary keys of what records point at, by what they call it.
        self._keys: dict[str, dict[Any, int | None]] = {name: {None: None} for name in NAMED_BY}
        self._waiting: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
        self._size = 0

    def add(self, record: Any, size: int) -> None:
        """`size` is that of its line, in bytes."""
        self._size += size
        match tag := tag_of(record):
            case "roadmap":
                self.roadmap = self._saved(self._wanted)
            case "api":
                api, _ = models.Api.objects.get_or_create(name=record.name, defaults={"url": record.url})
                self._keys["api"][record.name] = api.pk
            case "edition":
                self._edition = self._saved(record, roadmap=self.roadmap, roadmap_slug=self.roadmap.slug)
            case "item":
                self._waiting[tag].append((self._row(record, roadmap=self.roadmap), record))
            case "revision":
                there = at_address(record, self._wanted.slug)
                self._waiting[tag].append((self._row(there, edition=self._edition), record))
            case _:
                there = at_address(record, self._wanted.slug) if tag == "origin" else record
                saved = self._saved(there, roadmap=self.roadmap)
                if tag in NAMED_BY:
                    self._keys[tag][getattr(record, NAMED_BY[tag])] = saved.pk
        if self._size > MAX_WAITING or sum(map(len, self._waiting.values())) >= MAX_ROWS:
            self.flush()

    def flush(self) -> None:
        """Writes what waits."""
        for tag, waiting in self._waiting.items():
            _, first = waiting[0]
            first.model.objects.bulk_create([owner for owner, _ in waiting])
            for key, part in first.parts.items():
                part.model.objects.bulk_create(
                    [self._row(below, **{tag: owner}) for owner, record in waiting for below in getattr(record, key)]
                )
        self._waiting.clear()
        self._size = 0

    def _row(self, record: Any, **owner: Any) -> Any:
        keys = {f"{name}_id": self._keys[name][getattr(record, name)] for name in record.pointers}
        return row(record, **owner, **keys)

    def _saved(self, record: Any, **owner: Any) -> Any:
        made = self._row(record, **owner)
        made.save(force_insert=True)
        return made


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
    if tag_of(record) == "origin":
        return msgspec.structs.replace(record, content=text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return msgspec.structs.replace(record, content=text, digest=digest, address=slug)
