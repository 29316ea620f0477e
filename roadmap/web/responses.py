"""How every public address is answered, and what lets a reader's program, and any cache on the way, keep the answer.

An answer is the same for everybody, so that it may be kept by any cache: templates are rendered without the request,
and so cannot reach a session, a user or a message. It is made last: where the reader has it already, never.

An Edition never changes, so an answer made from it is named by it (RFC 9110, 8.8) and by the software that made it.
There is nothing to purge: see docs/decisions/0003-no-cache-invalidation.md.

Nearly every request of a feed reader or a calendar ends in 304. What this process sent is known by the newest Edition
of its roadmap, so one question to the database settles it, before anything else is done: is that still the newest? If
not, or if anything is in doubt, the request goes its ordinary way, which comes to the same answer.
"""

import datetime
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from roadmap.models.published import Edition
from roadmap.published import store
from roadmap.published.roadmap import EditionSeen

SAFE_METHODS = ("GET", "HEAD")

# Short, so that what is published is seen within a minute, even by a browser that looked a moment before. Then an old
# answer may be sent at once while a new one is fetched, and for a day while the site is down (RFC 5861).
KEPT = "public, max-age=10, stale-while-revalidate=50, stale-if-error=86400"


@dataclass(frozen=True)
class Basis:
    """What an answer depends on besides its address: nothing else."""

    editions: frozenset[str]  # the uids of the newest: of its roadmap, or of all there are
    slug: str  # of its roadmap; empty: it is about all
    day: datetime.date | None  # where it is right on that day only


class LazyResponse(SimpleTemplateResponse):
    """An answer that `make` is called for when it is to be sent. Django does so after the view and its decorators."""

    basis: Basis | None = None  # where the answer may be remembered

    def __init__(
        self,
        make: Callable[[], str | bytes],
        *,
        content_type: str = "text/html; charset=utf-8",
        status: int = 200,
        changes_daily: bool = False,
        is_passing: bool = False,
    ):
        """`changes_daily`: what it says depends on today's date besides the Edition.

        `is_passing`: something is missing from it while the database is away, so that it is not to be kept.
        """
        super().__init__("", content_type=content_type, status=status)
        self._make = make
        self.changes_daily = changes_daily
        self.is_passing = is_passing

    @property
    def rendered_content(self) -> Any:
        return self._make()


class NotModified(HttpResponseNotModified):
    """That the reader has the answer already, with the basis of it."""

    def __init__(self, basis: Basis | None, **how: Any):
        super().__init__(**how)
        self.basis = basis


def page(
    template: str, *, status: int = 200, changes_daily: bool = False, is_passing: bool = False, **context: Any
) -> LazyResponse:
    """The template as a whole page. It gets `site` besides what is given here.

    A function in its context is called when the page is sent: what a reader has already need not be made.
    """
    site = {"name": settings.SITE_NAME, "url": settings.SITE_URL or "/", "is_govuk": settings.GOVUK_BRAND}

    def make() -> str:
        made = {name: value() if isinstance(value, FunctionType) else value for name, value in context.items()}
        return render_to_string(template, {"site": site, **made})

    return LazyResponse(make, status=status, changes_daily=changes_daily, is_passing=is_passing)


def site_of(request: HttpRequest) -> str:
    """The site's own address as the reader wrote it, so that links lead where they are."""
    return f"{request.scheme}://{request.get_host()}"


# Validators, and how long an answer may be kept


def kept(
    request: HttpRequest,
    answer: HttpResponseBase,
    editions: Sequence[EditionSeen],
    now: datetime.datetime,
    *,
    newest: EditionSeen | None = None,
) -> HttpResponseBase:
    """The answer, made from these Editions, with its validators; 304 instead, unmade, where the reader has it.

    Only what was found: a page that is not there has no validator that would say that it still is not. `newest` is
    given where the answer stays the same for as long as that is the newest Edition of its roadmap; without it, it does
    for as long as `editions` are the newest of every roadmap.
    """
    if not isinstance(answer, LazyResponse) or answer.status_code != 200 or not editions:
        return answer
    if answer.is_passing:
        answer["Cache-Control"] = "no-store"
        return answer
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today] if answer.changes_daily else []
    uids, slug = ([newest.uid], newest.roadmap_slug) if newest else ([edition.uid for edition in editions], "")
    answer.basis = Basis(frozenset(uids), slug, today.date() if days else None)
    parts = [*(edition.uid for edition in editions), *(day.date().isoformat() for day in days)]
    return _validated(request, answer, parts, max([edition.published_at for edition in editions] + days))


def kept_as_software(request: HttpRequest, answer: LazyResponse) -> HttpResponseBase:
    """The same of what depends on no Edition. It has no date: the same software is put in place at many times."""
    return _validated(request, answer)


def _validated(
    request: HttpRequest, answer: LazyResponse, parts: Sequence[str] = (), changed_at: datetime.datetime | None = None
) -> HttpResponseBase:
    etag = f'"{hashlib.sha256("".join([software(), *parts]).encode()).hexdigest()[:24]}"'
    last_modified = int(changed_at.timestamp()) if changed_at else None  # whole: the header has no smaller part
    answer["ETag"] = etag
    if last_modified is not None:
        answer["Last-Modified"] = http_date(last_modified)
    answer["Cache-Control"] = KEPT
    found = get_conditional_response(request, etag=etag, last_modified=last_modified, response=answer) or answer
    # A 412 answers what one reader asked under conditions, and has no name by which to know it again.
    return NotModified(answer.basis, headers=found.headers) if found.status_code == 304 else found


@cache
def software() -> str:
    """The same in every process that would make the same pages of the same Edition: our code, our styles, the look."""
    root = Path(settings.BASE_DIR)
    digest = hashlib.sha256(repr((settings.SITE_NAME, settings.SITE_URL, settings.GOVUK_BRAND)).encode())
    for folder, pattern in (("roadmap", "*.py"), ("templates", "*.html"), ("templates", "*.txt"), ("docs", "api.md")):
        for path in sorted((root / folder).rglob(pattern)):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    names = getattr(staticfiles_storage, "hashed_files", {})
    digest.update(repr(sorted(names.items())).encode())
    return digest.hexdigest()


# What is remembered

MOST_ADDRESSES = 4096  # of which a process remembers what it sent
MOST_LENGTH = 500  # characters of an address that is remembered
# What a 304 repeats of the whole answer (RFC 9110, 15.4.5), and what lets a script of another site read it.
REPEATED = (
    *("ETag", "Last-Modified", "Cache-Control", "X-Robots-Tag"),
    *("Access-Control-Allow-Origin", "Access-Control-Expose-Headers"),
)

# By host and path, what was sent last from there: what it depends on, and its headers.
_sent: store.LastUsed[tuple[str, str], tuple[Basis, dict[str, str]]] = store.LastUsed(MOST_ADDRESSES)


def forget_all() -> None:
    """As a process that has just begun. Only tests and benchmarks need it."""
    _sent.clear()


class NotModifiedMiddleware:
    """Stands before all that need not be done for a reader who has the answer already: see roadmap.E002."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE_METHODS:
            return self.get_response(request)
        have = request.headers.get("If-None-Match", "")
        if have and (not_modified := _not_modified(request, have)):
            return not_modified
        answer = self.get_response(request)
        basis = answer.basis if isinstance(answer, LazyResponse | NotModified) else None
        if basis and len(request.get_full_path()) <= MOST_LENGTH:
            headers = {name: answer[name] for name in REPEATED if name in answer}
            _sent.put((request.get_host(), request.get_full_path()), (basis, headers))
        return answer


def _not_modified(request: HttpRequest, have: str) -> HttpResponse | None:
    try:
        sent = _sent.get((request.get_host(), request.get_full_path()))
        # The name that we gave, alone: whatever else a reader may write there is compared with care further on.
        if sent is None or have != sent[1]["ETag"]:
            return None
        (basis, headers), now = sent, store.now()
        if basis.day not in (None, timezone.localtime(now).date()):
            return None
        is_newest = Edition.objects.newest_uids(now, basis.slug) == basis.editions
    except (DisallowedHost, DatabaseError):
        return None
    return NotModified(None, headers=headers) if is_newest else None
