"""The nouns whose admin is little more than a list of columns and fields."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from roadmap.admin.adding import OF_LIST
from roadmap.admin.api_views import alike_view
from roadmap.admin.base import LockedAdmin, RecordsSaves, WorkingAdmin
from roadmap.admin.bulk.release_day_views import mark_as_deployed, milestone_dates
from roadmap.admin.dated_forms import ReleaseForm
from roadmap.admin.editing.conflicts import RefusesConflicts
from roadmap.admin.lists import StandingFilter
from roadmap.admin.to_check import ToCheckFilter
from roadmap.content.choices import Environment
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
    list_display = ["title", "slug", "of_roadmap", "is_on_home", "standing"]
    list_filter = ["roadmap", StandingFilter, "is_on_home"]
    list_select_related = ["roadmap"]
    search_fields = ["title", "slug", "body"]
    prepopulated_fields = {"slug": ["title"]}
    fields = ["roadmap", "title", "body", "is_on_home", "position", "slug"]


@admin.register(Release)
class ReleaseAdmin(CountsItems, WorkingAdmin):
    form = ReleaseForm
    list_display = ["title", "when", "horizon", "is_deployed", "item_count", "of_roadmap", "standing"]
    list_filter = ["roadmap", StandingFilter, ToCheckFilter, "is_deployed", "horizon"]
    list_select_related = ["roadmap"]
    search_fields = ["title", "when", "introduction"]
    actions = [mark_as_deployed]
    change_form_template = "admin/roadmap/release/change_form.html"
    fields = ["roadmap", "title", "when", "horizon", "introduction", "is_deployed", "position"]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """With its items, each with its dates in the order of the environments."""
        if release := context["original"]:
            labels = release.roadmap.environment_labels
            items = release.items.order_by("position", "pk").prefetch_related("milestones")
            dates = [(item, milestone_dates(item)) for item in items]
            context["environments"] = [labels[environment] for environment in Environment]
            context["items"] = [(item, [found.get(name, "–") for name in Environment]) for item, found in dates]
            context["add_query"] = f"{OF_LIST}={release.roadmap_id}&release__id__exact={release.pk}"
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Field)
class FieldAdmin(LockedAdmin):
    list_display = ["name", "key", "of_roadmap"]
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
