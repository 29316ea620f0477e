"""Makes the roadmap that a file holds: all of it or nothing.

The file is read twice. First it is checked, whole, without a word to the database; then it is written in one
transaction, and only kept if what was read is what was checked.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, transaction

from roadmap import models as tables
from roadmap.transfer import pictures
from roadmap.transfer.check_file import Checker, Counted
from roadmap.transfer.errors import Flaw, TransferRefused, in_one_line
from roadmap.transfer.format import tag_of
from roadmap.transfer.read_file import AGAIN, Reading
from roadmap.transfer.rows import RowWriter

_BATCH = 500  # uids asked for at a time: SQLite counts them


@dataclass(frozen=True)
class Imported:
    """What an import made."""

    roadmap: tables.Roadmap
    counted: Counted


def bring_in(path: Path, *, slug: str = "") -> Imported:
    """Makes the roadmap of the file, at another address than it had if `slug` gives one. Returns what it made.

    Raises TransferRefused, with nothing changed: the file is not one that `write_out` wrote, or what is in it is here
    already.
    """
    checker, sha256 = _checked(path)
    wanted = msgspec.structs.replace(checker.roadmap, slug=slug or checker.roadmap.slug)
    _check_address(wanted.slug)
    stored: list[str] = []
    try:
        with transaction.atomic():
            _check_free(checker, wanted)
            roadmap = _make(path, wanted, sha256, stored)
    except BaseException as error:
        for name in stored:
            default_storage.delete(name)
        if isinstance(error, Flaw):
            raise TransferRefused(str(error)) from error
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


def _make(path: Path, wanted: Any, sha256: str, stored: list[str]) -> tables.Roadmap:
    reading, rows = Reading(path), RowWriter(wanted)
    for record, line in reading.records():
        if record.model:
            rows.add(record, len(line))
        elif tag_of(record) == "picture":
            pictures.store(record.name, record.content, stored)
    rows.flush()
    if reading.sha256 != sha256:
        raise TransferRefused(f"{reading.name} was changed while it was read. Nothing was imported: try again.")
    return rows.roadmap


def _check_address(slug: str) -> None:
    try:
        tables.Roadmap._meta.get_field("slug").run_validators(slug)
    except ValidationError as error:
        raise TransferRefused(
            f"“{in_one_line(slug)}” cannot be a roadmap's address. {' '.join(error.messages)}"
        ) from error


# What is here already


def _check_free(checker: Checker, wanted: Any) -> None:
    roadmaps = tables.Roadmap.objects
    if there := roadmaps.filter(uid=wanted.uid).first():
        raise TransferRefused(
            f"“{there}” is here already, at /{there.slug}/: it is the same roadmap. "
            "An import makes a roadmap that is not there, and changes none that is."
        )
    if there := roadmaps.filter(slug=wanted.slug).first():
        raise TransferRefused(
            f"“{there}” is at /{wanted.slug}/ already. Give this one another address: --slug ADDRESS."
        )
    if there := roadmaps.filter(reference_prefix=wanted.reference_prefix).first():
        raise TransferRefused(
            f"The references of “{there}” begin with {wanted.reference_prefix} already. Change its reference prefix "
            "in the admin, or that of the other before you export it: references in use stay as they are."
        )
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
            if row := model._default_manager.filter(uid__in=uids[first : first + _BATCH]).first():
                raise TransferRefused(
                    f"“{row}” is here already, in another roadmap, under a uid that the file uses too. "
                    "A thing is in one roadmap only: this file was not made by an export alone."
                )
