"""What both feeds say: an entry for each Edition that announces anything of what is selected, newest first.

An entry is made of its Edition and of nothing else: not of today's date, nor of what the roadmap says now. So it is the
same for ever, and a feed reader that has it need not look again. One thing may change it: where a roadmap no longer
tells readers what its dates were, its old entries no longer do either (roadmap.published.redaction).
"""

import html
import re
import uuid
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from roadmap.content.choices import Environment, Noun
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import (
    ChangelogEntryContent,
    ItemContent,
    RoadmapContent,
    counted_nouns,
    lower_first,
)
from roadmap.markdown import plain_text, render
from roadmap.published.change_words import headline, in_sentences, news_first, shortened, stopped, title_of
from roadmap.published.filters import Filters, read_filters
from roadmap.published.history import PastEdition, ThingTold
from roadmap.web.addresses import Addresses
from roadmap.web.pages.all_reading import AllReading
from roadmap.web.pages.edition_page import members_of
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.pagination import read_page
from roadmap.web.problems import printable
from roadmap.web.responses import site_of

ENTRIES = 50  # on a page
FAR = 10**9  # as far as a page may be: no roadmap has so many, and a list cannot be counted to much larger numbers
MOST_THINGS = 200  # in an entry; more are counted
TITLE_LENGTH = 120  # characters
SUMMARY_LENGTH = 500  # characters
TEXT_LENGTH = 300  # characters of a new item's description

_LINK = re.compile(r' (href|src)="([^"]*)"')  # as roadmap.markdown writes every one


class Feed:
    """What was selected, a page of it. Nothing is reckoned before it is asked for."""

    page_for_people = "changes"  # with the same changes

    def __init__(self, request: HttpRequest, reading: RoadmapReading, filters: Filters, page: int, name: str):
        """`name` is that of its address."""
        self.reading = reading
        self.filters = filters
        self.page = page
        self.addresses = replace(reading.addresses, site=site_of(request))
        self._name = name
        self._request = request

    @property
    def query(self) -> str:
        return self.filters.query

    @property
    def about(self) -> dict[str, Any]:
        """By the names of `django.utils.feedgenerator`."""
        published, roadmap = self.reading.published, self.reading.roadmap
        words = self.filters.in_words(published)
        subtitle = f"What changes for items that are: {words}" if words else "What changes on this roadmap"
        return {
            # The same on every host, for Atom and JSON, and of no other selection.
            "feed_guid": uuid.uuid5(uuid.UUID(roadmap.uid), f"feed{self.query}").urn,
            "feed_url": self.url(self.page),
            "title": printable(self.filters.title(published)),
            "subtitle": printable(subtitle),
            "link": self.addresses.to(self.page_for_people, query=self.filters.values),
            "author_name": _author(roadmap),
        }

    def url(self, page: int) -> str:
        values = [*self.filters.values, *([("page", str(page))] if page > 1 else [])]
        return self.addresses.to(self._name, query=values)

    @property
    def hubs(self) -> list[str]:
        """Who tells of what is new in it; of the whole, and its first page alone: see roadmap.subscriptions.websub."""
        is_whole = not self.query and not self.addresses.query and self.page == 1
        return settings.WEBSUB_HUBS if is_whole else []

    @property
    def next_url(self) -> str:
        """Of the older entries; empty where there are none."""
        return self.url(self.page + 1) if len(self.found) > ENTRIES else ""

    @property
    def previous_url(self) -> str:
        return self.url(self.page - 1) if self.page > 1 else ""

    @property
    def updated_at(self) -> datetime:
        """When the newest entry came; where there is none yet, since when there has been none."""
        newest, editions = next(self._told(), None), self.reading.history.editions
        since = editions[0] if editions else self.reading.edition
        return (newest[0] if newest else since).published_at.replace(microsecond=0)

    @property
    def entries(self) -> Iterator[dict[str, Any]]:
        """By the names of `django.utils.feedgenerator`; `content` is HTML, with no address that needs another."""
        for edition, things in self.found[:ENTRIES]:
            yield self._entry(edition, things)

    @cached_property
    def found(self) -> list[tuple[PastEdition, list[ThingTold]]]:
        """Those of this page, and one more where there is one."""
        first = (self.page - 1) * ENTRIES
        return [*islice(self._told(), first, first + ENTRIES + 1)]

    def _told(self) -> Iterator[tuple[PastEdition, list[ThingTold]]]:
        for edition in reversed(self.reading.history.editions):
            if things := [thing for thing in self.filters.told(edition) if thing.news]:
                yield edition, sorted(things, key=lambda thing: news_first(thing, thing.news))

    # One entry

    def _entry(self, edition: PastEdition, things: list[ThingTold]) -> dict[str, Any]:
        is_first = edition.number == 1
        # Of the first Edition: not that the roadmap itself is new.
        listed = [thing for thing in things if not (is_first and thing.noun is Noun.ROADMAP)]
        lines = [
            line_of(thing, edition, self.addresses, self.filters, is_first=is_first) for thing in listed[:MOST_THINGS]
        ]
        address = self.addresses.edition(edition.number)
        published_at = edition.published_at.replace(microsecond=0)
        context = {
            "edition": edition,
            "author": _author(edition.roadmap),
            "is_first": is_first,
            "counts": counts_of(things),
            "lines": lines,
            "left": max(len(listed) - MOST_THINGS, 0),
            "url": address,
        }
        first = f"First published: {counts_of(things)}"
        spoken = [edition.note, *([first] if is_first else map(_spoken, lines))]
        title = first if is_first else headline(things, edition.roadmap, TITLE_LENGTH)
        summary = shortened(" ".join(stopped(words) for words in spoken if words), SUMMARY_LENGTH)
        return {
            "unique_id": self._entry_id(edition),
            "title": printable(title),
            "link": address,
            "pubdate": published_at,
            "updateddate": published_at,
            "author_name": _author(edition.roadmap),
            "categories": sorted({change.change.act.value for thing in things for change in thing.news}),
            "summary": printable(summary),
            "content": printable(render_to_string("web/feeds/entry.html", context).strip()),
        }

    def _entry_id(self, edition: PastEdition) -> str:
        """Another selection's entry of the same Edition says something else, and so is another entry."""
        of_all = uuid.UUID(edition.uid)
        return (uuid.uuid5(of_all, self.filters.query) if self.filters else of_all).urn


class FeedOfAll(Feed):
    """Each entry as its own roadmap's feed has it."""

    reading: AllReading
    page_for_people = "items"

    @property
    def query(self) -> str:
        values = [*self.addresses.query, *self.filters.values]
        return f"?{urlencode(values)}" if values else ""

    def _entry(self, edition: PastEdition, things: list[ThingTold]) -> dict[str, Any]:
        reading, own = self.reading.origin_of(edition)
        feed = Feed(self._request, reading, self.filters, 1, self._name)
        # By names that no other has: an entry says nowhere else of which roadmap it is.
        name = self.reading.name_of(reading)
        source = {"id": feed.about["feed_guid"], "title": printable(self.filters.title(reading.published, name))}
        author = {} if own.roadmap.contact.name else {"author_name": printable(name)}
        return {**feed._entry(own, things), **author, "source": source}


def asked(request: HttpRequest, reading: RoadmapReading, name: str) -> Feed:
    """Raises BadFilter, and Http404 where there is no such page."""
    filters = read_filters(
        request.GET, reading.published, reading.now, besides=("page", *reading.besides), is_strict=True
    )
    make = FeedOfAll if isinstance(reading, AllReading) else Feed
    feed = make(request, reading, filters, min(read_page(request.GET), FAR), name)
    # The first page is there even where it is empty, so that nothing need be looked up to say that nobody changed it.
    if feed.page > 1 and not feed.found:
        raise Http404(f"There is no page {feed.page}")
    return feed


# Parts of an entry


def line_of(
    thing: ThingTold, edition: PastEdition, addresses: Addresses, filters: Filters, *, is_first: bool
) -> dict[str, Any]:
    """What happened to one thing, for a template: of a feed, or of a mail. `is_first`: all in it is new."""
    is_new = thing.before is None and not thing.is_withdrawn
    there = addresses.thing(thing.noun, thing.address, thing.uid) or addresses.home
    url = "" if thing.is_withdrawn else there
    sentences = [] if is_first else in_sentences(thing.news, edition.roadmap)
    if is_new and thing.item_after:
        sentences += _dates(thing.item_after, {told.change.field for told in thing.news})
    line = {"title": title_of(thing), "url": url, "sentences": sentences}
    if thing.noun is Noun.ITEM:
        line["reference"] = thing.address
    if is_first:
        return line
    line["members"] = members_of(thing, edition, filters)
    if is_new and isinstance(thing.after, ItemContent):  # how its description begins
        line["text"] = shortened(plain_text(thing.after.description), TEXT_LENGTH)
    if is_new and isinstance(thing.after, ChangelogEntryContent):
        line["body"] = _complete(render(thing.after.body, top_level=3).html, url)
    return line


def _author(roadmap: RoadmapContent) -> str:
    """Whom to ask, never who published. A feed must name somebody (RFC 4287, 4.1.1)."""
    return printable(roadmap.contact.name or roadmap.title)


def counts_of(things: list[ThingTold]) -> str:
    return counted_nouns(Counter(thing.noun for thing in things)) or "a new roadmap"


def _dates(item: PlacedItem, told_already: Container[str]) -> Iterator[str]:
    """Of something new. What comes back may have told of a date already, because it is another."""
    for environment in Environment:
        when = None if f"milestone.{environment}" in told_already else item.due(environment)
        if when and not when.is_not_applicable:
            told = f"{when}, deployed" if item.is_deployed(environment) else str(when)
            yield f"{item.roadmap.labels[environment]}: {told}"


def _spoken(line: dict[str, Any]) -> str:
    first, *rest = line["sentences"] or [""]
    return " ".join(stopped(words) for words in (f"{line['title']}: {lower_first(first)}", *rest))


def _complete(markup: str, base: str) -> SafeString:
    """With whole addresses: a feed reader shows the text far from the page that it was written for."""

    def whole(found: re.Match[str]) -> str:
        return f' {found[1]}="{html.escape(urljoin(base, html.unescape(found[2])))}"'

    return mark_safe(_LINK.sub(whole, markup))  # noqa: S308
