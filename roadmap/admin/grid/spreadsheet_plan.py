"""What an uploaded spreadsheet would change: each item merged three ways, as an import is, field by field.

The base is what was downloaded, theirs the file, ours the working copy now. What only the file changed is taken; what
others have changed too stays as they have it, unless whoever uploads says otherwise.
See docs/decisions/0029-a-grid-posts-texts-and-marks.md.
"""

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast
from uuid import UUID, uuid5

import msgspec
from django.core import signing
from django.core.exceptions import ValidationError
from msgspec.structs import replace

from roadmap.admin.grid.columns import Grid, grid_of
from roadmap.admin.grid.new_rows import AddedBefore, told_again, twins_among
from roadmap.admin.grid.spreadsheet import FileRefused, FileRow, ReadFile, missing
from roadmap.content.choices import Noun
from roadmap.content.merge import combine, differing
from roadmap.content.things import ItemContent, from_json, to_json
from roadmap.models import Roadmap
from roadmap.publishing.audit_trail import recorded
from roadmap.publishing.pending import digest_of
from roadmap.working_copies.many_items import ItemEdit, ItemsEdited, by_key, edit_items

_SALT = "roadmap.admin.grid.spreadsheet_plan"
MOST_LISTED = 5
MOST_OF_PLAN = 5_000_000  # characters: what the page posts back


class CellDifference(msgspec.Struct, frozen=True):
    label: str
    before: str
    after: str


class PartClash(msgspec.Struct, frozen=True):
    """What both the file and others have changed, in different ways."""

    name: str  # as merges name the part
    label: str
    downloaded: str
    saved: str
    in_file: str


class FileChange(msgspec.Struct, frozen=True):
    """Immutable: what one row of a file says otherwise than the download did. It waits in the page of the plan."""

    number: int
    base: str  # the item as it was downloaded, as JSON; empty for a new one
    cells: dict[str, str]
    uid: str = ""  # of a new one: so what is uploaded or applied twice adds it once


@dataclass
class PlannedRow:
    change: FileChange
    pk: int | None  # None for a new item
    reference: str
    title: str
    becomes: ItemContent | None = None
    differences: list[CellDifference] = field(default_factory=list)
    clashes: list[PartClash] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seen: str = ""  # the digest of the item as it is now

    @property
    def key(self) -> str:
        return str(self.pk) if self.pk else f"new{self.change.number}"


@dataclass
class FilePlan:
    roadmap: Roadmap
    name: str  # of the file
    rows: list[PlannedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)  # references of what the same file has added before

    @property
    def to_apply(self) -> list[PlannedRow]:
        return [row for row in self.rows if not row.errors and (row.differences or row.clashes)]

    @property
    def refused(self) -> list[PlannedRow]:
        return [row for row in self.rows if row.errors]

    def signed(self) -> str:
        """Raises FileRefused."""
        rows = [msgspec.to_builtins(row.change) for row in self.to_apply]
        seen = {row.key: row.seen for row in self.to_apply}
        said = {"roadmap": self.roadmap.pk, "name": self.name, "rows": rows, "seen": seen}
        text = signing.dumps(said, salt=_SALT, compress=True)
        if len(text) > MOST_OF_PLAN:
            raise FileRefused(
                "This changes too much at once. Leave only some of the rows in the file, and upload it twice."
            )
        return text


def changes_in(read: ReadFile, roadmap: Roadmap, grid: Grid) -> tuple[list[FileChange], list[PlannedRow], list[str]]:
    """What to plan, the rows that are refused as they stand, and notes. Raises FileRefused."""
    if read.base.roadmap_uid != str(roadmap.uid):
        raise FileRefused(
            f"This file was downloaded from {read.base.roadmap_title}, not from {roadmap}. Upload it there."
        )
    known = {column.name for column in grid.columns}
    changes, refused, unknown, seen = [], [], [], set[str]()
    titles: Counter[str] = Counter()  # of new ones: a row has another number in the file that it is uploaded with again
    for row in read.rows:
        base = read.base.rows.get(row.reference.casefold())
        if row.reference and base is None:
            unknown.append(row)
            continue
        texts = base.texts if base else {}
        cells = {name: _settled(grid, name, text) for name, text in row.cells.items()}
        cells = {name: text for name, text in cells.items() if text != _settled(grid, name, texts.get(name, ""))}
        row.errors += [
            f"The column “{read.base.labels[name]}” has been deleted since." for name in cells if name not in known
        ]
        if row.reference and row.reference.casefold() in seen:
            row.errors.append(f"{row.reference} has two rows in this file. Leave one of them out.")
        seen.add(row.reference.casefold())
        uid = ""
        if base is None:
            title = cells.get("title", "").casefold()
            titles[title] += 1
            uid = str(uuid5(UUID(read.base.download), f"{titles[title]} {title}"))
        change = FileChange(row.number, to_json(base.content) if base else "", cells, uid=uid)
        if row.errors:
            title = base.content.title if base else cells.get("title", "")
            refused.append(PlannedRow(change, None, row.reference, title, errors=row.errors))
        elif cells:
            changes.append(change)
    notes = [note for note in (_unknown(unknown), missing(read)) if note]
    return changes, refused, notes


def _unknown(rows: Sequence[FileRow]) -> str:
    if not rows:
        return ""
    listed = ", ".join(f"{row.reference} (row {row.number})" for row in rows[:MOST_LISTED])
    more = f" and {len(rows) - MOST_LISTED} more" if len(rows) > MOST_LISTED else ""
    return (
        f"Not in what was downloaded, and left out: {listed}{more}. A new item has no reference: it is given the next."
    )


def _settled(grid: Grid, name: str, text: str) -> str:
    column = grid.column(name)
    return column.settle(text) if column else text.strip()


def plan_changes(
    roadmap: Roadmap,
    changes: Sequence[FileChange],
    *,
    name: str,
    today: datetime.date,
    takes: Mapping[str, frozenset[str]] | None = None,
) -> FilePlan:
    """`takes` names, by row, the parts in which the file has the last word."""
    grid, plan = grid_of(roadmap), FilePlan(roadmap, name)
    bases = {change.number: _content(change.base) for change in changes}
    uids = [base.uid if (base := bases[change.number]) else change.uid for change in changes]
    keys = {str(uid): pk for uid, pk in roadmap.items.filter(uid__in=uids).values_list("uid", "pk")}
    there = by_key(roadmap, [*keys.values()])
    for change in changes:
        base = bases[change.number]
        if base is None and change.uid in keys:
            now = there[keys[change.uid]]
            if AddedBefore(now).says(grid, change.cells):
                plan.again.append(now.reference)
            else:
                error = (
                    f"This row was added from this file before: it is {now.reference} now, which says otherwise. To "
                    "change that, download the items again."
                )
                plan.rows.append(PlannedRow(change, None, "", change.cells.get("title", ""), errors=[error]))
        elif base is None:
            plan.rows.append(_new_row(grid, change, today))
        elif base.uid not in keys:
            error = "This item has been deleted since. Take its reference out of the file to add it as a new one."
            plan.rows.append(PlannedRow(change, None, base.reference, base.title, errors=[error]))
        else:
            pk = keys[base.uid]
            taken = (takes or {}).get(str(pk), frozenset())
            plan.rows.append(_merged(grid, change, base, pk, there[pk], today, taken))
    new = {row.key: row.becomes for row in plan.rows if row.pk is None and row.becomes}
    plan.notes += (
        f"“{new[key].title}” is a new item, and {reference} says all of the same already. Applied, it is there twice."
        for key, reference in twins_among(roadmap, grid, new).items()
    )
    if plan.again:
        plan.notes.append(told_again(plan.again, "this file"))
    return plan


def _content(text: str) -> ItemContent | None:
    return cast(ItemContent, from_json(Noun.ITEM, text)) if text else None


def _new_row(grid: Grid, change: FileChange, today: datetime.date) -> PlannedRow:
    row = PlannedRow(change, None, "", change.cells.get("title", ""))
    blank = ItemContent(uid=change.uid, reference="", title="")
    try:
        row.becomes = grid.change(blank, {"title": "", **change.cells}, today)
    except ValidationError as error:
        row.errors = _said(grid, error)
    else:
        row.differences = _differences(grid, blank, row.becomes)
    return row


def _merged(
    grid: Grid,
    change: FileChange,
    base: ItemContent,
    pk: int,
    now: ItemContent,
    today: datetime.date,
    takes: frozenset[str],
) -> PlannedRow:
    row = PlannedRow(change, pk, now.reference, now.title, seen=digest_of(to_json(now)))
    try:
        in_file = grid.change(base, {name: text for name, text in change.cells.items() if grid.column(name)}, today)
    except ValidationError as error:
        row.errors = _said(grid, error)
        return row
    combined = combine(base, in_file, now, from_source=takes)
    differ = differing(combined.content, now)
    # What it does not change keeps what a merge leaves out: the addresses of its APIs.
    row.becomes = combined.content if "apis" in differ else replace(combined.content, apis=now.apis)
    row.differences = _differences(grid, now, row.becomes)
    settled = combine(base, in_file, now).clashes
    row.clashes = [
        PartClash(
            clash.field,
            _part_label(grid, clash.field),
            *(_part(grid, clash.field, one) for one in (base, now, in_file)),
        )
        for clash in settled
    ]
    return row


def _said(grid: Grid, error: ValidationError) -> list[str]:
    labels = {column.name: column.label for column in grid.columns}
    return [f"{labels[name]}: {' '.join(found)}" for name, found in error.message_dict.items()]


def _differences(grid: Grid, before: ItemContent, after: ItemContent) -> list[CellDifference]:
    was, becomes = grid.texts(before), grid.texts(after)
    return [
        CellDifference(column.label, was[column.name], becomes[column.name])
        for column in grid.columns
        if was[column.name] != becomes[column.name]
    ]


def _part_label(grid: Grid, part: str) -> str:
    labels = [column.label for column in grid.columns if column.part == part]
    return labels[0] if labels else part


def _part(grid: Grid, part: str, content: ItemContent) -> str:
    texts = ((column, column.shown(content)) for column in grid.columns if column.part == part)
    return ", ".join(("deployed" if column.kind == "tick" else text) for column, text in texts if text)


# Applied


@dataclass
class WaitingPlan:
    """What the page of a plan posts back."""

    changes: list[FileChange]
    name: str
    seen: dict[str, str]


def waiting(text: str, roadmap: Roadmap) -> WaitingPlan | None:
    """None where it is not one that this site has shown for this roadmap."""
    try:
        said: Any = signing.loads(text, salt=_SALT)
        if said["roadmap"] != roadmap.pk:
            return None
        return WaitingPlan([msgspec.convert(row, FileChange) for row in said["rows"]], said["name"], said["seen"])
    except (signing.BadSignature, msgspec.ValidationError, KeyError):
        return None


def apply_plan(
    roadmap: Roadmap, came: WaitingPlan, takes: Mapping[str, frozenset[str]], *, by: Any, today: datetime.date
) -> tuple[FilePlan, ItemsEdited]:
    """Each item that is still as the page showed it. The others are left, as `overtaken`."""

    def apply() -> tuple[FilePlan, ItemsEdited]:
        plan = plan_changes(roadmap, came.changes, name=came.name, today=today, takes=takes)
        edits, new = {}, []
        for row in plan.to_apply:
            if row.becomes is None:
                continue
            if row.pk is None:
                new.append(row.becomes)
            else:
                edits[row.pk] = ItemEdit(
                    partial(_becomes, row.becomes), partial(_is_as_seen, came.seen.get(row.key, ""))
                )
        return plan, edit_items(roadmap=roadmap, edits=edits, new=new)

    return recorded(roadmap, apply, by=by, action=f"Uploaded a spreadsheet: {came.name}"[:200])


def _becomes(becomes: ItemContent, now: ItemContent) -> ItemContent:
    return becomes


def _is_as_seen(seen: str, now: ItemContent) -> bool:
    return digest_of(to_json(now)) == seen
