"""The admin site itself: its names, and a first page that says what is pending before it lists models."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone


class RoadmapAdminSite(admin.AdminSite):
    site_header = "Roadmap administration"
    site_title = "Roadmap administration"
    index_title = "Your roadmaps"
    index_template = "admin/roadmap_index.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from roadmap.admin.first_screen import (
            day_of_work,
        )  # not above: roadmap.admin registers its classes with this site

        overview = day_of_work(request.user, timezone.now())
        return super().index(request, {"overview": overview, **(extra_context or {})})
