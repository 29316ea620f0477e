"""What one request reads of a roadmap, and how a page of it is answered, with all that stands around its content.

What is read is published now, or was on an earlier day. A page is a view that takes (request, what it reads, the parts
of its address). `mountable` makes of it one that Django can call: it is answered by the `mount` that came with the list
of pages, where that was included.
"""

import datetime
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial, wraps
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt

from roadmap.content.choices import Environment
from roadmap.content.snapshot import PlacedItem, Snapshot
from roadmap.content.things import Contact, ItemContent, RoadmapContent
from roadmap.dates.clock import day_of, uk_datetime
from roadmap.markdown import render
from roadmap.published import store
from roadmap.published.date_history import Promise, dates_before
from roadmap.published.filters import BadFilter, Filters, Problem
from roadmap.published.history import History
from roadmap.published.roadmap import EditionSeen, LatestChanges, PublishedRoadmap
from roadmap.web.addresses import (
    OF_ITEMS,
    OF_ONE_ITEM,
    Addresses,
    Follow,
    links_to,
    mail_url,
    public_addresses,
)
from roadmap.web.problems import Format, View, in_format
from roadmap.web.responses import LazyResponse, address_of, kept, page

logger = logging.getLogger(__name__)

_HEADING = re.compile(r"<(/?)h[1-6]\b[^>]*>")

PageView = Callable[..., HttpResponse]  # (request, what to read, the parts of its address)
Mount = Callable[..., HttpResponseBase]  # (request, the page, the parts of its address and those before it)


@dataclass(frozen=True)
class PageLink:
    title: str
    url: str
    section: str = ""  # of the roadmap, that it leads to


@dataclass(frozen=True)
class ShownNotice:
    """What stands above every page of a roadmap for a while."""

    title: str
    html: str
    times: str  # when readers see it; empty where that is now, and they do


class RoadmapChoice(NamedTuple):
    slug: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, eq=False)
class RoadmapReading:
    """Immutable: a roadmap as published or drafted, at a moment, at its addresses. The `roadmap` of every template."""

    published: PublishedRoadmap
    now: datetime.datetime  # that its pages speak of: the clock's, or the end of a day that is past
    addresses: Addresses
    day: datetime.date | None = None  # where this is the roadmap as it was at the end of that day
    today: "RoadmapReading | None" = None  # the roadmap as it is today, there
    url_today: str = ""  # of the same page of today, there
    # Of the page that is asked for, whole, without its query: by it others know the page. A draft has none.
    url: str = ""
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

    @cached_property
    def current_day(self) -> datetime.date:
        """In London: by it, a planned date has passed or not."""
        return day_of(self.now)

    @cached_property
    def dates_before(self) -> Callable[[str], Mapping[Environment, Promise]]:
        """By the uid of an item, what was promised before. For views that asked for the history: see `history`."""
        history = self.history_if_there()
        return (lambda uid: {}) if history is None or self.is_behind(history) else partial(dates_before, history)

    def kept(self, request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
        """The answer, which was made of this and of nothing else that is published: see roadmap.web.responses."""
        return kept(request, answer, [self.edition], self.now, newest=self.edition)

    def of(self, item: PlacedItem) -> "RoadmapReading":
        """That of the item's own roadmap."""
        return self

    @property
    def problems(self) -> Sequence[Problem]:
        """What is wrong with what its addresses take besides filters: a page says so, an outlet is refused."""
        return ()

    def name_among_others(self, item: PlacedItem) -> str:
        """Of its roadmap; empty where there are no others."""
        return ""

    def name_of(self, reading: "RoadmapReading") -> str:
        """Of one of those that it is of, which no other of them is called."""
        return reading.title

    @property
    def roadmap_choices(self) -> Sequence[RoadmapChoice]:
        """Of which the page can be; none where it is of one."""
        return ()

    @property
    def withdrawn_items(self) -> "list[tuple[LatestChanges, RoadmapReading]]":
        """Newest first, each with its own roadmap."""
        return [(thing, self) for thing in self.published.withdrawn_items]

    @property
    def in_api(self) -> "Sequence[RoadmapReading]":
        """The roadmaps that it is of, which the API has one by one."""
        return [self]

    def api_url(self, api: str) -> str:
        """All about an API, by the value that a filter knows it by."""
        return self.addresses.api(api)

    @property
    def besides(self) -> tuple[str, ...]:
        """What its addresses take of a query besides filters."""
        return ()

    @property
    def around(self) -> "RoadmapReading | None":
        """The one roadmap that stands around a page."""
        return self

    def is_behind(self, history: History | None) -> bool:
        """Whether anything is missing from that history, while the database is away."""
        return history is None or history.newest_number < self.edition.number

    @property
    def origin(self) -> str:
        """The site's own address: "https://example.gov.uk"."""
        return "/".join(self.url.split("/")[:3])

    @property
    def is_of_today(self) -> bool:
        """Neither a draft nor a day that is past: there is something to follow."""
        return not self.banner and self.day is None

    @property
    def day_is_today(self) -> bool:
        """Whether its day is not over: what it shows may change before it is."""
        return self.today is not None and self.day == day_of(self.today.now)

    @property
    def is_past(self) -> bool:
        """Whether its day is over: then nothing on its pages is so now, or comes next."""
        return self.day is not None and not self.day_is_today

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

    def enquiry(self, about: str, path: str) -> str:
        """The link to ask about what is at that address; empty where nobody is to be asked."""
        origin = (self.today or self).origin
        return self.contact.mailto(about, f"{origin}{path}" if origin else "")

    @property
    def edition_url(self) -> str:
        return self.addresses.edition(self.edition.number)

    @cached_property
    def footer(self) -> str:
        """HTML."""
        return render(self.roadmap.footer, anchor_prefix="footer").html

    @cached_property
    def notice(self) -> ShownNotice | None:
        """Of today's roadmap while it is on; of a draft, until it is over."""
        content = self.roadmap.notice
        if content is None or self.day is not None:
            return None
        starts_at, ends_at = content.times
        if self.now >= ends_at or (self.now < starts_at and not self.banner):
            return None
        # Its headings would come before the page's first.
        html = SafeString(_HEADING.sub(r"<\1p>", render(content.body, anchor_prefix="notice").html))
        times = f"{uk_datetime(starts_at)} to {uk_datetime(ends_at)}" if self.banner else ""
        return ShownNotice(content.title, html, times)

    @cached_property
    def navigation(self) -> list[PageLink]:
        """The parts of this roadmap that there are."""
        found = [
            PageLink("Items", self.addresses.items, "items"),
            PageLink("Changes", self.addresses.changes, "changes"),
        ]
        if any(item.content.apis for item in self.snapshot.items):
            found.append(PageLink("APIs", self.addresses.apis, "apis"))
        if self.snapshot.changelog:
            found.append(PageLink("Changelog", self.addresses.changelog, "changelog"))
        if self.snapshot.pages:
            found.append(PageLink("About", self.addresses.page(self.snapshot.pages[0].slug), "pages"))
        if self.is_of_today:
            found.append(PageLink("Follow", self.addresses.follow, "follow"))
        return found

    @cached_property
    def follow(self) -> Follow | None:
        return self.follow_selection(Filters())

    def follow_selection(self, filters: Filters) -> Follow | None:
        """None where there is nothing to follow: a draft, and a day that is past."""
        if not self.is_of_today:
            return None
        query = filters.values
        links = links_to(OF_ITEMS, self.addresses, query)
        heading = "Follow this selection" if query else "Follow this roadmap"
        url, mail = self.addresses.to("follow", query=query), mail_url(self.addresses, query)
        return Follow(heading, self.roadmap.title, url, links, mail)

    def follow_item(self, item: ItemContent) -> Follow | None:
        if not self.is_of_today:
            return None
        query = [("item", item.reference)]
        links = links_to(OF_ONE_ITEM, self.addresses, query)
        url, mail = self.addresses.to("follow", query=query), mail_url(self.addresses, query)
        return Follow("Follow this item", item.title, url, links, mail)


def page_of(
    template: str, reading: RoadmapReading, *, section: str = "", status: int = 200, **context: Any
) -> LazyResponse:
    """The template, with what is around every page. The rest is as in `page`."""
    page_url = reading.url if status == 200 else ""
    if not page_url:
        context.pop("linked_data", None)
    answer = page(template, status=status, roadmap=reading.around, section=section, page_url=page_url, **context)
    answer.notice = reading.roadmap.notice if reading.day is None else None
    if status == 400:
        answer["Cache-Control"] = "no-store"  # it may be right the next time
    return answer


def page_with_dates(reading: RoadmapReading, history: History | None, template: str, /, **context: Any) -> LazyResponse:
    """One that says of dates whether they have passed, and what they were before."""
    is_passing = reading.is_behind(history)
    return page_of(template, reading, is_passing=is_passing, changes_daily=reading.day is None, **context)


# Which roadmap a page shows: today's, or an earlier day's


def mountable(view: PageView) -> View:
    @csrf_exempt  # only to be read, and each mount refuses what is not: see FormattedView
    @wraps(view)
    def mounted(request: HttpRequest, *, mount: Mount, **parts: Any) -> HttpResponseBase:
        return mount(request, view, **parts)

    return mounted


def of_newest(view: PageView) -> View:
    """An outlet, of what is published at `slug`, or of what `read` reads."""

    @wraps(view)
    def of_published(
        request: HttpRequest, slug: str = "", read: Callable[[HttpRequest], RoadmapReading] | None = None, **parts: Any
    ) -> HttpResponseBase:
        reading = read(request) if read else read_newest(request, slug)
        if reading.problems:
            raise BadFilter([*reading.problems])
        return reading.kept(request, view(request, reading, **parts))

    return of_published


@in_format(Format.PAGE)
def newest(
    request: HttpRequest,
    view: PageView,
    slug: str = "",
    read: Callable[[HttpRequest], RoadmapReading] | None = None,
    **parts: Any,
) -> HttpResponseBase:
    """The page, of what is published at `slug`, or of what `read` reads."""
    reading = read(request) if read else read_newest(request, slug)
    return reading.kept(request, view(request, reading, **parts))


def read_newest(request: HttpRequest, slug: str) -> RoadmapReading:
    """Raises Http404."""
    now = store.now()
    published = store.newest(slug, now)
    if published is None:
        raise Http404(f"No roadmap is published at {slug}")
    # What is published was seen, by another machine's clock where this one's is behind.
    now = max(now, published.edition.published_at)
    return RoadmapReading(published, now, public_addresses(slug), url=address_of(request))
