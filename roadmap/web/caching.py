"""What lets a reader's program, and any cache on the way, keep an answer: validators and how long it may be kept.

An Edition never changes, so an answer made from it is named by it (RFC 9110, 8.8) and by the software that made it.
There is nothing to purge: see docs/decisions/0003-no-cache-invalidation.md.
"""

import datetime
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from roadmap.published.store import EditionSeen
from roadmap.web.responses import Answer
from roadmap.web.unchanged import Basis

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
    does for as long as `editions` are the newest of every roadmap: see `unchanged`.
    """
    if answer.status_code != 200 or not isinstance(answer, HttpResponse) or not editions:
        return answer
    if isinstance(answer, Answer) and answer.is_passing:
        answer["Cache-Control"] = "no-store"
        return answer
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    changes_daily = isinstance(answer, Answer) and answer.changes_daily
    parts = [*(edition.uid for edition in editions), *([today.date().isoformat()] if changes_daily else [])]
    etag = f'"{hashlib.sha256("".join([software(), *parts]).encode()).hexdigest()[:24]}"'
    changed_at = max([edition.published_at for edition in editions] + ([today] if changes_daily else []))
    # A whole second: the header has no smaller part.
    last_modified = int(changed_at.timestamp())
    answer["ETag"] = etag
    answer["Last-Modified"] = http_date(last_modified)
    answer["Cache-Control"] = KEPT
    found = get_conditional_response(request, etag=etag, last_modified=last_modified, response=answer) or answer
    # Not of a 412: it answers what one reader asked under conditions, and has no name by which to know it again.
    if found.status_code in (200, 304) and (newest is not None or is_of_all):
        uids = frozenset([newest.uid] if newest else [edition.uid for edition in editions])
        day = today.date() if changes_daily else None
        found.basis = Basis(uids, newest.roadmap_slug if newest else "", day)  # type: ignore[attr-defined]
    return found


def kept_as_software(request: HttpRequest, answer: Answer) -> HttpResponseBase:
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
