"""The shapes of the things that a roadmap is made of, as the API answers them: one model a noun, and their parts.

They document and are not run: an answer is made by roadmap.web.api.serialise, and tests hold every one against these.
A name here is a promise: docs/api.md says what may change. Every field has a description and an example.
"""

import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from roadmap.content.choices import Environment, Horizon, Stage

_UID = "6f0c4b8e-2f0a-4c3e-9a51-0d3c2f1b7a10"


class CurrentStage(StrEnum):
    """Where an item is. What was withdrawn is not there."""

    BACKLOG = Stage.BACKLOG.value
    TEST = Stage.TEST.value
    CONTROLLED_GO_LIVE = Stage.CONTROLLED_GO_LIVE.value
    LIVE = Stage.LIVE.value


def described(description: str, *example: Any, **rules: Any) -> Any:
    """A field. Without an example: it holds other models, which have theirs."""
    return Field(description=description, examples=[*example] or None, **rules)


def uid() -> Any:
    return described("Its identifier, for good: titles and addresses may change, this never does.", _UID)


def position() -> Any:
    return described("Its place in its list, as far as its editors gave one: see “Order”.", 3)


class Date(Schema):
    """An approximate date: what was typed, and the days that it can mean."""

    text: str = described("As it was typed.", "Q3 2026")
    display: str = described("As the pages show it on its own.", "July to September 2026")
    start: datetime.date | None = described(
        "The first day that it can mean. Null where there is no date: to be confirmed, or not applicable.", "2026-07-01"
    )
    end: datetime.date | None = described(
        "The last day that it can mean, included. Null where there is no date, or where it has no end.", "2026-09-30"
    )
    is_to_be_confirmed: bool = described("There is no date yet.", False)
    is_provisional: bool = described("There is a date, and it or its end is still to be confirmed.", False)
    is_not_applicable: bool = described("There will be no date.", False)
    is_deadline: bool = described("It may come sooner: “by September 2026”.", False)


class EditionSeen(Schema):
    """Which edition an answer tells of: one act of publishing."""

    number: int = described("Counted from 1 in each roadmap, in the order in which readers saw them.", 7)
    published_at: datetime.datetime = described("When readers could first see it, in UTC.", "2026-03-24T09:30:00Z")


class Contact(Schema):
    """Whom to ask about a roadmap."""

    name: str = described("The team.", "Software Developer Support Team")
    email: str = described("Its address; empty where there is none.", "sdsteam@example.gov.uk")
    subject: str = described("The subject with which an email to it begins.", "VAT (MTD) roadmap")


class EnvironmentLabel(Schema):
    """What a roadmap calls one of the environments."""

    environment: Environment = described("The environment, by the name that is the same in every roadmap.", "test")
    label: str = described("What this roadmap calls it.", "Sandbox")


class FieldDefinition(Schema):
    """A column that a roadmap adds to its items."""

    key: str = described("Its name within this roadmap, for good.", "tax-years")
    name: str = described("Its heading.", "Tax years")
    explanation: str = described("What it means, in Markdown.", "The first tax year to which it applies.")


class Roadmap(Schema):
    """What a roadmap says of itself."""

    uid: UUID = uid()
    slug: str = described("Its part of addresses. It stays for good.", "vat-mtd")
    url: str = described("Its home page.", "https://example.gov.uk/vat-mtd/")
    api_url: str = described("All of it, in this API.", "https://example.gov.uk/api/v1/roadmaps/vat-mtd")
    title: str = described("Its title.", "VAT (MTD) roadmap")
    description: str = described("What it is about, in a sentence or two.", "What is live, and what comes next.")
    contact: Contact = described("Whom to ask.")
    environments: list[EnvironmentLabel] = described(
        "What it calls the environments, in the order in which an item passes through them."
    )
    fields: list[FieldDefinition] = described("The columns that it adds to its items, in their order.")
    footer: str = described("What stands at the foot of its pages, in Markdown.", "Dates may change.")


class Page(Schema):
    """A page of guidance."""

    uid: UUID = uid()
    slug: str = described("Its part of its address.", "who-we-are")
    url: str = described("The page.", "https://example.gov.uk/vat-mtd/pages/who-we-are/")
    api_url: str = described(
        "The same in this API, with its HTML.", "https://example.gov.uk/api/v1/roadmaps/vat-mtd/pages/who-we-are"
    )
    title: str = described("Its title.", "Who we are")
    body: str = described("Its text, in Markdown as it was written.", "We support **software developers**.")
    is_on_home: bool = described("Whether it is shown on the roadmap's home page too.", False)
    position: int = position()


class PageWithHtml(Page):
    """A page of guidance with its text as HTML."""

    body_html: str = described(
        "Its text as safe HTML, its highest headings h2.", "<p>We support <strong>software developers</strong>.</p>"
    )


class Release(Schema):
    """A dated group of items."""

    uid: UUID = uid()
    url: str = described(
        "Where the roadmap shows it with its items.", "https://example.gov.uk/vat-mtd/items/#release-1a2b3c4d"
    )
    title: str = described("Its title.", "Near term")
    when: Date | None = described("Its date, or the one that its title is. Null where it has none.")
    horizon: Horizon | None = described("How near it is; null where that is not said.", "near")
    is_deployed: bool = described("Whether it has gone live, and its items with it.", False)
    introduction: str = described("What it says before its items, in Markdown.", "Subject to testing.")
    position: int = position()


class ReleaseNamed(Schema):
    """The release that an item is in."""

    uid: UUID = uid()
    title: str = described("Its title.", "Near term")


class ApiVersion(Schema):
    """An API that an item concerns."""

    name: str = described("Its name.", "VAT (MTD)")
    version: str = described("Its version; empty where none is given.", "1.0")
    url: str | None = described(
        "Its documentation: an http or https address, or null.", "https://developer.example.gov.uk/vat-api"
    )


class FieldValue(Schema):
    """What one item has in one of its roadmap's own columns."""

    key: str = described("The column's key.", "tax-years")
    name: str = described("The column's heading.", "Tax years")
    value: str = described("What the item has there.", "2026-27")


class Milestone(Schema):
    """An item's arrival in one environment."""

    environment: Environment = described("Where it arrives.", "test")
    label: str = described("What its roadmap calls that environment.", "Sandbox")
    when: Date | None = described("When it is expected there, or arrived. Null where no date was given.")
    is_deployed: bool = described("Whether it has arrived.", True)
    is_of_release: bool = described("Whether the date is that of the item's release, for want of its own.", False)


class Item(Schema):
    """One thing on a roadmap."""

    uid: UUID = uid()
    reference: str = described("Its reference, for good: never given to another item.", "VAT-12")
    url: str = described("Its page.", "https://example.gov.uk/vat-mtd/items/VAT-12/")
    api_url: str = described(
        "The same in this API, with its history.", "https://example.gov.uk/api/v1/roadmaps/vat-mtd/items/VAT-12"
    )
    title: str = described("Its title.", "Submit a correction")
    description: str = described("What it is, in Markdown as it was written.", "Correct **one** return at a time.")
    journey: str = described("The journey that it belongs to; empty where none is given.", "Returns")
    kind: str | None = described(
        "What is delivered: api, user_interface, guide or backend. More may be added. Null where it is not said.", "api"
    )
    audiences: list[str] = described("Whom it is for.", ["Businesses", "Agents"])
    apis: list[ApiVersion] = described("The APIs that it concerns.")
    breaking: bool | None = described("Whether software must change for it. Null where that is not said.", False)
    fields: list[FieldValue] = described(
        "What it has in the roadmap's own columns, in their order; not the empty ones."
    )
    milestones: list[Milestone] = described(
        "Its dates, in the order of the environments; not those of which nothing is known."
    )
    release: ReleaseNamed | None = described("The release that it is in; null where it is in none.")
    stage: CurrentStage = described("Where it is now.", "test")
    stage_label: str = described("The same, as the pages say it.", "In sandbox")
    enquiry_url: str = described(
        "A mailto address that asks about it; empty where there is nobody to ask.",
        "mailto:sdsteam@example.gov.uk?subject=VAT%20%28MTD%29%20roadmap%3A%20VAT-12%20Submit%20a%20correction",
    )
    position: int = position()


class ChangelogEntry(Schema):
    """A dated note for readers."""

    uid: UUID = uid()
    url: str = described("Where it is.", "https://example.gov.uk/vat-mtd/changelog/#changelog-1a2b3c4d")
    title: str = described("Its title.", "Guide renamed")
    when: Date | None = described("The date that it bears.")
    body: str = described("Its text, in Markdown as it was written.", "The guide is now called *End-to-end guide*.")
    corrected_at: datetime.datetime | None = described(
        "When its words were last corrected, in UTC. Null where they never were.", "2026-03-25T10:00:00Z"
    )
    position: int = position()
