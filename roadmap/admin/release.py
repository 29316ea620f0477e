from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from roadmap.admin.base import StandingFilter, WorkingAdmin
from roadmap.admin.release_day_views import mark_as_deployed
from roadmap.models import Release


@admin.register(Release)
class ReleaseAdmin(WorkingAdmin):
    list_display = ["title", "when", "horizon", "is_deployed", "item_count", "roadmap", "position", "standing"]
    list_filter = ["roadmap", StandingFilter, "is_deployed", "horizon"]
    list_select_related = ["roadmap"]
    search_fields = ["title", "when", "introduction"]
    actions = [mark_as_deployed]
    fields = ["roadmap", "title", "when", "horizon", "introduction", "is_deployed", "position"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        return super().get_queryset(request).annotate(item_count=Count("items"))

    @admin.display(description="items", ordering="item_count")
    def item_count(self, release: Release) -> int:
        return release.item_count  # type: ignore[attr-defined]
