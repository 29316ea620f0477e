"""The lines of the file: one JSON object each, of the kind that its key "record" names. Each is kept in one model.

The columns of a record have the names of the model's, and what may stand in one is what the model's holds; those that
readers see come from the list of fields. A column that is added gets a default, so that older files stay readable, and
FORMAT_VERSION goes up, so that older software refuses what it would lose: for a field of the list, its `format_version`
is both. A test compares record and model.

A file is one header, then records in the order of ORDER, then the end, which has the number of lines before it and
the SHA-256 of their bytes.
"""

import datetime
import uuid
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Union

import msgspec
from django.core.exceptions import ValidationError
from django.db import models
from msgspec import Meta

from roadmap import models as tables
from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import ALL_FIELDS, FIELDS
from roadmap.models.fields import clean_row

FORMAT = "roadmap"
FORMAT_VERSION = max(4, *(field.format_version for field in ALL_FIELDS))
# By columns that are not of that list and came since version 1, what a file says that is older than they are.
_UNSAID = {"was_seen": False, "asks_second_person": False}

# What a row points at by its primary key, a record names by this column of it.
NAMED_BY = {"release": "uid", "api": "name", "field": "key"}

# What either kind of database can keep, and what is said more closely than its column says it.
_Digest = Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{64})?\Z")]
_Commit = Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")]  # by SHA-1, or by SHA-256
_NARROWER: dict[str, Any] = {
    "noun": Noun,
    "environment": Environment,
    "digest": _Digest,
    "first_commit": _Commit,
    "last_commit": _Commit,
}
# Of JSON what both give back as it was, so no fractions, and deeper than publishing writes it, which is 2.
_Plain: Any = bool | int | str | None
for _ in range(6):
    _Plain = bool | int | str | None | list[_Plain] | dict[str, _Plain]
_TYPES: dict[Any, Any] = {
    models.UUIDField: uuid.UUID,
    models.DateTimeField: Annotated[datetime.datetime, Meta(tz=True)],
    models.PositiveIntegerField: Annotated[int, Meta(ge=0, le=2_147_483_647)],
    models.BooleanField: bool,
    models.TextField: str,
    models.JSONField: _Plain,
}


class TransferRefused(Exception):
    """Nothing was written and nothing changed. The message is one line: where, what is wrong and what to do."""


class Flaw(TransferRefused):
    """A record cannot be part of a roadmap. Whoever knows where it stands says so in another."""


def in_one_line(text: object) -> str:
    """What somebody else wrote, as a message may show it."""
    one_line = " ".join(str(text).split())
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in one_line)


def quoted(text: object) -> str:
    shown = in_one_line(text)
    return f"“{shown[:80]}…”" if len(shown) > 80 else f"“{shown}”"


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line. Unknown keys are ignored, so that a newer format can still say that it is newer."""

    format: str
    format_version: Annotated[int, Meta(ge=1)]


class RecordPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row below that of a record, and what records have in common with those."""

    model: ClassVar[Any] = None  # in which it is kept
    columns: ClassVar[tuple[str, ...]] = ()  # the names that it shares with its model
    pointers: ClassVar[tuple[str, ...]] = ()  # and those of what it points at
    parts: ClassVar[Mapping[str, Any]] = {}  # kinds of its own parts, by the keys under which they are
    unique: ClassVar[tuple[tuple[str, ...], ...]] = ()  # columns in which no two say the same, together
    called: ClassVar[str] = ""  # in a message


class Record(RecordPart, frozen=True, kw_only=True, tag_field="record"):
    """Any line but the first."""


class PictureRecord(Record, frozen=True, kw_only=True, tag="picture"):
    """An uploaded picture that a line before it links to. In JSON its bytes are base64."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("name",),)
    called: ClassVar[str] = "picture"
    name: str
    content: bytes


class EndRecord(Record, frozen=True, kw_only=True, tag="end"):
    lines: int
    sha256: _Digest


def tag_of(record: Any) -> str:
    """Of a record or a kind of one: what its key "record" says."""
    return str(record.__struct_config__.tag)


def _kind(tag: str, model: Any, names: str, called: str = "", **parts: Any) -> Any:
    """A kind of record with these columns, and with those that the list of fields has; without a tag, of a part."""
    columns: list[Any] = [
        (name, _type_of(model, name), *([_UNSAID[name]] if name in _UNSAID else [])) for name in names.split()
    ]
    columns += [(key, tuple[part, ...]) for key, part in parts.items()]  # type: ignore[valid-type]
    for field in FIELDS[tables.NOUN_OF_MODEL[model]] if model in tables.NOUN_OF_MODEL else ():
        unsaid = field.shape.stored(field.shape.empty)  # by a file that is older than the field
        for name, value in zip(field.columns, unsaid, strict=bool(field.columns)):
            if name not in names.split():
                kind = _type_of(model, name)
                columns.append((name, kind, value) if field.format_version > 1 else (name, kind))
    named = [name for name, *_ in columns if name not in parts]
    unique: list[Any] = [(field.name,) for field in model._meta.fields if field.unique and not field.primary_key]
    unique += [rule.fields for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
    kept = {
        "model": model,
        "columns": tuple(name for name in named if not model._meta.get_field(name).is_relation),
        "pointers": tuple(name for name in named if model._meta.get_field(name).is_relation),
        "parts": parts,
        "unique": tuple(tuple(name for name in names if name in named) for names in unique),
        "called": called or str(model._meta.verbose_name),
    }
    bases, options = (Record if tag else RecordPart,), {"tag": tag or None, "frozen": True, "kw_only": True}
    made: Any = msgspec.defstruct
    return made(model.__name__, columns, bases=bases, namespace=kept, module=__name__, **options)


def _type_of(model: Any, name: str) -> Any:
    """What a record may say in the column of that name."""
    column = model._meta.get_field(name)
    if column.is_relation:
        found = _type_of(column.related_model, NAMED_BY[name])
    elif isinstance(column, models.CharField):
        found = _NARROWER.get(name, Annotated[str, Meta(max_length=column.max_length)])
    else:
        found = next(found for kind, found in _TYPES.items() if isinstance(column, kind))
    return found | None if column.null else found


# What is pointed at comes before what points at it; revisions stand with their edition.
_ITEM_PARTS = {
    "item_apis": _kind("", tables.ItemApi, "api version position"),
    "field_values": _kind("", tables.FieldValue, "field value"),
    "milestones": _kind("", tables.Milestone, "environment when is_deployed"),
}
# What staff edit, and what imports remember of it.
COPIES: tuple[Any, ...] = (
    _kind(
        "roadmap", tables.Roadmap, "uid slug title reference_prefix asks_reasons asks_second_person last_item_number"
    ),
    # An API that an item of the roadmap concerns. Items name it by its name: it may be there already.
    _kind("api", tables.Api, "name url"),
    _kind("field", tables.Field, "key name explanation position"),
    _kind("release", tables.Release, "uid"),
    _kind("page", tables.Page, "uid slug"),
    _kind("item", tables.Item, "uid reference release", **_ITEM_PARTS),
    _kind("changelog_entry", tables.ChangelogEntry, "uid"),
    # What the last import said of one thing, and how far a repository's history has come in.
    _kind("origin", tables.Origin, "noun uid content source imported_at"),
    _kind(
        "history_import",
        tables.HistoryImport,
        "first_commit folder last_commit edition_count imported_at",
        called="history of a repository",
    ),
)
EditionRecord = _kind("edition", tables.Edition, "uid number published_at was_seen note announcement")
# `content` is the text whose digest is `digest`, character for character; both are empty for a withdrawal.
ChangePart = _kind("", tables.Change, "field before after reason is_minor")
RevisionRecord = _kind("revision", tables.Revision, "noun uid title address content digest", changes=ChangePart)
ORDER: tuple[Any, ...] = (*COPIES, EditionRecord, PictureRecord, EndRecord)

# Keys within a change in one order: PostgreSQL keeps JSON in an order of its own, and SQLite as it was written.
_encoder = msgspec.json.Encoder(order="deterministic")
# Each reads a line, and raises msgspec.DecodeError, UnicodeDecodeError or RecursionError.
decoded_header = msgspec.json.Decoder(Header).decode
decoded: Callable[[bytes], Any] = msgspec.json.Decoder(Union[(*ORDER, RevisionRecord)]).decode


def encoded(record: Any) -> bytes:
    return _encoder.encode(record) + b"\n"


def row(record: Any, **pointed_at: Any) -> Any:
    """The record, or a part of one, as a row that is not saved yet."""
    return record.model(**{name: getattr(record, name) for name in record.columns}, **pointed_at)


def rows_of(record: Any) -> list[Any]:
    """The record, and then its parts."""
    return [record, *(part for key in record.parts for part in getattr(record, key))]


def check_columns(record: Any) -> None:
    """What the admin would ask of every column, so that nothing comes in that could not be shown. Raises Flaw."""
    try:
        for part in rows_of(record):
            clean_row(row(part))
    except ValidationError as error:
        raise Flaw(in_one_line(" ".join(error.messages))) from error
