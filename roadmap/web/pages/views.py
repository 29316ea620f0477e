"""The public pages: what has been published, as it stands at this moment. Nothing here writes or knows a draft.

The pages of one roadmap take what to show, and are listed in PAGES_OF_A_ROADMAP: whoever mounts them decides what
that is, and whose address is before theirs. See roadmap/web/pages/dispatch.py for the published ones.
"""

import logging
from collections.abc import Callable, Sequence

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponsePermanentRedirect

from roadmap.content.choices import Noun
from roadmap.published import clock, store
from roadmap.published.filters import BadFilter, Problem, read_filters
from roadmap.web.caching import kept
from roadmap.web.pages.change_views import changes, edition, editions
from roadmap.web.pages.filter_form import FilterPanel
from roadmap.web.pages.items_page import ShownItems
from roadmap.web.pages.not_found import absent, history_shown, today
from roadmap.web.pages.roadmap_page import Shown
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import page

logger = logging.getLogger(__name__)


@in_format(Format.PAGE)
def roadmaps(request: HttpRequest) -> HttpResponseBase:
    now = clock.now()
    published = store.newest_of_each(at=now)
    answer = page("web/pages/roadmaps.html", roadmaps=[Shown(one, now) for one in published])
    return kept(request, answer, [one.edition for one in published], now, is_of_all=True)


def home(request: HttpRequest, shown: Shown) -> HttpResponse:
    return page("web/pages/home.html", shown=shown)


def items(request: HttpRequest, shown: Shown) -> HttpResponse:
    """All of them, or those that the query of the address selects."""
    problems: Sequence[Problem] = ()
    try:
        filters = read_filters(request.GET, shown.published, shown.now)
    except BadFilter as error:
        filters, problems = error.understood, error.problems
    except DatabaseError:
        logger.exception("The database cannot be read: items of %s are not selected", shown.edition.roadmap_slug)
        return page("web/pages/no_history.html", status=503, shown=shown, section="items", what="This selection")
    panel = FilterPanel(shown, filters, request.GET, action=shown.items_url, noun="items", problems=problems)
    if problems:
        answer = page("web/pages/items.html", status=400, shown=shown, panel=panel, section="items")
        answer["Cache-Control"] = "no-store"  # it may be right the next time
        return answer
    return page(
        "web/pages/items.html",
        shown=shown,
        panel=panel,
        found=ShownItems(shown, filters),
        follow=shown.follow_selection(filters.query),
        section="items",
    )


def item(request: HttpRequest, shown: Shown, reference: str) -> HttpResponse:
    if found := shown.item(reference):
        history = history_shown(shown, found.content.uid)
        return page(
            "web/pages/item.html",
            shown=shown,
            item=found,
            history=history,
            follow=shown.follow_item(found),
            section="items",
            is_passing=history is None or history.is_behind,
            today=today(shown, Noun.ITEM, reference),
        )
    if kept_in_capitals := shown.item(reference.upper()):
        return HttpResponsePermanentRedirect(kept_in_capitals.url)
    return absent(shown, Noun.ITEM, reference.upper())


def page_of_roadmap(request: HttpRequest, shown: Shown, page_slug: str) -> HttpResponse:
    if found := shown.page(page_slug):
        return page(
            "web/pages/page.html", shown=shown, page=found, section="pages", today=today(shown, Noun.PAGE, page_slug)
        )
    return absent(shown, Noun.PAGE, page_slug)


def changelog(request: HttpRequest, shown: Shown) -> HttpResponse:
    return page("web/pages/changelog.html", shown=shown, section="changelog")


PageView = Callable[..., HttpResponse]  # (request, what to show, the parts of its address)

# Each with its route below the roadmap's address, and its name.
PAGES_OF_A_ROADMAP: list[tuple[str, PageView, str]] = [
    ("", home, "home"),
    ("items/", items, "items"),
    ("items/<slug:reference>/", item, "item"),
    ("pages/<slug:page_slug>/", page_of_roadmap, "page"),
    ("changelog/", changelog, "changelog"),
    ("changes/", changes, "changes"),
    ("editions/", editions, "editions"),
    ("editions/<int:number>/", edition, "edition"),
]
