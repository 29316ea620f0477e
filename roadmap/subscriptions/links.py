"""The links that are in mails: each is signed, and names whom and what it is for.

Nobody signs in to read mail, so whoever has a link may do what it is for. It is worth nothing for anybody else.
"""

from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from roadmap.models.subscription import Subscriber, Subscription

# Stand in the text of a letter, which all get, for what is each one's own.
SITE = "https://site.invalid"
MANAGE = f"{SITE}/manage.invalid"
LEAVE = f"{SITE}/leave.invalid"
CONFIRM = f"{SITE}/confirm.invalid"

_MANAGE, _LEAVE, _CONFIRM = (Signer(salt=f"roadmap.subscriptions.{name}") for name in ("manage", "leave", "confirm"))


def confirm_path(subscription: UUID) -> str:
    return reverse("web:confirm_emails", kwargs={"token": _CONFIRM.sign(subscription.hex)})


def manage_path(subscriber: UUID) -> str:
    return reverse("web:manage_emails", kwargs={"token": _MANAGE.sign(subscriber.hex)})


def leave_path(subscriber: UUID, subscriptions: list[int]) -> str:
    """Ends these, with one press in a mail program (RFC 8058)."""
    value = ".".join([subscriber.hex, *map(str, subscriptions)])
    return reverse("web:end_emails", kwargs={"token": _LEAVE.sign(value)})


def subscription_of(token: str) -> Subscription | None:
    """To be confirmed, if it is there still. None for what nobody signed, too."""
    value = _unsigned(_CONFIRM, token)
    return Subscription.objects.select_related("subscriber").filter(uid=value).first() if value else None


def subscriber_of(token: str) -> Subscriber | None:
    value = _unsigned(_MANAGE, token)
    return Subscriber.objects.filter(uid=value).first() if value else None


def left_by(token: str) -> list[Subscription] | None:
    """Those that a press on it ends: of one person, and still there. None for what nobody signed."""
    value = _unsigned(_LEAVE, token)
    if value is None:
        return None
    uid, *keys = value.split(".")
    return [*Subscription.objects.select_related("subscriber").filter(subscriber__uid=uid, pk__in=keys)]


def _unsigned(signer: Signer, token: str) -> str | None:
    try:
        return signer.unsign(token)
    except BadSignature:
        return None
