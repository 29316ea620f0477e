"""The addresses of the public pages, as DESIGN.md lists them. Mounted last: the first part of most is any slug."""

from django.urls import path

from roadmap.public import views
from roadmap.public.health import healthz, readyz
from roadmap.public.media import media

app_name = "public"
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("media/<path:name>", media, name="media"),
    path("", views.roadmaps, name="roadmaps"),
    path("<slug:slug>/", views.home, name="home"),
    path("<slug:slug>/items/", views.items, name="items"),
    path("<slug:slug>/items/<slug:reference>/", views.item, name="item"),
    path("<slug:slug>/pages/<slug:page_slug>/", views.page_of_roadmap, name="page"),
    path("<slug:slug>/changelog/", views.changelog, name="changelog"),
]
