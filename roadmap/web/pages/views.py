"""The public pages: what has been published, as it stands at this moment. Nothing here writes or knows a draft.

The pages of one roadmap take what they are to show, and are listed in urls.py: whoever includes that list decides what
it is, and whose address is before theirs. See roadmap/web/pages/reading.py for the published ones.
"""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponsePermanentRedirect

from roadmap.content.choices import Noun
from roadmap.published import store
from roadmap.published.all_roadmaps import names_of
from roadmap.web.addresses import public_addresses
from roadmap.web.pages.all_reading import follow_all
from roadmap.web.pages.home_page import changelog_entries, home_page, shown_page
from roadmap.web.pages.item_page import WITHDRAWN_TAG, as_it_stood, shown_history, shown_item
from roadmap.web.pages.linked_data import web_page
from roadmap.web.pages.reading import RoadmapReading, mountable, page_of, page_with_dates
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import address_of, kept, page

# Where a thing of an earlier day stands today.
THERE, WITHDRAWN, NOWHERE = "there", "withdrawn", "nowhere"


@in_format(Format.PAGE)
def roadmaps(request: HttpRequest) -> HttpResponseBase:
    now = store.now()
    published = store.newest_of_each(at=now)
    titles = names_of(published).items()
    listed = [(one, public_addresses(slug), title) for one, (slug, title) in zip(published, titles, strict=True)]
    follow = follow_all() if published else None
    answer = page("web/pages/roadmaps.html", roadmaps=listed, follow=follow, page_url=address_of(request))
    return kept(request, answer, [roadmap.edition for roadmap in published], now)


@mountable
def home(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    history = reading.history_if_there()
    return page_with_dates(
        reading,
        history,
        "web/pages/home.html",
        home=lambda: home_page(reading, history),
        linked_data=lambda: web_page(reading, reading.title, reading.roadmap.description),
    )


@mountable
def item(request: HttpRequest, reading: RoadmapReading, reference: str) -> HttpResponse:
    if found := reading.snapshot.item(reference):
        history = reading.history_if_there()
        return page_with_dates(
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
