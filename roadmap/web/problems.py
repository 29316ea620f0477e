"""What is said where a request cannot be answered, in the format that its address answers in.

RFC 9457 (problem details) for programs, in JSON or XML; plain text where a person sees it in another program; a page.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import update_wrapper
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

import msgspec
from django.core.exceptions import BadRequest
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from roadmap.published.away import expect_answer
from roadmap.published.filters import MAX_QUERY_LENGTH, BadFilter, Problem
from roadmap.web.api.schemas import ParameterProblem, ProblemAnswer
from roadmap.web.as_markdown import in_form_asked_for
from roadmap.web.responses import SAFE_METHODS, address_of, page

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]

FAILED = "Sorry, there is a problem with this service. Try again later."
AWAY = "Sorry, what is published cannot be read at the moment. Try again in a minute."
RETRY_AFTER = 60  # seconds
TOO_LONG = f"This web address asks for too much: what follows the question mark may have {MAX_QUERY_LENGTH} characters."
NULL_BYTE = "The address has a null byte in it."
_NOT_PRINTABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Format(Enum):
    """What an address answers in, and so its errors too."""

    PAGE = "text/html"
    JSON = "application/problem+json"
    XML = "application/problem+xml"
    TEXT = "text/plain"


def problem(
    format: Format, status: int, detail: str, problems: Sequence[Problem] = (), allow: str = ""
) -> HttpResponse:
    """The answer to a request that is not understood. `detail` says what is wrong and what to do."""
    title = HTTPStatus(status).phrase
    answer: HttpResponse
    match format:
        case Format.PAGE:
            answer = page(f"{status}.html", status=status, detail=detail, problems=problems)
        case Format.JSON:
            errors = [ParameterProblem(parameter=problem.name, detail=problem.message) for problem in problems]
            told = ProblemAnswer(
                type="about:blank", title=title, status=status, detail=detail, errors=errors or msgspec.UNSET
            )
            answer = HttpResponse(msgspec.json.encode(told), status=status, content_type=format.value)
        case Format.XML:
            # RFC 9457, appendix B.
            parts = {"type": "about:blank", "title": title, "status": str(status), "detail": detail}
            inner = "".join(f"<{name}>{escape(printable(text))}</{name}>" for name, text in parts.items())
            body = f'<?xml version="1.0" encoding="UTF-8"?>\n<problem xmlns="urn:ietf:rfc:7807">{inner}</problem>\n'
            answer = HttpResponse(body, status=status, content_type=f"{format.value}; charset=utf-8")
        case Format.TEXT:
            text = f"{title}: {detail}\n"
            answer = HttpResponse(text, status=status, content_type=f"{format.value}; charset=utf-8")
    if allow:
        answer["Allow"] = allow
    answer["Cache-Control"] = "no-store"  # it may be right the next time
    return answer


class FormattedView:
    """A view that only reads, with the format in which it answers: that of its refusals too.

    For what refuses a request before it comes here: see RefuseNullBytes. What programs read may be read from any site.
    Nothing is ever written, so there is nothing to forge; with the check, a POST would be told of cookies.
    """

    csrf_exempt = True

    def __init__(self, view: View, format: Format, is_the_same_for_all: bool = True):
        """`is_the_same_for_all`: its answer depends on the address and on what is published, and on nothing else."""
        update_wrapper(self, view)
        self.view = view
        self.format = format
        self.is_the_same_for_all = is_the_same_for_all

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            answer = self._refused(request) or self.view(request, *args, **kwargs)
            if self.format is not Format.PAGE and isinstance(answer, SimpleTemplateResponse):
                answer.render()  # here, because what fails later is answered with a page
        except BadFilter as error:
            answer = problem(self.format, 400, str(error), error.problems)
        except Exception as error:
            if self.format is Format.PAGE:
                raise
            answer = self._failed(request, error)
        if self.format is Format.PAGE:
            return in_form_asked_for(request, answer, address_of(request))
        allow_every_origin(answer)
        return answer

    def _refused(self, request: HttpRequest) -> HttpResponse | None:
        is_page, methods = self.format is Format.PAGE, ", ".join(SAFE_METHODS)
        if request.method == "OPTIONS" and not is_page:
            return preflight()
        if request.method not in SAFE_METHODS:
            # In words, and not empty as Django's own (RFC 9110, 15.5.6).
            if is_page:
                detail = f"A {request.method} request cannot be sent to it, only GET or HEAD."
                return problem(self.format, 405, detail, allow=methods)
            detail = f"This address can only be read: use GET, not {request.method}."
            return problem(self.format, 405, detail, allow=f"{methods}, OPTIONS")
        if len(request.META.get("QUERY_STRING", "")) > MAX_QUERY_LENGTH:
            return problem(self.format, 400, TOO_LONG)
        return None

    def _failed(self, request: HttpRequest, error: Exception) -> HttpResponse:
        if isinstance(error, Http404):
            return problem(self.format, 404, "There is nothing at this address. Check that it is complete.")
        if isinstance(error, DatabaseError):
            logger.exception(
                "The database cannot be read, and this process does not hold what %s asks for", request.path
            )
            away = problem(self.format, 503, AWAY)
            away["Retry-After"] = str(RETRY_AFTER)
            return away
        logger.exception("%s cannot be answered", request.path)
        return problem(self.format, 500, FAILED)


def readers_view(view: object, parts: Mapping[str, object]) -> FormattedView | None:
    """What answers there, where it only reads: of a page of a roadmap, its mount. None for all else."""
    answering = parts.get("mount", view)
    return answering if isinstance(answering, FormattedView) else None


def in_format(format: Format, **how: bool) -> Callable[[View], FormattedView]:
    """Around a view that only reads: every refusal, and every failure of what programs read, is in this format.

    `how` as in FormattedView.
    """
    return lambda view: FormattedView(view, format, **how)


class RefuseNullBytes:
    """Answers 400 to a query with a null byte: PostgreSQL takes none, and Django's admin asks it all the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., object], *_: object) -> HttpResponse | None:
        if "%00" not in request.META.get("QUERY_STRING", ""):
            return None
        if not isinstance(view, FormattedView) or view.format is Format.PAGE:
            raise BadRequest(NULL_BYTE)
        answer = problem(view.format, 400, NULL_BYTE)
        allow_every_origin(answer)
        return answer


class RefuseWhileAway:
    """What staff ask for while the database is away is refused at once, where each would wait for it.

    Readers' views give what they have.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], _: object, parts: Mapping[str, object]
    ) -> None:
        if readers_view(view, parts) is None:
            expect_answer()


def preflight() -> HttpResponse:
    """What a browser asks before another site's script sends a header of its own (Fetch Standard, CORS preflight)."""
    answer = HttpResponse(status=204)
    answer["Allow"] = ", ".join((*SAFE_METHODS, "OPTIONS"))
    answer["Access-Control-Allow-Methods"] = ", ".join(SAFE_METHODS)
    answer["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since, Accept, Content-Type"
    answer["Access-Control-Max-Age"] = "86400"  # seconds: a day
    return answer


def allow_every_origin(answer: HttpResponseBase) -> None:
    """All of it is public, and no answer depends on who asks."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"


def printable(text: str) -> str:
    """Without what XML 1.0 has no way of writing (section 2.2)."""
    return _NOT_PRINTABLE.sub("\ufffd", text)
