"""The public pages: what has been published, as it stands at this moment. Nothing here writes or knows a draft.

The pages of one roadmap take what they are to show, and are listed in urls.py: whoever includes that list decides what
it is, and whose address is before theirs. See roadmap/web/pages/reading.py for the published ones.
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponsePermanentRedirect

from roadmap.content.choices import Noun
from roadmap.content.things import counted
from roadmap.published import store
from roadmap.published.filters import BadFilter, Problem, read_filters
from roadmap.published.history import History
from roadmap.web.addresses import public_addresses
from roadmap.web.pages.filter_form import FilterPanel, misspelt_names
from roadmap.web.pages.home_page import changelog_entries, home_page, shown_page
from roadmap.web.pages.item_page import WITHDRAWN_TAG, as_it_stood, shown_history, shown_item
from roadmap.web.pages.linked_data import dataset, web_page
from roadmap.web.pages.reading import RoadmapReading, mountable, page_of
from roadmap.web.pages.stages import all_stages, stages_of
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import address_of, kept, page

logger = logging.getLogger(__name__)


# Where a thing of an earlier day stands today.
THERE, WITHDRAWN, NOWHERE = "there", "withdrawn", "nowhere"


@in_format(Format.PAGE)
def roadmaps(request: HttpRequest) -> HttpResponseBase:
    now = store.now()
    published = store.newest_of_each(at=now)
    listed = [(roadmap, public_addresses(roadmap.edition.roadmap_slug)) for roadmap in published]
    answer = page("web/pages/roadmaps.html", roadmaps=listed, page_url=address_of(request))
    return kept(request, answer, [roadmap.edition for roadmap in published], now)


@mountable
def home(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    history = reading.history_if_there()
    return _of_day(
        reading,
        history,
        "web/pages/home.html",
        home=lambda: home_page(reading, history),
        linked_data=lambda: web_page(reading, reading.title, reading.roadmap.description),
    )


def _of_day(reading: RoadmapReading, history: History | None, template: str, /, **context: Any) -> HttpResponse:
    """A page that says of dates whether they have passed, and what they were before."""
    is_passing = reading.is_behind(history)
    return page_of(template, reading, is_passing=is_passing, changes_daily=reading.day is None, **context)


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
    panel = FilterPanel(reading, filters, request.GET, "items", problems)
    told = [*misspelt_names(request.GET), *problems]
    return _of_day(
        reading,
        reading.history_if_there(),
        "web/pages/items.html",
        section="items",
        status=400 if problems else 200,
        panel=panel,
        problems=told,
        has_items=bool(reading.snapshot.items),
        found=None if problems else lambda: _found_items(reading, panel),
        follow=None if problems else lambda: reading.follow_selection(filters),
        linked_data=None if panel.filters else lambda: dataset(reading),
    )


def _found_items(reading: RoadmapReading, panel: FilterPanel) -> dict[str, Any]:
    """With a heading, "29 items" or "3 of 29 items". Of a selection, the stages that anything selected is in."""
    everything = reading.snapshot.items
    heading = counted(len(everything), Noun.ITEM)
    if not panel.filters:
        withdrawn = [
            (item, reading.addresses.item(item.address), WITHDRAWN_TAG) for item in reading.published.withdrawn_items
        ]
        stages = all_stages(reading) if everything else []
        return {"heading": heading, "count": len(everything), "stages": stages, "withdrawn": withdrawn}
    items = panel.selected
    return {"heading": f"{len(items)} of {heading}", "count": len(items), "stages": stages_of(reading, items)}


@mountable
def item(request: HttpRequest, reading: RoadmapReading, reference: str) -> HttpResponse:
    if found := reading.snapshot.item(reference):
        history = reading.history_if_there()
        return _of_day(
            reading,
            history,
            "web/pages/item.html",
            section="items",
            item=lambda: shown_item(reading, found),
            enquiry_url=reading.enquiry(f"{reference} {found.content.title}", reading.addresses.item(reference)),
            history=lambda: history and shown_history(reading, found.content.uid, history),
            follow=lambda: reading.follow_item(found.content),
            linked_data=lambda: web_page(reading, found.content.title, shown_item(reading, found).summary),
            today=_today(reading, Noun.ITEM, reference),
        )
    if reading.snapshot.item(reference.upper()):
        return HttpResponsePermanentRedirect(reading.addresses.item(reference.upper()))
    return _absent(reading, Noun.ITEM, reference.upper())


@mountable
def page_of_roadmap(request: HttpRequest, reading: RoadmapReading, page_slug: str) -> HttpResponse:
    content = reading.snapshot.page(page_slug)
    if content is None:
        return _absent(reading, Noun.PAGE, page_slug)
    return page_of(
        "web/pages/page.html",
        reading,
        section="pages",
        page=lambda: shown_page(reading, content),
        linked_data=lambda: web_page(reading, content.title, shown_page(reading, content)["summary"]),
        today=_today(reading, Noun.PAGE, page_slug),
    )


@mountable
def changelog(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    return page_of(
        "web/pages/changelog.html",
        reading,
        section="changelog",
        entries=lambda: changelog_entries(reading, top_level=3),
    )


# Where the roadmap has no such thing: that it never was, or is no more, or is not yet on that day


def _absent(reading: RoadmapReading, noun: Noun, address: str) -> HttpResponse:
    """410 where readers saw it once, 404 where they never did."""
    standing = _today(reading, noun, address)
    withdrawn = reading.published.withdrawn(noun, address)
    if withdrawn is None:
        found = {"noun": noun.value, "address": address, "today": standing or NOWHERE}
        return page_of("web/pages/not_found.html", reading, status=404, **found)
    # The database is not asked for other nouns, whose pages tell less.
    history = reading.history_if_there() if noun is Noun.ITEM else None
    return page_of(
        "web/pages/withdrawn.html",
        reading,
        status=410,
        withdrawn=withdrawn,
        was=lambda: as_it_stood(reading, withdrawn.uid, history) if history else {},
        tag=WITHDRAWN_TAG,
        edition_url=reading.addresses.edition(withdrawn.edition_number),
        enquiry_url=reading.enquiry(
            f"{withdrawn.address} {withdrawn.title}".strip(), reading.addresses.thing(noun, withdrawn.address)
        ),
        history=lambda: history and shown_history(reading, withdrawn.uid, history),
        today=THERE if standing == WITHDRAWN else standing,  # the same page as this, and not "since"
    )


def _today(reading: RoadmapReading, noun: Noun, address: str) -> str:
    """Where what was at that address on an earlier day stands now; empty where this is not of an earlier day."""
    if reading.today is None:
        return ""
    snapshot = reading.today.snapshot
    if snapshot.item(address) if noun is Noun.ITEM else snapshot.page(address):
        return THERE
    return WITHDRAWN if reading.today.published.withdrawn(noun, address) else NOWHERE
