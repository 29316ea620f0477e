"""Where programs can follow a roadmap, or a selection of it: the links that people see and those that programs find.

Of an address that somebody subscribes to, every letter is for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from roadmap.web.addresses import Addresses, Query


@dataclass(frozen=True)
class FollowLink:
    """One of them, with the media type by which a program knows it: empty where none looks for it."""

    view: str  # the name of its address
    name: str
    purpose: str
    media_type: str = ""
    url: str = ""
    guide_url: str = ""  # how to use it, where that is not plain


# In the order in which they are offered.
ATOM = FollowLink("atom", "Atom feed", "each edition's changes, in a feed reader", "application/atom+xml")
JSON_FEED = FollowLink("json_feed", "JSON Feed", "the same, for programs", "application/feed+json")
CALENDAR = FollowLink("calendar", "Calendar", "the dates, kept up to date in your calendar", "text/calendar")
CSV = FollowLink("csv", "CSV", "a spreadsheet of the items as they are now", "text/csv")
API = FollowLink("api_list_items", "API", "the items as JSON")

OF_ITEMS = (ATOM, JSON_FEED, CALENDAR, CSV)
OF_ONE_ITEM = (ATOM, JSON_FEED, CALENDAR)


@dataclass(frozen=True)
class Follow:
    """What can be followed, and of what."""

    heading: str
    title: str  # of the roadmap, or of the item
    links: Sequence[FollowLink]


def links_to(outlets: Sequence[FollowLink], addresses: Addresses, query: Query) -> list[FollowLink]:
    """`query` is that of the selection, empty for all of it."""
    return [replace(outlet, url=addresses.to(outlet.view, query=query)) for outlet in outlets]


def link_to_api(slug: str, query: Query) -> FollowLink:
    url = reverse(f"web:{API.view}", kwargs={"roadmap": slug}, query=[*query] or None)
    return replace(API, url=url, guide_url=reverse("web:api"))
