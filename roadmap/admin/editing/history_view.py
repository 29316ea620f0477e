"""The history of one thing for staff: every save and every publication, any two compared, any of them put back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from roadmap.admin.editing.text_diff import Comparing, difference_of
from roadmap.admin.editing.timeline import NOW, Timeline, TimelineEntry, release_titles, sentences_of
from roadmap.admin.permissions import may_edit
from roadmap.admin.views import allowed_roadmap, next_step, page
from roadmap.content.changes import compare
from roadmap.content.choices import Noun
from roadmap.content.things import Content, RoadmapContent
from roadmap.models import MODEL_OF, NOUN_OF_MODEL, Revision, Roadmap, Save
from roadmap.publishing import CannotRestore, restore_revision
from roadmap.publishing.audit_trail import deleted_things, recorded, restore_save, roadmap_of
from roadmap.templatetags.uk_dates import uk_datetime
from roadmap.working_copies.to_content import content_of, roadmap_content

ROWS = 50  # on a page


class HistoryAdmin(admin.ModelAdmin):
    """In place of Django's own history, which knows who and when, but not what."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj: Any = self.get_object(request, unquote(object_id))
        if obj is None:
            gone: HttpResponse = self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, object_id
            )
            return gone
        return history(request, roadmap_of(obj), NOUN_OF_MODEL[type(obj)], str(obj.uid), obj)


def urls(admin_view: Callable[[Any], Any]) -> list[URLPattern]:
    """For what was deleted: addresses below those of the roadmaps, that stay."""
    return [
        path("<int:pk>/history/<uuid:uid>/", admin_view(history_of), name="roadmap_roadmap_history_of"),
        path("<int:pk>/deleted/", admin_view(deleted_view), name="roadmap_roadmap_deleted"),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def history_of(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """By the thing's uid: the history of what was deleted, or the way to that of what is there."""
    roadmap = allowed_roadmap(request, pk, may_edit)
    for noun, model in MODEL_OF.items():
        here = {"pk": pk} if noun is Noun.ROADMAP else {"roadmap": pk}
        copy = model._default_manager.filter(uid=uid, **here).first()
        if copy and request.method != "POST":
            return redirect(f"admin:roadmap_{model._meta.model_name}_history", copy.pk)
        if copy:
            return history(request, roadmap, noun, str(uid), copy)
    known = (
        Save.objects.filter(roadmap=roadmap, uid=uid).values_list("noun", flat=True).first()
        or Revision.objects.filter(edition__roadmap=roadmap, uid=uid).values_list("noun", flat=True).first()
    )
    if not known:
        raise Http404("Nothing of this roadmap has this address.")
    return history(request, roadmap, Noun(known), str(uid), None)


def history(request: HttpRequest, roadmap: Roadmap, noun: Noun, uid: str, copy: Any) -> HttpResponse:
    """`copy` is the working copy; None where it was deleted."""
    if not may_edit(request.user, roadmap):
        raise PermissionDenied
    noun_admin = admin.site.get_model_admin(MODEL_OF[noun])
    if not noun_admin.has_view_or_change_permission(request, copy):
        raise PermissionDenied
    may_restore = noun_admin.has_change_permission(request, copy)
    timeline = Timeline(roadmap, noun, uid)
    if request.method != "POST":
        return _show(request, timeline, copy, may_restore=may_restore)
    if not may_restore:
        raise PermissionDenied
    return _restore(request, timeline)


@require_safe
def deleted_view(request: HttpRequest, pk: int) -> HttpResponse:
    roadmap = allowed_roadmap(request, pk, may_edit)
    things = deleted_things(roadmap)
    uids = [uid for uid, _, _ in things]
    removals: dict[str, Save] = {}  # by uid, the newest of each, oldest first
    for save in Save.objects.filter(uid__in=uids, content="").select_related("saved_by").order_by("saved_at", "pk"):
        removals.pop(str(save.uid), None)
        removals[str(save.uid)] = save
    revisions = Revision.objects.filter(uid__in=uids).newest_of(roadmap, timezone.now()).select_related("edition")
    live = {str(revision.uid): revision for revision in revisions}
    rows: list[dict[str, Any]] = [
        {"uid": uid, "noun": _word(noun), "title": title, "removal": removals.get(uid), "live": live.get(uid)}
        for uid, noun, title in things
        if admin.site.get_model_admin(MODEL_OF[noun]).has_view_or_change_permission(request)
    ]
    order = [*removals]  # what no save tells of comes last
    rows.sort(key=lambda row: order.index(row["uid"]) if row["uid"] in removals else -1, reverse=True)
    context = {"title": f"Deleted things of {roadmap}", "roadmap": roadmap, "rows": rows}
    return page(request, "editing/deleted", context)


def _word(noun: Noun) -> str:
    return str(MODEL_OF[noun]._meta.verbose_name)


def _show(request: HttpRequest, timeline: Timeline, copy: Any, *, may_restore: bool) -> HttpResponse:
    now = timezone.now()
    roadmap, noun = timeline.roadmap, _word(timeline.noun)
    content, titles = roadmap_content(roadmap), release_titles(roadmap)
    rows_page = Paginator(timeline.keys, ROWS).get_page(request.GET.get("p"))
    shown = [*rows_page.object_list]
    told_against = {key: older for key, _ in shown if key[0] == "s" and (older := timeline.before(key))}
    entries = timeline.entries([*dict.fromkeys([*shown, *told_against.values()])])
    live = timeline.published_at(now)
    rows = []
    for key, at in shown:
        entry = entries[key]
        before = entries[told_against[key][0]].content if key in told_against else None
        rows.append(
            {
                "key": key,
                "at": at,
                "entry": entry,
                "name": entry.name(now),
                "is_live": key == live and entry.content is not None,
                "sentences": sentences_of(entry, before, content, titles),
                "may_restore": may_restore and entry.content is not None,
            }
        )
    current = content_of(copy) if copy else None
    title = copy or next((entry.row.title for entry in entries.values()), noun)
    context = {
        "title": f"History of {title}",
        "opts": MODEL_OF[timeline.noun]._meta,
        "roadmap": roadmap,
        "original": copy,
        "thing": title,
        "noun": noun,
        "rows": rows,
        "page": rows_page,
        "pages": rows_page.paginator.get_elided_page_range(rows_page.number),
        "chosen": (
            request.GET.get("from") or (rows[1]["key"] if len(rows) > 1 else ""),
            request.GET.get("to") or (rows[0]["key"] if rows else ""),
        ),
        "standing": _standing(timeline.entry(live), current, content, titles),
        "waiting": [row for row in rows if row["entry"].is_published and row["at"] > now],
        "now_key": NOW,
        "live_key": live,
        **_compared(request, timeline, current, content, titles),
    }
    return page(request, "editing/history", context)


def _standing(
    live: TimelineEntry | None, current: Content | None, content: RoadmapContent, titles: dict[str, str]
) -> dict[str, Any]:
    """How what is saved now stands to what readers see."""
    seen = live.content if live else None
    told: dict[str, Any] = {"live": live, "seen": seen, "current": current, "is_same": seen == current}
    if seen and current and seen != current:
        told["sentences"] = [change.sentence(content) for change in compare(seen, current, titles)]
    return told


def _compared(
    request: HttpRequest, timeline: Timeline, current: Content | None, content: RoadmapContent, titles: dict[str, str]
) -> dict[str, Any]:
    asked = [request.GET.get("from", ""), request.GET.get("to", "")]
    if not any(asked):
        return {}
    now = timezone.now()
    sides: list[tuple[str, Content | None]] = []
    for key in asked:
        entry = timeline.entry(key)
        if key == NOW and current is not None:
            sides.append(("As it is saved now", current))
        elif entry is not None:
            sides.append((f"{entry.name(now)}, {uk_datetime(entry.at)}", entry.content))
    if len(sides) < 2 or asked[0] == asked[1]:
        return {"compare_error": "Choose two different rows to compare: one in each column."}
    (left_name, left), (right_name, right) = sides
    if left is None or right is None:
        return {"compare_error": "In one of these two it was deleted or withdrawn: there is no text to compare."}
    changes = compare(left, right, titles)
    comparing = Comparing()
    return {
        "is_compared": True,
        "left_heading": left_name,
        "right_heading": right_name,
        "sentences": [change.sentence(content) for change in changes],
        "differences": [difference_of(change, content, comparing) for change in changes],
    }


def _restore(request: HttpRequest, timeline: Timeline) -> HttpResponse:
    roadmap, uid, model = timeline.roadmap, timeline.uid, MODEL_OF[timeline.noun]
    entry = timeline.entry(request.POST.get("restore", ""))
    try:
        if entry is None or entry.content is None:
            raise CannotRestore("Nothing was restored: choose a row of this history that has a text to put back.")
        row = entry.row
        if isinstance(row, Revision):
            source, restore = f"edition {row.edition.number}", partial(restore_revision, row)
        else:
            source, restore = f"what was saved on {uk_datetime(entry.at)}", partial(restore_save, row)
        recorded(roadmap, restore, by=request.user, action=f"Restored from {source}")
    except CannotRestore as error:
        messages.error(request, str(error))
        return redirect("admin:roadmap_roadmap_history_of", roadmap.pk, uid)
    copy = model._default_manager.get(uid=uid)
    step = next_step(request.user, roadmap)
    messages.success(request, format_html("“{}” is again as in {}. {}", row.title, source, step))
    return redirect(f"admin:roadmap_{model._meta.model_name}_history", copy.pk)
