"""Signing in with a password and a code: what is asked, what is refused and for how long."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadmap.admin.sign_in import limits, openid, second_factor, signals, steps
from roadmap.admin.sign_in.addresses import tell_proxy_fault

MOST_OF_NAME = 254  # letters: an email address has no more
KEPT = "_kept"  # in the form: another that was sent before
WRONG_CODE = "That code is not right, or was used already. Wait for the next one in your app, and enter that."


class PasswordForm(AdminAuthenticationForm):
    """What is longer than any name is nobody's, and no table has room to keep that it was tried."""

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if len(name) > MOST_OF_NAME:
            raise self.get_invalid_login_error()
        return name


class PasswordView(LoginView):
    """Asks for a name and a password. A name or a network that has used up its share gets no password checked."""

    authentication_form = PasswordForm
    template_name = "admin/login.html"
    next_page = "admin:index"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fault = tell_proxy_fault(self.request)
        return {**super().get_context_data(**kwargs), "proxy_fault": fault, "openid_name": openid.name()}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = request.POST.get("username", "")
        self.keys = limits.keys_of_sign_in(request, name)
        if name and request.POST.get("password") and (wait := limits.take(self.keys, timezone.now())):
            signals.tries_used_up.send(sender=None, request=request, name=name)
            is_known = self.keys[0].share is limits.BROWSER
            return refused(request, f"Try again {steps.wait_in_words(wait)}.", is_known=is_known)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        limits.give_back(self.keys)
        return steps.go_on(self.request, form.get_user(), self.get_success_url(), self.request.POST.get(KEPT, ""))


def refused(request: HttpRequest, when: str, *, is_known: bool = False) -> HttpResponse:
    """`is_known`: in a browser that this name has signed in with, which only its own wrong passwords close."""
    site: Any = admin.site
    context = {
        "title": "Too many wrong passwords",
        "when": when,
        "is_known": is_known,
        "kept": request.POST.get(KEPT, ""),
        "next": steps.safe_url(request, request.POST.get("next", "")),
        "name": request.POST.get("username", ""),
        "is_openid": bool(openid.name()),
        **site.each_context(request),
        "has_permission": False,
    }
    return steps.page(request, "refused", context, status=429)


def locked_out(request: HttpRequest, _: Any = None, credentials: Any = None) -> HttpResponse:
    """For AXES_LOCKOUT_CALLABLE."""
    return refused(request, "Nobody can sign in with this name from here for an hour.").render()  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second factor of somebody whose password was right."""
    kept = request.POST.get(KEPT, "")
    found = steps.pending(request, timezone.now())
    if found is None:
        return steps.start_again(request, kept)
    user, url = found
    if second_factor.device_of(user) is None:
        return steps.set_up_page(request, user, kept=kept)
    if request.method != "POST":
        return steps.code_page(request)
    keys = limits.keys_of_code(request, user)
    if wait := limits.take(keys, timezone.now()):
        return steps.code_page(
            request, kept=kept, error=f"Too many codes. Try again {steps.wait_in_words(wait)}.", status=429
        )
    kind = second_factor.take_code(user, request.POST.get("code", ""))
    if not kind:
        steps.tell_refused(request, user, "Wrong code")
        return steps.code_page(request, kept=kept, error=WRONG_CODE)
    limits.give_back(keys)
    answer = steps.finish(request, user, second_factor.PASSWORD_AND_CODE, url, kept)
    if kind == "recovery":
        second_factor.tell_recovery_used(request, user)
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """A second factor for somebody who needs one and has none, before they are let in."""
    kept = request.POST.get(KEPT, "")
    found = steps.pending(request, timezone.now())
    if found is None:
        return steps.start_again(request, kept)
    user, url = found
    if second_factor.device_of(user) is not None:
        return steps.code_page(request, kept=kept)
    if request.method != "POST":
        return steps.set_up_page(request, user)
    keys = limits.keys_of_code(request, user)
    if wait := limits.take(keys, timezone.now()):
        error = f"Too many codes. Try again {steps.wait_in_words(wait)}."
        return steps.set_up_page(request, user, kept=kept, error=error, status=429)
    codes = second_factor.confirm(request, user, request.POST.get("code", ""))
    if codes is None:
        return steps.set_up_page(request, user, kept=kept, error=WRONG_CODE)
    limits.give_back(keys)
    steps.finish(request, user, second_factor.PASSWORD_AND_CODE, url, kept)
    signals.second_factor_changed.send(sender=None, request=request, user=user, by=user, words="Second factor added")
    answer = steps.page(
        request, "codes", {"title": "Keep your recovery codes", "codes": codes, "next": url, "kept": kept}
    )
    limits.remember_browser(request, answer, user)
    return answer


@never_cache
@require_http_methods(["POST"])
def go_on(request: HttpRequest) -> HttpResponse:
    """From the page with recovery codes to where somebody was going, with what they had typed."""
    site: Any = admin.site
    url = steps.safe_url(request, request.POST.get("next", ""))
    answer: HttpResponse = site.signed_in(request, url, request.POST.get(KEPT, ""))
    return answer
