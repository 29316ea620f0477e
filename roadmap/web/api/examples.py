"""A small roadmap that is nowhere published, for the example answers of the documentation.

They are made from it by what makes real answers, so they cannot say anything that the API does not.
"""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from roadmap.content.changes import compare
from roadmap.content.choices import Environment, Horizon, Kind
from roadmap.content.things import (
    ApiVersion,
    ChangelogEntryContent,
    Contact,
    Content,
    EnvironmentLabels,
    FieldDefinition,
    FieldValueContent,
    ItemContent,
    MilestoneContent,
    PageContent,
    ReleaseContent,
    RoadmapContent,
    noun_of,
)
from roadmap.published import store
from roadmap.published.history import Draft, History, ToldChange
from roadmap.web.api import told
from roadmap.web.api.cursor import Cursor
from roadmap.web.api.serialise import Value, Values, html
from roadmap.web.api.sync import changes_since, whole

SITE = "https://roadmaps.example.gov.uk"
SLUG, REFERENCE, PAGE, EDITION = "vat-mtd", "VAT-12", "who-we-are", 2
SINCE = Cursor.after_edition(1)

_DAYS = [datetime.datetime(2026, 3, day, 9, 30, tzinfo=datetime.UTC) for day in (3, 24)]
_NOTES = ["", "A date moves"]
_REASON = "Testing takes longer."
_UID = "5b0c4b8e-2f0a-4c3e-9a51-0d3c2f1b7a1{}"


def _contents(test: str) -> list[Content]:
    """`test` is when the item comes to sandbox."""
    return [
        RoadmapContent(
            uid=_UID.format(0),
            slug=SLUG,
            title="VAT (MTD) roadmap",
            description="What is live and in test, and what comes next.",
            contact=Contact(
                name="Software Developer Support Team", email="team@example.gov.uk", subject="VAT (MTD) roadmap"
            ),
            labels=EnvironmentLabels(test="Sandbox", controlled_go_live="Controlled go-live", live="Live"),
            fields=(FieldDefinition(key="tax-years", name="Tax years", explanation="The first that it covers."),),
            footer="Dates may change.",
        ),
        ReleaseContent(
            uid=_UID.format(1), title="Near term", typed="Q3 2026", horizon=Horizon.NEAR, introduction="After testing."
        ),
        ItemContent(
            uid=_UID.format(2),
            reference=REFERENCE,
            title="Submit a correction",
            description="Correct **one** return at a time.",
            journey="Returns",
            kind=Kind.API,
            audiences=("Businesses", "Agents"),
            apis=(ApiVersion(name="VAT (MTD)", version="1.0", url="https://developer.example.gov.uk/vat"),),
            is_breaking=False,
            fields=(FieldValueContent(key="tax-years", value="2026-27"),),
            milestones=(MilestoneContent(environment=Environment.TEST, typed=test),),
            release_uid=_UID.format(1),
        ),
        PageContent(uid=_UID.format(3), slug=PAGE, title="Who we are", body="We support **software developers**."),
        ChangelogEntryContent(
            uid=_UID.format(4), title="Guide renamed", typed="3 March 2026", body="It is now the end-to-end guide."
        ),
    ]


@cache
def example() -> tuple[Values, History]:
    """Two Editions: the second moves the item's date."""
    history = History()
    for number, (at, contents) in enumerate(zip(_DAYS, map(_contents, ("March 2026", "April 2026")), strict=True), 1):
        drafted = history.with_draft(number, at, [*_drafts(history, contents)])
        newest = replace(drafted.editions[-1], uid=_UID.format(4 + number), note=_NOTES[number - 1])
        history = History([*history.editions, newest], drafted.contents)
    published = store.made_of(SLUG, history)
    return Values(published, SITE), history


def _drafts(history: History, contents: Sequence[Content]) -> list[Draft]:
    return [
        Draft(
            noun_of(one),
            one.uid,
            str(getattr(one, "title", "")),
            one.address,
            one,
            tuple(ToldChange(change, _REASON if before else "") for change in compare(before, one, {})),
        )
        for one in contents
        if (before := history.contents.get(one.uid)) != one
    ]


@cache
def answers() -> dict[str, Value]:
    """By operation, what it would answer."""
    values, history = example()
    snapshot = values.snapshot
    item, page, edition = snapshot.items[0], snapshot.pages[0], history.editions[-1]
    one_page = {"total": 1, "page": 1, "page_size": 100, "next": None, "previous": None}
    return {
        "list_roadmaps": {"roadmaps": [{**values.roadmap(), "edition": values.edition}]},
        "get_roadmap": whole(values),
        "list_items": {"edition": values.edition, **one_page, "items": values.items()},
        "get_item": {
            **values.item(item),
            "description_html": html(item.content.description),
            "history": told.history_of_item(values, history, item.content.uid),
            "dates": told.dates_of_item(values, history, item.content.uid),
        },
        "list_pages": {"edition": values.edition, "pages": values.pages()},
        "get_page": {**values.page(page), "body_html": html(page.body)},
        "get_changelog": {"edition": values.edition, "changelog": values.changelog()},
        "list_editions": {
            "edition": values.edition,
            **one_page,
            "total": len(history.editions),
            "editions": [told.edition(values, one) for one in history.editions[::-1]],
        },
        "get_edition": told.edition_with_changes(values, history, edition),
        "get_changes": changes_since(values, SINCE, 100),
    }
