"""The addresses of drafts for whoever holds a link. Those for staff are in roadmap/admin/preview_urls.py."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from roadmap.previews.agree import agree_view
from roadmap.previews.views import by_link, not_found

# The readers' own list of pages, and what is said of an address that is none of them: included with a `mount`.
pages: list[URLPattern | URLResolver] = [
    path("", include("roadmap.web.pages.urls")),
    re_path(r"^.+/$", not_found, name="not_found"),
]

urlpatterns = [
    path("preview/<str:token>/agree/", agree_view, name="preview_agree"),
    path("preview/<str:token>/", include((pages, "pages"), namespace="preview"), {"mount": by_link}),
]
