"""Where somebody who edits asks for drafts to be published: which, and with what note. Publishers are told."""

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
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
from roadmap.admin.sign_in import limits
from roadmap.admin.views import allowed_roadmap, name_of, page, user_of
from roadmap.content.things import counted, named
from roadmap.models import Edition, ReadyNote, Roadmap
from roadmap.publishing import Pending

TOLD = limits.TryShare("told of what is ready", 1)
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
    own = ReadyNote.objects.filter(roadmap=roadmap, asked_by=user_of(request))
    # Pressed twice, or to say more about the same: one note.
    same = [earlier for earlier in own if earlier.seen == seen]
    note = note or next((earlier.note for earlier in same), "")
    with transaction.atomic():
        own.filter(pk__in=[earlier.pk for earlier in same]).delete()
        asked = ReadyNote.objects.create(
            roadmap=roadmap, asked_by=user_of(request), asked_at=timezone.now(), note=note, seen=seen
        )
    count = counted(len(chosen), "change")
    messages.success(
        request, f"{count} marked as ready to publish. Publishers see it on their first page and in the review."
    )
    _tell_publishers(request, asked)
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


def _tell_publishers(request: HttpRequest, asked: ReadyNote) -> None:
    """One mail to each in an hour, until something is published: its link leads to whatever is marked meanwhile.

    They go beside the answer. Whoever asked is told who has to be told otherwise.
    """
    others = [user for user in publishers_of(asked.roadmap) if user != asked.asked_by]
    if not mail.is_set_up():
        if others:
            messages.warning(request, f"This site sends no email: tell {_names(others)} yourself.")
        return
    reached = [user for user in others if user.email]
    shares = {user: _share_of(user, asked.roadmap) for user in reached}
    due = [user for user in reached if limits.take([shares[user]], asked.asked_at) is None]
    post = mail.connect() if due else None
    if post is not None:
        mail.send_later([mail.message(user, *_words(request, asked)) for user in due], post)
        messages.info(request, mail.where_it_went(_names(due), is_later=True))
    else:
        limits.give_back(shares[user] for user in due)
    if told := [user for user in reached if user not in due]:
        messages.info(
            request, f"{_names(told)} had an email about {asked.roadmap} within the hour: its link leads to this too."
        )
    if untold := [user for user in others if user not in reached or (user in due and post is None)]:
        messages.warning(request, f"No email could be sent to {_names(untold)}: tell them yourself.")


def _names(users: list[User]) -> str:
    return ", ".join(map(name_of, users))


def _share_of(user: User, roadmap: Roadmap) -> limits.TryKey:
    newest = Edition.objects.filter(roadmap=roadmap).order_by("-number").values_list("pk", flat=True).first()
    return limits.key(TOLD, f"{roadmap.pk}:{newest}:{user.pk}")


def _words(request: HttpRequest, asked: ReadyNote) -> tuple[str, str]:
    roadmap, count = asked.roadmap, counted(len(asked.seen), "change")
    url = f"{mail.origin_of(request)}{reverse('admin:roadmap_roadmap_publish', args=[roadmap.pk])}"
    lines = [
        f"{name_of(asked.asked_by)} has marked {count} of {roadmap} as ready to publish.",
        *([f"Note: {asked.note}"] if asked.note else []),
        f"Review and publish: {url}",
        "If more is marked within the hour, no other email comes: the review has it.",
        "You get this because you may publish this roadmap.",
    ]
    return f"{roadmap}: {count} ready to publish", "\n\n".join(lines)
