"""Links by which somebody without a login sees the drafts of one roadmap: made, read, revoked.

The address holds the link's key, signed: nobody can make one up or change one. That it still lets anybody in is asked
of the database each time, so that a link can be revoked.
"""

import datetime

from django.contrib.auth.models import User
from django.core import signing
from django.utils import timezone

from roadmap.models import PreviewLink, Roadmap

OFFERED_DAYS = (1, 7, 30)
USUAL_DAYS = 7

# A dot apart, not Django's colon: some mail programs end an address at a colon.
_signer = signing.Signer(salt="roadmap.previews.link", sep=".")


class NoSuchLink(Exception):
    """Forged, mistyped, or of a roadmap that is no more."""


class LinkEnded(Exception):
    """Ours, but expired or revoked."""


def current_time() -> datetime.datetime:
    """The one place where previews and their links read the clock."""
    return timezone.now()


def make_link(*, roadmap: Roadmap, by: User, purpose: str, days: int, now: datetime.datetime) -> PreviewLink:
    return PreviewLink.objects.create(
        roadmap=roadmap,
        purpose=purpose,
        created_at=now,
        created_by=by,
        expires_at=now + datetime.timedelta(days=days),
    )


def token_of(link: PreviewLink) -> str:
    return _signer.sign(str(link.pk))


def open_link(token: str, now: datetime.datetime) -> PreviewLink:
    """The link, with its roadmap, where it still lets somebody in. Raises NoSuchLink, LinkEnded."""
    try:
        pk = _signer.unsign(token)
    except signing.BadSignature as error:
        raise NoSuchLink from error
    link = PreviewLink.objects.select_related("roadmap").filter(pk=pk).first()
    if link is None:
        raise NoSuchLink
    if link.revoked_at is not None or link.expires_at <= now:
        raise LinkEnded
    return link


def revoke(link: PreviewLink, *, by: User, now: datetime.datetime) -> bool:
    """From now on it lets nobody in. False where it let nobody in any more: who revoked it first is kept."""
    return bool(PreviewLink.objects.open(now).filter(pk=link.pk).update(revoked_at=now, revoked_by=by))
