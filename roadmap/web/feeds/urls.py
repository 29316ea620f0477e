"""What programs read of one roadmap, below its address, or of all together."""

from django.urls import path

from roadmap.web.feeds.atom_and_json import atom, json_feed
from roadmap.web.feeds.items_csv import items_csv
from roadmap.web.feeds.items_ics import calendar
from roadmap.web.feeds.items_xlsx import items_xlsx

urlpatterns = [
    path("changes.atom", atom, name="atom"),
    path("changes.json", json_feed, name="json_feed"),
    path("items.ics", calendar, name="calendar"),
    path("items.csv", items_csv, name="csv"),
    path("items.xlsx", items_xlsx, name="xlsx"),
]
