"""Where programs can follow a roadmap, or a selection of it: the links that people see and those that programs find.

The addresses are written here as paths: of an address that somebody subscribes to, every letter is for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property


@dataclass(frozen=True)
class Outlet:
    """One of them, with the media type by which a program knows it: empty where none looks for it."""

    name: str
    purpose: str
    url: str
    media_type: str = ""
    guide_url: str = ""  # how to use it, where that is not plain


# In the order in which they are offered. "{roadmap}" is the address of its home page, "{slug}" the roadmap's.
ATOM = Outlet("Atom feed", "each edition's changes, in a feed reader", "{roadmap}changes.atom", "application/atom+xml")
JSON_FEED = Outlet("JSON Feed", "the same, for programs", "{roadmap}changes.json", "application/feed+json")
CALENDAR = Outlet("Calendar", "the dates, kept up to date in your calendar", "{roadmap}items.ics", "text/calendar")
CSV = Outlet("CSV", "a spreadsheet of the items as they are now", "{roadmap}items.csv", "text/csv")
API = Outlet("API", "the items as JSON", "/api/v1/roadmaps/{slug}/items", guide_url="/api/v1/")

OF_ITEMS = (ATOM, JSON_FEED, CALENDAR, CSV, API)
OF_ONE_ITEM = (ATOM, JSON_FEED, CALENDAR)


@dataclass(frozen=True)
class Follow:
    """What can be followed, and of what: `query` is that of the selection, empty for all of it."""

    roadmap_url: str
    slug: str
    title: str  # of the roadmap, or of the item
    query: str = ""
    heading: str = "Follow this roadmap"
    outlets: Sequence[Outlet] = OF_ITEMS

    @cached_property
    def links(self) -> list[Outlet]:
        return [
            replace(one, url=one.url.format(roadmap=self.roadmap_url, slug=self.slug) + self.query)
            for one in self.outlets
        ]

    @property
    def alternates(self) -> list[Outlet]:
        """Those that a program looks for in the page's head."""
        return [one for one in self.links if one.media_type]
