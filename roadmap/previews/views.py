"""The readers' pages, of a draft. What may see it is asked first; every answer says that it is not to be kept or found.

Nothing here reads a session: for staff, roadmap.admin asks who they are.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, re_path

from roadmap.models import Edition, Roadmap
from roadmap.previews import draft as drafts
from roadmap.previews import links
from roadmap.previews.addresses import link_url, staff_edition_url, staff_preview_url
from roadmap.previews.banner import Banner, ScheduledEdition
from roadmap.previews.draft import Draft
from roadmap.previews.links import LinkEnded, NoSuchLink
from roadmap.web.pages.roadmap_page import Shown
from roadmap.web.pages.views import PAGES_OF_A_ROADMAP
from roadmap.web.responses import page, require_safe

# Who holds the address may see it, so neither a cache, a search engine nor another site may learn it.
HEADERS = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}

# The parts of an address that say which draft; the rest says which of its pages.
_WHICH = ("token", "pk", "edition_pk")


@dataclass(frozen=True)
class Opened:
    """A draft that somebody may see, and what its pages say to them."""

    draft: Draft
    base: str  # the address of its home page
    expires_at: datetime.datetime | None = None
    editing_url: str = ""
    scheduled: list[ScheduledEdition] = field(default_factory=list)

    def show(self, page_name: str, parts: dict[str, str]) -> Shown:
        shown = Shown(self.draft.would_be, self.draft.at, self.base)
        shown.newest_seen = self.draft.newest_seen
        shown.banner = Banner(
            self.draft,
            self.base,
            page_name,
            parts,
            expires_at=self.expires_at,
            editing_url=self.editing_url,
            scheduled=self.scheduled,
        )
        return shown


class HasAppeared(Exception):
    """Readers see the Edition already."""


class NoSuchEdition(Exception):
    """Never there, or taken back."""


View = Callable[..., HttpResponseBase]
Opener = Callable[..., Opened]


def by_link(request: HttpRequest, token: str) -> Opened:
    """For whoever holds a link. Raises NoSuchLink, LinkEnded."""
    now = links.current_time()
    link = links.open_link(token, now)
    draft = drafts.as_saved(link.roadmap, now)
    scheduled = [ScheduledEdition(one.number, one.published_at, "") for one in draft.scheduled]
    return Opened(draft, link_url(link), expires_at=link.expires_at, scheduled=scheduled)


def of_working_copies(find: Callable[[HttpRequest, int], Roadmap], editing_url: Callable[[Roadmap], str]) -> Opener:
    """For staff: `find` gives the roadmap that they may see, or raises Http404 or PermissionDenied."""

    def opener(request: HttpRequest, pk: int) -> Opened:
        roadmap = find(request, pk)
        draft = drafts.as_saved(roadmap, links.current_time())
        scheduled = [
            ScheduledEdition(one.number, one.published_at, staff_edition_url(pk, one.pk)) for one in draft.scheduled
        ]
        return Opened(draft, staff_preview_url(pk), editing_url=editing_url(roadmap), scheduled=scheduled)

    return opener


def of_scheduled(find: Callable[[HttpRequest, int], Roadmap], editing_url: Callable[[Roadmap], str]) -> Opener:
    """For staff, of a scheduled Edition. Raises NoSuchEdition, HasAppeared too."""

    def opener(request: HttpRequest, pk: int, edition_pk: int) -> Opened:
        roadmap = find(request, pk)
        now = links.current_time()
        edition = Edition.objects.filter(roadmap=roadmap, pk=edition_pk).select_related("roadmap").first()
        if edition is None:
            raise NoSuchEdition
        if edition.published_at <= now:
            raise HasAppeared(roadmap)
        base = staff_edition_url(pk, edition_pk)
        return Opened(drafts.as_scheduled(edition, now), base, editing_url=editing_url(roadmap))

    return opener


def preview_pages(opener: Opener, guard: Callable[[View], View] | None = None) -> list[URLPattern]:
    """Every page of a roadmap, as this opener opens it: to be included below its base. `guard` is put around each."""

    def guarded(view: Callable[..., HttpResponse], name: str) -> View:
        answer = _page(opener, view, name)
        return guard(answer) if guard else answer

    return [
        *(path(route, guarded(view, name), name=name) for route, view, name in PAGES_OF_A_ROADMAP),
        re_path(r"^.+/$", guarded(_not_found, "not_found")),
    ]


def _page(opener: Opener, view: Callable[..., HttpResponse], name: str) -> View:
    @wraps(view)
    def preview_page(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        which = {key: parts.pop(key) for key in _WHICH if key in parts}
        try:
            opened = opener(request, **which)
        except NoSuchLink:
            return page("previews/closed.html", status=404)
        except LinkEnded:
            return page("previews/closed.html", status=410)
        except NoSuchEdition:
            return page("previews/closed.html", status=404, back_url=staff_preview_url(which["pk"]))
        except HasAppeared as appeared:
            return HttpResponseRedirect(appeared.args[0].get_absolute_url())
        return view(request, opened.show(name, parts), **parts)

    return _never_kept(require_safe(preview_page))


def _never_kept(view: View) -> View:
    @wraps(view)
    def unlisted(*args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(*args, **kwargs)
        for name, value in HEADERS.items():
            answer[name] = value
        return answer

    return unlisted


def _not_found(request: HttpRequest, shown: Shown) -> HttpResponse:
    return page("web/pages/not_found.html", status=404, shown=shown, noun="page")
