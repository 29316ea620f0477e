"""The filters as a form: what can be chosen, how many items each choice would show, and what is chosen already.

A page gives it what its form needs, so that the page of items and that of changes offer the same. Asks the database
nothing; reckoned when a template first asks for it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

from roadmap.content.snapshot import PlacedItem
from roadmap.published.filter_values import FACETS, items_having, labels_of, meant, offered, values_now
from roadmap.published.filters import CONTROLS, NAMES, Filters, Problem, misspelt
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.web.pages.reading import RoadmapReading

# Of the filters that are groups of checkboxes.
LEGENDS = {name: field.page for name, field in FACETS.items() if field.page}
# What stands before a chosen value, besides.
BEFORE = {"item": "Item", "q": "Containing", "changed_since": ""}


def misspelt_names(query: QueryDict, *besides: str) -> list[Problem]:
    """For above the results. None has a field to lead to. `besides` are what the page takes that is no filter."""
    return [problem._replace(name="") for problem in misspelt(query, (*NAMES, *besides))]


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
    def published(self) -> PublishedRoadmap:
        return self.reading.published

    @property
    def action(self) -> str:
        return self._url([])

    # The form

    @cached_property
    def facets(self) -> list[dict[str, Any]]:
        """As groups of checkboxes, without those in which there is nothing to choose."""
        return [facet for facet in map(self._facet, LEGENDS) if facet["options"] or facet["error"]]

    @cached_property
    def boxes(self) -> list[dict[str, Any]]:
        """As text fields. Words to look for first, the quickest. A reference has a field only while it is wrong."""
        hint = "A date, for example 24 March 2026, or the number of an edition, for example 12"
        boxes = [self._box("q", "Search", "In titles, descriptions, APIs and references")]
        if self.noun == "items":  # the page of changes has another field for that
            boxes.append(self._box("changed_since", "Changed since", hint))
        reference = self._box("item", "Reference", "For example, VAT-12")
        return [*boxes, reference] if reference["error"] else boxes

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form has no field for, and sends again all the same."""
        offered = {field["name"] for field in (*self.facets, *self.boxes)}
        return [*self.kept, *(pair for pair in self.filters.values if pair[0] not in offered)]

    def _box(self, name: str, label: str, hint: str) -> dict[str, Any]:
        values = dict.fromkeys(" ".join(value.translate(CONTROLS).split()) for value in self.typed.getlist(name))
        value = " ".join(value for value in values if value)
        return {"name": name, "label": label, "hint": hint, "value": value, "error": self._error(name)}

    def _error(self, name: str) -> str:
        return " ".join(problem.message for problem in self.problems if problem.name == name)

    # Checkboxes

    def _facet(self, name: str) -> dict[str, Any]:
        chosen = self.filters.by_name.get(name, [])
        values = offered(name, self.published)
        values += [value for value in chosen if value not in values]
        labels = labels_of(name, values, self.published)
        # Not where other things are listed than items.
        counts = self._counts(name, chosen) if self.noun == "items" and not self.problems else None
        options = [
            {
                "id": name if number == 1 else f"{name}-{number}",
                "value": value,
                "label": labels[value],
                "count": counts[value] if counts is not None else None,
                "is_chosen": value in chosen,
            }
            for number, value in enumerate(values, start=1)
        ]
        return {"name": name, "legend": LEGENDS[name], "options": options, "error": self._error(name)}

    def _counts(self, name: str, chosen: Sequence[str]) -> Counter[str]:
        """How many items each value would show, the other filters being as they are."""
        if not self.filters:
            return values_now(self.published)[name]
        around = {*(self.filters.items(self.published, but=name) if chosen else self.selected)}
        having = items_having(self.published)[name]
        counts = Counter({value: len(around & items) for value, items in having.items()})
        if name == "release":
            # One chosen by a title that it had: no item says that any more.
            for slug in chosen:
                uids = meant(self.filters.releases[slug])
                counts[slug] = sum(item.content.release_uid in uids for item in around)
        return counts

    @cached_property
    def selected(self) -> list[PlacedItem]:
        return self.filters.items(self.published)

    # What is chosen

    @property
    def chosen(self) -> Iterator[dict[str, str]]:
        """Each value with the address of the page without it."""
        for name, values in self.filters.by_name.items():
            words = self.filters.words_of(name, self.published)
            if name in LEGENDS:  # which says of what they are
                labels = labels_of(name, values, self.published)
                words = [labels[value] for value in values]
            for value, said in zip(values, words, strict=True):
                before = LEGENDS.get(name, BEFORE.get(name, ""))
                text = f"{before}: {said}" if name in LEGENDS else f"{before} {said}".strip()
                # Nothing that a reader pasted turns the words about it round.
                text = "".join(character for character in text if character.isprintable())
                url = self._url([*self.kept, *self.filters.without(name, value)])
                yield {"words": text[:1].upper() + text[1:], "url": url}

    @property
    def clear_url(self) -> str:
        return self._url(self.kept)

    def _url(self, query: Sequence[tuple[str, str]]) -> str:
        return self.reading.addresses.to(self.noun, query=query)
