"""Which items a reader asks for by the query of an address: one meaning for pages, feeds, calendar, CSV and API.

Values of one filter widen what is selected, another filter narrows it. A value is asked of an item as it stands; where
an Edition's changes are selected, as it stood just before or just after that Edition: so whoever follows what is in
test is told that something left. See docs/decisions/0008-a-filter-is-asked-of-its-moment.md.
"""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from math import inf
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict

from roadmap.content.choices import Noun, Stage
from roadmap.content.fields import ITEM_FIELDS, ContentField
from roadmap.content.shapes import YES_OR_NO, Answer, Apis, Choice, Names
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import ReleaseContent
from roadmap.published.change_words import repeated
from roadmap.published.date_history import TOLD_OF_RELEASE
from roadmap.published.filter_values import (
    FACETS,
    Meanings,
    in_order,
    meant,
    releases_ever,
    slug_of,
    values_ever,
    values_now,
    values_of,
)
from roadmap.published.history import History, PastEdition, ThingTold
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.published.since import Since, read_since
from roadmap.published.store import history_of

# In the order in which a page offers them.
_LAST = ("breaking", "item")
NAMES = (
    *("stage", *(field.facet for field in ITEM_FIELDS if field.facet and field.facet not in _LAST)),
    *(*_LAST, "q", "changed_since"),
)
MAX_QUERY_LENGTH = 2000  # characters of the whole query, as sent
MAX_WORDS_LENGTH = 200  # characters of q
NO_RELEASE = "none"
CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " ")  # no word has one, and no page may
STAGES = [stage for stage in Stage if stage is not Stage.WITHDRAWN]


class Problem(NamedTuple):
    """What is wrong with one value, and what to do."""

    name: str  # of the parameter; empty where it is about the whole query
    value: str
    message: str


class BadFilter(ValueError):
    """`understood` is what the address asks for besides, so that a form can show it again."""

    def __init__(self, problems: list[Problem], understood: "Filters | None" = None):
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems
        self.understood = understood or Filters()


@dataclass(frozen=True)
class Filters:
    """What is asked for. Empty: everything."""

    stages: frozenset[Stage] = frozenset()
    facets: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by name, as FACETS has them
    releases: Mapping[str, Meanings] = field(default_factory=dict)  # by slug
    words: tuple[str, ...] = ()  # each must be somewhere in the item
    changed_since: Since | None = None

    def __bool__(self) -> bool:
        return bool(self.values)

    @cached_property
    def values(self) -> list[tuple[str, str]]:
        """As names and values in an address, always in the same order."""
        found = []
        for name in NAMES:
            if name == "stage":
                found += [(name, stage.value) for stage in STAGES if stage in self.stages]
            elif name == "release":
                found += [(name, slug) for slug in sorted(self.releases)]
            elif name in self.facets:
                found += [(name, value) for value in in_order(FACETS[name], self.facets[name])]
        if self.words:
            found.append(("q", " ".join(self.words)))
        if self.changed_since:
            found.append(("changed_since", str(self.changed_since)))
        return found

    @property
    def query(self) -> str:
        """The same however it was asked for: "?stage=test&api=vat-mtd", words in their order; empty without any."""
        return f"?{urlencode(self.values)}" if self.values else ""

    def without(self, name: str, value: str) -> list[tuple[str, str]]:
        """The values of the query with one less."""
        return [pair for pair in self.values if pair != (name, value)]

    # What is selected

    def items(self, published: PublishedRoadmap) -> list[PlacedItem]:
        """Of what is there now, in its order."""
        changed = self.changed(published)
        among = published.snapshot.items
        references = self.facets.get("item", ())
        if len(references) == 1:  # whoever follows one item does not wait for all
            among = tuple(item for item in map(published.snapshot.item, references) if item)
        return [item for item in among if self.matches(item) and (changed is None or item.content.uid in changed)]

    def changed(self, published: PublishedRoadmap) -> set[str] | None:
        """The uids of the items that `changed_since` selects; None where it is not asked.

        An item has changed when something was told of it, or when the release that it is in was told a date, a title or
        that it is deployed. Where it stands in the list is nothing that happened to it.
        """
        if self.changed_since is None:
            return None
        found: set[str] = set()
        for edition in reversed(history_of(published).editions):
            if not self.changed_since.includes(edition):
                break
            for thing in edition.told:
                fields = {told.change.field for told in thing.told}
                if thing.noun is Noun.ITEM and fields != {"position"}:
                    found.add(thing.uid)
                elif thing.noun is Noun.RELEASE and not fields.isdisjoint(TOLD_OF_RELEASE):
                    found.update(member.uid for member in thing.members)
        return found

    def withdrawn(self, history: History) -> Iterator[ThingTold]:
        """The items that are no more, by what they were last."""
        for happened in history.by_uid.values():
            edition, thing = happened[-1]
            if thing.item_before is None or not thing.is_withdrawn:
                continue
            is_in_time = self.changed_since is None or self.changed_since.includes(edition)
            if is_in_time and self.matches(thing.item_before, at=edition.number - 1):
                yield thing

    def told(self, edition: PastEdition) -> list[ThingTold]:
        """What that Edition changed; with a filter, of the items that matched before or after it and their releases."""
        if not self:
            return [*edition.told]
        if self.changed_since and not self.changed_since.includes(edition):
            return []
        return [thing for thing in edition.told if self._is_about(thing, edition)]

    def _is_about(self, thing: ThingTold, edition: PastEdition) -> bool:
        before = thing.before, thing.item_before, edition.number - 1
        after = thing.after, thing.item_after, edition.number
        for content, item, at in (before, after):
            items = [item] if item is not None else []
            if isinstance(content, ReleaseContent):
                items = [PlacedItem(member, edition.roadmap, content) for member in thing.members]
            if any(self.matches(placed, at=at) for placed in items):
                return True
        return False

    def matches(self, item: PlacedItem, *, but: str = "", at: float = inf) -> bool:
        """All but `changed_since`, which is about Editions. `but` names a filter that is not asked.

        `at` is the number of the Edition in which the item stood so; without it, the newest.
        """
        if self.releases and but != "release" and item.content.release_uid not in self._release_uids(at):
            return False
        return all(test(item) for name, test in self._tests if name != but)

    def _release_uids(self, at: float) -> frozenset[str]:
        if at not in self._meant:
            self._meant[at] = frozenset[str]().union(*(meant(meanings, at) for meanings in self.releases.values()))
        return self._meant[at]

    @cached_property
    def _meant(self) -> dict[float, frozenset[str]]:
        return {}

    @cached_property
    def _tests(self) -> list[tuple[str, Callable[[PlacedItem], bool]]]:
        found: list[tuple[str, Callable[[PlacedItem], bool]]] = [
            (name, partial(_has_any, FACETS[name], values)) for name, values in self.facets.items() if values
        ]
        if self.stages:
            found.append(("stage", lambda item: item.stage in self.stages))
        if self.words:
            found.append(("q", lambda item: all(word in item.text for word in self.words)))
        return found


def _has_any(field: ContentField, values: frozenset[str], item: PlacedItem) -> bool:
    return not values.isdisjoint(values_of(item.content, field))


# Reading


def read_filters(
    query: QueryDict,
    published: PublishedRoadmap,
    now: datetime.datetime,
    *,
    besides: Iterable[str] = (),
    is_strict: bool = False,
) -> Filters:
    """What an address asks for. Raises BadFilter with every problem that there is.

    `besides` names what the address may say too. A page takes no notice of what it does not know, for links gather such
    things on their way; what a machine reads is strict, so that a filter misspelt is not answered with everything.
    """
    problems: list[Problem] = []
    if is_strict:
        known = [*NAMES, *besides]
        problems += [
            Problem(name, "", f"There is no parameter called “{repeated(name)}”. Use {_listed(known)}.")
            for name in query
            if name not in known
        ]
    reader = _Reader(published, now)
    found: dict[str, list[Any]] = {}
    for name in NAMES:
        found[name] = []
        for value in dict.fromkeys(query.getlist(name)):  # the same again asks for nothing more
            try:
                if kept := value.strip():
                    found[name].append(reader.read(name, kept))
            except ValueError as error:
                problems.append(Problem(name, value, str(error)))
    if len(set(found["changed_since"])) > 1:
        problems.append(Problem("changed_since", "", "Give one date or one edition that changes are counted from."))
    filters = Filters(
        stages=frozenset(found["stage"]),
        facets={name: frozenset(found[name]) for name in FACETS if found[name]},
        releases=dict(found["release"]),
        words=tuple(dict.fromkeys(word for words in found["q"] for word in words)),
        changed_since=found["changed_since"][0] if found["changed_since"] else None,
    )
    if problems:
        raise BadFilter(problems, filters)
    return filters


class _Reader:
    """Reads the value of each filter; raises ValueError in words.

    A value that was right once stays right, or a feed that somebody follows would break when its last item goes.
    """

    def __init__(self, published: PublishedRoadmap, now: datetime.datetime):
        self._published = published
        self._now = now

    def read(self, name: str, value: str) -> Any:
        if name in FACETS:
            return self._facet(FACETS[name], value)
        return getattr(self, name)(value)

    def _facet(self, field: ContentField, value: str) -> str:
        match field.shape:
            case Choice(labels=labels):
                return _one_of(field.facet, _code(value), [*labels])
            case Answer():
                return _one_of(f"answer to whether it is {field.facet}", value.lower(), [*YES_OR_NO.values()])
            case Apis():
                return self._named("API", field, slug_of(value))
            case Names():
                return self._named(field.facet, field, slug_of(value))
        return self._named(field.facet, field, value.upper())  # a reference

    def stage(self, value: str) -> Stage:
        return Stage(_one_of("stage", _code(value), [stage.value for stage in STAGES]))

    def release(self, value: str) -> tuple[str, Meanings]:
        slug = slug_of(value)
        if slug == NO_RELEASE:
            return slug, ((0, frozenset({""})),)
        meanings = releases_ever(history_of(self._published))
        if slug not in meanings:
            now = sorted({slug_of(release.title) for release in self._published.snapshot.releases})
            raise ValueError(_unknown("release", value, [*now, NO_RELEASE]))
        return slug, meanings[slug]

    def q(self, value: str) -> list[str]:
        if len(value) > MAX_WORDS_LENGTH:
            raise ValueError(f"Search for up to {MAX_WORDS_LENGTH} characters: this is {len(value)}.")
        return value.translate(CONTROLS).casefold().split()

    def changed_since(self, value: str) -> Since:
        # Asked for now, while a view can still say that the database is away.
        history_of(self._published)
        return read_since(value, self._published.edition, self._now)

    def _named(self, noun: str, field: ContentField, value: str) -> str:
        now = values_now(self._published)[field.facet]
        if value not in now and value not in values_ever(history_of(self._published))[field.facet]:
            # A number within a name counts as one: VAT-2 before VAT-10.
            in_order = sorted(now, key=lambda name: [part.zfill(9) for part in re.split(r"([0-9]+)", name)])
            raise ValueError(_unknown(noun, value, in_order))
        return value


def _code(value: str) -> str:
    return value.lower().replace("-", "_")


def _one_of(noun: str, value: str, known: list[str]) -> str:
    if value not in known:
        raise ValueError(_unknown(noun, value, known))
    return value


def _unknown(noun: str, value: str, known: list[str]) -> str:
    choice = f"Choose from {_listed(known)}." if known else f"No item has an {noun}." if noun[0] in "aA" else ""
    return f"There is no {noun} called “{repeated(value)}”. {choice}".strip()


def _listed(names: list[str]) -> str:
    most = 30  # an error is read, not searched
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
