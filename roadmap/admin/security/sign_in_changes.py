"""Keeps in the security log what is changed of how people sign in, and which codes and providers were refused."""

from typing import Any

from django.dispatch import Signal, receiver
from django.http import HttpRequest

from roadmap.admin.security.log import Kind, record
from roadmap.admin.sign_in import signals
from roadmap.admin.views import name_of

KINDS = {
    signals.second_factor_changed: Kind.SECOND_FACTOR,
    signals.password_changed: Kind.PASSWORD,
    signals.sign_ins_ended: Kind.SESSION,
    signals.person_changed: Kind.PERSON,
    signals.sign_in_refused: Kind.REFUSED,
}


@receiver([*KINDS])
def _keep(signal: Signal, request: HttpRequest | None, user: Any, by: Any, words: str, **_: Any) -> None:
    record(KINDS[signal], words, request=request, person=by, about=name_of(user) if user else "")
