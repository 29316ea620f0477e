"""What was typed into a form, as text: beside what is saved now, and on its own where that is gone."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.http import QueryDict
from django.utils.text import capfirst

from roadmap.admin.editing.inline_rows import MAX_ROWS, is_blank, key_names, own_names
from roadmap.admin.editing.text_diff import Comparing, FieldDifference, difference

DELETED = "(ticked to be deleted)"
_NOT_TYPED = re.compile(r"^_|^csrf|__prefix__|-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$|-\d+-(id|item|DELETE)$")


def differences(
    post: QueryDict,
    form: tuple[forms.ModelForm, forms.ModelForm],
    formsets: Iterable[tuple[Any, Any]],
    added_by_others: set[tuple[str, str]],
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
        yield str(capfirst(bound.label or bound.name)), shown(now[bound.name]), shown(bound), ""
    # What could still be typed when the form was opened: an address, before it was published.
    for name in post:
        if name in typed.fields or "-" in name:
            continue
        try:
            field: Any = now._meta.model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if not getattr(field, "concrete", False) or field.many_to_many:
            continue
        saved = str(field.value_from_object(now.instance))
        note = "This cannot be changed any more: it stays as it is saved."
        yield str(field.verbose_name).capitalize(), saved, str(post[name]), note


def _of_rows(now: Any, typed: Any, added_by_others: set[tuple[str, str]]) -> Iterable[tuple[str, str, str, str]]:
    noun = capfirst(now.model._meta.verbose_name)
    saved = {str(form.instance.pk): form for form in now.initial_forms}
    for form in typed.forms:
        pk = str(form[typed.model._meta.pk.name].value() or "")
        label = f"{noun}: {_name(typed, form)}"
        if pk not in saved:
            if not is_blank(typed, _raw(form)):
                yield label, "", _row(typed, form), "Not there as it is saved now: saving again adds it."
        elif (typed.prefix, pk) in added_by_others:
            note = "Your form did not have this. It is in the form below: tick “Delete” there to leave it out."
            yield label, _row(now, saved[pk]), "", note
        else:
            is_deleted = form["DELETE"].value() if "DELETE" in form.fields else False
            is_another = _name(now, saved[pk]) != _name(typed, form)
            theirs, yours = _row(now, saved[pk], is_another), _row(typed, form, is_another)
            yield label, theirs, DELETED if is_deleted else yours, ""


def typed_texts(post: QueryDict, form: type[forms.ModelForm], formsets: Iterable[Any]) -> list[tuple[str, str]]:
    """Every field of a form that somebody typed into, under its label."""
    names: list[tuple[str, str, Any]] = [
        (name, str(field.label or name), field) for name, field in form.base_fields.items()
    ]
    offered: set[str] = set()  # fields of rows that nobody typed into
    for formset in formsets:
        noun = str(formset.model._meta.verbose_name)
        blank = formset.empty_form
        total = post.get(f"{formset.prefix}-TOTAL_FORMS", "0")
        for number in range(min(int(total), MAX_ROWS) if total.isdecimal() else 0):
            row = f"{formset.prefix}-{number}-"
            offered.update(row + name for name in blank.fields)
            if not is_blank(formset, {name: post.getlist(row + name) for name in blank.fields if row + name in post}):
                names += [
                    (row + name, f"{noun} {number + 1}: {field.label or name}", field)
                    for name, field in blank.fields.items()
                    if name not in own_names(formset)
                ]
    known = offered | {name for name, _, _ in names}
    names += [(name, name, None) for name in post if name not in known and not _NOT_TYPED.search(name)]
    texts = []
    for name, label, field in names:
        text = "\n".join(_text(field, value) for value in post.getlist(name) if value)
        if text.strip():
            texts.append((str(capfirst(label)), text))
    return texts


def shown(bound: forms.BoundField) -> str:
    """What a field of a form shows, in a reader's words rather than in keys."""
    value = bound.value()
    if isinstance(bound.field, forms.ModelMultipleChoiceField):
        return "\n".join(sorted(_text(bound.field, chosen) for chosen in value or ()))
    return _text(bound.field, value)


def _text(field: Any, value: Any) -> str:
    if isinstance(field, forms.NullBooleanField):
        is_so = field.to_python(value)
        return "Unknown" if is_so is None else "Yes" if is_so else "No"
    if isinstance(field, forms.BooleanField):
        return "Yes" if field.to_python(value) else "No"
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
    return " ".join(filter(None, (shown(form[name]) for name in key_names(formset) if name in form.fields)))


def _row(formset: Any, form: Any, all_of_it: bool = False) -> str:
    """A row in words; what tells it from others only where that was changed, or is all there is."""
    keys = key_names(formset)
    names = [name for name in form.fields if name not in own_names(formset)]
    if not all_of_it and len(names) > len(keys):
        names = [name for name in names if name not in keys]
    said = [(form[name].label or name, shown(form[name])) for name in names]
    return "\n".join(f"{capfirst(label)}: {text}" for label, text in said if text)


def _raw(form: Any) -> dict[str, list[str]]:
    return {bound.name: [str(bound.data)] for bound in form if bound.data not in (None, False, "")}


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
