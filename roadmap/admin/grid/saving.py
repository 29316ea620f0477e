"""Saves what somebody changed in a grid: the rows that nothing is against. The others come back with the reason."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError

from roadmap.admin.grid.columns import NEW_COLUMN, Grid, grid_of
from roadmap.admin.grid.rows import GridRow, PostedRows
from roadmap.admin.views import name_of
from roadmap.content.things import ItemContent
from roadmap.models import Field, Roadmap, Save
from roadmap.publishing.audit_trail import recorded
from roadmap.templatetags.uk_dates import uk_datetime
from roadmap.working_copies.many_items import ItemEdit, ItemsEdited, edit_items

ACTION = "Edited as a table"


@dataclass
class SavedGrid:
    edited: ItemsEdited
    left: dict[str, GridRow] = field(default_factory=dict)  # not saved, by key, with the reason
    new_column: str = ""  # that was added


def check_new_column(roadmap: Roadmap, name: str) -> Field:
    """Raises ValidationError."""
    column = Field(roadmap=roadmap, name=name)
    column.full_clean(exclude=["key", "position", "roadmap"])
    if any(known.casefold() == column.name.casefold() for known in roadmap.fields.values_list("name", flat=True)):
        raise ValidationError("Another column of this roadmap has this name.")
    return column


def save_grid(roadmap: Roadmap, posted: PostedRows, new_column: str, *, by: Any, today: datetime.date) -> SavedGrid:
    """All in one transaction. Raises ValidationError where the new column cannot be made: then nothing is saved."""
    return recorded(roadmap, partial(_save, roadmap, posted, new_column, today), by=by, action=ACTION)


def _save(roadmap: Roadmap, posted: PostedRows, new_column: str, today: datetime.date) -> SavedGrid:
    touched = {key: posted.touched(key) for key in posted.typed}
    touched = {key: cells for key, cells in touched.items() if cells}
    typed = posted.typed
    if new_column:
        column = check_new_column(roadmap, new_column)
        column.save()
        name = f"field.{column.key}"
        touched, typed = ({key: _renamed(cells, name) for key, cells in rows.items()} for rows in (touched, typed))
    grid = grid_of(roadmap)
    known = {column.name for column in grid.columns}
    left: dict[str, GridRow] = {}
    for key, cells in touched.items():
        if lost := [text for name, text in cells.items() if name not in known]:
            said = ", ".join(f"“{text}”" for text in lost if text) or "nothing"
            told = f"Not saved: a column was deleted while you were editing. You had typed in it: {said}."
            left[key] = GridRow(key, typed=typed[key], told=told)
    edits, new = {}, {}
    for key, cells in touched.items():
        if key in left:
            continue
        if key.startswith("new"):
            try:
                new[key] = grid.change(
                    ItemContent(uid=str(uuid4()), reference="", title=""), {"title": "", **cells}, today
                )
            except ValidationError as error:
                left[key] = GridRow(key, typed=typed[key], errors=error.message_dict)
        else:
            edits[int(key)] = ItemEdit(
                partial(_change, grid, cells, today), partial(_is_as_seen, grid, posted, key, cells)
            )
    edited = edit_items(roadmap=roadmap, edits=edits, new=[*new.values()])
    for pk, refusal in edited.refused.items():
        left[str(pk)] = GridRow(str(pk), typed=touched[str(pk)], errors=refusal.message_dict)
    if edited.overtaken:
        _tell_who_saved(roadmap, edited, posted, touched, left)
    return SavedGrid(edited, left, column.name if new_column else "")


def _renamed(cells: Mapping[str, str], name: str) -> dict[str, str]:
    return {name if key == NEW_COLUMN else key: text for key, text in cells.items()}


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
