"""Whose a new thing will be: the roadmap that a form is about, known from where one came or else asked for first.

What a form has depends on it: its choice of releases, and a row for each of the roadmap's own columns. So a form that
is posted for another roadmap than it was made for is shown again, with all that was typed, and not saved.
"""

import copy
from typing import Any
from weakref import WeakKeyDictionary

from django import forms
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest, HttpResponse, QueryDict

from roadmap.admin.editing.conflicts import RefusesConflicts
from roadmap.admin.editing.submitted import set_on_present_rows
from roadmap.admin.permissions import only_roadmap, own_only, own_roadmaps
from roadmap.admin.views import page
from roadmap.models import Field, Roadmap

CHOICE = "roadmap"  # in a form, and in its address
OF_LIST, _RELEASE_OF_LIST = "roadmap__id__exact", "release__id__exact"  # the filters of a list

_SAID: WeakKeyDictionary[HttpRequest, dict[Any, Roadmap | None]] = WeakKeyDictionary()  # asked many times for one page


def roadmap_of_form(request: HttpRequest, thing: Any = None) -> Roadmap | None:
    """None where it must be asked for. What was posted comes first, then the address, then the list one came from."""
    if thing is not None:
        return thing.roadmap
    came_from = _came_from(request)
    said = (
        ("pk", request.POST.get(CHOICE)),
        ("pk", came_from.get(CHOICE)),
        ("pk", came_from.get(OF_LIST)),
        ("releases", came_from.get(_RELEASE_OF_LIST)),
    )
    known = _SAID.setdefault(request, {})
    if said not in known:
        known[said] = _said_roadmap(request, said)
    return known[said]


def _said_roadmap(request: HttpRequest, said: tuple[tuple[str, str | None], ...]) -> Roadmap | None:
    for lookup, chosen in said:
        if chosen:
            return own_roadmaps(request.user).filter(**{lookup: chosen}).first() if chosen.isdecimal() else None
    return only_roadmap(request.user)


def _came_from(request: HttpRequest) -> dict[str, str]:
    filters = QueryDict(request.GET.get("_changelist_filters", ""))
    return {name: value for query in (filters, request.GET) for name, value in query.items() if isinstance(value, str)}


class RoadmapChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.title_and_address)


class WhichRoadmapForm(forms.Form):
    roadmap = RoadmapChoiceField(Roadmap.objects.none(), label="Roadmap", empty_label="Choose a roadmap")


class WithinRoadmap(RelatedFieldWidgetWrapper):
    """What is added beside a choice is added to the roadmap of the form."""

    def __init__(self, made: RelatedFieldWidgetWrapper, roadmap: Roadmap):
        vars(self).update(vars(made), roadmap=roadmap)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return {**context, "url_params": f"{context['url_params']}&{CHOICE}={vars(self)['roadmap'].pk}"}


def keep_within(choice: Any, roadmap: Roadmap) -> None:
    """Of a form's choice among things of roadmaps, leaves those of this one."""
    choice.queryset = choice.queryset.filter(roadmap=roadmap)
    if type(choice.widget) is RelatedFieldWidgetWrapper:
        choice.widget = WithinRoadmap(choice.widget, roadmap)


class AddsToRoadmap(RefusesConflicts):
    """The admin of a thing that has a `roadmap`; any other is let through."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        if object_id is not None or not self.has_add_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        roadmap, has_one = roadmap_of_form(request), hasattr(self.model, "roadmap")
        if request.method != "POST":
            if has_one and roadmap is None:
                return self._which_roadmap(request)
            return super().changeform_view(request, object_id, form_url, extra_context)
        formsets = self._formsets(request, None)
        is_made_for_it = all(f"{formset.prefix}-TOTAL_FORMS" in request.POST for formset in formsets)
        post, foreign, left_over = _with_own_columns(request, roadmap)
        request.POST, _ = set_on_present_rows(post, formsets)  # type: ignore[assignment]
        adding = copy.copy(self)
        if roadmap and (foreign or not is_made_for_it):
            adding.refusal = (
                f"Nothing has been saved yet. The form is for {roadmap.title_and_address} now, with the releases and "
                f"columns of that roadmap, and with what you typed. Check it, then save.{left_over}"
            )
        return super(AddsToRoadmap, adding).changeform_view(request, object_id, form_url, extra_context)

    def _which_roadmap(self, request: HttpRequest) -> HttpResponse:
        form = WhichRoadmapForm(request.GET if CHOICE in request.GET else None)
        choice: Any = form.fields[CHOICE]
        choice.queryset = own_roadmaps(request.user)
        context = {
            "title": f"Which roadmap is the new {self.opts.verbose_name} for?",
            "opts": self.opts,
            "form": form,
            "kept": [(name, value) for name, value in request.GET.items() if name != CHOICE],
            "is_popup": IS_POPUP_VAR in request.GET,
        }
        return page(request, "which_roadmap", context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From the list of one release, its items are added to that."""
        release = _came_from(request).get(_RELEASE_OF_LIST)
        return ({"release": release} if release else {}) | super().get_changeform_initial_data(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == CHOICE:
            kwargs["form_class"] = RoadmapChoiceField
            if roadmap := roadmap_of_form(request):
                kwargs["initial"] = roadmap.pk  # so there is nothing else to begin with
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Which roadmap a thing is for is chosen, and no roadmap is made or changed on the way to the title."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == CHOICE and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def after_save(self, request: HttpRequest, obj: Any, response: HttpResponse) -> HttpResponse:
        if "_addanother" in request.POST and hasattr(obj, CHOICE):
            address, _, query = response["Location"].partition("?")
            asked = QueryDict(query, mutable=True)
            asked[CHOICE] = str(obj.roadmap_id)
            response["Location"] = f"{address}?{asked.urlencode()}"
        return super().after_save(request, obj, response)


def _with_own_columns(request: HttpRequest, roadmap: Roadmap | None) -> tuple[QueryDict, bool, str]:
    """What was posted, each value for a column of another roadmap set on the column of that name that this one has.

    With it: whether there was such a value, and in a sentence each what is left over.
    """
    post, foreign, left_over = request.POST.copy(), False, ""
    own = {field.name: str(field.pk) for field in roadmap.fields.all()} if roadmap else {}
    for name in [name for name in post if name.startswith("field_values-") and name.endswith("-field")]:
        pk, typed = str(post[name]), str(post.get(f"{name.removesuffix('field')}value", "")).strip()
        column = own_only(request.user, Field.objects.filter(pk=pk)).first() if pk.isdecimal() else None
        if column is None or pk in own.values():
            continue
        foreign = True
        post[name] = own.get(column.name, pk)
        if typed and column.name not in own:
            left_over += f" It has no column “{column.name}”, for which you typed “{typed}”."
    return post, foreign, left_over
