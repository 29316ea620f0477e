"""Makes the roadmap that a file holds: all of it or nothing.

The file is read twice. First it is checked, whole, without a word to the database; then it is written in one
transaction, and only kept if what was read is what was checked.
"""

from collections import defaultdict
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, transaction

from roadmap import models as tables
from roadmap.content.choices import Noun
from roadmap.content.things import from_json, to_json
from roadmap.transfer import pictures
from roadmap.transfer.check_file import Checker, Counted
from roadmap.transfer.format import NAMED_BY, Flaw, TransferRefused, check_columns, in_one_line, row, tag_of
from roadmap.transfer.read_file import AGAIN, Reading

_BATCH = 500  # uids asked for at a time: SQLite counts them
MAX_ROWS = 500
MAX_WAITING = 8 * 1024 * 1024  # bytes of lines whose rows wait to be written


class Imported(NamedTuple):
    """What an import made."""

    roadmap: tables.Roadmap
    counted: Counted


def bring_in(path: Path, *, slug: str = "") -> Imported:
    """Makes the roadmap of the file, at another address than it had if `slug` gives one. Returns what it made.

    Raises TransferRefused, with nothing changed: the file is not one that `write_out` wrote, or what is in it is here
    already.
    """
    checker, digest = _checked(path)
    wanted = msgspec.structs.replace(checker.roadmap, slug=slug or checker.roadmap.slug)
    try:
        check_columns(wanted)
    except Flaw as flaw:
        raise TransferRefused(f"“{in_one_line(wanted.slug)}” cannot be a roadmap's address. {flaw}") from flaw
    stored: list[str] = []
    try:
        with transaction.atomic():
            _check_free(checker, wanted)
            roadmap = _make(path, wanted, digest, stored)
    except BaseException as error:
        for name in stored:
            with suppress(OSError):  # one that stays is linked from nowhere
                default_storage.delete(name)
        if isinstance(error, OSError):
            raise TransferRefused(
                f"The pictures cannot be stored: {error.strerror or error}. Nothing was imported: try again."
            ) from error
        if isinstance(error, IntegrityError | DataError):
            raise TransferRefused(
                f"The database does not take this roadmap: {in_one_line(error)}. "
                "If somebody imported it at the same time, it is here now; otherwise export it again."
            ) from error
        raise
    return Imported(roadmap, checker.counted)


def _checked(path: Path) -> tuple[Checker, str]:
    reading, checker = Reading(path), Checker()
    for record, line in reading.records():
        try:
            checker.take(record, line)
        except Flaw as flaw:
            raise reading.refused(f"{flaw} {AGAIN}") from flaw
    return checker, reading.sha256


def _make(path: Path, wanted: Any, digest: str, stored: list[str]) -> tables.Roadmap:
    reading, rows = Reading(path), RowWriter(wanted)
    for record, line in reading.records():
        if record.model:
            rows.add(record, len(line))
        elif tag_of(record) == "picture":
            pictures.store(record.name, record.content, stored)
    rows.flush()
    if reading.sha256 != digest:
        raise TransferRefused(f"{reading.name} was changed while it was read. Nothing was imported: try again.")
    return rows.roadmap


# What says that a roadmap is here already, in the order in which it is asked.
_HERE = {
    "uid": "“{there}” is here already, at /{there.slug}/: it is the same roadmap. "
    "An import makes a roadmap that is not there, and changes none that is.",
    "slug": "“{there}” is at /{there.slug}/ already. Give this one another address: --slug ADDRESS.",
    "reference_prefix": "The references of “{there}” begin with {there.reference_prefix} already. Change its reference "
    "prefix in the admin, or that of the other before you export it: references in use stay as they are.",
}


def _check_free(checker: Checker, wanted: Any) -> None:
    for column, message in _HERE.items():
        if there := tables.Roadmap.objects.filter(**{column: getattr(wanted, column)}).first():
            raise TransferRefused(message.format(there=there))
    for name, url in tables.Api.objects.filter(name__in=checker.apis).values_list("name", "url"):
        if url != checker.apis[name]:
            raise TransferRefused(
                f"The API “{name}” has another documentation address here ({url or 'none'}) than in the file "
                f"({checker.apis[name] or 'none'}). Make them the same in the admin, here or before you export."
            )
    used: dict[Any, list[UUID]] = {
        model: [uid for (uid,) in checker.once[kind, "uid"]]
        for kind, model in [*tables.MODEL_OF.items(), ("edition", tables.Edition)]
    }
    for model, uids in [*used.items(), (tables.Revision, [*checker.things])]:
        for first in range(0, len(uids), _BATCH):
            if there := model._default_manager.filter(uid__in=uids[first : first + _BATCH]).first():
                raise TransferRefused(
                    f"“{there}” is here already, in another roadmap, under a uid that the file uses too. "
                    "A thing is in one roadmap only: this file was not made by an export alone."
                )


class RowWriter:
    """Writes rows in the order of their records, so that those made later have higher keys, as in the source.

    Many at a time. Checks nothing: see `check_file`.
    """

    roadmap: tables.Roadmap

    def __init__(self, wanted: Any):
        """`wanted` is the record of the roadmap, with the address that it shall have."""
        self._wanted = wanted
        self._edition: tables.Edition | None = None
        # Primary keys of what records point at, by what they call it.
        self._keys: dict[str, dict[Any, int | None]] = {name: {None: None} for name in NAMED_BY}
        self._waiting: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
        self._size = 0

    def add(self, record: Any, size: int) -> None:
        """`size` is that of its line, in bytes."""
        self._size += size
        record = at_address(record, self._wanted.slug)
        match tag := tag_of(record):
            case "roadmap":
                self.roadmap = self._saved(self._wanted)
            case "api":
                api, _ = tables.Api.objects.get_or_create(name=record.name, defaults={"url": record.url})
                self._keys["api"][record.name] = api.pk
            case "edition":
                self._edition = self._saved(record, roadmap=self.roadmap, roadmap_slug=self.roadmap.slug)
            case "release" | "field":
                self._keys[tag][getattr(record, NAMED_BY[tag])] = self._saved(record, roadmap=self.roadmap).pk
            case _:
                owner: Any = {"edition": self._edition} if tag == "revision" else {"roadmap": self.roadmap}
                self._waiting[tag].append((self._row(record, **owner), record))
        if self._size > MAX_WAITING or sum(map(len, self._waiting.values())) >= MAX_ROWS:
            self.flush()

    def flush(self) -> None:
        """Writes what waits."""
        for tag, waiting in self._waiting.items():
            _, first = waiting[0]
            first.model.objects.bulk_create([owner for owner, _ in waiting])
            for key, kind in first.parts.items():
                parts = ((owner, part) for owner, record in waiting for part in getattr(record, key))
                kind.model.objects.bulk_create(self._row(part, **{tag: owner}) for owner, part in parts)
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
    if getattr(record, "noun", None) is not Noun.ROADMAP or not record.content:
        return record
    content = from_json(record.noun, record.content)
    if content.address == slug:
        return record
    text = to_json(msgspec.structs.replace(content, slug=slug))
    moved = {"content": text, "digest": sha256(text.encode()).hexdigest(), "address": slug}
    return msgspec.structs.replace(record, **{name: said for name, said in moved.items() if name in record.columns})
