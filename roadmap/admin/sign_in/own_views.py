"""What somebody who is signed in sees and changes of their own: where they are signed in, and the second factor.

The second factor changes only with a code: an open browser on a desk is not enough.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadmap.admin.sign_in import limits, second_factor, sessions, signals, steps
from roadmap.admin.views import page

WRONG = "That code is not right, or was used already. Nothing has changed."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Where this person is signed in; each ends with one press."""
    here = request.session.session_key
    found = sessions.sign_ins_of(request.user, timezone.now())
    if request.method != "POST":
        return page(request, "sign_in/sign_ins", {"title": "Your sign-ins", "sign_ins": found, "here": here})
    which = request.POST.get("end", "")
    if which == "others":
        ended = sessions.end_sign_ins(request.user, but=here)
    else:
        chosen = next((one for one in found if one.mark == which and one.pk != here), None)
        ended = sessions.end_sign_ins(request.user, only=chosen.pk) if chosen else 0
    if ended:
        words = f"Ended {ended} other sign-in{'s' * (ended != 1)}"
        signals.sign_ins_ended.send(sender=None, request=request, user=request.user, by=request.user, words=words)
        messages.success(request, f"{words}. Whoever uses them has to sign in again.")
    else:
        messages.info(request, "That sign-in had ended already.")
    return redirect("own_sign_ins")


@never_cache
@require_http_methods(["GET", "HEAD"])
def second_factor_page(request: HttpRequest) -> HttpResponse:
    device = second_factor.device_of(request.user)
    context = {
        "title": "Your second factor",
        "device": device,
        "codes_left": second_factor.codes_left(request.user),
        "is_needed": second_factor.is_needed(request.user),
        "is_elsewhere": request.session.get(second_factor.BY) == second_factor.OPENID,
    }
    return page(request, "sign_in/second_factor", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_second_factor(request: HttpRequest) -> HttpResponse:
    """A first one, or another in place of it: then with a code of the one that is in use, too."""
    user: Any = request.user
    has_one = second_factor.device_of(user) is not None
    error, status = "", 200
    if request.method == "POST":
        error, status = _refusal(request, is_first=not has_one)
        codes = None if error else second_factor.confirm(request, user, request.POST.get("new_code", ""))
        if codes is not None:
            return _show_codes(request, codes, "Second factor added" if not has_one else "Second factor replaced")
        error = error or "The code of the new app is not right. Enter what it shows next."
    device = second_factor.new_device(request, user)
    context = {
        "title": "Set up your second factor" if not has_one else "Use another phone or app",
        "picture": second_factor.picture(device),
        "secret": second_factor.secret_in_words(device),
        "has_one": has_one,
        "error": error,
    }
    return page(request, "sign_in/new", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_codes(request: HttpRequest) -> HttpResponse:
    error, status = _refusal(request) if request.method == "POST" else ("", 200)
    if request.method == "POST" and not error:
        return _show_codes(request, second_factor.new_recovery_codes(request.user), "New recovery codes")
    context = {"title": "Get new recovery codes", "error": error, "is_removing": False}
    return page(request, "sign_in/ask_code", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_second_factor(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if second_factor.is_needed(user):
        messages.error(request, "Your role needs a second factor. You can use another phone or app instead.")
        return redirect("own_second_factor")
    error, status = _refusal(request) if request.method == "POST" else ("", 200)
    if request.method == "POST" and not error:
        second_factor.remove(user)
        _tell(request, "Second factor removed")
        messages.success(request, "Your second factor is off. You sign in with your password alone.")
        return redirect("own_second_factor")
    context = {"title": "Turn your second factor off", "error": error, "is_removing": True}
    return page(request, "sign_in/ask_code", context, status=status)


def _refusal(request: HttpRequest, *, is_first: bool = False) -> tuple[str, int]:
    """Why what was asked for is not done, with the answer's status; takes the code that came with it.

    Before the first there is no code: then the password is asked for.
    """
    user: Any = request.user
    keys = limits.keys_of_code(request, user)
    if wait := limits.take(keys, timezone.now()):
        return f"Too many tries. Try again {steps.wait_in_words(wait)}.", 429
    if is_first and not user.check_password(request.POST.get("password", "")):
        return "That is not your password. Nothing has changed.", 200
    if not is_first and not second_factor.take_code(user, request.POST.get("code", "")):
        return WRONG, 200
    limits.give_back(keys)
    return "", 200


def _show_codes(request: HttpRequest, codes: list[str], words: str) -> HttpResponse:
    request.session[second_factor.BY] = second_factor.PASSWORD_AND_CODE
    _tell(request, words)
    return page(request, "sign_in/own_codes", {"title": "Keep your recovery codes", "codes": codes})


def _tell(request: HttpRequest, words: str) -> None:
    signals.second_factor_changed.send(sender=None, request=request, user=request.user, by=request.user, words=words)
