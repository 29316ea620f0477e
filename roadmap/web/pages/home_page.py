"""The home page of a roadmap, and its pages of Markdown: what each says, made whole. Asks the database nothing."""

import datetime
from dataclasses import dataclass
from typing import Any

from roadmap.content.choices import Environment, Noun
from roadmap.content.things import PageContent, anchor_of, counted_nouns
from roadmap.dates.clock import day_of
from roadmap.markdown import plain_text, render
from roadmap.published.change_words import shortened
from roadmap.published.history import History
from roadmap.published.since import USUAL_DAYS, usual
from roadmap.web.pages.edition_page import ShownEdition, changes_until
from roadmap.web.pages.reading import PageLink, RoadmapReading
from roadmap.web.pages.stages import ItemsOfStage, first_of_stages

# How much the home page shows of what may be long. The rest is counted, with a link to all of it.
HOME_ITEMS = 10  # of each stage
HOME_CHANGES = 3  # so that a phone has room for what comes next
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


def home_page(reading: RoadmapReading, history: History | None) -> dict[str, Any]:
    snapshot, roadmap = reading.snapshot, reading.roadmap
    backlog, in_test, in_controlled_go_live, live = first_of_stages(reading, HOME_ITEMS, is_short=True)
    numbers = {
        Noun.ITEM: len(snapshot.items),
        Noun.RELEASE: len(snapshot.releases),
        Noun.PAGE: len(snapshot.pages),
        Noun.CHANGELOG_ENTRY: len(snapshot.changelog),
    }
    return {
        "description": roadmap.description,
        "summary": shortened(roadmap.description) or f"What is planned, in test and live on {roadmap.title}.",
        "counts": counted_nouns(numbers),
        "news": _news(reading, history),
        "item_count": len(snapshot.items),
        "words": _words(reading, backlog),
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


def _words(reading: RoadmapReading, backlog: ItemsOfStage) -> dict[str, str]:
    """Of each stage. What has passed does not come next, and nothing of a day that is over is so now."""
    labels = reading.roadmap.labels
    test, live = labels.place(Environment.TEST), labels.place(Environment.LIVE)
    if reading.is_past:
        return {
            "backlog": f"{backlog.label} then",
            "passed": "dates had passed",
            "test": f"Could be tested then: {test}",
            "no_items": "Nothing was listed on this roadmap then.",
            "no_backlog": "Nothing was planned then.",
            "no_test": f"Nothing was {test} then.",
            "no_live": f"Nothing was {live} then.",
        }
    return {
        "backlog": backlog.label if backlog.dates_have_passed else f"Coming next: {backlog.name_within}",
        "passed": "dates have passed",
        "test": f"You can test now: {test}",
        "no_items": "Nothing is listed on this roadmap at the moment.",
        "no_backlog": "Nothing is planned at the moment.",
        "no_test": f"Nothing is {test} at the moment.",
        "no_live": f"Nothing is {live} at the moment.",
    }


def _news(reading: RoadmapReading, history: History | None) -> dict[str, Any] | None:
    """Of the whole of the last day that had any; None while that cannot be read."""
    if history is None or reading.is_behind(history):
        return None
    editions, things = history.last_day
    # The changelog, further down, tells of its own entries.
    things = [thing for thing in things if thing.noun is not Noun.CHANGELOG_ENTRY] or things
    of_news = [edition for edition in editions if edition.number == 1 or any(thing.news for thing in edition.told)]
    last = of_news[-1]
    day = day_of(last.published_at)
    is_of_many = len([edition for edition in of_news if edition.number > 1]) > 1
    return {
        "day": day,
        # What the first says of itself is not said of what changed since.
        "notes": [edition.note for edition in of_news if edition.note and (edition.number > 1 or edition is last)],
        "is_first": of_news[0].number == 1,
        "changes": ShownEdition(reading, last, things, HOME_CHANGES).changes,
        "all": _all_changes(reading, history),
        "url": reading.addresses.to("changes", query=[("since", day.isoformat())])
        if is_of_many
        else reading.addresses.edition(last.number),
    }


def _all_changes(reading: RoadmapReading, history: History) -> PageLink:
    """Those of the usual days or, where nothing changed in them, of as many days until something did."""
    newest = history.editions[-1]
    if not usual(reading.now).includes(newest):
        return changes_until(reading, newest.published_at)
    days = f"{USUAL_DAYS} days until then" if reading.is_past else f"last {USUAL_DAYS} days"
    return PageLink(f"All changes in the {days}", reading.addresses.changes)


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
        "summary": shortened(plain_text(content.body)) or f"{content.title}: {reading.title}",  # for search engines
        "pages": [_link(reading, page) for page in reading.snapshot.pages],  # this one too
    }


def _link(reading: RoadmapReading, content: PageContent) -> PageLink:
    return PageLink(content.title, reading.addresses.page(content.slug))
