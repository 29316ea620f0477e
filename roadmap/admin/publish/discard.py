"""The page that asks once before changes are discarded, and shows what is lost."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadmap import publishing
from roadmap.admin.editing.text_diff import Comparing, text_of
from roadmap.admin.permissions import may_edit, may_publish
from roadmap.admin.publish.drafts import as_sent, drafts_of, forget_things
from roadmap.admin.publish.groups import members
from roadmap.admin.publish.review_html import texts_html
from roadmap.admin.views import allowed_roadmap, page
from roadmap.content.things import RoadmapContent, counted
from roadmap.models import Revision, Roadmap
from roadmap.publishing import Pending, pending
from roadmap.publishing.audit_trail import recorded
from roadmap.publishing.discard import CannotDiscard, discard

ACTION = "Discarded: back to what is published"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def discard_view(request: HttpRequest, pk: int) -> HttpResponse:
    """`of` in the address is the name of a group or a line of the review, or the uid of a thing."""
    roadmap = allowed_roadmap(request, pk, may_publish)
    if not may_edit(request.user, roadmap):
        raise PermissionDenied
    if request.method == "POST":
        return _discard(request, roadmap)
    content, found = publishing.roadmap_in_sentences(roadmap), pending(roadmap)
    chosen = members(found, request.GET.get("of", ""), content)
    things = [thing for thing in found if thing.uid in chosen]
    if not things:
        messages.warning(request, "There is nothing to discard: it is not pending any more.")
        return redirect("admin:roadmap_roadmap_publish", pk)
    context = {
        "title": f"Discard {counted(len(things), 'change')}",
        "roadmap": roadmap,
        "things": _told(things, content, _seen(roadmap, request.user)),
        "waits_until": _waits_until(roadmap, chosen),
    }
    return page(request, "publish/discard", context)


def _seen(roadmap: Roadmap, person: Any) -> dict[str, str]:
    """By uid, the marks of what this person's review showed; nothing where it was of another time."""
    own, _ = drafts_of(roadmap, person)
    sent = as_sent(own) if own else {}
    pairs = (pair.partition("=") for pair in str(sent.get("shown", "")).split())
    return {} if sent.get("reviewed_at") else {uid: mark for uid, _, mark in pairs}


def _told(things: list[Pending], content: RoadmapContent, seen: dict[str, str]) -> list[dict[str, Any]]:
    comparing = Comparing()
    return [
        {
            "pending": thing,
            "value": f"{thing.uid}={thing.mark} {thing.title}",
            "is_since": bool(seen) and seen.get(thing.uid) != thing.mark,
            "changes": [
                {
                    "sentence": change.sentence(content),
                    "texts": ""
                    if change.is_told_whole or thing.is_new
                    else texts_html(
                        comparing.compare(text_of(change, change.before), text_of(change, change.after)), is_new=False
                    ),
                }
                for change in thing.changes
            ],
        }
        for thing in things
    ]


def _waits_until(roadmap: Roadmap, uids: frozenset[str]) -> bool:
    """Whether some of it goes back to what readers do not see yet."""
    scheduled = roadmap.editions.scheduled(timezone.now())
    return Revision.objects.filter(edition__in=scheduled, uid__in=uids).exists()


def _discard(request: HttpRequest, roadmap: Roadmap) -> HttpResponse:
    pairs = [value.partition(" ") for value in request.POST.getlist("thing")]
    titles = {pair.partition("=")[0]: title for pair, _, title in pairs}
    reviewed = {uid: mark for pair, _, _ in pairs for uid, _, mark in [pair.partition("=")]}
    try:
        found = recorded(roadmap, lambda: discard(roadmap, reviewed, titles), by=request.user, action=ACTION)
    except CannotDiscard as error:
        messages.error(request, f"Nothing has been discarded. {error}")
        return redirect("admin:roadmap_roadmap_publish", roadmap.pk)
    forget_things(roadmap, request.user, {*reviewed})
    if found:
        messages.success(
            request,
            format_html(
                "{} discarded: the drafts are as readers have them. To bring {} back, restore it from its history.",
                counted(len(found), "change"),
                "it" if len(found) == 1 else "one",
            ),
        )
    return redirect("admin:roadmap_roadmap_publish", roadmap.pk)
