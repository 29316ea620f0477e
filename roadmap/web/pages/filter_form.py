"""The filters as a form: what can be chosen, how many items each choice would show, and what is chosen already.

A page gives it what its form needs, so that the page of items and that of changes offer the same. Asks the database
nothing; reckoned when a template first asks for it. What is sent is read by `read_filters`, as in every format.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import Any

from django import forms
from django.http import QueryDict

from roadmap.content.choices import Environment
from roadmap.content.snapshot import PlacedItem
from roadmap.published.date_filters import LATER, YES
from roadmap.published.date_history import moves_later
from roadmap.published.filter_values import FACETS, items_having, labels_of, meant, offered, values_now
from roadmap.published.filters import CONTROLS, NAMES, BadFilter, Filters, Problem, misspelt, read_filters
from roadmap.published.roadmap import CAPACITY, PublishedRoadmap
from roadmap.published.store import history_of
from roadmap.web.pages.reading import RoadmapReading

ROADMAP = "roadmap"  # narrows all of them to some; a page of one has no such field
# Of the filters that are groups of checkboxes.
LEGENDS = {name: field.page for name, field in FACETS.items() if field.page}
_LEGENDS = {ROADMAP: "Roadmap", **LEGENDS}
# What stands before a chosen value, besides.
BEFORE = {"item": "Item", "q": "Containing"}
DATE_THAT = {"moved": (LATER, "Has moved later"), "overdue": (YES, "Has passed")}
# The text fields, with what to type.
TEXTS = {
    "q": ("Search", "In titles, descriptions, APIs and references"),
    "from": ("From", "For example, 1 January 2026, Q1 2026 or today"),
    "to": ("To", "For example, 31 December 2026 or next month"),
    "changed_since": (
        "Changed since",
        "A date, for example 24 March or last week, or the number of an edition, for example 12",
    ),
    "item": ("Reference", "For example, VAT-12"),
}


def misspelt_names(query: QueryDict, *besides: str) -> list[Problem]:
    """For above the results. None has a field to lead to. `besides` are what the page takes that is no filter."""
    return [problem._replace(name="") for problem in misspelt(query, (*NAMES, *besides))]


@dataclass(frozen=True)
class FilterChoice:
    """What a checkbox says."""

    label: str
    count: int | None  # of the items that it would show; None where that is not reckoned
    is_chosen: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing is behind it: then it is folded away."""
        return self.count == 0 and not self.is_chosen


class _Checkboxes(forms.CheckboxSelectMultiple):
    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The first has the filter's name as its id, for the error summary to lead to."""
        return f"{id_}-{index}" if index and int(index) else id_


class FilterForm(forms.Form):
    """What has been read already: it checks nothing, and says beside each field what was wrong with it."""

    use_required_attribute = False

    def __init__(
        self,
        chosen: Mapping[str, Sequence[str]],
        typed: QueryDict,
        choices: Mapping[str, Sequence[tuple[str, FilterChoice]]],
        problems: Iterable[Problem],
    ):
        data = QueryDict(mutable=True)
        for name in choices:
            data.setlist(name, [*chosen.get(name, ())])
        for name in TEXTS:
            values = dict.fromkeys(" ".join(value.translate(CONTROLS).split()) for value in typed.getlist(name))
            data[name] = " ".join(value for value in values if value)
        super().__init__(data, auto_id="%s")
        for name, offered_there in choices.items():
            self.fields[name] = forms.MultipleChoiceField(
                choices=offered_there, widget=_Checkboxes, required=False, label=_LEGENDS.get(name, "")
            )
        for name, (label, hint) in TEXTS.items():
            self.fields[name] = forms.CharField(label=label, help_text=hint, required=False)
        self.full_clean()
        for problem in problems:
            if problem.name in self.fields:
                self.add_error(problem.name, problem.message)


@dataclass(frozen=True)
class FilterGroup:
    """Checkboxes under one legend."""

    legend: str
    fields: Sequence[forms.BoundField]

    @property
    def error(self) -> str:
        return " ".join(str(message) for field in self.fields for message in field.errors)

    @cached_property
    def options(self) -> list[Any]:
        return [option for field in self.fields for option in field.subwidgets]

    @cached_property
    def shown(self) -> list[Any]:
        return [option for option in self.options if not option.choice_label.is_empty]

    @cached_property
    def folded(self) -> list[Any]:
        return [option for option in self.options if option.choice_label.is_empty]


@dataclass(frozen=True)
class Fold:
    """Parts of the form that open together."""

    title: str
    groups: Sequence[FilterGroup]
    boxes: Sequence[forms.BoundField] = ()

    @cached_property
    def fields(self) -> list[forms.BoundField]:
        return [*self.boxes, *(field for group in self.groups for field in group.fields)]

    @property
    def has_error(self) -> bool:
        return any(field.errors for field in self.fields)

    @property
    def chosen(self) -> int:
        ticked = sum(option.choice_label.is_chosen for group in self.groups for option in group.options)
        return ticked + sum(bool(box.value()) for box in self.boxes)


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
        return self._url([], roadmaps=())

    @cached_property
    def roadmaps(self) -> list[str]:
        """Those that are chosen."""
        return [choice.slug for choice in self.reading.roadmap_choices if choice.is_chosen]

    # The form

    @cached_property
    def form(self) -> FilterForm:
        choices = {name: self._choices(name) for name in (*LEGENDS, *DATE_THAT)}
        if self.reading.roadmap_choices:
            choices[ROADMAP] = self._roadmap_choices()
        return FilterForm({ROADMAP: self.roadmaps, **self.filters.by_name}, self.typed, choices, self.problems)

    @property
    def search(self) -> forms.BoundField:
        return self.form["q"]

    @cached_property
    def folds(self) -> list[Fold]:
        """Without those in which there is nothing to choose."""
        groups = {name: FilterGroup(legend, [self.form[name]]) for name, legend in LEGENDS.items()}
        dates = [groups["environment"], FilterGroup("With a date that", [self.form[name] for name in DATE_THAT])]
        left_out = () if self.noun == "items" else ("changed_since",)  # that page has another field for it
        boxes = [self.form[name] for name in ("from", "to", "changed_since") if name not in left_out]
        found: dict[str, Fold] = {}
        if ROADMAP in self.form.fields:
            found[ROADMAP] = Fold(_LEGENDS[ROADMAP], [FilterGroup(_LEGENDS[ROADMAP], [self.form[ROADMAP]])])
        found |= {name: Fold(LEGENDS[name], [group]) for name, group in groups.items()}
        found["environment"] = Fold("Dates", [group for group in dates if group.options or group.error], boxes)
        return [fold for fold in found.values() if fold.boxes or fold.has_error or fold.groups[0].options]

    @property
    def reference(self) -> forms.BoundField | None:
        """It has a field only while it is wrong."""
        return self.form["item"] if self.form["item"].errors else None

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form has no field for, and sends again all the same."""
        fields = [self.search, self.reference, *(field for fold in self.folds for field in fold.fields)]
        names = {field.name for field in fields if field}
        asked = [*self.reading.addresses.query, *self.filters.values]
        return [*self.kept, *(pair for pair in asked if pair[0] not in names)]

    # Checkboxes

    def _choices(self, name: str) -> list[tuple[str, FilterChoice]]:
        chosen = self.filters.by_name.get(name, [])
        # Not where other things are listed than items.
        is_counted = self.noun == "items" and not self.problems
        nothing = 0 if is_counted else None
        if name in DATE_THAT:
            value, label = DATE_THAT[name]
            if not chosen and not self._is_offered(name):
                return []
            return [(value, FilterChoice(label, self._count(name, chosen) if is_counted else None, bool(chosen)))]
        values = offered(name, self.published)
        values += [value for value in chosen if value not in values]
        labels = labels_of(name, values, self.published)
        counts = self._counts(name, chosen) if is_counted else {}
        return [(value, FilterChoice(labels[value], counts.get(value, nothing), value in chosen)) for value in values]

    def _roadmap_choices(self) -> list[tuple[str, FilterChoice]]:
        counts = self._items_of_roadmaps() if self.noun == "items" and not self.problems else None
        return [
            (slug, FilterChoice(name, None if counts is None else counts[slug], is_chosen))
            for slug, name, is_chosen in self.reading.roadmap_choices
        ]

    def _items_of_roadmaps(self) -> Counter[str]:
        """How many items of each the other filters select, chosen or not."""
        everything = self.published.vocabulary
        items: Sequence[PlacedItem] = everything.snapshot.items
        if self.filters and everything is self.published:
            items = self.selected
        elif self.filters:
            with suppress(BadFilter):  # of what some keep back, all are asked apart
                items = read_filters(self.typed, everything, self.reading.now).items(everything)
        return Counter(item.roadmap.slug for item in items)

    def _is_offered(self, name: str) -> bool:
        """Where any item has such a date. What moved is not told where dates are kept back, or no history is there."""
        if name == "moved":
            behind = not self.published.tells_dates or self.reading.is_behind(self.reading.history_if_there())
            return not behind and bool(self._all(name))
        return bool(self._all(name))

    def _all(self, name: str) -> frozenset[PlacedItem]:
        return _with_such_a_date(name, self.published, self.reading.current_day)

    def _count(self, name: str, chosen: Sequence[str]) -> int:
        """The same of the only value that there is."""
        if not self.filters:
            return len(self._all(name))
        around = self.filters.items(self.published, but=name) if chosen else self.selected
        asked = _with(name, self.filters, self.published)
        return sum(asked.matches(item) for item in self._all(name).intersection(around))

    def _counts(self, name: str, chosen: Sequence[str]) -> Counter[str]:
        """How many items each value alone would show, the other filters being as they are."""
        if not self.filters:
            return values_now(self.published)[name]
        around = {*(self.filters.items(self.published, but=name) if chosen else self.selected)}
        if name == "environment" and self.filters.dates:
            return Counter(
                place.value for place in Environment for item in around if self.filters.has_date(item, place)
            )
        having = items_having(self.published)[name]
        counts = Counter({value: sum(item in around for item in items) for value, items in having.items()})
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
        for choice in self.reading.roadmap_choices:
            if choice.is_chosen:
                others = [slug for slug in self.roadmaps if slug != choice.slug]
                url = self._url([*self.kept, *self.filters.values], roadmaps=others)
                yield {"words": f"{_LEGENDS[ROADMAP]}: {choice.name}", "url": url}
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
    def is_chosen(self) -> bool:
        """Whether anything is."""
        return bool(self.filters or self.roadmaps)

    @property
    def clear_url(self) -> str:
        return self._url(self.kept, roadmaps=())

    def _url(self, query: Sequence[tuple[str, str]], roadmaps: Sequence[str] | None = None) -> str:
        """With the roadmaps that are chosen, or with these."""
        addresses = self.reading.addresses
        if roadmaps is not None:
            addresses = replace(addresses, query=tuple((ROADMAP, slug) for slug in roadmaps))
        return addresses.to(self.noun, query=query)


def _with(name: str, filters: Filters, published: PublishedRoadmap) -> Filters:
    """What is asked for, and that its date has moved later or has passed too."""
    if name == "overdue":
        return replace(filters, dates=replace(filters.dates, is_overdue=True))
    moves = partial(moves_later, history_of(published))
    return replace(filters, dates=replace(filters.dates, moves=moves, moved_since=filters.changed_since))


def prepare_choices(published: PublishedRoadmap, today: datetime.date) -> None:
    """Of what the whole roadmap offers."""
    values_now(published)
    for name in DATE_THAT:
        _with_such_a_date(name, published, today)


@lru_cache(maxsize=CAPACITY)
def _with_such_a_date(name: str, published: PublishedRoadmap, today: datetime.date) -> frozenset[PlacedItem]:
    """All items of which a date has moved later, or has passed."""
    items = published.snapshot.items
    if name == "overdue":
        return frozenset(item for item in items if any(item.is_overdue(place, today) for place in Environment))
    history = history_of(published)
    return frozenset(item for item in items if any(moves_later(history, item.content.uid).values()))
