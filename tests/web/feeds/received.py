"""What a program gets at an outlet, read by the programs and libraries with which people follow roadmaps."""

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from typing import Any

import feedparser
import ics
import openpyxl
from icalendar import Calendar, Event

from roadmap.models import Roadmap
from tests import make

ATOM = "{http://www.w3.org/2005/Atom}"
OUTLETS = ["changes.atom", "changes.json", "items.ics", "items.csv", "items.xlsx"]


def body(client: Any, url: str, status: int = 200) -> bytes:
    response = client.get(url)
    assert response.status_code == status, f"{url}: {response.status_code} {response.content[:500]!r}"
    return response.content


def atom(client: Any, url: str) -> Any:
    """As feedparser reads it, which says where it is not well made."""
    parsed = feedparser.parse(body(client, url))
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


def entries(client: Any, url: str) -> dict[str, str]:
    """Each Atom entry as it is written, by its id."""
    root = ElementTree.fromstring(body(client, url))
    return {str(one.findtext(f"{ATOM}id")): ElementTree.tostring(one).decode() for one in root.iter(f"{ATOM}entry")}


def json_feed(client: Any, url: str) -> Any:
    parsed = json.loads(body(client, url))
    assert parsed["version"] == "https://jsonfeed.org/version/1.1"
    return parsed


def calendar(client: Any, url: str) -> Calendar:
    """As icalendar reads it. Another reader has to find the same events on the same days."""
    text = body(client, url).decode()
    found = Calendar.from_ical(text)
    assert not found.errors
    others = {one.uid: one for one in ics.Calendar(text).events}
    assert {str(one["UID"]) for one in found.events} == set(others)
    for event in found.events:
        assert not event.errors
        other = others[str(event["UID"])]
        assert other.all_day
        assert other.begin.date() == event.start
        # The two do not agree on what the backslashes of a text with backslashes are.
        assert "\\\\" in text or other.name == str(event["SUMMARY"])
    return found


def events(client: Any, url: str) -> dict[str, Event]:
    """By what their item and environment are: "VAT-19 Sandbox"."""
    found = {}
    for event in calendar(client, url).events:
        reference = str(event["SUMMARY"]).rsplit("(", 1)[1].rstrip(")")
        found[f"{reference} {event['CATEGORIES'].cats[0]}"] = event
    return found


def days(event: Event) -> tuple[str, str]:
    """The first and the last."""
    return str(event.start), str(event.end.fromordinal(event.end.toordinal() - 1))


def sheet(client: Any, url: str) -> list[list[Any]]:
    """Every row of the spreadsheet, a value for each cell, with nothing for an empty one."""
    book = openpyxl.load_workbook(io.BytesIO(body(client, url)))
    assert book.sheetnames == ["Items"]
    return [list(row) for row in book["Items"].iter_rows(values_only=True)]


def text(client: Any, url: str) -> str:
    """All that is said there."""
    if ".xlsx" in url:
        return "\n".join(str(cell) for row in sheet(client, url) for cell in row)
    return body(client, url).decode()


def table(client: Any, url: str) -> list[dict[str, str]]:
    """As docs/how-to/follow-a-roadmap.md tells programs to read it: without the tab at the end of a cell."""
    text = body(client, url).decode("utf-8-sig")
    names, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert len(set(names)) == len(names)
    assert {len(row) for row in rows} <= {len(names)}
    return [dict(zip(names, (cell.removesuffix("\t") for cell in row), strict=True)) for row in rows]


def one_item(day: str = "2026-01-05", **fields: Any) -> Roadmap:
    """A roadmap at /one/ with one item, published."""
    roadmap = make.roadmap(slug="one", reference_prefix="ONE", title="One", **fields.pop("of_roadmap", {}))
    make.item(roadmap, **{"title": "Thing", **fields})
    make.edition(roadmap, at=make.at(day))
    return roadmap
