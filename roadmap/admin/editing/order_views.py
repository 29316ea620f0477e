"""The order of a roadmap's things: a page for each noun, on which a button moves a thing up or down."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from roadmap.admin.permissions import may_edit
from roadmap.admin.staying import list_url
from roadmap.admin.views import allowed_roadmap, next_step, page
from roadmap.content.choices import Noun
from roadmap.content.snapshot import Came
from roadmap.models import Field, Revision, Roadmap
from roadmap.publishing.audit_trail import recorded
from roadmap.working_copies.order import Step, in_groups, step

_WAYS = {"up": True, "down": False}


def order_url(model: Any, roadmap: Roadmap) -> str:
    return reverse(f"admin:roadmap_{model._meta.model_name}_order", args=[roadmap.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def order_view(request: HttpRequest, pk: int, model: Any) -> HttpResponse:
    """Each press is a save, recorded, of what moved and of nothing else; readers see it once it is published."""
    if not request.user.has_perm(f"roadmap.change_{model._meta.model_name}"):
        raise PermissionDenied
    roadmap = allowed_roadmap(request, pk, may_edit)
    if request.method == "POST":
        return _move(request, roadmap, model)
    groups = [group for group in in_groups(roadmap, model, _came(roadmap)) if len(group.things) > 1]
    noun = model._meta.verbose_name_plural
    context = {
        "title": f"Order of {noun}",
        "roadmap": roadmap,
        "opts": model._meta,
        "groups": groups,
        "list_url": list_url(model, roadmap),
        "moved": request.GET.get("moved", ""),
        "way": request.GET.get("way", ""),
    }
    return page(request, "order", context)


def _move(request: HttpRequest, roadmap: Roadmap, model: Any) -> HttpResponse:
    key, _, way = request.POST.get("move", "").partition(":")
    if not (key.isascii() and key.isdecimal() and len(key) < 10 and way in _WAYS):
        messages.error(request, "Nothing was moved. Press “Up” or “Down” beside what you want to move.")
        return redirect(order_url(model, roadmap))
    moving = partial(step, roadmap, model, int(key), _came(roadmap), is_up=_WAYS[way])
    moved = recorded(roadmap, moving, by=request.user, action=f"Moved {way}")
    if moved is None:
        messages.warning(request, "Nothing was moved: somebody has changed the order meanwhile. It is now as below.")
        return redirect(order_url(model, roadmap))
    messages.success(request, _told(request, roadmap, moved, is_up=_WAYS[way]))
    return redirect(f"{order_url(model, roadmap)}?moved={key}&way={way}")


def _came(roadmap: Roadmap) -> dict[str, Came]:
    """Of changelog entries by uid: in which Edition each was published first, and where in it."""
    rows = Revision.objects.filter(edition__roadmap=roadmap, noun=Noun.CHANGELOG_ENTRY).order_by().values("uid")
    firsts = rows.annotate(number=Min("edition__number"), place=Min("pk"))
    return {str(row["uid"]): (row["number"], row["place"]) for row in firsts}


def _told(request: HttpRequest, roadmap: Roadmap, moved: Step, *, is_up: bool) -> Any:
    name, passed = (thing.name if isinstance(thing, Field) else thing.title for thing in moved)
    told = format_html("“{}” now stands {} “{}”.", name, "before" if is_up else "after", passed)
    return format_html("{} {}", told, next_step(request.user, roadmap))
