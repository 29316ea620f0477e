"""The shapes of the things that a roadmap is made of, and of the lists of them, as the API answers.

Each shape is written once. Answers are made of these classes, mypy sees their types, and openapi.py makes the document
of them, where each has its name without "Answer", which only tells it from what staff edit and what is published. A
name here is a promise: docs/api.md says what may change. Every field has a description, and an example unless it holds
other shapes, which have theirs.
"""

import datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from roadmap.content.choices import Environment, Horizon, Stage

# Where the examples are.
HOME, API = "https://example.gov.uk/vat-mtd", "https://example.gov.uk/api/v1/roadmaps/vat-mtd"
EXAMPLE_CURSOR = "AW8MS44vCkw-mlENPC8behAAAAAH_____________________w"


def doc(description: str, *examples: Any, **schema: Any) -> msgspec.Meta:
    return msgspec.Meta(description=description, examples=[*examples] or None, extra_json_schema=schema or None)


class ApiShape(msgspec.Struct, kw_only=True):
    """An answer, or a part of one."""


Uid = Annotated[
    str,
    doc(
        "Its identifier, for good: titles and addresses may change, this never does.",
        "6f0c4b8e-2f0a-4c3e-9a51-0d3c2f1b7a10",
        format="uuid",
    ),
]
Position = Annotated[int, doc("Its place in its list, as far as its editors gave one: see “Order”.", 3)]
Moment = Annotated[datetime.datetime, msgspec.Meta(tz=True)]
WhatToDo = Annotated[
    str,
    doc(
        "What is wrong and what to do.",
        "There is no stage called “done”. Choose from Planned, In sandbox, Controlled go-live, Live.",
    ),
]


class CurrentStage(StrEnum):
    """Where an item is. What was withdrawn is not there."""

    BACKLOG = Stage.BACKLOG.value
    TEST = Stage.TEST.value
    CONTROLLED_GO_LIVE = Stage.CONTROLLED_GO_LIVE.value
    LIVE = Stage.LIVE.value


class DateAnswer(ApiShape):
    """An approximate date: what was typed, and the days that it can mean."""

    text: Annotated[str, doc("As it was typed.", "Q3 2026")]
    display: Annotated[str, doc("As the pages show it on its own.", "July to September 2026")]
    start: Annotated[
        datetime.date | None,
        doc(
            "The first day that it can mean. Null where there is no date: to be confirmed, or not applicable.",
            "2026-07-01",
        ),
    ]
    end: Annotated[
        datetime.date | None,
        doc(
            "The last day that it can mean, included. Null where there is no date, or where it has no end.",
            "2026-09-30",
        ),
    ]
    is_to_be_confirmed: Annotated[bool, doc("There is no date yet.", False)]
    is_provisional: Annotated[bool, doc("There is a date, and it or its end is still to be confirmed.", False)]
    is_not_applicable: Annotated[bool, doc("There will be no date.", False)]
    is_deadline: Annotated[bool, doc("It may come sooner: “by September 2026”.", False)]


class EditionSeenAnswer(ApiShape):
    """Which edition an answer tells of: one act of publishing."""

    number: Annotated[int, doc("Counted from 1 in each roadmap, in the order in which readers saw them.", 7)]
    published_at: Annotated[Moment, doc("When readers could first see it, in UTC.", "2026-03-24T09:30:00Z")]


Newest = Annotated[EditionSeenAnswer, doc("The edition that this answer tells of: the newest.")]


class ContactAnswer(ApiShape):
    """Whom to ask about a roadmap."""

    name: Annotated[str, doc("The team.", "Software Developer Support Team")]
    email: Annotated[str, doc("Its address; empty where there is none.", "sdsteam@example.gov.uk")]
    subject: Annotated[str, doc("The subject with which an email to it begins.", "VAT (MTD) roadmap")]


class EnvironmentLabel(ApiShape):
    """What a roadmap calls one of the environments."""

    environment: Annotated[Environment, doc("The environment, by the name that is the same in every roadmap.", "test")]
    label: Annotated[str, doc("What this roadmap calls it.", "Sandbox")]


class FieldDefinitionAnswer(ApiShape):
    """A column that a roadmap adds to its items."""

    key: Annotated[str, doc("Its name within this roadmap, for good.", "tax-years")]
    name: Annotated[str, doc("Its heading.", "Tax years")]
    explanation: Annotated[str, doc("What it means, in Markdown.", "The first tax year to which it applies.")]


class ThingAnswer(ApiShape):
    """One of the things that a roadmap is made of: what extends it, but for its HTML or history."""

    uid: Uid


class NoticeAnswer(ApiShape):
    """What stands above every page of a roadmap between two moments."""

    title: Annotated[str, doc("What it is about.", "Sandbox closed for maintenance")]
    body: Annotated[str, doc("More of it, in Markdown; empty where there is none.", "Try again **on Monday**.")]
    starts_at: Annotated[Moment, doc("From when pages show it.", "2026-06-05T16:00:00Z")]
    ends_at: Annotated[Moment, doc("Until when pages show it.", "2026-06-08T08:00:00Z")]


class RoadmapAnswer(ThingAnswer):
    """What a roadmap says of itself."""

    slug: Annotated[str, doc("Its part of addresses. It stays for good.", "vat-mtd")]
    url: Annotated[str, doc("Its home page.", f"{HOME}/")]
    api_url: Annotated[str, doc("All of it, in this API.", API)]
    title: Annotated[str, doc("Its title.", "VAT (MTD) roadmap")]
    description: Annotated[str, doc("What it is about, in a sentence or two.", "What is live, and what comes next.")]
    contact: Annotated[ContactAnswer, doc("Whom to ask.")]
    environments: Annotated[
        list[EnvironmentLabel],
        doc("What it calls the environments, in the order in which an item passes through them."),
    ]
    fields: Annotated[list[FieldDefinitionAnswer], doc("The columns that it adds to its items, in their order.")]
    footer: Annotated[str, doc("What stands at the foot of its pages, in Markdown.", "Dates may change.")]
    notice: Annotated[
        NoticeAnswer | None, doc("Its notice, whether it is still to come, on or past; null where there is none.")
    ]


class PageAnswer(ThingAnswer):
    """A page of guidance."""

    slug: Annotated[str, doc("Its part of its address.", "who-we-are")]
    url: Annotated[str, doc("The page.", f"{HOME}/pages/who-we-are/")]
    api_url: Annotated[str, doc("The same in this API, with its HTML.", f"{API}/pages/who-we-are")]
    title: Annotated[str, doc("Its title.", "Who we are")]
    body: Annotated[str, doc("Its text, in Markdown as it was written.", "We support **software developers**.")]
    is_on_home: Annotated[bool, doc("Whether it is shown on the roadmap's home page too.", False)]
    position: Position


class ReleaseAnswer(ThingAnswer):
    """A dated group of items."""

    url: Annotated[str, doc("Where the roadmap shows it with its items.", f"{HOME}/items/#release-1a2b3c4d")]
    title: Annotated[str, doc("Its title.", "Near term")]
    when: Annotated[DateAnswer | None, doc("Its date, or the one that its title is. Null where it has none.")]
    horizon: Annotated[Horizon | None, doc("How near it is; null where that is not said.", "near")]
    is_deployed: Annotated[bool, doc("Whether it has gone live, and its items with it.", False)]
    introduction: Annotated[str, doc("What it says before its items, in Markdown.", "Subject to testing.")]
    position: Position


class ReleaseNamed(ApiShape):
    """The release that an item is in."""

    uid: Uid
    title: Annotated[str, doc("Its title.", "Near term")]


class ApiVersionAnswer(ApiShape):
    """An API that an item concerns."""

    name: Annotated[str, doc("Its name.", "VAT (MTD)")]
    version: Annotated[str, doc("Its version; empty where none is given.", "1.0")]
    url: Annotated[
        str | None,
        doc("Its documentation: an http or https address, or null.", "https://developer.example.gov.uk/vat-api"),
    ]


class FieldValueAnswer(ApiShape):
    """What one item has in one of its roadmap's own columns."""

    key: Annotated[str, doc("The column's key.", "tax-years")]
    name: Annotated[str, doc("The column's heading.", "Tax years")]
    value: Annotated[str, doc("What the item has there.", "2026-27")]


class MilestoneAnswer(ApiShape):
    """An item's arrival in one environment."""

    environment: Annotated[Environment, doc("Where it arrives.", "test")]
    label: Annotated[str, doc("What its roadmap calls that environment.", "Sandbox")]
    when: Annotated[DateAnswer | None, doc("When it is expected there, or arrived. Null where no date was given.")]
    is_deployed: Annotated[bool, doc("Whether it has arrived.", True)]
    is_of_release: Annotated[bool, doc("Whether the date is that of the item's release, for want of its own.", False)]
    has_passed: Annotated[
        bool | msgspec.UnsetType,
        doc(
            "Whether the last day of its date has passed, in London, and it has not arrived. Absent from the whole "
            "roadmap and from its changes, which are for keeping a copy: there compare “end” with today’s date.",
            False,
        ),
    ] = msgspec.UNSET


class ItemAnswer(ThingAnswer):
    """One thing on a roadmap."""

    reference: Annotated[str, doc("Its reference, for good: never given to another item.", "VAT-12")]
    url: Annotated[str, doc("Its page.", f"{HOME}/items/VAT-12/")]
    api_url: Annotated[str, doc("The same in this API, with its history.", f"{API}/items/VAT-12")]
    title: Annotated[str, doc("Its title.", "Submit a correction")]
    description: Annotated[str, doc("What it is, in Markdown as it was written.", "Correct **one** return at a time.")]
    journey: Annotated[str, doc("The journey that it belongs to; empty where none is given.", "Returns")]
    kind: Annotated[
        str | None,
        doc(
            "What is delivered: api, user_interface, guide or backend. More may be added. Null where it is not said.",
            "api",
        ),
    ]
    audiences: Annotated[tuple[str, ...], doc("Whom it is for.", ["Businesses", "Agents"])]
    apis: Annotated[list[ApiVersionAnswer], doc("The APIs that it concerns.")]
    breaking: Annotated[bool | None, doc("Whether software must change for it. Null where that is not said.", False)]
    fields: Annotated[
        list[FieldValueAnswer], doc("What it has in the roadmap's own columns, in their order; not the empty ones.")
    ]
    milestones: Annotated[
        list[MilestoneAnswer], doc("Its dates, in the order of the environments; not those of which nothing is known.")
    ]
    release: Annotated[ReleaseNamed | None, doc("The release that it is in; null where it is in none.")]
    stage: Annotated[CurrentStage, doc("Where it is now.", "test")]
    stage_label: Annotated[str, doc("The same, as the pages say it.", "In sandbox")]
    enquiry_url: Annotated[
        str,
        doc(
            "A mailto address that asks about it; empty where there is nobody to ask.",
            "mailto:sdsteam@example.gov.uk?subject=VAT%20%28MTD%29%20roadmap%3A%20VAT-12%20Submit%20a%20correction",
        ),
    ]
    position: Position


class ChangelogEntryAnswer(ThingAnswer):
    """A dated note for readers."""

    url: Annotated[str, doc("Where it is.", f"{HOME}/changelog/#changelog-1a2b3c4d")]
    title: Annotated[str, doc("Its title.", "Guide renamed")]
    when: Annotated[DateAnswer | None, doc("The date that it bears.")]
    body: Annotated[str, doc("Its text, in Markdown as it was written.", "The guide is now called *End-to-end guide*.")]
    corrected_at: Annotated[
        Moment | None,
        doc("When its words were last corrected, in UTC. Null where they never were.", "2026-03-25T10:00:00Z"),
    ]
    position: Position


# Whole answers


class RoadmapListed(RoadmapAnswer):
    """A roadmap with its newest edition."""

    edition: Annotated[EditionSeenAnswer, doc("Its newest edition.")]


class RoadmapList(ApiShape):
    """The roadmaps that are published."""

    roadmaps: Annotated[list[RoadmapListed], doc("In their order.")]


class WholeRoadmap(ApiShape):
    """All that a roadmap has, as it stands."""

    edition: Newest
    cursor: Annotated[
        str, doc("Where this answer ends: give it to “changes” to be told what came later.", EXAMPLE_CURSOR)
    ]
    roadmap: Annotated[RoadmapAnswer, doc("What it says of itself.")]
    pages: Annotated[list[PageAnswer], doc("In their order.")]
    releases: Annotated[list[ReleaseAnswer], doc("In their order.")]
    items: Annotated[list[ItemAnswer], doc("By release, then in their order.")]
    changelog: Annotated[list[ChangelogEntryAnswer], doc("Newest first.")]


class PartOfList(ApiShape):
    """Part of a list, and the ways to the rest."""

    edition: Newest
    total: Annotated[int, doc("How many there are on all pages.", 29)]
    page: Annotated[int, doc("Which page this is, from 1.", 1)]
    page_size: Annotated[int, doc("How many a page has at most.", 100)]
    next: Annotated[
        str | None,
        doc("The address of the next page; null on the last.", f"{API}/items?stage=test&page=2&page_size=100"),
    ]
    previous: Annotated[str | None, doc("The address of the page before; null on the first.", None)]


class ItemList(PartOfList):
    """Items."""

    items: Annotated[list[ItemAnswer], doc("By release, then in their order.")]


class PageList(ApiShape):
    """The pages of guidance."""

    edition: Newest
    pages: Annotated[list[PageAnswer], doc("In their order.")]


class PageWithHtml(PageAnswer):
    """A page of guidance with its text as HTML."""

    body_html: Annotated[
        str,
        doc(
            "Its text as safe HTML, its highest headings h2.", "<p>We support <strong>software developers</strong>.</p>"
        ),
    ]


class Changelog(ApiShape):
    """The changelog."""

    edition: Newest
    changelog: Annotated[list[ChangelogEntryAnswer], doc("Newest first.")]


class ParameterProblem(ApiShape):
    """What is wrong with one parameter."""

    parameter: Annotated[str, doc("Its name.", "stage")]
    detail: WhatToDo


class ProblemAnswer(ApiShape):
    """Why a request was not answered (RFC 9457)."""

    type: Annotated[str, doc("Always “about:blank”: the status says what sort of problem it is.", "about:blank")]
    title: Annotated[str, doc("The status in words.", "Bad Request")]
    status: Annotated[int, doc("The HTTP status.", 400)]
    detail: WhatToDo
    errors: Annotated[
        list[ParameterProblem] | msgspec.UnsetType,
        doc("The parameters that are wrong, each with what to do; absent where none is to blame."),
    ] = msgspec.UNSET
