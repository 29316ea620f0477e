"""A small roadmap that is nowhere published, for the example answers of the documentation.

They are made from it by what makes real answers, so they cannot say anything that the API does not.
"""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from msgspec import convert
from msgspec.json import schema

from roadmap.content.choices import Noun
from roadmap.content.comparison import compare
from roadmap.content.fields import ITEM_FIELDS
from roadmap.content.shapes import Place
from roadmap.content.things import CONTENT_OF, Content, noun_of
from roadmap.published import store
from roadmap.published.history import History, ThingTold, ToldChange
from roadmap.web.api.history_schemas import EditionList
from roadmap.web.api.pagination import USUAL_SIZE, Paging
from roadmap.web.api.schemas import ApiShape, Changelog, ItemAnswer, ItemList, PageList, RoadmapList
from roadmap.web.api.serialise import Values
from roadmap.web.api.sync import Cursor, changes_since, whole

SITE = "https://roadmaps.example.gov.uk"
SLUG, REFERENCE, PAGE = "vat-mtd", "VAT-12", "who-we-are"
SINCE = Cursor.after_edition(1)

_DAYS = [datetime.datetime(2026, 3, day, 9, 30, tzinfo=datetime.UTC) for day in (3, 24)]
_NOTES = ["", "A date moves"]
_REASON = "Testing takes longer."
_RENAMED = "It is now the end-to-end guide."
_UID = "5b0c4b8e-2f0a-4c3e-9a51-0d3c2f1b7a1{}"


def _contents(test: str) -> list[Content]:
    """`test` is when the item comes to sandbox."""
    contact = {"name": "Software Developer Support Team", "email": "team@example.gov.uk"}
    said: dict[Noun, dict[str, Any]] = {
        Noun.ROADMAP: {
            "slug": SLUG,
            "title": "VAT (MTD) roadmap",
            "description": "What is live and in test, and what comes next.",
            "contact": {**contact, "subject": "VAT (MTD) roadmap"},
            "labels": {"test": "Sandbox", "controlled_go_live": "Controlled go-live", "live": "Live"},
            "fields": [{"key": "tax-years", "name": "Tax years", "explanation": "The first that it covers."}],
            "footer": "Dates may change.",
            "notice": {
                "title": "Sandbox closed for maintenance",
                "body": "Try again **on Monday**.",
                "starts_at": "2026-06-05T16:00+00:00",
                "ends_at": "2026-06-08T08:00+00:00",
            },
        },
        Noun.RELEASE: {"title": "Near term", "when": "Q3 2026", "horizon": "near", "introduction": "After testing."},
        Noun.ITEM: _item(test),
        Noun.PAGE: {"slug": PAGE, "title": "Who we are", "body": "We support **software developers**."},
        Noun.CHANGELOG_ENTRY: {"title": "Guide renamed", "when": "3 March 2026", "body": _RENAMED},
    }
    return [
        convert({"uid": _UID.format(number), **fields}, CONTENT_OF[noun])
        for number, (noun, fields) in enumerate(said.items())
    ]


def _item(test: str) -> dict[str, Any]:
    """The item that the descriptions of an item's fields are about."""
    fields = schema(ItemAnswer)["$defs"][ItemAnswer.__name__]["properties"]
    described = {
        field.name: fields[field.api]["examples"][0]
        for field in ITEM_FIELDS
        if "examples" in fields[field.api] and not isinstance(field.shape, Place)
    }
    return described | {
        "release_uid": _UID.format(1),
        "apis": [{"name": "VAT (MTD)", "version": "1.0", "url": "https://developer.example.gov.uk/vat"}],
        "fields": [{"key": "tax-years", "value": "2026-27"}],
        "milestones": [{"environment": "test", "when": test}],
    }


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


def _drafts(history: History, contents: Sequence[Content]) -> list[ThingTold]:
    return [
        ThingTold(
            noun_of(content),
            content.uid,
            str(getattr(content, "title", "")),
            content.address,
            tuple(ToldChange(change, _REASON if before else "") for change in compare(before, content, {})),
            after=content,
        )
        for content in contents
        if (before := history.contents.get(content.uid)) != content
    ]


@cache
def answers() -> dict[str, ApiShape]:
    """By operation, what it would answer."""
    values, history = example()
    edition, snapshot, today = values.edition, values.snapshot, Values(values.published, SITE, _DAYS[-1].date())
    paging = Paging(values, "api_list_items", (), 1, USUAL_SIZE)
    return {
        "list_roadmaps": RoadmapList(roadmaps=[values.roadmap_listed()]),
        "get_roadmap": whole(values),
        "list_items": paging.answer(ItemList, "items", snapshot.items, today.item),
        "get_item": today.item_with_history(snapshot.items[0], history),
        "list_pages": PageList(edition=edition, pages=values.pages()),
        "get_page": values.page_with_html(snapshot.pages[0]),
        "get_changelog": Changelog(edition=edition, changelog=values.changelog()),
        "list_editions": paging.answer(EditionList, "editions", history.editions[::-1], values.past_edition),
        "get_edition": values.edition_with_changes(history.editions[-1]),
        "get_changes": changes_since(values, SINCE, USUAL_SIZE),
    }
