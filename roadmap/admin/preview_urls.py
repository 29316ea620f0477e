"""The drafts and the scheduled editions in the readers' pages, for staff: who may see which."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse

from roadmap.admin.permissions import may_edit
from roadmap.admin.views import allowed_roadmap
from roadmap.models import Roadmap
from roadmap.previews.views import Opener, of_scheduled, of_working_copies, preview_pages


def find_roadmap(request: HttpRequest, pk: int) -> Roadmap:
    """Raises Http404 where there is none, PermissionDenied where this person may not see its drafts."""
    return allowed_roadmap(
        request, pk, lambda user, roadmap: user.has_perm("roadmap.view_roadmap") and may_edit(user, roadmap)
    )


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
