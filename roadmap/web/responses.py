"""How every public address is answered, and what lets a reader's program, and any cache on the way, keep the answer.

An answer is the same for everybody, so that it may be kept by any cache: templates are rendered without the request,
and so cannot reach a session, a user or a message. It is made last: where the reader has it already, never.

An Edition never changes, so an answer made from it is named by it (RFC 9110, 8.8) and by the software that made it.
There is nothing to purge: see docs/decisions/0003-no-cache-invalidation.md.
So a process may hold an answer for as long as that Edition is the newest: see roadmap/web/page_store.
"""

import datetime
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from roadmap.content.things import NoticeContent
from roadmap.published.roadmap import EditionSeen
from roadmap.web.as_markdown import FILE, is_asked_for

SAFE_METHODS = ("GET", "HEAD")

# The settings that pages, or what stands above them, say something of.
OF_PAGES = (
    *("PUBLIC_ORIGIN", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS"),
    *("SITE_NAME", "SITE_URL", "GOVUK_BRAND"),
    *("SITE_CONTACT_NAME", "SITE_CONTACT_EMAIL", "PRIVACY_NOTICE_URL"),
    *("SECURITY_CONTACT", "SECURITY_POLICY_URL", "SENDS_EMAIL", "WEBSUB_HUBS"),
)

# Short, so that what is published is seen within a minute, even by a browser that looked a moment before. Then an old
# answer may be sent at once while a new one is fetched, and for a day while the site is down (RFC 5861).
KEPT = "public, max-age=10, stale-while-revalidate=50, stale-if-error=86400"


@dataclass(frozen=True)
class Basis:
    """What an answer depends on besides its address: nothing else."""

    editions: frozenset[str]  # the uids of the newest: of its roadmap, or of all there are
    slug: str  # of its roadmap; empty: it is about all
    day: datetime.date | None  # where it is right on that day only
    has_notice: bool | None = None  # where it is right only while the notice of its roadmap is on, or is not


OF_SOFTWARE = Basis(frozenset(), "", None)  # of what is the same for as long as the software is


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
        self.notice: NoticeContent | None = None  # that it has between two times

    @property
    def rendered_content(self) -> Any:
        return self._make()


def page(
    template: str, *, status: int = 200, changes_daily: bool = False, is_passing: bool = False, **context: Any
) -> LazyResponse:
    """The template as a whole page. It gets `site` besides what is given here; `page_url` where others find it.

    A function in its context is called when the page is sent: what a reader has already need not be made.
    """
    site = {"name": settings.SITE_NAME, "url": settings.SITE_URL or "/", "is_govuk": settings.GOVUK_BRAND}

    def make() -> str:
        made = {name: value() if isinstance(value, FunctionType) else value for name, value in context.items()}
        return render_to_string(template, {"site": site, **made})

    return LazyResponse(make, status=status, changes_daily=changes_daily, is_passing=is_passing)


def site_of(request: HttpRequest) -> str:
    """The site's own address: PUBLIC_ORIGIN, or where the reader is, so that links lead there.

    Whoever keeps an answer for others may keep it by the name alone: what else somebody wrote into theirs, capitals
    and a port, is in no answer. On one's own machine the port is part of the address.
    """
    if settings.PUBLIC_ORIGIN:
        return str(settings.PUBLIC_ORIGIN)
    host = request.get_host().lower()
    if not (settings.LOCAL or settings.DEBUG):
        host = re.sub(r":\d*$", "", host)
    return f"{request.scheme}://{host}"


def address_of(request: HttpRequest) -> str:
    """By which a page is known, whatever it is asked for with and in which form."""
    return f"{site_of(request)}{request.path.removesuffix(FILE)}"


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
    if not isinstance(answer, LazyResponse) or answer.status_code >= 500 or not editions:
        return answer
    if answer.is_passing:
        answer["Cache-Control"] = "no-store"
        return answer
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today] if answer.changes_daily else []
    uids, slug = ([newest.uid], newest.roadmap_slug) if newest else ([edition.uid for edition in editions], "")
    has_notice = answer.notice.is_on(now) if answer.notice else None
    answer.basis = Basis(frozenset(uids), slug, today.date() if days else None, has_notice)
    if answer.status_code != 200:
        return answer
    turns = [time for time in (answer.notice.times if answer.notice else ()) if time <= now]
    parts = [*(edition.uid for edition in editions), *(day.date().isoformat() for day in days), str(len(turns))]
    return _validated(request, answer, parts, max([edition.published_at for edition in editions] + days + turns))


def kept_as_software(request: HttpRequest, answer: LazyResponse, day: datetime.date | None = None) -> HttpResponseBase:
    """The same of what depends on no Edition. It has no date: the same software is put in place at many times.

    `day` is given where it is right on that day only.
    """
    return _validated(request, answer, [day.isoformat()] if day else [])


def _validated(
    request: HttpRequest, answer: LazyResponse, parts: Sequence[str] = (), changed_at: datetime.datetime | None = None
) -> HttpResponseBase:
    form = "md" if is_asked_for(request) else ""  # two forms of a page are two representations
    etag = f'"{hashlib.sha256("".join([software(), *parts, form]).encode()).hexdigest()[:24]}"'
    last_modified = int(changed_at.timestamp()) if changed_at else None  # whole: the header has no smaller part
    answer["ETag"] = etag
    if last_modified is not None:
        answer["Last-Modified"] = http_date(last_modified)
    answer["Cache-Control"] = KEPT
    return get_conditional_response(request, etag=etag, last_modified=last_modified, response=answer) or answer


@cache
def software() -> str:
    """The same in every process that would make the same pages of the same Edition: our code, our styles, the look."""
    root = Path(settings.BASE_DIR)
    digest = hashlib.sha256(repr([getattr(settings, name) for name in OF_PAGES]).encode())
    for folder, pattern in (("roadmap", "*.py"), ("templates", "*.html"), ("templates", "*.txt"), ("docs", "api.md")):
        for path in sorted((root / folder).rglob(pattern)):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    names = getattr(staticfiles_storage, "hashed_files", {})
    digest.update(repr(sorted(names.items())).encode())
    return digest.hexdigest()
