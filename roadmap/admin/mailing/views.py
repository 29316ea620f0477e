"""How many people get emails, and whether those go out; and what there is of one person, on their request.

Numbers only, but for the one role that may look an address up: it lists none, so that whoever asks must know it.
"""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadmap.admin.permissions import may_see_addresses, own_roadmaps
from roadmap.admin.security.log import Kind, record
from roadmap.admin.views import page
from roadmap.models import Often, Subscriber
from roadmap.subscriptions import outbox, staff, troubles
from roadmap.subscriptions.providers import mailbox
from roadmap.subscriptions.views import told

ALL = "All roadmaps"
NOBODY = "Nobody gets emails at that address."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def emails_view(request: HttpRequest) -> HttpResponse:
    if not settings.SENDS_EMAIL:
        raise Http404("This site sends no email")
    if not request.user.has_perm("roadmap.publish_roadmap"):
        raise PermissionDenied
    now = timezone.now()
    if request.method == "POST":
        number = outbox.try_again(now)
        said = "1 is" if number == 1 else f"{number} are"
        messages.success(request, f"{said} going to be tried again." if number else "Nothing was given up.")
        return redirect("admin:roadmap_roadmap_emails")
    titles: dict[int, str] = {roadmap.pk: roadmap.title_and_address for roadmap in own_roadmaps(request.user)}
    rows: list[tuple[int | None, str]] = [*titles.items(), (None, ALL)]
    numbers = staff.numbers(titles)
    nobody = {"people": 0, "paused": 0, **dict.fromkeys(Often.values, 0)}
    context = {
        "title": "Emails to readers",
        "rows": [(title, numbers.get(pk, nobody)) for pk, title in rows],
        "weeks": [{**row, "title": titles[row["roadmap"]]} for row in staff.weeks(titles, now)],
        "of_mails": troubles.of_mails(),
        "of_webhooks": [{**row, "title": titles.get(row["roadmap"], ALL)} for row in troubles.of_webhooks(titles, now)],
        "of_hubs": troubles.of_hubs(),
        "waiting": troubles.waiting(now),
        "mailbox_away_since": mailbox.away_since(),
        "may_see_addresses": may_see_addresses(request.user),
    }
    return page(request, "mailing/emails", context)


class PersonToFind(forms.Form):
    address = forms.CharField(
        max_length=254,
        label="Email address",
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text="Of somebody who asked what we hold about them, or to be forgotten.",
        error_messages={"required": "Enter the address."},
    )


LOOKED_UP, EXPORTED, ERASED, NOT_FOUND = "Looked up", "Exported", "Erased", "Looked up, and gets no emails"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address_view(request: HttpRequest) -> HttpResponse:
    """By POST alone, so that no log has the address; that it was done is in the security log."""
    if not may_see_addresses(request.user):
        raise PermissionDenied
    form = PersonToFind(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"title": "One person’s emails", "form": form}
    if form.is_bound and form.is_valid():
        person = staff.found(form.cleaned_data["address"])
        action = request.POST.get("action", "")
        if person is None:
            form.add_error("address", NOBODY)
            _keep(request, NOT_FOUND)
        elif action == "export":
            _keep(request, EXPORTED, person)
            answer = HttpResponse(json.dumps(staff.all_about(person), indent=2), content_type="application/json")
            answer["Content-Disposition"] = 'attachment; filename="emails.json"'
            return answer
        elif action == "erase":
            _keep(request, ERASED, person)
            staff.erase(person)
            messages.success(request, "All that there was of that address is erased. No more emails go there.")
            return redirect("admin:roadmap_roadmap_address")
        else:
            _keep(request, LOOKED_UP, person)
            context |= {
                "person": person,
                "told": told([*person.subscriptions.select_related("webhook")], timezone.now()),
                "number_of_mails": person.mails.count(),
                "is_to_be_erased": action == "ask",
            }
    return page(request, "mailing/address", context)


def _keep(request: HttpRequest, words: str, person: Subscriber | None = None) -> None:
    """In the security log, by a number that says who it is for as long as we know them, and nothing afterwards.

    No digest of the address: whoever has this site's secret could try addresses against it, erased ones too.
    """
    record(Kind.READER, words, request=request, about=f"Reader {person.pk}" if person else "Nobody")
