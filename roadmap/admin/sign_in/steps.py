"""The steps of signing in: once a password was right, a code where one is asked for, then the session.

Between them the session knows who it is about, and lets nobody in: `pending` asks whether it still holds. A form that
was sent too late goes along in the pages (`kept`): see roadmap_site/admin_site.py.
"""

import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import login as begin_session
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from roadmap.admin.sign_in import limits, second_factor, signals

PENDING = "_sign_in_pending"
PENDING_FOR = datetime.timedelta(minutes=10)
BACKEND = "django.contrib.auth.backends.ModelBackend"
START_AGAIN = "That took too long, or was finished already. Sign in again."


def safe_url(request: HttpRequest, url: str) -> str:
    """Where to go on; the first screen where it would lead elsewhere."""
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if url and is_ours else reverse("admin:index")


def go_on(request: HttpRequest, user: User, url: str, kept: str = "") -> HttpResponse:
    """What follows a password that was right, or one that was chosen with a link."""
    has_device = second_factor.device_of(user) is not None
    if not has_device and not second_factor.is_needed(user):
        return finish(request, user, second_factor.PASSWORD, url, kept)
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": timezone.now().isoformat(),
        "url": url,
    }
    if kept:
        # In this answer: another page would have lost it.
        return code_page(request, kept=kept) if has_device else set_up_page(request, user, kept=kept)
    return redirect("sign_in_code" if has_device else "sign_in_set_up")


def pending(request: HttpRequest, now: datetime.datetime) -> tuple[User, str] | None:
    """Whose code is asked for, and where they were going; None where nobody's is."""
    found: Any = request.session.get(PENDING)
    if not found or now - datetime.datetime.fromisoformat(found["at"]) > PENDING_FOR:
        return None
    user = User.objects.filter(pk=found["user"], is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(found["hash"], user.get_session_auth_hash()):
        return None
    return user, str(found["url"])


def finish(request: HttpRequest, user: User, by: str, url: str, kept: str = "") -> HttpResponse:
    """Signs in. `by` is one of the three ways in second_factor."""
    request.session.pop(PENDING, None)
    begin_session(request, user, BACKEND)
    request.session[second_factor.BY] = by
    site: Any = admin.site
    answer: HttpResponse = site.signed_in(request, safe_url(request, url), kept)
    limits.remember_browser(request, answer, user)
    return answer


def start_again(request: HttpRequest, kept: str = "", why: str = START_AGAIN) -> HttpResponse:
    """The page for signing in, with what went wrong; nothing that was typed is lost."""
    if kept:
        site: Any = admin.site
        answer: HttpResponse = site.ask_to_sign_in(request, kept, reverse("admin:index"), note=why)
        return answer
    messages.error(request, why)
    return HttpResponseRedirect(reverse("admin:login"))


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """One of the pages before somebody is signed in."""
    shared = {**admin.site.each_context(request), "has_permission": False}
    answer = TemplateResponse(request, f"admin/sign_in/{template}.html", {**shared, **context}, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def code_page(request: HttpRequest, *, kept: str = "", error: str = "", status: int = 200) -> HttpResponse:
    context = {"title": "Enter your code", "kept": kept, "error": error}
    return page(request, "code", context, status=status)


def set_up_page(
    request: HttpRequest, user: User, *, kept: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    device = second_factor.new_device(request, user)
    context = {
        "title": "Set up your second factor",
        "picture": second_factor.picture(device),
        "secret": second_factor.secret_in_words(device),
        "kept": kept,
        "error": error,
    }
    return page(request, "set_up", context, status=status)


def wait_in_words(wait: datetime.timedelta) -> str:
    """ "in 5 minutes"."""
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    return f"in {minutes} minutes" if minutes > 1 else "in a minute"


def tell_refused(request: HttpRequest, user: Any, words: str) -> None:
    signals.sign_in_refused.send(sender=None, request=request, user=user, by=None, words=words)
