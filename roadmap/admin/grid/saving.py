"""Saves what somebody changed in a grid: the rows that nothing is against. The others come back with the reason."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError

from roadmap.admin.grid.columns import Grid, grid_of
from roadmap.admin.grid.new_rows import AddedBefore, added_before, twins_among
from roadmap.admin.grid.rows import GridRow, PostedRows
from roadmap.admin.views import name_of
from roadmap.content.things import ItemContent
from roadmap.models import Field, Roadmap, Save
from roadmap.publishing.audit_trail import recorded
from roadmap.templatetags.uk_dates import uk_datetime
from roadmap.working_copies.many_items import ItemEdit, ItemsEdited, by_key, edit_items

ACTION = "Edited as a table"
TWICE = "To have it twice, save once more. If you do not want that, empty this row."


@dataclass
class SavedGrid:
    edited: ItemsEdited
    left: dict[str, GridRow] = field(default_factory=dict)  # not saved, by key, with the reason
    new_column: str = ""  # that was added
    again: list[str] = field(default_factory=list)  # references of what the same form has added before


def check_new_column(roadmap: Roadmap, name: str) -> Field:
    """Raises ValidationError."""
    column = Field(roadmap=roadmap, name=name)
    column.full_clean(exclude=["key", "position", "roadmap"])
    if _column_called(roadmap, column.name):
        raise ValidationError("Another column of this roadmap has this name.")
    return column


def _column_called(roadmap: Roadmap, name: str) -> Field | None:
    wanted = " ".join(name.split()).casefold()
    return next((column for column in roadmap.fields.all() if column.name.casefold() == wanted), None)


def save_grid(roadmap: Roadmap, posted: PostedRows, new_column: str, *, by: Any, today: datetime.date) -> SavedGrid:
    """All in one transaction. Raises ValidationError where the new column cannot be made: then nothing is saved."""
    return recorded(roadmap, partial(_save, roadmap, posted, new_column, today), by=by, action=ACTION)


def _save(roadmap: Roadmap, posted: PostedRows, new_column: str, today: datetime.date) -> SavedGrid:
    if new_column:
        there = _column_called(roadmap, new_column)
        if there and (again := _saved_before(roadmap, posted.with_column(there.key))) is not None:
            return SavedGrid(ItemsEdited(), again=again)
        column = check_new_column(roadmap, new_column)
        column.save()
        posted = posted.with_column(column.key)
    touched, typed = posted.all_touched, posted.typed
    grid = grid_of(roadmap)
    known = {column.name for column in grid.columns}
    left: dict[str, GridRow] = {}
    for key, cells in touched.items():
        if lost := [text for name, text in cells.items() if name not in known]:
            said = ", ".join(f"“{text}”" for text in lost if text) or "nothing"
            told = f"Not saved: a column was deleted while you were editing. You had typed in it: {said}."
            left[key] = GridRow(key, typed=typed[key], told=told)
    new = {key: cells for key, cells in touched.items() if key.startswith("new") and key not in left}
    added, again = _new_items(roadmap, grid, posted, new, left, typed, today) if new else ([], [])
    edits = {
        int(key): ItemEdit(partial(_change, grid, cells, today), partial(_is_as_seen, grid, posted, key, cells))
        for key, cells in touched.items()
        if not key.startswith("new") and key not in left
    }
    edited = edit_items(roadmap=roadmap, edits=edits, new=added)
    for pk, refusal in edited.refused.items():
        left[str(pk)] = GridRow(str(pk), typed=touched[str(pk)], errors=refusal.message_dict)
    if edited.overtaken:
        _tell_who_saved(roadmap, edited, posted, touched, left)
    return SavedGrid(edited, left, column.name if new_column else "", again)


def _new_items(
    roadmap: Roadmap,
    grid: Grid,
    posted: PostedRows,
    new: Mapping[str, Mapping[str, str]],
    left: dict[str, GridRow],
    typed: Mapping[str, Mapping[str, str]],
    today: datetime.date,
) -> tuple[list[ItemContent], list[str]]:
    """What is to be added, and the references of what was before. What is neither is put into `left`."""
    again, wanted = [], {}
    before = added_before(roadmap, {key: posted.uid_of_new(key) for key in new})
    for key, cells in new.items():
        if found := before.get(key):
            if found.says(grid, cells):
                again.append(found.reference)
            else:
                left[key] = GridRow(key, typed=typed[key], told=found.told)
            continue
        try:
            blank = ItemContent(uid=posted.uid_of_new(key), reference="", title="")
            wanted[key] = grid.change(blank, {"title": "", **cells}, today)
        except ValidationError as error:
            left[key] = GridRow(key, typed=typed[key], errors=error.message_dict)
    unasked = {key: content for key, content in wanted.items() if key not in posted.twins}
    for key, reference in twins_among(roadmap, grid, unasked).items():
        told = f"{reference} says all of this already, so this was not added. {TWICE}"
        left[key] = GridRow(key, typed=typed[key], told=told, is_twin=True)
    return [content for key, content in wanted.items() if key not in left], again


def _saved_before(roadmap: Roadmap, posted: PostedRows) -> list[str] | None:
    """The references of what was added then, where all that a form changes is so already: it has been sent before."""
    grid, touched = grid_of(roadmap), posted.all_touched
    there = by_key(roadmap, [int(key) for key in touched if not key.startswith("new")])
    before = added_before(roadmap, {key: posted.uid_of_new(key) for key in touched if key.startswith("new")})
    found = {**{str(pk): AddedBefore(content) for pk, content in there.items()}, **before}
    if not touched or not all(key in found and found[key].says(grid, cells) for key, cells in touched.items()):
        return None
    return [row.reference for row in before.values()]


def _change(grid: Grid, cells: Mapping[str, str], today: datetime.date, content: ItemContent) -> ItemContent:
    now = grid.texts(content)
    return grid.change(content, {name: text for name, text in cells.items() if now[name] != text}, today)


def _is_as_seen(grid: Grid, posted: PostedRows, key: str, cells: Mapping[str, str], content: ItemContent) -> bool:
    """Or says already what somebody wants of it."""
    now = grid.texts(content)
    return posted.is_as_seen(key, now) or all(now[name] == text for name, text in cells.items())


def _tell_who_saved(
    roadmap: Roadmap,
    edited: ItemsEdited,
    posted: PostedRows,
    touched: Mapping[str, Mapping[str, str]],
    left: dict[str, GridRow],
) -> None:
    since = datetime.datetime.fromtimestamp(posted.opened_at, datetime.UTC)
    last = _last_saves(roadmap, [content.uid for content in edited.overtaken.values()], since)
    for pk, content in edited.overtaken.items():
        save = last.get(content.uid)
        who = f"{name_of(save.saved_by)} saved this on {uk_datetime(save.saved_at)}" if save else "Somebody saved this"
        told = (
            f"{who}, after you opened the page. Yours is not saved: compare the two, change what you need to, and save "
            "again. What is in the table then replaces what was saved."
        )
        left[str(pk)] = GridRow(str(pk), typed=touched[str(pk)], told=told, is_overtaken=True)


def _last_saves(roadmap: Roadmap, uids: Iterable[str], since: datetime.datetime) -> dict[str, Save]:
    rows = Save.objects.filter(roadmap=roadmap, uid__in=[*uids], saved_at__gte=since, saved_by__isnull=False)
    return {str(save.uid): save for save in rows.select_related("saved_by").defer("content").order_by("saved_at", "pk")}
