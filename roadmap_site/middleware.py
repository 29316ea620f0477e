from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class RefuseNullBytes:
    """Answers 400 to a query with a null byte: PostgreSQL takes none, and Django's admin asks it all the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address has a null byte in it.")


def address_behind_proxy(request: HttpRequest) -> str:
    """Who asks, as our own proxy saw them: the last address it added, for the ones before may be made up.

    Otherwise everybody would share the proxy's address, and one person's wrong guesses would lock all out.
    """
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")[-1].strip()
    return forwarded or str(request.META.get("REMOTE_ADDR", ""))
