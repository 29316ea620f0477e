"""The security log in the admin, for auditors and administrators: to read, and nothing else."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from roadmap.admin.lists import RoadmapChangeList
from roadmap.admin.views import name_of
from roadmap.dates.clock import uk_datetime
from roadmap.models import SecurityEvent


class PersonFilter(admin.SimpleListFilter):
    """What somebody did, and what was done about them."""

    title = "person"
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(user.pk), name_of(user)) for user in User.objects.filter(is_staff=True).order_by("username")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        name = dict(self.lookup_choices).get(self.value() or "")
        return queryset.filter(Q(person=self.value()) | Q(about=name)) if name else queryset


@admin.register(SecurityEvent)
class SecurityEventAdmin(admin.ModelAdmin):
    list_display = ["at", "kind", "who_did_it", "what_it_was"]
    list_display_links = None
    list_filter = ["kind", PersonFilter]
    date_hierarchy = "happened_at"
    search_fields = ["who", "about", "words", "address"]
    list_per_page = 100
    actions = None
    show_facets = admin.ShowFacets.NEVER

    def get_urls(self) -> list[URLPattern]:
        """The list alone: there is no form, and nothing to delete."""
        return [path("", self.admin_site.admin_view(self.changelist_view), name="roadmap_securityevent_changelist")]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RoadmapChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Security log", **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    @admin.display(description="when", ordering="happened_at")
    def at(self, event: SecurityEvent) -> str:
        return uk_datetime(event.happened_at)

    @admin.display(description="who, and from where", ordering="who")
    def who_did_it(self, event: SecurityEvent) -> str:
        return format_html("{}<br>{}", event.who or "Not known", event.address or "The server itself")

    @admin.display(description="about", empty_value="", ordering="about")
    def what_it_was(self, event: SecurityEvent) -> str:
        return format_html_join(mark_safe("<br>"), "{}", ((part,) for part in (event.about, event.words) if part))
