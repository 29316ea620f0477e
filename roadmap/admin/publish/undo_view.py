"""Undoing an Edition, or one thing of it: what readers would see is shown first, and one button does it."""

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadmap import publishing
from roadmap.admin.permissions import may_edit, may_publish
from roadmap.admin.publish.forms import OneLineInput
from roadmap.admin.views import allowed_roadmap, is_uid, page, user_of
from roadmap.dates.clock import uk_date
from roadmap.models import Edition
from roadmap.publishing import Kept, PublishingRefused, Undoing, undo, undoing
from roadmap.publishing.audit_trail import recorded
from roadmap.publishing.publish import MAX_REASON_LENGTH
from roadmap.templatetags.uk_dates import uk_datetime

# An Edition that was seen for less than this is taken back without announcing it, unless the publisher chooses to.
SEEN_BRIEFLY = datetime.timedelta(hours=1)


class UndoForm(forms.Form):
    use_required_attribute = False

    reason = OneLineInput(
        most=MAX_REASON_LENGTH,
        help_text="Used for each date that moves later by this, and for what is withdrawn. Readers see it there.",
    )
    is_minor = forms.BooleanField(
        required=False,
        label="Minor: do not announce",
        help_text="Ticked where readers have had the edition for less than an hour. Feeds then do not tell of it.",
    )
    note = OneLineInput(
        most=Edition._meta.get_field("note").max_length or 0,
        label="Note",
        help_text="In a few words, what the new edition is about. Readers see it beside the edition.",
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, is_needed: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = f"Reason ({'needed' if is_needed else 'optional'})"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo_view(request: HttpRequest, pk: int, edition_pk: int) -> HttpResponse:
    roadmap = allowed_roadmap(request, pk, may_publish)
    if not may_edit(request.user, roadmap):
        raise PermissionDenied
    now = Edition.objects.clock(roadmap)
    edition = get_object_or_404(
        Edition.objects.filter(roadmap=roadmap).live(now).select_related("roadmap"), pk=edition_pk
    )
    thing = request.GET.get("thing", "")
    only = thing if is_uid(thing) else ""
    refusal = ""
    form = UndoForm(request.POST or None, initial=_suggested(edition, timezone.now()), is_needed=roadmap.asks_reasons)
    if request.method == "POST" and form.is_valid():
        try:
            made = recorded(
                roadmap,
                lambda: undo(edition, by=user_of(request), only=only, **form.cleaned_data),
                by=request.user,
                action=f"Edition {edition.number} undone",
            )
        except PublishingRefused as error:
            refusal = f"Nothing has been undone. {error}"
        else:
            return _done(request, made, edition, only)
    plan = undoing(edition, now, only=only)
    return page(request, "publish/undo", _context(plan, form, now, refusal, only))


def _suggested(edition: Edition, now: datetime.datetime) -> dict[str, Any]:
    return {
        "reason": f"This takes back edition {edition.number} of {uk_date(edition.published_at)}.",
        "note": f"Takes back edition {edition.number}",
        "is_minor": now - edition.published_at < SEEN_BRIEFLY,
    }


def _done(request: HttpRequest, made: Edition, edition: Edition, only: str) -> HttpResponse:
    roadmap = made.roadmap
    told = f"Edition {edition.number} of {roadmap} is undone: edition {made.number} takes back what it changed."
    if only and (thing := edition.revisions.filter(uid=only).first()):
        told = (
            f"What edition {edition.number} of {roadmap} changed of “{thing.title}” is undone, by edition "
            f"{made.number}. The rest of it stays."
        )
    if left := publishing.count_pending(roadmap):
        told += f" {left} unpublished {'change stays as it is' if left == 1 else 'changes stay as they are'}."
    link = format_html(' <a href="{}">See it as readers do</a>', roadmap.get_absolute_url())
    messages.success(request, format_html("{}{}", told, link))
    return redirect("admin:roadmap_roadmap_editions", roadmap.pk)


def _context(plan: Undoing, form: UndoForm, now: datetime.datetime, refusal: str, only: str) -> dict[str, Any]:
    edition = plan.edition
    content = publishing.roadmap_in_sentences(edition.roadmap)
    things = [
        (
            thing,
            [change.sentence(content) for change in thing.changes],
            str(thing.uid) != only and len(plan.found) > 1 and thing.noun != "roadmap",
        )
        for thing in plan.found
    ]

    def why(kept: Kept) -> str:
        return (
            f"“{kept.title}”: {kept.change.sentence(content)} This {kept.why}"
            if kept.change
            else f"“{kept.title}” {kept.why}"
        )

    what = (
        f"“{plan.found[0].title}” in edition {edition.number}" if only and plan.found else f"edition {edition.number}"
    )
    return {
        "title": f"Undo {what}",
        "edition": edition,
        "published_at": uk_datetime(edition.published_at),
        "roadmap": edition.roadmap,
        "form": form,
        "things": things,
        "kept": [why(kept) for kept in plan.kept],
        "asks_reason": any(thing.slips for thing in plan.found),
        "mark": plan.mark,
        "refusal": refusal,
        "cannot": plan.refusal,
        "taken_back_by": publishing.taken_back_by(edition.roadmap, [edition], now).get(edition.pk, []),
        "only": only,
    }
