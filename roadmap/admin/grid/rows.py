"""The rows of a grid as a form has them, and what was posted of them.

A form carries a mark of each cell as it was when the page was opened, as every form carries one of all that it has
(docs/decisions/0006-a-form-carries-what-it-was-opened-with.md): so the server tells a cell that somebody changed
from one that they left as it was, whatever others have saved since. New rows are "new0", "new1" and so on. Which items
they will be is settled when the form is made, so that a form which is sent twice adds them once: see `new_rows`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from uuid import UUID, uuid4, uuid5

from django.http import QueryDict
from django.utils import timezone

from roadmap.admin.grid.columns import NEW_COLUMN, Grid
from roadmap.admin.views import is_uid

MARKS_FIELD = "_opened"  # as conflicts.MARK_FIELD: what the browser keeps of a form has it too
COLUMNS_FIELD = "columns"
ADDS_FIELD = "adds"  # of one form: what its new rows become is named after it
TWINS_FIELD = "twins"  # new rows that say what an item says already, and were said to
MOST_NEW = 100
WIDTH = 8  # of the mark of one cell
_MARKS = re.compile(rf"@(\d{{1,11}})((?: [1-9]\d{{0,17}}:(?:[0-9a-f]{{{WIDTH}}})+)*)", re.ASCII)


def mark_of(text: str) -> str:
    return blake2b(text.encode(), digest_size=WIDTH // 2).hexdigest()


def cell_name(key: str, column: str) -> str:
    """Of a field of the form. No hyphens: a script takes those for the number of an inline's row."""
    return f"{key}.{column}".replace("-", "~")


@dataclass
class GridRow:
    """One row as the page shows it."""

    key: str  # the item's primary key, or "new0"
    reference: str = ""
    now: Mapping[str, str] = field(default_factory=dict)  # as it is saved, by column
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    told: str = ""  # why the whole row was not saved
    is_overtaken: bool = False
    is_twin: bool = False  # new, and an item says all of it already

    @property
    def is_new(self) -> bool:
        return self.key.startswith("new")

    def text(self, column: str) -> str:
        return self.typed.get(column, self.now.get(column, ""))

    @property
    def changed(self) -> set[str]:
        return {name for name, text in self.typed.items() if text != self.now.get(name, "")}


@dataclass(frozen=True)
class PostedRows:
    """Immutable: what a form says of the rows that it has."""

    columns: tuple[str, ...]
    marks: Mapping[str, str]  # by key
    opened_at: int  # seconds since 1970
    typed: Mapping[str, Mapping[str, str]]  # by key, then by column
    adds: str  # a uid
    twins: frozenset[str]  # keys of new rows

    def uid_of_new(self, key: str) -> str:
        """Of the item that this new row becomes: the same, however often the form is sent."""
        return str(uuid5(UUID(self.adds), key))

    def with_column(self, key: str) -> "PostedRows":
        """The same, once the new column has a key."""
        name = f"field.{key}"

        def renamed(known: str) -> str:
            return name if known == NEW_COLUMN else known

        typed = {row: {renamed(known): text for known, text in cells.items()} for row, cells in self.typed.items()}
        return replace(self, columns=tuple(map(renamed, self.columns)), typed=typed)

    @property
    def all_touched(self) -> dict[str, dict[str, str]]:
        """By key, the cells of each row that somebody changed any of."""
        touched = {key: self.touched(key) for key in self.typed}
        return {key: cells for key, cells in touched.items() if cells}

    def touched(self, key: str) -> dict[str, str]:
        """The cells that somebody changed."""
        return self._unlike_marks(key, self.typed[key])

    def is_as_seen(self, key: str, now: Mapping[str, str]) -> bool:
        return not self._unlike_marks(key, now)

    def _unlike_marks(self, key: str, texts: Mapping[str, str]) -> dict[str, str]:
        marks = self.marks.get(key, "")
        pairs = ((name, marks[place * WIDTH : (place + 1) * WIDTH]) for place, name in enumerate(self.columns))
        return {
            name: texts[name] for name, mark in pairs if name in texts and mark_of(texts[name]) != (mark or mark_of(""))
        }


def marks_of(grid: Grid, rows: Iterable[GridRow], posted: PostedRows | None = None) -> str:
    """What a form carries. Rows that are new have no marks: nobody else can have changed them.

    Of a form that is shown again without a save, the cells that it had keep the marks that they came with.
    """
    names = [column.name for column in grid.columns]
    kept = posted.marks if posted else {}
    places = {name: place * WIDTH for place, name in enumerate(posted.columns)} if posted else {}
    written = []
    for row in rows:
        if row.is_new:
            continue
        came_with = kept.get(row.key, "")
        marks = (
            came_with[places[name] : places[name] + WIDTH]
            if came_with and name in places
            else mark_of(row.now.get(name, ""))
            for name in names
        )
        written.append(f" {row.key}:{''.join(marks)}")
    return f"@{posted.opened_at if posted else int(timezone.now().timestamp())}{''.join(written)}"


def posted_rows(post: QueryDict, grid: Grid) -> PostedRows | None:
    """None where it does not say how the rows were: not a form of ours, or cut short on its way."""
    opened = _MARKS.fullmatch(post.get(MARKS_FIELD, ""))
    names = tuple(post.get(COLUMNS_FIELD, "").split())
    if opened is None or not names:
        return None
    marks = dict(pair.split(":") for pair in opened[2].split())
    new = [key for key in map("new{}".format, range(MOST_NEW)) if cell_name(key, "title") in post]
    there = [key for key in marks if cell_name(key, "title") in post]
    typed = {}
    for key in [*there, *new]:
        row = {}
        for name in names:
            column, text = grid.column(name), post.get(cell_name(key, name), "")
            row[name] = column.settle(text) if column else text.strip()
        typed[key] = row
    adds = post.get(ADDS_FIELD, "")
    twins = frozenset(post.get(TWINS_FIELD, "").split())
    return PostedRows(names, marks, int(opened[1]), typed, adds if is_uid(adds) else str(uuid4()), twins)
