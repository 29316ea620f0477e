"""The two sides that a plan brings together: what a source says, as Contents, and what is there.

Nothing is matched here. A part of the source goes by its key ("item:3") until planning finds out which thing it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.text import slugify
from rapidfuzz import fuzz

from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, Environment, Noun
from roadmap.content.shapes import names_in
from roadmap.content.things import (
    ApiVersion,
    ChangelogEntryContent,
    Contact,
    Content,
    EnvironmentLabels,
    FieldDefinition,
    FieldValueContent,
    ItemContent,
    PageContent,
    ReleaseContent,
    RoadmapContent,
    noun_of,
)
from roadmap.dates import UnclearDate, parse
from roadmap.models.import_origin import Origin
from roadmap.models.roadmap import Api, Roadmap
from roadmap.techdocs.parse.identity import Identity
from roadmap.techdocs.parse.result import ParsedField, ParsedRoadmap
from roadmap.techdocs.plan.similarity import Traits, folded
from roadmap.working_copies.to_content import contents

# A column whose heading is so much like one that is gone is the same column, reworded.
_SAME_COLUMN = 85.0
_MAX_KEY_LENGTH = 70

# A text of fewer words is nobody's own.
_TELLING = 5


@dataclass(frozen=True)
class Part:
    """Immutable: one thing that the source says. Its uid, and that of its release, are keys of parts."""

    key: str
    content: Content
    source: str
    identity: Identity | None = None

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


@dataclass(frozen=True)
class Apis:
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
    for content in contents(roadmap):
        if origin := origins.pop(content.uid, None):
            base = origin.as_content()
            there = There(content.uid, content, base, base, origin.source)
        else:
            there = There(content.uid, content, None, content)
        found[noun_of(content)].append(there)
    for uid, origin in origins.items():
        base = origin.as_content()
        found[Noun(origin.noun)].append(There(uid, None, base, base, origin.source))
    for some in found.values():
        # As the source had them: of two rows that say the same, the first stays the first.
        some.sort(key=lambda one: (one.base is None, getattr(one.base, "position", 0)))
    return found


def apis_of(parsed: ParsedRoadmap) -> Apis:
    """An API is one, however its name is written; what the site has goes before what a source says."""
    there = {name.casefold(): (name, url) for name, url in Api.objects.values_list("name", "url")}
    said: dict[str, tuple[str, str]] = {}
    for item in parsed.items:
        for api in item.apis:
            key = api.name.casefold()
            name, url = said.get(key, (api.name, ""))
            said[key] = (name, url or api.url)
    return Apis(there, said)


def said(parsed: ParsedRoadmap, apis: Apis, keys: Mapping[str, str]) -> dict[Noun, list[Part]]:
    """Everything that a source says but for the roadmap itself, by noun. `keys` are those of the columns by name."""
    return {
        Noun.PAGE: [
            _part(
                Noun.PAGE,
                index,
                PageContent(
                    uid="", slug=page.slug, title=page.title, body=page.body, is_on_home=page.is_on_home, position=index
                ),
                f"{page.path}:{page.line}",
                page.identity,
            )
            for index, page in enumerate(parsed.pages)
        ],
        Noun.RELEASE: [
            _part(
                Noun.RELEASE,
                index,
                ReleaseContent(
                    uid="",
                    title=release.title,
                    typed=release.when,
                    horizon=release.horizon,
                    is_deployed=release.is_deployed,
                    introduction=release.introduction,
                    position=index,
                ),
                f"{release.path}:{release.line}",
                release.identity,
            )
            for index, release in enumerate(parsed.releases)
        ],
        Noun.ITEM: [
            _part(Noun.ITEM, index, _item(parsed, index, apis, keys), f"{item.path}:{item.line}", item.identity)
            for index, item in enumerate(parsed.items)
        ],
        Noun.CHANGELOG_ENTRY: [
            _part(
                Noun.CHANGELOG_ENTRY,
                index,
                ChangelogEntryContent(uid="", title=entry.title, typed=entry.when, body=entry.body, position=index),
                f"{entry.path}:{entry.line}",
                entry.identity,
            )
            for index, entry in enumerate(parsed.entries)
        ],
    }


def _part(noun: Noun, index: int, content: Content, source: str, identity: Identity | None) -> Part:
    key = f"{noun}:{index}"
    own: dict[str, Any] = {} if identity is None else {"position": identity.position}
    if identity is not None and noun is Noun.ITEM:
        own["reference"] = identity.reference
    return Part(key, msgspec.structs.replace(content, uid=key, **own), source, identity)


def _item(parsed: ParsedRoadmap, index: int, apis: Apis, keys: Mapping[str, str]) -> ItemContent:
    item = parsed.items[index]
    # As the working copies will give it back: each audience, API and milestone once, in their order.
    milestones = {one.environment: one for one in reversed(item.milestones) if one.typed or one.is_deployed}
    named = {(api.name, api.version): api for api in (apis.named(one) for one in item.apis)}
    return ItemContent(
        uid="",
        reference="",
        title=item.title,
        description=item.description,
        journey=item.journey,
        kind=item.kind,
        audiences=names_in(", ".join(item.audiences)),
        apis=tuple(named.values()),
        is_breaking=item.is_breaking,
        fields=tuple(
            FieldValueContent(key=key, value=value)
            for key, value in sorted({keys[column_name(name)]: value for name, value in item.fields}.items())
            if value
        ),
        milestones=tuple(milestones[one] for one in Environment if one in milestones),
        release_uid="" if item.release is None else f"{Noun.RELEASE}:{item.release}",
        position=index,
    )


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
        for one in ((roadmap.ours, roadmap.base) if roadmap else ())
        if isinstance(one, RoadmapContent)
        for column in one.fields
    ]
    wanted = [column_name(field.name) for field in fields]
    found: dict[str, str] = {column_name(field.name): field.key for field in fields if field.key}
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
            labels=EnvironmentLabels(**{one.value: label for one, label in DEFAULT_ENVIRONMENT_LABELS.items()}),
            hides_date_history=bool(parsed.identity and parsed.identity.hides_date_history),
        )
    )
    found = parsed.contact
    explained = {column.key: column.explanation for column in unsaid.fields} if not (there and there.base) else {}
    labels = {one.value: unsaid.labels[one] for one in Environment} | dict(parsed.environment_labels)
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
        if found and parsed.identity
        else Contact(
            email=contact or (found.email if found else "") or unsaid.contact.email,
            subject=(found.subject if found else "") or unsaid.contact.subject,
            name=(found.name if found else "") or unsaid.contact.name,
        ),
        labels=EnvironmentLabels(**labels),
        fields=tuple(columns.values()),
        position=0,
    )


# What things are recognised by


def traits(content: Content, *, place: str = "", is_known: bool = True) -> Traits:
    """`place` is the title of an item's release."""
    match content:
        case ItemContent():
            return _item_traits(content, place, is_known)
        case PageContent():
            title, body = folded(content.title), folded(content.body)
            return Traits((content.slug,), (title, _telling(body)), ((title, 0.3), (body, 0.7)), is_known=is_known)
        case ReleaseContent():
            title, when = _dated(content.title), _dated(content.typed)
            return Traits(
                (f"{title}|{when}|{content.horizon}", f"{title}|{when}"),
                (title, when, _telling(folded(content.introduction))),
                (("" if _is_date(content.title) else title, 1.0),),
                is_known=is_known,
            )
        case ChangelogEntryContent():
            title, when, body = folded(content.title), _dated(content.typed), folded(content.body)
            return Traits(
                (f"{title}|{when}|{body}", f"{title}|{when}"),
                # Two notes of one title and different months are two notes, unless the source itself corrected one.
                (title, _telling(body)) if is_known else (),
                ((title, 0.4), (body, 0.5), (when, 0.1)),
                is_known=is_known,
            )
    raise TypeError(f"a {type(content).__name__} is not matched")


def _item_traits(content: ItemContent, place: str, is_known: bool) -> Traits:
    title, description, journey = (folded(text) for text in (content.title, content.description, content.journey))
    apis = sorted(folded(api.name) for api in content.apis)
    text = f"{title}|{description}"
    whole = f"{text}|{journey}|{apis}|{content.kind}"
    return Traits(
        (f"{whole}|{place}", whole, f"{text}|{journey}", text),
        (title, _telling(description)),
        ((title, 0.4), (description, 0.45), (journey, 0.15)),
        frozenset(apis),
        place,
        is_known,
    )


def _telling(text: str) -> str:
    return text if text.count(" ") + 1 >= _TELLING else ""


def _dated(text: str) -> str:
    """ "Oct 2018" and "October 2018" are one month."""
    try:
        return parse(text).display if text else ""
    except UnclearDate:
        return folded(text)


def _is_date(text: str) -> bool:
    try:
        return bool(parse(text))
    except UnclearDate:
        return False


def titles(things: Iterable[Content]) -> dict[str, str]:
    """By uid, of releases."""
    return {one.uid: one.title for one in things if isinstance(one, ReleaseContent)}
