"""The page of one roadmap's preview links: make one, copy its address, revoke it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from roadmap.admin.permissions import may_edit
from roadmap.admin.security.log import Kind, record
from roadmap.admin.views import allowed_roadmap, page, user_of
from roadmap.models import PreviewLink, Roadmap
from roadmap.models.fields import validate_one_line
from roadmap.previews import links
from roadmap.previews.links import addresses_by_link
from roadmap.templatetags.uk_dates import uk_datetime

MOST_ENDED = 20  # links that no longer work: the newest are shown, the rest counted


class LinkForm(forms.Form):
    purpose = forms.CharField(
        max_length=PreviewLink._meta.get_field("purpose").max_length,
        validators=[validate_one_line],
        label="Who it is for",
        help_text="So that you can tell your links apart. Whoever opens the link does not see this.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        error_messages={"required": "Say who the link is for."},
    )
    days = forms.TypedChoiceField(
        coerce=int,
        choices=[(days, "1 day" if days == 1 else f"{days} days") for days in links.OFFERED_DAYS],
        initial=links.USUAL_DAYS,
        label="How long it works",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how long the link works.",
            "invalid_choice": "Choose 1 day, 7 days or 30 days.",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def preview_links_view(request: HttpRequest, pk: int) -> HttpResponse:
    roadmap = allowed_roadmap(request, pk, may_edit)
    if request.method == "POST" and "revoke" in request.POST:
        _revoke(request, roadmap)
        return redirect("admin:roadmap_roadmap_preview_links", pk)
    form = LinkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user: Any = request.user
        link = links.make_link(roadmap=roadmap, by=user, now=links.current_time(), **form.cleaned_data)
        record(Kind.PREVIEW_MADE, f"For {link}, until {uk_datetime(link.expires_at)}", request=request, about=roadmap)
        messages.success(
            request,
            "The link is made. Copy its address below and send it: "
            f"whoever has it can see the draft until {uk_datetime(link.expires_at)}.",
        )
        return redirect("admin:roadmap_roadmap_preview_links", pk)
    return _show(request, roadmap, form)


def _revoke(request: HttpRequest, roadmap: Roadmap) -> None:
    # A choice among this roadmap's own: another roadmap's link, and what is no key at all, are not.
    choice = forms.ModelChoiceField(PreviewLink.objects.filter(roadmap=roadmap))
    try:
        link = choice.clean(request.POST["revoke"])
    except forms.ValidationError:
        messages.error(request, "There is no such link among those of this roadmap. Nothing has changed.")
        return
    if links.revoke(link, by=user_of(request), now=links.current_time()):
        record(Kind.PREVIEW_ENDED, f"For {link}", request=request, about=roadmap)
        messages.success(request, f"Revoked: the link for “{link}” shows nothing any more.")
    else:
        messages.warning(request, f"The link for “{link}” had ended already.")


def _show(request: HttpRequest, roadmap: Roadmap, form: LinkForm) -> HttpResponse:
    now = links.current_time()
    every = PreviewLink.objects.filter(roadmap=roadmap).select_related("created_by", "revoked_by")
    ended = every.exclude(pk__in=every.open(now).values("pk"))
    context = {
        "title": f"Share a preview of {roadmap}",
        "roadmap": roadmap,
        "form": form,
        "now": now,
        "open_links": [(link, request.build_absolute_uri(addresses_by_link(link).home)) for link in every.open(now)],
        "ended_links": ended[:MOST_ENDED],
        "ended_left_off": max(ended.count() - MOST_ENDED, 0),
    }
    return page(request, "preview_links", context)
