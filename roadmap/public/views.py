"""The public pages: what has been published, as it stands at this moment. Nothing here writes or knows a draft.

The pages of one roadmap take what to show, and are listed in PAGES_OF_A_ROADMAP: whoever mounts them decides what
that is, and whose address is before theirs. See roadmap/public/mounting.py for the published ones.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponsePermanentRedirect

from roadmap.content import Noun
from roadmap.public import clock, reading
from roadmap.public.caching import kept
from roadmap.public.problems import Format, in_format
from roadmap.public.respond import page
from roadmap.public.shown import Shown


@in_format(Format.PAGE)
def roadmaps(request: HttpRequest) -> HttpResponseBase:
    now = clock.now()
    published = reading.newest_of_each(at=now)
    answer = page("public/roadmaps.html", roadmaps=[Shown(one, now) for one in published])
    return kept(request, answer, [one.edition for one in published], now)


def home(request: HttpRequest, shown: Shown) -> HttpResponse:
    return page("public/home.html", shown=shown)


def items(request: HttpRequest, shown: Shown) -> HttpResponse:
    return page("public/items.html", shown=shown, section="items")


def item(request: HttpRequest, shown: Shown, reference: str) -> HttpResponse:
    if found := shown.item(reference):
        return page("public/item.html", shown=shown, item=found, section="items")
    if kept_in_capitals := shown.item(reference.upper()):
        return HttpResponsePermanentRedirect(kept_in_capitals.url)
    return _absent(shown, Noun.ITEM, reference.upper())


def page_of_roadmap(request: HttpRequest, shown: Shown, page_slug: str) -> HttpResponse:
    if found := shown.page(page_slug):
        return page("public/page.html", shown=shown, page=found, section="pages")
    return _absent(shown, Noun.PAGE, page_slug)


def changelog(request: HttpRequest, shown: Shown) -> HttpResponse:
    return page("public/changelog.html", shown=shown, section="changelog")


PageView = Callable[..., HttpResponse]  # (request, what to show, the parts of its address)

# Each with its route below the roadmap's address, and its name.
PAGES_OF_A_ROADMAP: list[tuple[str, PageView, str]] = [
    ("", home, "home"),
    ("items/", items, "items"),
    ("items/<slug:reference>/", item, "item"),
    ("pages/<slug:page_slug>/", page_of_roadmap, "page"),
    ("changelog/", changelog, "changelog"),
]


def _absent(shown: Shown, noun: Noun, address: str) -> HttpResponse:
    """410 where readers saw it once, 404 where they never did."""
    if withdrawn := shown.published.withdrawn(noun, address):
        return page("public/withdrawn.html", status=410, shown=shown, withdrawn=withdrawn)
    return page("public/not_found.html", status=404, shown=shown, noun=noun.value, address=address)
