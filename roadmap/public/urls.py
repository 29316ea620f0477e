"""The addresses of the public pages, as DESIGN.md lists them. Mounted last: the first part of most is any slug."""

from django.urls import path

from roadmap.public import crawlers, views
from roadmap.public.health import healthz, readyz
from roadmap.public.media import media

app_name = "public"
urlpatterns = [
    path("robots.txt", crawlers.robots, name="robots"),
    path("favicon.ico", crawlers.favicon, name="favicon"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("media/<path:name>", media, name="media"),
    path("", views.roadmaps, name="roadmaps"),
    *(
        path(f"<slug:slug>/{route}", views.of_published(view), name=name)
        for route, view, name in views.PAGES_OF_A_ROADMAP
    ),
]
