"""What is said once something is deleted: that it is, what readers still see, and the next step, in this order."""

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from roadmap.admin.permissions import readers_know_any
from roadmap.admin.views import next_step, publish_link
from roadmap.models import Roadmap
from roadmap.publishing.audit_trail import roadmap_of

# Django says that it is deleted after it has deleted it: what follows from that waits for it, by request.
_TO_SAY: WeakKeyDictionary[HttpRequest, list[Any]] = WeakKeyDictionary()


class SaysWhatFollows(admin.ModelAdmin):
    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        answer = super().response_delete(request, obj_display, obj_id)
        _say(request)
        return answer

    def response_action(self, request: HttpRequest, queryset: Any, **where: Any) -> HttpResponse | None:  # type: ignore[override]
        answer = super().response_action(request, queryset, **where)
        _say(request)
        return answer

    def say_what_follows(self, request: HttpRequest, things: Iterable[Any]) -> None:
        """Of things that are about to be deleted. The same number of queries however many there are of one roadmap."""
        by_roadmap: dict[Roadmap, list[Any]] = {}
        for thing in things:
            if not isinstance(thing, Roadmap):  # which readers never saw, or it would stay
                by_roadmap.setdefault(roadmap_of(thing), []).append(thing)
        told = [_what_follows(request, roadmap, among) for roadmap, among in by_roadmap.items()]
        _TO_SAY.setdefault(request, []).extend(told)


def _what_follows(request: HttpRequest, roadmap: Roadmap, things: list[Any]) -> Any:
    if not hasattr(things[0], "uid"):  # a column, which goes with the roadmap itself
        return next_step(request.user, roadmap)
    them = "it" if len(things) == 1 else "them"
    if readers_know_any(roadmap, things):
        told = "Readers still see what they know of {} until you publish. {}" if things[1:] else None
        return format_html(told or "Readers still see {} until you publish. {}", them, publish_link(roadmap))
    url = reverse("admin:roadmap_roadmap_deleted", args=[roadmap.pk])
    return format_html('Readers never saw {0}. To have {0} back: <a href="{1}">Deleted things</a>', them, url)


def _say(request: HttpRequest) -> None:
    for told in _TO_SAY.pop(request, []):
        messages.info(request, told)
