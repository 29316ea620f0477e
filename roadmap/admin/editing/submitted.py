"""What was posted with a form: the rows of its inlines set on the rows that there are now, and all of it said as text.

A form knows its rows by number and by primary key, as they were when it was opened. Since then somebody may have
added, removed or made anew what it has rows for: then Django would refuse the whole form, again and again. So each
posted row is set on the row it means: the one of its key, else the one that says the same of the thing (the milestone
in the same environment). Nothing that was typed is dropped, and nothing that others added is removed.

As text, it stands beside what is saved now, and on its own where that is gone.
"""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import UniqueConstraint
from django.http import QueryDict
from django.utils.text import capfirst

from roadmap.admin.editing.text_diff import Comparing, FieldDifference, difference
from roadmap.markdown import settled

MAX_ROWS = 1000  # Django's own limit of one formset
DELETED = "(ticked to be deleted)"
_NOT_TYPED = re.compile(r"^_|^csrf|__prefix__|-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$|-\d+-(id|item|DELETE)$")

PostedRow = dict[str, list[str]]  # as posted: values by the name of the field


def set_on_present_rows(post: QueryDict, formsets: Iterable[Any]) -> tuple[QueryDict, set[tuple[str, str]]]:
    """`formsets` are those of the form, unbound, with the rows as they are now.

    With them: the rows, by prefix and primary key, that are there and that the form did not have. Somebody added them.
    """
    post, added_by_others = post.copy(), set()
    for formset in formsets:
        typed = _typed_rows(post, formset)
        if typed is None:
            continue
        pk, prefix = formset.model._meta.pk.name, formset.prefix
        present = {str(form.instance.pk): _posted(form) for form in formset.initial_forms}
        placed, new = _placed(formset, typed, present, pk)
        added_by_others |= {(prefix, key) for key in present if key not in placed}
        rows = [placed.get(key, values) for key, values in present.items()] + _in_the_order_offered(formset, new)
        for name in [name for name in post if re.match(rf"{re.escape(prefix)}-\d+(-|$)", name)]:
            del post[name]
        post[f"{prefix}-TOTAL_FORMS"], post[f"{prefix}-INITIAL_FORMS"] = str(len(rows)), str(len(present))
        for number, row in enumerate(rows):
            for name, values in row.items():
                post.setlist(f"{prefix}-{number}-{name}", values)
    return post, added_by_others


def _typed_rows(post: QueryDict, formset: Any) -> list[PostedRow] | None:
    """None where Django says what is wrong with them."""
    total = post.get(f"{formset.prefix}-TOTAL_FORMS", "0")
    if not total.isdecimal() or int(total) > MAX_ROWS:
        return None
    rows: list[PostedRow] = [{} for _ in range(int(total))]
    for key in post:
        number, _, name = key.removeprefix(f"{formset.prefix}-").partition("-")
        if key.startswith(f"{formset.prefix}-") and name and number.isdecimal() and int(number) < len(rows):
            rows[int(number)][name] = post.getlist(key)
    return rows


def _placed(
    formset: Any, typed: list[PostedRow], present: dict[str, PostedRow], pk: str
) -> tuple[dict[str, PostedRow], list[PostedRow]]:
    """Which row was typed for each that is present, and which for none of them."""
    names = _key_names(formset)
    placed = {_first(row, pk): row for row in typed if _first(row, pk) in present}
    new: list[PostedRow] = []
    for row in typed:
        if _first(row, pk) in present or (_first(row, pk) and "DELETE" in row):  # or both removed it
            continue
        same = next(
            (key for key, values in present.items() if key not in placed and names and _says(row, values, names)), None
        )
        if same is None:
            new.append({**row, pk: [""]})
        elif not _is_blank(formset, row):
            placed[same] = {**row, pk: [same]}
    return placed, new


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
    return rows + [row for row in rest if not _is_blank(formset, row)]


def _key_names(formset: Any) -> list[str]:
    """The fields by which its model tells one row of a thing from another."""
    for constraint in formset.model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and formset.fk.name in constraint.fields:
            return [name for name in constraint.fields if name != formset.fk.name]
    return []


def _is_blank(formset: Any, row: PostedRow) -> bool:
    """Whether nothing was typed into it beside what the row was offered for."""
    default = _posted(formset.empty_form)
    names = {*row} - _own_names(formset) - {*_key_names(formset)}
    return _says(row, default, names)


def _posted(form: Any) -> PostedRow:
    """What a browser would post of an unbound form that nobody touched."""
    row: PostedRow = {}
    for bound in form:
        value = bound.field.prepare_value(bound.initial)
        if not isinstance(bound.field.widget, forms.CheckboxInput):
            row[bound.name] = ["" if value is None else str(value)]
        elif value:
            row[bound.name] = ["on"]
    return row


def _says(row: PostedRow, other: PostedRow, names: Iterable[str]) -> bool:
    return all(_first(row, name) == _first(other, name) for name in names)


def _first(row: PostedRow, name: str) -> str:
    return (row.get(name) or [""])[-1].strip()


def _own_names(formset: Any) -> set[str]:
    """The fields of a row that say which it is, and not what."""
    return {formset.model._meta.pk.name, formset.fk.name, "DELETE"}


# As text


def differences(
    post: QueryDict, form: tuple[Any, Any], formsets: Iterable[tuple[Any, Any]], added_by_others: set[tuple[str, str]]
) -> list[FieldDifference]:
    """Every field whose text is not the same, as saved now on the left and as typed on the right.

    `form` and each of `formsets` are a pair: unbound, with what is saved now, and bound to what was posted.
    """
    comparing = Comparing()
    pairs = [*_of_form(post, *form)]
    for now, typed in formsets:
        pairs += _of_rows(now, typed, added_by_others)
    return [
        difference(comparing, label, theirs, yours, note)
        for label, theirs, yours, note in pairs
        if _plain(theirs) != _plain(yours)
    ]


def _of_form(post: QueryDict, now: forms.ModelForm, typed: forms.ModelForm) -> Iterable[tuple[str, str, str, str]]:
    for bound in typed:
        yield str(capfirst(bound.label or bound.name)), _shown(now[bound.name]), _shown(bound), ""
    # What could still be typed when the form was opened: an address, before it was published.
    for column in now.instance._meta.concrete_fields:
        if column.name in post and column.name not in typed.fields:
            saved = str(column.value_from_object(now.instance))
            note = "This cannot be changed any more: it stays as it is saved."
            yield str(column.verbose_name).capitalize(), saved, str(post[column.name]), note


def _of_rows(now: Any, typed: Any, added_by_others: set[tuple[str, str]]) -> Iterable[tuple[str, str, str, str]]:
    noun = capfirst(now.model._meta.verbose_name)
    saved = {str(form.instance.pk): form for form in now.initial_forms}
    for form in typed.forms:
        pk = str(form[typed.model._meta.pk.name].value() or "")
        label = f"{noun}: {_name(typed, form)}"
        if pk not in saved:
            posted = {bound.name: [str(bound.data)] for bound in form if bound.data not in (None, False, "")}
            if not _is_blank(typed, posted):
                yield label, "", _row(typed, form), "Not there as it is saved now: saving again adds it."
        elif (typed.prefix, pk) in added_by_others:
            note = "Your form did not have this. It is in the form below: remove or empty it there to leave it out."
            yield label, _row(now, saved[pk]), "", note
        else:
            is_deleted = form["DELETE"].value() if "DELETE" in form.fields else False
            is_another = _name(now, saved[pk]) != _name(typed, form)
            theirs, yours = _row(now, saved[pk], is_another), _row(typed, form, is_another)
            yield label, theirs, DELETED if is_deleted else yours, ""


def typed_texts(post: QueryDict, form: type[forms.ModelForm], formsets: Iterable[Any]) -> list[tuple[str, str]]:
    """Every field of a form that somebody typed into, under its label."""
    found: list[tuple[str, Any, Any]] = [(name, field.label or name, field) for name, field in form.base_fields.items()]
    offered: set[str] = set()  # fields of rows that nobody typed into
    for formset in formsets:
        noun, fields = formset.model._meta.verbose_name, formset.empty_form.fields
        for number, posted in enumerate(_typed_rows(post, formset) or ()):
            row = f"{formset.prefix}-{number}-"
            offered.update(row + name for name in fields)
            if not _is_blank(formset, {name: values for name, values in posted.items() if name in fields}):
                found += [
                    (row + name, f"{noun} {number + 1}: {field.label or name}", field)
                    for name, field in fields.items()
                    if name not in _own_names(formset)
                ]
    known = offered | {name for name, _, _ in found}
    found += [(name, name, None) for name in post if name not in known and not _NOT_TYPED.search(name)]
    texts = [
        (str(capfirst(label)), "\n".join(_text(field, value) for value in post.getlist(name) if value))
        for name, label, field in found
    ]
    return [(label, text) for label, text in texts if text.strip()]


def _shown(bound: forms.BoundField) -> str:
    """What a field of a form shows, in a reader's words rather than in keys."""
    value = bound.value()
    if isinstance(bound.field, forms.ModelMultipleChoiceField):
        return "\n".join(sorted(_text(bound.field, chosen) for chosen in value or ()))
    return _text(bound.field, value)


def _text(field: Any, value: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return {True: "Yes", False: "No", None: "Unknown"}[field.to_python(value)]
    if value is None or value == "":
        return ""
    if isinstance(field, forms.ModelChoiceField):
        try:
            return str(forms.ModelChoiceField(field.queryset).clean(getattr(value, "pk", value)))
        except ValidationError:
            return str(value)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return str({str(key): label for key, label in choices}.get(str(value), value))
    return str(value)


def _name(formset: Any, form: Any) -> str:
    return " ".join(filter(None, (_shown(form[name]) for name in _key_names(formset) if name in form.fields)))


def _row(formset: Any, form: Any, all_of_it: bool = False) -> str:
    """A row in words; what tells it from others only where that was changed, or is all there is."""
    keys = _key_names(formset)
    names = [name for name in form.fields if name not in _own_names(formset)]
    if not all_of_it and len(names) > len(keys):
        names = [name for name in names if name not in keys]
    said = [(form[name].label or name, _shown(form[name])) for name in names]
    return "\n".join(f"{capfirst(label)}: {text}" for label, text in said if text)


def _plain(text: str) -> str:
    return settled(text).strip()
