"""The filters as a form: what can be chosen, how many items each choice would show, and what is chosen already.

A page gives it what its form needs, so that the page of items and that of changes offer the same. Asks the database
nothing; reckoned when a template first asks for it.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.http import QueryDict

from roadmap.content.choices import Environment, Stage
from roadmap.content.fields import ITEM_FIELDS
from roadmap.content.shapes import Answer, Choice
from roadmap.content.snapshot import PlacedItem
from roadmap.published.filter_values import FACETS, in_order, meant, slug_of, values_of
from roadmap.published.filter_words import words_of
from roadmap.published.filters import CONTROLS, NAMES, NO_RELEASE, STAGES, Filters, Problem
from roadmap.published.roadmap import CAPACITY, PublishedRoadmap
from roadmap.web.pages.reading import RoadmapReading

# Of the filters that are groups of checkboxes.
LEGENDS = {"stage": "Stage"} | {
    name: field.page for name in NAMES for field in ITEM_FIELDS if field.facet == name and field.page
}
# What stands before a chosen value, besides.
BEFORE = {"item": "Item", "q": "Containing", "changed_since": ""}
ANSWERS = {"yes": "Yes", "no": "No", "unknown": "Not known"}


@dataclass(frozen=True)
class FacetOption:
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
    options: Sequence[FacetOption]
    error: str = ""


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


@dataclass(frozen=True, eq=False)
class FilterPanel:
    """What follows from these is reckoned when a template first asks for it."""

    reading: RoadmapReading
    filters: Filters  # with `problems`, those that were understood
    typed: QueryDict
    noun: str  # what the page lists, and its name: "items" or "changes"
    problems: Sequence[Problem] = ()
    kept: Sequence[tuple[str, str]] = ()  # names and values of the page's address that are no filters

    @property
    def action(self) -> str:
        return self._url()

    # The form

    @cached_property
    def facets(self) -> list[Facet]:
        """Without those in which there is nothing to choose."""
        return [facet for facet in map(self._facet, LEGENDS) if facet.options or facet.error]

    @cached_property
    def boxes(self) -> list[Box]:
        """Words to look for first: it is the quickest. A reference has a field only while it is wrong."""
        hint = "A date, like 24 March 2026, or the number of an edition, like 12"
        boxes = [self._box("q", "Search", "In titles, descriptions, APIs and references")]
        if self.noun == "items":  # the page of changes has another field for that
            boxes.append(self._box("changed_since", "Changed since", hint))
        reference = self._box("item", "Reference", "For example, VAT-12")
        return [*boxes, reference] if reference.error else boxes

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form has no field for, and sends again all the same."""
        offered = {facet.name for facet in self.facets} | {box.name for box in self.boxes}
        return [*self.kept, *(pair for pair in self.filters.values if pair[0] not in offered)]

    def _box(self, name: str, label: str, hint: str) -> Box:
        values = dict.fromkeys(" ".join(value.translate(CONTROLS).split()) for value in self.typed.getlist(name))
        return Box(name, label, hint, " ".join(value for value in values if value), self._error(name))

    def _error(self, name: str) -> str:
        return " ".join(problem.message for problem in self.problems if problem.name == name)

    # Checkboxes

    def _facet(self, name: str) -> Facet:
        chosen = [value for key, value in self.filters.values if key == name]
        values = self._values(name)
        values += [value for value in chosen if value not in values]
        labels = self._labels(name, values)
        # Not where other things are listed than items.
        counts = self._counts(name, chosen) if self.noun == "items" and not self.problems else None
        options = [
            FacetOption(
                id=f"{name}-{number}" if number > 1 else name,
                value=value,
                label=labels[value],
                count=None if counts is None else counts[value],
                is_chosen=value in chosen,
            )
            for number, value in enumerate(values, start=1)
        ]
        return Facet(name, LEGENDS[name], options, self._error(name))

    def _values(self, name: str) -> list[str]:
        """That any item has now, in the order of the choices; nothing where that tells none of them from another."""
        there = _there(self.reading.published)[name]
        match name:
            case "stage":
                return [stage.value for stage in STAGES if stage.value in there]
            case "release":
                titles = dict.fromkeys(slug_of(release.title) for release in self.reading.snapshot.releases)
                found = [slug for slug in titles if slug in there]
                return [*found, NO_RELEASE] if found and NO_RELEASE in there else found
        if isinstance(FACETS[name].shape, Answer) and there.keys() == {"unknown"}:
            return []
        return in_order(FACETS[name], there)

    def _labels(self, name: str, values: list[str]) -> dict[str, str]:
        labels = _labels_of(self.reading.published)[name]
        no_more = [value for value in values if value not in labels]
        words = words_of(name, no_more, self.filters, self.reading.published) if no_more else []
        return {**labels, **dict(zip(no_more, words, strict=True))}

    def _counts(self, name: str, chosen: Sequence[str]) -> Counter[str]:
        if not self.filters:
            return _there(self.reading.published)[name]
        around = self._selected_but(name) if chosen else self._selected
        counts = Counter(value for item in around for value in _values_of(item, name))
        if name == "release":
            # One chosen by a title that it had: no item says that any more.
            for slug in chosen:
                uids = meant(self.filters.releases[slug])
                counts[slug] = sum(item.content.release_uid in uids for item in around)
        return counts

    @cached_property
    def _selected(self) -> list[PlacedItem]:
        return self._selected_but("")

    def _selected_but(self, name: str) -> list[PlacedItem]:
        return [
            item
            for item in self.reading.snapshot.items
            if self.filters.matches(item, but=name) and (self._changed is None or item.content.uid in self._changed)
        ]

    @cached_property
    def _changed(self) -> set[str] | None:
        return self.filters.changed(self.reading.published)

    # What is chosen

    @property
    def chosen(self) -> Iterator[Chosen]:
        for name in dict.fromkeys(name for name, _ in self.filters.values):
            values = [value for key, value in self.filters.values if key == name]
            words = words_of(name, values, self.filters, self.reading.published)
            if name in FACETS and isinstance(FACETS[name].shape, Answer):
                words = [ANSWERS[value] for value in values]
            for value, said in zip(values, words, strict=True):
                before = LEGENDS.get(name, BEFORE.get(name, ""))
                text = f"{before}: {said}" if name in LEGENDS else f"{before} {said}".strip()
                # Nothing that a reader pasted turns the words about it round.
                text = "".join(character for character in text if character.isprintable())
                yield Chosen(text[:1].upper() + text[1:], self._url([*self.kept, *self.filters.without(name, value)]))

    @property
    def is_chosen(self) -> bool:
        return bool(self.filters)

    @property
    def clear_url(self) -> str:
        return self._url(self.kept)

    def _url(self, query: Sequence[tuple[str, str]] = ()) -> str:
        return self.reading.addresses.to(self.noun, query=query)


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
        "stage": {
            Stage.BACKLOG: "Backlog",
            **{Stage(environment.value): labels.stage(environment) for environment in Environment},
        },
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


def _values_of(item: PlacedItem, name: str) -> Collection[str]:
    """By which that filter finds the item."""
    if name == "stage":
        return {item.stage.value}
    if name == "release":
        return {slug_of(item.release.title) if item.release else NO_RELEASE}
    return values_of(item.content, FACETS[name])
