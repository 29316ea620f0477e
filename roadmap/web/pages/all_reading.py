"""Every published roadmap, read as if they were one: the pages and outlets of items, across roadmaps.

`roadmap` in the query narrows to some. Each item keeps the addresses and the dates of its own roadmap.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from roadmap.content.snapshot import PlacedItem
from roadmap.published import store
from roadmap.published.all_roadmaps import TITLE, all_of, names_of, unknown_roadmaps
from roadmap.published.filters import Filters, Problem
from roadmap.published.history import History, PastEdition
from roadmap.published.roadmap import LatestChanges, PublishedRoadmap
from roadmap.web.addresses import OF_ITEMS, Addresses, Follow, links_to, mail_url, public_addresses
from roadmap.web.pages.reading import RoadmapChoice, RoadmapReading
from roadmap.web.responses import address_of, kept

logger = logging.getLogger(__name__)


def _addresses(slugs: Iterable[str]) -> Addresses:
    return Addresses("web:all", (), query=tuple(("roadmap", slug) for slug in slugs))


def follow_all() -> Follow:
    addresses = _addresses(())
    links, mail = links_to(OF_ITEMS, addresses, []), mail_url(addresses, [])
    return Follow("Follow all roadmaps", TITLE, addresses.follow, links, mail)


@dataclass(frozen=True, eq=False)
class AllReading(RoadmapReading):
    readings: Mapping[str, RoadmapReading] = field(default_factory=dict)  # by the slug of its roadmap
    origins: Mapping[str, tuple[PublishedRoadmap, PastEdition]] = field(default_factory=dict)
    every: Sequence[PublishedRoadmap] = ()  # those too that were not chosen
    problems: Sequence[Problem] = ()

    def kept(self, request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
        return kept(request, answer, [published.edition for published in self.every], self.now)

    def of(self, item: PlacedItem) -> RoadmapReading:
        return self.readings[item.roadmap.slug]

    def origin_of(self, edition: PastEdition) -> tuple[RoadmapReading, PastEdition]:
        """The roadmap that it is of, and the Edition as that counts it."""
        published, own = self.origins[edition.uid]
        return self.readings[published.edition.roadmap_slug], own

    @property
    def around(self) -> RoadmapReading | None:
        return None

    def is_behind(self, history: History | None) -> bool:
        return any(reading.is_behind(reading.history_if_there()) for reading in self.readings.values())

    @property
    def besides(self) -> tuple[str, ...]:
        return ("roadmap",)

    @cached_property
    def _names(self) -> dict[str, str]:
        return names_of(self.every)

    def name_among_others(self, item: PlacedItem) -> str:
        return self._names[item.roadmap.slug]

    def name_of(self, reading: RoadmapReading) -> str:
        return self._names[reading.edition.roadmap_slug]

    @property
    def roadmap_choices(self) -> Sequence[RoadmapChoice]:
        """None where there is one, which is then all there is."""
        if len(self._names) < 2:
            return ()
        chosen = {slug for _, slug in self.addresses.query}
        return [RoadmapChoice(slug, name, slug in chosen) for slug, name in self._names.items()]

    @property
    def withdrawn_items(self) -> list[tuple[LatestChanges, RoadmapReading]]:
        found = [gone for reading in self.readings.values() for gone in reading.withdrawn_items]
        return sorted(found, key=lambda gone: (-gone[0].published_at.timestamp(), gone[0].title))

    @property
    def in_api(self) -> Sequence[RoadmapReading]:
        return [*self.readings.values()]

    def api_url(self, api: str) -> str:
        return self.addresses.to("items", query=[("api", api)])

    def follow_selection(self, filters: Filters) -> Follow | None:
        query = filters.values
        heading = "Follow this selection" if query or self.addresses.query else "Follow all roadmaps"
        url = self.addresses.to("follow", query=query)
        links, mail = links_to(OF_ITEMS, self.addresses, query), mail_url(self.addresses, query)
        return Follow(heading, self.title, url, links, mail)


def reading_of_all(request: HttpRequest) -> AllReading:
    """Those that are asked for, or all of them where none of these is there: see `problems`."""
    now = store.now()
    every = store.newest_of_each(at=now, with_history=True)
    now = max([now, *(published.edition.published_at for published in every)])
    slugs = tuple(dict.fromkeys(slug for value in request.GET.getlist("roadmap") if (slug := value.strip())))
    there = {published.edition.roadmap_slug: published for published in every}
    # Where there is but one, the form has no field for it.
    problems = unknown_roadmaps("roadmap" if len(there) > 1 else "", slugs, every)
    if any(value.strip().isdigit() for value in request.GET.getlist("changed_since")):
        problems.append(Problem("changed_since", "", "Give a date: each roadmap counts its own editions."))
    slugs = tuple(slug for slug in slugs if slug in there)
    chosen = {slug: published for slug, published in there.items() if slug in slugs or not slugs}
    together = all_of(tuple((published, _history_of(published)) for published in every))
    if len(chosen) < len(there):
        together = all_of(tuple((published, _history_of(published)) for published in chosen.values()), together)
    readings = {slug: RoadmapReading(published, now, public_addresses(slug)) for slug, published in chosen.items()}
    return AllReading(
        together,
        now,
        _addresses(slugs),
        url=address_of(request),
        readings=readings,
        origins=together.origins,
        every=every,
        problems=problems,
    )


def _history_of(published: PublishedRoadmap) -> History:
    """Of one that this process does not hold while the database is away, nothing: `is_behind` says so."""
    try:
        return store.history_of(published, may_lack_newest=True)
    except DatabaseError:
        logger.exception("The database cannot be read: the history of %s is missing", published.edition.roadmap_slug)
        return History()
