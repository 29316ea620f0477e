"""The values that items give to filters: what they are now, and all that they ever were. Asks the database nothing."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf

from django.utils.text import slugify

from roadmap.content.things import ItemContent, ReleaseContent
from roadmap.published.history import History
from roadmap.published.store import CAPACITY, PublishedRoadmap


@lru_cache(maxsize=4096)
def slug_of(name: str) -> str:
    """The value by which a filter names an audience, an API or a release: "vat-mtd" of "VAT (MTD)"."""
    return slugify(name, allow_unicode=True) or name


# From which Edition on a title meant which releases, by uid, oldest first.
Meanings = tuple[tuple[int, frozenset[str]], ...]


def meant(meanings: Meanings, at: float = inf) -> frozenset[str]:
    """The releases that a title meant when Edition `at` was the newest; none where there was none of that title yet."""
    index = bisect_right(meanings, at, key=lambda one: one[0])
    return meanings[index - 1][1] if index else frozenset()


@dataclass
class Names:
    """Every value that items give to a filter."""

    audiences: set[str] = field(default_factory=set)
    apis: set[str] = field(default_factory=set)
    references: set[str] = field(default_factory=set)

    def add(self, content: object) -> None:
        if isinstance(content, ItemContent):
            self.audiences.update(map(slug_of, content.audiences))
            self.apis.update(slug_of(one.name) for one in content.apis)
            self.references.add(content.reference)


@lru_cache(maxsize=CAPACITY)
def names_now(published: PublishedRoadmap) -> Names:
    names = Names()
    for item in published.snapshot.items:
        names.add(item.content)
    return names


@lru_cache(maxsize=CAPACITY)
def names_ever(history: History) -> Names:
    names = Names()
    for edition in history.editions:
        for one in edition.told:
            names.add(one.after)
    return names


@lru_cache(maxsize=CAPACITY)
def releases_ever(history: History) -> dict[str, Meanings]:
    """By slug, what each title meant: the releases that bear it or, once none does, those that bore it last.

    So "near-term" is what is near term now, not what was near term last year too and has its own name since; and a link
    to a release by the title that it had leads to it until another is so called.
    """
    bearing: dict[str, set[str]] = defaultdict(set)
    meanings: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
    for edition in history.editions:
        touched: set[str] = set()
        # First all that lose a title, so that one that takes it over in the same Edition has it alone.
        for one in edition.told:
            if isinstance(one.before, ReleaseContent):
                slug = slug_of(one.before.title)
                bearing[slug].discard(one.uid)
                touched.add(slug)
        for one in edition.told:
            if isinstance(one.after, ReleaseContent):
                slug = slug_of(one.after.title)
                bearing[slug].add(one.uid)
                touched.add(slug)
        for slug in touched:
            if bearing[slug]:
                meanings[slug].append((edition.number, frozenset(bearing[slug])))
    return {slug: tuple(found) for slug, found in meanings.items()}
