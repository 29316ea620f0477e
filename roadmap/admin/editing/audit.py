"""Keeps a Save of whatever is changed in the admin: see roadmap.publishing.audit_trail."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from roadmap.models import NOUN_OF_MODEL, Api, Field, Roadmap
from roadmap.publishing.audit_trail import (
    record_all_before,
    record_before,
    record_deletion,
    record_save,
    record_saves,
)


class RecordsSaves(admin.ModelAdmin):
    """Under the lock that the class above it takes. What is no Content itself is recorded with the things it is in."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self._record_before(obj, is_there=change)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self._record(request, form.instance, "Saved" if change else "Added")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._record_before(obj, is_there=True)
        super().delete_model(request, obj)
        if type(obj) in NOUN_OF_MODEL:
            record_deletion(obj, by=request.user)
        else:
            self._record(request, obj, "Deleted")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        if queryset.model is Roadmap:
            super().delete_queryset(request, queryset)  # their saves go with them
            return
        roadmaps = {roadmap.pk: roadmap for obj in queryset for roadmap in _roadmaps_with(obj)}
        for roadmap in roadmaps.values():
            record_all_before(roadmap)
        super().delete_queryset(request, queryset)
        for roadmap in roadmaps.values():
            record_saves(roadmap, by=request.user, action="Deleted")

    def _record_before(self, obj: Any, *, is_there: bool) -> None:
        if type(obj) not in NOUN_OF_MODEL:
            for roadmap in _roadmaps_with(obj):
                record_all_before(roadmap)
        elif is_there:
            record_before(obj)

    def _record(self, request: HttpRequest, obj: Any, action: str) -> None:
        if type(obj) in NOUN_OF_MODEL:
            record_save(obj, by=request.user, action=action)
            return
        for roadmap in _roadmaps_with(obj):
            record_saves(roadmap, by=request.user, action=f"{_called(obj)} {action.lower()}"[:200])


def _roadmaps_with(obj: Any) -> list[Roadmap]:
    """The roadmaps in whose things this is said, in the order in which they are locked."""
    if isinstance(obj, Api):
        return [*Roadmap.objects.filter(items__apis=obj.pk).distinct().order_by("pk")] if obj.pk else []
    return [obj if isinstance(obj, Roadmap) else obj.roadmap]


def _called(obj: Api | Field) -> str:
    return f"{'API' if isinstance(obj, Api) else 'Column'} “{obj.name[:100]}”"
