"""What lets a reader's program, and any cache on the way, keep an answer: validators and how long it may be kept.

An Edition never changes, so an answer made from it is named by it (RFC 9110, 8.8) and by the software that made it.
There is nothing to purge: see docs/decisions/0003-no-cache-invalidation.md.

Nearly every request of a feed reader or a calendar ends in 304. What this process sent is known by the newest Edition
of its roadmap, so one question to the database settles it, before anything else is done: is that still the newest? If
not, or if anything is in doubt, the request goes its ordinary way, which comes to the same answer.
"""

import datetime
import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from roadmap.models.published import Edition
from roadmap.published import clock
from roadmap.published.last_used import LastUsed
from roadmap.published.roadmap import EditionSeen
from roadmap.web.responses import SAFE_METHODS, Basis, LazyResponse, NotModified

# Short, so that what is published is seen within a minute, even by a browser that looked a moment before. Then an old
# answer may be sent at once while a new one is fetched, and for a day while the site is down (RFC 5861).
KEPT = "public, max-age=10, stale-while-revalidate=50, stale-if-error=86400"


def kept(
    request: HttpRequest,
    answer: HttpResponseBase,
    editions: Sequence[EditionSeen],
    now: datetime.datetime,
    *,
    newest: EditionSeen | None = None,
    is_of_all: bool = False,
) -> HttpResponseBase:
    """The answer, made from these Editions, with its validators; 304 instead, unmade, where the reader has it.

    Only what was found: a page that is not there has no validator that would say that it still is not. `newest` is
    given where the answer stays the same for as long as that is the newest Edition of its roadmap, `is_of_all` where it
    does for as long as `editions` are the newest of every roadmap: only such an answer is remembered.
    """
    if answer.status_code != 200 or not isinstance(answer, HttpResponse) or not editions:
        return answer
    if isinstance(answer, LazyResponse) and answer.is_passing:
        answer["Cache-Control"] = "no-store"
        return answer
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    changes_daily = isinstance(answer, LazyResponse) and answer.changes_daily
    parts = [*(edition.uid for edition in editions), *([today.date().isoformat()] if changes_daily else [])]
    etag = f'"{hashlib.sha256("".join([software(), *parts]).encode()).hexdigest()[:24]}"'
    changed_at = max([edition.published_at for edition in editions] + ([today] if changes_daily else []))
    # A whole second: the header has no smaller part.
    last_modified = int(changed_at.timestamp())
    answer["ETag"] = etag
    answer["Last-Modified"] = http_date(last_modified)
    answer["Cache-Control"] = KEPT
    basis = None
    if newest is not None or is_of_all:
        uids = frozenset([newest.uid] if newest else [edition.uid for edition in editions])
        basis = Basis(uids, newest.roadmap_slug if newest else "", today.date() if changes_daily else None)
    if isinstance(answer, LazyResponse):
        answer.basis = basis
    found = get_conditional_response(request, etag=etag, last_modified=last_modified, response=answer) or answer
    # A 412 answers what one reader asked under conditions, and has no name by which to know it again.
    return NotModified(basis, headers=found.headers) if found.status_code == 304 else found


def kept_as_software(request: HttpRequest, answer: LazyResponse) -> HttpResponseBase:
    """The same of what depends on no Edition. It has no date: the same software is put in place at many times."""
    etag = f'"{hashlib.sha256(software().encode()).hexdigest()[:24]}"'
    answer["ETag"] = etag
    answer["Cache-Control"] = KEPT
    return get_conditional_response(request, etag=etag, response=answer) or answer


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
_sent: LastUsed[tuple[str, str], tuple[Basis, dict[str, str]]] = LastUsed(MOST_ADDRESSES)


def forget_all() -> None:
    """As a process that has just begun. Only tests and benchmarks need it."""
    _sent.clear()


class NotModifiedMiddleware:
    """Stands before all that need not be done for a reader who has the answer already: see roadmap.E002."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        have = request.headers.get("If-None-Match", "")
        if not have or request.method not in SAFE_METHODS:
            return self._remembered(request, self.get_response(request))
        return _not_modified(request, have) or self._remembered(request, self.get_response(request))

    def _remembered(self, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        basis = answer.basis if isinstance(answer, LazyResponse | NotModified) else None
        if basis and request.method in SAFE_METHODS and len(request.get_full_path()) <= MOST_LENGTH:
            headers = {name: answer[name] for name in REPEATED if name in answer}
            _sent.put((request.get_host(), request.get_full_path()), (basis, headers))
        return answer


def _not_modified(request: HttpRequest, have: str) -> HttpResponse | None:
    try:
        sent = _sent.get((request.get_host(), request.get_full_path()))
    except DisallowedHost:
        return None
    # The name that we gave, alone: whatever else a reader may write there is compared with care further on.
    if sent is None or have != sent[1]["ETag"]:
        return None
    basis, headers = sent
    now = clock.now()
    if basis.day is not None and basis.day != timezone.localtime(now).date():
        return None
    try:
        if Edition.objects.newest_uids(now, basis.slug) != basis.editions:
            return None
    except DatabaseError:
        return None
    return NotModified(None, headers=headers)
