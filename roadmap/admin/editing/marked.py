"""What is wrong in a form that was sent, with the way to each place: a form may be longer than a phone shows."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django import forms
from django.utils.text import capfirst


class MarkedField(NamedTuple):
    id: str  # of the input
    label: str
    message: str


def marked_fields(form: forms.BaseForm, formsets: Iterable[Any]) -> Iterator[MarkedField]:
    """In the order of the form, then of its rows. What is wrong with no field in particular is said at the top."""
    yield from _of(form)
    for formset in formsets:
        rows = formset.in_order() if hasattr(formset, "in_order") else formset.forms
        for row in rows:
            yield from _of(row, getattr(row, "row_label", ""))


def _of(form: forms.BaseForm, row: str = "") -> Iterator[MarkedField]:
    for bound in form:
        if bound.errors and not bound.is_hidden:
            label = f"{row} {str(bound.label).lower()}" if row else str(capfirst(bound.label))
            yield MarkedField(bound.id_for_label or bound.auto_id, label, str(bound.errors[0]))
