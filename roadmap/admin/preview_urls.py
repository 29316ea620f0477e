"""The drafts and the scheduled editions in the readers' pages, for staff: who may see which."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import include, path

from roadmap.admin.permissions import may_edit
from roadmap.admin.views import allowed_roadmap
from roadmap.models import Roadmap
from roadmap.previews.urls import pages
from roadmap.previews.views import for_staff


def find_roadmap(request: HttpRequest, pk: int) -> Roadmap:
    """Raises Http404 where there is none, PermissionDenied where this person may not see its drafts."""
    return allowed_roadmap(
        request, pk, lambda user, roadmap: user.has_perm("roadmap.view_roadmap") and may_edit(user, roadmap)
    )


# Django's admin asks for a login first.
_MOUNT = {"mount": admin.site.admin_view(for_staff(find_roadmap))}

urlpatterns = [
    path(
        "preview/<int:pk>/edition/<int:edition_pk>/",
        include((pages, "pages"), namespace="staff_edition_preview"),
        _MOUNT,
    ),
    path("preview/<int:pk>/", include((pages, "pages"), namespace="staff_preview"), _MOUNT),
]
