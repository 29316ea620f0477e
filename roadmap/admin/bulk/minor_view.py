"""Calling what is pending of some items minor, before it is reviewed: the review then begins with it ticked."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from roadmap import publishing
from roadmap.admin.bulk.picked_items import PickedItems, finish, items_in_words, of_picked, show, to_page
from roadmap.admin.views import user_of
from roadmap.models import MinorMark
from roadmap.publishing.minor_marks import mark_minor

MINOR, NEWS = "minor", "news"


@admin.action(description="Mark as minor…", permissions=["change"])
def mark_as_minor(modeladmin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    return to_page(modeladmin, request, queryset, "minor")


@of_picked
def minor_view(request: HttpRequest, picked: PickedItems) -> HttpResponse:
    """Shows what is pending of each, and does it for those that are ticked."""
    roadmap, refusal = picked.roadmap, ""
    uids = {str(item.uid) for item in picked.items}
    act = request.POST.get("act", "")
    if act in (MINOR, NEWS):
        ticked = {*request.POST.getlist("item")} & uids
        if ticked:
            done = mark_minor(roadmap, ticked, by=user_of(request), is_minor=act == MINOR)
            told = "minor: the review begins with that ticked" if act == MINOR else "news"
            words = [f"Marked what is pending of {items_in_words(len(done))} as {told}."] if done else []
            return finish(request, picked, words, is_change=bool(done))
        refusal = "Tick at least one item."
    found = [thing for thing in publishing.pending(roadmap) if thing.uid in uids]
    content = publishing.roadmap_in_sentences(roadmap)
    marks = dict(MinorMark.objects.filter(roadmap=roadmap, uid__in=uids).values_list("uid", "mark"))
    marked = {str(uid): mark for uid, mark in marks.items()}
    context = {
        "rows": [
            (thing, [change.sentence(content) for change in thing.changes], marked.get(thing.uid) == thing.mark)
            for thing in found
        ],
        "others": len(picked.items) - len(found),
        "refusal": refusal,
    }
    return show(request, picked, "minor", "Mark as minor", context)
