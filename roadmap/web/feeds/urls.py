"""Which address below a roadmap gives which format. A view takes (request, what to show)."""

from roadmap.web.feeds.atom import atom
from roadmap.web.feeds.items_csv import items_csv
from roadmap.web.feeds.items_ics import calendar
from roadmap.web.feeds.json_feed import json_feed
from roadmap.web.pages.dispatch import View
from roadmap.web.problems import Format

# Each with its route below the roadmap's address, its name, and the format of its errors.
OUTLETS_OF_A_ROADMAP: list[tuple[str, View, str, Format]] = [
    ("changes.atom", atom, "atom", Format.XML),
    ("changes.json", json_feed, "json_feed", Format.JSON),
    ("items.ics", calendar, "calendar", Format.TEXT),
    ("items.csv", items_csv, "csv", Format.TEXT),
]
