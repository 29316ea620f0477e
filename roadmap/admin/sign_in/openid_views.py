"""The way to an identity provider and back.

Both are links, since a form may lead nowhere else (Content-Security-Policy): a form that was sent too late waits in the
session meanwhile.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadmap.admin.sign_in import limits, openid, second_factor, steps
from roadmap.admin.sign_in.views import KEPT

GOING = "_openid_going"  # in the session: where to, and with what


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """A link leads to the provider. A form, which has one that was sent before, leads to a page with that link."""
    if not openid.name():
        raise Http404
    sent: Any = request.POST if request.method == "POST" else request.GET
    if request.method == "POST" or GOING not in request.session or "next" in request.GET:
        request.session[GOING] = {"url": steps.safe_url(request, sent.get("next", "")), "kept": sent.get(KEPT, "")}
    if request.method == "POST":
        return steps.page(request, "openid", {"title": "Sign in again", "openid_name": openid.name(), "kept": True})
    keys = limits.keys_of_network(request, limits.NETWORK)
    if wait := limits.take(keys, timezone.now()):
        return _refuse(request, f"That was tried too often from here. Try again {steps.wait_in_words(wait)}.")
    try:
        return HttpResponseRedirect(openid.address_to_ask(request, _back(request)))
    except openid.NotLetIn as no:
        return _refuse(request, str(no))


@never_cache
@require_http_methods(["GET"])
def back(request: HttpRequest) -> HttpResponse:
    if not openid.name():
        raise Http404
    if request.GET.get("error"):
        return _refuse(request, f"You were not signed in by {openid.name()}. Start again, or sign in in another way.")
    try:
        told = openid.answer_of(request)
        user = openid.person_of(request, told)
    except openid.NotLetIn as no:
        return _refuse(request, str(no))
    limits.give_back(limits.keys_of_network(request, limits.NETWORK))
    going: Any = request.session.pop(GOING, None) or {}
    return steps.finish(request, user, second_factor.OPENID, going.get("url", ""), going.get("kept", ""))


def _refuse(request: HttpRequest, why: str) -> HttpResponse:
    going: Any = request.session.pop(GOING, None) or {}
    steps.tell_refused(request, None, why)
    return steps.start_again(request, going.get("kept", ""), why)


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("openid_back"))
