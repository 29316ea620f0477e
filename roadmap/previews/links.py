"""The addresses of previews, and the links by which somebody without a login sees the drafts of one roadmap.

A preview answers the paths of a roadmap's public pages, below a base of its own. That of a link holds the link's key,
signed: nobody can make one up or change one. That it still lets anybody in is asked of the database each time, so that
a link can be revoked.
"""

import datetime

from django.contrib.auth.models import User
from django.core import signing
from django.utils import timezone

from roadmap.content.choices import Noun
from roadmap.models import PreviewLink, Roadmap
from roadmap.web.addresses import Addresses

OFFERED_DAYS = (1, 7, 30)
USUAL_DAYS = 7

# A dot apart, not Django's colon: some mail programs end an address at a colon.
_signer = signing.Signer(salt="roadmap.previews.link", sep=".")


class NoSuchLink(Exception):
    """Forged, mistyped, or of a roadmap that is no more."""


class LinkEnded(Exception):
    """Ours, but expired or revoked, or its maker may not see the draft any more."""


def current_time() -> datetime.datetime:
    """The one place where previews and their links read the clock."""
    return timezone.now()


def make_link(*, roadmap: Roadmap, by: User, purpose: str, days: int, now: datetime.datetime) -> PreviewLink:
    return PreviewLink.objects.create(
        roadmap=roadmap, purpose=purpose, created_at=now, created_by=by, expires_at=now + datetime.timedelta(days=days)
    )


def token_of(link: PreviewLink) -> str:
    return _signer.sign(str(link.pk))


def open_link(token: str, now: datetime.datetime) -> PreviewLink:
    """The link, with its roadmap, where it still lets somebody in. Raises NoSuchLink, LinkEnded."""
    try:
        pk = _signer.unsign(token)
    except signing.BadSignature as error:
        raise NoSuchLink from error
    link = PreviewLink.objects.open(now).select_related("roadmap", "created_by").filter(pk=pk).first()
    if link is None:
        raise LinkEnded if PreviewLink.objects.filter(pk=pk).exists() else NoSuchLink
    return link


def revoke(link: PreviewLink, *, by: User, now: datetime.datetime) -> bool:
    """From now on it lets nobody in. False where it let nobody in any more: who revoked it first is kept."""
    open_links = PreviewLink.objects.filter(pk__in=PreviewLink.objects.open(now).filter(pk=link.pk).values("pk"))
    return bool(open_links.update(revoked_at=now, revoked_by=by))


def addresses_by_link(link: PreviewLink) -> Addresses:
    return Addresses("preview", (("token", token_of(link)),))


def addresses_for_staff(roadmap_pk: int, edition_pk: int | None = None) -> Addresses:
    """Of the draft; with an Edition that is scheduled, of the roadmap as that will leave it."""
    if edition_pk is None:
        return Addresses("staff_preview", (("pk", roadmap_pk),))
    return Addresses("staff_edition_preview", (("pk", roadmap_pk), ("edition_pk", edition_pk)))


def staff_preview_url(roadmap_pk: int, noun: Noun | None = None, address: str = "", uid: str = "") -> str:
    """Where staff see the draft of one thing: its own page, or the page that lists it; without a noun, the home page.

    `uid` leads to the very place on a page that lists several: a release, a changelog entry.
    """
    addresses = addresses_for_staff(roadmap_pk)
    return (noun and addresses.thing(noun, address, uid)) or addresses.home
