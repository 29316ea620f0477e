"""The addresses of the public pages, as DESIGN.md lists them. Mounted last: the first part of most is any slug."""

from django.urls import path

from roadmap.public import crawlers, views
from roadmap.public.api.urls import addresses as addresses_of_api
from roadmap.public.health import healthz, readyz
from roadmap.public.media import media
from roadmap.public.mounting import mounted
from roadmap.public.outlets import OUTLETS_OF_A_ROADMAP

app_name = "public"
urlpatterns = [
    path("robots.txt", crawlers.robots, name="robots"),
    path("favicon.ico", crawlers.favicon, name="favicon"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("media/<path:name>", media, name="media"),
    path("", views.roadmaps, name="roadmaps"),
    *addresses_of_api("api/v1/"),
    *mounted(views.PAGES_OF_A_ROADMAP, OUTLETS_OF_A_ROADMAP),
]
