"""The pages of one roadmap, below whatever address they are included at: see roadmap/web/urls.py."""

from django.urls import path

from roadmap.web.as_markdown import with_markdown
from roadmap.web.pages import api_pages, change_views, follow_page, views
from roadmap.web.pages.dates_page import dates
from roadmap.web.pages.items.views import items

pages = [
    path("", views.home, name="home"),
    path("items/", items, name="items"),
    path("items/<slug:reference>/", views.item, name="item"),
    path("pages/<slug:page_slug>/", views.page_of_roadmap, name="page"),
    path("apis/", api_pages.apis, name="apis"),
    path("apis/<str:api>/", api_pages.api, name="api_page"),
    path("follow/", follow_page.follow, name="follow"),
    path("changelog/", views.changelog, name="changelog"),
    path("changes/", change_views.changes, name="changes"),
    path("dates/", dates, name="dates"),
    path("editions/", change_views.editions, name="editions"),
    path("editions/<int:number>/", change_views.edition, name="edition"),
]

urlpatterns = with_markdown(pages)
