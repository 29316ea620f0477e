"""The public pages: what has been published, as it stands at this moment. Nothing here writes or knows a draft.

The pages of one roadmap take what to show, and are listed in PAGES_OF_A_ROADMAP: whoever mounts them decides what
that is, and whose address is before theirs.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponsePermanentRedirect
from django.utils import timezone

from roadmap.content import Noun
from roadmap.public import reading
from roadmap.public.respond import page, require_safe
from roadmap.public.shown import Shown


@require_safe
def roadmaps(request: HttpRequest) -> HttpResponse:
    published = reading.newest_of_each(at=timezone.now())
    return page("public/roadmaps.html", roadmaps=[Shown(one) for one in published])


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


def of_published(view: PageView) -> Callable[..., HttpResponseBase]:
    """The page, of what is published at `slug`."""

    @wraps(view)
    def published_page(request: HttpRequest, slug: str, **parts: Any) -> HttpResponse:
        return view(request, _shown(slug), **parts)

    return require_safe(published_page)


def _shown(slug: str) -> Shown:
    """The one place where the public pages read the clock. Raises Http404 where nothing is published there."""
    published = reading.newest(slug, at=timezone.now())
    if published is None:
        raise Http404(f"No roadmap is published at {slug}")
    return Shown(published)


def _absent(shown: Shown, noun: Noun, address: str) -> HttpResponse:
    """410 where readers saw it once, 404 where they never did."""
    if withdrawn := shown.published.withdrawn(noun, address):
        return page("public/withdrawn.html", status=410, shown=shown, withdrawn=withdrawn)
    return page("public/not_found.html", status=404, shown=shown, noun=noun.value, address=address)
