"""The shapes of whole answers: lists, one thing with its history, what changed, and what went wrong."""

import datetime
from typing import Any
from uuid import UUID

from ninja import Schema

from roadmap.content.changes import Act
from roadmap.content.choices import Environment, Noun
from roadmap.web.api.schemas import ChangelogEntry, Date, EditionSeen, Item, Page, Release, Roadmap, described, uid

_UID = "6f0c4b8e-2f0a-4c3e-9a51-0d3c2f1b7a10"
_CURSOR = "AW8MS44vCkw-mlENPC8behAAAAAH_____________________w"


def edition_seen() -> Any:
    return described("The edition that this answer tells of: the newest.")


class RoadmapListed(Roadmap):
    """A roadmap with its newest edition."""

    edition: EditionSeen = described("Its newest edition.")


class RoadmapList(Schema):
    """The roadmaps that are published."""

    roadmaps: list[RoadmapListed] = described("In their order.")


class WholeRoadmap(Schema):
    """All that a roadmap has, as it stands."""

    edition: EditionSeen = edition_seen()
    cursor: str = described("Where this answer ends: give it to “changes” to be told what came later.", _CURSOR)
    roadmap: Roadmap = described("What it says of itself.")
    pages: list[Page] = described("In their order.")
    releases: list[Release] = described("In their order.")
    items: list[Item] = described("By release, then in their order.")
    changelog: list[ChangelogEntry] = described("Newest first.")


class Paged(Schema):
    """Part of a list, and the ways to the rest."""

    edition: EditionSeen = edition_seen()
    total: int = described("How many there are on all pages.", 29)
    page: int = described("Which page this is, from 1.", 1)
    page_size: int = described("How many a page has at most.", 100)
    next: str | None = described(
        "The address of the next page; null on the last.",
        "https://example.gov.uk/api/v1/roadmaps/vat-mtd/items?stage=test&page=2&page_size=100",
    )
    previous: str | None = described("The address of the page before; null on the first.", None)


class ItemList(Paged):
    """Items."""

    items: list[Item] = described("By release, then in their order.")


class PageList(Schema):
    """The pages of guidance."""

    edition: EditionSeen = edition_seen()
    pages: list[Page] = described("In their order.")


class Changelog(Schema):
    """The changelog."""

    edition: EditionSeen = edition_seen()
    changelog: list[ChangelogEntry] = described("Newest first.")


class Change(Schema):
    """What became of one field of one thing in one edition."""

    field: str = described(
        "Which: existence (it came or went), title, milestone.test, field.tax-years and so on. More may be added.",
        "milestone.test",
    )
    act: Act = described("What sort of change it is.", "moved")
    sentence: str = described(
        "It in words, as the pages tell it, with the names of that edition.",
        "Sandbox moved from March 2026 to April 2026",
    )
    reason: str = described("Why, where that was given; empty otherwise.", "The supplier is late.")
    is_minor: bool = described("It was published and not announced: no feed tells of it.", False)
    before: Any = described(
        "What was there, as JSON: a text, a number, true or false, a list or an object, as the field is. Null where "
        "there was nothing, and of a date where the roadmap keeps its earlier dates to itself.",
        {"when": "March 2026"},
    )
    after: Any = described("What came, likewise; null where nothing is there any more.", {"when": "April 2026"})


class ThingChanged(Schema):
    """What happened to one thing in one edition."""

    noun: Noun = described("What it is.", "item")
    uid: UUID = uid()
    title: str = described("As it was then; of what was withdrawn, as it was last.", "Submit a correction")
    removed: bool = described("Whether this edition withdrew it.", False)
    changes: list[Change] = described("In the order of its fields.")


class HistoryEntry(ThingChanged):
    """What happened to an item in one edition, to itself or to the dates of the release that it was in."""

    edition: EditionSeen = described("When.")


class Promise(Schema):
    """What readers were told of a date from one edition on, until the next."""

    edition: EditionSeen = described("From which edition on.")
    when: Date | None = described("The date; null where nothing was said.")
    is_deployed: bool = described("Whether the item was there.", False)
    reason: str = described("Why it changed, where that was given; empty otherwise.", "Testing takes longer.")


class DateStory(Schema):
    """What readers were told of one environment's date, from the first to what it is now."""

    environment: Environment = described("Whose date it is.", "live")
    label: str = described("What the roadmap calls that environment.", "Live")
    sentence: str = described(
        "It in a sentence; empty where the date never changed.",
        "Live: planned June 2025, moved 3 times, now September 2026",
    )
    promises: list[Promise] = described("Oldest first.")


class ItemWithHistory(Item):
    """One item, with all that happened to it."""

    description_html: str = described(
        "Its description as safe HTML, its highest headings h2.", "<p>Correct <strong>one</strong> return.</p>"
    )
    history: list[HistoryEntry] = described("Newest first.")
    dates: list[DateStory] = described(
        "Its dates from the first to now, by environment. Empty where the roadmap keeps its earlier dates to itself.",
    )


class Edition(Schema):
    """One act of publishing."""

    uid: UUID = uid()
    number: int = described("Counted from 1 in each roadmap.", 7)
    published_at: datetime.datetime = described("When readers could first see it, in UTC.", "2026-03-24T09:30:00Z")
    url: str = described("Its page.", "https://example.gov.uk/vat-mtd/editions/7/")
    api_url: str = described(
        "The same in this API, with its changes.", "https://example.gov.uk/api/v1/roadmaps/vat-mtd/editions/7"
    )
    note: str = described("What was said of it; often empty.", "Sandbox dates for corrections")
    publisher: str = described("The team that published it. Never a person.", "Software Developer Support Team")
    things_changed: int = described("How many things it changed.", 2)


class EditionList(Paged):
    """Editions."""

    editions: list[Edition] = described("Newest first.")


class EditionWithChanges(Edition):
    """One act of publishing, with all that it changed."""

    things: list[ThingChanged] = described("In the order in which they were published.")


class Thing(Schema):
    """The state of one thing: put it in place of what you have under its uid, or remove that."""

    noun: Noun = described("What it is.", "item")
    uid: UUID = uid()
    removed: bool = described("Whether it is there no more.", False)
    value: Roadmap | Page | Release | Item | ChangelogEntry | None = described(
        "The same object as in the whole roadmap, by noun: a Roadmap, Page, Release, Item or ChangelogEntry. Null "
        "where it was removed.",
    )


class Changes(Schema):
    """What has changed since a cursor."""

    edition: EditionSeen = edition_seen()
    things: list[Thing] = described("In the order in which to apply them.")
    cursor: str = described("Where this answer ends: give it as “since” the next time. Do not take it apart.", _CURSOR)
    has_more: bool = described("Whether there is more now: then ask again at once.", False)


class ParameterProblem(Schema):
    """What is wrong with one parameter."""

    parameter: str = described("Its name.", "stage")
    detail: str = described(
        "What is wrong and what to do.",
        "There is no stage called “done”. Choose from backlog, test, controlled_go_live, live.",
    )


class Problem(Schema):
    """Why a request was not answered (RFC 9457)."""

    type: str = described("Always “about:blank”: the status says what sort of problem it is.", "about:blank")
    title: str = described("The status in words.", "Bad Request")
    status: int = described("The HTTP status.", 400)
    detail: str = described(
        "What is wrong and what to do.",
        "There is no stage called “done”. Choose from backlog, test, controlled_go_live, live.",
    )
    errors: list[ParameterProblem] = described(
        "The parameters that are wrong, each with what to do; absent where none is to blame.", default=None
    )
