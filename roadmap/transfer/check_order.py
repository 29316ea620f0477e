"""What must hold of a whole file, record after record. Export and import ask the same: what comes out goes in."""

import datetime
import posixpath
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from roadmap.content.choices import Noun
from roadmap.content.things import ItemContent, RoadmapContent
from roadmap.models import NOUN_OF_MODEL
from roadmap.transfer import pictures
from roadmap.transfer.check_editions import (
    REFERENCE,
    PublishedPlace,
    State,
    check_changes,
    content_of,
    has_null,
    place_of,
    read_content,
)
from roadmap.transfer.errors import Flaw, quoted
from roadmap.transfer.format import COPIES, ORDER, check_columns, tag_of

MAX_THINGS = 100_000  # of every kind together, withdrawn ones too: what is held in memory
MAX_EDITIONS = 100_000
FIRST_YEAR, LAST_YEAR = 1970, 9000  # of times: beyond, a time zone may lead out of the calendar


class Counted(NamedTuple):
    """How much there is in a file. As text: "7 editions, 12 items and 2 pictures"."""

    editions: int
    items: int
    pictures: int

    def __str__(self) -> str:
        editions, items, pictures = (
            f"{count:,} {name[:-1] if count == 1 else name}" for name, count in self._asdict().items()
        )
        return f"{editions}, {items} and {pictures}"


class Checker:
    """Takes every record in turn, and knows afterwards what there is."""

    def __init__(self) -> None:
        self.roadmap: Any = None  # its record
        self.apis: dict[str, str] = {}  # their addresses by name
        self.copies: dict[UUID, Noun] = {}  # every working copy
        self.things: dict[UUID, Noun] = {}  # those, and what was only published or imported
        self.editions: set[UUID] = set()
        self.linked: set[str] = set()  # names of pictures
        self.pictures: set[str] = set()
        self._unique: set[tuple[str, ...]] = set()
        self._origins: set[UUID] = set()
        self._rank = 0
        self._highest_number = 0  # of the references that begin with the roadmap's prefix
        self.size_of_pictures = 0
        self._published_at: datetime.datetime | None = None
        self._open: dict[UUID, PublishedPlace | None] | None = None  # the edition whose revisions come now
        self._state = State()

    @property
    def counted(self) -> Counted:
        items = sum(noun is Noun.ITEM for noun in self.copies.values())
        return Counted(len(self.editions), items, len(self.pictures))

    def take(self, record: Any, line: bytes) -> None:
        """`line` is the record as JSON. Raises Flaw."""
        tag = tag_of(record)
        self._check_place(record, tag)
        if has_null(line):
            raise Flaw("There is a null character in a text.")
        if tag != "picture":
            self.linked |= pictures.linked(line)
        if type(record) in COPIES:
            check_columns(record)
        if tag == "roadmap":
            self.roadmap = record
        if noun := NOUN_OF_MODEL.get(record.model):
            self._add_copy(record.uid, noun)
        take: Callable[[Any], None] | None = getattr(self, f"_take_{tag}", None)
        if take:
            take(record)

    def _check_place(self, record: Any, tag: str) -> None:
        if tag == "revision":
            if self._open is None:
                raise Flaw("This revision stands in no edition.")
            return
        if self._open is not None:
            self._close_edition(self._open)
        rank = ORDER.index(type(record))
        if rank < self._rank or (self.roadmap is None) != (tag == "roadmap"):
            raise Flaw("This line is not where it belongs.")
        self._rank = rank

    def _once(self, *name: str) -> None:
        if name in self._unique:
            which = f" {quoted(' '.join(name[1:]))}" if name[1:] else ""
            raise Flaw(f"The {name[0]}{which} is there twice.")
        self._unique.add(name)

    def _add_copy(self, uid: UUID, noun: Noun) -> None:
        if uid in self.copies:
            raise Flaw(f"The uid {uid} is used twice.")
        self.copies[uid] = noun
        self._add_thing(uid, noun)

    def _add_thing(self, uid: UUID, noun: Noun) -> None:
        if (known := self.things.setdefault(uid, noun)) is not noun:
            raise Flaw(f"{uid} is the uid of {known.value} and of {noun.value}.")
        if len(self.things) > MAX_THINGS:
            raise Flaw(f"There are more than {MAX_THINGS:,} things in this roadmap: too many to move.")
        if noun is Noun.ROADMAP and uid != self.roadmap.uid:
            raise Flaw("There is a second roadmap in it.")

    def _take_api(self, record: Any) -> None:
        self._once("API", record.name)
        self.apis[record.name] = record.url

    def _take_field(self, record: Any) -> None:
        self._once("field", record.key)
        self._once("field called", record.name)

    def _take_page(self, record: Any) -> None:
        self._once("page at", record.slug)

    def _take_item(self, record: Any) -> None:
        if not REFERENCE.fullmatch(record.reference):
            raise Flaw(f"{quoted(record.reference)} is not a reference such as VAT-12.")
        self._once("item", record.reference)
        self._count(record.reference)
        if record.release and self.copies.get(record.release) is not Noun.RELEASE:
            raise Flaw(f"{record.reference} is in a release that is not there.")
        for api in record.item_apis:
            if api.api not in self.apis:
                raise Flaw(f"{record.reference} concerns the API {quoted(api.api)}, which is not there.")
            self._once("API of an item", record.reference, api.api, api.version)
        for value in record.field_values:
            if ("field", value.field) not in self._unique:
                raise Flaw(f"{record.reference} fills in the field {quoted(value.field)}, which is not there.")
            self._once("value of an item", record.reference, value.field)
        for milestone in record.milestones:
            self._once("milestone of an item", record.reference, milestone.environment.value)
            if not milestone.when and not milestone.is_deployed:
                raise Flaw(f"{record.reference} has a milestone without a date that is not deployed either.")

    def _count(self, reference: str) -> None:
        prefix, _, number = reference.rpartition("-")
        if prefix == self.roadmap.reference_prefix:
            self._highest_number = max(self._highest_number, int(number))
        if self._highest_number > self.roadmap.last_item_number:
            raise Flaw(f"The roadmap counts fewer items than {quoted(reference)}: a new item would take its reference.")

    def _take_origin(self, record: Any) -> None:
        _check_time(record.imported_at)
        read_content(record.noun, record.content)
        if record.uid in self._origins:
            raise Flaw(f"Two origins are of {record.uid}.")
        self._origins.add(record.uid)
        self._add_thing(record.uid, record.noun)

    def _take_history_import(self, record: Any) -> None:
        _check_time(record.imported_at)
        self._once("history of a repository")
        if record.folder and (posixpath.normpath(record.folder) != record.folder or record.folder[0] in "/."):
            raise Flaw(f"{quoted(record.folder)} is no folder inside a repository.")

    def _take_edition(self, record: Any) -> None:
        _check_time(record.published_at)
        if record.number != len(self.editions) + 1:
            raise Flaw(f"This is edition {record.number}, and number {len(self.editions) + 1} should come here.")
        if len(self.editions) == MAX_EDITIONS:
            raise Flaw(f"There are more than {MAX_EDITIONS:,} editions: too many to move.")
        if record.uid in self.editions:
            raise Flaw(f"The uid {record.uid} is that of two editions.")
        if self._published_at and record.published_at < self._published_at:
            raise Flaw(f"Edition {record.number} is dated before the one before it.")
        self.editions.add(record.uid)
        self._published_at = record.published_at
        self._open = {}

    def _take_revision(self, record: Any) -> None:
        self._add_thing(record.uid, record.noun)
        content = content_of(record)
        if isinstance(content, RoadmapContent) and content.slug != self.roadmap.slug:
            raise Flaw("The roadmap was published at another address than it has.")
        if isinstance(content, ItemContent):
            self._count(content.reference)
        check_changes(record.noun, record.changes)
        if self._open is None or record.uid in self._open:
            raise Flaw(f"{quoted(record.title)} is in one edition twice.")
        self._open[record.uid] = place_of(content) if content else None

    def _close_edition(self, revisions: dict[UUID, PublishedPlace | None]) -> None:
        if not revisions:
            raise Flaw(f"Edition {len(self.editions)} has no revisions.")
        self._open = None
        try:
            self._state.publish(revisions)
        except Flaw as flaw:
            raise Flaw(f"Edition {len(self.editions)} is not whole. {flaw}") from flaw

    def _take_picture(self, record: Any) -> None:
        if record.name not in self.linked:
            raise Flaw(f"No text links to the picture {quoted(record.name)}.")
        self._once("picture", record.name)
        pictures.check(record.name, record.content)
        self.size_of_pictures += len(record.content)
        if self.size_of_pictures > pictures.MAX_TOTAL_SIZE:
            raise Flaw(f"The pictures have more than {pictures.MAX_TOTAL_SIZE:,} bytes together.")
        self.pictures.add(record.name)


def _check_time(at: datetime.datetime) -> None:
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise Flaw(f"The year {at.year} is not between {FIRST_YEAR} and {LAST_YEAR}.")
