"""The nouns whose admin is little more than a list of columns and fields."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from roadmap.admin.adding import OF_LIST
from roadmap.admin.api_views import alike_view
from roadmap.admin.base import LockedAdmin, RecordsSaves, WorkingAdmin
from roadmap.admin.bulk.release_day_views import mark_as_deployed, milestone_dates
from roadmap.admin.dated_forms import ReleaseForm
from roadmap.admin.editing.conflicts import RefusesConflicts
from roadmap.admin.lists import ChoosesInWords, StandingFilter
from roadmap.admin.permissions import is_own, may_publish, own_only
from roadmap.admin.to_check import ToCheckFilter
from roadmap.admin.views import publish_link
from roadmap.content.choices import Environment
from roadmap.content.things import counted
from roadmap.models import Api, ChangelogEntry, Field, Item, Page, Release, Roadmap
from roadmap.publishing.audit_trail import roadmaps_with
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

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        """With the way to take its items out of it, at once, where it has any."""
        release = context["object"]
        url = f"{reverse('admin:roadmap_item_move')}?releases={release.pk}" if release.items.exists() else ""
        return super().render_delete_form(request, {**context, "move_url": url})


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
class ApiAdmin(ChoosesInWords, CountsItems, RefusesConflicts, RecordsSaves):
    list_display = ["name", "url", "item_count"]
    search_fields = ["name", "url"]

    def get_urls(self) -> list[URLPattern]:
        return [path("alike/", self.admin_site.admin_view(alike_view), name="roadmap_api_alike"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        count = len(alike([*Api.objects.all()]))
        return super().changelist_view(request, {**(extra_context or {}), "alike_count": count})

    def get_readonly_fields(self, request: HttpRequest, obj: Api | None = None) -> list[str]:
        """What every roadmap shows that names it is for publishers to change."""
        fields = [*super().get_readonly_fields(request, obj)]
        is_shown = obj is not None and obj.item_apis.exists()
        return [*fields, "name", "url"] if is_shown and not request.user.has_perm("roadmap.publish_roadmap") else fields

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if api := context["original"]:
            context["shown_on"] = _named(request, api, lambda roadmap: roadmap.title_and_address)
            context["is_for_publishers"] = "url" in self.get_readonly_fields(request, api)
        return super().render_change_form(request, context, *args, **kwargs)

    def after_save(self, request: HttpRequest, obj: Api, response: HttpResponse) -> HttpResponse:
        """Names the roadmaps that it touches, each with the way to its review for who may publish it."""

        def linked(roadmap: Roadmap) -> str:
            return publish_link(roadmap) if may_publish(request.user, roadmap) else str(roadmap.title_and_address)

        touched = _named(request, obj, linked)
        if touched and IS_POPUP_VAR not in request.POST:
            told = "Readers see it once each roadmap that names it is published:"
            named = format_html_join(", ", "{}", ((one,) for one in touched))
            messages.info(request, format_html("{} {}.", told, named))
        return super().after_save(request, obj, response)

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        url = f"{reverse('admin:roadmap_item_changelist')}?apis__id__exact={context['object'].pk}"
        return super().render_delete_form(request, {**context, "in_use_url": url})

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Names the items that have it, where there are any, rather than rows between the two."""
        found, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if protected:
            items = Item.objects.filter(apis__in=objs).select_related("roadmap").distinct()
            own = own_only(request.user, items)
            others = items.count() - own.count()
            protected = [*map(_linked, own), *([f"{counted(others, 'item')} of other teams"] if others else [])]
        return found, counts, lacking, protected


def _named(request: HttpRequest, api: Api, name: Callable[[Roadmap], str]) -> list[str]:
    """The roadmaps whose items have it: one's own by name, those of other teams by their number."""
    roadmaps = roadmaps_with(api)
    own = [roadmap for roadmap in roadmaps if is_own(request.user, roadmap)]
    others = len(roadmaps) - len(own)
    return [*map(name, own), *([f"{counted(others, 'roadmap')} of other teams"] if others else [])]


def _linked(item: Item) -> str:
    url = reverse("admin:roadmap_item_change", args=[item.pk])
    return format_html('<a href="{}">{} {}</a> ({})', url, item.reference, item.title, item.roadmap)
