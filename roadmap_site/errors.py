"""What is shown when a request cannot be answered, in the site's look. None of it asks the database."""

import logging

from django.http import HttpRequest, HttpResponse

from roadmap.web.responses import page

logger = logging.getLogger(__name__)

# Where even the error page cannot be rendered: the styles were not collected, or a template is broken.
LAST_RESORT = (
    '<!DOCTYPE html><html lang="en"><meta charset="utf-8">'
    "<title>Sorry, there is a problem with this service</title>"
    "<main><h1>Sorry, there is a problem with this service</h1><p>Try again later.</p></main></html>"
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page("400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page("403.html", status=403, is_staff_page=request.path.startswith("/admin/"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Most often a form that was open while its author signed in again elsewhere."""
    return page("403.html", status=403, is_form_outdated=True)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page("404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    try:
        return page("500.html", status=500).render()
    except Exception:
        logger.exception("The error page cannot be rendered")
        return HttpResponse(LAST_RESORT, status=500)
