"""The readers' pages, of a draft. What may see it is asked first; every answer says that it is not to be kept or found.

Nothing here reads a session: for staff, roadmap.admin asks who they are.
"""

import copy
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import resolve

from roadmap.models import Edition, Roadmap
from roadmap.previews import draft as drafts
from roadmap.previews import links
from roadmap.previews.banner import PreviewBanner
from roadmap.previews.draft import Draft
from roadmap.previews.links import LinkEnded, NoSuchLink
from roadmap.web.addresses import Addresses
from roadmap.web.pages.reading import Mount, PageView, RoadmapReading, mountable, page_of
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import page

# Who holds the address may see it, so neither a cache, a search engine nor another site may learn it.
HEADERS = {"Cache-Control": "no-store, private", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


def never_kept(view: Mount) -> Mount:
    @wraps(view)
    def unlisted(*args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(*args, **kwargs)
        for name, value in HEADERS.items():
            answer[name] = value
        return answer

    return unlisted


@never_kept
@in_format(Format.PAGE)
def by_link(request: HttpRequest, view: PageView, token: str, **parts: Any) -> HttpResponseBase:
    """The page, for whoever holds a link."""
    now = links.current_time()
    try:
        link = links.open_link(token, now)
    except (NoSuchLink, LinkEnded) as error:
        return page("previews/closed.html", status=410 if isinstance(error, LinkEnded) else 404)
    draft = drafts.as_saved(link.roadmap, now)
    return _answer(request, view, parts, draft, links.addresses_by_link(link), expires_at=link.expires_at)


def for_staff(find: Callable[[HttpRequest, int], Roadmap]) -> Mount:
    """`find` gives the roadmap that they may see, or raises Http404 or PermissionDenied.

    With an Edition, the roadmap as that will leave it: of one that readers see already, the way to what they see.
    """

    @never_kept
    @in_format(Format.PAGE)
    def mount(
        request: HttpRequest, view: PageView, pk: int, edition_pk: int | None = None, **parts: Any
    ) -> HttpResponseBase:
        roadmap, now = find(request, pk), links.current_time()
        if edition_pk is None:
            draft = drafts.as_saved(roadmap, now)
        else:
            edition = Edition.objects.filter(roadmap=roadmap, pk=edition_pk).select_related("roadmap").first()
            if edition is None:
                return page("previews/closed.html", status=404, back_url=links.staff_preview_url(pk))
            if edition.is_live(now):
                return HttpResponseRedirect(roadmap.get_absolute_url())
            draft = drafts.as_scheduled(edition, now)
        return _answer(request, view, parts, draft, links.addresses_for_staff(pk, edition_pk), roadmap_pk=pk)

    return mount


@never_kept
def of_typed(request: HttpRequest, draft: Draft, path: str) -> HttpResponseBase:
    """The page that staff find at that path of a preview, of a draft that nobody saved: the answer to its form."""
    asked = copy.copy(request)
    asked.method, asked.path, asked.path_info = "GET", path, path
    asked.GET = QueryDict()
    asked.META = {**request.META, "QUERY_STRING": ""}
    asked.resolver_match = match = resolve(path)

    @in_format(Format.PAGE)
    def mount(request: HttpRequest, view: PageView, pk: int, **parts: Any) -> HttpResponseBase:
        return _answer(request, view, parts, draft, links.addresses_for_staff(pk), roadmap_pk=pk)

    return match.func(asked, *match.args, **{**match.kwargs, "mount": mount})


def _answer(
    request: HttpRequest, view: PageView, parts: dict[str, Any], draft: Draft, addresses: Addresses, **known: Any
) -> HttpResponseBase:
    name = str(request.resolver_match and request.resolver_match.url_name)
    banner = PreviewBanner(draft=draft, addresses=addresses, page_name=name, parts=parts, **known)
    reading = RoadmapReading(draft.would_be, draft.at, addresses, banner=banner, newest_seen=draft.newest_seen)
    return view(request, reading, **parts)


@mountable
def not_found(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    return page_of("web/pages/not_found.html", reading, status=404, noun="page")
