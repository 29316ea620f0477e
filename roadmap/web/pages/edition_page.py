"""What Editions changed, as pages list it: an Edition with a line for each thing. Asks the database nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from roadmap.content.changes import Act
from roadmap.content.choices import Noun
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import NOUNS, RoadmapContent, counted, counted_nouns, joined
from roadmap.dates.clock import day_of, uk_date
from roadmap.published.change_words import NOUN_ORDER, after_colon, is_new_entry, news_first, title_of
from roadmap.published.history import PastEdition, ThingTold, ToldChange
from roadmap.web.addresses import Query, addresses_of_day
from roadmap.web.pages.item_page import Tag, tag_of
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.pagination import PaginationLink

# How many things a page with several Editions shows of each. The rest is counted, with a link to all of it.
MOST_LINES = 50

ACT_WORDS = {
    Act.ADDED: "added",
    Act.MOVED: "moved",
    Act.DEPLOYED: "deployed",
    Act.REWORDED: "reworded",
    Act.WITHDRAWN: "withdrawn",
    Act.CHANGED: "otherwise changed",
}


@dataclass(frozen=True)
class ChangeLine:
    """What happened to one thing. `words` follow its title and a colon; without them, it is only named."""

    title: str
    url: str  # empty where it has no address, or none any more
    words: str
    tag: Tag | None = None  # the stage of an item then, where that may be told
    is_gone: bool = False  # an item that was withdrawn later
    is_new_entry: bool = False  # of the changelog


@dataclass(frozen=True)
class ChangeLines:
    lines: Sequence[ChangeLine]
    left_off: int = 0
    heading: str = ""


def change_line(
    reading: RoadmapReading, thing: ThingTold, told: Sequence[ToldChange], then: RoadmapContent, item: PlacedItem | None
) -> ChangeLine:
    """With a link to where it is now. `then` gives the names; `item` is one whose stage is told."""
    latest = reading.published.latest_changes.get(thing.uid)
    is_there = latest is not None and not latest.is_withdrawn
    is_new = is_new_entry(thing, told)
    return ChangeLine(
        title=title_of(thing),
        url=reading.addresses.thing(latest.noun, latest.address, latest.uid) if latest and is_there else "",
        words=after_colon(told, then) if told and not is_new else "",
        tag=tag_of(item) if item and thing.noun is Noun.ITEM else None,
        is_gone=thing.noun is Noun.ITEM and not is_there and not thing.is_withdrawn,
        is_new_entry=is_new,
    )


def summary_of(editions: Iterable[Sequence[ThingTold]]) -> str:
    """ "3 items added, 1 moved and 2 reworded; 1 page reworded": each thing once for each that happened to it.

    Of each Edition what it changed, or what is asked for of that. Nothing minor; nor an entry of the changelog that
    came with something else: it announces that, and a reader would look for one thing more than there is.
    """
    uids: dict[Noun, dict[Act, set[str]]] = {noun: defaultdict(set) for noun in NOUN_ORDER}
    for things in editions:
        worth_counting = [(thing, told) for thing in things if (told := _worth_counting(thing))]
        is_of_entries = all(thing.noun is Noun.CHANGELOG_ENTRY for thing, _ in worth_counting)
        for thing, told in worth_counting:
            if is_of_entries or not is_new_entry(thing, told):
                for change in told:
                    uids[thing.noun][change.change.act].add(thing.uid)
    return "; ".join(_summary_of_noun(noun, acts) for noun, acts in uids.items() if acts)


def _summary_of_noun(noun: Noun, acts: Mapping[Act, set[str]]) -> str:
    if noun is Noun.ROADMAP:
        return "the roadmap itself changed"
    (number, words), *parts = [(len(acts[act]), words) for act, words in ACT_WORDS.items() if act in acts]
    return joined([f"{counted(number, noun)} {words}", *(f"{number} {words}" for number, words in parts)])


def _worth_counting(thing: ThingTold) -> list[ToldChange]:
    return [told for told in thing.announced if told.change.field != "position"]


@dataclass(frozen=True, eq=False)
class ShownEdition:
    """One Edition, with what it changed, which is reckoned where a template asks for it."""

    reading: RoadmapReading
    edition: PastEdition
    asked: Sequence[ThingTold] | None = None  # where only some of what it changed was asked for, by `query`
    most: int | None = None  # how many things to show
    query: Query = ()

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
        return self.reading.addresses.edition(self.number, self.query)

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
        if words := summary_of([self.things]):
            return words[:1].upper() + words[1:]
        if any(told.is_minor for thing in self.things for told in thing.told):
            return "Small corrections only"
        return "Put in another order" if self.things else "Nothing that readers are told of"

    # What changed

    @cached_property
    def changes(self) -> ChangeLines:
        """Things whose changes are announced, items first; last of all those that only changed places."""
        found = [(thing, thing.announced) for thing in self.things if thing.announced]
        return self._lines(sorted(found, key=lambda pair: news_first(*pair)))

    @cached_property
    def corrections(self) -> ChangeLines:
        """What is minor."""
        minor = ((thing, [told for told in thing.told if told.is_minor]) for thing in self.things)
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
        return change_line(self.reading, thing, told, self.edition.roadmap, item)

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
