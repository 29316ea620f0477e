"""How every public address is answered: the site's look around a page, and nothing of the reader in it.

An answer is the same for everybody, so that it may be kept by any cache: templates are rendered without the request,
and so cannot reach a session, a user or a message. It is made last: where the reader has it already, never.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from types import FunctionType
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.views.decorators.csrf import csrf_exempt

SAFE_METHODS = ("GET", "HEAD")


@dataclass(frozen=True)
class Basis:
    """What an answer depends on besides its address: nothing else."""

    editions: frozenset[str]  # the uids of the newest: of its roadmap, or of all there are
    slug: str  # of its roadmap; empty: it is about all
    day: datetime.date | None  # where it is right on that day only


class LazyResponse(SimpleTemplateResponse):
    """An answer that `make` is called for when it is to be sent. Django does so after the view and its decorators.

    `basis` is given where the answer may be remembered: see roadmap.web.caching.
    """

    basis: Basis | None = None

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


def site_of(request: HttpRequest) -> str:
    """The site's own address as the reader wrote it, so that links lead where they are."""
    return f"{request.scheme}://{request.get_host()}"


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

    return LazyResponse(
        make,
        status=status,
        changes_daily=changes_daily,
        is_passing=is_passing,
    )


def only_to_be_read(request: HttpRequest) -> HttpResponse:
    """The page that says so, to whoever sends another method."""
    answer = page("405.html", status=405, method=request.method)
    answer["Allow"] = ", ".join(SAFE_METHODS)
    return answer


def require_safe(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Django's decorator of this name, with an answer in words instead of an empty one (RFC 9110, 15.5.6)."""

    # Nothing is ever written here, so there is nothing to forge; with the check, a POST would be told of cookies.
    @csrf_exempt
    @wraps(view)
    def safe_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.method in SAFE_METHODS else only_to_be_read(request)

    return safe_view
