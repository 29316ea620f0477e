"""Which items a reader asks for by the query of an address: one meaning for pages, feeds, calendar, CSV and API.

Values of one filter widen what is selected, another filter narrows it. A value is asked of an item as it stands; where
an Edition's changes are selected, as it stood just before or just after that Edition: so whoever follows what is in
test is told that something left. See docs/decisions/0008-a-filter-is-asked-of-its-moment.md.
"""

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from rapidfuzz.distance import OSA

from roadmap.content.choices import Environment, Noun
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import ReleaseContent
from roadmap.dates.clock import day_of, uk_date
from roadmap.published import date_filters
from roadmap.published.change_words import listed, repeated
from roadmap.published.date_filters import DateFilters, Moment, read_bound, read_only_choice
from roadmap.published.date_history import TOLD_OF_RELEASE, moves_later
from roadmap.published.filter_values import (
    FACETS,
    Meanings,
    in_order,
    items_having,
    meant,
    named,
    read_title,
    read_value,
    values_of,
)
from roadmap.published.history import History, PastEdition, ThingTold
from roadmap.published.roadmap import CAPACITY, PublishedRoadmap
from roadmap.published.since import Since, read_since
from roadmap.published.store import history_of

NAMES = (*FACETS, *date_filters.NAMES, "q", "changed_since")
OF_A_VIEW = ("view", "sort", "lanes")  # how a page shows what is selected: whoever copies its query may leave them in
OF_ANY_ADDRESS = (*NAMES, *OF_A_VIEW, "since", "until", "group", "outcome", "limit", "page", "page_size", "roadmap")
MAX_QUERY_LENGTH = 2000  # characters of the whole query, as sent
MAX_WORDS_LENGTH = 200  # characters of q
MOST_PROBLEMS = 5  # of one parameter, that are told one by one
CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " ")  # no word has one, and no page may


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

    facets: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by name, but for releases
    releases: Mapping[str, Meanings] = field(default_factory=dict)  # by slug
    dates: DateFilters = field(default_factory=DateFilters)
    words: tuple[str, ...] = ()  # each must be somewhere in the item
    changed_since: Since | None = None
    today: datetime.date = datetime.date.min

    def __bool__(self) -> bool:
        return bool(self.by_name)

    @property
    def depends_on_today(self) -> bool:
        """Whether the same query may select something else of the same Edition tomorrow."""
        return self.dates.depends_on_today or bool(self.changed_since and self.changed_since.depends_on_today)

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """The values of each that is asked, as an address has them, always in the same order."""
        asked = {**self.facets, "release": self.releases}
        found = {name: in_order(name, values) for name in FACETS if (values := asked.get(name))}
        found |= {name: [value] for name, value in self.dates.by_name.items()}
        if self.words:
            found["q"] = [" ".join(self.words)]
        if self.changed_since:
            found["changed_since"] = [str(self.changed_since)]
        return found

    @cached_property
    def values(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.by_name.items() for value in values]

    @property
    def query(self) -> str:
        """The same however it was asked for: "?stage=test&api=vat-mtd", words in their order; empty without any."""
        return f"?{urlencode(self.values)}" if self.values else ""

    def without(self, name: str, value: str) -> list[tuple[str, str]]:
        """The values of the query with one less."""
        return [pair for pair in self.values if pair != (name, value)]

    # In words

    def title(self, published: PublishedRoadmap, name: str = "") -> str:
        """What the roadmap is called, and what is selected of it: "VAT (MTD) roadmap: In sandbox or Live; VAT API"."""
        return ": ".join(filter(None, (name or published.snapshot.roadmap.title, self.in_words(published))))

    def in_words(self, published: PublishedRoadmap) -> str:
        """Nothing without a filter."""
        return "; ".join(" or ".join(self.words_of(name, published)) for name in self.by_name)

    def words_of(self, name: str, published: PublishedRoadmap) -> list[str]:
        """Of each value of one that is asked, in their order."""
        values = self.by_name[name]
        if name == "changed_since" and self.changed_since:
            return [self.changed_since.in_words]
        if name in date_filters.NAMES:
            return [self.dates.words_of(name)]
        return named(name, values, published) if name in FACETS else [f"“{value}”" for value in values]

    # What is selected

    def items(self, published: PublishedRoadmap, *, but: str = "") -> list[PlacedItem]:
        """Of what is there now, in its order. `but` names a filter that is not asked."""
        references = self.facets.get("item", ())
        if len(references) == 1:  # whoever follows one item does not wait for all
            found = [item for item in map(published.snapshot.item, references) if item and self.matches(item, but=but)]
        else:
            among: Sequence[PlacedItem] = published.snapshot.items
            if references and but != "item":
                among = [item for item in among if item.content.reference in references]
            for name in self.facets.keys() - {but, "item", "environment" if self.dates else ""}:
                having = items_having(published)[name]
                chosen = frozenset[PlacedItem]().union(*(having.get(value, ()) for value in self.facets[name]))
                among = [item for item in among if item in chosen]
            found = [item for item in among if self._is_besides(item, but, Moment(self.today))]
        if self.changed_since is None:
            return found
        changed = _changed(self.changed_since, published)
        return [item for item in found if item.content.uid in changed]

    def withdrawn(self, history: History, *, but: str = "") -> Iterator[ThingTold]:
        """The items that are no more, by what they were last."""
        for happened in history.by_uid.values():
            edition, thing = happened[-1]
            if thing.item_before is None or not thing.is_withdrawn:
                continue
            is_in_time = self.changed_since is None or self.changed_since.includes(edition)
            last = Moment.before(edition)._replace(moved_by=(0, edition.number))
            if is_in_time and self.matches(thing.item_before, but=but, at=last):
                yield thing

    def told(self, edition: PastEdition) -> list[ThingTold]:
        """What that Edition changed; with a filter, of the items that matched before or after it and their releases."""
        return [*self._told(edition)]

    def tells_any(self, edition: PastEdition) -> bool:
        """Whether that is anything: found with the first."""
        return next(iter(self._told(edition)), None) is not None

    def _told(self, edition: PastEdition) -> Iterable[ThingTold]:
        if not self:
            return edition.told
        if self.changed_since and not self.changed_since.includes(edition):
            return ()
        return (thing for thing in edition.told if self._is_about(thing, edition))

    def _is_about(self, thing: ThingTold, edition: PastEdition) -> bool:
        before = thing.before, thing.item_before, Moment.before(edition)
        after = thing.after, thing.item_after, Moment.after(edition)
        for content, item, at in (before, after):
            items = [item] if item is not None else []
            if isinstance(content, ReleaseContent):
                items = [PlacedItem(member, edition.roadmap, content) for member in thing.members]
            if any(self.matches(placed, at=at) for placed in items):
                return True
        return False

    def matches(self, item: PlacedItem, *, but: str = "", at: Moment | None = None) -> bool:
        """All but `changed_since`, which is about Editions. `but` names a filter that is not asked.

        `at` is when the item stood so; without it, now.
        """
        return self._is_besides(item, but, at or Moment(self.today)) and all(
            name == but or (name == "environment" and self.dates) or values_of(item, name) & values
            for name, values in self.facets.items()
        )

    def _is_besides(self, item: PlacedItem, but: str, at: Moment) -> bool:
        """As far as releases, dates and words go, which no list of values tells."""
        if self.releases and but != "release" and item.content.release_uid not in self._release_uids(at.newest):
            return False
        return all(word in item.text for word in self.words) and (not self.dates or self._has_date(item, but, at))

    def _has_date(self, item: PlacedItem, but: str, at: Moment) -> bool:
        dates = self.dates.without(but)
        places = self.facets.get("environment", ()) if but != "environment" else ()
        if dates:
            return any(dates.hold(item, Environment(place), at) for place in places or Environment)
        return not places or not values_of(item, "environment").isdisjoint(places)

    def has_date(self, item: PlacedItem, environment: Environment) -> bool:
        """Whether it has a date there now, and one of those that are asked for."""
        if self.dates:
            return self.dates.hold(item, environment, Moment(self.today))
        return environment in values_of(item, "environment")

    def _release_uids(self, at: float) -> frozenset[str]:
        if at not in self._meant:
            self._meant[at] = frozenset[str]().union(*(meant(meanings, at) for meanings in self.releases.values()))
        return self._meant[at]

    @cached_property
    def _meant(self) -> dict[float, frozenset[str]]:
        return {}


@lru_cache(maxsize=CAPACITY)
def _changed(since: Since, published: PublishedRoadmap) -> set[str]:
    """The uids of the items that have changed since.

    An item has changed when something was told of it, or when the release that it is in was told a date, a title or
    that it is deployed. Where it stands in the list is nothing that happened to it.
    """
    found: set[str] = set()
    for edition in reversed(history_of(published).editions):
        if not since.includes(edition):
            break
        for thing in edition.told:
            fields = {told.change.field for told in thing.told}
            if thing.noun is Noun.ITEM and fields != {"position"}:
                found.add(thing.uid)
            elif thing.noun is Noun.RELEASE and not fields.isdisjoint(TOLD_OF_RELEASE):
                found.update(member.uid for member in thing.members)
    return found


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

    What a machine reads is strict: it is refused where a name is misspelt, or none that it takes. `besides` are those
    that it takes too.
    """
    problems = misspelt(query, (*NAMES, *besides)) if is_strict else []
    found: dict[str, list[Any]] = {}
    for name in NAMES:
        found[name] = []
        for value in dict.fromkeys(query.getlist(name)):  # the same again asks for nothing more
            try:
                if kept := value.strip():
                    found[name].append(_read(name, kept, published, now))
            except ValueError as error:
                problems.append(Problem(name, value, str(error)))
    problems += [Problem(name, "", message) for name, message in _ONE_OF.items() if len(set(found[name])) > 1]
    first, last, since = (next(iter(found[name]), None) for name in ("from", "to", "changed_since"))
    if first and last and last.last and first.first > last.last:
        words = f"The last day must be the same as or after the first, {uk_date(first.first)}."
        problems.append(Problem("to", "", words))
    filters = Filters(
        facets={name: frozenset(found[name]) for name in FACETS if found[name] and name != "release"},
        releases=dict(found["release"]),
        dates=DateFilters(first, last, next(iter(found["moved"]), None), since, bool(found["overdue"])),
        words=tuple(dict.fromkeys(word for words in found["q"] for word in words)),
        changed_since=since,
        today=day_of(now),
    )
    if problems:
        raise BadFilter(few_of_each(problems), filters)
    return filters


def few_of_each(problems: Iterable[Problem]) -> list[Problem]:
    """The first of each parameter, and how many more there are: an error is read, not searched."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.name, []).append(problem)
    for name, several in found.items():
        more = len(several) - MOST_PROBLEMS
        if name and more > 0:
            words = "1 more value is" if more == 1 else f"{more} more values are"
            several[MOST_PROBLEMS:] = [Problem(name, "", f"{words} not right either.")]
    return [problem for several in found.values() for problem in several]


_ONE_OF = {
    "from": "Give one first day.",
    "to": "Give one last day.",
    "changed_since": "Give one date or one edition that changes are counted from.",
}


def misspelt(query: QueryDict, taken: Collection[str]) -> list[Problem]:
    """Each name that looks like one of ours and is none that this address takes, so that it is not quietly passed over.

    Of any other no notice is taken: links gather such names on their way, and programs add them against caches.
    """
    found = []
    for name in query:
        if name in OF_A_VIEW:
            continue
        ours = next((known for known in OF_ANY_ADDRESS if name not in taken and resembles(name, known)), "")
        if ours in taken:
            found.append(Problem(name, "", f"There is no parameter called “{repeated(name)}”. Did you mean “{ours}”?"))
        elif ours:
            use = f"Use {listed([*taken])}." if taken else "This address takes none."
            found.append(Problem(name, "", f"There is no parameter called “{repeated(name)}” here. {use}"))
    return found


def resembles(name: str, ours: str) -> bool:
    """With a letter or two wrong, written together or in capitals, or only begun."""
    name, ours = (re.sub(r"[\W_]", "", text).lower() for text in (name, ours))
    if len(name) < 3 or len(ours) < 3:
        return name == ours
    wrong = OSA.distance(name, ours)
    if len(ours) == 3:  # which many other words of three letters are like
        return wrong <= 1 and (len(name) > 3 or sorted(name) == sorted(ours))
    return ours.startswith(name) or wrong <= (1 if len(ours) < 7 else 2)


def _read(name: str, value: str, published: PublishedRoadmap, now: datetime.datetime) -> Any:
    """What a value of that filter asks for. Raises ValueError in words."""
    match name:
        case "q":
            if len(value) > MAX_WORDS_LENGTH:
                raise ValueError(f"Search for up to {MAX_WORDS_LENGTH} characters: this is {len(value)}.")
            return value.translate(CONTROLS).casefold().split()
        case "from" | "to":
            return read_bound(name, value, day_of(now))
        case "overdue":
            return read_only_choice(name, value)
        case "moved":
            read_only_choice(name, value)
            if not published.tells_dates:
                raise ValueError("This roadmap does not tell what its dates were, so nor does it tell what has moved.")
            return partial(moves_later, history_of(published))
        case "changed_since":
            history_of(published)  # asked for now, while a view can still say that the database is away
            return read_since(value, published.edition, now)
    try:
        return _read_known(name, value, published)
    except ValueError:
        if published.vocabulary is not published:
            with suppress(ValueError):
                return _read_known(name, value, published.vocabulary)
        raise


def _read_known(name: str, value: str, published: PublishedRoadmap) -> Any:
    return (read_title if name == "release" else partial(read_value, name))(value, published)
