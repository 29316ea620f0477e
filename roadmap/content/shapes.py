"""What kinds of value the fields of a Content have: how one is taken apart, put together, kept and said. Pure.

A shape knows no field by name. `told` names go into Changes, and so are for good; `parts` are what two people can each
have changed by themselves; `columns` are those of the working copy.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from msgspec import Struct, to_builtins

from roadmap.content import things
from roadmap.content.choices import Environment
from roadmap.content.things import in_words
from roadmap.dates.clock import uk_datetime


class Shape(Struct, frozen=True):
    """A value that stands for itself: a text on one line, unless a shape below says otherwise."""

    empty: Any = ""

    # As Changes keep it

    def told(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        """Plain JSON values by the names of Changes; None for nothing."""
        yield name, plain(value)

    # For merging

    def parts(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        """What each person can have changed by themselves; None for nothing."""
        yield name, None if value in ("", ()) else value

    def whole(self, name: str, said: Mapping[str, Any]) -> Any:
        """The value of which these are the parts."""
        value = said.get(name)
        return self.empty if value is None else value

    # As working copies keep it

    def columns(self, name: str) -> tuple[str, ...]:
        """Nothing where it is kept in rows of its own."""
        return () if isinstance(self, Elsewhere) else (name,)

    def read(self, *stored: Any) -> Any:
        """The value that these columns hold."""
        return stored[0]

    def stored(self, value: Any) -> tuple[Any, ...]:
        """What the columns hold for it."""
        return (value,)

    # For readers

    def words(self, value: Any) -> str:
        """On one line, as a page and a sentence have it; nothing for nothing."""
        return "" if value is None else str(value)

    def cell(self, value: Any) -> str:
        """As a cell of a table of plain text."""
        return self.words(value)

    def facets(self, value: Any) -> Iterable[str]:
        """The names by which a filter finds it."""
        return [self.words(value)] if value else []


class Title(Shape, frozen=True):
    """The text that names the thing: another is a rewording."""


class Prose(Shape, frozen=True):
    """Markdown. A sentence says that it was reworded, and does not quote it."""


class Place(Shape, frozen=True):
    """Where it stands among its like, counted from 0. Nothing that it says."""

    empty: Any = 0


class Flag(Shape, frozen=True):
    """Yes or no, with what is said when it becomes so, and when it is so no longer."""

    empty: Any = False
    now: str = ""
    no_longer: str = ""


class Answer(Shape, frozen=True):
    """Yes, no, or not known."""

    empty: Any = None
    yes: str = "Yes"  # as a page has it
    now_yes: str = ""
    now_no: str = ""  # was yes
    found_no: str = ""  # was not known
    no_longer_known: str = ""

    def words(self, value: Any) -> str:
        return "" if value is None else self.yes if value else "No"

    def cell(self, value: Any) -> str:
        return "" if value is None else "Yes" if value else "No"

    def facets(self, value: Any) -> Iterable[str]:
        return [YES_OR_NO[value]]


YES_OR_NO = {True: "yes", False: "no", None: "unknown"}  # in addresses


class Choice(Shape, frozen=True):
    """One of some words, or none."""

    empty: Any = None
    words_of: Any = None  # the enumeration
    labels: Mapping[Any, str] = {}

    def read(self, *stored: Any) -> Any:
        return self.words_of(stored[0]) if stored[0] else None

    def stored(self, value: Any) -> tuple[Any, ...]:
        return (value.value if value else "",)

    def words(self, value: Any) -> str:
        """Of one of the words, or of its name as Changes have it."""
        return self.labels[value] if value else ""

    def facets(self, value: Any) -> Iterable[str]:
        return [value.value] if isinstance(value, StrEnum) else []


class Names(Shape, frozen=True):
    """Some names, each once: kept in one column with commas between them."""

    empty: Any = ()

    def read(self, *stored: Any) -> Any:
        return names_in(stored[0])

    def stored(self, value: Any) -> tuple[Any, ...]:
        return (", ".join(value),)

    def words(self, value: Any) -> str:
        return in_words(value or ())

    def cell(self, value: Any) -> str:
        return "; ".join(value)

    def facets(self, value: Any) -> Iterable[str]:
        return [*value]


class Date(Shape, frozen=True):
    """An approximate date, as it was typed."""


class Elsewhere(Shape, frozen=True):
    """A value that no column of the working copy holds: it has rows of its own, or points at another's."""


class ReleaseLink(Elsewhere, frozen=True):
    """The uid of a release; told by its title."""


class Apis(Elsewhere, frozen=True):
    """APIs by their names and versions, in an order. Their addresses are told apart, so that a sentence stays short."""

    empty: Any = ()

    def told(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        yield name, [str(api) for api in value] or None
        # An address that changed under the same name is a change too.
        yield API_ADDRESSES, {api.name: api.url for api in value} or None

    def words(self, value: Any) -> str:
        return ", ".join(map(str, value or ()))

    def cell(self, value: Any) -> str:
        return "; ".join(map(str, value))

    def facets(self, value: Any) -> Iterable[str]:
        return [api.name for api in value]


API_ADDRESSES = "api_addresses"


class Rows(Elsewhere, frozen=True):
    """What readers see as several things: each is told, and merged, by itself, under a prefix and its own name."""

    empty: Any = ()
    prefix: str = ""

    def told(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        yield from ((part, self.told_row(row)) for part, row in self.parts(name, value))

    def parts(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        yield from ((f"{self.prefix}.{self.key(row)}", row) for row in value)

    def whole(self, name: str, said: Mapping[str, Any]) -> Any:
        prefix = f"{self.prefix}."
        return tuple(self.ordered([row for part, row in said.items() if part.startswith(prefix) and row is not None]))

    def key(self, row: Any) -> str:
        return str(row.key)

    def told_row(self, row: Any) -> Any:
        raise NotImplementedError

    def ordered(self, rows: list[Any]) -> list[Any]:
        return sorted(rows, key=self.key)


_ENVIRONMENTS = [*Environment]


class Milestones(Rows, frozen=True):
    """When it arrives in each environment, in the order of the environments."""

    prefix: str = "milestone"

    def key(self, row: things.MilestoneContent) -> str:
        return str(row.environment)

    def told_row(self, row: things.MilestoneContent) -> Any:
        return {name: value for name, value in to_builtins(row).items() if name != "environment"}

    def ordered(self, rows: list[Any]) -> list[Any]:
        return sorted(rows, key=lambda row: _ENVIRONMENTS.index(row.environment))


class OwnValues(Rows, frozen=True):
    """What an item says in the columns of its roadmap's own, by key as its working copy gives them."""

    prefix: str = "field"

    def told_row(self, row: things.FieldValueContent) -> Any:
        return row.value


class Columns(Rows, frozen=True):
    """The columns that a roadmap adds, in an order of its own: told together, and merged each by itself."""

    prefix: str = "column"

    def told(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        yield name, plain(value)

    def ordered(self, rows: list[Any]) -> list[Any]:
        return rows


class Group(Shape, frozen=True):
    """A value of several named texts: told together, and merged each by itself."""

    prefix: str = ""
    column_names: Mapping[str, str] = {}  # by the name within the value

    def parts(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        yield from ((f"{self.prefix}.{below}", getattr(value, below) or None) for below in self.column_names)

    def whole(self, name: str, said: Mapping[str, Any]) -> Any:
        return type(self.empty)(**{below: said.get(f"{self.prefix}.{below}") or "" for below in self.column_names})

    def columns(self, name: str) -> tuple[str, ...]:
        return tuple(self.column_names.values())

    def read(self, *stored: Any) -> Any:
        return type(self.empty)(**dict(zip(self.column_names, stored, strict=True)))

    def stored(self, value: Any) -> tuple[Any, ...]:
        return tuple(getattr(value, below) for below in self.column_names)


class Notice(Group, frozen=True):
    """What stands above every page between two times, or nothing."""

    empty: Any = None

    def told(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        yield name, plain(value)

    def parts(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        if value is not None:
            yield from super().parts(name, value)

    def whole(self, name: str, said: Mapping[str, Any]) -> Any:
        values = {below: said.get(f"{self.prefix}.{below}") or "" for below in self.column_names}
        is_whole = values["title"] and values["starts_at"] and values["ends_at"]
        return things.NoticeContent(**values) if is_whole else None

    def read(self, *stored: Any) -> Any:
        title, body, *times = stored
        if not title or None in times:
            return None
        starts_at, ends_at = (time.astimezone(UTC).isoformat(timespec="minutes") for time in times)
        return things.NoticeContent(title=title, body=body, starts_at=starts_at, ends_at=ends_at)

    def stored(self, value: Any) -> tuple[Any, ...]:
        return ("", "", None, None) if value is None else (value.title, value.body, *value.times)

    def words(self, value: Any) -> str:
        """Of a notice as Changes have it, on one line."""
        if not value:
            return ""
        times = (uk_datetime(datetime.fromisoformat(value[name])) for name in ("starts_at", "ends_at"))
        return f"{value['title']}, {' to '.join(times)}"


NOTICE = Notice(
    prefix="notice",
    column_names={
        "title": "notice_title",
        "body": "notice_body",
        "starts_at": "notice_starts_at",
        "ends_at": "notice_ends_at",
    },
)
CONTACT = Group(things.Contact(), "contact", {name: f"contact_{name}" for name in ("name", "email", "subject")})
_NO_LABELS = things.EnvironmentLabels(test="", controlled_go_live="", live="")
LABELS = Group(_NO_LABELS, "labels", {environment.value: f"{environment.value}_label" for environment in Environment})


def plain(value: Any) -> Any:
    """A value as plain JSON, as a Change keeps it; None for an empty text."""
    found = to_builtins(value)
    return None if found == "" else found


@lru_cache(maxsize=1024)
def names_in(typed: str) -> tuple[str, ...]:
    """The names between the commas, each once, however it is written the second time."""
    names = {name.casefold(): name for name in reversed([part.strip() for part in typed.split(",")]) if name}
    return tuple(reversed(names.values()))
