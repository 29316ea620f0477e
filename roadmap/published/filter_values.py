"""The values that items give to filters: what they are now, and all that they ever were. Asks the database nothing."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache
from math import inf
from typing import Any

from django.utils.text import slugify

from roadmap.content.fields import ITEM_FIELDS, ContentField
from roadmap.content.shapes import YES_OR_NO, Answer, Apis, Choice, Names, ReleaseLink
from roadmap.content.things import Content, ItemContent, ReleaseContent
from roadmap.published.history import History
from roadmap.published.redaction import whole
from roadmap.published.roadmap import CAPACITY, PublishedRoadmap

# The filters that ask what one field of an item says, by name. That of its release asks more: see `releases_ever`.
FACETS: dict[str, ContentField] = {
    field.facet: field for field in ITEM_FIELDS if field.facet and not isinstance(field.shape, ReleaseLink)
}


@lru_cache(maxsize=4096)
def slug_of(name: str) -> str:
    """The value by which a filter names an audience, an API or a release: "vat-mtd" of "VAT (MTD)"."""
    return slugify(name, allow_unicode=True) or name


# From which Edition on a title meant which releases, by uid, oldest first.
Meanings = tuple[tuple[int, frozenset[str]], ...]


def meant(meanings: Meanings, at: float = inf) -> frozenset[str]:
    """The releases that a title meant when Edition `at` was the newest; none where there was none of that title yet."""
    index = bisect_right(meanings, at, key=lambda meaning: meaning[0])
    return meanings[index - 1][1] if index else frozenset()


def values_of(content: ItemContent, field: ContentField) -> frozenset[str]:
    """By which the filter of that field finds the item."""
    return _values(field.facet, field.of(content))


@lru_cache(maxsize=4096)  # thousands of items say a few things, and a page asks for each of them several times
def _values(name: str, value: Any) -> frozenset[str]:
    shape = FACETS[name].shape
    names = shape.facets(value)
    return frozenset(map(slug_of, names) if isinstance(shape, Names | Apis) else names)


def in_order(field: ContentField, values: Collection[str]) -> list[str]:
    """As a filter offers them, and an address has them."""
    match field.shape:
        case Choice(labels=labels):
            return [value for value in labels if value in values]
        case Answer():
            return [value for value in YES_OR_NO.values() if value in values]
    return sorted(values)


# By the name of the filter, every value that items give to it.
Values = dict[str, set[str]]


@lru_cache(maxsize=CAPACITY)
def values_now(published: PublishedRoadmap) -> Values:
    return _all_values(item.content for item in published.snapshot.items)


@lru_cache(maxsize=CAPACITY)
def values_ever(history: History) -> Values:
    return _all_values(thing.after for edition in history.editions for thing in edition.told)


def _all_values(contents: Iterable[Content | None]) -> Values:
    found: Values = {name: set() for name in FACETS}
    for content in contents:
        if isinstance(content, ItemContent):
            for name, field in FACETS.items():
                found[name] |= values_of(content, field)
    return found


@lru_cache(maxsize=CAPACITY)
def releases_ever(history: History) -> dict[str, Meanings]:
    """By slug, what each title meant: the releases that bear it or, once none does, those that bore it last.

    So "near-term" is what is near term now, not what was near term last year too and has its own name since; and a link
    to a release by the title that it had leads to it until another is so called.
    """
    bearing: dict[str, set[str]] = defaultdict(set)
    meanings: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
    for edition in whole(history).editions:
        touched: set[str] = set()
        # First all that lose a title, so that one that takes it over in the same Edition has it alone.
        for thing in edition.told:
            if isinstance(thing.before, ReleaseContent):
                slug = slug_of(thing.before.title)
                bearing[slug].discard(thing.uid)
                touched.add(slug)
        for thing in edition.told:
            if isinstance(thing.after, ReleaseContent):
                slug = slug_of(thing.after.title)
                bearing[slug].add(thing.uid)
                touched.add(slug)
        for slug in touched:
            if bearing[slug]:
                meanings[slug].append((edition.number, frozenset(bearing[slug])))
    return {slug: tuple(found) for slug, found in meanings.items()}
