"""The rows of a form's inlines, as they were posted, set on the rows that there are now.

A form knows its rows by number and by primary key, as they were when it was opened. Since then somebody may have
added, removed or made anew what it has rows for: then Django would refuse the whole form, again and again. So each
posted row is set on the row it means: the one of its key, else the one that says the same of the thing (the milestone
in the same environment). Nothing that was typed is dropped, and nothing that others added is removed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import UniqueConstraint
from django.forms import CheckboxInput
from django.http import QueryDict

MAX_ROWS = 1000  # Django's own limit of one formset

PostedRow = dict[str, list[str]]  # as posted: values by the name of the field


@dataclass
class RowsSet:
    post: QueryDict
    # Rows, by prefix and primary key, that are there and that the form did not have: somebody added them.
    added_by_others: set[tuple[str, str]] = field(default_factory=set)


def set_on_present_rows(post: QueryDict, formsets: Iterable[Any]) -> RowsSet:
    """`formsets` are those of the form, unbound, with the rows as they are now."""
    found = RowsSet(post.copy())
    for formset in formsets:
        total = post.get(f"{formset.prefix}-TOTAL_FORMS", "0")
        if total.isdecimal() and int(total) <= MAX_ROWS:  # else Django says what is wrong with it
            _set_formset(found, formset, _typed_rows(post, formset.prefix, int(total)))
    return found


def key_names(formset: Any) -> list[str]:
    """The fields by which its model tells one row of a thing from another."""
    for constraint in formset.model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and formset.fk.name in constraint.fields:
            return [name for name in constraint.fields if name != formset.fk.name]
    return []


def is_blank(formset: Any, row: PostedRow) -> bool:
    """Whether nothing was typed into it beside what the row was offered for."""
    default = _posted(formset.empty_form)
    names = {name for name in (*row, *default) if name not in own_names(formset)} - {*key_names(formset)}
    return all(name not in row or _first(row, name) == _first(default, name) for name in names)


def _set_formset(found: RowsSet, formset: Any, typed: list[PostedRow]) -> None:
    pk, names = formset.model._meta.pk.name, key_names(formset)
    present = {str(form.instance.pk): _posted(form) for form in formset.initial_forms}
    placed: dict[str, PostedRow] = {_first(row, pk): row for row in typed if _first(row, pk) in present}
    new: list[PostedRow] = []
    for row in typed:
        if _first(row, pk) in present or (_first(row, pk) and "DELETE" in row):  # or both removed it
            continue
        same = next(
            (key for key, values in present.items() if key not in placed and names and _says(row, values, names)), None
        )
        if same is None:
            new.append({**row, pk: [""]})
        elif not is_blank(formset, row):
            placed[same] = {**row, pk: [same]}
    found.added_by_others |= {(formset.prefix, key) for key in present if key not in placed}
    rows = [placed.get(key, values) for key, values in present.items()]
    _write(found.post, formset.prefix, [*rows, *_in_the_order_offered(formset, new)], len(rows))


def _in_the_order_offered(formset: Any, new: list[PostedRow]) -> list[PostedRow]:
    """A formset that offers rows takes a row for untouched only in the place at which it offers it."""
    if formset.initial_extra is None:
        return new
    rows, rest = [], [*new]
    for offered in formset.initial_extra:
        wanted = {name: [str(value)] for name, value in offered.items()}
        row = next((typed for typed in rest if _says(typed, wanted, wanted)), None)
        if row is not None:
            rest.remove(row)
        rows.append(wanted if row is None else row)
    return rows + [row for row in rest if not is_blank(formset, row)]


def _typed_rows(post: QueryDict, prefix: str, total: int) -> list[PostedRow]:
    rows: list[PostedRow] = [{} for _ in range(total)]
    for key in post:
        number, _, name = key.removeprefix(f"{prefix}-").partition("-")
        if key.startswith(f"{prefix}-") and name and number.isdecimal() and int(number) < total:
            rows[int(number)][name] = post.getlist(key)
    return rows


def _write(post: QueryDict, prefix: str, rows: list[PostedRow], initial: int) -> None:
    for key in [*post]:
        if key.startswith(f"{prefix}-") and key.removeprefix(f"{prefix}-").partition("-")[0].isdecimal():
            del post[key]
    post[f"{prefix}-TOTAL_FORMS"], post[f"{prefix}-INITIAL_FORMS"] = str(len(rows)), str(initial)
    for number, row in enumerate(rows):
        for name, values in row.items():
            post.setlist(f"{prefix}-{number}-{name}", values)


def _posted(form: Any) -> PostedRow:
    """What a browser would post of an unbound form that nobody touched."""
    row: PostedRow = {}
    for bound in form:
        value = bound.field.prepare_value(bound.initial)
        if not isinstance(bound.field.widget, CheckboxInput):
            row[bound.name] = ["" if value is None else str(value)]
        elif value:
            row[bound.name] = ["on"]
    return row


def _says(row: PostedRow, other: PostedRow, names: Iterable[str]) -> bool:
    return all(_first(row, name) == _first(other, name) for name in names)


def _first(row: PostedRow, name: str) -> str:
    return (row.get(name) or [""])[-1].strip()


def own_names(formset: Any) -> set[str]:
    """The fields of a row that say which it is, and not what."""
    return {formset.model._meta.pk.name, formset.fk.name, "DELETE"}
