"""The filters as a form: what can be chosen, how many items each choice would show, and what is chosen already.

A page gives it what its form needs, so that the page of items and that of changes offer the same. Asks the database
nothing; reckoned when a template first asks for it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.http import QueryDict

from roadmap.content.choices import Environment, Stage
from roadmap.content.fields import ITEM_FIELDS
from roadmap.content.shapes import Answer, Choice
from roadmap.content.snapshot import PlacedItem
from roadmap.published.filter_values import FACETS, in_order, meant, slug_of, values_of
from roadmap.published.filter_words import words_of
from roadmap.published.filters import CONTROLS, MAX_WORDS_LENGTH, NAMES, NO_RELEASE, STAGES, Filters, Problem
from roadmap.published.roadmap import CAPACITY, PublishedRoadmap
from roadmap.web.addresses import Addresses

# Of the filters that are groups of checkboxes.
LEGENDS = {"stage": "Stage"} | {
    name: field.page for name in NAMES for field in ITEM_FIELDS if field.facet == name and field.page
}
# What stands before a chosen value, besides.
BEFORE = {"item": "Item", "q": "Containing", "changed_since": ""}
ANSWERS = {"yes": "Yes", "no": "No", "unknown": "Not known"}
MANY = 8  # choices of one filter: more of them scroll in a box of their own


@dataclass(frozen=True)
class Option:
    id: str
    value: str
    label: str
    count: int | None  # of the items that this value would show, the other filters being as they are
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """One filter as a group of checkboxes."""

    name: str
    legend: str
    options: Sequence[Option]
    error: str = ""

    @property
    def is_long(self) -> bool:
        return len(self.options) > MANY


@dataclass(frozen=True)
class Box:
    """One filter as a text field."""

    name: str
    label: str
    hint: str
    value: str
    error: str = ""


@dataclass(frozen=True)
class Chosen:
    words: str
    url: str  # of the page without it


class FilterPanel:
    def __init__(
        self,
        published: PublishedRoadmap,
        filters: Filters,
        typed: QueryDict,
        *,
        addresses: Addresses,
        noun: str,
        problems: Sequence[Problem] = (),
        kept: Sequence[tuple[str, str]] = (),
        leaves_out: Sequence[str] = (),
        has_counts: bool = True,
    ):
        """`noun` is what the page lists, and its name: "items".

        With `problems`, `filters` are those that were understood; `typed` is what was. `kept` are the names and values
        of the page's address that are no filters, `leaves_out` names filters that the page has another field for, and
        without `has_counts` no choice says how many items it would show: where the page lists something else.
        """
        self._published = published
        self._filters = filters
        self._typed = typed
        self.action = addresses.to(noun)
        self._addresses = addresses
        self.noun = noun
        self.problems = problems
        self._kept = kept
        self._leaves_out = leaves_out
        self._has_counts = has_counts and not problems

    # The form

    @cached_property
    def facets(self) -> list[Facet]:
        """Without those in which there is nothing to choose."""
        found = [self._facet(name) for name in LEGENDS if name not in self._leaves_out]
        return [one for one in found if one.options or one.error]

    @cached_property
    def boxes(self) -> list[Box]:
        """Words to look for first: it is the quickest. A reference has a field only while it is wrong."""
        hint = "A date, like 24 March 2026, or the number of an edition, like 12"
        boxes = [
            self._box("q", "Search", "In titles, descriptions, APIs and references"),
            self._box("changed_since", "Changed since", hint),
            self._box("item", "Reference", "For example, VAT-12"),
        ]
        return [one for one in boxes if one.name not in self._leaves_out and (one.name != "item" or one.error)]

    @property
    def search(self) -> Box | None:
        return next((one for one in self.boxes if one.name == "q"), None)

    @property
    def boxes_below(self) -> list[Box]:
        return [one for one in self.boxes if one.name != "q"]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form has no field for, and sends again all the same."""
        offered = {one.name for one in self.facets} | {one.name for one in self.boxes}
        return [*self._kept, *(pair for pair in self._filters.values if pair[0] not in offered)]

    def _box(self, name: str, label: str, hint: str) -> Box:
        values = dict.fromkeys(" ".join(one.translate(CONTROLS).split()) for one in self._typed.getlist(name))
        return Box(name, label, hint, " ".join(value for value in values if value), self._error(name))

    def _error(self, name: str) -> str:
        return " ".join(one.message for one in self.problems if one.name == name)

    # Checkboxes

    def _facet(self, name: str) -> Facet:
        chosen = [value for one, value in self._filters.values if one == name]
        values = self._values(name)
        values += [value for value in chosen if value not in values]
        labels = self._labels(name, values)
        counts = self._counts(name, chosen) if self._has_counts else None
        options = [
            Option(
                id=name if number == 1 else f"{name}-{number}",
                value=value,
                label=labels[value],
                count=counts[value] if counts is not None else None,
                is_chosen=value in chosen,
            )
            for number, value in enumerate(values, start=1)
        ]
        return Facet(name, LEGENDS[name], options, self._error(name))

    def _values(self, name: str) -> list[str]:
        """That any item has now, in the order of the choices; nothing where that tells none of them from another."""
        there = _there(self._published)[name]
        match name:
            case "stage":
                return [one.value for one in STAGES if one.value in there]
            case "release":
                titles = dict.fromkeys(slug_of(one.title) for one in self._published.snapshot.releases)
                found = [slug for slug in titles if slug in there]
                return [*found, NO_RELEASE] if found and NO_RELEASE in there else found
        return in_order(FACETS[name], there) if there.keys() != {"unknown"} else []

    def _labels(self, name: str, values: list[str]) -> dict[str, str]:
        labels = _labels_of(self._published)[name]
        no_more = [value for value in values if value not in labels]
        words = words_of(name, no_more, self._filters, self._published) if no_more else []
        return {**labels, **dict(zip(no_more, words, strict=True))}

    def _counts(self, name: str, chosen: Sequence[str]) -> Counter[str]:
        if not self._filters:
            return _there(self._published)[name]
        around = self._selected_but(name) if chosen else self._selected
        counts = Counter(value for item in around for value in _values_of(item, name))
        if name == "release":
            # One chosen by a title that it had: no item says that any more.
            for slug in chosen:
                uids = meant(self._filters.releases[slug])
                counts[slug] = sum(item.content.release_uid in uids for item in around)
        return counts

    @cached_property
    def _selected(self) -> list[PlacedItem]:
        return self._selected_but("")

    def _selected_but(self, name: str) -> list[PlacedItem]:
        return [
            one
            for one in self._published.snapshot.items
            if self._filters.matches(one, but=name) and (self._changed is None or one.content.uid in self._changed)
        ]

    @cached_property
    def _changed(self) -> set[str] | None:
        return self._filters.changed(self._published)

    # What is chosen

    @property
    def chosen(self) -> Iterator[Chosen]:
        for name in dict.fromkeys(name for name, _ in self._filters.values):
            values = [value for one, value in self._filters.values if one == name]
            words = words_of(name, values, self._filters, self._published)
            if name in FACETS and isinstance(FACETS[name].shape, Answer):
                words = [ANSWERS[value] for value in values]
            for value, said in zip(values, words, strict=True):
                before = LEGENDS.get(name, BEFORE.get(name, ""))
                text = f"{before}: {said}" if name in LEGENDS else f"{before} {said}".strip()
                # Nothing that a reader pasted turns the words about it round.
                text = "".join(one for one in text if one.isprintable())
                yield Chosen(text[:1].upper() + text[1:], self._url(self._filters.without(name, value)))

    @property
    def is_chosen(self) -> bool:
        return bool(self._filters)

    @property
    def clear_url(self) -> str:
        return self._url([])

    def _url(self, query: Sequence[tuple[str, str]]) -> str:
        return self._addresses.to(self.noun, query=[*self._kept, *query])


# The same for every request until the next Edition.


@lru_cache(maxsize=CAPACITY)
def _there(published: PublishedRoadmap) -> dict[str, Counter[str]]:
    """By filter, every value that any item has now, and how many have it."""
    items = published.snapshot.items
    return {name: Counter(value for item in items for value in _values_of(item, name)) for name in LEGENDS}


@lru_cache(maxsize=CAPACITY)
def _labels_of(published: PublishedRoadmap) -> dict[str, dict[str, str]]:
    """By filter, what its values are called now."""
    labels = published.snapshot.roadmap.labels
    found: dict[str, dict[str, str]] = {
        "stage": {Stage.BACKLOG: "Backlog", **{Stage(one.value): labels.stage(one) for one in Environment}},
        "release": {
            **{slug_of(release.title): release.title for release in published.snapshot.releases},
            NO_RELEASE: "Not in a release",
        },
    }
    for name, field in FACETS.items():
        match field.shape:
            case Choice() as shape:
                found[name] = {value: shape.words(value) for value in shape.labels}
            case Answer():
                found[name] = ANSWERS
            case shape:
                names = (name for item in published.snapshot.items for name in shape.facets(field.of(item.content)))
                found[name] = {slug_of(name): name for name in names}
    return found


def _values_of(item: PlacedItem, name: str) -> set[str]:
    """By which that filter finds the item."""
    if name == "stage":
        return {item.stage.value}
    if name == "release":
        return {slug_of(item.release.title) if item.release else NO_RELEASE}
    return values_of(item.content, FACETS[name])
