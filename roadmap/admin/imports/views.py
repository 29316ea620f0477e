"""The pages where a roadmap is imported: a file is taken, its plan is shown and decided on, and then it is applied.

Nothing is changed before "Apply", and nothing is published at all. What an import means: see roadmap.techdocs.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from roadmap.admin.imports import plan_page, uploads
from roadmap.admin.imports.capped_upload import CappedUpload, is_longer
from roadmap.admin.imports.plan_page import Decided, SentChoices, decide, for_publishers_only, has_moved_on
from roadmap.admin.imports.uploads import MAX_BODY_SIZE, TOO_LONG, UploadForm, Waiting
from roadmap.admin.permissions import editable_roadmaps, may_edit
from roadmap.admin.views import allowed_roadmap, next_step, page, user_of
from roadmap.models import ImportReport, Roadmap
from roadmap.techdocs import ImportRefused, make_plan, parse
from roadmap.techdocs.apply import carry_out
from roadmap.techdocs.sources import MAX_ZIP_SIZE

MOST_REPLACED = 10  # titles of unpublished edits that a message names; the rest are counted

GONE = "That import does not wait any more: it was applied or cancelled, or has expired. Choose the file again."
DELETED = "The roadmap that this import was for has been deleted. Nothing was imported."
MOVED_ON = (
    "Nothing has been imported: somebody has changed the roadmap since this page was shown. The plan below is new, "
    "with what you chose. Read it, then apply it."
)
CHOSEN_ANEW = "This is the plan with what you chose. Nothing has been imported yet: read it, then apply it."
CHOOSE_AGAIN = "Nothing has been imported. Correct what is marked below."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_view(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Takes the file. `pk` is the roadmap's that it is for, where that is settled."""
    user = request.user
    roadmap = allowed_roadmap(request, pk, may_edit) if pk is not None else None
    if roadmap is None and not (user.has_perm("roadmap.add_roadmap") or editable_roadmaps(user).exists()):
        raise PermissionDenied
    if is_longer(request, MAX_BODY_SIZE):
        return _show_form(request, roadmap, UploadForm(user=user, into=roadmap), TOO_LONG, status=413)
    request.upload_handlers = [CappedUpload(request, MAX_ZIP_SIZE)]
    return _take(request, roadmap)


@csrf_protect
def _take(request: HttpRequest, roadmap: Roadmap | None) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, user=request.user, into=roadmap)
    if not form.is_valid() or form.upload is None:
        return _show_form(request, roadmap, form)
    key = uploads.keep(form.upload, user_pk=user_of(request).pk, now=timezone.now())
    return redirect("admin:roadmap_roadmap_import_plan", key)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan_view(request: HttpRequest, key: str) -> HttpResponse:
    """Shows the plan of a file that waits; applies it, or takes the file away."""
    waiting = uploads.find(key, user_pk=user_of(request).pk, now=timezone.now())
    if waiting is None:
        messages.warning(request, GONE)
        return redirect("admin:roadmap_roadmap_import")
    roadmap = Roadmap.objects.filter(pk=waiting.upload.roadmap_pk).first() if waiting.upload.roadmap_pk else None
    if waiting.upload.roadmap_pk and roadmap is None:
        messages.warning(request, DELETED)
        return redirect("admin:roadmap_roadmap_changelist")
    if not (may_edit(request.user, roadmap) if roadmap else request.user.has_perm("roadmap.add_roadmap")):
        raise PermissionDenied
    action = request.POST.get("action", "") if request.method == "POST" else ""
    if action == "cancel":
        uploads.drop(waiting)
        messages.info(request, f"Cancelled: nothing of {waiting.upload.name} was imported.")
        return _back_to(roadmap)
    return _plan(request, waiting, roadmap, action)


def _plan(request: HttpRequest, waiting: Waiting, roadmap: Roadmap | None, action: str) -> HttpResponse:
    upload, sent = waiting.upload, SentChoices.of(request.POST)
    slug = roadmap.slug if roadmap else upload.slug
    try:
        bare = make_plan(parse(upload.source), slug=slug, contact=upload.contact, today=timezone.localdate())
        if roadmap is None and bare.roadmap_pk is not None:
            raise ImportRefused(f"Somebody has made a roadmap at /{slug}/ meanwhile. Choose it, or another address.")
        decided = decide(bare, roadmap, sent)
    except ImportRefused as error:
        messages.error(request, f"{upload.name} cannot be imported any more. {error}")
        return redirect("admin:roadmap_roadmap_import")
    for_publishers = for_publishers_only(decided.plan, request.user)
    notice, error_text = "", ""
    if decided.errors and action:
        error_text = CHOOSE_AGAIN
    elif action == "apply" and not for_publishers and has_moved_on(decided, roadmap, sent):
        error_text = MOVED_ON
    elif action == "apply" and not for_publishers and decided.digest == sent.shown:
        try:
            return _apply(request, waiting, decided)
        except ImportRefused as error:
            error_text = str(error)
    elif action:
        notice = CHOSEN_ANEW
    name = roadmap.title if roadmap else decided.plan.roadmap.title
    context = {
        "title": f"Import {upload.name} into {name}" if roadmap else f"Import {name}",
        "roadmap": roadmap,
        "decided": decided,
        "notice": notice,
        "error": error_text,
        "for_publishers": for_publishers,
        **plan_page.context(waiting, decided),
    }
    return page(request, "imports/plan", context)


def _apply(request: HttpRequest, waiting: Waiting, decided: Decided) -> HttpResponse:
    user = user_of(request)
    with transaction.atomic():
        roadmap, replaced = carry_out(decided.plan, name=waiting.upload.name, by=user)
        uploads.drop(waiting)
    told = " ".join(plan_page.counts(decided.plan)) or "Nothing was to change: the roadmap says all of this already."
    messages.success(request, format_html("Imported {}. {} {}", waiting.upload.name, told, _report_link(roadmap)))
    if count := len(decided.open_conflicts):
        messages.info(
            request,
            f"{count:,} {'difference' if count == 1 else 'differences'} from what staff have edited stayed as staff "
            "have it: the next import asks again.",
        )
    if replaced:
        names = ", ".join(f"“{title}”" for title in replaced[:MOST_REPLACED])
        more = f" and {len(replaced) - MOST_REPLACED:,} more" if len(replaced) > MOST_REPLACED else ""
        messages.warning(
            request, f"Unpublished edits were replaced, of {names}{more}. The history of each thing still has them."
        )
    messages.info(request, next_step(user, roadmap, "Readers see nothing of it"))
    return _back_to(roadmap)


# What they share


def _report_link(roadmap: Roadmap) -> SafeString:
    """To the newest report, which says all that the next imports say again."""
    newest = ImportReport.objects.filter(roadmap=roadmap).first()
    name, parts = ("import_report", [roadmap.pk, newest.pk]) if newest else ("imports", [roadmap.pk])
    return format_html('<a href="{}">Read what it told</a>', reverse(f"admin:roadmap_roadmap_{name}", args=parts))


def _back_to(roadmap: Roadmap | None) -> HttpResponseRedirect:
    if roadmap is None:
        return redirect("admin:roadmap_roadmap_changelist")
    return redirect("admin:roadmap_roadmap_change", roadmap.pk)


def _show_form(
    request: HttpRequest, roadmap: Roadmap | None, form: UploadForm, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "title": f"Import {roadmap} again" if roadmap else "Import a roadmap",
        "roadmap": roadmap,
        "form": form,
        "error": error,
        "cancel_url": _back_to(roadmap).url,
    }
    return page(request, "imports/upload", context, status=status)
