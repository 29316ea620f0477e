"""The admin site itself: its names, and a first page that says what is pending before it lists models."""

from collections import Counter
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone

from roadmap.models import Edition
from roadmap.publishing import count_pending


class RoadmapAdminSite(admin.AdminSite):
    site_header = "Roadmap administration"
    site_title = "Roadmap administration"
    index_title = "Your roadmaps"
    index_template = "admin/roadmap_index.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from roadmap.admin.permissions import (
            own_roadmaps,  # not above: roadmap.admin registers its classes with this site
        )

        overview = []
        if request.user.has_perm("roadmap.view_roadmap"):
            now = timezone.now()
            newest = {edition.roadmap_id: edition for edition in Edition.objects.newest_of_each(now)}
            scheduled = Counter(Edition.objects.scheduled(now).values_list("roadmap_id", flat=True))
            overview = [
                {
                    "roadmap": roadmap,
                    "unpublished": count_pending(roadmap),
                    "edition": newest.get(roadmap.pk),
                    "scheduled": scheduled[roadmap.pk],
                }
                for roadmap in own_roadmaps(request.user)
            ]
        return super().index(request, {"overview": overview, **(extra_context or {})})
