"""Where all is that readers can find: for search engines (sitemaps.org), for programs that read (llmstxt.org)."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_of
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse

from roadmap.content.choices import Noun
from roadmap.content.snapshot import PlacedItem
from roadmap.published import store
from roadmap.published.all_roadmaps import names_of
from roadmap.published.filter_values import values_now
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.web.addresses import public_addresses
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import LazyResponse, kept, site_of


@dataclass(frozen=True)
class FoundPage:
    path: str
    changed_at: datetime.datetime


class SitemapOfRoadmaps(Sitemap):
    def __init__(self, roadmaps: Sequence[PublishedRoadmap]):
        self.roadmaps = roadmaps

    def items(self) -> list[FoundPage]:
        pages = [page for published in self.roadmaps for page in _pages_of(published)]
        newest = max((page.changed_at for page in pages), default=None)
        if newest is None:
            return []
        names = ("web:roadmaps", "web:all:items", "web:all:follow", "web:accessibility", "web:privacy")
        return [*(FoundPage(reverse(name), newest) for name in names), *pages]

    def location(self, item: FoundPage) -> str:
        return item.path

    def lastmod(self, item: FoundPage) -> datetime.datetime:
        return item.changed_at


def _pages_of(published: PublishedRoadmap) -> Iterator[FoundPage]:
    """Each with when it last said something else."""
    addresses, snapshot = public_addresses(published.edition.roadmap_slug), published.snapshot
    latest, newest = published.latest_changes, published.edition.published_at

    def changed_at(uid: str) -> datetime.datetime:
        return latest[uid].published_at if uid in latest else newest

    def item_changed_at(item: PlacedItem) -> datetime.datetime:
        own = changed_at(item.content.uid)
        return max(own, changed_at(item.release.uid)) if item.release else own  # whose dates it says

    for path in (addresses.home, addresses.items, addresses.changes, addresses.editions):
        yield FoundPage(path, newest)
    if published.tells_dates:
        yield FoundPage(addresses.dates, newest)
    if slugs := values_now(published)["api"]:
        yield from (FoundPage(path, newest) for path in (addresses.apis, *map(addresses.api, sorted(slugs))))
    if snapshot.changelog:
        entries = [thing.published_at for thing in latest.values() if thing.noun is Noun.CHANGELOG_ENTRY]
        yield FoundPage(addresses.changelog, max(entries, default=newest))
    for content in snapshot.pages:
        yield FoundPage(addresses.page(content.slug), changed_at(content.uid))
    for item in snapshot.items:
        yield FoundPage(addresses.item(item.content.reference), item_changed_at(item))


@in_format(Format.XML)
def sitemap(request: HttpRequest) -> HttpResponseBase:
    now = store.now()
    published = store.newest_of_each(at=now)

    def make() -> bytes:
        return sitemap_of(request, {"roadmaps": SitemapOfRoadmaps(published)}).render().content

    answer = LazyResponse(make, content_type="application/xml; charset=utf-8")
    return kept(request, answer, [roadmap.edition for roadmap in published], now)


@in_format(Format.TEXT)
def llms(request: HttpRequest) -> HttpResponseBase:
    now = store.now()
    published = store.newest_of_each(at=now)
    origin = site_of(request)
    titles = names_of(published).items()
    listed = [
        (roadmap, public_addresses(slug, origin), title)
        for roadmap, (slug, title) in zip(published, titles, strict=True)
    ]

    def make() -> str:
        return render_to_string("web/llms.txt", {"name": settings.SITE_NAME, "roadmaps": listed, "origin": origin})

    answer = LazyResponse(make, content_type="text/plain; charset=utf-8")
    return kept(request, answer, [roadmap.edition for roadmap in published], now)
