"""Which items a reader asks for by the query of an address: one meaning for pages, feeds, calendar, CSV and API.

Values of one filter widen what is selected, another filter narrows it. A value is asked of an item as it stands; where
an Edition's changes are selected, as it stood just before or just after that Edition: so whoever follows what is in
test is told that something left. See docs/decisions/0008-a-filter-is-asked-of-its-moment.md.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.text import slugify

from roadmap.content import ItemContent, Kind, Noun, ReleaseContent, Stage
from roadmap.public.history import History, PastEdition, ThingTold
from roadmap.public.reading import CAPACITY, EditionSeen, PublishedRoadmap, history_of
from roadmap.public.since import Since, read_since
from roadmap.snapshot import PlacedItem

# In the order in which a page offers them.
NAMES = ("stage", "kind", "audience", "api", "release", "breaking", "item", "q", "changed_since")
MAX_QUERY_LENGTH = 2000  # characters of the whole query, as sent
MAX_WORDS_LENGTH = 200  # characters of q
SHOWN_LENGTH = 60  # characters of a value that a message repeats
NO_RELEASE = "none"
BREAKING = {"yes": True, "no": False, "unknown": None}
STAGES = [stage for stage in Stage if stage is not Stage.WITHDRAWN]


class Problem(NamedTuple):
    """What is wrong with one value, and what to do."""

    name: str  # of the parameter; empty where it is about the whole query
    value: str
    message: str


class BadFilter(ValueError):
    def __init__(self, problems: list[Problem]):
        super().__init__(" ".join(one.message for one in problems))
        self.problems = problems


@lru_cache(maxsize=4096)
def slug_of(name: str) -> str:
    """The value by which a filter names an audience, an API or a release: "vat-mtd" of "VAT (MTD)"."""
    return slugify(name, allow_unicode=True) or name


@dataclass(frozen=True)
class Filters:
    """What is asked for. Empty: everything."""

    stages: frozenset[Stage] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    audiences: frozenset[str] = frozenset()  # slugs
    apis: frozenset[str] = frozenset()  # slugs
    releases: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by slug, the uids of what was so called
    breaking: frozenset[str] = frozenset()  # keys of BREAKING
    references: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()  # each must be somewhere in the item
    changed_since: Since | None = None

    def __bool__(self) -> bool:
        return bool(self.values)

    @cached_property
    def values(self) -> list[tuple[str, str]]:
        """As names and values in an address, always in the same order."""
        found = [
            *(("stage", stage.value) for stage in STAGES if stage in self.stages),
            *(("kind", kind.value) for kind in Kind if kind in self.kinds),
            *(("audience", slug) for slug in sorted(self.audiences)),
            *(("api", slug) for slug in sorted(self.apis)),
            *(("release", slug) for slug in sorted(self.releases)),
            *(("breaking", answer) for answer in BREAKING if answer in self.breaking),
            *(("item", reference) for reference in sorted(self.references)),
        ]
        if self.words:
            found.append(("q", " ".join(self.words)))
        if self.changed_since:
            found.append(("changed_since", str(self.changed_since)))
        return found

    @property
    def query(self) -> str:
        """The same for every way of asking for the same: "?api=vat-mtd&stage=test"; nothing without a filter."""
        return f"?{urlencode(self.values)}" if self.values else ""

    def without(self, name: str, value: str) -> str:
        """The query with one value less."""
        left = [pair for pair in self.values if pair != (name, value)]
        return f"?{urlencode(left)}" if left else ""

    # What is selected

    def items(self, published: PublishedRoadmap) -> list[PlacedItem]:
        """Of what is there now, in its order."""
        return [
            one for one in published.snapshot.items if self.matches(one) and self._has_changed_since(one, published)
        ]

    def withdrawn(self, history: History) -> Iterator[ThingTold]:
        """The items that are no more, by what they were last."""
        for one in history.withdrawn(Noun.ITEM):
            if one.item_before is not None and self.matches(one.item_before):
                yield one

    def told(self, edition: PastEdition) -> list[ThingTold]:
        """What that Edition changed; with a filter, of the items that matched before or after it and their releases."""
        if not self:
            return [*edition.told]
        if self.changed_since and not self.changed_since.includes(edition):
            return []
        return [one for one in edition.told if self._is_about(one, edition)]

    def _is_about(self, one: ThingTold, edition: PastEdition) -> bool:
        if one.noun is Noun.RELEASE:
            releases = [release for release in (one.before, one.after) if isinstance(release, ReleaseContent)]
            return any(
                self.matches(PlacedItem(member, edition.roadmap, release))
                for member in one.members
                for release in releases
            )
        return any(item is not None and self.matches(item) for item in (one.item_before, one.item_after))

    def matches(self, item: PlacedItem, *, but: str = "") -> bool:
        """All but `changed_since`, which is about Editions. `but` names a filter that is not asked."""
        return all(test(item) for name, test in self._tests if name != but)

    @cached_property
    def _tests(self) -> list[tuple[str, Callable[[PlacedItem], bool]]]:
        asked: list[tuple[str, object, Callable[[PlacedItem], bool]]] = [
            ("stage", self.stages, lambda one: one.stage in self.stages),
            ("kind", self.kinds, lambda one: one.content.kind in self.kinds),
            (
                "audience",
                self.audiences,
                lambda one: not self.audiences.isdisjoint(map(slug_of, one.content.audiences)),
            ),
            ("api", self.apis, lambda one: any(slug_of(api.name) in self.apis for api in one.content.apis)),
            ("release", self.releases, lambda one: one.content.release_uid in self._release_uids),
            ("breaking", self.breaking, lambda one: one.content.is_breaking in self._breaking),
            ("item", self.references, lambda one: one.content.reference in self.references),
            ("q", self.words, lambda one: all(word in one.text for word in self.words)),
        ]
        return [(name, test) for name, values, test in asked if values]

    @cached_property
    def _release_uids(self) -> frozenset[str]:
        return frozenset(uid for uids in self.releases.values() for uid in uids)

    @cached_property
    def _breaking(self) -> set[bool | None]:
        return {BREAKING[answer] for answer in self.breaking}

    def _has_changed_since(self, item: PlacedItem, published: PublishedRoadmap) -> bool:
        if self.changed_since is None:
            return True
        latest = published.latest_changes.get(item.content.uid)
        if latest is None:
            return False
        slug = published.edition.roadmap_slug
        return self.changed_since.includes(EditionSeen(slug, latest.edition_number, latest.published_at))


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
            Problem(name, "", f"There is no parameter called “{_cut(name)}”. Use {_listed(known)}.")
            for name in query
            if name not in known
        ]
    reader = _Reader(published, now)
    found: dict[str, list[Any]] = {}
    for name in NAMES:
        found[name] = []
        for value in query.getlist(name):
            try:
                if kept := value.strip():
                    found[name].append(getattr(reader, name)(kept))
            except ValueError as error:
                problems.append(Problem(name, value, str(error)))
    if problems:
        raise BadFilter(problems)
    return Filters(
        stages=frozenset(found["stage"]),
        kinds=frozenset(found["kind"]),
        audiences=frozenset(found["audience"]),
        apis=frozenset(found["api"]),
        releases=dict(found["release"]),
        breaking=frozenset(found["breaking"]),
        references=frozenset(found["item"]),
        words=tuple(word for words in found["q"] for word in words),
        changed_since=found["changed_since"][-1] if found["changed_since"] else None,
    )


class _Reader:
    """Reads the value of each filter, in the method of its name; each raises ValueError in words.

    A value that was right once stays right, or a feed that somebody follows would break when its last item goes.
    """

    def __init__(self, published: PublishedRoadmap, now: datetime.datetime):
        self._published = published
        self._now = now

    def stage(self, value: str) -> Stage:
        return Stage(_one_of("stage", value.replace("-", "_"), [one.value for one in STAGES]))

    def kind(self, value: str) -> Kind:
        return Kind(_one_of("kind", value.replace("-", "_"), [one.value for one in Kind]))

    def breaking(self, value: str) -> str:
        return _one_of("answer to whether it is breaking", value, [*BREAKING])

    def audience(self, value: str) -> str:
        return self._named("audience", slug_of(value), lambda one: one.audiences)

    def api(self, value: str) -> str:
        return self._named("API", slug_of(value), lambda one: one.apis)

    def item(self, value: str) -> str:
        return self._named("item", value.upper(), lambda one: one.references)

    def release(self, value: str) -> tuple[str, frozenset[str]]:
        if value == NO_RELEASE:
            return value, frozenset({""})
        slug = slug_of(value)
        uids = _names_ever(history_of(self._published)).releases
        if slug not in uids:
            now = sorted(_names_now(self._published).releases)
            raise ValueError(_unknown("release", value, [*now, NO_RELEASE]))
        return slug, frozenset(uids[slug])

    def q(self, value: str) -> list[str]:
        if len(value) > MAX_WORDS_LENGTH:
            raise ValueError(f"Search for up to {MAX_WORDS_LENGTH} characters: this is {len(value)}.")
        return value.casefold().split()

    def changed_since(self, value: str) -> Since:
        return read_since(value, self._published.edition, self._now)

    def _named(self, noun: str, value: str, of: Callable[["_Names"], set[str]]) -> str:
        now = of(_names_now(self._published))
        if value not in now and value not in of(_names_ever(history_of(self._published))):
            raise ValueError(_unknown(noun, value, sorted(now)))
        return value


@dataclass
class _Names:
    """Every value that items give to a filter."""

    audiences: set[str] = field(default_factory=set)
    apis: set[str] = field(default_factory=set)
    references: set[str] = field(default_factory=set)
    releases: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # by slug, their uids

    def add(self, content: object) -> None:
        if isinstance(content, ItemContent):
            self.audiences.update(map(slug_of, content.audiences))
            self.apis.update(slug_of(one.name) for one in content.apis)
            self.references.add(content.reference)
        elif isinstance(content, ReleaseContent):
            self.releases[slug_of(content.title)].add(content.uid)


@lru_cache(maxsize=CAPACITY)
def _names_now(published: PublishedRoadmap) -> _Names:
    names = _Names()
    for item in published.snapshot.items:
        names.add(item.content)
    for release in published.snapshot.releases:
        names.add(release)
    return names


@lru_cache(maxsize=CAPACITY)
def _names_ever(history: History) -> _Names:
    names = _Names()
    for edition in history.editions:
        for one in edition.told:
            names.add(one.after)
    return names


def _one_of(noun: str, value: str, known: list[str]) -> str:
    if value not in known:
        raise ValueError(_unknown(noun, value, known))
    return value


def _unknown(noun: str, value: str, known: list[str]) -> str:
    choice = f"Choose from {_listed(known)}." if known else f"No item has an {noun}." if noun[0] in "aA" else ""
    return f"There is no {noun} called “{_cut(value)}”. {choice}".strip()


def _listed(names: list[str]) -> str:
    most = 30  # an error is read, not searched
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _cut(value: str) -> str:
    return value if len(value) <= SHOWN_LENGTH else f"{value[: SHOWN_LENGTH - 1]}…"
