from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse

from roadmap.admin.adding import keep_within, roadmap_of_form
from roadmap.admin.base import WorkingAdmin
from roadmap.admin.bulk import change_views
from roadmap.admin.bulk.minor_view import mark_as_minor, minor_view
from roadmap.admin.bulk.release_day_views import (
    mark_as_deployed,
    mark_deployed_view,
    milestone_dates,
    move_items,
    move_view,
)
from roadmap.admin.editing.item_rows import FieldValueInline, ItemApiInline, MilestoneInline
from roadmap.admin.lists import NATURAL_ORDER, StandingFilter, ToBeConfirmedFilter
from roadmap.admin.permissions import may_edit
from roadmap.admin.to_check import ToCheckFilter
from roadmap.content.choices import BACKLOG_LABEL, DEFAULT_ENVIRONMENT_LABELS, Environment, Stage
from roadmap.models import Item

STAGE_LABELS = {
    Stage.BACKLOG: BACKLOG_LABEL,
    Stage.TEST: "In test",
    Stage.CONTROLLED_GO_LIVE: "Controlled go-live",
    Stage.LIVE: "Live",
}


class StageFilter(admin.SimpleListFilter):
    title = "stage"
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(stage.value, label) for stage, label in STAGE_LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(stage=self.value()) if self.value() in dict(self.lookup_choices) else queryset


@admin.register(Item)
class ItemAdmin(WorkingAdmin):
    list_display = ["title", "natural_reference", "stage", "release_title", "standing"]
    list_display_links = ["title", "natural_reference"]
    list_filter = [
        *("roadmap", StageFilter, StandingFilter, ToCheckFilter, ToBeConfirmedFilter),
        *("kind", "release", "is_breaking", "apis"),
    ]
    list_select_related = ["roadmap", "release"]
    search_fields = ["reference", "title", "description", "journey", "audiences", "apis__name"]
    readonly_fields = ["reference"]
    actions = [mark_as_deployed, move_items, mark_as_minor, *change_views.ACTIONS]
    inlines = [MilestoneInline, ItemApiInline, FieldValueInline]
    change_form_template = "admin/roadmap/item/change_form.html"  # which has these four, and the rows, in its order
    fieldsets = [
        ("What", {"fields": ["title", "description", "kind"]}),
        ("For whom", {"fields": ["audiences", "journey", "is_breaking"]}),
        ("Where", {"fields": ["release"]}),
        ("Its place in the release", {"fields": ["position"], "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        return super().get_queryset(request).with_stage().prefetch_related("milestones")  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        views = (mark_deployed_view, move_view, minor_view)
        mark, move, minor = map(self.admin_site.admin_view, views)
        return [
            path("mark-deployed/", mark, name="roadmap_item_mark_deployed"),
            path("move/", move, name="roadmap_item_move"),
            path("minor/", minor, name="roadmap_item_minor"),
            *change_views.urls(self.admin_site.admin_view),
            *super().get_urls(),
        ]

    def get_inlines(self, request: HttpRequest, obj: Item | None) -> Any:
        """The roadmap's own fields, once it is known which roadmap and that it has any."""
        roadmap = roadmap_of_form(request, obj)
        has_fields = roadmap and roadmap.fields.exists()
        return [inline for inline in self.inlines if has_fields or inline is not FieldValueInline]

    def get_form(self, request: HttpRequest, obj: Item | None = None, change: bool = False, **kwargs: Any) -> Any:
        made: Any = super().get_form(request, obj, change, **kwargs)
        releases, roadmap = made.base_fields.get("release"), roadmap_of_form(request, obj)
        if releases and roadmap:
            keep_within(releases, roadmap)
        if releases:
            releases.empty_label = "No release"
            vars(releases.widget).update(can_view_related=False, can_delete_related=False)
        return made

    def get_fieldsets(self, request: HttpRequest, obj: Item | None = None) -> Any:
        """Once it is there, its roadmap and its reference stay, and stand at the top."""
        (name, what), *others = super().get_fieldsets(request, obj)
        return [(name, what if obj else {**what, "fields": ["roadmap", *what["fields"]]}), *others]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """With the way to the same items as a table, where they are of one roadmap."""
        roadmap, grid_url = roadmap_of_form(request), ""
        if roadmap and may_edit(request.user, roadmap):
            filters = request.GET.copy()
            filters.pop("roadmap__id__exact", None)
            grid_url = f"{reverse('admin:roadmap_roadmap_grid', args=[roadmap.pk])}?{filters.urlencode()}".rstrip("?")
        return super().changelist_view(request, {**(extra_context or {}), "grid_url": grid_url})

    @admin.display(description="stage", ordering="stage")
    def stage(self, item: Item) -> str:
        return STAGE_LABELS[Stage(item.stage)]  # type: ignore[attr-defined]

    @admin.display(description="release", ordering="release__title")
    def release_title(self, item: Item) -> str:
        return item.release.title if item.release else "–"

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """With a column for each environment, by its name in the roadmap where the list is of one."""
        names, roadmap = super().get_list_display(request), roadmap_of_form(request)
        labels: Any = roadmap.environment_labels if roadmap else DEFAULT_ENVIRONMENT_LABELS
        return [*names[:3], *(_date_in(environment, labels[environment]) for environment in Environment), *names[3:]]

    @admin.display(description="reference", ordering=NATURAL_ORDER)
    def natural_reference(self, item: Item) -> str:
        return item.reference


def _date_in(environment: Environment, label: str) -> Callable[[Item], str]:
    @admin.display(description=label)
    def date(item: Item) -> str:
        return milestone_dates(item).get(environment, "–")

    date.__name__ = f"date_{environment.value}"
    return date
