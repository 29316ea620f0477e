"""The pages of one roadmap stay in it: which roadmap a page is about, and the way back to its own lists.

Django takes a list's filters along to the forms that are opened from it. Where a form was opened from elsewhere, the
list of the thing's roadmap stands in for the list that nobody came from.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst

from roadmap.admin.adding import OF_LIST, roadmap_of_form
from roadmap.models import Roadmap

_FILTERS = "_changelist_filters"


def list_url(model: Any, roadmap: Roadmap) -> str:
    """Of the things of this model, those of this roadmap."""
    return f"{reverse(f'admin:roadmap_{model._meta.model_name}_changelist')}?{OF_LIST}={roadmap.pk}"


def _stay_in(request: HttpRequest, roadmap: Roadmap) -> None:
    filters = QueryDict(request.GET.get(_FILTERS, ""))
    if filters.get(OF_LIST, str(roadmap.pk)) != str(roadmap.pk) or not filters:
        query = request.GET.copy()
        query[_FILTERS] = f"{OF_LIST}={roadmap.pk}"
        request.GET = query  # type: ignore[assignment]


class StaysInRoadmap(admin.ModelAdmin):
    """The admin of a roadmap, whose pages are about it, or of a thing that has a `roadmap`."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        here: dict[str, Any] = {"title": capfirst(self.opts.verbose_name_plural)}
        if self._has_roadmap:
            here["roadmap_here"] = roadmap_of_form(request)
        return super().changelist_view(request, {**here, **(extra_context or {})})

    def response_action(self, request: HttpRequest, queryset: Any, **where: Any) -> HttpResponse | None:  # type: ignore[override]
        """What asks before it does something to what is ticked in the list of one roadmap is a page of that roadmap."""
        answer = super().response_action(request, queryset, **where)
        if isinstance(answer, TemplateResponse) and self._has_roadmap and (roadmap := roadmap_of_form(request)):
            answer.context_data = {
                **(answer.context_data or {}),
                "roadmap_here": roadmap,
                "list_url": list_url(self.model, roadmap),
                "preserved_filters": self.get_preserved_filters(request),
            }
        return answer

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        self._say_where(request, context, context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        self._say_where(request, context, context["object"])
        return super().render_delete_form(request, context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        if self._has_roadmap:
            _stay_in(request, obj.roadmap)
        super().delete_model(request, obj)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        if self._has_roadmap:
            _stay_in(request, obj.roadmap)
        return super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        if self._has_roadmap:
            _stay_in(request, obj.roadmap)
        return super().response_post_save_change(request, obj)

    @property
    def _has_roadmap(self) -> bool:
        return hasattr(self.model, "roadmap")

    def _say_where(self, request: HttpRequest, context: dict[str, Any], obj: Any) -> None:
        if not self._has_roadmap:
            context["roadmap_here"] = obj
        elif roadmap := roadmap_of_form(request, obj):
            _stay_in(request, roadmap)
            context["roadmap_here"] = roadmap
            context["list_url"] = list_url(self.model, roadmap)
            context["preserved_filters"] = self.get_preserved_filters(request)
