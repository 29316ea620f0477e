"""The addresses of the API."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, register_converter

from roadmap.web.api import editions, items, roadmaps  # noqa: F401 - each adds its operations
from roadmap.web.api.docs_page import documentation, openapi
from roadmap.web.api.operations import api
from roadmap.web.problems import Format, in_format


class Anything:
    """What Django's own "path" matches, and the ends of lines that it does not."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Anything, "anything")


def nothing_here(request: HttpRequest, rest: str) -> HttpResponseBase:
    raise Http404


def addresses(prefix: str) -> list[URLPattern]:
    """All of them, below that prefix, each answering refusals and failures in its own format."""
    operations = [
        path(f"{prefix}{one.pattern}", in_format(Format.JSON)(one.callback), name=one.name)
        for one in api.urls[0]
        if isinstance(one, URLPattern) and (one.name or "").startswith("api_")
    ]
    return [
        path(prefix, in_format(Format.PAGE)(documentation), name="api"),
        path(f"{prefix}openapi.json", in_format(Format.JSON)(openapi), name="api_document"),
        *operations,
        path(f"{prefix}<anything:rest>", in_format(Format.JSON)(nothing_here), name="api_nothing"),
    ]
