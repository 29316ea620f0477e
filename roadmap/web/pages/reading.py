"""What one request reads of a roadmap, and how a page of it is answered, with all that stands around its content."""

import datetime
import logging
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import DatabaseError

from roadmap.content.snapshot import Snapshot
from roadmap.content.things import Contact, ItemContent, RoadmapContent
from roadmap.markdown import render
from roadmap.published import store
from roadmap.published.filters import Filters
from roadmap.published.history import History
from roadmap.published.roadmap import EditionSeen, PublishedRoadmap
from roadmap.web.addresses import Addresses
from roadmap.web.feeds.links import OF_ITEMS, OF_ONE_ITEM, Follow, link_to_api, links_to
from roadmap.web.responses import LazyResponse, page

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PageLink:
    title: str
    url: str
    section: str = ""  # of the roadmap, that it leads to


@dataclass(frozen=True, eq=False)
class RoadmapReading:
    """Immutable: a roadmap as published or drafted, at a moment, at its addresses. The `roadmap` of every template."""

    published: PublishedRoadmap
    now: datetime.datetime  # that its pages speak of: the clock's, or the end of a day that is past
    addresses: Addresses
    day: datetime.date | None = None  # where this is the roadmap as it was at the end of that day
    today: "RoadmapReading | None" = None  # the roadmap as it is today, there
    url_today: str = ""  # of the same page of today, there
    banner: object = None  # what stands above the content of every page, where this is not what readers have
    newest_seen: int | None = None  # of a draft, the number of the newest Edition that readers have; 0 for none

    @cached_property
    def edition(self) -> EditionSeen:
        return self.published.edition

    @property
    def snapshot(self) -> Snapshot:
        return self.published.snapshot

    @cached_property
    def roadmap(self) -> RoadmapContent:
        return self.published.snapshot.roadmap

    @cached_property
    def history(self) -> History:
        """Raises DatabaseError. For views: a template that asks for what its view did not would ask the database."""
        return store.history_of(self.published)

    def history_if_there(self) -> History | None:
        """None while the database is away and this process holds none of it; it may lack the newest Editions then."""
        try:
            return store.history_of(self.published, may_lack_newest=True)
        except DatabaseError:
            logger.exception("The database cannot be read: the history of %s is not shown", self.edition.roadmap_slug)
            return None

    def is_behind(self, history: History | None) -> bool:
        """Whether anything is missing from that history, while the database is away."""
        return history is None or history.newest_number < self.edition.number

    @property
    def is_of_today(self) -> bool:
        """Neither a draft nor a day that is past: there is something to follow."""
        return not self.banner and self.day is None

    @property
    def shows_days(self) -> bool:
        """Whether readers can see the roadmap as it was on earlier days."""
        return self.published.tells_dates and self.newest_seen is None

    def is_unseen(self, number: int) -> bool:
        """Whether readers do not have that Edition yet: in a preview."""
        return self.newest_seen is not None and number > self.newest_seen

    # What templates put around a page

    @cached_property
    def title(self) -> str:
        return self.roadmap.title

    @property
    def contact(self) -> Contact:
        return self.roadmap.contact

    @property
    def edition_url(self) -> str:
        return self.addresses.edition(self.edition.number)

    @cached_property
    def footer(self) -> str:
        """HTML."""
        return render(self.roadmap.footer, anchor_prefix="footer").html

    @cached_property
    def navigation(self) -> list[PageLink]:
        """The parts of this roadmap that there are."""
        found = [
            PageLink("Items", self.addresses.items, "items"),
            PageLink("Changes", self.addresses.changes, "changes"),
        ]
        if self.snapshot.changelog:
            found.append(PageLink("Changelog", self.addresses.changelog, "changelog"))
        if self.snapshot.pages:
            found.append(PageLink("About", self.addresses.page(self.snapshot.pages[0].slug), "pages"))
        return found

    @cached_property
    def follow(self) -> Follow | None:
        return self.follow_selection(Filters())

    def follow_selection(self, filters: Filters) -> Follow | None:
        """None where there is nothing to follow: a draft, and a day that is past."""
        if not self.is_of_today:
            return None
        query = filters.values
        links = [*links_to(OF_ITEMS, self.addresses, query), link_to_api(self.edition.roadmap_slug, query)]
        return Follow("Follow this selection" if query else "Follow this roadmap", self.roadmap.title, links)

    def follow_item(self, item: ItemContent) -> Follow | None:
        if not self.is_of_today:
            return None
        links = links_to(OF_ONE_ITEM, self.addresses, [("item", item.reference)])
        return Follow("Follow this item", item.title, links)


def page_of(
    template: str, reading: RoadmapReading, *, section: str = "", status: int = 200, **context: Any
) -> LazyResponse:
    """The template, with what is around every page. The rest is as in `page`."""
    answer = page(template, status=status, roadmap=reading, section=section, **context)
    if status == 400:
        answer["Cache-Control"] = "no-store"  # it may be right the next time
    return answer
