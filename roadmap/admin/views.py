"""What the admin's own views share: whether somebody may be there, the page around what they show, the next step."""

from collections.abc import Callable, Iterable
from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from roadmap.admin.permissions import may_edit, may_publish
from roadmap.content.choices import Noun
from roadmap.models import MODEL_OF, Roadmap


def allowed_roadmap(request: HttpRequest, pk: int, may: Callable[[Any, Roadmap], bool]) -> Roadmap:
    """`may` is one of roadmap.admin.permissions. Raises Http404, PermissionDenied."""
    roadmap: Roadmap = get_object_or_404(Roadmap, pk=pk)
    if not may(request.user, roadmap):
        raise PermissionDenied
    return roadmap


def user_of(request: HttpRequest) -> User:
    """Who is signed in: the admin lets nobody else in."""
    return cast(User, request.user)


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """`context` has the title, and for the breadcrumbs `roadmap`, or `opts` of another noun."""
    shared = {**admin.site.each_context(request), "opts": Roadmap._meta}
    return TemplateResponse(request, f"admin/{template}.html", {**shared, **context}, status=status)


def publish_link(roadmap: Roadmap) -> SafeString:
    url = reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk])
    return format_html('<a href="{}">Review and publish {}</a>', url, roadmap.title_and_address)


def next_step(user: Any, roadmap: Roadmap, told: str = "Readers do not see this") -> SafeString | str:
    """What follows a change of the drafts."""
    if may_publish(user, roadmap):
        return format_html("{} yet. {}", told, publish_link(roadmap))
    waits = f"{told} until a publisher has reviewed and published it."
    if not may_edit(user, roadmap):
        return waits
    url = reverse("admin:roadmap_roadmap_ready", args=[roadmap.pk])
    return format_html('{} <a href="{}">Ask for it to be published</a>', waits, url)


def edit_urls(roadmap: Roadmap, nouns: Iterable[Noun]) -> dict[str, str]:
    """By uid, the forms of the roadmap and of all its things of these nouns."""
    urls = {str(roadmap.uid): reverse("admin:roadmap_roadmap_change", args=[roadmap.pk])}
    for noun in nouns:
        if noun is not Noun.ROADMAP:
            model: Any = MODEL_OF[noun]
            # The address of one, to write all of them: a look-up for each would take longer than the rest of the page.
            pattern = reverse(f"admin:roadmap_{model._meta.model_name}_change", args=["PK"])
            rows = model.objects.filter(roadmap=roadmap).order_by().values_list("uid", "pk")
            urls |= {str(uid): pattern.replace("/PK/", f"/{pk}/") for uid, pk in rows}
    return urls


def name_of(user: Any) -> str:
    return user.get_full_name() or user.username


def is_uid(text: str) -> bool:
    """As the site writes it."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
