"""The shapes of what happened: editions, what changed in them, an item's history and its dates. See schemas.py."""

from typing import Annotated, Any

from roadmap.content.changes import Act
from roadmap.content.choices import Environment, Noun
from roadmap.web.api.schemas import (
    API,
    EXAMPLE_CURSOR,
    HOME,
    ApiShape,
    DateAnswer,
    EditionSeenAnswer,
    ItemAnswer,
    Moment,
    Newest,
    PartOfList,
    ThingAnswer,
    Uid,
    doc,
)


class ChangeAnswer(ApiShape):
    """What became of one field of one thing in one edition."""

    field: Annotated[
        str,
        doc(
            "Which: existence (it came or went), title, milestone.test, field.tax-years and so on. More may be added.",
            "milestone.test",
        ),
    ]
    act: Annotated[Act, doc("What sort of change it is.", "moved")]
    sentence: Annotated[
        str,
        doc(
            "It in words, as the pages tell it, with the names of that edition.",
            "Sandbox moved from March 2026 to April 2026",
        ),
    ]
    reason: Annotated[str, doc("Why, where that was given; empty otherwise.", "The supplier is late.")]
    is_minor: Annotated[bool, doc("It was published and not announced: no feed tells of it.", False)]
    before: Annotated[
        Any,
        doc(
            "What was there, as JSON: a text, a number, true or false, a list or an object, as the field is. Null "
            "where there was nothing, and of a date where the roadmap keeps its earlier dates to itself.",
            {"when": "March 2026"},
        ),
    ]
    after: Annotated[Any, doc("What came, likewise; null where nothing is there any more.", {"when": "April 2026"})]


class ThingChanged(ApiShape):
    """What happened to one thing in one edition."""

    noun: Annotated[Noun, doc("What it is.", "item")]
    uid: Uid
    title: Annotated[str, doc("As it was then; of what was withdrawn, as it was last.", "Submit a correction")]
    removed: Annotated[bool, doc("Whether this edition withdrew it.", False)]
    changes: Annotated[list[ChangeAnswer], doc("In the order of its fields.")]


class HistoryEntry(ThingChanged):
    """What happened to an item in one edition, to itself or to the dates of the release that it was in."""

    edition: Annotated[EditionSeenAnswer, doc("When.")]


class PromiseAnswer(ApiShape):
    """What readers were told of a date from one edition on, until the next."""

    edition: Annotated[EditionSeenAnswer, doc("From which edition on.")]
    when: Annotated[DateAnswer | None, doc("The date; null where nothing was said.")]
    is_deployed: Annotated[bool, doc("Whether the item was there.", False)]
    reason: Annotated[str, doc("Why it changed, where that was given; empty otherwise.", "Testing takes longer.")]


class DateStoryAnswer(ApiShape):
    """What readers were told of one environment's date, from the first to what it is now."""

    environment: Annotated[Environment, doc("Whose date it is.", "live")]
    label: Annotated[str, doc("What the roadmap calls that environment.", "Live")]
    sentence: Annotated[
        str,
        doc(
            "It in a sentence; empty where the date never changed.",
            "Live: planned June 2025, moved 3 times, now September 2026",
        ),
    ]
    promises: Annotated[list[PromiseAnswer], doc("Oldest first.")]


class ItemWithHistory(ItemAnswer):
    """One item, with all that happened to it."""

    description_html: Annotated[
        str,
        doc("Its description as safe HTML, its highest headings h2.", "<p>Correct <strong>one</strong> return.</p>"),
    ]
    history: Annotated[list[HistoryEntry], doc("Newest first.")]
    dates: Annotated[
        list[DateStoryAnswer],
        doc(
            "Its dates from the first to now, by environment. Empty where the roadmap keeps its earlier dates to "
            "itself."
        ),
    ]


class EditionAnswer(ApiShape):
    """One act of publishing."""

    uid: Uid
    number: Annotated[int, doc("Counted from 1 in each roadmap.", 7)]
    published_at: Annotated[Moment, doc("When readers could first see it, in UTC.", "2026-03-24T09:30:00Z")]
    url: Annotated[str, doc("Its page.", f"{HOME}/editions/7/")]
    api_url: Annotated[str, doc("The same in this API, with its changes.", f"{API}/editions/7")]
    note: Annotated[str, doc("What was said of it; often empty.", "Sandbox dates for corrections")]
    publisher: Annotated[str, doc("The team that published it. Never a person.", "Software Developer Support Team")]
    things_changed: Annotated[int, doc("How many things it changed.", 2)]


class EditionList(PartOfList):
    """Editions."""

    editions: Annotated[list[EditionAnswer], doc("Newest first.")]


class EditionWithChanges(EditionAnswer):
    """One act of publishing, with all that it changed."""

    things: Annotated[list[ThingChanged], doc("In the order in which they were published.")]


class Thing(ApiShape):
    """The state of one thing: put it in place of what you have under its uid, or remove that."""

    noun: Annotated[Noun, doc("What it is.", "item")]
    uid: Uid
    removed: Annotated[bool, doc("Whether it is there no more.", False)]
    value: Annotated[
        ThingAnswer | None,
        doc(
            "The same object as in the whole roadmap, by noun: a Roadmap, Page, Release, Item or ChangelogEntry. Null "
            "where it was removed."
        ),
    ]


class Changes(ApiShape):
    """What has changed since a cursor."""

    edition: Newest
    things: Annotated[list[Thing], doc("In the order in which to apply them.")]
    cursor: Annotated[
        str, doc("Where this answer ends: send it back as “since” the next time, exactly as it came.", EXAMPLE_CURSOR)
    ]
    has_more: Annotated[bool, doc("Whether there is more now: then ask again at once.", False)]
