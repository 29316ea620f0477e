from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path

from roadmap.admin.base import StandingFilter, WorkingAdmin, publish_link
from roadmap.admin.publish_screen import publish_screen
from roadmap.models import Roadmap


@admin.register(Roadmap)
class RoadmapAdmin(WorkingAdmin):
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
    ]

    def get_urls(self) -> list[URLPattern]:
        publish = self.admin_site.admin_view(publish_screen)
        return [path("<int:pk>/publish/", publish, name="roadmap_roadmap_publish"), *super().get_urls()]

    @admin.display(description="publishing")
    def publishing(self, roadmap: Roadmap) -> Any:
        return publish_link(roadmap)

    def has_delete_permission(self, request: HttpRequest, obj: Roadmap | None = None) -> bool:
        """What readers have seen stays: only a roadmap that was never published can be deleted."""
        if obj and obj.editions.exists():
            return False
        return super().has_delete_permission(request, obj)
