"""What browsers and search engines ask of every site, unasked."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static

from roadmap.web.responses import require_safe

# RFC 9309. A draft says itself that it is not to be found; this keeps the honest from asking.
ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /preview/\n"


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(static("favicon.svg"))
