"""The addresses of the API. Each operation is named after its view: see operations.py."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, register_converter

from roadmap.web.api import docs_page, editions, items, roadmaps
from roadmap.web.problems import Format, in_format


class Anything:
    """What Django's own "path" matches, and the ends of lines that it does not."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Anything, "anything")


@in_format(Format.JSON)
def nothing_here(request: HttpRequest, rest: str) -> HttpResponseBase:
    raise Http404


urlpatterns = [
    path("", docs_page.documentation, name="api"),
    path("openapi.json", docs_page.openapi, name="api_document"),
    path("roadmaps", roadmaps.list_roadmaps, name="api_list_roadmaps"),
    path("roadmaps/<slug:roadmap>", roadmaps.get_roadmap, name="api_get_roadmap"),
    path("roadmaps/<slug:roadmap>/items", items.list_items, name="api_list_items"),
    path("roadmaps/<slug:roadmap>/items/<slug:reference>", items.get_item, name="api_get_item"),
    path("roadmaps/<slug:roadmap>/pages", roadmaps.list_pages, name="api_list_pages"),
    path("roadmaps/<slug:roadmap>/pages/<slug:page>", roadmaps.get_page, name="api_get_page"),
    path("roadmaps/<slug:roadmap>/changelog", roadmaps.get_changelog, name="api_get_changelog"),
    path("roadmaps/<slug:roadmap>/editions", editions.list_editions, name="api_list_editions"),
    path("roadmaps/<slug:roadmap>/editions/<int:number>", editions.get_edition, name="api_get_edition"),
    path("roadmaps/<slug:roadmap>/changes", editions.get_changes, name="api_get_changes"),
    path("<anything:rest>", nothing_here, name="api_nothing"),
]
