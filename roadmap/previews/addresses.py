"""The addresses of previews. Each answers the paths of a roadmap's public pages, below a base of its own."""

from roadmap.content.choices import Noun
from roadmap.models import PreviewLink
from roadmap.previews.links import token_of
from roadmap.web.addresses import Addresses


def addresses_for_staff(roadmap_pk: int) -> Addresses:
    return Addresses("staff_preview", (("pk", roadmap_pk),))


def addresses_of_scheduled(roadmap_pk: int, edition_pk: int) -> Addresses:
    return Addresses("staff_edition_preview", (("pk", roadmap_pk), ("edition_pk", edition_pk)))


def addresses_by_link(link: PreviewLink) -> Addresses:
    return Addresses("preview", (("token", token_of(link)),))


def staff_preview_url(roadmap_pk: int, noun: Noun | None = None, address: str = "", uid: str = "") -> str:
    """Where staff see the draft of one thing: its own page, or the page that lists it; without a noun, the home page.

    `uid` leads to the very place on a page that lists several: a release, a changelog entry.
    """
    addresses = addresses_for_staff(roadmap_pk)
    return (noun and addresses.thing(noun, address, uid)) or addresses.home


def staff_edition_url(roadmap_pk: int, edition_pk: int) -> str:
    """Where staff see the roadmap as a scheduled Edition will leave it."""
    return addresses_of_scheduled(roadmap_pk, edition_pk).home


def link_url(link: PreviewLink) -> str:
    """The path that lets in whoever holds it."""
    return addresses_by_link(link).home
