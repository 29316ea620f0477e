"""A new password by email, for who has forgotten theirs: one link, once, for an hour, to the address that is known.

What is answered never tells whether somebody is known: the server for mail is asked first, for everybody, and the mail
goes after the answer.
"""

import datetime
from typing import Any

from axes.utils import reset as free_address
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_encode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadmap.admin import mail
from roadmap.admin.sign_in import limits, signals, steps

WORKS_FOR = datetime.timedelta(hours=1)


class ResetTokens(PasswordResetTokenGenerator):
    """Used up by the new password, by signing in meanwhile, and by an hour."""

    key_salt = "roadmap.admin.sign_in.reset"

    def check_token(self, user: Any, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        made = base36_to_int(str(token).partition("-")[0])
        age = self._num_seconds(self._now()) - made
        return bool(age <= WORKS_FOR.total_seconds())


tokens = ResetTokens()


class ForgottenForm(forms.Form):
    email = forms.EmailField(
        label="Email address",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Enter your email address."},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    form = ForgottenForm(request.POST or None)
    title = "Choose a new password"
    if not mail.is_set_up():
        return steps.page(request, "forgotten", {"title": title, "sends_no_email": True})
    if request.method != "POST" or not form.is_valid():
        return steps.page(request, "forgotten", {"title": title, "form": form})
    email = form.cleaned_data["email"].strip()
    if wait := limits.take(limits.keys_of_reset(request, email), timezone.now()):
        error = f"That was asked for too often. Try again {steps.wait_in_words(wait)}."
        return steps.page(request, "forgotten", {"title": title, "form": form, "error": error}, status=429)
    post = mail.connect()
    if post is None:
        error = "No email can be sent at the moment. Try again in a few minutes, or ask an administrator for a link."
        return steps.page(request, "forgotten", {"title": title, "form": form, "error": error}, status=503)
    messages = [mail.message(user, *_words(request, user)) for user in _known(email)]
    mail.send_later(messages, post)
    return steps.page(request, "forgotten_sent", {"title": "Look in your email", "email": email})


def _known(email: str) -> list[User]:
    """Nobody who has left, and nobody who signs in through an identity provider: there is no password to forget."""
    found = User.objects.filter(email__iexact=email, is_active=True, is_staff=True, other_identities=None)
    # Django's `iexact` folds letters that are different addresses elsewhere.
    return [user for user in found if user.email.casefold() == email.casefold()]


def _words(request: HttpRequest, user: User) -> tuple[str, str]:
    site = mail.site_name(request)
    key = urlsafe_base64_encode(force_bytes(user.pk))
    url = mail.origin_of(request) + reverse("sign_in_reset", args=[key, tokens.make_token(user)])
    text = (
        f"Somebody has asked for a new password for {user.username} on {site}.\n\n"
        f"If it was you, choose one here: {url}\n\n"
        "The link works once, for an hour.\n\n"
        "If it was not you, do nothing: your password stays as it is.\n"
    )
    return f"Choose a new password for {site}", text


class ChoosePasswordView(PasswordResetConfirmView):
    """Where a password is chosen with a link that came by email. What follows is asked as after any password."""

    template_name = "admin/people/choose_password.html"
    title = "Choose a password"

    def get_user(self, uidb64: str) -> Any:
        user: Any = super().get_user(uidb64)
        return user if user and user.is_active and user.is_staff else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        title = self.title if self.validlink else "This link does not work any more"
        return {**admin.site.each_context(self.request), **context, "title": title, "has_permission": False}

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.save()
        self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, None)
        # Whoever holds the link is no stranger who tries passwords.
        limits.free(user.get_username())
        free_address(username=user.get_username())
        signals.password_changed.send(
            sender=None, request=self.request, user=user, by=user, words="Password chosen with a link"
        )
        return steps.go_on(self.request, user, reverse("admin:index"))


class ResetView(ChoosePasswordView):
    token_generator = tokens
    title = "Choose a new password"

    def get_user(self, uidb64: str) -> Any:
        user = super().get_user(uidb64)
        has_another = user is not None and user.other_identities.exists()
        return None if has_another else user

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "is_reset": True}
