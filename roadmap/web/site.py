"""What is asked of the site and of no roadmap: whether it is alive, pictures, and what browsers ask for unasked."""

import dataclasses
import datetime
import hashlib
import logging
import re
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from roadmap.published import store
from roadmap.published.away import expect_answer
from roadmap.web.problems import RETRY_AFTER, Format, in_format, problem
from roadmap.web.responses import OF_SOFTWARE, Basis, LazyResponse, kept_as_software, site_of

logger = logging.getLogger(__name__)

TEXT = "text/plain; charset=utf-8"
ALIVE = f"ok {settings.VERSION}"
# Without which no page can be made. Where names carry no hash, they are not looked for.
NEEDED = ("styles/site.css", "favicon.svg", "admin/css/base.css")

NOT_BUILT = "The styles have not been built: run script/build, and start the site again."
NOT_COLLECTED = (
    "The static files have not been collected: run script/build, or manage.py collectstatic; then start again."
)

# What the upload writes: see roadmap/admin/editing/markdown_widget.py. No SVG, which may hold script.
_PICTURE = re.compile(r"(?:[\w-]+/)*[\w-]+\.(?:png|jpe?g|gif|webp)", re.ASCII)
# An upload's name is never used for another picture, so it may be kept for good.
_FOR_GOOD = "public, max-age=31536000, immutable"  # seconds: a year

PICTURE_AWAY = "Sorry, this picture cannot be shown at the moment. Try again in a minute."

# RFC 9116 asks for less than a year: what was copied elsewhere is looked up again by then.
_TRUSTED_FOR = datetime.timedelta(days=180)

# RFC 9309. A draft says itself that it is not to be found; this keeps the honest from asking.
ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /preview/\n"


@in_format(Format.PAGE, is_the_same_for_all=False)
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive. Asks no database: a process that is only waiting for one should not be ended."""
    return _of_now(ALIVE)


@in_format(Format.PAGE, is_the_same_for_all=False)
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready for a load balancer to send readers: what every page needs is there, the database too, and migrated."""
    try:
        for name in NEEDED:
            static(name)
    except ValueError:
        logger.exception("Not ready: the static files have not been collected")
        is_built = finders.find(NEEDED[0]) is not None
        return _of_now(NOT_COLLECTED if is_built else NOT_BUILT, status=503)
    try:
        expect_answer()
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        logger.exception("Not ready: the database cannot be reached")
        return _of_now("The database cannot be reached.", status=503)
    if missing:
        return _of_now("The database is not migrated: run manage.py migrate.", status=503)
    return _of_now("ok")


def _of_now(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type=TEXT, headers={"Cache-Control": "no-store"})


class Picture(FileResponse):
    """What has that name is only ever the same, so it is known by its name."""

    basis: Basis | None = None


@in_format(Format.PAGE, is_the_same_for_all=settings.UPLOADS_ARE_ELSEWHERE)
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """A picture that staff uploaded, and nothing else that may lie in that folder.

    One that comes from another machine is held as pages are: readers have it while that machine is away.
    """
    if not _PICTURE.fullmatch(name):
        raise Http404(f"{name} is not the name of a picture")
    etag = f'"{hashlib.sha256(name.encode()).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == etag:  # it was there for whoever has that
        return _for_good(HttpResponse(status=304), etag)
    try:
        answer: Any = Picture(default_storage.open(name))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise Http404(f"There is no picture {name}") from error
    except OSError as error:
        logger.warning("The picture %s cannot be read: %s", name, error)
        away = problem(Format.PAGE, 503, PICTURE_AWAY)
        away["Retry-After"] = str(RETRY_AFTER)
        return away
    answer.basis = OF_SOFTWARE if settings.UPLOADS_ARE_ELSEWHERE else None
    _for_good(answer, etag)
    found: HttpResponseBase = get_conditional_response(request, etag=etag, response=answer) or answer
    return found


def _for_good(answer: HttpResponseBase, etag: str) -> HttpResponseBase:
    answer["ETag"] = etag
    answer["Cache-Control"] = _FOR_GOOD
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@in_format(Format.TEXT)
def robots(request: HttpRequest) -> HttpResponseBase:
    text = f"{ROBOTS}\nSitemap: {site_of(request)}{reverse('web:sitemap')}\n"
    answer = LazyResponse(lambda: text, content_type=TEXT)
    answer.basis = OF_SOFTWARE
    return kept_as_software(request, answer)


@in_format(Format.TEXT)
def security_txt(request: HttpRequest) -> HttpResponseBase:
    """RFC 9116: whom to tell that the site is not secure. Not there where the site names nobody."""
    if not settings.SECURITY_CONTACT:
        raise Http404("SECURITY_CONTACT is not set")
    today = timezone.localdate(store.now())
    expires = datetime.datetime.combine(today + _TRUSTED_FOR, datetime.time(), datetime.UTC)
    contacts = [f"mailto:{one}" if ":" not in one else one for one in settings.SECURITY_CONTACT]
    lines = [
        *(f"Contact: {contact}" for contact in contacts),
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {site_of(request)}{reverse('web:security_txt')}",
        *([f"Policy: {settings.SECURITY_POLICY_URL}"] if settings.SECURITY_POLICY_URL else []),
    ]
    answer = LazyResponse(lambda: "\n".join([*lines, ""]), content_type=TEXT)
    answer.basis = dataclasses.replace(OF_SOFTWARE, day=today)
    return kept_as_software(request, answer, today)


class LastingRedirect(HttpResponseRedirect):
    """Leads to the same for as long as the software is."""

    basis = OF_SOFTWARE


@in_format(Format.PAGE)
def favicon(request: HttpRequest) -> HttpResponse:
    return LastingRedirect(static("favicon.svg"))
