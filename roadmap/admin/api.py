from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from roadmap.admin.base import RecordsSaves
from roadmap.admin.editing.conflicts import RefusesConflicts
from roadmap.models import Api


@admin.register(Api)
class ApiAdmin(RefusesConflicts, RecordsSaves):
    list_display = ["name", "url", "item_count"]
    search_fields = ["name", "url"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Api]:
        return super().get_queryset(request).annotate(item_count=Count("items", distinct=True))

    @admin.display(description="items", ordering="item_count")
    def item_count(self, api: Api) -> int:
        return api.item_count  # type: ignore[attr-defined]
