"""Where the pages of one roadmap are.

The one list of pages (roadmap/web/pages/urls.py) is included several times: for readers, below a day, below a preview.
Each time has a namespace of its own, and `Addresses` says which, so that the links of a page lead to pages of the same
kind: see docs/decisions/0017-one-list-of-pages-included-where-it-is-shown.md.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.urls import reverse

from roadmap.content.choices import Noun

Query = Iterable[tuple[str, str]]


def anchor_of(noun: Noun, uid: str) -> str:
    """Where a thing without a page of its own is on the page that lists it: the same in every Edition."""
    return f"{noun.value.split('_')[0]}-{uid[:8]}"


@dataclass(frozen=True)
class Addresses:
    namespace: str
    parts: tuple[tuple[str, Any], ...]  # of the address below which they are
    site: str = ""  # the site's own address, for what is read elsewhere: "https://example.gov.uk"

    def to(self, name: str, *, query: Query = (), fragment: str = "", **parts: Any) -> str:
        """The page or outlet of that name."""
        path = _reversed(f"{self.namespace}:{name}", (*self.parts, *parts.items()), (*query,), fragment)
        return f"{self.site}{path}"

    @cached_property  # a page leads there from many places
    def home(self) -> str:
        return self.to("home")

    @property
    def items(self) -> str:
        return self.to("items")

    @property
    def changes(self) -> str:
        return self.to("changes")

    @property
    def changelog(self) -> str:
        return self.to("changelog")

    @property
    def editions(self) -> str:
        return self.to("editions")

    def item(self, reference: str) -> str:
        return self.to("item", reference=reference)

    def page(self, slug: str) -> str:
        return self.to("page", page_slug=slug)

    def edition(self, number: int, query: Query = ()) -> str:
        return self.to("edition", number=number, query=query)

    def thing(self, noun: Noun, address: str, uid: str = "") -> str:
        """Its page, or its place on the page that lists it; empty for the roadmap itself."""
        match noun:
            case Noun.ITEM:
                return self.item(address)
            case Noun.PAGE:
                return self.page(address)
            case Noun.RELEASE:
                return self.to("items", fragment=anchor_of(noun, uid) if uid else "")
            case Noun.CHANGELOG_ENTRY:
                return self.to("changelog", fragment=anchor_of(noun, uid) if uid else "")
        return ""


def public_addresses(slug: str, site: str = "") -> Addresses:
    return Addresses("web", (("slug", slug),), site)


def addresses_of_day(slug: str, day: datetime.date) -> Addresses:
    return Addresses("web:at", (("slug", slug), ("day", day)))


@lru_cache(maxsize=2**15)  # a page may list thousands of items, and finding an address costs as much as showing one
def _reversed(name: str, parts: tuple[tuple[str, Any], ...], query: tuple[tuple[str, str], ...], fragment: str) -> str:
    return reverse(name, kwargs=dict(parts), query=query or None, fragment=fragment or None)
