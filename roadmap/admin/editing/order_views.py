"""The order of a roadmap's things: a page for each noun, on which a button moves a thing up or down, and a number puts
it where it is to stand.
"""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, QueryDict
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
from roadmap.working_copies.order import Step, in_groups, put, step

MOST_NAMED = 3
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
        typed = _typed(request.POST)
        if wrong := {key: text for key, text in typed.items() if _place(text) is None}:
            return _show(request, roadmap, model, typed, wrong)
        return _save(request, roadmap, model, {key: _place(text) or 1 for key, text in typed.items()})
    return _show(request, roadmap, model)


def _show(
    request: HttpRequest,
    roadmap: Roadmap,
    model: Any,
    typed: Mapping[int, str] | None = None,
    wrong: Collection[int] = (),
) -> HttpResponse:
    """`typed` are places that were not saved, by primary key, and `wrong` those among them that are none."""
    groups = [group for group in in_groups(roadmap, model, _came(roadmap)) if len(group.things) > 1]
    for group in groups:
        for place, thing in enumerate(group.things, 1):
            thing.place = place
            thing.typed_place = (typed or {}).get(thing.pk, place)
            thing.is_wrong = thing.pk in wrong
    context = {
        "title": f"Order of {model._meta.verbose_name_plural}",
        "roadmap": roadmap,
        "opts": model._meta,
        "groups": groups,
        "wrong": wrong,
        "list_url": list_url(model, roadmap),
        "moved": request.GET.get("moved", ""),
        "way": request.GET.get("way", ""),
    }
    return page(request, "order", context)


def _typed(post: QueryDict) -> dict[int, str]:
    """By primary key, each place that is not the one that the page showed: its field is named `place:<key>:<place>`."""
    found = {}
    for name in post:
        what, key, shown = [*name.split(":"), "", ""][:3]
        if what == "place" and _place(key) and (typed := str(post[name]).strip()) != shown:
            found[int(key)] = typed
    return found


def _place(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) else None


def _save(request: HttpRequest, roadmap: Roadmap, model: Any, places: Mapping[int, int]) -> HttpResponse:
    """What was typed, then what was pressed: one may press a button before one saves."""
    first = None
    if places:
        putting = partial(put, roadmap, model, places, _came(roadmap))
        moved = recorded(roadmap, putting, by=request.user, action="Moved")
        first = moved[0].pk if moved else None
        told = f"Moved {', '.join(f'“{_name(thing)}”' for thing in moved[:MOST_NAMED])}"
        more = f" and {len(moved) - MOST_NAMED} more" if moved[MOST_NAMED:] else ""
        if moved:
            messages.success(request, format_html("{}{}. {}", told, more, next_step(request.user, roadmap)))
    if "move" in request.POST:
        return _move(request, roadmap, model)
    if first is None:
        messages.info(request, "Nothing was moved: everything stands where it stood. Type another number beside one.")
    return redirect(order_url(model, roadmap) + (f"?moved={first}" if first else ""))


def _move(request: HttpRequest, roadmap: Roadmap, model: Any) -> HttpResponse:
    key, _, way = request.POST.get("move", "").partition(":")
    if not (_place(key) and way in _WAYS):
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
    told = format_html(
        "“{}” now stands {} “{}”.", _name(moved.thing), "before" if is_up else "after", _name(moved.passed)
    )
    return format_html("{} {}", told, next_step(request.user, roadmap))


def _name(thing: Any) -> str:
    return str(thing.name if isinstance(thing, Field) else thing.title)
