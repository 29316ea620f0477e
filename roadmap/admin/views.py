"""What the admin's own views share: whether somebody may be there, the page around what they show, the next step."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from roadmap.admin.permissions import may_publish
from roadmap.models import Roadmap


def allowed_roadmap(request: HttpRequest, pk: int, may: Callable[[Any, Roadmap], bool]) -> Roadmap:
    """`may` is one of roadmap.admin.permissions. Raises Http404, PermissionDenied."""
    roadmap: Roadmap = get_object_or_404(Roadmap, pk=pk)
    if not may(request.user, roadmap):
        raise PermissionDenied
    return roadmap


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """`context` has the title, and for the breadcrumbs `roadmap`, or `opts` of another noun."""
    shared = {**admin.site.each_context(request), "opts": Roadmap._meta}
    return TemplateResponse(request, f"admin/{template}.html", {**shared, **context}, status=status)


def publish_link(roadmap: Roadmap) -> SafeString:
    url = reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk])
    return format_html('<a href="{}">Review and publish {}</a>', url, roadmap)


def next_step(user: Any, roadmap: Roadmap, told: str = "Readers do not see this") -> SafeString | str:
    """What follows a change of the drafts."""
    if may_publish(user, roadmap):
        return format_html("{} yet. {}", told, publish_link(roadmap))
    return f"{told} until a publisher has reviewed and published it."


def name_of(user: Any) -> str:
    return user.get_full_name() or user.username


def is_uid(text: str) -> bool:
    """As the site writes it."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
