from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from roadmap.admin.adding import keep_within, roadmap_of_form
from roadmap.admin.base import StandingFilter, WorkingAdmin
from roadmap.admin.dated_forms import MilestoneForm
from roadmap.admin.release_day_views import mark_as_deployed, mark_deployed_view, milestone_dates, move_items, move_view
from roadmap.admin.to_check import ToCheckFilter
from roadmap.content.choices import BACKLOG_LABEL, Environment, Stage
from roadmap.models import FieldValue, Item, ItemApi, Milestone

STAGE_LABELS = {
    Stage.BACKLOG: BACKLOG_LABEL,
    Stage.TEST: "In test",
    Stage.CONTROLLED_GO_LIVE: "Controlled go-live",
    Stage.LIVE: "Live",
}


class PrefilledFormSet(forms.BaseInlineFormSet):
    """Offers one row for everything that could be filled in and is not; a row left as it was offered is not saved."""

    column = ""
    offered: list[Any] = []  # values of that column

    def __init__(self, *args: Any, **kwargs: Any):
        rows, item = cast(Any, self.model).objects, kwargs.get("instance")
        there = {*rows.filter(item=item).values_list(self.column, flat=True)} if item and item.pk else set()
        kwargs["initial"] = [{self.column: value} for value in self.offered if value not in there]
        self.extra = len(kwargs["initial"])
        super().__init__(*args, **kwargs)


class MilestoneInline(admin.TabularInline):
    model = Milestone
    form = MilestoneForm
    formset = PrefilledFormSet
    max_num = len(Environment)
    fields = ["environment", "when", "is_deployed"]
    verbose_name_plural = "Milestones: when it arrives in each environment"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """In the order in which an item passes through the environments, however they were added."""
        places = Case(*(When(environment=name, then=place) for place, name in enumerate(Environment)))
        return super().get_queryset(request).select_related("item__roadmap").order_by(places)

    def get_formset(self, request: HttpRequest, obj: Item | None = None, **kwargs: Any) -> Any:
        roadmap = roadmap_of_form(request, obj)
        made: Any = super().get_formset(request, obj, **kwargs)
        made.column, made.offered = "environment", [environment.value for environment in Environment]
        if roadmap:
            labels = roadmap.environment_labels
            choices = [("", "---------"), *((environment.value, labels[environment]) for environment in Environment)]
            made.form.base_fields["environment"].choices = choices
        return made


class ItemApiInline(admin.TabularInline):
    model = ItemApi
    fields = ["api", "version", "position"]
    autocomplete_fields = ["api"]
    extra = 1


class FieldValueInline(admin.TabularInline):
    model = FieldValue
    formset = PrefilledFormSet
    fields = ["field", "value"]
    verbose_name_plural = "This roadmap's own fields"

    def get_formset(self, request: HttpRequest, obj: Item | None = None, **kwargs: Any) -> Any:
        roadmap = roadmap_of_form(request, obj)
        made: Any = super().get_formset(request, obj, **kwargs)
        column = made.form.base_fields["field"]
        if roadmap:
            keep_within(column, roadmap)
        made.column, made.offered = "field", [*column.queryset.values_list("pk", flat=True)]
        made.max_num = len(made.offered)
        return made


class StageFilter(admin.SimpleListFilter):
    title = "stage"
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(stage.value, label) for stage, label in STAGE_LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(stage=self.value()) if self.value() in dict(self.lookup_choices) else queryset


@admin.register(Item)
class ItemAdmin(WorkingAdmin):
    list_display = ["reference", "title", "stage", "dates", "standing", "kind", "release_title"]
    list_display_links = ["reference", "title"]
    list_filter = ["roadmap", StageFilter, StandingFilter, ToCheckFilter, "kind", "release", "is_breaking", "apis"]
    list_select_related = ["roadmap", "release"]
    search_fields = ["reference", "title", "description", "journey", "audiences", "apis__name"]
    readonly_fields = ["reference"]
    actions = [mark_as_deployed, move_items]
    inlines = [MilestoneInline, ItemApiInline, FieldValueInline]
    fieldsets = [
        (None, {"fields": ["roadmap", "reference", "title", "description", "kind", "journey"]}),
        ("For whom", {"fields": ["audiences", "is_breaking"]}),
        ("Where on the roadmap", {"fields": ["release", "position"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        return super().get_queryset(request).with_stage().prefetch_related("milestones")  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        mark, move = map(self.admin_site.admin_view, (mark_deployed_view, move_view))
        return [
            path("mark-deployed/", mark, name="roadmap_item_mark_deployed"),
            path("move/", move, name="roadmap_item_move"),
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
        return made

    @admin.display(description="stage", ordering="stage")
    def stage(self, item: Item) -> str:
        return STAGE_LABELS[Stage(item.stage)]  # type: ignore[attr-defined]

    @admin.display(description="release", ordering="release__title")
    def release_title(self, item: Item) -> str:
        return item.release.title if item.release else "–"

    @admin.display(description="dates")
    def dates(self, item: Item) -> SafeString | str:
        """One line for each milestone, in the order of the environments."""
        dates, labels = milestone_dates(item), item.roadmap.environment_labels
        lines = [(f"{labels[name]}: {dates[name]}",) for name in Environment if name in dates]
        return format_html_join(SafeString("<br>"), "{}", lines) or "–"
