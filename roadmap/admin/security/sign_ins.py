"""Keeps in the security log who signs in and out, and who is refused: told by Django, whichever way they came.

A name that nobody has here is not kept: people type their password into the wrong box.
"""

import datetime
from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from roadmap.admin.security.locks import TRIED_TOO_OFTEN
from roadmap.admin.security.log import Kind, address_of, record
from roadmap.admin.sign_in.signals import tries_used_up
from roadmap.admin.views import name_of
from roadmap.models import SecurityEvent

NOBODY = "A name that nobody has here"


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    record(Kind.SIGNED_IN, request=request, person=user)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user:
        record(Kind.SIGNED_OUT, request=request, person=user)


@receiver(user_login_failed)
def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """A row for each, until that name is locked: a flood of them fills no disk."""
    name = account_named(str(credentials.get("username", "")))
    if not _is_told(request, name):
        record(Kind.REFUSED, "Wrong password" if name != NOBODY else "", request=request, about=name)


@receiver(user_locked_out)
def _locked(request: HttpRequest, username: str, **_: Any) -> None:
    name = account_named(username or "")
    if not _is_told(request, name):
        record(Kind.LOCKED, "After too many wrong passwords", request=request, about=name)


@receiver(tries_used_up)
def _used_up(request: HttpRequest, name: str, **_: Any) -> None:
    known = account_named(name)
    if not _is_told(request, known):
        record(Kind.LOCKED, TRIED_TOO_OFTEN, request=request, about=known)


def account_named(typed: str) -> str:
    """The name of whoever signs in with what was typed."""
    user = User.objects.filter(username=typed).first() if "\0" not in typed else None
    return name_of(user) if user else NOBODY


def _is_told(request: HttpRequest | None, name: str) -> bool:
    """Whether the log has it already that this name is locked from there."""
    since = timezone.now() - datetime.timedelta(hours=settings.AXES_COOLOFF_TIME)
    locked = SecurityEvent.objects.filter(kind=Kind.LOCKED, happened_at__gte=since)
    return bool(locked.filter(about=name, address=address_of(request)).exists())
