"""A roadmap's Editions for staff: those that wait for their time, to move or take back, and those to go back to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from roadmap import publishing
from roadmap.admin.permissions import may_edit, may_publish
from roadmap.admin.publish import drafts
from roadmap.admin.publish.forms import LondonTimeForm
from roadmap.admin.publish.undo_view import undo_view
from roadmap.admin.to_check import tell
from roadmap.admin.views import allowed_roadmap, page
from roadmap.content.things import RoadmapContent
from roadmap.models import Change, Edition, Revision, Roadmap
from roadmap.previews.links import addresses_for_staff
from roadmap.publishing import AlreadyPublished, CannotRestore, PublishingRefused
from roadmap.publishing.audit_trail import recorded
from roadmap.templatetags.uk_dates import uk_datetime

PER_PAGE = 10
MOST_THINGS = 40  # told of one Edition; the rest are counted
FIRST_THINGS = 6  # before the others are folded away
MOST_LOST = 20  # titles of unpublished changes that restoring would overwrite; the rest are counted

GONE = "This edition was cancelled before you got here, so there is nothing to change."


@never_cache
@require_safe
def editions_view(request: HttpRequest, pk: int) -> HttpResponse:
    roadmap = allowed_roadmap(request, pk, may_publish)
    now, content = Edition.objects.clock(roadmap), publishing.roadmap_in_sentences(roadmap)
    editions = Edition.objects.filter(roadmap=roadmap)
    scheduled = [*_with_changes(editions.scheduled(now))]
    newest_first = _with_changes(editions.live(now).order_by("-number"))
    shown = Paginator(newest_first, PER_PAGE).get_page(request.GET.get("page"))
    by = publishing.taken_back_by(roadmap, shown, now)
    context = {
        "title": f"Editions of {roadmap}",
        "scheduled": [
            (_told(edition, content), addresses_for_staff(roadmap.pk, edition.pk).home) for edition in scheduled
        ],
        "entries_to_read": publishing.entries_to_read(scheduled),
        "published": [(_told(edition, content), by.get(edition.pk, [])) for edition in shown],
        "page": shown,
        "may_edit": may_edit(request.user, roadmap),
        "roadmap": roadmap,
    }
    return page(request, "publish/editions", context)


def _of_waiting(view: Callable[[HttpRequest, Roadmap, Edition], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of a scheduled Edition: back to the list, with a message, where none is there any more to be changed."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest, pk: int, edition_pk: int) -> HttpResponse:
        roadmap = allowed_roadmap(request, pk, may_publish)
        try:
            edition = _with_changes(Edition.objects.filter(roadmap=roadmap)).get(pk=edition_pk)
            if edition.is_live(timezone.now()):
                raise AlreadyPublished(edition)
            return view(request, roadmap, edition)
        except (PublishingRefused, Edition.DoesNotExist) as error:
            messages.warning(request, GONE if isinstance(error, Edition.DoesNotExist) else str(error))
        return redirect("admin:roadmap_roadmap_editions", pk)

    return answer


@_of_waiting
def time_view(request: HttpRequest, roadmap: Roadmap, edition: Edition) -> HttpResponse:
    """Moves a scheduled Edition to another time."""
    local = timezone.localtime(edition.published_at)
    initial = {"day": local.date(), "time": local.time()}
    form = LondonTimeForm(request.POST or None, initial=initial, now=Edition.objects.clock(roadmap))
    if request.method == "POST" and form.is_valid() and form.at:
        try:
            publishing.reschedule(edition, form.at)
        except AlreadyPublished:
            raise
        except PublishingRefused as error:
            form.add_error("day", str(error))
        else:
            messages.success(request, f"Readers will see it from {uk_datetime(form.at)}, London time.")
            return redirect("admin:roadmap_roadmap_editions", roadmap.pk)
    context = {"title": f"Change the time of edition {edition.number}", "edition": edition, "roadmap": roadmap}
    return page(request, "publish/edition_time", {**context, "form": form})


@_of_waiting
def cancel_view(request: HttpRequest, roadmap: Roadmap, edition: Edition) -> HttpResponse:
    """Takes a scheduled Edition back, once that is confirmed."""
    if request.method == "POST":
        held = drafts.held_by(edition)
        publishing.cancel(edition)
        not_given_back = drafts.give_back(roadmap, request.user, held)
        messages.success(
            request,
            "Cancelled. What was in that edition is pending again. What was typed and chosen for it is in your review.",
        )
        if not_given_back:
            messages.info(request, not_given_back)
        return redirect("admin:roadmap_roadmap_publish", roadmap.pk)
    told = _told(edition, publishing.roadmap_in_sentences(roadmap))
    context = {"title": f"Cancel edition {edition.number}", "told": told, "roadmap": roadmap}
    return page(request, "publish/edition_cancel", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def restore_view(request: HttpRequest, pk: int, edition_pk: int) -> HttpResponse:
    """Puts an Edition that readers have seen back into the working copies, once that is confirmed."""
    roadmap = allowed_roadmap(request, pk, may_publish)
    if not may_edit(request.user, roadmap):
        raise PermissionDenied
    now = timezone.now()
    edition = get_object_or_404(_with_changes(Edition.objects.filter(roadmap=roadmap).live(now)), pk=edition_pk)
    if request.method == "POST":
        try:
            # Whatever it overwrites is in the history first.
            action = f"Restored from edition {edition.number}"
            recorded(roadmap, lambda: publishing.restore_edition(edition), by=request.user, action=action)
        except CannotRestore as error:
            messages.error(request, f"Nothing has been restored. {error}")
            return redirect("admin:roadmap_roadmap_editions", pk)
        messages.success(
            request,
            f"The drafts are as they were in edition {edition.number}. Readers see no difference until you publish.",
        )
        tell(request, roadmap)
        return redirect("admin:roadmap_roadmap_publish", pk)
    lost = [thing.title for thing in publishing.pending(roadmap)]
    context = {
        "title": f"Restore edition {edition.number} into the drafts",
        "edition": edition,
        "lost": lost[:MOST_LOST],
        "lost_count": len(lost),
        "more_lost": max(len(lost) - MOST_LOST, 0),
        "roadmap": roadmap,
    }
    return page(request, "publish/edition_restore", context)


def urls(admin_view: Callable[[Any], Any]) -> list[URLPattern]:
    """Their addresses, below those of the roadmaps in the admin."""
    edition = "<int:pk>/editions/<int:edition_pk>/"
    return [
        path("<int:pk>/editions/", admin_view(editions_view), name="roadmap_roadmap_editions"),
        path(f"{edition}time/", admin_view(time_view), name="roadmap_roadmap_edition_time"),
        path(f"{edition}cancel/", admin_view(cancel_view), name="roadmap_roadmap_edition_cancel"),
        path(f"{edition}undo/", admin_view(undo_view), name="roadmap_roadmap_edition_undo"),
        path(f"{edition}restore/", admin_view(restore_view), name="roadmap_roadmap_edition_restore"),
    ]


# What they share


def _with_changes(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    """With their first Revisions and the Changes of these: three queries, and none of the Contents."""
    revisions = (
        Revision.objects.defer("content")
        .order_by("pk")
        .prefetch_related(Prefetch("changes", queryset=Change.objects.order_by("pk")))
    )
    return (
        editions.select_related("published_by")
        .annotate(thing_count=Count("revisions"))
        .prefetch_related(Prefetch("revisions", queryset=revisions[:MOST_THINGS], to_attr="first_revisions"))
    )


def _told(edition: Any, content: RoadmapContent) -> dict[str, Any]:
    """An Edition with what it changes, in a reader's words: of each thing its title, its sentences and reasons."""
    things = [
        {
            "title": revision.title,
            "changes": [
                (change.as_field_change().sentence(content), change.reason) for change in revision.changes.all()
            ],
            "is_minor": revision.changes.all() and all(change.is_minor for change in revision.changes.all()),
        }
        for revision in edition.first_revisions
    ]
    return {
        "edition": edition,
        "first": things[:FIRST_THINGS],
        "rest": things[FIRST_THINGS:],
        "rest_count": edition.thing_count - FIRST_THINGS,
        "untold": edition.thing_count - len(things),
    }
