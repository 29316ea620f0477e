"""The public pages: what has been published, as it stands at this moment. Nothing here writes or knows a draft."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponsePermanentRedirect
from django.utils import timezone

from roadmap.content import Noun
from roadmap.public import reading
from roadmap.public.respond import page, require_safe
from roadmap.public.shown import Shown


@require_safe
def roadmaps(request: HttpRequest) -> HttpResponse:
    published = reading.newest_of_each(at=timezone.now())
    return page("public/roadmaps.html", roadmaps=[Shown(one) for one in published])


@require_safe
def home(request: HttpRequest, slug: str) -> HttpResponse:
    return page("public/home.html", shown=_shown(slug))


@require_safe
def items(request: HttpRequest, slug: str) -> HttpResponse:
    return page("public/items.html", shown=_shown(slug), section="items")


@require_safe
def item(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    shown = _shown(slug)
    if found := shown.item(reference):
        return page("public/item.html", shown=shown, item=found, section="items")
    if kept_in_capitals := shown.item(reference.upper()):
        return HttpResponsePermanentRedirect(kept_in_capitals.url)
    return _absent(shown, Noun.ITEM, reference)


@require_safe
def page_of_roadmap(request: HttpRequest, slug: str, page_slug: str) -> HttpResponse:
    shown = _shown(slug)
    if found := shown.page(page_slug):
        return page("public/page.html", shown=shown, page=found, section="pages")
    return _absent(shown, Noun.PAGE, page_slug)


@require_safe
def changelog(request: HttpRequest, slug: str) -> HttpResponse:
    return page("public/changelog.html", shown=_shown(slug), section="changelog")


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
