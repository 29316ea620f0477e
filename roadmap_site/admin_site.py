"""The admin site itself: its names, and a first page that says what is pending before it lists models."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse

from roadmap.models import Edition, Roadmap
from roadmap.publishing import standings


class RoadmapAdminSite(admin.AdminSite):
    site_header = "Roadmap administration"
    site_title = "Roadmap administration"
    index_title = "Your roadmaps"
    index_template = "admin/roadmap_index.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        overview = []
        if request.user.has_perm("roadmap.view_roadmap"):
            newest = {edition.roadmap_id: edition for edition in Edition.objects.order_by("number")}
            overview = [
                {"roadmap": roadmap, "unpublished": len(standings(roadmap)), "edition": newest.get(roadmap.pk)}
                for roadmap in Roadmap.objects.all()
            ]
        return super().index(request, {"overview": overview, **(extra_context or {})})
