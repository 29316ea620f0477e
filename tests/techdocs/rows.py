"""ParsedRoadmaps by hand: what parsing would give, for the tests of what comes after it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from roadmap.content.choices import Environment
from roadmap.content.fields import ITEM_FIELDS
from roadmap.content.things import ApiVersion, MilestoneContent
from roadmap.techdocs.parse.result import (
    ParsedContact,
    ParsedEntry,
    ParsedField,
    ParsedItem,
    ParsedPage,
    ParsedRelease,
    ParsedRoadmap,
    WordCount,
)

CONTACT = ParsedContact("parcels@example.gov.uk", "Parcel roadmap", "Parcel Team", "index.md", 3)


_OF_THE_ROW = ("path", "line", "fields", "release")


def item(title: str, description: str = "", **said: Any) -> ParsedItem:
    return _but_item(ParsedItem({}, "index.md", 0), {"title": title, "description": description, **said})


def said(parsed: ParsedRoadmap) -> list[Any]:
    """Its items, with what each says under the name of the field."""
    return [
        SimpleNamespace(
            **{field.name: one.says(field) for field in ITEM_FIELDS}
            | {name: getattr(one, name) for name in _OF_THE_ROW},
        )
        for one in parsed.items
    ]


def _but_item(one: ParsedItem, values: dict[str, Any]) -> ParsedItem:
    of_the_row = {name: value for name, value in values.items() if name in _OF_THE_ROW}
    said = {name: value for name, value in values.items() if name not in _OF_THE_ROW}
    return replace(one, values={**one.values, **said}, **of_the_row)


def release(title: str, when: str = "", **fields: Any) -> ParsedRelease:
    said = {"horizon": None, "is_deployed": False, "introduction": "", "path": "index.md", "line": 0, **fields}
    return ParsedRelease(title=title, when=when, **said)


def page(title: str, slug: str, body: str = "", **fields: Any) -> ParsedPage:
    said = {"is_on_home": False, "path": "index.md", "line": 0, **fields}
    return ParsedPage(title=title, slug=slug, body=body, **said)


def entry(title: str, when: str, body: str = "") -> ParsedEntry:
    return ParsedEntry(title, when, body, "index.md", 0)


def column(name: str, explanation: str = "") -> ParsedField:
    return ParsedField(name, explanation, "index.md", 4)


def live(when: str = "", *, is_deployed: bool = False) -> MilestoneContent:
    return MilestoneContent(environment=Environment.LIVE, typed=when, is_deployed=is_deployed)


def api(name: str, version: str = "", url: str = "") -> ApiVersion:
    return ApiVersion(name=name, version=version, url=url)


def parsed(**said: Any) -> ParsedRoadmap:
    """Each release is (ParsedRelease, its items); `items` are those in none. Every part stands on a line of its own."""
    releases = said.pop("releases", ())
    items = [*said.pop("items", ())]
    for number, (_, inside) in enumerate(releases):
        items += [_at(one, release=number) for one in inside]
    whole: dict[str, Any] = {
        "title": "Parcel tax roadmap",
        "path": "index.md",
        "line": 1,
        "description": None,
        "footer": None,
        "contact": CONTACT,
        "pages": (),
        "entries": (),
        "doubts": (),
        "word_count": WordCount(0, 0, ()),
        "paths": ("index.md",),
        **said,
    }
    return ParsedRoadmap(
        **whole,
        releases=tuple(_at(one, line=20 + number) for number, (one, _) in enumerate(releases)),
        items=tuple(_at(one, line=100 + number) for number, one in enumerate(items)),
    )


def _at(part: Any, **values: Any) -> Any:
    if isinstance(part, ParsedItem):
        return _but_item(part, values)
    return type(part)(**{**{name: getattr(part, name) for name in part.__dataclass_fields__}, **values})
