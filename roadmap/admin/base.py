"""What every working copy's admin shares: the roadmap's lock, its standing in lists, Markdown fields, next steps."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.views.main import ChangeList
from django.db import models, transaction
from django.db.models import QuerySet
from django.forms import Field as FormField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from roadmap.admin.editing.audit import RecordsSaves
from roadmap.admin.editing.conflicts import RefusesConflicts
from roadmap.admin.editing.history_view import HistoryScreen
from roadmap.admin.editing.markdown_widget import MarkdownWidget, validate_markdown
from roadmap.admin.permission_mixin import RoleAdmin
from roadmap.admin.permissions import own_roadmaps
from roadmap.models import Revision, Roadmap
from roadmap.models.fields import MarkdownField
from roadmap.publishing import Standing, standings

STANDING_LABELS = {Standing.NEW: "New, not public yet", Standing.CHANGED: "Changed since published", None: "Public"}


def roadmap_of(obj: Any) -> Roadmap:
    return obj if isinstance(obj, Roadmap) else obj.roadmap


def is_published(obj: Any) -> bool:
    """Whether readers have ever seen it, so that its address must stay."""
    return bool(obj and obj.pk and Revision.objects.filter(uid=obj.uid).exists())


class WorkingChangeList(ChangeList):
    """Marks each row of the page with its standing, with one look at each roadmap on the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        by_roadmap = {roadmap.pk: standings(roadmap) for roadmap in {roadmap_of(row) for row in rows}}
        for row in rows:
            row.standing = by_roadmap[roadmap_of(row).pk].get(str(row.uid))
        self.result_list = rows


class StandingFilter(admin.SimpleListFilter):
    title = "publication"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("unpublished", "With unpublished changes"), ("public", "Public as it is")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("unpublished", "public"):
            return queryset
        uids = [uid for roadmap in own_roadmaps(request.user) for uid in standings(roadmap)]
        return queryset.filter(uid__in=uids) if self.value() == "unpublished" else queryset.exclude(uid__in=uids)


class MarkdownAdmin(admin.ModelAdmin):
    """An admin whose Markdown fields have a preview."""

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> FormField | None:
        if isinstance(db_field, MarkdownField):
            kwargs["widget"] = MarkdownWidget
            field = super().formfield_for_dbfield(db_field, request, **kwargs)
            if field is not None:
                field.validators.append(validate_markdown)
            return field
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class LockedAdmin(RoleAdmin, RefusesConflicts, RecordsSaves, MarkdownAdmin):
    """Writes under the roadmap's lock: see RoadmapQuerySet.lock. Django's admin has opened the transaction."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        roadmap = roadmap_of(obj)
        if roadmap.pk:
            Roadmap.objects.lock(roadmap.pk)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        roadmap = Roadmap.objects.lock(roadmap_of(obj).pk)
        was_public = hasattr(obj, "uid") and is_published(obj)
        super().delete_model(request, obj)
        if was_public:
            messages.info(request, format_html("Readers still see it until you publish. {}", publish_link(roadmap)))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for pk in sorted({roadmap_of(obj).pk for obj in queryset}):
                Roadmap.objects.lock(pk)
            super().delete_queryset(request, queryset)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "roadmap":
            roadmaps = list(own_roadmaps(request.user)[:2])
            if len(roadmaps) == 1:
                kwargs.setdefault("initial", roadmaps[0].pk)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        self._say_next_step(request, obj)
        return response

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        self._say_next_step(request, obj)
        return response

    def _say_next_step(self, request: HttpRequest, obj: Any) -> None:
        if IS_POPUP_VAR in request.POST:
            return  # the page that opened it goes on
        if request.user.has_perm("roadmap.publish_roadmap"):
            messages.info(request, format_html("Readers do not see this yet. {}", publish_link(roadmap_of(obj))))
        else:
            messages.info(request, "Readers do not see this until a publisher has reviewed and published it.")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A thing stays in its roadmap: its reference and its address belong to it."""
        fields = [*super().get_readonly_fields(request, obj)]
        if obj and hasattr(obj, "roadmap"):
            fields.append("roadmap")
        return fields


class WorkingAdmin(HistoryScreen, LockedAdmin):
    """The admin of a noun that is published."""

    list_per_page = 100

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WorkingChangeList

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = [*super().get_readonly_fields(request, obj)]
        if hasattr(obj, "slug") and is_published(obj):
            fields.append("slug")
        return fields

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        return super().render_delete_form(request, {**context, "is_published": is_published(context["object"])})

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Suggests an address from the title while there is none."""
        return {} if obj else {**super().get_prepopulated_fields(request, obj)}

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """Only where there is something to view: a thing that was never published has no public page."""
        return str(obj.get_absolute_url()) if hasattr(obj, "get_absolute_url") and is_published(obj) else None

    @admin.display(description="publication")
    def standing(self, obj: Any) -> str:
        return STANDING_LABELS[obj.standing]


def publish_link(roadmap: Roadmap) -> SafeString:
    return format_html(
        '<a href="{}">Review and publish {}</a>', reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]), roadmap
    )
