"""The rows of a grid as HTML. There are thousands of cells, on which a template would spend most of a second."""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString

from roadmap.admin.grid.columns import YES, Grid, GridColumn
from roadmap.admin.grid.rows import GridRow, cell_name

RELEASES = "releases-of-roadmap"  # the list of names that the cells of releases suggest


def rows_html(grid: Grid, rows: Iterable[GridRow], form_url: str, begins_in: str = "") -> SafeString:
    """`form_url` is the address of an item's own form, with PK in the place of its key; `begins_in` is the name of the
    cell that has the focus when the page opens.
    """
    columns = [(column, escape(column.label)) for column in grid.columns]
    return SafeString(
        "\n".join(_row(columns, row, form_url, begins_in) for row in rows)
    )  # each part is escaped as it is written


def _row(columns: list[tuple[GridColumn, str]], row: GridRow, form_url: str, begins_in: str) -> str:
    name = escape(row.reference or f"New item {int(row.key[3:]) + 1}")
    url = escape(form_url.replace("PK", row.key))
    head = f"<span>{name}</span>" if row.is_new else f'<a href="{url}" aria-label="{name}, its own form">{name}</a>'
    told = f'<p class="grid-told" id="told.{row.key}">{escape(row.told)}</p>' if row.told else ""
    state = " grid-row--refused" if row.told or row.errors else " grid-row--new" if row.is_new else ""
    cells = "".join(_cell(column, label, row, name, begins_in) for column, label in columns)
    return f'<tr class="grid-row{state}" id="row.{row.key}"><th scope="row">{head}{told}</th>{cells}</tr>'


def _cell(column: GridColumn, label: str, row: GridRow, row_name: str, begins_in: str) -> str:
    name, text, errors = cell_name(row.key, column.name), row.text(column.name), row.errors.get(column.name, ())
    saved = row.now.get(column.name, "")
    described, below = [], ""
    if errors:
        described, below = [f"error.{name}"], f'<p class="grid-error" id="error.{name}">{escape(" ".join(errors))}</p>'
    if row.is_overtaken and text != saved:
        words = escape(saved) if saved else "<i>nothing</i>"
        described.append(f"saved.{name}")
        below += f'<p class="grid-saved" id="saved.{name}">Saved now: {words}</p>'
    attributes = f'name="{name}" aria-label="{row_name}, {label}"'
    if described:
        attributes += f' aria-describedby="{" ".join(described)}"'
    if errors:
        attributes += ' aria-invalid="true"'
    if name == begins_in:
        attributes += " autofocus"
    is_changed = row.typed and text != saved and not row.is_new
    state = " grid-cell--changed" if is_changed else ""
    return f'<td class="grid-{column.kind}{state}" data-label="{label}">{_input(column, attributes, text)}{below}</td>'


def _input(column: GridColumn, attributes: str, text: str) -> str:
    if column.kind == "tick":
        return f'<input type="checkbox" {attributes} value="{YES}"{" checked" if text == YES else ""}>'
    if column.kind == "choice":
        offered = ("", *column.choices) if text in ("", *column.choices) else ("", *column.choices, text)
        choices = ((escape(choice), " selected" if choice == text else "") for choice in offered)
        options = "".join(f'<option value="{choice}"{chosen}>{choice}</option>' for choice, chosen in choices)
        return f"<select {attributes}>{options}</select>"
    suggestions = f' list="{RELEASES}"' if column.kind == "release" else ""
    return f'<input type="text" {attributes} value="{escape(text)}"{suggestions} autocomplete="off">'
