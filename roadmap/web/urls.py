"""The map of the public site. Included last: the first part of most addresses is any slug.

The pages of a roadmap are views that do not know which roadmap they show: `mount` gives it to them. Previews include
the same list below addresses of their own.
"""

import datetime

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import SlugConverter

from roadmap.web import site
from roadmap.web.as_markdown import with_markdown
from roadmap.web.feeds.dates_csv import dates_csv
from roadmap.web.pages.about_site import accessibility, privacy
from roadmap.web.pages.all_reading import reading_of_all
from roadmap.web.pages.earlier_day import on_day
from roadmap.web.pages.follow_page import follow
from roadmap.web.pages.items.views import items
from roadmap.web.pages.reading import newest
from roadmap.web.pages.search_page import search
from roadmap.web.pages.views import roadmaps
from roadmap.web.sitemap import llms, sitemap


class DayConverter:
    """A day, written as our addresses write it: one page has one address. Anything else is given as it was typed."""

    regex = SlugConverter.regex

    def to_python(self, value: str) -> datetime.date | str:
        try:
            day = datetime.date.fromisoformat(value)
        except ValueError:
            return value
        return day if day.isoformat() == value else value  # "20260203" and "2026-W06-2" are ISO 8601 too

    def to_url(self, value: datetime.date | str) -> str:
        return str(value)


register_converter(DayConverter, "day")

app_name = "web"
# Of all roadmaps together.
OF_ALL: list[URLPattern | URLResolver] = [
    *with_markdown(
        [
            path("items/", items, {"mount": newest}, name="items"),
            path("follow/", follow, {"mount": newest}, name="follow"),
        ]
    ),
    path("", include("roadmap.web.feeds.urls")),
    path("", include("roadmap.subscriptions.urls_of_roadmap")),
]
urlpatterns = [
    path("robots.txt", site.robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("llms.txt", llms, name="llms"),
    path(".well-known/security.txt", site.security_txt, name="security_txt"),
    path("favicon.ico", site.favicon, name="favicon"),
    path("healthz", site.healthz, name="healthz"),
    path("readyz", site.readyz, name="readyz"),
    path("media/<path:name>", site.media, name="media"),
    *with_markdown(
        [
            path("", roadmaps, name="roadmaps"),
            path("search/", search, name="search"),
            path("accessibility/", accessibility, name="accessibility"),
            path("privacy/", privacy, name="privacy"),
        ]
    ),
    path("api/v1/", include("roadmap.web.api.urls")),
    path("emails/", include("roadmap.subscriptions.urls")),
    path("", include((OF_ALL, "all"), namespace="all"), {"read": reading_of_all}),
    path("<slug:slug>/", include("roadmap.web.pages.urls"), {"mount": newest}),
    path("<slug:slug>/", include("roadmap.web.feeds.urls")),
    path("<slug:slug>/", include("roadmap.subscriptions.urls_of_roadmap")),
    path("<slug:slug>/dates.csv", dates_csv, name="dates_csv"),  # how dates have held is told of each roadmap alone
    path("<slug:slug>/at/<day:day>/", include(("roadmap.web.pages.urls", "pages"), namespace="at"), {"mount": on_day}),
]
