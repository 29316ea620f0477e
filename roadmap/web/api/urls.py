"""The addresses of the API. Each operation is named after its view: see operations.py."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, register_converter
from django.urls.converters import PathConverter

from roadmap.web.api import docs_page, views
from roadmap.web.as_markdown import with_markdown
from roadmap.web.problems import Format, in_format


class Anything(PathConverter):
    """What Django's own "path" matches, and the ends of lines that it does not."""

    regex = r"[\s\S]+"


register_converter(Anything, "anything")


@in_format(Format.JSON)
def nothing_here(request: HttpRequest, rest: str) -> HttpResponseBase:
    raise Http404


urlpatterns = [
    *with_markdown([path("", docs_page.documentation, name="api")]),
    path("openapi.json", docs_page.openapi, name="api_document"),
    path("roadmaps", views.list_roadmaps, name="api_list_roadmaps"),
    path("roadmaps/<slug:roadmap>", views.get_roadmap, name="api_get_roadmap"),
    path("roadmaps/<slug:roadmap>/items", views.list_items, name="api_list_items"),
    path("roadmaps/<slug:roadmap>/items/<slug:reference>", views.get_item, name="api_get_item"),
    path("roadmaps/<slug:roadmap>/pages", views.list_pages, name="api_list_pages"),
    path("roadmaps/<slug:roadmap>/pages/<slug:page>", views.get_page, name="api_get_page"),
    path("roadmaps/<slug:roadmap>/changelog", views.get_changelog, name="api_get_changelog"),
    path("roadmaps/<slug:roadmap>/editions", views.list_editions, name="api_list_editions"),
    path("roadmaps/<slug:roadmap>/editions/<int:number>", views.get_edition, name="api_get_edition"),
    path("roadmaps/<slug:roadmap>/changes", views.get_changes, name="api_get_changes"),
    path("<anything:rest>", nothing_here, name="api_nothing"),
]
