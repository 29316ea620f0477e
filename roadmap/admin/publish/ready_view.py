"""Where somebody who edits asks for drafts to be published: which, and with what note. Publishers are told."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadmap import publishing
from roadmap.admin import mail
from roadmap.admin.permissions import may_edit, may_publish
from roadmap.admin.publish.forms import OneLineInput
from roadmap.admin.views import allowed_roadmap, name_of, page, user_of
from roadmap.content.things import counted, named
from roadmap.models import ReadyNote, Roadmap
from roadmap.publishing import Pending

NOTHING = "Tick at least one thing, or leave this page."
CHANGED = "{} {} been changed since you opened this page, so nothing is marked. Read below what it says now."


class ReadyForm(forms.Form):
    note = OneLineInput(
        most=ReadyNote._meta.get_field("note").max_length or 0,
        label="Note for publishers",
        help_text="For example: “Agreed with policy. Please publish before Thursday.” Readers do not see it.",
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ready_view(request: HttpRequest, pk: int) -> HttpResponse:
    roadmap = allowed_roadmap(request, pk, may_edit)
    if request.method == "POST" and "take_back" in request.POST:
        return _take_back(request, roadmap)
    found = publishing.pending(roadmap)
    form = ReadyForm(request.POST if request.method == "POST" else None)
    is_sent = request.method == "POST"
    read = dict(value.split("=", 1) for value in request.POST.getlist("ready") if "=" in value)  # the mark by uid
    ticked = {*read} if is_sent else {thing.uid for thing in found}
    chosen = [thing for thing in found if thing.uid in ticked]
    refusal = NOTHING if is_sent and not chosen else ""
    if changed := [thing.title for thing in chosen if is_sent and thing.mark != read[thing.uid]]:
        refusal = CHANGED.format(named(changed), "have" if len(changed) > 1 else "has")
    if is_sent and form.is_valid() and not refusal:
        return _ask(request, roadmap, chosen, form.cleaned_data["note"])
    content = publishing.roadmap_in_sentences(roadmap)
    context = {
        "title": f"Ask for {roadmap} to be published",
        "roadmap": roadmap,
        "things": [
            (thing, [change.sentence(content) for change in thing.changes], thing.uid in ticked) for thing in found
        ],
        "form": form,
        "refusal": refusal,
        "publishers": [name_of(user) for user in publishers_of(roadmap)],
    }
    return page(request, "publish/ready", context)


def _ask(request: HttpRequest, roadmap: Roadmap, chosen: list[Pending], note: str) -> HttpResponse:
    seen = {thing.uid: thing.after_digest for thing in chosen}
    asked = ReadyNote.objects.create(
        roadmap=roadmap,
        asked_by=user_of(request),
        asked_at=timezone.now(),
        note=note,
        seen=seen,
    )
    others = [user for user in publishers_of(roadmap) if user != request.user]
    sent = [user for user in others if _mail(request, asked, user)]
    count = counted(len(chosen), "change")
    messages.success(
        request, f"{count} marked as ready to publish. Publishers see it on their first page and in the review."
    )
    if sent:
        messages.info(request, mail.where_it_went(", ".join(map(name_of, sent))))
    if untold := ", ".join(name_of(user) for user in others if user not in sent):
        why = f"No email could be sent to {untold}" if settings.SENDS_EMAIL else "This site sends no email"
        messages.warning(request, f"{why}: tell {'them' if settings.SENDS_EMAIL else untold} yourself.")
    return redirect("admin:index")


def _take_back(request: HttpRequest, roadmap: Roadmap) -> HttpResponse:
    """A note is taken back by whoever wrote it, or by somebody who may publish."""
    key = request.POST["take_back"]
    notes = ReadyNote.objects.filter(roadmap=roadmap, pk=int(key) if key.isdecimal() and len(key) < 19 else 0)
    if not may_publish(request.user, roadmap):
        notes = notes.filter(asked_by=user_of(request))
    if notes.delete()[0]:
        messages.success(
            request, "Taken back: it is no longer marked as ready to publish. The drafts are as they were."
        )
    else:
        messages.warning(request, "There is no such note of yours any more. Nothing has changed.")
    return redirect("admin:index")


def publishers_of(roadmap: Roadmap) -> list[User]:
    """Everybody who may publish it, by name."""
    role = Q(is_superuser=True) | Q(groups__permissions__codename="publish_roadmap")
    users = User.objects.filter(role | Q(user_permissions__codename="publish_roadmap"), is_active=True, is_staff=True)
    return [user for user in users.distinct().order_by("username") if may_publish(user, roadmap)]


def _mail(request: HttpRequest, asked: ReadyNote, to: User) -> bool:
    roadmap, count = asked.roadmap, counted(len(asked.seen), "change")
    url = request.build_absolute_uri(reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]))
    lines = [
        f"{name_of(asked.asked_by)} has marked {count} of {roadmap} as ready to publish.",
        *([f"Note: {asked.note}"] if asked.note else []),
        f"Review and publish: {url}",
        "You get this because you may publish this roadmap.",
    ]
    return mail.send(to, f"{roadmap}: {count} ready to publish", "\n\n".join(lines))
