"""What Editions changed, as pages list it: an Edition with a line for each thing. Asks the database nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from roadmap.content.changes import is_of_date
from roadmap.content.choices import Noun
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import NOUNS, ReleaseContent, counted, counted_nouns, joined
from roadmap.dates.clock import day_of, uk_date
from roadmap.published.change_words import (
    NOUN_ORDER,
    News,
    after_colon,
    in_place,
    is_new_entry,
    is_only_reordered,
    news_first,
    news_of,
    rank,
    stopped,
    title_of,
    what,
)
from roadmap.published.date_filters import Moment
from roadmap.published.filters import Filters
from roadmap.published.history import PastEdition, ThingTold, ToldChange
from roadmap.published.since import USUAL_DAYS
from roadmap.web.addresses import addresses_of_day
from roadmap.web.pages.item_page import WITHDRAWN_TAG, Tag, tag_of
from roadmap.web.pages.reading import PageLink, RoadmapReading
from roadmap.web.pagination import PaginationLink

# How many things a page with several Editions shows of each. The rest is counted, with a link to all of it.
MOST_LINES = 50
MOST_MEMBERS = 20  # of a release, or of what changed places; more are counted
MOST_NAMED = 3  # of what changed in some other way; more are counted


@dataclass(frozen=True)
class ChangeLine:
    """What happened to one thing. `words` follow its title and a colon; without them, it is only named."""

    title: str
    url: str  # empty where it has no address, or none any more
    words: str
    tag: Tag | None = None  # the stage of an item then, where that may be told; or that it was withdrawn, then or since
    is_new_entry: bool = False  # of the changelog


@dataclass(frozen=True)
class ChangeLines:
    lines: Sequence[ChangeLine]
    left_off: int = 0
    heading: str = ""


def changes_until(reading: RoadmapReading, last_at: datetime, filters: Filters | None = None) -> PageLink:
    """To all that changed in the usual number of days until then. Its title can go on within a sentence."""
    day = day_of(last_at) - timedelta(days=USUAL_DAYS)
    query = [("since", day.isoformat()), *(filters.values if filters else ())]
    return PageLink(f"All changes since {uk_date(day)}", reading.addresses.to("changes", query=query))


def change_line(
    reading: RoadmapReading,
    thing: ThingTold,
    told: Sequence[ToldChange],
    edition: PastEdition,
    item: PlacedItem | None,
    filters: Filters,
) -> ChangeLine:
    """With a link to where it is now. The edition gives the names; `item` is one whose stage is told."""
    latest = reading.published.latest_changes.get(thing.uid)
    is_there, is_new = latest is not None and not latest.is_withdrawn, is_new_entry(thing, told)
    has_page, tag = is_there, None
    if thing.noun is Noun.ITEM:
        has_page, tag = True, tag_of(item) if item else None  # where it is not there, its page says so
        if thing.is_withdrawn or not is_there:
            tag = WITHDRAWN_TAG if thing.is_withdrawn else replace(WITHDRAWN_TAG, label="Withdrawn since")
    words = after_colon(told, edition.roadmap) if told and not is_new else ""
    members = members_of(thing, edition, filters) if words and told[0].is_announced else ""
    return ChangeLine(
        title=reading.published.name_of(thing.title, thing.address) if thing.noun is Noun.ITEM else title_of(thing),
        url=reading.addresses.thing(latest.noun, latest.address, latest.uid) if latest and has_page else "",
        words=f"{stopped(words)} In it: {members}" if members else words,
        tag=tag,
        is_new_entry=is_new,
    )


def members_of(thing: ThingTold, edition: PastEdition, filters: Filters) -> str:
    """The selected items of a release whose date has changed, for that is their date too."""
    if not isinstance(thing.after, ReleaseContent) or not any(is_of_date(told.change) for told in thing.news):
        return ""
    placed = [PlacedItem(item, edition.roadmap, thing.after) for item in thing.members]
    selected = [found.content for found in placed if filters.matches(found, at=Moment.after(edition))]
    return _first_of([f"{item.title} ({item.reference})" for item in selected], MOST_MEMBERS)


def _first_of(names: Sequence[str], most: int) -> str:
    left = len(names) - most
    return joined([*names[:most], f"{left} more"] if left > 0 else names)


def summary_of(editions: Iterable[tuple[PastEdition, Sequence[ThingTold]]]) -> str:
    """ "1 item moved later, 3 added and 2 reworded; 1 page reworded": each thing once for each that happened to it.

    Of each Edition what it changed, or what is asked for of that. Nothing minor; nor an entry of the changelog that
    came with something else: it announces that, and a reader would look for one thing more than there is.
    """
    counted_once: dict[Noun, dict[tuple[Any, str], set[str]]] = {noun: defaultdict(set) for noun in NOUN_ORDER}
    named: dict[Noun, dict[str, None]] = {noun: {} for noun in NOUN_ORDER}  # what changed in some other way
    for edition, things in editions:
        is_of_entries = all(thing.noun is Noun.CHANGELOG_ENTRY for thing in things if thing.news)
        for thing in things:
            if is_of_entries or not is_new_entry(thing, thing.news):
                for told in thing.news:
                    news = news_of(told.change)
                    words = in_place(news, told.change, edition.roadmap)
                    counted_once[thing.noun][rank(told), words].add(thing.uid)
                    if news is News.CHANGED:
                        named[thing.noun][what(told.change, edition.roadmap)] = None
    return "; ".join(_summary_of_noun(noun, found, [*named[noun]]) for noun, found in counted_once.items() if found)


def _summary_of_noun(noun: Noun, found: Mapping[tuple[Any, str], set[str]], named: Sequence[str]) -> str:
    if noun is Noun.ROADMAP:
        return "the roadmap itself changed"
    names = _first_of(named, MOST_NAMED)
    (number, words), *parts = [
        (len(found[key]), f"{key[1]} ({names})" if key[1] == News.CHANGED else key[1]) for key in sorted(found)
    ]
    return joined([f"{counted(number, noun)} {words}", *(f"{number} {words}" for number, words in parts)])


@dataclass(frozen=True, eq=False)
class ShownEdition:
    """One Edition, with what it changed, which is reckoned where a template asks for it."""

    reading: RoadmapReading
    edition: PastEdition
    asked: Sequence[ThingTold] | None = None  # where only some of what it changed was asked for, by `filters`
    most: int | None = None  # how many things to show
    filters: Filters = field(default_factory=Filters)

    @property
    def things(self) -> Sequence[ThingTold]:
        return self.edition.told if self.asked is None else self.asked

    @property
    def number(self) -> int:
        return self.edition.number

    @property
    def at(self) -> datetime:
        return self.edition.published_at

    @property
    def url(self) -> str:
        return self.reading.addresses.edition(self.number)

    @property
    def url_with_query(self) -> str:
        """Of all that is asked for of it."""
        return self.reading.addresses.edition(self.number, self.filters.values)

    @property
    def since_url(self) -> str:
        return self.reading.addresses.to("changes", query=[("since", str(self.number))])

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def is_part(self) -> bool:
        """Whether it changed more than is asked for."""
        return len(self.things) < len(self.edition.told)

    @property
    def is_unseen(self) -> bool:
        return self.reading.is_unseen(self.number)

    @property
    def summary(self) -> str:
        if self.is_first and not self.is_part:
            counts = counted_nouns(Counter(thing.noun for thing in self.things))
            return f"First published: {counts}" if counts else "First published"
        if words := summary_of([(self.edition, self.things)]):
            return words[:1].upper() + words[1:]
        if self.corrections.lines:
            return "Small corrections only"
        return "Put in another order" if self.changes.lines else "Nothing that readers can see"

    # What changed

    @cached_property
    def changes(self) -> ChangeLines:
        """Things whose changes are announced, items first; last of all, together, those that only changed places."""
        found = [(thing, thing.announced) for thing in self.things if thing.announced]
        placed = [pair for pair in found if is_only_reordered(pair[1])]
        placed = placed if len(placed) > 1 else []
        lines = self._lines(sorted((pair for pair in found if pair not in placed), key=lambda pair: news_first(*pair)))
        if not placed:
            return lines
        names = _first_of([title_of(thing) for thing, _ in placed], MOST_MEMBERS)
        return replace(lines, lines=[*lines.lines, ChangeLine("Moved within their lists", "", names)])

    @cached_property
    def corrections(self) -> ChangeLines:
        """What is minor, of what readers can see."""
        minor = [
            (thing, [told for told in thing.told if not (told.is_announced or told.is_told_elsewhere)])
            for thing in self.things
        ]
        found = [(thing, told) for thing, told in minor if told]
        return self._lines(sorted(found, key=lambda pair: NOUN_ORDER.index(pair[0].noun)))

    @property
    def by_noun(self) -> Iterator[ChangeLines]:
        """Of the first Edition: all that there was, by name alone."""
        for noun, (_, plural) in NOUNS.items():
            if found := [self._line(thing, ()) for thing in self.things if thing.noun is noun]:
                yield ChangeLines(found, heading=f"{plural.capitalize()} ({len(found)})")

    def _lines(self, found: Sequence[tuple[ThingTold, Sequence[ToldChange]]]) -> ChangeLines:
        lines = [self._line(*pair) for pair in found[: self.most]]
        return ChangeLines(lines, len(found) - len(lines))

    def _line(self, thing: ThingTold, told: Sequence[ToldChange]) -> ChangeLine:
        """An item with its stage after this Edition: what is near term now must not be called so when it was not."""
        item = thing.item_after if thing.tells_stage else None
        return change_line(self.reading, thing, told, self.edition, item, self.filters)

    # The roadmap as it stood

    @property
    def day_url(self) -> str:
        """Of the roadmap at the end of its day, in London; empty where readers cannot see that."""
        return day_url(self.reading, day_of(self.at)) if self.reading.shows_days else ""

    @property
    def last_of_day(self) -> PastEdition | None:
        """The last that followed on the same day."""
        later = [edition for edition in self.reading.history.editions if edition.number > self.number]
        return next((edition for edition in reversed(later) if day_of(edition.published_at) == day_of(self.at)), None)


def edition_link(title: str, reading: RoadmapReading, edition: PastEdition) -> PaginationLink:
    label = f"Edition {edition.number}, {uk_date(edition.published_at)}"
    return PaginationLink(title, label, reading.addresses.edition(edition.number))


def day_url(reading: RoadmapReading, day: date) -> str:
    return addresses_of_day(reading.edition.roadmap_slug, day).home
