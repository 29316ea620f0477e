"""The admin site itself: its names, and a first page that says what is pending before it lists models."""

from collections import Counter
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone

from roadmap.content.consistency import Severity, find
from roadmap.content.snapshot import Snapshot
from roadmap.dates.clock import day_of
from roadmap.models import Edition
from roadmap.publishing import count_pending
from roadmap.working_copies.to_content import contents


class RoadmapAdminSite(admin.AdminSite):
    site_header = "Roadmap administration"
    site_title = "Roadmap administration"
    index_title = "Your roadmaps"
    index_template = "admin/roadmap_index.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from roadmap.admin.permissions import (
            own_roadmaps,  # not above: roadmap.admin registers its classes with this site
        )

        overview: list[dict[str, Any]] = []
        if request.user.has_perm("roadmap.view_roadmap"):
            now = timezone.now()
            newest = {edition.roadmap_id: edition for edition in Edition.objects.newest_of_each(now)}
            scheduled = Counter(Edition.objects.scheduled(now).values_list("roadmap_id", flat=True))
            for roadmap in own_roadmaps(request.user):
                drafts = [*contents(roadmap)]
                to_check = Counter(finding.severity for finding in find(Snapshot(drafts), day_of(now)))
                overview.append(
                    {
                        "roadmap": roadmap,
                        "unpublished": count_pending(roadmap, drafts),
                        "edition": newest.get(roadmap.pk),
                        "scheduled": scheduled[roadmap.pk],
                        "passed": to_check[Severity.PASSED],
                        "odd": to_check[Severity.IMPOSSIBLE] + to_check[Severity.ODD],
                    }
                )
        return super().index(request, {"overview": overview, **(extra_context or {})})
