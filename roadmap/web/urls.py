"""The addresses of the public pages, as DESIGN.md lists them. Mounted last: the first part of most is any slug."""

from django.urls import include, path

from roadmap.web import robots
from roadmap.web.feeds.urls import OUTLETS_OF_A_ROADMAP
from roadmap.web.health import healthz, readyz
from roadmap.web.media import media
from roadmap.web.pages import views
from roadmap.web.pages.dispatch import mounted

app_name = "public"
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
