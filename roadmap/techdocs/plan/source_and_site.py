"""The two sides that a plan brings together: what a source says, as Contents, and what is there.

Nothing is matched here. A part of the source goes by its key ("item:3") until planning finds out which thing it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.text import slugify
from rapidfuzz import fuzz

from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, Environment, Noun
from roadmap.content.fields import FIELDS, ITEM_FIELDS
from roadmap.content.shapes import Apis, Milestones, Names, OwnValues, Place, ReleaseLink, names_in
from roadmap.content.snapshot import Snapshot
from roadmap.content.things import (
    CONTENT_OF,
    ApiVersion,
    Contact,
    Content,
    EnvironmentLabels,
    FieldDefinition,
    FieldValueContent,
    RoadmapContent,
    noun_of,
)
from roadmap.models.import_origin import Origin
from roadmap.models.roadmap import Api, Roadmap
from roadmap.techdocs.parse.result import ParsedEntry, ParsedField, ParsedItem, ParsedPage, ParsedRelease, ParsedRoadmap
from roadmap.working_copies.to_content import contents

# A column whose heading is so much like one that is gone is the same column, reworded.
_SAME_COLUMN = 85.0
_MAX_KEY_LENGTH = 70


@dataclass(frozen=True)
class Part:
    """Immutable: one thing that the source says. Its uid, and that of its release, are keys of parts."""

    key: str
    content: Content
    source: str

    @property
    def title(self) -> str:
        return str(getattr(self.content, "title", ""))


@dataclass(frozen=True)
class There:
    """Immutable: one thing that is there, or was when the last import said it."""

    uid: str
    ours: Content | None
    """None where staff have deleted it since."""
    base: Content | None
    """As the last import said it; None where none did."""
    known: Content
    """What it is recognised by: the source's own words where there are any, not what staff made of them."""
    source: str = ""
    place: int = 0
    """Where readers see it among its like: of what is not there any more, after all others."""


@dataclass(frozen=True)
class KnownApis:
    """Immutable: how each API is called and where it leads, by its name in small letters."""

    there: Mapping[str, tuple[str, str]]
    said: Mapping[str, tuple[str, str]]

    def named(self, api: ApiVersion) -> ApiVersion:
        """With the name that the API has, and its address."""
        key = api.name.casefold()
        name, url = self.there.get(key) or self.said.get(key) or (api.name, api.url)
        return ApiVersion(name=name, version=api.version, url=url or self.said.get(key, ("", ""))[1])

    @property
    def to_write(self) -> tuple[tuple[str, str], ...]:
        """Name and address of those that are new, or have no address yet and are given one."""
        return tuple(
            (self.there[key][0], url) if key in self.there else (name, url)
            for key, (name, url) in self.said.items()
            if key not in self.there or (url and not self.there[key][1])
        )


def what_is_there(roadmap: Roadmap | None) -> dict[Noun, list[There]]:
    """Every thing of the roadmap by noun: what the last import said, in its order, then what staff made."""
    found: dict[Noun, list[There]] = {noun: [] for noun in Noun}
    if roadmap is None:
        return found
    origins = {str(origin.uid): origin for origin in Origin.objects.filter(roadmap=roadmap)}
    there = [*contents(roadmap)]
    places = _places(Snapshot(there))
    for content in there:
        origin = origins.pop(content.uid, None)
        base = origin.as_content() if origin else None
        source = origin.source if origin else ""
        thing = There(content.uid, content, base, base or content, source, places.get(content.uid, 0))
        found[noun_of(content)].append(thing)
    for uid, origin in origins.items():
        base = origin.as_content()
        found[Noun(origin.noun)].append(There(uid, None, base, base, origin.source, len(there)))
    for some in found.values():
        # As the source had them, or as readers see them: of two that say the same, the first stays the first.
        some.sort(key=lambda thing: (thing.base is None, getattr(thing.base, "position", thing.place)))
    return found


def _places(snapshot: Snapshot) -> dict[str, int]:
    items = [item.content for item in snapshot.items]
    lists: tuple[Sequence[Content], ...] = (snapshot.pages, snapshot.releases, items, snapshot.changelog)
    return {content.uid: place for some in lists for place, content in enumerate(some)}


def apis_of(parsed: ParsedRoadmap) -> KnownApis:
    """An API is one, however its name is written; what the site has goes before what a source says."""
    there = {name.casefold(): (name, url) for name, url in Api.objects.values_list("name", "url")}
    said: dict[str, tuple[str, str]] = {}
    for item in parsed.items:
        for api in item.apis:
            key = api.name.casefold()
            name, url = said.get(key, (api.name, ""))
            said[key] = (name, url or api.url)
    return KnownApis(there, said)


def said(parsed: ParsedRoadmap, apis: KnownApis, keys: Mapping[str, str]) -> dict[Noun, list[Part]]:
    """Everything that a source says but for the roadmap itself, by noun. `keys` are those of the columns by name."""
    found: dict[Noun, list[Part]] = {}
    lists: Mapping[Noun, Sequence[ParsedPage | ParsedRelease | ParsedItem | ParsedEntry]] = {
        Noun.PAGE: parsed.pages,
        Noun.RELEASE: parsed.releases,
        Noun.ITEM: parsed.items,
        Noun.CHANGELOG_ENTRY: parsed.entries,
    }
    for noun, things in lists.items():
        found[noun] = []
        for index, thing in enumerate(things):
            if isinstance(thing, ParsedItem):
                values = _values(thing, apis, keys)
            else:
                fields = (field for field in FIELDS[noun] if not isinstance(field.shape, Place))
                values = {field.name: getattr(thing, field.told_as) for field in fields}
            key = f"{noun}:{index}"
            content = CONTENT_OF[noun](**{"uid": key, "position": index, **values})
            found[noun].append(Part(key, content, f"{thing.path}:{thing.line}"))
    return found


def _values(item: ParsedItem, apis: KnownApis, keys: Mapping[str, str]) -> dict[str, Any]:
    """By field, as the working copies will give it back: each name, API and milestone once, in their order."""
    found: dict[str, Any] = {}
    for field in ITEM_FIELDS:
        value = item.says(field)
        match field.shape:
            case Names():
                value = names_in(", ".join(value))
            case Apis():
                named = (apis.named(api) for api in value)
                value = tuple({(api.name, api.version): api for api in named}.values())
            case Milestones():
                dates = {
                    milestone.environment: milestone
                    for milestone in reversed(value)
                    if milestone.typed or milestone.is_deployed
                }
                value = tuple(dates[environment] for environment in Environment if environment in dates)
            case OwnValues():
                own = {keys[column_name(name)]: text for name, text in item.fields}
                value = tuple(FieldValueContent(key=key, value=text) for key, text in sorted(own.items()) if text)
            case ReleaseLink():
                value = "" if item.release is None else f"{Noun.RELEASE}:{item.release}"
            case Place():
                continue
        found[field.name] = value
    return found


def column_name(name: str) -> str:
    """What a column is known by in a source: its heading without regard to case and white space."""
    return " ".join(name.casefold().split())


def columns_of(parsed: ParsedRoadmap) -> list[ParsedField]:
    """The columns of a source, those that only an item mentions too."""
    found = {column_name(field.name): field for field in reversed(parsed.fields)}
    found = dict(reversed(found.items()))
    for item in parsed.items:
        for name, _ in item.fields:
            found.setdefault(column_name(name), ParsedField(name, "", item.path, item.line))
    return [*found.values()]


def column_keys(fields: Sequence[ParsedField], roadmap: There | None) -> dict[str, str]:
    """By the name of each column, folded, the key of the one that it is; a new one gets a key that is free."""
    columns = [
        (column.key, column_name(column.name))
        for content in ((roadmap.ours, roadmap.base) if roadmap else ())
        if isinstance(content, RoadmapContent)
        for column in content.fields
    ]
    wanted = [column_name(field.name) for field in fields]
    found: dict[str, str] = {}
    for key, name in columns:
        if name in wanted and name not in found and key not in found.values():
            found[name] = key
    pairs = sorted(
        (-fuzz.ratio(name, other), wanted.index(name), name, key)
        for name in wanted
        for key, other in dict(columns).items()
        if name not in found and fuzz.ratio(name, other) >= _SAME_COLUMN
    )
    for _, _, name, key in pairs:
        if name not in found and key not in found.values():
            found[name] = key
    taken = {key for key, _ in columns}
    for field in fields:
        name = column_name(field.name)
        if name not in found:
            base = slugify(field.name)[:_MAX_KEY_LENGTH].strip("-") or "field"
            endings = ("", *(f"-{number}" for number in range(2, len(taken) + 3)))
            found[name] = next(base + ending for ending in endings if base + ending not in taken)
            taken.add(found[name])
    return found


def roadmap_said(
    parsed: ParsedRoadmap, slug: str, contact: str, keys: Mapping[str, str], there: There | None
) -> RoadmapContent:
    """What the source says of the roadmap itself. What it does not mention is as the last import said, or as it is."""
    known = there.known if there else None
    unsaid = (
        known
        if isinstance(known, RoadmapContent)
        else RoadmapContent(
            uid=str(Noun.ROADMAP),
            slug=slug,
            title=parsed.title,
            contact=Contact(name=contact or (parsed.contact.email if parsed.contact else "")),
            labels=EnvironmentLabels(
                **{environment.value: label for environment, label in DEFAULT_ENVIRONMENT_LABELS.items()}
            ),
        )
    )
    found = parsed.contact
    explained = {column.key: column.explanation for column in unsaid.fields} if not (there and there.base) else {}
    labels = {environment.value: unsaid.labels[environment] for environment in Environment} | dict(
        parsed.environment_labels
    )
    columns = {
        keys[column_name(field.name)]: FieldDefinition(
            key=keys[column_name(field.name)],
            name=field.name,
            explanation=field.explanation or explained.get(keys[column_name(field.name)], ""),
        )
        for field in columns_of(parsed)
    }
    return msgspec.structs.replace(
        unsaid,
        title=parsed.title,
        # Unlike a contact, these can be gone from a source: then they are from the roadmap.
        description=parsed.description or "",
        footer=parsed.footer or "",
        contact=Contact(email=contact or found.email, subject=found.subject, name=found.name)
        if found and found.is_all
        else Contact(
            email=contact or (found.email if found else "") or unsaid.contact.email,
            subject=(found.subject if found else "") or unsaid.contact.subject,
            name=(found.name if found else "") or unsaid.contact.name,
        ),
        labels=EnvironmentLabels(**labels),
        fields=tuple(columns.values()),
        position=0,
    )
