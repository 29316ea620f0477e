"""The filters that are lists of values, and the values that items give to them: now, and all that they ever were."""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import compress
from math import inf
from typing import Any
from weakref import WeakKeyDictionary

from django.utils.text import slugify

from roadmap.content.choices import BACKLOG_LABEL, DEFAULT_ENVIRONMENT_LABELS, Environment
from roadmap.content.fields import BREAKING, ITEM_FIELDS, REFERENCE, ContentField
from roadmap.content.shapes import YES_OR_NO, Answer, Apis, Choice, Names
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import Content, ItemContent, ReleaseContent
from roadmap.published.change_words import listed, repeated
from roadmap.published.history import History
from roadmap.published.redaction import with_titles
from roadmap.published.roadmap import CAPACITY, PublishedRoadmap
from roadmap.published.store import history_of

NO_RELEASE = "none"
_IN_WORDS = str.maketrans({"/": "slash", ".": "dot"})
ANSWERS = {"yes": "Yes", "no": "No", "unknown": "Not known"}

# No fields of a Content: they follow from several. What environments are called, each roadmap says.
_ENVIRONMENTS = {key.value: label for key, label in DEFAULT_ENVIRONMENT_LABELS.items()}
_STAGES = {"backlog": BACKLOG_LABEL, **_ENVIRONMENTS}
_FOLLOWING = (
    ContentField(name="stage", label="Stage", shape=Choice(labels=_STAGES), told_as="", facet="stage", page="Stage"),
    ContentField(
        name="environment",
        label="Environment",
        shape=Choice(labels=_ENVIRONMENTS),
        told_as="",
        facet="environment",
        page="With a date in",
    ),
)
_LAST = (BREAKING, REFERENCE)

# By name, in the order in which a page offers them. That of a release asks more than a field: see `releases_ever`.
FACETS = {
    field.facet: field
    for field in (*_FOLLOWING, *(field for field in ITEM_FIELDS if field not in _LAST), *_LAST)
    if field.facet
}


@lru_cache(maxsize=4096)
def slug_of(name: str) -> str:
    """The value by which a filter names an audience, an API or a release: "vat-mtd" of "VAT (MTD)".

    It may be a part of an address, so what would end that, or be no part, is in words where a name has no letters.
    """
    return slugify(name, allow_unicode=True) or slugify(name.translate(_IN_WORDS)) or name


def by_number(name: str) -> list[str]:
    """To sort by: a number within a name counts as one, VAT-2 before VAT-10."""
    return [part.zfill(9) for part in re.split(r"([0-9]+)", name)]


# From which Edition on a title meant which releases, by uid, oldest first.
Meanings = tuple[tuple[int, frozenset[str]], ...]


def meant(meanings: Meanings, at: float = inf) -> frozenset[str]:
    """The releases that a title meant when Edition `at` was the newest; none where there was none of that title yet."""
    index = bisect_right(meanings, at, key=lambda meaning: meaning[0])
    return meanings[index - 1][1] if index else frozenset()


def values_of(item: PlacedItem, name: str) -> frozenset[str]:
    """By which that filter finds the item."""
    match name:
        case "stage":
            return _values(name, item.stage)
        case "environment":
            return _having(tuple(bool(when and when.start) for when in item.progress.due))
        case "release":
            return _only(slug_of(item.release.title) if item.release else NO_RELEASE)
        case REFERENCE.facet:
            return frozenset({item.content.reference})
    return _values(name, FACETS[name].of(item.content))


# Thousands of items say a few things, and a page asks for each of them several times: they share the sets.


@lru_cache
def _having(has_date: tuple[bool, ...]) -> frozenset[str]:
    """By environment, in their order."""
    return frozenset(compress(Environment, has_date))


@lru_cache(maxsize=4096)
def _only(value: str) -> frozenset[str]:
    return frozenset({value})


@lru_cache(maxsize=4096)
def _values(name: str, value: Any) -> frozenset[str]:
    shape = FACETS[name].shape
    names = shape.facets(value)
    return frozenset(map(slug_of, names) if isinstance(shape, Names | Apis) else names)


def choices(name: str) -> list[str]:
    """The values of a filter that are the same on every roadmap; none where items bring them."""
    match FACETS[name].shape:
        case Choice(labels=labels):
            return [*labels]
        case Answer():
            return [*YES_OR_NO.values()]
    return []


def in_order(name: str, values: Collection[str]) -> list[str]:
    """As a filter offers them, and an address has them."""
    return [value for value in choices(name) or sorted(values) if value in values]


def offered(name: str, published: PublishedRoadmap) -> list[str]:
    """That any item has now, in their order; nothing where that tells none of them from another."""
    there = values_now(published)[name]
    if name == "release":
        titles = dict.fromkeys(slug_of(release.title) for release in published.snapshot.releases)
        found = [slug for slug in titles if slug in there]
        return [*found, NO_RELEASE] if found and NO_RELEASE in there else found
    if isinstance(FACETS[name].shape, Answer) and there.keys() == {"unknown"}:
        return []
    return in_order(name, there)


@lru_cache(maxsize=CAPACITY)
def values_now(published: PublishedRoadmap) -> dict[str, Counter[str]]:
    """By filter, every value that several items may have, and how many have it."""
    return {
        name: Counter({value: len(items) for value, items in having.items()})
        for name, having in items_having(published).items()
    }


@lru_cache(maxsize=CAPACITY)
def items_having(published: PublishedRoadmap) -> dict[str, dict[str, tuple[PlacedItem, ...]]]:
    """By filter and by value, the items that have it. As tuples: as sets they would take ten times the memory.

    Of a reference the snapshot tells its item.
    """
    found: dict[str, dict[str, list[PlacedItem]]] = {name: defaultdict(list) for name in _OF_SEVERAL}
    for item in published.snapshot.items:
        for having, of_item in zip(found.values(), _values_of_each(item), strict=True):
            for value in of_item:
                having[value].append(item)
    return {name: {value: tuple(items) for value, items in having.items()} for name, having in found.items()}


_OF_SEVERAL = tuple(name for name in FACETS if name != REFERENCE.facet)
_known: WeakKeyDictionary[PlacedItem, tuple[frozenset[str], ...]] = WeakKeyDictionary()


def _values_of_each(item: PlacedItem) -> tuple[frozenset[str], ...]:
    """The values of each of these, in their order. Kept, because most items are the same in the next Edition."""
    values = _known.get(item)
    if values is None:
        _known[item] = values = _shared(tuple(values_of(item, name) for name in _OF_SEVERAL))
    return values


@lru_cache(maxsize=4096)
def _shared(values: tuple[frozenset[str], ...]) -> tuple[frozenset[str], ...]:
    return values


@lru_cache(maxsize=CAPACITY)
def values_ever(history: History, name: str) -> set[str]:
    items = (thing.item_after for edition in history.editions for thing in edition.told)
    return {value for item in items if item for value in values_of(item, name)}


@lru_cache(maxsize=CAPACITY)
def renamed_apis(published: PublishedRoadmap, history: History) -> dict[str, str]:
    """Of each API that no item concerns any more, by what it was known, what took its place in all that lost it last.

    No API has more than a name. One that became two, or that went with its items, is not in it.
    """
    now, found = values_now(published)["api"], dict[str, str]()
    seen: set[str] = set()
    for edition in reversed(history.editions):
        gained: dict[str, list[frozenset[str]]] = defaultdict(list)
        for thing in edition.told:
            if thing.item_before:
                before = values_of(thing.item_before, "api")
                after = values_of(thing.item_after, "api") if thing.item_after else frozenset[str]()
                for api in before - after - now.keys() - seen:
                    gained[api].append(after - before)
        for api, several in gained.items():
            seen.add(api)
            common = frozenset.intersection(*several)
            if len(common) == 1:
                (found[api],) = common
    return found


def labels_of(name: str, values: Iterable[str], published: PublishedRoadmap) -> Mapping[str, str]:
    """What these values are called, and others: as they are now or, where there is none any more, as they were last."""
    now = _labels_now(published, name)
    values = set(values)
    if values <= now.keys():
        return now
    if published.vocabulary is not published:
        # What a chosen roadmap knows is called as that calls it: another may tell what this one keeps back.
        others = {value for value in values - now.keys() if not _is_known(name, value, published)}
        if others:
            called = labels_of(name, others, published.vocabulary)
            others_called = {value: called[value] for value in others}
            return {**labels_of(name, values - others, published), **others_called}
    editions = history_of(published).editions
    last = _names(name, (thing.after for edition in editions for thing in edition.told))
    return {**dict(zip(values, values, strict=True)), **last, **now}


def _is_known(name: str, value: str, published: PublishedRoadmap) -> bool:
    try:
        read_title(value, published) if name == "release" else read_value(name, value, published)
    except ValueError:
        return False
    return True


def named(name: str, values: list[str], published: PublishedRoadmap) -> list[str]:
    """Of each, in their order, as part of a sentence."""
    if name == "item":
        return values
    labels = {**labels_of(name, values, published)}
    if name == "release":
        labels[NO_RELEASE] = "no release"
    if name == "environment":
        labels = {value: f"with a date in {label}" for value, label in labels.items()}
    if isinstance(FACETS[name].shape, Answer):
        labels = {"yes": name, "no": f"not {name}", "unknown": f"not known whether {name}"}
    return [labels[value] for value in values]


@lru_cache(maxsize=CAPACITY * len(FACETS))
def _labels_now(published: PublishedRoadmap, name: str) -> Mapping[str, str]:
    called = published.snapshot.roadmap.labels
    match name, FACETS[name].shape:
        case "stage", _:
            return _STAGES | {environment.value: called.stage(environment) for environment in Environment}
        case "environment", _:
            return {environment.value: called[environment] for environment in Environment}
        case "release", _:
            return {**_names(name, published.snapshot.releases), NO_RELEASE: "Not in a release"}
        case _, Choice(labels=labels):
            return labels
        case _, Answer():
            return ANSWERS
    found: dict[str, str] = {}
    place = _OF_SEVERAL.index(name)
    for item in reversed(published.snapshot.items):  # the last says how it is written
        if not _values_of_each(item)[place] <= found.keys():
            found = _names(name, [item.content]) | found
    return found


def _names(name: str, contents: Iterable[Content | None]) -> dict[str, str]:
    """By slug, what releases, or that field of items, are called there."""
    found: dict[str, str] = {}
    for content in contents:
        if name == "release":
            names: Iterable[str] = [content.title] if isinstance(content, ReleaseContent) else []
        else:
            names = FACETS[name].shape.facets(FACETS[name].of(content)) if isinstance(content, ItemContent) else []
        found.update((slug_of(said), said) for said in names)
    return found


@lru_cache(maxsize=CAPACITY)
def releases_ever(history: History) -> dict[str, Meanings]:
    """By slug, what each title meant: the releases that bear it or, once none does, those that bore it last.

    So "near-term" is what is near term now, not what was near term last year too and has its own name since; and a link
    to a release by the title that it had leads to it until another is so called.
    """
    bearing: dict[str, set[str]] = defaultdict(set)
    meanings: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
    for edition in with_titles(history).editions:
        touched: set[str] = set()
        # First all that lose a title, so that one that takes it over in the same Edition has it alone.
        lost = [(set[str].discard, thing.before, thing.uid) for thing in edition.told]
        won = [(set[str].add, thing.after, thing.uid) for thing in edition.told]
        for change, content, uid in (*lost, *won):
            if isinstance(content, ReleaseContent):
                slug = slug_of(content.title)
                change(bearing[slug], uid)
                touched.add(slug)
        for slug in touched:
            if bearing[slug]:
                meanings[slug].append((edition.number, frozenset(bearing[slug])))
    return {slug: tuple(found) for slug, found in meanings.items()}


# Reading


def read_value(name: str, value: str, published: PublishedRoadmap) -> str:
    """As items give it to the filter, however it was typed. Raises ValueError in words.

    A value that was right once stays right, or a feed that somebody follows would break when its last item goes.
    """
    noun, known, typed = name, choices(name), slug_of(value)
    match FACETS[name].shape:
        case Choice():
            called, value = value, value.lower().replace("-", "_")
            if name == "environment" and value not in known:
                value = _environment(called, published) or value
        case Answer():
            noun, value = f"answer to whether it is {name}", value.lower()
        case Apis() | Names() as shape:
            noun, value = "API" if isinstance(shape, Apis) else name, slug_of(value)
        case _:  # a reference
            value = value.upper()
    if value in known:
        return value
    if not known:
        is_of_item = name == REFERENCE.facet
        there = published.snapshot.references if is_of_item else values_now(published)[name].keys()
        if value in there or value in values_ever(history_of(published), name):
            return value
        known = sorted(there, key=by_number)
    labels = {} if name == "item" else labels_of(name, known, published)
    by_label = {slug_of(labels[key]): key for key in known if key in labels}
    if typed in by_label:
        return by_label[typed]
    raise ValueError(_unknown(noun, value, [labels.get(key, key) for key in known]))


def _environment(called: str, published: PublishedRoadmap) -> str:
    """That the roadmap calls so or, where it calls none so now, that it called so last; empty for none."""
    for edition in reversed(history_of(published).editions):
        for environment in Environment:
            if slug_of(edition.roadmap.labels[environment]) == slug_of(called):
                return environment.value
    return ""


def read_title(value: str, published: PublishedRoadmap) -> tuple[str, Meanings]:
    slug = slug_of(value)
    if slug == NO_RELEASE:
        return slug, ((0, frozenset({""})),)
    meanings = releases_ever(history_of(published))
    if slug not in meanings:
        now = sorted({release.title for release in published.snapshot.releases})
        raise ValueError(_unknown("release", slug, [*now, NO_RELEASE]))
    return slug, meanings[slug]


def _unknown(noun: str, value: str, known: list[str]) -> str:
    choice = f"Choose from {listed(known)}." if known else f"No item has an {noun}." if noun[0] in "aA" else ""
    return f"There is no {noun} called “{repeated(value)}”. {choice}".strip()
