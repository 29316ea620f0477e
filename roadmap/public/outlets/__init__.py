"""What programs read of one roadmap, each in a module of its own. A view takes (request, what to show)."""

from roadmap.public.mounting import View
from roadmap.public.outlets.atom import atom
from roadmap.public.outlets.items_csv import items_csv
from roadmap.public.outlets.items_ics import calendar
from roadmap.public.outlets.json_feed import json_feed
from roadmap.public.problems import Format

# Each with its route below the roadmap's address, its name, and the format of its errors.
OUTLETS_OF_A_ROADMAP: list[tuple[str, View, str, Format]] = [
    ("changes.atom", atom, "atom", Format.XML),
    ("changes.json", json_feed, "json_feed", Format.JSON),
    ("items.ics", calendar, "calendar", Format.TEXT),
    ("items.csv", items_csv, "csv", Format.TEXT),
]
