"""Writes one roadmap as lines: see `format`. Every line is checked as an import will, so that what comes out goes in.

Memory does not grow with the number of editions: revisions are read from the database as they are written. Under the
roadmap's lock, or an edition published meanwhile would be half in it.
"""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

import msgspec
from django.db import transaction

from roadmap import models
from roadmap.transfer import format, pictures
from roadmap.transfer.check_order import Checker, Counted
from roadmap.transfer.errors import Flaw, TransferRefused
from roadmap.transfer.read_file import MAX_LINE

CHUNK = 100  # rows from the database at a time: each may hold a text three times over


@dataclass(frozen=True)
class Exported:
    """What the file holds."""

    title: str
    counted: Counted
    left_out: tuple[str, ...]
    """Names of pictures that texts link to and the file does not hold: they are not here, or too large."""


def write_out(slug: str, write: Callable[[bytes], object]) -> Exported:
    """Gives every line of the roadmap's file to `write`. The same roadmap gives the same bytes.

    Raises TransferRefused, perhaps after some lines: there is no such roadmap, or something in it could not be read
    again.
    """
    with transaction.atomic():
        there = models.Roadmap.objects.filter(slug=slug).first()
        if there is None:
            raise TransferRefused(f"There is no roadmap at /{slug}/.")
        roadmap = models.Roadmap.objects.lock(there.pk)
        if models.Edition.objects.filter(roadmap=roadmap).exclude(roadmap_slug=slug).exists():
            raise TransferRefused(f"“{roadmap}” was published at another address than it has now. It cannot be moved.")
        lines = _LineWriter(write)
        try:
            for record in chain(_copies(roadmap), _published(roadmap)):
                lines.add(record)
        except msgspec.ValidationError as error:
            raise TransferRefused(f"This roadmap cannot be moved as it is: {error}.") from error
        left_out = [name for name in sorted(lines.checker.linked) if not lines.add_picture(name)]
        lines.end()
    return Exported(roadmap.title, lines.checker.counted, tuple(left_out))


class _LineWriter:
    def __init__(self, write: Callable[[bytes], object]):
        self._write = write
        self._digest = hashlib.sha256()
        self._number = 0
        self.checker = Checker()
        self._put(format.encoded(format.Header(format=format.FORMAT, format_version=format.FORMAT_VERSION)))

    def add(self, record: Any) -> None:
        line = format.encoded(record)
        try:
            if len(line) > MAX_LINE:
                raise Flaw(f"It has more than {MAX_LINE:,} bytes.")
            self.checker.take(record, line)
        except Flaw as flaw:
            raise TransferRefused(f"This roadmap cannot be moved as it is. {_name_of(record)}: {flaw}") from flaw
        self._put(line)

    def add_picture(self, name: str) -> bool:
        """Whether it is there, and can be moved."""
        content = pictures.load(name)
        if content is None or self.checker.size_of_pictures + len(content) > pictures.MAX_TOTAL_SIZE:
            return False
        try:
            pictures.check(name, content)
        except Flaw:
            return False
        self.add(format.PictureRecord(name=name, content=content))
        return True

    def end(self) -> None:
        self.add(format.EndRecord(lines=self._number, sha256=self._digest.hexdigest()))

    def _put(self, line: bytes) -> None:
        self._digest.update(line)
        self._number += 1
        self._write(line)


def _name_of(record: Any) -> str:
    """Where a person finds it: "item VAT-12"."""
    names = (getattr(record, name, "") for name in ("reference", "title", "name", "number", "uid"))
    kind = format.tag_of(record).replace("_", " ").capitalize()
    return f"{kind} {next((str(name) for name in names if name), '')}".strip()


def _copies(roadmap: models.Roadmap) -> Iterator[Any]:
    """In the order in which they were made: where two share a place, that is their order."""
    for kind in format.COPIES:
        match tag := format.tag_of(kind):
            case "roadmap":
                yield from _records(kind, models.Roadmap.objects.filter(pk=roadmap.pk))
            case "api":
                used = models.Api.objects.filter(item_apis__item__roadmap=roadmap).distinct().order_by()
                # By Python's order, since that of a database depends on its locale.
                yield from sorted(_records(kind, used), key=lambda api: api.name)
            case _:
                below: dict[str, dict[int, list[Any]]] = {key: defaultdict(list) for key in kind.parts}
                for key, part in kind.parts.items():
                    rows = part.model.objects.filter(**{f"{tag}__roadmap": roadmap}).order_by("pk")
                    for owner, values in _values(part, rows, f"{tag}_id"):
                        below[key][owner].append(values)
                yield from _records(kind, kind.model.objects.filter(roadmap=roadmap).order_by("pk"), below)


def _published(roadmap: models.Roadmap) -> Iterator[Any]:
    """Each edition with its revisions. Where one had none, the last would be left without: the checker says so."""
    of_editions = groupby(_revisions(roadmap), key=lambda revision: revision[0])
    for edition in _records(format.EditionRecord, models.Edition.objects.filter(roadmap=roadmap).order_by("number")):
        yield edition
        _, revisions = next(of_editions, ("", ()))
        yield from (record for _, record in revisions)


def _revisions(roadmap: models.Roadmap) -> Iterator[tuple[Any, Any]]:
    """Each with the uid of its edition, once for every change in it, in one query."""
    names, of_change = format.RevisionRecord.columns, format.ChangePart.columns
    rows = (
        models.Revision.objects.filter(edition__roadmap=roadmap)
        .order_by("edition__number", "pk", "changes__pk")
        .values_list("pk", "edition__uid", *names, *(f"changes__{name}" for name in of_change))
        .iterator(chunk_size=CHUNK)
    )
    width = 2 + len(names)
    for (_, edition, *values), with_changes in groupby(rows, key=lambda row: row[:width]):
        changes = [dict(zip(of_change, row[width:], strict=True)) for row in with_changes]
        record = dict(zip(names, values, strict=True))
        # What is withdrawn, or came first, has none.
        record["changes"] = [change for change in changes if change["field"] is not None]
        yield edition, msgspec.convert(record, format.RevisionRecord)


def _records(kind: Any, rows: Any, below: dict[str, dict[int, list[Any]]] | None = None) -> Iterator[Any]:
    """`below` are their parts, by key and primary key of the owner."""
    for pk, values in _values(kind, rows):
        yield msgspec.convert(values | {key: owners.get(pk, ()) for key, owners in (below or {}).items()}, kind)


def _values(kind: Any, rows: Any, key: str = "pk") -> Iterator[tuple[Any, dict[str, Any]]]:
    """What a record of that kind says, with another column of its row."""
    names = [*kind.columns, *kind.pointers]
    asked = [*kind.columns, *(f"{name}__{format.NAMED_BY[name]}" for name in kind.pointers)]
    for first, *values in rows.values_list(key, *asked):
        # In one zone, whatever the database answers in: the same moment gives the same text.
        said = [at.astimezone(datetime.UTC) if isinstance(at, datetime.datetime) else at for at in values]
        yield first, dict(zip(names, said, strict=True))
