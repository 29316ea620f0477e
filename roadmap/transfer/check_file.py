"""What must hold of a whole file, record after record. Export and import ask the same: what comes out goes in."""

import datetime
import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from roadmap.content import things
from roadmap.content.changes import FieldChange, is_slip
from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE, field_told
from roadmap.content.meanings import digest
from roadmap.content.shapes import CONTACT, LABELS
from roadmap.content.things import joined
from roadmap.models import NOUN_OF_MODEL
from roadmap.transfer import pictures
from roadmap.transfer.format import COPIES, NAMED_BY, ORDER, Flaw, check_columns, quoted, rows_of, tag_of

MAX_THINGS = 100_000  # of every kind together, withdrawn ones too: what is held in memory
MAX_EDITIONS = 100_000
FIRST_YEAR, LAST_YEAR = 1970, 9000  # of times: beyond, a time zone may lead out of the calendar

_REFERENCE = re.compile(r"[A-Z][A-Z0-9]*-[0-9]{1,10}", re.ASCII)
_PAGE_ADDRESS = re.compile(r"[-\w]{1,80}", re.ASCII)
_WEB_ADDRESS = re.compile(r"(?:https?|ftps?)://", re.IGNORECASE)
_NULL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

# What an item does with what it points at.
_POINTING = {
    "release": "is in a release that is not there.",
    "api": "concerns the API {}, which is not there.",
    "field": "fills in the field {}, which is not there.",
}
# To tell a change to, when only whether it can be told matters.
_ANY_ROADMAP = things.RoadmapContent(uid="", slug="", title="", contact=CONTACT.empty, labels=LABELS.empty)


class Counted(NamedTuple):
    """How much there is in a file. As text: "7 editions, 12 items and 2 pictures"."""

    editions: int
    items: int
    pictures: int

    def __str__(self) -> str:
        return joined([f"{n:,} {name[:-1] if n == 1 else name}" for name, n in self._asdict().items()])


class PublishedPlace(NamedTuple):
    """All that is held in memory of what is published: a roadmap's texts may be long."""

    noun: Noun
    address: str
    release_uid: str


class Checker:
    """Takes every record in turn, and knows afterwards what there is."""

    def __init__(self) -> None:
        self.roadmap: Any = None  # its record
        self.apis: dict[str, str] = {}  # their addresses by name
        self.things: dict[UUID, Noun] = {}  # every working copy, and what was only published or imported
        # By its tag and the names of columns in which no two records say the same: what they say.
        self.once: defaultdict[tuple[str, ...], set[tuple[Any, ...]]] = defaultdict(set)
        self.linked: set[str] = set()  # names of pictures
        self.size_of_pictures = 0
        self._rank = 0
        self._published_at: datetime.datetime | None = None
        self._was_seen = True
        self._open: dict[str, PublishedPlace | None] | None = None  # the edition whose revisions come now, by uid
        # What readers have after the editions so far, by uid as Contents have it.
        self._there: dict[str, PublishedPlace] = {}
        self._at: Counter[tuple[Noun, str]] = Counter()
        self._items_in: Counter[str] = Counter()  # by the uid of their release

    @property
    def counted(self) -> Counted:
        kinds = ("edition", "number"), ("item", "reference"), ("picture", "name")
        return Counted(*(len(self.once[kind]) for kind in kinds))

    def take(self, record: Any, line: bytes) -> None:
        """`line` is the record as JSON. Raises Flaw."""
        tag = tag_of(record)
        self._check_place(record, tag)
        if _has_null(line):
            raise Flaw("There is a null character in a text.")
        if tag != "picture":
            self.linked |= pictures.linked(line)
        if type(record) in COPIES:
            check_columns(record)
        if tag == "roadmap":
            self.roadmap = record
        for at in (getattr(record, name) for name in record.columns):
            if isinstance(at, datetime.datetime) and not FIRST_YEAR <= at.year <= LAST_YEAR:
                raise Flaw(f"The year {at.year} is not between {FIRST_YEAR} and {LAST_YEAR}.")
        if noun := NOUN_OF_MODEL.get(record.model) or getattr(record, "noun", None):
            self._add_thing(record.uid, noun)
        getattr(self, f"_take_{tag}", lambda _: None)(record)

    def _check_place(self, record: Any, tag: str) -> None:
        if tag == "revision":
            if self._open is None:
                raise Flaw("This revision stands in no edition.")
            return
        if self._open is not None:
            revisions, self._open = self._open, None
            if fault := next(self._faults_of_edition(revisions), ""):
                raise Flaw(f"Edition {self.counted.editions} {fault}")
        rank = ORDER.index(type(record))
        if rank < self._rank or (self.roadmap is None) != (tag == "roadmap"):
            raise Flaw("This line is not where it belongs.")
        self._rank = rank
        _check_once(record, self.once)

    def _add_thing(self, uid: UUID, noun: Noun) -> None:
        if (known := self.things.setdefault(uid, noun)) is not noun:
            raise Flaw(f"{uid} is the uid of {known.value} and of {noun.value}.")
        if len(self.things) > MAX_THINGS:
            raise Flaw(f"There are more than {MAX_THINGS:,} things in this roadmap: too many to move.")
        if noun is Noun.ROADMAP and uid != self.roadmap.uid:
            raise Flaw("There is a second roadmap in it.")

    def _take_api(self, record: Any) -> None:
        self.apis[record.name] = record.url

    def _take_item(self, record: Any) -> None:
        self._check_reference(record.reference)
        there: defaultdict[tuple[str, ...], set[tuple[Any, ...]]] = defaultdict(set)
        for row in rows_of(record):
            for name in row.pointers:
                value = getattr(row, name)
                if value is not None and (value,) not in self.once[name, NAMED_BY[name]]:
                    raise Flaw(f"{record.reference} {_POINTING[name].format(quoted(value))}")
            _check_once(row, there, f" of {record.reference}")
        if any(not milestone.when and not milestone.is_deployed for milestone in record.milestones):
            raise Flaw(f"{record.reference} has a milestone without a date that is not deployed either.")

    def _check_reference(self, reference: str) -> None:
        if not _REFERENCE.fullmatch(reference):
            raise Flaw(f"{quoted(reference)} is not a reference such as VAT-12.")
        prefix, _, number = reference.rpartition("-")
        if prefix == self.roadmap.reference_prefix and int(number) > self.roadmap.last_item_number:
            raise Flaw(f"The roadmap counts fewer items than {quoted(reference)}: a new item would take its reference.")

    def _take_origin(self, record: Any) -> None:
        _read_content(record)

    def _take_history_import(self, record: Any) -> None:
        if record.folder and (posixpath.normpath(record.folder) != record.folder or record.folder[0] in "/."):
            raise Flaw(f"{quoted(record.folder)} is no folder inside a repository.")

    def _take_edition(self, record: Any) -> None:
        number = self.counted.editions
        if record.number != number:
            raise Flaw(f"This is edition {record.number}, and number {number} should come here.")
        if number > MAX_EDITIONS:
            raise Flaw(f"There are more than {MAX_EDITIONS:,} editions: too many to move.")
        if self._published_at and record.published_at < self._published_at:
            raise Flaw(f"Edition {number} is dated before the one before it.")
        if record.was_seen and not self._was_seen:
            raise Flaw(f"Readers have seen edition {number}, and not the one before it.")
        self._published_at, self._was_seen = record.published_at, record.was_seen
        self._open = {}

    def _take_revision(self, record: Any) -> None:
        place = None
        if record.content:
            content = _published_content(record)
            if isinstance(content, things.RoadmapContent) and content.slug != self.roadmap.slug:
                raise Flaw("The roadmap was published at another address than it has.")
            if isinstance(content, things.ItemContent):
                self._check_reference(content.reference)
            place = PublishedPlace(record.noun, content.address, getattr(content, "release_uid", ""))
        elif record.digest or not record.title:
            raise Flaw("This withdrawal has a digest, or no title.")
        elif record.noun is Noun.ROADMAP:
            raise Flaw("This revision withdraws the roadmap itself, which cannot be.")
        _check_changes(record.noun, record.changes)
        if self._open is None or str(record.uid) in self._open:
            raise Flaw(f"{quoted(record.title)} is in one edition twice.")
        self._open[str(record.uid)] = place

    def _faults_of_edition(self, revisions: dict[str, PublishedPlace | None]) -> Iterator[str]:
        """What is wrong with what readers have after it: that it is whole, and no two things are at one address.

        Costs what changed, not what there is: a roadmap has hundreds of editions.
        """
        if not revisions:
            yield "has no revisions."
        for uid, new in revisions.items():
            for place, count in ((self._there.pop(uid, None), -1), (new, 1)):
                if place:
                    self._at[place.noun, place.address] += count
                    self._items_in[place.release_uid] += count
            if new:
                self._there[uid] = new
        for uid, new in revisions.items():
            if new is None and self._items_in[uid]:
                yield "is not whole. A release is withdrawn while items are in it."
            if new and new.address and self._at[new.noun, new.address] > 1:
                yield f"is not whole. Two things are published at {quoted(new.address)} at once."
            release = self._there.get(new.release_uid) if new else None
            if new and new.release_uid and (release is None or release.noun is not Noun.RELEASE):
                yield f"is not whole. {new.address} is published in a release that readers do not have."
        if str(self.roadmap.uid) not in self._there:
            yield "is not whole. The roadmap itself was not published before or with it."

    def _take_picture(self, record: Any) -> None:
        if record.name not in self.linked:
            raise Flaw(f"No text links to the picture {quoted(record.name)}.")
        pictures.check(record.name, record.content)
        self.size_of_pictures += len(record.content)
        if self.size_of_pictures > pictures.MAX_TOTAL_SIZE:
            raise Flaw(f"The pictures have more than {pictures.MAX_TOTAL_SIZE:,} bytes together.")


def _check_once(row: Any, there: defaultdict[tuple[str, ...], set[tuple[Any, ...]]], owner: str = "") -> None:
    """That what its table has once is there once: by its tag and the names of columns, `there` has what they say."""
    for names in row.unique:
        said = tuple(getattr(row, name) for name in names)
        if said in there[tag_of(row), *names]:
            which = f" {quoted(' '.join(map(str, said)))}" if said else ""
            raise Flaw(f"The {row.called}{which}{owner} is there twice.")
        there[tag_of(row), *names].add(said)


def _has_null(line: bytes) -> bool:
    """Whether a text of this JSON has a null character, which PostgreSQL cannot keep. Not where it is spelled out."""
    return b"\\u0000" in line and _NULL.search(line) is not None


def _read_content(record: Any) -> things.Content:
    try:
        return things.from_json(record.noun, record.content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Flaw(f"This is not the content of {record.noun.value.replace('_', ' ')}: {error}.") from error


def _published_content(record: Any) -> things.Content:
    """The Content of a revision, which is what its digest, title and address say. Raises Flaw."""
    content = _read_content(record)
    title, place = getattr(content, "title", ""), (content.uid, content.address)
    for is_flaw, what in (
        (_has_null(record.content.encode()), "has a null character in it"),
        (things.to_json(content) != record.content, "has something in it that is not known here"),
        (digest(content) != record.digest, "is not what its digest says"),
        (place != (str(record.uid), record.address), "has another uid or address than its revision"),
        (title != record.title or not title, "has another title than its revision, or none"),
    ):
        if is_flaw:
            raise Flaw(f"The content of {quoted(record.title)} {what}.")
    if isinstance(content, things.ItemContent):
        for api in content.apis:
            if api.url and not _WEB_ADDRESS.match(api.url):
                raise Flaw(f"{quoted(api.url)} is not a web address.")
    if isinstance(content, things.PageContent) and not _PAGE_ADDRESS.fullmatch(content.slug):
        raise Flaw(f"{quoted(content.slug)} cannot be the address of a page.")
    return content


def _check_changes(noun: Noun, changes: Iterable[Any]) -> None:
    """That each can be told to readers, and once. Raises Flaw."""
    seen = set()
    for change in changes:
        if change.field in seen:
            raise Flaw(f"The field {quoted(change.field)} changes twice in one revision.")
        seen.add(change.field)
        if change.field != EXISTENCE and field_told(noun, change.field) is None:
            raise Flaw(f"The change of {quoted(change.field)} is not one that is known here.")
        told = FieldChange(noun, change.field, change.before, change.after)
        try:
            told.sentence(_ANY_ROADMAP)
            told.sentence(_ANY_ROADMAP, tells_old_dates=False)
            is_slip(told)
            _ = told.act
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise Flaw(f"The change of {quoted(change.field)} cannot be told: it holds something else.") from error
