"""The map of the public site, as DESIGN.md lists it. Included last: the first part of most addresses is any slug.

from django.urls import include, path

from roadmap.web import robots
from roadmap.web.feeds.urls import OUTLETS_OF_A_ROADMAP
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
    path("", views.roadmaps, name="roadmaps"),
    path("api/v1/", include("roadmap.web.api.urls")),
    *mounted(views.PAGES_OF_A_ROADMAP, OUTLETS_OF_A_ROADMAP),
]
