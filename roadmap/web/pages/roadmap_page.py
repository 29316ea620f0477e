"""What stands around the content of every page of a roadmap, and how such a page is answered."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from roadmap.content.things import Contact, ItemContent
from roadmap.markdown import render
from roadmap.published.filters import Filters
from roadmap.published.roadmap import EditionSeen
from roadmap.web.addresses import Addresses
from roadmap.web.feeds.links import OF_ITEMS, OF_ONE_ITEM, Follow, link_to_api, links_to
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.responses import LazyResponse, page


@dataclass(frozen=True)
class NavigationLink:
    name: str
    url: str
    section: str


@dataclass(frozen=True)
class RoadmapFrame:
    """The `roadmap` of every template."""

    title: str
    url: str
    addresses: Addresses
    edition: EditionSeen
    edition_url: str
    contact: Contact
    enquiry_url: str
    footer: str  # HTML
    navigation: Sequence[NavigationLink]
    follow: Follow | None
    banner: object
    day: datetime.date | None
    url_today: str
    home_today: str


def roadmap_frame(reading: RoadmapReading) -> RoadmapFrame:
    roadmap, addresses = reading.roadmap, reading.addresses
    return RoadmapFrame(
        title=roadmap.title,
        url=addresses.home,
        addresses=addresses,
        edition=reading.edition,
        edition_url=addresses.edition(reading.edition.number),
        contact=roadmap.contact,
        enquiry_url=roadmap.contact.mailto(),
        footer=render(roadmap.footer, anchor_prefix="footer").html,
        navigation=_navigation(reading),
        follow=follow_selection(reading),
        banner=reading.banner,
        day=reading.day,
        url_today=reading.url_today,
        home_today=reading.today.addresses.home if reading.today else "",
    )


def page_of(
    template: str,
    reading: RoadmapReading,
    *,
    section: str = "",
    status: int = 200,
    **context: Any,
) -> LazyResponse:
    """The template, with what is around every page. The rest is as in `page`."""
    answer = page(template, status=status, roadmap=lambda: roadmap_frame(reading), section=section, **context)
    if status == 400:
        answer["Cache-Control"] = "no-store"  # it may be right the next time
    return answer


def follow_selection(reading: RoadmapReading, filters: Filters | None = None) -> Follow | None:
    """None where there is nothing to follow: a draft, and a day that is past."""
    if not reading.is_of_today:
        return None
    query = filters.values if filters else []
    links = [
        *links_to(OF_ITEMS, reading.addresses, query),
        link_to_api(reading.edition.roadmap_slug, query),
    ]
    return Follow("Follow this selection" if query else "Follow this roadmap", reading.roadmap.title, links)


def follow_item(reading: RoadmapReading, item: ItemContent) -> Follow | None:
    if not reading.is_of_today:
        return None
    links = links_to(OF_ONE_ITEM, reading.addresses, [("item", item.reference)])
    return Follow("Follow this item", item.title, links)


def _navigation(reading: RoadmapReading) -> list[NavigationLink]:
    """The parts of this roadmap that there are."""
    addresses, pages = reading.addresses, reading.snapshot.pages
    found = [
        NavigationLink("Items", addresses.items, "items"),
        NavigationLink("Changes", addresses.changes, "changes"),
    ]
    if reading.snapshot.changelog:
        found.append(NavigationLink("Changelog", addresses.changelog, "changelog"))
    if pages:
        found.append(NavigationLink("About", addresses.page(pages[0].slug), "pages"))
    return found
