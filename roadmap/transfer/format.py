"""The lines of the file: one JSON object each, of the kind that its key "record" names. No model is known here.

The columns of a record have the names of the model's. A column that is added to a model is added here, with a default
so that older files stay readable, and FORMAT_VERSION goes up so that older software refuses what it would lose. A test
compares the two.

A file is one header, then records in the order of ORDER, then the end, which has the number of lines before it and
the SHA-256 of their bytes.
"""

import datetime
import uuid
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from roadmap.content.choices import Environment, Noun

FORMAT = "roadmap"
FORMAT_VERSION = 1

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


class RoadmapRecord(Record, frozen=True, kw_only=True, tag="roadmap"):
    uid: uuid.UUID
    slug: str
    title: Name
    reference_prefix: str
    position: Count
    description: str
    contact_name: Name
    contact_email: str
    contact_subject: Name
    test_label: str
    controlled_go_live_label: str
    live_label: str
    footer: str
    asks_reasons: bool
    hides_date_history: bool
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


class ReleaseRecord(Record, frozen=True, kw_only=True, tag="release"):
    uid: uuid.UUID
    title: Name
    when: str
    horizon: str
    is_deployed: bool
    introduction: str
    position: Count


class PageRecord(Record, frozen=True, kw_only=True, tag="page"):
    uid: uuid.UUID
    title: Name
    slug: str
    body: str
    is_on_home: bool
    position: Count


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


class ItemRecord(Record, frozen=True, kw_only=True, tag="item"):
    uid: uuid.UUID
    reference: str
    title: Name
    description: str
    journey: str
    kind: str
    audiences: str
    is_breaking: bool | None
    release: uuid.UUID | None
    position: Count
    item_apis: tuple[ItemApiPart, ...]
    field_values: tuple[FieldValuePart, ...]
    milestones: tuple[MilestonePart, ...]


class ChangelogEntryRecord(Record, frozen=True, kw_only=True, tag="changelog_entry"):
    uid: uuid.UUID
    title: Name
    when: str
    body: str
    position: Count


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
