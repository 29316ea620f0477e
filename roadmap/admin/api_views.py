"""APIs that may be one under two names: staff see which, and make them one in a step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html_join
from django.views.decorators.http import require_http_methods

from roadmap.admin.permissions import may_publish
from roadmap.admin.views import page, publish_link
from roadmap.content.things import counted
from roadmap.models import Api, Roadmap
from roadmap.publishing.audit_trail import recorded
from roadmap.working_copies.same_apis import alike, replace_in, roadmaps_of

_CHOOSE = "Choose which of the two to keep."


@dataclass(frozen=True)
class ShownPair:
    apis: Sequence[Api]
    reason: str


class MergeForm(forms.Form):
    """Which of two APIs takes the place of the other."""

    keep = forms.ModelChoiceField(Api.objects.all(), error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE})
    gone = forms.ModelChoiceField(Api.objects.all(), error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE})

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("keep") and said.get("keep") == said.get("gone"):
            raise forms.ValidationError("An API cannot take its own place: choose two.")
        return said


@require_http_methods(["GET", "HEAD", "POST"])
def alike_view(request: HttpRequest) -> HttpResponse:
    """The pairs that may be one; any two by choice. Merging changes drafts: readers see it once it is published."""
    if not all(request.user.has_perm(f"roadmap.{name}") for name in ("publish_roadmap", "change_api", "delete_api")):
        raise PermissionDenied
    form = MergeForm(_posted(request) if request.method == "POST" else None)
    if form.is_valid():
        gone, kept = form.cleaned_data["gone"], form.cleaned_data["keep"]
        if refusal := _merge(request, gone, kept):
            form.add_error(None, refusal)
        else:
            return redirect("admin:roadmap_api_alike")
    apis = [*Api.objects.annotate(item_count=Count("items", distinct=True))]
    pairs = [ShownPair((pair.first, pair.second), pair.reason) for pair in alike(apis)]
    errors = [error for found in form.errors.values() for error in found] if form.is_bound else []
    context = {"title": "APIs that may be one", "opts": Api._meta, "pairs": pairs, "apis": apis, "errors": errors}
    return page(request, "api_alike", context)


def _posted(request: HttpRequest) -> dict[str, str]:
    """Of a pair, the one that is kept is chosen, and the other goes."""
    keep, pair = request.POST.get("keep", ""), request.POST.get("pair", "").split(",")
    gone = request.POST.get("gone", "") or next((pk for pk in pair if pk != keep), "")
    return {"keep": keep, "gone": gone}


def _merge(request: HttpRequest, gone: Api, kept: Api) -> str:
    """Says what was done, or returns why nothing was."""
    touched = roadmaps_of(gone)
    foreign = [roadmap for roadmap in touched if not may_publish(request.user, roadmap)]
    if foreign:
        # Not by name: what another team has not published is nothing to say here.
        used_in = f"{counted(len(foreign), 'roadmap')} of other teams"
        return f"“{gone}” is used in {used_in}, which you may not publish. Ask an administrator."
    try:
        with transaction.atomic():
            items = sum(_replace(request, roadmap, gone, kept) for roadmap in touched)
            gone.delete()
    except ProtectedError:
        return f"Somebody has used “{gone}” in another roadmap meanwhile. Nothing was changed: try again."
    told = f"“{gone}” is now “{kept}” in {items} item{'' if items == 1 else 's'}."
    reviews = format_html_join(" ", " {}", ((publish_link(roadmap),) for roadmap in touched))
    messages.success(request, told + " Readers do not see this yet." + reviews if touched else told)
    return ""


def _replace(request: HttpRequest, roadmap: Roadmap, gone: Api, kept: Api) -> int:
    action = f"API “{gone}” made one with “{kept}”"
    return recorded(roadmap, lambda: replace_in(roadmap, gone, kept), by=request.user, action=action)
