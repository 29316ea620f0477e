"""What is shown when a request cannot be answered, in the site's look. None of it needs the database."""

import errno
import logging
import sys

from django.contrib import admin
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import reverse

from roadmap.admin.security.log import Kind, record
from roadmap.web.as_markdown import in_form_asked_for
from roadmap.web.headers import STAFF
from roadmap.web.problems import RETRY_AFTER
from roadmap.web.responses import address_of, page
from roadmap_site.posted import came_from_this_site, send_again, typed

logger = logging.getLogger(__name__)

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)

# Where even the error page cannot be rendered: the styles were not collected, or a template is broken.
LAST_RESORT = (
    '<!DOCTYPE html><html lang="en"><meta charset="utf-8">'
    "<title>Sorry, there is a problem with this service</title>"
    "<main><h1>Sorry, there is a problem with this service</h1><p>Try again later.</p></main></html>"
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _in_form_asked_for(request, page("400.html", status=400))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    user = getattr(request, "user", None)  # is not there where the session could not be read
    if user is not None and user.is_authenticated:
        record(Kind.FORBIDDEN, f"{request.method} {request.path}", request=request)
    return page("403.html", status=403, is_staff_page=request.path.startswith("/admin/"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Most often a form that was open while its author signed in again elsewhere: then one button sends it again."""
    is_own_form = request.method == "POST" and request.path.startswith("/admin/") and came_from_this_site(request)
    if is_own_form and request.path == reverse("admin:login"):
        return admin.site.login_out_of_date(request)  # type: ignore[attr-defined]
    if is_own_form:
        return send_again(request, typed(request), request.get_full_path(), "out_of_date", status=403)
    return page("403.html", status=403, is_form_outdated=True)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _in_form_asked_for(request, page("404.html", status=404))


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the exception is handled: where the database is away, that is said, and nothing is lost."""
    error = sys.exc_info()[1]
    is_disk = isinstance(error, OSError) and error.errno in _NO_ROOM
    # InternalError: PostgreSQL takes no writes, being a copy of another.
    if is_disk or isinstance(error, OperationalError | InterfaceError | InternalError):
        return _away(request)
    try:
        return _in_form_asked_for(request, page("500.html", status=500).render())
    except Exception:
        logger.exception("The error page cannot be rendered")
        return HttpResponse(LAST_RESORT, status=500)


def _away(request: HttpRequest) -> HttpResponse:
    """With what was typed, so that it can be sent again as it is. Files have to be chosen again."""
    kept = typed(request) if request.method == "POST" else []
    answer = page(
        "503.html",
        status=503,
        csrf_token=get_token(request) if kept else "",
        typed=kept,
        has_files=bool(request.FILES),
        url=request.get_full_path(),
    ).render()
    answer["Retry-After"] = str(RETRY_AFTER)
    answer["Cache-Control"] = "no-store"
    return answer if kept else _in_form_asked_for(request, answer)


def _in_form_asked_for(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """What readers are told, as Markdown where they asked for that."""
    if request.path.startswith(STAFF):
        return answer
    try:
        address = address_of(request)
    except SuspiciousOperation:  # a host that is not ours
        return answer
    return in_form_asked_for(request, answer, address)
