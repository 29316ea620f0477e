"""The page where a roadmap is published: what is pending, in a reader's words, and the button."""

from itertools import groupby

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from roadmap.content import Noun, RoadmapContent
from roadmap.models import Edition, Roadmap
from roadmap.models.fields import validate_one_line
from roadmap.publishing import NothingToPublish, OutOfOrder, Pending, PendingHasChanged, fingerprint, pending, publish
from roadmap.publishing.contents import roadmap_content

NOUN_LABELS = {
    Noun.ROADMAP: "Roadmap",
    Noun.PAGE: "Pages",
    Noun.RELEASE: "Releases",
    Noun.ITEM: "Items",
    Noun.CHANGELOG_ENTRY: "Changelog entries",
}


class PublishForm(forms.Form):
    note = forms.CharField(
        max_length=Edition._meta.get_field("note").max_length,
        required=False,
        validators=[validate_one_line],
        label="Note",
        help_text="In a few words, what this edition is about. Readers see it beside the edition.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    # What was pending when this page was shown: nobody publishes what they have not seen.
    reviewed = forms.CharField(widget=forms.HiddenInput, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def publish_screen(request: HttpRequest, pk: int) -> HttpResponse:
    roadmap = get_object_or_404(Roadmap, pk=pk)
    if not request.user.has_perm("roadmap.publish_roadmap"):
        raise PermissionDenied
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            edition = publish(
                roadmap=roadmap,
                by=request.user,  # type: ignore[arg-type]
                note=form.cleaned_data["note"],
                reviewed=form.cleaned_data["reviewed"],
            )
        except (NothingToPublish, OutOfOrder) as error:
            messages.warning(request, str(error))
            return redirect("admin:roadmap_roadmap_publish", pk)
        except PendingHasChanged as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Published edition {edition.number} of {roadmap}. Readers see it now.")
            return redirect("admin:roadmap_roadmap_publish", pk)
    return _show(request, roadmap, form)


def _show(request: HttpRequest, roadmap: Roadmap, form: PublishForm) -> HttpResponse:
    found = pending(roadmap)
    content = roadmap_content(roadmap)
    context = {
        **admin.site.each_context(request),
        "title": f"Review and publish {roadmap}",
        "roadmap": roadmap,
        "opts": Roadmap._meta,
        "form": form,
        "reviewed": fingerprint(found),
        "count": len(found),
        "groups": [
            (NOUN_LABELS[noun], [(one, _sentences(one, content)) for one in things])
            for noun, things in groupby(found, key=lambda one: one.noun)
        ],
        "newest": Edition.objects.filter(roadmap=roadmap).order_by("-number").first(),
    }
    return TemplateResponse(request, "admin/roadmap/roadmap/publish.html", context)


def _sentences(one: Pending, content: RoadmapContent) -> list[str]:
    return [change.sentence(content) for change in one.changes]
