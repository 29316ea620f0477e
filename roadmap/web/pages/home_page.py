"""The home page of a roadmap, and its pages of Markdown: what each says, made whole. Asks the database nothing."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from roadmap.content.choices import Noun
from roadmap.content.things import PageContent
from roadmap.content.words import counted_nouns
from roadmap.markdown import Heading, plain_text, render
from roadmap.published.change_words import news_first, shortened
from roadmap.web.addresses import anchor_of
from roadmap.web.pages.edition_page import ChangeLines, change_line
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.pages.stages import ItemsOfStage, first_of_stages

# How much the home page shows of what may be long. The rest is counted, with a link to all of it.
HOME_ITEMS = 10  # of each stage
HOME_CHANGES = 8
HOME_CHANGELOG_ENTRIES = 5

CONTENTS_FROM = 2  # headings: a contents list of one would only repeat it


@dataclass(frozen=True)
class HomeSection:
    """A page whose text is on the home page."""

    title: str
    anchor: str
    html: str


@dataclass(frozen=True)
class PageLink:
    title: str
    url: str


@dataclass(frozen=True)
class ShownEntry:
    """A changelog entry."""

    title: str
    anchor: str
    dates: str
    corrected_at: datetime.datetime | None  # when its words were last corrected; of a draft, when they will be
    html: str


@dataclass(frozen=True)
class HomePage:
    description: str
    summary: str  # of that, for search engines
    is_first_edition: bool
    counts: str  # what there is, in words
    changes: ChangeLines
    item_count: int
    backlog: ItemsOfStage
    in_test: ItemsOfStage
    in_controlled_go_live: ItemsOfStage
    live: ItemsOfStage
    sections: Sequence[HomeSection]
    other_pages: Sequence[PageLink]
    changelog: Sequence[ShownEntry]
    changelog_count: int


def home_page(reading: RoadmapReading) -> HomePage:
    snapshot = reading.snapshot
    backlog, in_test, in_controlled_go_live, live = first_of_stages(reading, HOME_ITEMS)
    sections = [
        HomeSection(
            content.title,
            f"page-{content.slug}",
            render(content.body, anchor_prefix=f"text-{number}", top_level=3).html,
        )
        for number, content in enumerate(snapshot.pages, start=1)
        if content.is_on_home
    ]
    numbers = {
        Noun.ITEM: len(snapshot.items),
        Noun.RELEASE: len(snapshot.releases),
        Noun.PAGE: len(snapshot.pages),
        Noun.CHANGELOG_ENTRY: len(snapshot.changelog),
    }
    return HomePage(
        description=reading.roadmap.description,
        summary=shortened(reading.roadmap.description),
        is_first_edition=reading.edition.number == 1,
        counts=counted_nouns(numbers),
        changes=_changes(reading),
        item_count=len(snapshot.items),
        backlog=backlog,
        in_test=in_test,
        in_controlled_go_live=in_controlled_go_live,
        live=live,
        sections=sections,
        other_pages=[_link(reading, content) for content in snapshot.pages if not content.is_on_home],
        changelog=changelog_entries(reading, top_level=4)[:HOME_CHANGELOG_ENTRIES],
        changelog_count=len(snapshot.changelog),
    )


def _changes(reading: RoadmapReading) -> ChangeLines:
    """What the newest Edition announced; the changelog, further down, tells of its own entries."""
    latest_changes, newest = reading.published.latest_changes.values(), reading.edition.number
    found = [latest for latest in latest_changes if latest.edition_number == newest and latest.announced]
    found = [latest for latest in found if latest.noun is not Noun.CHANGELOG_ENTRY] or found
    found.sort(key=lambda latest: news_first(latest, latest.announced))
    lines = [
        change_line(reading, latest, latest.announced, reading.roadmap, item=reading.snapshot.item(latest.address))
        for latest in found[:HOME_CHANGES]
    ]
    return ChangeLines(lines, len(found) - len(lines))


def changelog_entries(reading: RoadmapReading, top_level: int) -> list[ShownEntry]:
    found = []
    for content in reading.snapshot.changelog:
        latest = reading.published.latest_changes.get(content.uid)
        anchor = anchor_of(Noun.CHANGELOG_ENTRY, content.uid)
        html = render(content.body, anchor_prefix=anchor, top_level=top_level).html if content.body else ""
        dates = str(content.when or "")
        found.append(ShownEntry(content.title, anchor, dates, latest.corrected_at if latest else None, html))
    return found


@dataclass(frozen=True)
class ShownPage:
    """A page of Markdown."""

    title: str
    url: str
    html: str
    contents: Sequence[Heading]
    summary: str  # for search engines
    pages: Sequence[PageLink]  # all of them, this one too


def shown_page(reading: RoadmapReading, content: PageContent) -> ShownPage:
    body = render(content.body)
    top = [heading for heading in body.headings if heading.level == 2]
    return ShownPage(
        content.title,
        reading.addresses.page(content.slug),
        body.html,
        top if len(top) >= CONTENTS_FROM else [],
        shortened(plain_text(content.body)),
        [_link(reading, page) for page in reading.snapshot.pages],
    )


def _link(reading: RoadmapReading, content: PageContent) -> PageLink:
    return PageLink(content.title, reading.addresses.page(content.slug))
