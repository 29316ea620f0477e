"""The nouns whose admin is little more than a list of columns and fields."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from roadmap.admin.api_views import alike_view
from roadmap.admin.base import LockedAdmin, RecordsSaves, StandingFilter, WorkingAdmin
from roadmap.admin.dated_forms import ReleaseForm
from roadmap.admin.editing.conflicts import RefusesConflicts
from roadmap.admin.release_day_views import mark_as_deployed
from roadmap.admin.to_check import ToCheckFilter
from roadmap.models import Api, ChangelogEntry, Field, Page, Release
from roadmap.working_copies.same_apis import alike


class CountsItems(admin.ModelAdmin):
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(item_count=Count("items", distinct=True))

    @admin.display(description="items", ordering="item_count")
    def item_count(self, obj: Any) -> int:
        return int(obj.item_count)


@admin.register(Page)
class PageAdmin(WorkingAdmin):
    list_display = ["title", "slug", "of_roadmap", "is_on_home", "position", "standing"]
    list_filter = ["roadmap", StandingFilter, "is_on_home"]
    list_select_related = ["roadmap"]
    search_fields = ["title", "slug", "body"]
    prepopulated_fields = {"slug": ["title"]}
    fields = ["roadmap", "title", "body", "is_on_home", "position", "slug"]


@admin.register(Release)
class ReleaseAdmin(CountsItems, WorkingAdmin):
    form = ReleaseForm
    list_display = ["title", "when", "horizon", "is_deployed", "item_count", "of_roadmap", "position", "standing"]
    list_filter = ["roadmap", StandingFilter, ToCheckFilter, "is_deployed", "horizon"]
    list_select_related = ["roadmap"]
    search_fields = ["title", "when", "introduction"]
    actions = [mark_as_deployed]
    fields = ["roadmap", "title", "when", "horizon", "introduction", "is_deployed", "position"]


@admin.register(Field)
class FieldAdmin(LockedAdmin):
    list_display = ["name", "key", "of_roadmap", "position"]
    list_filter = ["roadmap"]
    list_select_related = ["roadmap"]
    search_fields = ["name", "explanation"]
    readonly_fields = ["key"]
    fields = ["roadmap", "name", "key", "explanation", "position"]


@admin.register(ChangelogEntry)
class ChangelogEntryAdmin(WorkingAdmin):
    list_display = ["title", "when", "of_roadmap", "standing"]
    list_filter = ["roadmap", StandingFilter]
    list_select_related = ["roadmap"]
    search_fields = ["title", "when", "body"]
    fields = ["roadmap", "title", "when", "body", "position"]


@admin.register(Api)
class ApiAdmin(CountsItems, RefusesConflicts, RecordsSaves):
    list_display = ["name", "url", "item_count"]
    search_fields = ["name", "url"]

    def get_urls(self) -> list[URLPattern]:
        return [path("alike/", self.admin_site.admin_view(alike_view), name="roadmap_api_alike"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        count = len(alike([*Api.objects.all()]))
        return super().changelist_view(request, {**(extra_context or {}), "alike_count": count})
