from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.urls import URLPattern, path

from roadmap.admin.base import WorkingAdmin
from roadmap.admin.dated_forms import KeepsOldDates
from roadmap.admin.editing.history_view import deleted_view, history_of
from roadmap.admin.grid.spreadsheet_views import download_view, upload_view
from roadmap.admin.grid.views import grid_view
from roadmap.admin.imports import urls as import_urls
from roadmap.admin.lists import StandingFilter
from roadmap.admin.mailing.views import address_view, emails_view
from roadmap.admin.preview_link_views import preview_links_view
from roadmap.admin.publish import edition_views
from roadmap.admin.publish.discard import discard_view
from roadmap.admin.publish.forms import DAY_FORMATS, TIME_FORMATS
from roadmap.admin.publish.ready_view import ready_view
from roadmap.admin.publish.views import publish_view
from roadmap.admin.security.log import Kind, record
from roadmap.admin.to_check import to_check_view
from roadmap.admin.views import name_of, publish_link
from roadmap.dates.clock import uk_datetime
from roadmap.models import Roadmap

_NOTICE_IN_WORDS = {"notice_starts_at": "notice_from", "notice_ends_at": "notice_until"}


def _london_time(label: str) -> forms.DateTimeField:
    """In one field, as browsers have it; where they have none, as people type it."""
    return forms.DateTimeField(
        label=label,
        required=False,
        help_text="London time.",
        input_formats=[
            *("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"),
            *(f"{day}{at}{time}" for day in DAY_FORMATS for at in (" ", " at ") for time in TIME_FORMATS),
        ],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Enter a day and a time, for example 27 March 2026 at 5:30pm."},
    )


class RoadmapForm(KeepsOldDates):
    notice_starts_at = _london_time("Shown from")
    notice_ends_at = _london_time("Shown until")
    edited_by: Any = None  # set for each request

    def clean_team(self) -> Any:
        team = self.cleaned_data["team"]
        if team and not self.edited_by.is_superuser and self.edited_by not in team:
            raise ValidationError(
                "Put yourself in the team too: without that you could not change this roadmap any more. "
                "Somebody else in the team can take you out later."
            )
        return team


@admin.register(Roadmap)
class RoadmapAdmin(WorkingAdmin):
    form = RoadmapForm
    list_display = ["title", "slug", "contact_name", "contact_email", "standing", "publishing"]
    list_filter = [StandingFilter]
    search_fields = ["title", "slug", "description"]
    prepopulated_fields = {"slug": ["title"]}
    change_form_template = "admin/roadmap/roadmap/change_form.html"
    fieldsets = [
        (None, {"fields": ["title", "description", "slug", "reference_prefix", "position"]}),
        ("Whom to ask", {"fields": ["contact_name", "contact_email", "contact_subject"]}),
        ("Names of the environments", {"fields": ["test_label", "controlled_go_live_label", "live_label"]}),
        ("Foot of every page", {"fields": ["footer"]}),
        (
            "A notice at the top of every page, for a while",
            {
                "fields": ["notice_title", "notice_body", "notice_starts_at", "notice_ends_at"],
                "classes": ["collapse"],
                "description": "It is published as everything else is, and then shows and goes by itself.",
            },
        ),
        (
            "Who edits and publishes it, and how",
            {"fields": ["team", "asks_reasons", "asks_second_person", "hides_date_history"]},
        ),
    ]

    class Media:
        css = {"all": ["admin-roadmap.css"]}

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("<int:pk>/publish/", guard(publish_view), name="roadmap_roadmap_publish"),
            path("<int:pk>/ready/", guard(ready_view), name="roadmap_roadmap_ready"),
            path("<int:pk>/publish/discard/", guard(discard_view), name="roadmap_roadmap_discard"),
            path("<int:pk>/grid/", guard(grid_view), name="roadmap_roadmap_grid"),
            path("<int:pk>/grid/items.xlsx", guard(download_view), name="roadmap_roadmap_grid_download"),
            path("<int:pk>/grid/upload/", guard(upload_view), name="roadmap_roadmap_grid_upload"),
            path("<int:pk>/to-check/", guard(to_check_view), name="roadmap_roadmap_to_check"),
            path("<int:pk>/preview-links/", guard(preview_links_view), name="roadmap_roadmap_preview_links"),
            *edition_views.urls(guard),
            # The history of what was deleted too: addresses that stay.
            path("<int:pk>/history/<uuid:uid>/", guard(history_of), name="roadmap_roadmap_history_of"),
            path("<int:pk>/deleted/", guard(deleted_view), name="roadmap_roadmap_deleted"),
            path("emails/", guard(emails_view), name="roadmap_roadmap_emails"),
            path("emails/address/", guard(address_view), name="roadmap_roadmap_address"),
            *import_urls.urls(guard),
            *super().get_urls(),
        ]

    def get_form(self, request: HttpRequest, obj: Roadmap | None = None, change: bool = False, **kwargs: Any) -> Any:
        made: Any = super().get_form(request, obj, change, **kwargs)
        made.edited_by = request.user
        return made

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = {*form.instance.team.all()}
        super().save_related(request, form, formsets, change)
        after = {*form.instance.team.all()}
        for told, people in (("Put into the team", after - before), ("Taken out of the team", before - after)):
            if people:
                names = ", ".join(sorted(map(name_of, people)))
                record(Kind.PERSON, f"{told}: {names}", request=request, about=form.instance)

    def get_readonly_fields(self, request: HttpRequest, obj: Roadmap | None = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        return (
            fields
            if request.user.has_perm("roadmap.publish_roadmap")
            else [*fields, "team", "asks_reasons", "asks_second_person"]
        )

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "team":
            # Somebody in a team who is no longer staff is offered too, so that saving takes nobody out in silence.
            in_a_team = Roadmap.team.through._default_manager.values("user")
            offered = User.objects.filter(Q(is_staff=True, is_active=True) | Q(pk__in=in_a_team))
            # Not "team": that is what those who answer enquiries are called.
            widget = forms.CheckboxSelectMultiple()
            kwargs |= {"queryset": offered.order_by("username"), "label": "People", "widget": widget}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Roadmap | None = None) -> Any:
        """For somebody who may only look, the times of the notice as readers would be told them."""
        names: dict[Any, str] = {} if self.has_change_permission(request, obj) else _NOTICE_IN_WORDS
        return [
            (title, {**what, "fields": [names.get(name, name) for name in what["fields"]]})
            for title, what in super().get_fieldsets(request, obj)
        ]

    @admin.display(description="Shown from")
    def notice_from(self, roadmap: Roadmap) -> str:
        return uk_datetime(roadmap.notice_starts_at) if roadmap.notice_starts_at else "–"

    @admin.display(description="Shown until")
    def notice_until(self, roadmap: Roadmap) -> str:
        return uk_datetime(roadmap.notice_ends_at) if roadmap.notice_ends_at else "–"

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        may_publish = request.user.has_perm("roadmap.publish_roadmap")
        return [name for name in super().get_list_display(request) if may_publish or name != "publishing"]

    @admin.display(description="publishing")
    def publishing(self, roadmap: Roadmap) -> Any:
        return publish_link(roadmap)
