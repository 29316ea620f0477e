"""The drafts and the scheduled editions in the readers' pages, for staff: who may see which."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, URLResolver, include, path, reverse

from roadmap.admin.permissions import editable_roadmaps
from roadmap.models import Roadmap
from roadmap.previews.views import Opener, of_scheduled, of_working_copies, preview_pages


def find_roadmap(request: HttpRequest, pk: int) -> Roadmap:
    """Raises Http404 where there is none, PermissionDenied where this person may not see its drafts."""
    roadmap: Roadmap = get_object_or_404(Roadmap, pk=pk)
    may_view = request.user.has_perm("roadmap.view_roadmap")
    if not may_view or not editable_roadmaps(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return roadmap


def _editing_url(roadmap: Roadmap) -> str:
    return reverse("admin:roadmap_roadmap_change", args=[roadmap.pk])


def _signed_in(opener: Opener) -> list[URLPattern]:
    """Django's admin asks for a login first."""
    return preview_pages(opener, guard=admin.site.admin_view)


urls: list[URLResolver] = [
    path(
        "preview/<int:pk>/edition/<int:edition_pk>/",
        include((_signed_in(of_scheduled(find_roadmap, _editing_url)), "staff_edition_preview")),
    ),
    path(
        "preview/<int:pk>/",
        include((_signed_in(of_working_copies(find_roadmap, _editing_url)), "staff_preview")),
    ),
]
