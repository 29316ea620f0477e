"""The addresses of previews. Each answers the paths of a roadmap's public pages, below a base of its own."""

from urllib.parse import quote

from django.urls import reverse

from roadmap.content.choices import Noun
from roadmap.models import PreviewLink
from roadmap.previews.links import token_of
from roadmap.web.pages.stages import anchor_of


def staff_preview_url(roadmap_pk: int, noun: Noun | None = None, address: str = "", uid: str = "") -> str:
    """Where staff see the draft of one thing: its own page, or the page that lists it; without a noun, the home page.

    `uid` leads to the very place on a page that lists several: a release, a changelog entry.
    """
    return reverse("staff_preview:home", args=[roadmap_pk]) + path_within(noun, address, uid)


def staff_edition_url(roadmap_pk: int, edition_pk: int) -> str:
    """Where staff see the roadmap as a scheduled Edition will leave it."""
    return reverse("staff_edition_preview:home", args=[roadmap_pk, edition_pk])


def link_url(link: PreviewLink) -> str:
    """The path that lets in whoever holds it."""
    return reverse("preview:home", args=[token_of(link)])


def path_within(noun: Noun | None, address: str = "", uid: str = "") -> str:
    """The part of a thing's address that follows the roadmap's."""
    anchor = f"#{anchor_of(noun, uid)}" if noun and uid else ""
    match noun:
        case Noun.ITEM if address:
            return f"items/{quote(address)}/"
        case Noun.PAGE if address:
            return f"pages/{quote(address)}/"
        case Noun.RELEASE:
            return f"items/{anchor}"
        case Noun.CHANGELOG_ENTRY:
            return f"changelog/{anchor}"
    return ""
