"""The page on which many items of one roadmap are edited as a table, and its one save."""

import datetime
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from roadmap.admin.editing.conflicts import KEY_FIELD, posted_key, tell_saved
from roadmap.admin.grid.cells_html import RELEASES, rows_html
from roadmap.admin.grid.columns import NEW_COLUMN, Grid, grid_of
from roadmap.admin.grid.listed import PAGE, Listed, listed
from roadmap.admin.grid.new_rows import told_again
from roadmap.admin.grid.paste import MOST_NAMED, REFERENCE, NotPasted, filled_in, pasted
from roadmap.admin.grid.rows import (
    ADDS_FIELD,
    COLUMNS_FIELD,
    MARKS_FIELD,
    MOST_NEW,
    TWINS_FIELD,
    GridRow,
    PostedRows,
    cell_name,
    marks_of,
    posted_rows,
)
from roadmap.admin.grid.saving import SavedGrid, check_new_column, save_grid
from roadmap.admin.item import STAGE_LABELS
from roadmap.admin.permissions import may_edit
from roadmap.admin.to_check import tell
from roadmap.admin.views import allowed_roadmap, next_step, page
from roadmap.content.things import counted
from roadmap.models import Roadmap
from roadmap.working_copies.many_items import by_key

BLANK_ROWS = 3
UNMARKED = (
    "This form does not say how the items were when you opened it, so nothing was saved. The table below is how "
    "they are now."
)


def today() -> datetime.date:
    """In London. A function of its own, so that a test can say which day it is."""
    return timezone.localdate()


def roadmap_of_grid(request: HttpRequest, pk: int) -> Roadmap:
    """Raises Http404, PermissionDenied."""
    roadmap = allowed_roadmap(request, pk, may_edit)
    if not request.user.has_perm("roadmap.change_item"):
        raise PermissionDenied
    return roadmap


@require_http_methods(["GET", "HEAD", "POST"])
def grid_view(request: HttpRequest, pk: int) -> HttpResponse:
    roadmap = roadmap_of_grid(request, pk)
    if request.method != "POST":
        return GridPage(request, roadmap).show()
    name = " ".join(request.POST.get("new_column", "").split())
    has_column = NEW_COLUMN in request.POST.get(COLUMNS_FIELD, "").split()
    shown = GridPage(request, roadmap, name or ("New column" if has_column else ""))
    shown.typed_name = name
    posted = posted_rows(request.POST, shown.grid)
    if posted is None:
        return GridPage(request, roadmap, error=UNMARKED).show(status=400)
    action = request.POST.get("action", "save")
    if action == "paste":
        return _fill_in(shown, posted)
    if action == "column" or (has_column and not name):
        return _show_column(shown, posted)
    return _save(shown, posted)


def _show_column(shown: "GridPage", posted: PostedRows) -> HttpResponse:
    """With a column that is added when the page is saved."""
    shown.show_typed(posted.typed)
    try:
        if not shown.typed_name:
            raise ValidationError("Nothing is saved. Give the column a name.")
        check_new_column(shown.roadmap, shown.typed_name)
    except ValidationError as error:
        shown.column_error = " ".join(error.messages)
        if NEW_COLUMN not in posted.columns:  # else there may be something in it
            shown.new_column, shown.grid = "", grid_of(shown.roadmap)
    else:
        shown.notice = f"“{shown.typed_name}” is the last column now. Fill it in, then save."
        if shown.rows:
            shown.begins_in = cell_name(shown.rows[0].key, NEW_COLUMN)
    return shown.show(posted)


def _fill_in(shown: "GridPage", posted: PostedRows) -> HttpResponse:
    """With what was pasted in its cells: to be looked at, and saved or not."""
    shown.show_typed(posted.typed)
    post = shown.request.POST
    where = {"begin_row": post.get("begin_row", "").strip(), "begin_column": post.get("begin_column", "")}
    try:
        found = pasted(post.get("pasted", ""), shown.grid, shown.rows, **where)
    except NotPasted as error:
        shown.paste_error = str(error)
        shown.kept_paste = {"pasted": post.get("pasted", ""), **where}
        return shown.show(posted)
    shown.show_typed(filled_in(posted.typed, found))
    changed = sum(len(row.changed & {*found.cells.get(row.key, {})}) for row in shown.rows)
    differ = "differs from what is saved, and is" if changed == 1 else "differ from what is saved, and are"
    shown.notice = (
        f"Filled in {found.told}: {counted(changed, 'cell')} {differ} marked. Nothing is saved yet: look through the "
        "table, then save it."
    )
    if found.left_out:
        more = f"; and {len(found.left_out) - MOST_NAMED} more" if len(found.left_out) > MOST_NAMED else ""
        shown.notice += f" Neither Yes nor No, and left out: {'; '.join(found.left_out[:MOST_NAMED])}{more}."
    return shown.show(posted)


def _save(shown: "GridPage", posted: PostedRows) -> HttpResponse:
    request, roadmap = shown.request, shown.roadmap
    if any(key.startswith("new") and posted.touched(key) for key in posted.typed) and not shown.may_add:
        raise PermissionDenied
    if shown.new_column and not shown.may_add_column:
        raise PermissionDenied
    try:
        saved = save_grid(roadmap, posted, shown.new_column, by=request.user, today=today())
    except ValidationError as error:
        shown.show_typed(posted.typed)
        shown.column_error = f"Nothing was saved. {' '.join(error.messages)}"
        return shown.show(posted)
    _tell(request, roadmap, saved)
    gone = [(shown.labels(posted.typed[str(pk)])) for pk in saved.edited.gone]
    if not saved.left and not gone:
        return tell_saved(request, HttpResponseRedirect(request.get_full_path()))
    left = GridPage(request, roadmap, left=saved.left)
    left.gone = gone
    return left.show(status=409 if saved.edited.overtaken or gone else 200)


def _tell(request: HttpRequest, roadmap: Roadmap, saved: SavedGrid) -> None:
    edited = saved.edited
    words = [f"Saved {counted(len(edited.changed), 'item')}."] if edited.changed else []
    words += [f"Added {counted(len(edited.added), 'item')}."] if edited.added else []
    words += [f"Added the column “{saved.new_column}”."] if saved.new_column else []
    if words:
        messages.success(request, format_html("{} {}", " ".join(words), next_step(request.user, roadmap)))
        if edited.uids:
            tell(request, roadmap, edited.uids, today())
    if saved.again:
        messages.info(request, told_again(saved.again, "this form"))
    elif not words and not saved.left and not edited.gone:
        messages.info(request, "Nothing was changed, so nothing was saved.")


class GridPage:
    """What one request's page shows."""

    def __init__(
        self,
        request: HttpRequest,
        roadmap: Roadmap,
        new_column: str = "",
        *,
        left: Mapping[str, GridRow] | None = None,
        error: str = "",
    ):
        self.request, self.roadmap, self.error = request, roadmap, error
        self.new_column = new_column
        self.typed_name = self.column_error = self.paste_error = self.notice = ""
        self.begins_in = ""  # the name of the cell to go on in
        self.kept_paste: dict[str, str] = {}
        self.gone: list[Any] = []
        self.may_add = request.user.has_perm("roadmap.add_item")
        self.may_add_column = request.user.has_perm("roadmap.add_field")
        self.grid: Grid = grid_of(roadmap, new_column)
        self.left = left or {}
        self.rows: list[GridRow] = []  # read once it is known that they are shown
        self.is_read = False

    @cached_property
    def listed(self) -> Listed:
        return listed(self.request, self.roadmap, len(self.grid.columns))

    def _read(self, typed: Mapping[str, Any]) -> None:
        """The rows as they are saved: those of the list, and those that were posted and are not in it any more."""
        self.is_read = True
        posted = (int(key) for key in typed if not key.startswith("new"))
        keys = [*dict.fromkeys([*self.listed.keys, *posted])]
        self.rows = [
            GridRow(str(pk), content.reference, self.grid.texts(content))
            for pk, content in by_key(self.roadmap, keys).items()
        ]
        for row in self.rows:
            if found := self.left.get(row.key):
                row.typed, row.errors, row.told = found.typed, found.errors, found.told
                row.is_overtaken = found.is_overtaken
        new = {key: row for key, row in typed.items() if key.startswith("new")}
        blank = [key for key in map("new{}".format, range(MOST_NEW)) if key not in new][:BLANK_ROWS]
        if self.may_add:
            keys_of_new = sorted([*new, *blank], key=lambda key: int(key[3:]))
            self.rows += [self.left.get(key) or GridRow(key) for key in keys_of_new]

    def show_typed(self, typed: Mapping[str, Mapping[str, str]]) -> None:
        kept = {key: cells for key, cells in typed.items() if not key.startswith("new") or any(cells.values())}
        self._read(kept)
        for row in self.rows:
            row.typed = typed.get(row.key, {})

    def labels(self, cells: Mapping[str, str]) -> list[tuple[str, str]]:
        columns = ((self.grid.column(name), text) for name, text in cells.items())
        return [(column.label, text) for column, text in columns if column and text]

    def show(self, posted: PostedRows | None = None, status: int = 200) -> HttpResponse:
        """`posted` where its marks go on: what was read then is still what was read."""
        if not self.is_read:
            self._read(self.left)
        form_url = reverse("admin:roadmap_item_change", args=["PK"])
        refused = [row for row in self.rows if row.told or row.errors]
        names = [column.name for column in self.grid.columns]
        context = {
            "title": f"Edit as a table: {self.roadmap}",
            "roadmap": self.roadmap,
            "grid": self.grid,
            "rows": rows_html(self.grid, self.rows, form_url, self.begins_in),
            "refused": refused,
            "listed": self.listed,
            "page_of": self,
            "mark_field": MARKS_FIELD,
            "marks": marks_of(self.grid, self.rows, posted),
            # What was not saved goes on as the same form, and what follows a save is another.
            "adds": (ADDS_FIELD, posted.adds if posted else uuid4()),
            "twins": (TWINS_FIELD, " ".join(row.key for row in self.rows if row.is_twin)),
            "columns_field": COLUMNS_FIELD,
            "column_names": " ".join(names),
            "key_field": KEY_FIELD,
            "typed_key": posted_key(self.request),
            "releases_id": RELEASES,
            "reference": REFERENCE,
            "first": next((row.reference for row in self.rows if not row.is_new), ""),
            **self._filters(),
        }
        return page(self.request, "grid/page", context, status=status)

    def _filters(self) -> dict[str, Any]:
        query = self.listed.query
        asked = {"q", "stage", "release__id__exact"}
        stage, release = query.get("stage", ""), query.get("release__id__exact", "")
        items = reverse("admin:roadmap_item_changelist")
        of_list = query.copy()
        of_list["roadmap__id__exact"] = str(self.roadmap.pk)
        return {
            "q": query.get("q", ""),
            "stages": [(key.value, label, key.value == stage) for key, label in STAGE_LABELS.items()],
            "releases": [(row.pk, str(row), str(row.pk) == release) for row in self.roadmap.releases.all()],
            "others": [(name, value) for name, values in query.lists() if name not in asked for value in values],
            "bare_url": self.request.path,
            "query": query.urlencode(),
            "page_name": PAGE,
            "page_numbers": range(1, self.listed.pages + 1),
            "list_url": f"{items}?{of_list.urlencode()}",
        }
