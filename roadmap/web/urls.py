"""The map of the public site, as DESIGN.md lists it. Included last: the first part of most addresses is any slug.

The pages of a roadmap are views that do not know which roadmap they show: `mount` gives it to them. Previews include
the same list below addresses of their own.
"""

from django.urls import include, path

from roadmap.web import converters, robots  # noqa: F401 - registers the converters
from roadmap.web.health import healthz, readyz
from roadmap.web.media import media
from roadmap.web.pages.dispatch import newest, on_day
from roadmap.web.pages.views import roadmaps

app_name = "web"
urlpatterns = [
    path("robots.txt", robots.robots, name="robots"),
    path("favicon.ico", robots.favicon, name="favicon"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("media/<path:name>", media, name="media"),
    path("", roadmaps, name="roadmaps"),
    path("api/v1/", include("roadmap.web.api.urls")),
    path("<slug:slug>/", include("roadmap.web.pages.urls"), {"mount": newest}),
    path("<slug:slug>/", include("roadmap.web.feeds.urls")),
    path("<slug:slug>/at/<day:day>/", include(("roadmap.web.pages.urls", "pages"), namespace="at"), {"mount": on_day}),
]
