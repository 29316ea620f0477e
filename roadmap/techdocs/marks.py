"""Marks: HTML comments, each on a line of its own or at the start of a table's row, which hold one JSON object."""

import re
from typing import Annotated, Any

import msgspec

FORM = 1
"""Of the export as a whole, counted up when an older import could not read it."""

Count = Annotated[int, msgspec.Meta(ge=0, le=2_147_483_647)]
Uid = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]
Reference = Annotated[str, msgspec.Meta(max_length=30, pattern=r"\A[A-Z][A-Z0-9]*-[0-9]{1,9}\Z")]
Slug = Annotated[str, msgspec.Meta(max_length=80, pattern=r"\A[-a-zA-Z0-9_]+\Z")]

_LINE = re.compile(r"[ \t]*<!-- roadmap: (\{.*\}) -->[ \t]*")
_AT_START = re.compile(r"[ \t]*<!-- roadmap: (\{.*?\}) -->")
_LOOKS_LIKE_ONE = re.compile(r"<!--(?=[ \t]*roadmap:)", re.IGNORECASE)
# Neither the end of a comment nor of a cell may stand in a mark, nor anything that a tool might change.
_UNSAFE = re.compile(r"[^ -~]|[<>&|`]|--")


class NotAMark(Exception):
    """It looks like a mark, and is none that an export of this form has written."""


class Mark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="mark", tag=str.lower):
    """Immutable. `exact` holds what the text beside it does not show as it is."""


class Roadmap(Mark, frozen=True, kw_only=True):
    """Above the title of the home page. No other document is asked whether it is an export."""

    form: int
    uid: Uid
    prefix: Annotated[str, msgspec.Meta(pattern=r"\A[A-Z][A-Z0-9]*\Z", max_length=10)]
    last_item_number: Annotated[int, msgspec.Meta(ge=0, le=999_999_999)]
    test_label: Annotated[str, msgspec.Meta(max_length=50)]
    controlled_go_live_label: Annotated[str, msgspec.Meta(max_length=50)]
    live_label: Annotated[str, msgspec.Meta(max_length=50)]
    hides_date_history: bool = False
    exact: dict[str, str] | None = None


class Contact(Mark, frozen=True, kw_only=True):
    exact: dict[str, str] | None = None


class Footer(Mark, frozen=True, kw_only=True):
    exact: dict[str, str] | None = None
    closing: str = ""


class Field(Mark, frozen=True, kw_only=True):
    key: Slug
    exact: dict[str, str] | None = None
    closing: str = ""


class Page(Mark, frozen=True, kw_only=True):
    uid: Uid
    slug: Slug
    position: Count = 0
    exact: dict[str, str] | None = None
    closing: str = ""


class Release(Mark, frozen=True, kw_only=True):
    uid: Uid
    position: Count = 0
    exact: dict[str, Any] | None = None
    has_facts: bool | None = None
    closing: str = ""


class Entry(Mark, frozen=True, kw_only=True):
    uid: Uid
    position: Count = 0
    exact: dict[str, str] | None = None
    has_facts: bool | None = None
    closing: str = ""


class Table(Mark, frozen=True, kw_only=True):
    """Above a table of items. `columns` are what its columns are of, each with its heading as the export wrote it."""

    columns: tuple[tuple[str, str], ...]
    release: Uid | None = None


class Item(Mark, frozen=True, kw_only=True):
    """At the start of a row."""

    uid: Uid
    reference: Reference
    position: Count = 0
    is_below: bool = False
    """Its description stands below the table."""
    exact: dict[str, Any] | None = None


class Description(Mark, frozen=True, kw_only=True):
    """Above an item's heading and description, below its table."""

    uid: Uid
    exact: dict[str, str] | None = None
    closing: str = ""


class Made(Mark, frozen=True, kw_only=True):
    """Above headings and links that the export made, and that say nothing of the roadmap."""


class End(Mark, frozen=True, kw_only=True):
    """Below what a mark is above."""


AnyMark = Roadmap | Contact | Footer | Field | Page | Release | Entry | Table | Item | Description | Made | End

_decoder: msgspec.json.Decoder[AnyMark] = msgspec.json.Decoder(AnyMark)


def written(mark: Mark) -> str:
    text = msgspec.json.encode(mark, order="deterministic").decode()
    return f"<!-- roadmap: {_UNSAFE.sub(_escaped, text)} -->"


def on_line(line: str) -> AnyMark | None:
    """The mark that the line is. Raises NotAMark."""
    found = _LINE.fullmatch(line)
    return _read(found[1]) if found else None


def at_start(text: str) -> tuple[AnyMark | None, str]:
    """The mark at the start of a row, or None, and the text without it. Raises NotAMark."""
    found = _AT_START.match(text)
    return (_read(found[1]), text[found.end() :]) if found else (None, text)


def without_lookalikes(text: str) -> str:
    """A text in which nothing can be taken for a mark."""
    return _LOOKS_LIKE_ONE.sub("<!-- the", text)


def _read(text: str) -> AnyMark:
    if "\\u0000" in text:
        raise NotAMark("a null character is no text")
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise NotAMark(str(error)) from error


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
