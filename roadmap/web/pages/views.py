"""The public pages: what has been published, as it stands at this moment. Nothing here writes or knows a draft.

The pages of one roadmap take what they are to show, and are listed in urls.py: whoever includes that list decides what
it is, and whose address is before theirs. See roadmap/web/pages/dispatch.py for the published ones.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponsePermanentRedirect

from roadmap.content.choices import Noun
from roadmap.published import clock, store
from roadmap.published.filters import BadFilter, Problem, read_filters
from roadmap.published.roadmap import EditionSeen, PublishedRoadmap
from roadmap.web.addresses import public_addresses
from roadmap.web.caching import kept
from roadmap.web.pages.dispatch import mountable
from roadmap.web.pages.filter_form import FilterPanel
from roadmap.web.pages.home_page import changelog_entries, home_page, shown_page
from roadmap.web.pages.item_history import is_behind, shown_history
from roadmap.web.pages.item_page import shown_item
from roadmap.web.pages.items_page import found_items
from roadmap.web.pages.not_found import absent, history_if_there, today
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.pages.roadmap_page import follow_item, follow_selection, page_of
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import page

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ListedRoadmap:
    title: str
    description: str
    url: str
    edition: EditionSeen


@in_format(Format.PAGE)
def roadmaps(request: HttpRequest) -> HttpResponseBase:
    now = clock.now()
    published = store.newest_of_each(at=now)
    answer = page("web/pages/roadmaps.html", roadmaps=lambda: [_listed(roadmap) for roadmap in published])
    return kept(request, answer, [roadmap.edition for roadmap in published], now, is_of_all=True)


def _listed(published: PublishedRoadmap) -> ListedRoadmap:
    content, edition = published.snapshot.roadmap, published.edition
    return ListedRoadmap(content.title, content.description, public_addresses(edition.roadmap_slug).home, edition)


@mountable
def home(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    return page_of("web/pages/home.html", reading, home=lambda: home_page(reading))


@mountable
def items(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    """All of them, or those that the query of the address selects."""
    problems: Sequence[Problem] = ()
    try:
        filters = read_filters(request.GET, reading.published, reading.now)
    except BadFilter as error:
        filters, problems = error.understood, error.problems
    except DatabaseError:
        logger.exception("The database cannot be read: items of %s are not selected", reading.edition.roadmap_slug)
        return page_of("web/pages/no_history.html", reading, section="items", status=503, what="This selection")
    panel = FilterPanel(
        published=reading.published,
        filters=filters,
        typed=request.GET,
        addresses=reading.addresses,
        noun="items",
        problems=problems,
    )
    return page_of(
        "web/pages/items.html",
        reading,
        section="items",
        status=400 if problems else 200,
        panel=panel,
        has_items=bool(reading.snapshot.items),
        found=None if problems else lambda: found_items(reading, filters),
        follow=None if problems else lambda: follow_selection(reading, filters),
    )


@mountable
def item(request: HttpRequest, reading: RoadmapReading, reference: str) -> HttpResponse:
    if found := reading.snapshot.item(reference):
        history = history_if_there(reading)
        return page_of(
            "web/pages/item.html",
            reading,
            section="items",
            is_passing=history is None or is_behind(reading, history),
            item=lambda: shown_item(reading, found),
            history=lambda: shown_history(reading, found.content.uid, history) if history else None,
            follow=lambda: follow_item(reading, found.content),
            today=today(reading, Noun.ITEM, reference),
        )
    if reading.snapshot.item(reference.upper()):
        return HttpResponsePermanentRedirect(reading.addresses.item(reference.upper()))
    return absent(reading, Noun.ITEM, reference.upper())


@mountable
def page_of_roadmap(request: HttpRequest, reading: RoadmapReading, page_slug: str) -> HttpResponse:
    if content := reading.snapshot.page(page_slug):
        return page_of(
            "web/pages/page.html",
            reading,
            section="pages",
            page=lambda: shown_page(reading, content),
            today=today(reading, Noun.PAGE, page_slug),
        )
    return absent(reading, Noun.PAGE, page_slug)


@mountable
def changelog(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    return page_of(
        "web/pages/changelog.html",
        reading,
        section="changelog",
        entries=lambda: changelog_entries(reading, top_level=3),
    )
