"""The two sides that a plan brings together: what a source says, as Contents, and what is there.

Nothing is matched here. A part of the source goes by its key ("item:3") until planning finds out which thing it is.
What reads the same in Markdown is the same: a date with "(deployed)" typed or said beside it, two spaces, the end of a
line within a paragraph. An export shows the one as the other, and whoever imports it has changed nothing.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count, pairwise
from typing import Any, cast

import msgspec
from django.utils.text import slugify
from rapidfuzz import fuzz

from roadmap.content import things
from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, Environment, Noun
from roadmap.content.fields import FIELDS, field_told
from roadmap.content.merge import AnyContent, parts, with_parts
from roadmap.content.shapes import Apis, Milestones, Names, OwnValues, Place, Prose, ReleaseLink, names_in
from roadmap.content.snapshot import Snapshot
from roadmap.markdown import plain_text
from roadmap.models import Api, Origin, Roadmap
from roadmap.models.uids import UidText
from roadmap.techdocs import cells
from roadmap.techdocs.cells import plain_shown
from roadmap.techdocs.parse.home import MAX_DESCRIPTION_LENGTH
from roadmap.techdocs.parse.result import ParsedEntry, ParsedField, ParsedItem, ParsedPage, ParsedRelease, ParsedRoadmap
from roadmap.techdocs.plan.plan import title_of
from roadmap.techdocs.sources.source import Doubt
from roadmap.techdocs.texts import MARKDOWN, shown
from roadmap.working_copies.to_content import contents

# A column whose heading is so much like one that is gone is the same column, reworded.
_SAME_COLUMN = 85.0
_WORDS, _FEW_WORDS = re.compile(r"\w+"), 3
_MAX_KEY_LENGTH = 70
# Its end is one that another sentence follows, so that "e.g. this" goes on. A few words are a label.
_SENTENCE, _WORDS_OF_SENTENCE = re.compile(r".+?[.!?](?=\s+[^\sa-z]|\s*$)"), 5
MAX_SLUG_LENGTH = 80

# How each API is called and where it leads, by its name in small letters.
KnownApis = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Part:
    """Immutable: one thing that the source says. Its uid, and that of its release, are keys of parts."""

    key: str
    content: things.Content
    source: str

    @property
    def title(self) -> str:
        return title_of(self.content)


@dataclass(frozen=True)
class There:
    """Immutable: one thing that is there, or was when an import said it."""

    ours: things.Content | None  # None where staff have deleted it since, or an import has withdrawn it
    base: things.Content | None  # as the last import that had it said it; None where none did
    source: str = ""
    place: int = 0  # where readers see it among its like: of what is not there any more, after all others
    is_gone: bool = False  # an import has withdrawn it: what comes back is the same thing

    @property
    def known(self) -> things.Content:
        """What it is recognised by: the source's own words where there are any, not what staff made of them."""
        return cast(things.Content, self.base or self.ours)

    @property
    def uid(self) -> str:
        return self.known.uid


def what_is_there(roadmap: Roadmap | None, copies: Iterable[things.Content] | None = None) -> dict[Noun, list[There]]:
    """Every thing of the roadmap by noun: what the last import said, in its order, then what staff made.

    `copies` are its working copies, where they have been read.
    """
    found: dict[Noun, list[There]] = {noun: [] for noun in Noun}
    if roadmap is None:
        return found
    kept = Origin.objects.filter(roadmap=roadmap).order_by("pk")
    rows = kept.values_list(UidText("uid"), "noun", "content", "source")
    origins = {uid: (Noun(noun), text, source) for uid, noun, text, source in rows}
    there = [*(contents(roadmap) if copies is None else copies)]
    snapshot = Snapshot(there)
    items = [item.content for item in snapshot.items]
    lists: tuple[Sequence[things.Content], ...] = (snapshot.pages, snapshot.releases, items, snapshot.changelog)
    places = {content.uid: place for some in lists for place, content in enumerate(some)}
    for content in there:
        noun, text, source = origins.pop(content.uid, (None, "", ""))
        # What staff have brought back is theirs.
        base = things.from_json(noun, text) if noun and source else None
        found[things.noun_of(content)].append(There(content, base, source, places.get(content.uid, 0)))
    for noun, text, source in origins.values():
        # What an import has withdrawn has no source any more.
        found[noun].append(There(None, things.from_json(noun, text), source, len(there), is_gone=not source))
    for some in found.values():
        # As the source had them, or as readers see them: of two that say the same, the first stays the first.
        some.sort(key=lambda thing: (thing.is_gone, thing.base is None, getattr(thing.base, "position", thing.place)))
    return found


@dataclass(frozen=True)
class ApisOfSource:
    """Immutable: all APIs, and name and address of those that are new, or have no address yet and are given one."""

    known: KnownApis
    to_write: tuple[tuple[str, str], ...]
    doubts: tuple[Doubt, ...]


def known_apis(parsed: ParsedRoadmap, roadmap: Roadmap | None) -> ApisOfSource:
    """An API is one, however its name is written; what the site has goes before what a source says.

    What another roadmap shows is not for whoever imports this one to change: that is said instead.
    """
    there = {name.casefold(): (name, url) for name, url in Api.objects.values_list("name", "url")}
    others = Roadmap.objects.exclude(pk=roadmap.pk) if roadmap else Roadmap.objects.all()
    shown = Api.objects.filter(url="", items__roadmap__in=others).values_list("name", flat=True).distinct()
    of_others = {name.casefold() for name in shown}
    known, doubts = {**there}, dict[str, Doubt]()
    for item in parsed.items:
        for api in item.apis:
            key = api.name.casefold()
            name, url = known.get(key, (api.name, ""))
            if api.url and key in of_others:
                text = (
                    f"“{name}” has no address here, and {api.url} in the source. Other roadmaps show it too, so it "
                    "stays without: a publisher can give it one, under APIs."
                )
                doubts.setdefault(key, Doubt(item.path, item.line, text))
            else:
                known[key] = (name, url or api.url)
    return ApisOfSource(
        known, tuple(found for key, found in known.items() if found != there.get(key)), (*doubts.values(),)
    )


def with_known_apis(content: Any, known: KnownApis) -> Any:
    """An item with each of its APIs once, by the name that it has, and with its address. Any other as it is."""
    if not isinstance(content, things.ItemContent):
        return content
    found = ((api.version, *known.get(api.name.casefold(), (api.name, api.url))) for api in content.apis)
    apis = {(name, version): things.ApiVersion(name=name, version=version, url=url) for version, name, url in found}
    return msgspec.structs.replace(content, apis=tuple(apis.values()))


def said(parsed: ParsedRoadmap, apis: KnownApis, keys: Mapping[str, str]) -> dict[Noun, list[Part]]:
    """Everything that a source says but for the roadmap itself, by noun. `keys` are those of the columns by name."""
    found: dict[Noun, list[Part]] = {}
    lists: Mapping[Noun, Sequence[ParsedPage | ParsedRelease | ParsedItem | ParsedEntry]] = {
        Noun.PAGE: parsed.pages,
        Noun.RELEASE: parsed.releases,
        Noun.ITEM: parsed.items,
        Noun.CHANGELOG_ENTRY: parsed.entries,
    }
    for noun, parsed_things in lists.items():
        found[noun] = []
        for index, thing in enumerate(parsed_things):
            key = f"{noun}:{index}"
            content = things.CONTENT_OF[noun](**{"uid": key, "position": index, **_values(noun, thing, keys)})
            found[noun].append(Part(key, with_known_apis(content, apis), f"{thing.path}:{thing.line}"))
    return found


def _values(noun: Noun, thing: Any, keys: Mapping[str, str]) -> dict[str, Any]:
    """By field, as the working copies will give it back: each name and milestone once, in their order."""
    found: dict[str, Any] = {}
    for field in FIELDS[noun]:
        if isinstance(field.shape, Place):
            continue
        value = thing.says(field) if noun is Noun.ITEM else getattr(thing, field.told_as)
        match field.shape:
            case Names():
                value = names_in(", ".join(value))
            case Milestones():
                dates = {date.environment: date for date in reversed(value) if date.typed or date.is_deployed}
                value = tuple(dates[environment] for environment in Environment if environment in dates)
            case OwnValues():
                own = {keys[column_name(name)]: text for name, text in thing.fields}
                value = tuple(things.FieldValueContent(key=key, value=own[key]) for key in sorted(own) if own[key])
            case ReleaseLink():
                value = "" if thing.release is None else f"{Noun.RELEASE}:{thing.release}"
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


def column_keys(parsed: ParsedRoadmap, roadmap: There | None, items: Iterable[There] = ()) -> dict[str, str]:
    """By the name of each column, folded, the key of the one that it is; a new one gets a key that is free.

    `items` are those that are there: a column that says the same of them, where another stood, is that by a new name.
    """
    columns = [
        (column_name(column.name), column.key)
        for content in ((roadmap.ours, roadmap.base) if roadmap else ())
        for column in getattr(content, "fields", ())
    ]
    headings = {column_name(field.name): field.name for field in columns_of(parsed)}
    alike = [
        (-score, index, name, key)
        for index, name in enumerate(headings)
        for key, other in {key: other for other, key in columns}.items()
        if (score := _SAME_COLUMN if _holds(name, other) else fuzz.ratio(name, other)) >= _SAME_COLUMN
    ]
    found: dict[str, str] = {}
    for name, key in [*columns, *((name, key) for *_, name, key in sorted(alike))]:
        if name in headings and name not in found and key not in found.values():
            found[name] = key
    stood = getattr(roadmap.known, "fields", ()) if roadmap else ()
    for name, column in zip(headings, stood, strict=False):
        if name not in found and column.key not in found.values() and _say_the_same(parsed, name, column.key, items):
            found[name] = column.key
    taken = {key for _, key in columns}
    for name, heading in headings.items():
        if name not in found:
            found[name] = free_name(slugify(heading)[:_MAX_KEY_LENGTH].strip("-") or "field", taken)
            taken.add(found[name])
    return found


def _holds(name: str, other: str) -> bool:
    """Whether one of two headings is the other with words around it: several words, for one or two are in many."""
    short, long = sorted((_WORDS.findall(heading) for heading in (name, other)), key=len)
    return len(short) >= _FEW_WORDS and f" {' '.join(short)} " in f" {' '.join(long)} "


def _say_the_same(parsed: ParsedRoadmap, name: str, key: str, items: Iterable[There]) -> bool:
    """Of every item that both speak of, known by its title; and most of what the old one says is among that."""
    was = {
        column_name(title_of(item.known)): plain_shown(value.value)
        for item in items
        for value in getattr(item.known, "fields", ())
        if value.key == key
    }
    now = {
        column_name(item.title): plain_shown(text)
        for item in parsed.items
        for column, text in item.fields
        if column_name(column) == name and text
    }
    both = was.keys() & now.keys()
    return 2 * len(both) > len(was) and all(was[title] == now[title] for title in both)


def free_name(wanted: str, taken: Collection[str], *, before_number: str = "-") -> str:
    """The name, or where it is taken the first of those with a number that is not, no longer than a slug may be."""
    endings = chain([""], (f"{before_number}{number}" for number in count(2)))
    names = (wanted[: MAX_SLUG_LENGTH - len(ending)] + ending for ending in endings)
    return next(name for name in names if name not in taken)


def proposed_description(parsed: ParsedRoadmap) -> str:
    """The first sentence of the first page that begins with one, for a roadmap that does not say what it is."""
    for page in parsed.pages:
        tokens = MARKDOWN.parse(page.body)
        for token, inline in pairwise(tokens):
            if token.type == "paragraph_open" and token.level == 0:
                found = _SENTENCE.match(plain_text(inline.content))
                if found and len(found[0].split()) >= _WORDS_OF_SENTENCE and len(found[0]) <= MAX_DESCRIPTION_LENGTH:
                    return found[0]
                break
    return ""


def roadmap_said(
    parsed: ParsedRoadmap, slug: str, contact: str, keys: Mapping[str, str], there: There | None
) -> things.RoadmapContent:
    """What the source says of the roadmap itself. What it does not mention is as the last import said, or as it is."""
    found = parsed.contact
    if there:
        unsaid = cast(things.RoadmapContent, there.known)
    else:
        labels = things.EnvironmentLabels(**{key.value: label for key, label in DEFAULT_ENVIRONMENT_LABELS.items()})
        unsaid = things.RoadmapContent(
            uid=str(Noun.ROADMAP), slug=slug, title=parsed.title, contact=things.Contact(), labels=labels
        )
    addressed = {name: getattr(found, name, "") for name in ("email", "subject", "name")}
    if not (found and found.is_all):
        addressed = {name: text or getattr(unsaid.contact, name) for name, text in addressed.items()}
    explained = {column.key: column.explanation for column in unsaid.fields} if not (there and there.base) else {}
    columns = [(keys[column_name(field.name)], field) for field in columns_of(parsed)]
    # One that was proposed at the first import is so at the next, and one that is gone from the source has a successor.
    lacks_description = there is None or bool(there.base and unsaid.description)
    return msgspec.structs.replace(
        unsaid,
        title=parsed.title,
        # Unlike a contact, these can be gone from a source: then they are from the roadmap.
        description=parsed.description or (proposed_description(parsed) if lacks_description else ""),
        footer=parsed.footer or "",
        contact=things.Contact(**{**addressed, "email": contact or addressed["email"]}),
        labels=msgspec.structs.replace(unsaid.labels, **dict(parsed.environment_labels)),
        fields=tuple(
            things.FieldDefinition(key=key, name=field.name, explanation=field.explanation or explained.get(key, ""))
            for key, field in columns
        ),
        position=0,
    )


# What reads the same


def as_known(said: AnyContent, *known: things.Content | None) -> AnyContent:
    """What a source says, each part as the first of those known has it that reads the same."""
    found = parts(said)
    for content in reversed([content for content in known if content is not None]):
        for name, value in parts(content).items():
            if found.get(name) != value and _reads(content, name, found.get(name)) == _reads(content, name, value):
                found[name] = value
    return with_parts(said, found)


def _reads(content: things.Content, name: str, value: Any) -> Any:
    field = field_told(things.noun_of(content), name)
    if isinstance(value, things.FieldDefinition):
        return plain_shown(value.name), shown(value.explanation)
    if isinstance(value, things.FieldValueContent):
        return plain_shown(value.value)
    if field and isinstance(field.shape, Milestones | Apis):
        return cells.show(field, value)
    if not isinstance(value, str):
        return "" if value is None else value
    if field and isinstance(field.shape, Prose):
        in_cell = isinstance(content, things.ItemContent) and cells.fits(value)
        return cells.show(field, value) if in_cell else shown(value)
    return plain_shown(value)
