"""The drafts and the scheduled editions in the readers' pages, for staff: who may see which."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import include, path, reverse

from roadmap.admin.permissions import may_edit
from roadmap.admin.views import allowed_roadmap
from roadmap.models import Roadmap
from roadmap.previews.urls import pages
from roadmap.previews.views import of_scheduled, of_working_copies


def find_roadmap(request: HttpRequest, pk: int) -> Roadmap:
    """Raises Http404 where there is none, PermissionDenied where this person may not see its drafts."""
    return allowed_roadmap(
        request, pk, lambda user, roadmap: user.has_perm("roadmap.view_roadmap") and may_edit(user, roadmap)
    )


def _editing_url(roadmap: Roadmap) -> str:
    return reverse("admin:roadmap_roadmap_change", args=[roadmap.pk])


# Django's admin asks for a login first.
staff_draft = admin.site.admin_view(of_working_copies(find_roadmap, _editing_url))
staff_scheduled = admin.site.admin_view(of_scheduled(find_roadmap, _editing_url))

urlpatterns = [
    path(
        "preview/<int:pk>/edition/<int:edition_pk>/",
        include((pages, "pages"), namespace="staff_edition_preview"),
        {"mount": staff_scheduled},
    ),
    path("preview/<int:pk>/", include((pages, "pages"), namespace="staff_preview"), {"mount": staff_draft}),
]
