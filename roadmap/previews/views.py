"""The readers' pages, of a draft. What may see it is asked first; every answer says that it is not to be kept or found.

Nothing here reads a session: for staff, roadmap.admin asks who they are.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect

from roadmap.models import Edition, Roadmap
from roadmap.previews import draft as drafts
from roadmap.previews import links
from roadmap.previews.addresses import (
    addresses_by_link,
    addresses_for_staff,
    addresses_of_scheduled,
    staff_edition_url,
    staff_preview_url,
)
from roadmap.previews.banner import PreviewBanner, ScheduledEdition
from roadmap.previews.draft import Draft
from roadmap.previews.links import LinkEnded, NoSuchLink
from roadmap.web.addresses import Addresses
from roadmap.web.pages.dispatch import Mount, PageView, mountable
from roadmap.web.pages.reading import RoadmapReading, page_of
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import page

# Who holds the address may see it, so neither a cache, a search engine nor another site may learn it.
HEADERS = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@dataclass(frozen=True)
class OpenDraft:
    """A draft that somebody may see, and what its pages say to them."""

    draft: Draft
    addresses: Addresses
    expires_at: datetime.datetime | None = None
    editing_url: str = ""
    scheduled: Sequence[ScheduledEdition] = ()

    def answer(self, request: HttpRequest, view: PageView, parts: dict[str, Any]) -> HttpResponse:
        banner = PreviewBanner(
            draft=self.draft,
            addresses=self.addresses,
            page_name=str(request.resolver_match and request.resolver_match.url_name),
            parts=parts,
            expires_at=self.expires_at,
            editing_url=self.editing_url,
            scheduled=self.scheduled,
        )
        draft = self.draft
        reading = RoadmapReading(draft.would_be, draft.at, self.addresses, banner=banner, newest_seen=draft.newest_seen)
        return view(request, reading, **parts)


def _never_kept(view: Mount) -> Mount:
    @wraps(view)
    def unlisted(*args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(*args, **kwargs)
        for name, value in HEADERS.items():
            answer[name] = value
        return answer

    return unlisted


@_never_kept
@in_format(Format.PAGE)
def by_link(request: HttpRequest, view: PageView, token: str, **parts: Any) -> HttpResponseBase:
    """The page, for whoever holds a link."""
    now = links.current_time()
    try:
        link = links.open_link(token, now)
    except NoSuchLink:
        return page("previews/closed.html", status=404)
    except LinkEnded:
        return page("previews/closed.html", status=410)
    draft = drafts.as_saved(link.roadmap, now)
    scheduled = [ScheduledEdition(edition.number, edition.published_at, "") for edition in draft.scheduled]
    opened = OpenDraft(draft, addresses_by_link(link), expires_at=link.expires_at, scheduled=scheduled)
    return opened.answer(request, view, parts)


def of_working_copies(find: Callable[[HttpRequest, int], Roadmap], editing_url: Callable[[Roadmap], str]) -> Mount:
    """For staff: `find` gives the roadmap that they may see, or raises Http404 or PermissionDenied."""

    @_never_kept
    @in_format(Format.PAGE)
    def mount(request: HttpRequest, view: PageView, pk: int, **parts: Any) -> HttpResponseBase:
        roadmap = find(request, pk)
        draft = drafts.as_saved(roadmap, links.current_time())
        scheduled = [
            ScheduledEdition(edition.number, edition.published_at, staff_edition_url(pk, edition.pk))
            for edition in draft.scheduled
        ]
        opened = OpenDraft(draft, addresses_for_staff(pk), editing_url=editing_url(roadmap), scheduled=scheduled)
        return opened.answer(request, view, parts)

    return mount


def of_scheduled(find: Callable[[HttpRequest, int], Roadmap], editing_url: Callable[[Roadmap], str]) -> Mount:
    """For staff, of a scheduled Edition: of one that readers see already, the way to what they see."""

    @_never_kept
    @in_format(Format.PAGE)
    def mount(request: HttpRequest, view: PageView, pk: int, edition_pk: int, **parts: Any) -> HttpResponseBase:
        roadmap = find(request, pk)
        now = links.current_time()
        edition = Edition.objects.filter(roadmap=roadmap, pk=edition_pk).select_related("roadmap").first()
        if edition is None:
            return page("previews/closed.html", status=404, back_url=staff_preview_url(pk))
        if edition.published_at <= now:
            return HttpResponseRedirect(roadmap.get_absolute_url())
        draft = drafts.as_scheduled(edition, now)
        opened = OpenDraft(draft, addresses_of_scheduled(pk, edition_pk), editing_url=editing_url(roadmap))
        return opened.answer(request, view, parts)

    return mount


@mountable
def not_found(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    return page_of("web/pages/not_found.html", reading, status=404, noun="page")
