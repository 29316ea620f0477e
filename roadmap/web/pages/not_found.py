"""What is said where the roadmap has no such thing: that it never was, or is no more, or is not yet on that day."""

import logging

from django.db import DatabaseError
from django.http import HttpResponse

from roadmap.content.choices import Noun
from roadmap.published import store
from roadmap.published.history import History
from roadmap.web.pages.item_history import ShownHistory
from roadmap.web.pages.roadmap_page import Shown
from roadmap.web.responses import page

logger = logging.getLogger(__name__)

# Where a thing of an earlier day stands today.
THERE, WITHDRAWN, NOWHERE = "there", "withdrawn", "nowhere"


def absent(shown: Shown, noun: Noun, address: str) -> HttpResponse:
    """410 where readers saw it once, 404 where they never did."""
    standing = today(shown, noun, address)
    if withdrawn := shown.published.withdrawn(noun, address):
        uid = _uid_of_withdrawn(shown, noun, address)
        history = history_shown(shown, uid) if uid else None
        if standing == WITHDRAWN:
            standing = THERE  # the same page as this, and not "since"
        return page(
            "web/pages/withdrawn.html", status=410, shown=shown, withdrawn=withdrawn, history=history, today=standing
        )
    return page(
        "web/pages/not_found.html", status=404, shown=shown, noun=noun.value, address=address, today=standing or NOWHERE
    )


def today(shown: Shown, noun: Noun, address: str) -> str:
    """Where what was at that address on an earlier day stands now; empty where this is not of an earlier day."""
    if shown.today is None:
        return ""
    if shown.today.item(address) if noun is Noun.ITEM else shown.today.page(address):
        return THERE
    return WITHDRAWN if shown.today.published.withdrawn(noun, address) else NOWHERE


def history_if_there(shown: Shown) -> History | None:
    """None while the database is away and this process holds no history of the roadmap; it may lack the newest then."""
    try:
        return store.history_of(shown.published, may_lack_newest=True)
    except DatabaseError:
        logger.exception("The database cannot be read: the history of %s is not shown", shown.edition.roadmap_slug)
        return None


def history_shown(shown: Shown, uid: str) -> ShownHistory | None:
    """Of one item; None as above."""
    history = history_if_there(shown)
    return ShownHistory(shown, uid, history) if history else None


def _uid_of_withdrawn(shown: Shown, noun: Noun, address: str) -> str:
    """Of the item that was last at that address: the database is not asked for other nouns, whose pages tell less."""
    if noun is not Noun.ITEM:
        return ""
    latest = shown.published.latest_changes.items()
    found = [pair for pair in latest if pair[1].noun is noun and pair[1].is_withdrawn and pair[1].address == address]
    return max(found, key=lambda pair: pair[1].edition_number)[0] if found else ""
