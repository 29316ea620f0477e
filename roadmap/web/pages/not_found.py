"""What is said where the roadmap has no such thing: that it never was, or is no more, or is not yet on that day."""

import logging

from django.db import DatabaseError
from django.http import HttpResponse

from roadmap.content.choices import Noun
from roadmap.published import store
from roadmap.published.history import History
from roadmap.web.pages.item_history import shown_history
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.pages.roadmap_page import page_of

logger = logging.getLogger(__name__)

# Where a thing of an earlier day stands today.
THERE, WITHDRAWN, NOWHERE = "there", "withdrawn", "nowhere"


def absent(reading: RoadmapReading, noun: Noun, address: str) -> HttpResponse:
    """410 where readers saw it once, 404 where they never did."""
    standing = today(reading, noun, address)
    if withdrawn := reading.published.withdrawn(noun, address):
        # The database is not asked for other nouns, whose pages tell less.
        history = history_if_there(reading) if noun is Noun.ITEM else None
        return page_of(
            "web/pages/withdrawn.html",
            reading,
            status=410,
            withdrawn=withdrawn,
            history=lambda: shown_history(reading, withdrawn.uid, history) if history else None,
            today=THERE if standing == WITHDRAWN else standing,  # the same page as this, and not "since"
        )
    return page_of(
        "web/pages/not_found.html", reading, status=404, noun=noun.value, address=address, today=standing or NOWHERE
    )


def today(reading: RoadmapReading, noun: Noun, address: str) -> str:
    """Where what was at that address on an earlier day stands now; empty where this is not of an earlier day."""
    if reading.today is None:
        return ""
    snapshot = reading.today.snapshot
    if snapshot.item(address) if noun is Noun.ITEM else snapshot.page(address):
        return THERE
    return WITHDRAWN if reading.today.published.withdrawn(noun, address) else NOWHERE


def history_if_there(reading: RoadmapReading) -> History | None:
    """None while the database is away and this process holds no history of the roadmap; it may lack the newest then."""
    try:
        return store.history_of(reading.published, may_lack_newest=True)
    except DatabaseError:
        logger.exception("The database cannot be read: the history of %s is not shown", reading.edition.roadmap_slug)
        return None
