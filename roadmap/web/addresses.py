"""Where the pages of one roadmap are, and where programs can follow it.

The one list of pages (roadmap/web/pages/urls.py) is included several times: for readers, below a day, below a preview.
Each time has a namespace of its own, and `Addresses` says which, so that the links of a page lead to pages of the same
kind: see docs/decisions/0017-one-list-of-pages-included-where-it-is-shown.md.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse

from roadmap.content.choices import Noun
from roadmap.content.things import anchor_of

Query = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Addresses:
    namespace: str
    parts: tuple[tuple[str, Any], ...]  # of the address below which they are
    site: str = ""  # the site's own address, for what is read elsewhere: "https://example.gov.uk"
    query: tuple[tuple[str, str], ...] = ()  # of each of them: which roadmaps were chosen of all

    def to(self, name: str, *, query: Query = (), fragment: str = "", **parts: Any) -> str:
        """The page or outlet of that name."""
        path = _reversed(f"{self.namespace}:{name}", (*self.parts, *parts.items()), (*self.query, *query), fragment)
        return f"{self.site}{path}"

    @cached_property  # a page leads there from many places
    def home(self) -> str:
        return self.to("home")

    @property
    def items(self) -> str:
        return self.to("items")

    @property
    def apis(self) -> str:
        return self.to("apis")

    @property
    def follow(self) -> str:
        return self.to("follow")

    @property
    def changes(self) -> str:
        return self.to("changes")

    @property
    def changelog(self) -> str:
        return self.to("changelog")

    @property
    def dates(self) -> str:
        return self.to("dates")

    @property
    def editions(self) -> str:
        return self.to("editions")

    def item(self, reference: str, name: str = "item") -> str:
        """Its page, or the outlet of that name which tells of it."""
        around = self._around_reference
        if name not in around:
            before, _, after = self.to(name, reference="REFERENCE").rpartition("REFERENCE")
            around[name] = before, after
        before, after = around[name]
        return f"{before}{reference}{after}"

    @cached_property  # a page leads to thousands, and finding each address would cost as much as showing the item
    def _around_reference(self) -> dict[str, tuple[str, str]]:
        """By name, what stands before and after a reference."""
        return {}

    def page(self, slug: str) -> str:
        return self.to("page", page_slug=slug)

    def api(self, slug: str) -> str:
        return self.to("api_page", api=slug)

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


@lru_cache(maxsize=2**13)  # a page may list thousands of items, and finding an address costs as much as showing one
def _reversed(name: str, parts: tuple[tuple[str, Any], ...], query: tuple[tuple[str, str], ...], fragment: str) -> str:
    return reverse(name, kwargs=dict(parts), query=query or None, fragment=fragment or None)


# Where programs can follow a roadmap, or a selection of it: the links that people see and those that programs find.
# Of an address that somebody subscribes to, every letter is for good.


@dataclass(frozen=True)
class FollowLink:
    """One of them, with the media type by which a program knows it."""

    view: str  # the name of its address
    name: str
    media_type: str
    url: str = ""


# In the order in which programs find them.
ATOM = FollowLink("atom", "Atom feed", "application/atom+xml")
JSON_FEED = FollowLink("json_feed", "JSON Feed", "application/feed+json")
CALENDAR = FollowLink("calendar", "Calendar", "text/calendar")
CSV = FollowLink("csv", "CSV", "text/csv")
XLSX = FollowLink("xlsx", "Spreadsheet", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")

OF_ITEMS = (ATOM, JSON_FEED, CALENDAR, CSV)
OF_ONE_ITEM = (ATOM, JSON_FEED, CALENDAR)


@dataclass(frozen=True)
class Follow:
    """What can be followed, and of what."""

    heading: str
    title: str  # of the roadmap, or of the item
    url: str  # of the page that says how
    links: Sequence[FollowLink]
    mail_url: str = ""  # where one asks to be told by mail; empty where the site sends none


def links_to(outlets: Sequence[FollowLink], addresses: Addresses, query: Query) -> list[FollowLink]:
    """`query` is that of the selection, empty for all of it."""
    return [replace(outlet, url=addresses.to(outlet.view, query=query)) for outlet in outlets]


def mail_url(addresses: Addresses, query: Query) -> str:
    """Where one asks to be told of it by mail; empty where the site sends none."""
    return addresses.to("subscribe", query=query) if settings.SENDS_EMAIL else ""


def items_in_api(slug: str, query: Query) -> str:
    return reverse("web:api_list_items", kwargs={"roadmap": slug}, query=[*query] or None)
