"""Writes one roadmap as lines: see `format`. Every line is checked as an import will, so that what comes out goes in.

Memory does not grow with the number of editions: revisions are read from the database as they are written. Under the
roadmap's lock, or an edition published meanwhile would be half in it.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
from django.db import transaction
from django.db.models import Prefetch

from roadmap import models
from roadmap.transfer import format, pictures
from roadmap.transfer.check_file import Checker, Counted
from roadmap.transfer.format import Flaw, TransferRefused
from roadmap.transfer.read_file import MAX_LINE

CHUNK = 20  # rows from the database at a time, with those below them: each may hold a text three times over


class Exported(NamedTuple):
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
        for record in _records(roadmap):
            lines.add(record)
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


def _records(roadmap: models.Roadmap) -> Iterator[Any]:
    """Those of one kind in the order in which they were made: where two share a place, that is their order."""
    for kind in format.COPIES:
        match format.tag_of(kind):
            case "roadmap":
                yield from _of_kind(kind, models.Roadmap.objects.filter(pk=roadmap.pk))
            case "api":
                used = models.Api.objects.filter(item_apis__item__roadmap=roadmap).distinct()
                # By Python's order, since that of a database depends on its locale.
                yield from sorted(_of_kind(kind, used), key=lambda api: api.name)
            case _:
                yield from _of_kind(kind, kind.model.objects.filter(roadmap=roadmap))
    for edition in models.Edition.objects.filter(roadmap=roadmap).order_by("number"):
        yield _record(format.EditionRecord, edition)
        yield from _of_kind(format.RevisionRecord, edition.revisions)


def _of_kind(kind: Any, rows: Any) -> Iterator[Any]:
    below = (
        Prefetch(key, part.model._default_manager.order_by("pk").prefetch_related(*part.pointers))
        for key, part in kind.parts.items()
    )
    for row in rows.order_by("pk").prefetch_related(*kind.pointers, *below).iterator(chunk_size=CHUNK):
        yield _record(kind, row)


def _record(kind: Any, row: Any) -> Any:
    try:
        return msgspec.convert(_said(kind, row), kind)
    except msgspec.ValidationError as error:
        raise TransferRefused(f"This roadmap cannot be moved as it is. {kind.called} “{row}”: {error}.") from error


def _said(kind: Any, row: Any) -> dict[str, Any]:
    """What a record of that kind, or a part of one, says of a row."""
    said: dict[str, Any] = {name: getattr(row, name) for name in kind.columns}
    for name, value in said.items():
        if isinstance(value, datetime.datetime):
            # In one zone, whatever the database answers in: the same moment gives the same text.
            said[name] = value.astimezone(datetime.UTC)
    said |= {name: getattr(getattr(row, name), format.NAMED_BY[name], None) for name in kind.pointers}
    return said | {key: [_said(part, below) for below in getattr(row, key).all()] for key, part in kind.parts.items()}
