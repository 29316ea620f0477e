from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from roadmap.web.problems import Format, FormattedView, allow_every_origin, problem

NULL_BYTE = "The address has a null byte in it."


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


def address_behind_proxy(request: HttpRequest) -> str:
    """Who asks, as our own proxy saw them: the last address it added, for the ones before may be made up.

    Otherwise everybody would share the proxy's address, and one person's wrong guesses would lock all out.
    """
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")[-1].strip()
    return forwarded or str(request.META.get("REMOTE_ADDR", ""))
