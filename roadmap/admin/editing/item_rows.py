"""The rows below an item's form: a date in each environment, a value in each of the roadmap's columns, its APIs."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest

from roadmap.admin.adding import keep_within, roadmap_of_form
from roadmap.admin.dated_forms import MilestoneForm
from roadmap.content.choices import Environment
from roadmap.models import Api, Field, FieldValue, Item, ItemApi, Milestone


class PrefilledFormSet(forms.BaseInlineFormSet):
    """Offers one row for everything that could be filled in and is not; a row left as it was offered is not saved.

    What a row is for stands beside it and is not chosen: one row for each, in one order, whichever are there already.
    """

    column = ""
    offered: dict[Any, str] = {}  # values of that column, and what each is called

    def __init__(self, *args: Any, **kwargs: Any):
        rows, item = cast(Any, self.model).objects, kwargs.get("instance")
        there = {*rows.filter(item=item).values_list(self.column, flat=True)} if item and item.pk else set()
        kwargs["initial"] = [{self.column: value} for value in self.offered if value not in there]
        self.extra = len(kwargs["initial"])
        super().__init__(*args, **kwargs)

    def in_order(self) -> list[Any]:
        """The forms, each with `row_label`: empty for one that is for nothing on offer, which then is asked."""
        labels = {str(value): label for value, label in self.offered.items()}
        places = {value: place for place, value in enumerate(labels)}
        rows: list[Any] = [*self.forms]
        for form in rows:
            value = form[self.column].value()
            form.row_value = str(getattr(value, "pk", value))
            form.row_label = labels.get(form.row_value, "")
        return sorted(rows, key=lambda form: places.get(form.row_value, len(places)))


class ClearedIsGone(PrefilledFormSet):
    """To empty a value is to take it away."""

    def _should_delete_form(self, form: forms.ModelForm) -> bool:
        is_emptied = bool(form.instance.pk) and not str(form["value"].value() or "").strip()
        return bool(super()._should_delete_form(form)) or is_emptied  # type: ignore[misc]


class MilestoneInline(admin.TabularInline):
    model = Milestone
    form = MilestoneForm
    formset = PrefilledFormSet
    template = "admin/roadmap/item/_dates.html"
    max_num = len(Environment)
    fields = ["environment", "when", "is_deployed"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """In the order in which an item passes through the environments, however they were added."""
        places = Case(*(When(environment=name, then=place) for place, name in enumerate(Environment)))
        return super().get_queryset(request).select_related("item__roadmap").order_by(places)

    def get_formset(self, request: HttpRequest, obj: Item | None = None, **kwargs: Any) -> Any:
        roadmap = roadmap_of_form(request, obj)
        made: Any = super().get_formset(request, obj, **kwargs)
        chosen = made.form.base_fields["environment"]
        if roadmap:
            labels = roadmap.environment_labels
            chosen.choices = [
                ("", "Choose"),
                *((environment.value, labels[environment]) for environment in Environment),
            ]
        names = dict(chosen.choices)
        made.column, made.offered = "environment", {name.value: names[name.value] for name in Environment}
        return made


class FieldValueInline(admin.TabularInline):
    model = FieldValue
    formset = ClearedIsGone
    template = "admin/roadmap/item/_own_columns.html"
    fields = ["field", "value"]

    def get_formset(self, request: HttpRequest, obj: Item | None = None, **kwargs: Any) -> Any:
        roadmap = roadmap_of_form(request, obj)
        made: Any = super().get_formset(request, obj, **kwargs)
        chosen = made.form.base_fields["field"]
        if roadmap:
            keep_within(chosen, roadmap)
        columns: list[Field] = [*chosen.queryset]
        chosen.choices = [("", "Choose"), *((column.pk, column.name) for column in columns)]
        made.column, made.offered = "field", {column.pk: column.name for column in columns}
        made.max_num = len(made.offered)
        return made


class ItemApiInline(admin.TabularInline):
    model = ItemApi
    template = "admin/roadmap/item/_apis.html"
    fields = ["api", "version", "position"]
    extra = 1

    def get_formset(self, request: HttpRequest, obj: Item | None = None, **kwargs: Any) -> Any:
        made: Any = super().get_formset(request, obj, **kwargs)
        chosen = made.form.base_fields["api"]
        chosen.choices = [("", "Choose an API"), *Api.objects.values_list("pk", "name")]  # asked once for all rows
        vars(chosen.widget).update(can_change_related=False, can_view_related=False, can_delete_related=False)
        made.form.base_fields["position"].label = "Place"
        return made
