"""The home page of a roadmap, and its pages of Markdown: what each says, made whole. Asks the database nothing."""

import datetime
from dataclasses import dataclass
from typing import Any

from roadmap.content.choices import Noun
from roadmap.content.things import PageContent, counted_nouns
from roadmap.markdown import plain_text, render
from roadmap.published.change_words import news_first, shortened
from roadmap.web.addresses import anchor_of
from roadmap.web.pages.edition_page import ChangeLines, change_line
from roadmap.web.pages.reading import PageLink, RoadmapReading
from roadmap.web.pages.stages import first_of_stages

# How much the home page shows of what may be long. The rest is counted, with a link to all of it.
HOME_ITEMS = 10  # of each stage
HOME_CHANGES = 8
HOME_CHANGELOG_ENTRIES = 5

CONTENTS_FROM = 2  # headings: a contents list of one would only repeat it


@dataclass(frozen=True)
class ShownText:
    """A page on the home page, or a changelog entry."""

    title: str
    anchor: str
    html: str
    dates: str = ""
    corrected_at: datetime.datetime | None = None  # when its words were last corrected; of a draft, when they will be


def home_page(reading: RoadmapReading) -> dict[str, Any]:
    snapshot, roadmap = reading.snapshot, reading.roadmap
    backlog, in_test, in_controlled_go_live, live = first_of_stages(reading, HOME_ITEMS)
    numbers = {
        Noun.ITEM: len(snapshot.items),
        Noun.RELEASE: len(snapshot.releases),
        Noun.PAGE: len(snapshot.pages),
        Noun.CHANGELOG_ENTRY: len(snapshot.changelog),
    }
    return {
        "description": roadmap.description,
        "summary": shortened(roadmap.description),  # for search engines
        "is_first_edition": reading.edition.number == 1,
        "counts": counted_nouns(numbers),
        "changes": _changes(reading),
        "item_count": len(snapshot.items),
        "backlog": backlog,
        "in_test": in_test,
        "in_controlled_go_live": in_controlled_go_live,
        "live": live,
        "sections": [
            ShownText(
                page.title, f"page-{page.slug}", render(page.body, anchor_prefix=f"text-{number}", top_level=3).html
            )
            for number, page in enumerate(snapshot.pages, start=1)
            if page.is_on_home
        ],
        "other_pages": [_link(reading, page) for page in snapshot.pages if not page.is_on_home],
        "changelog": changelog_entries(reading, top_level=4, most=HOME_CHANGELOG_ENTRIES),
        "changelog_count": len(snapshot.changelog),
    }


def _changes(reading: RoadmapReading) -> ChangeLines:
    """What the newest Edition announced; the changelog, further down, tells of its own entries."""
    latest_changes, newest = reading.published.latest_changes.values(), reading.edition.number
    found = [latest for latest in latest_changes if latest.edition_number == newest and latest.announced]
    found = [latest for latest in found if latest.noun is not Noun.CHANGELOG_ENTRY] or found
    found.sort(key=lambda latest: news_first(latest, latest.announced))
    lines = [
        change_line(reading, latest, latest.announced, reading.roadmap, reading.snapshot.item(latest.address))
        for latest in found[:HOME_CHANGES]
    ]
    return ChangeLines(lines, len(found) - len(lines))


def changelog_entries(reading: RoadmapReading, *, top_level: int, most: int | None = None) -> list[ShownText]:
    found = []
    for content in reading.snapshot.changelog[:most]:
        latest = reading.published.latest_changes.get(content.uid)
        anchor = anchor_of(Noun.CHANGELOG_ENTRY, content.uid)
        html = render(content.body, anchor_prefix=anchor, top_level=top_level).html if content.body else ""
        corrected_at = latest.corrected_at if latest else None
        found.append(ShownText(content.title, anchor, html, str(content.when or ""), corrected_at))
    return found


def shown_page(reading: RoadmapReading, content: PageContent) -> dict[str, Any]:
    """A page of Markdown."""
    body = render(content.body)
    top = [heading for heading in body.headings if heading.level == 2]
    return {
        "title": content.title,
        "url": reading.addresses.page(content.slug),
        "html": body.html,
        "contents": top if len(top) >= CONTENTS_FROM else [],
        "summary": shortened(plain_text(content.body)),  # for search engines
        "pages": [_link(reading, page) for page in reading.snapshot.pages],  # this one too
    }


def _link(reading: RoadmapReading, content: PageContent) -> PageLink:
    return PageLink(content.title, reading.addresses.page(content.slug))
