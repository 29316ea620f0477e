"""Whatever somebody types comes out valid in every format, and says what was typed."""

import re
import unicodedata
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests import make
from tests.web.feeds import received

pytestmark = pytest.mark.django_db

# What no database keeps: a half of a character, and with PostgreSQL a NUL.
ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
NASTY = [
    "]]>",
    "<b>&amp;",
    "\x01\x08\x0b\x1f",
    "\ufffe\uffff",
    "🗓👩‍💻",
    "\u202egnp.exe",
    "\u200fא",
    "=HYPERLINK(1)",
    "@x",
    "\\n\\N\\,",
]
NASTY += [
    "a\r\nBEGIN:VEVENT\r\nb",
    "a;b,c:d\\",
    '"',
    "\ufeff",
    "\u0085\u2028\u2029",
    "’;--",
    "\t+1",
    "<!--",
    "{{ 7 }}",
    "%s",
]
words = st.lists(st.one_of(st.text(ANY, max_size=12), st.sampled_from(NASTY)), min_size=1, max_size=3).map("".join)
titles = words.filter(str.strip)
many = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


def unlike_controls(text):
    """The words of it, whatever was made of the control characters in it."""
    kept = "".join(one for one in text if unicodedata.category(one) not in ("Cc", "Cn") and one != "\ufffd")
    return "".join(kept.split())


def published(title, description, note):
    """At the address that is returned."""
    roadmap = make.roadmap(title=f"R {title}", contact_name=title, test_label=title)
    field = make.field(roadmap, name=title)
    make.item(roadmap, title="Older")
    day = make.at("2026-01-05")
    make.edition(roadmap, at=day)
    make.item(
        roadmap, title=title, description=description, journey=title, test="May 2026", live="June 2026",
        audiences="Agents", values={field: title},
    )  # fmt: skip
    make.edition(roadmap, at=make.at("2026-01-06"), note=note)
    return f"/{roadmap.slug}"


@many
@given(titles, words, words)
@example("=1+1]]>\x01🗓\u202e", "@x\r\n\r\n| a |\n|--|\n<script>", "\x0c")
@example("\\N\\n;,:\\", "```\n]]>\n```", "&#1; &#xfffe;")
def test_any_text_is_valid_in_every_format(client, empty_shelf, title, description, note):
    empty_shelf()
    url = published(title, description, note)
    newest = received.atom(client, f"{url}/changes.atom").entries[0]
    root = ElementTree.fromstring(received.body(client, f"{url}/changes.atom"))
    items = received.json_feed(client, f"{url}/changes.json")["items"]
    told = root.findtext(f"{received.ATOM}entry/{received.ATOM}title")
    assert told == items[0]["title"]
    assert newest.id == items[0]["id"]
    assert unlike_controls(told) == unlike_controls(f"Added: {title}")

    row = received.table(client, f"{url}/items.csv")[1]
    text = received.body(client, f"{url}/items.ics").decode()
    assert len(received.calendar(client, f"{url}/items.ics").events) == 2
    lines = text.replace("\r\n ", "").split("\r\n")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
    assert all(re.match(r"[A-Z-]+[;:]", line) for line in lines[:-1])
    assert not [one for one in text if unicodedata.category(one) == "Cc" and one not in "\r\n\t" and one < "\x80"]
    (said,) = [one for one in lines if one.startswith("SUMMARY:Live")]
    assert unlike_controls(unescaped(said.partition(":")[2])) == unlike_controls(f"Live: {title} ({row['Reference']})")

    for cell in (row["Title"], row["Journey"]):
        assert unlike_controls(cell.removeprefix("'")) == unlike_controls(title.removeprefix("'"))
    for cell in [*row, *row.values()]:
        seen = "".join(one for one in cell if not one.isspace() and unicodedata.category(one)[0] not in "CZ")
        assert not seen.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


def unescaped(value):
    """RFC 5545, 3.3.11. icalendar's own way takes the two characters of a path like C:\\new for the end of a line."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)
