"""Writes one roadmap as lines: see `records`. Every line is checked as an import will, so that what comes out goes in.

Memory does not grow with the number of editions: revisions are read from the database as they are written. Under the
roadmap's lock, or an edition published meanwhile would be half in it.
"""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from roadmap import models
from roadmap.content.choices import Environment, Noun
from roadmap.models import published
from roadmap.models.import_origin import HistoryImport, Origin
from roadmap.transfer import pictures
from roadmap.transfer.check_order import Checker, Counted
from roadmap.transfer.errors import Flaw, MoveRefused
from roadmap.transfer.format import (
    FORMAT,
    FORMAT_VERSION,
    ApiRecord,
    ChangelogEntryRecord,
    ChangePart,
    EditionRecord,
    EndRecord,
    FieldRecord,
    FieldValuePart,
    Header,
    HistoryImportRecord,
    ItemApiPart,
    ItemRecord,
    Kept,
    MilestonePart,
    OriginRecord,
    PageRecord,
    PictureRecord,
    Record,
    ReleaseRecord,
    RevisionRecord,
    RoadmapRecord,
    encoded,
)
from roadmap.transfer.read_file import MAX_LINE
from roadmap.transfer.working_copies import columns

CHUNK = 100  # rows from the database at a time: each may hold a text three times over


@dataclass(frozen=True)
class Written:
    """What the file holds."""

    title: str
    counted: Counted
    left_out: tuple[str, ...]
    """Names of pictures that texts link to and the file does not hold: they are not here, or too large."""


def write_out(slug: str, write: Callable[[bytes], object]) -> Written:
    """Gives every line of the roadmap's file to `write`. The same roadmap gives the same bytes.

    Raises MoveRefused, perhaps after some lines: there is no such roadmap, or something in it could not be read again.
    """
    with transaction.atomic():
        there = models.Roadmap.objects.filter(slug=slug).first()
        if there is None:
            raise MoveRefused(f"There is no roadmap at /{slug}/.")
        roadmap = models.Roadmap.objects.lock(there.pk)
        if published.Edition.objects.filter(roadmap=roadmap).exclude(roadmap_slug=slug).exists():
            raise MoveRefused(f"“{roadmap}” was published at another address than it has now. It cannot be moved.")
        lines = _Lines(write)
        for record in _copies(roadmap):
            lines.add(record)
        for record in _published(roadmap):
            lines.add(record)
        left_out = [name for name in sorted(lines.checker.linked) if not lines.add_picture(name)]
        lines.end()
    return Written(roadmap.title, lines.checker.counted, tuple(left_out))


class _Lines:
    def __init__(self, write: Callable[[bytes], object]):
        self._write = write
        self._digest = hashlib.sha256()
        self._number = 0
        self._size_of_pictures = 0
        self.checker = Checker()
        self._put(encoded(Header(format=FORMAT, format_version=FORMAT_VERSION)))

    def add(self, record: Kept | EndRecord) -> None:
        line = encoded(record)
        try:
            if len(line) > MAX_LINE:
                raise Flaw(f"It has more than {MAX_LINE:,} bytes.")
            self.checker.take(record, line)
        except Flaw as flaw:
            raise MoveRefused(f"This roadmap cannot be moved as it is. {_name_of(record)}: {flaw}") from flaw
        self._put(line)

    def add_picture(self, name: str) -> bool:
        """Whether it is there, and can be moved."""
        content = pictures.load(name)
        if content is None or self._size_of_pictures + len(content) > pictures.MAX_TOTAL_SIZE:
            return False
        try:
            pictures.check(name, content)
        except Flaw:
            return False
        self._size_of_pictures += len(content)
        self.add(PictureRecord(name=name, content=content))
        return True

    def end(self) -> None:
        self.add(EndRecord(lines=self._number, sha256=self._digest.hexdigest()))

    def _put(self, line: bytes) -> None:
        self._digest.update(line)
        self._number += 1
        self._write(line)


def _name_of(record: Record) -> str:
    """Where a person finds it: "item VAT-12"."""
    kind = str(type(record).__struct_config__.tag).replace("_", " ")
    names = (getattr(record, name, "") for name in ("reference", "title", "name", "number", "uid"))
    return f"{kind.capitalize()} {next((str(name) for name in names if name), '')}".strip()


# Working copies, in the order in which they were made: where two share a place, that is their order.


def _copies(roadmap: models.Roadmap) -> Iterator[Kept]:
    yield RoadmapRecord(**{name: getattr(roadmap, name) for name in columns(RoadmapRecord)})
    used = models.Api.objects.filter(item_apis__item__roadmap=roadmap).distinct().order_by()
    # By Python's order, since that of a database depends on its locale.
    for api in sorted(used.values("name", "url"), key=lambda one: one["name"]):
        yield ApiRecord(**api)
    for field in roadmap.fields.order_by("pk").values(*columns(FieldRecord)):
        yield FieldRecord(**field)
    for release in roadmap.releases.order_by("pk").values(*columns(ReleaseRecord)):
        yield ReleaseRecord(**release)
    for page in roadmap.pages.order_by("pk").values(*columns(PageRecord)):
        yield PageRecord(**page)
    yield from _items(roadmap)
    for entry in roadmap.changelog_entries.order_by("pk").values(*columns(ChangelogEntryRecord)):
        yield ChangelogEntryRecord(**entry)
    for origin in Origin.objects.filter(roadmap=roadmap).order_by("pk").values(*columns(OriginRecord)):
        origin |= {"noun": Noun(origin["noun"]), "imported_at": _utc(origin["imported_at"])}
        yield OriginRecord(**origin)
    for history in HistoryImport.objects.filter(roadmap=roadmap).values(*columns(HistoryImportRecord)):
        yield HistoryImportRecord(**history | {"imported_at": _utc(history["imported_at"])})


def _items(roadmap: models.Roadmap) -> Iterator[ItemRecord]:
    apis: dict[int, list[ItemApiPart]] = defaultdict(list)
    for item, name, version, position in _parts(models.ItemApi, roadmap, "api__name", "version", "position"):
        apis[item].append(ItemApiPart(api=name, version=version, position=position))
    values: dict[int, list[FieldValuePart]] = defaultdict(list)
    for item, key, value in _parts(models.FieldValue, roadmap, "field__key", "value"):
        values[item].append(FieldValuePart(field=key, value=value))
    milestones: dict[int, list[MilestonePart]] = defaultdict(list)
    for item, environment, when, is_deployed in _parts(models.Milestone, roadmap, "environment", "when", "is_deployed"):
        milestones[item].append(MilestonePart(environment=Environment(environment), when=when, is_deployed=is_deployed))
    for item in (
        models.Item.objects.filter(roadmap=roadmap).order_by("pk").values("pk", "release__uid", *columns(ItemRecord))
    ):
        pk, release = item.pop("pk"), item.pop("release__uid")
        yield ItemRecord(
            **item,
            release=release,
            item_apis=tuple(apis[pk]),
            field_values=tuple(values[pk]),
            milestones=tuple(milestones[pk]),
        )


def _parts(model: Any, roadmap: models.Roadmap, *names: str) -> Any:
    return model.objects.filter(item__roadmap=roadmap).order_by("pk").values_list("item_id", *names)


# What was published


def _published(roadmap: models.Roadmap) -> Iterator[EditionRecord | RevisionRecord]:
    revisions = _revisions(roadmap)
    ahead = next(revisions, None)
    for edition in published.Edition.objects.filter(roadmap=roadmap).order_by("number").values(*columns(EditionRecord)):
        yield EditionRecord(**edition | {"published_at": _utc(edition["published_at"])})
        while ahead is not None and ahead[0] == edition["uid"]:
            yield ahead[1]
            ahead = next(revisions, None)


def _revisions(roadmap: models.Roadmap) -> Iterator[tuple[UUID, RevisionRecord]]:
    """Each with the uid of its edition, once for every change in it, in one query."""
    rows = (
        published.Revision.objects.filter(edition__roadmap=roadmap)
        .order_by("edition__number", "pk", "changes__pk")
        .values_list(
            "pk",
            "edition__uid",
            "noun",
            "uid",
            "title",
            "address",
            "content",
            "digest",
            "changes__field",
            "changes__before",
            "changes__after",
            "changes__reason",
            "changes__is_minor",
        )
        .iterator(chunk_size=CHUNK)
    )
    for (_, edition, noun, uid, title, address, content, digest), changes in groupby(rows, key=lambda row: row[:8]):
        yield (
            edition,
            RevisionRecord(
                noun=Noun(noun),
                uid=uid,
                title=title,
                address=address,
                content=content,
                digest=digest,
                changes=tuple(
                    ChangePart(field=field, before=before, after=after, reason=reason, is_minor=is_minor)
                    for *_, field, before, after, reason, is_minor in changes
                    if field is not None
                ),
            ),
        )


def _utc(at: datetime.datetime) -> datetime.datetime:
    """In one zone, whatever the database answers in: the same moment gives the same text."""
    return at.astimezone(datetime.UTC)
