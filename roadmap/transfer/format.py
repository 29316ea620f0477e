"""The lines of the file: one JSON object each, of the kind that its key "record" names. No model is known here.

The columns of a record have the names of the model's; those that readers see come from the list of fields. A column
that is added gets a default, so that older files stay readable, and FORMAT_VERSION goes up, so that older software
refuses what it would lose: for a field of the list, its `format_version` is both. A test compares record and model.

A file is one header, then records in the order of ORDER, then the end, which has the number of lines before it and
the SHA-256 of their bytes.
"""

import datetime
import uuid
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import FIELDS
from roadmap.content.shapes import Place, Title

FORMAT = "roadmap"
FORMAT_VERSION = max(field.format_version for of_noun in FIELDS.values() for field in of_noun)

# What either kind of database can keep: PostgreSQL's integer, and the lengths of the columns.
Count = Annotated[int, Meta(ge=0, le=2_147_483_647)]
Name = Annotated[str, Meta(max_length=200)]
Line = Annotated[str, Meta(max_length=500)]
Moment = Annotated[datetime.datetime, Meta(tz=True)]
Digest = Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{64})?\Z")]
CommitName = Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")]  # by SHA-1, or by SHA-256


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line. Unknown keys are ignored, so that a newer format can still say that it is newer."""

    format: str
    format_version: Annotated[int, Meta(ge=1)]


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", forbid_unknown_fields=True):
    """Any line but the first."""


AnyRecord = TypeVar("AnyRecord", bound=Record)


def _with_columns(noun: Noun) -> Callable[[type[AnyRecord]], type[AnyRecord]]:
    """Adds to a record what the list of fields says that the working copy has in columns of its own."""

    def add(cls: type[AnyRecord]) -> type[AnyRecord]:
        columns: list[Any] = []
        for field in FIELDS[noun]:
            types = {Title: Name, Place: Count}
            kind = types.get(type(field.shape), field.shape.column)
            unsaid = field.shape.stored(field.shape.empty)  # by a file that is older than the field
            for name, value in zip(field.columns, unsaid, strict=bool(field.columns)):
                if name not in cls.__struct_fields__:
                    columns.append((name, kind, value) if field.format_version > 1 else (name, kind))
        tag = cls.__struct_config__.tag
        made: Any = msgspec.defstruct(
            cls.__name__, columns, bases=(cls,), module=__name__, frozen=True, kw_only=True, tag=tag
        )
        return made

    return add


@_with_columns(Noun.ROADMAP)
class RoadmapRecord(Record, frozen=True, kw_only=True, tag="roadmap"):
    uid: uuid.UUID
    slug: str
    title: Name
    reference_prefix: str
    asks_reasons: bool
    last_item_number: Count


class ApiRecord(Record, frozen=True, kw_only=True, tag="api"):
    """An API that an item of the roadmap concerns. Items name it by its name: it may be there already."""

    name: Name
    url: str


class FieldRecord(Record, frozen=True, kw_only=True, tag="field"):
    key: str
    name: Name
    explanation: str
    position: Count


@_with_columns(Noun.RELEASE)
class ReleaseRecord(Record, frozen=True, kw_only=True, tag="release"):
    uid: uuid.UUID


@_with_columns(Noun.PAGE)
class PageRecord(Record, frozen=True, kw_only=True, tag="page"):
    uid: uuid.UUID
    slug: str


class ItemApiPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    api: Name
    version: str
    position: Count


class FieldValuePart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    field: str
    value: str


class MilestonePart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    environment: Environment
    when: str
    is_deployed: bool


@_with_columns(Noun.ITEM)
class ItemRecord(Record, frozen=True, kw_only=True, tag="item"):
    uid: uuid.UUID
    reference: str
    release: uuid.UUID | None
    item_apis: tuple[ItemApiPart, ...]
    field_values: tuple[FieldValuePart, ...]
    milestones: tuple[MilestonePart, ...]


@_with_columns(Noun.CHANGELOG_ENTRY)
class ChangelogEntryRecord(Record, frozen=True, kw_only=True, tag="changelog_entry"):
    uid: uuid.UUID


class OriginRecord(Record, frozen=True, kw_only=True, tag="origin"):
    """What the last import said of one thing, so that the next one goes on from there."""

    noun: Noun
    uid: uuid.UUID
    content: str
    source: Line
    imported_at: Moment


class HistoryImportRecord(Record, frozen=True, kw_only=True, tag="history_import"):
    """How far the history of a git repository has come in, so that it can go on from there."""

    first_commit: CommitName
    folder: Annotated[str, Meta(max_length=400)]
    last_commit: CommitName
    edition_count: Count
    imported_at: Moment


class EditionRecord(Record, frozen=True, kw_only=True, tag="edition"):
    """Its revisions are the lines after it."""

    uid: uuid.UUID
    number: Count
    published_at: Moment
    note: Line
    announcement: uuid.UUID | None


class ChangePart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    field: Annotated[str, Meta(max_length=100)]
    before: Any
    after: Any
    reason: Line
    is_minor: bool


class RevisionRecord(Record, frozen=True, kw_only=True, tag="revision"):
    """`content` is the text whose digest is `digest`, character for character; both are empty for a withdrawal."""

    noun: Noun
    uid: uuid.UUID
    title: Name
    address: Annotated[str, Meta(max_length=100)]
    content: str
    digest: Digest
    changes: tuple[ChangePart, ...]


class PictureRecord(Record, frozen=True, kw_only=True, tag="picture"):
    """An uploaded picture that a line before it links to. In JSON its bytes are base64."""

    name: str
    content: bytes


class EndRecord(Record, frozen=True, kw_only=True, tag="end"):
    lines: int
    sha256: Digest


Kept = (
    RoadmapRecord
    | ApiRecord
    | FieldRecord
    | ReleaseRecord
    | PageRecord
    | ItemRecord
    | ChangelogEntryRecord
    | OriginRecord
    | HistoryImportRecord
    | EditionRecord
    | RevisionRecord
    | PictureRecord
)

# What is pointed at comes before what points at it; revisions stand with their edition.
ORDER: tuple[type[Record], ...] = (
    RoadmapRecord,
    ApiRecord,
    FieldRecord,
    ReleaseRecord,
    PageRecord,
    ItemRecord,
    ChangelogEntryRecord,
    OriginRecord,
    HistoryImportRecord,
    EditionRecord,
    PictureRecord,
    EndRecord,
)

# Keys within a change in one order: PostgreSQL keeps JSON in an order of its own, and SQLite as it was written.
_encoder = msgspec.json.Encoder(order="deterministic")
_header = msgspec.json.Decoder(Header)
_record = msgspec.json.Decoder(Kept | EndRecord)


def encoded(record: Record | Header) -> bytes:
    return _encoder.encode(record) + b"\n"


def decoded_header(line: bytes) -> Header:
    """Raises msgspec.DecodeError, UnicodeDecodeError, RecursionError."""
    return _header.decode(line)


def decoded(line: bytes) -> Kept | EndRecord:
    """Raises msgspec.DecodeError, UnicodeDecodeError, RecursionError."""
    return _record.decode(line)
