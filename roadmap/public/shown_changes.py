"""What Editions changed, as pages list it: an Edition with a line for each thing. Asks the database nothing."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import takewhile

from django.urls import reverse
from django.utils import timezone

from roadmap.changes import Act
from roadmap.content import Noun
from roadmap.public.history import PastEdition, ThingTold, ToldChange
from roadmap.public.paging import Step
from roadmap.public.retold import Retelling
from roadmap.public.shown import NOUN_ORDER, PLURALS, Shown
from roadmap.public.shown_item import ShownItem
from roadmap.public.told import is_only_reordered, joined

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
class Line:
    """What happened to one thing. `words` follow its title and a colon; without them, it is only named."""

    title: str
    url: str  # empty where it has no address, or none any more
    words: str
    item: ShownItem | None = None  # where it is one that is still there
    is_gone: bool = False  # an item that was withdrawn later


@dataclass(frozen=True)
class LinesOfNoun:
    heading: str
    lines: Sequence[Line]


def retelling(shown: Shown) -> Retelling:
    return Retelling(shown.history.contents, hides_dates=shown.roadmap.hides_date_history)


def counted(things: Iterable[ThingTold]) -> str:
    """ "3 items added, 1 moved and 2 reworded": by what happened to them, each thing once for each. Nothing minor."""
    uids: dict[Act, set[str]] = defaultdict(set)
    nouns = set()
    for thing in things:
        for told in _worth_counting(thing):
            uids[told.change.act].add(thing.uid)
            nouns.add(thing.noun)
    names = PLURALS.get(nouns.pop(), ("thing", "things")) if len(nouns) == 1 else ("thing", "things")
    parts = [(len(uids[act]), words) for act, words in ACT_WORDS.items() if uids[act]]
    first = [f"{number} {names[number != 1]} {words}" for number, words in parts[:1]]
    return joined([*first, *(f"{number} {words}" for number, words in parts[1:])])


def _worth_counting(thing: ThingTold) -> Iterator[ToldChange]:
    return (one for one in thing.announced if one.change.field != "position")


class ShownEdition:
    """One Edition, with what it changed; `things` where only some of that was asked for. `most` is how many to show."""

    def __init__(
        self, shown: Shown, edition: PastEdition, things: Sequence[ThingTold] | None = None, most: int | None = None
    ):
        self._shown = shown
        self._edition = edition
        self._things = edition.told if things is None else things
        self._most = most
        self.number = edition.number
        self.at: datetime = edition.published_at
        self.note = edition.note
        self.url = shown.edition_url(edition.number)
        self.contact_name = edition.roadmap.contact.name

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def is_part(self) -> bool:
        """Whether it changed more than is asked for."""
        return len(self._things) < len(self._edition.told)

    @property
    def is_unseen(self) -> bool:
        """Whether readers do not have it yet: in a preview."""
        return self._shown.newest_seen is not None and self.number > self._shown.newest_seen

    @property
    def summary(self) -> str:
        if self.is_first and not self.is_part:
            counts = self.counts_of_things
            return f"First published: {counts}" if counts else "First published"
        if counts := counted(self._things):
            return counts[:1].upper() + counts[1:]
        if any(one.is_minor for thing in self._things for one in thing.told):
            return "Small corrections only"
        return "Put in another order" if self._things else "Nothing that readers are told of"

    @property
    def counts_of_things(self) -> str:
        numbers = Counter(one.noun for one in self._things)
        return joined(
            [f"{numbers[noun]} {names[numbers[noun] != 1]}" for noun, names in PLURALS.items() if noun in numbers]
        )

    @property
    def as_previous(self) -> Step:
        return Step("Previous edition", self._named, self.url)

    @property
    def as_next(self) -> Step:
        return Step("Next edition", self._named, self.url)

    @property
    def _named(self) -> str:
        return f"Edition {self.number}, {timezone.localtime(self.at):%-d %B %Y}"

    # What changed

    @cached_property
    def _announced(self) -> list[ThingTold]:
        found = [one for one in self._things if one.announced]
        return sorted(found, key=lambda one: (is_only_reordered(one.announced), NOUN_ORDER.index(one.noun)))

    @cached_property
    def _retelling(self) -> Retelling:
        return retelling(self._shown)

    @property
    def lines(self) -> list[Line]:
        """Things whose changes are announced, items first; last of all those that only changed places."""
        return [self._line(one, one.announced) for one in self._announced[: self._most]]

    @property
    def left_off(self) -> int:
        return max(len(self._announced) - self._most, 0) if self._most else 0

    @property
    def corrections(self) -> list[Line]:
        """What is minor."""
        found = sorted(self._minor, key=lambda pair: NOUN_ORDER.index(pair[0].noun))
        return [self._line(*pair) for pair in found[: self._most]]

    @property
    def corrections_left_off(self) -> int:
        return max(len(self._minor) - self._most, 0) if self._most else 0

    @cached_property
    def _minor(self) -> list[tuple[ThingTold, list[ToldChange]]]:
        minor = ((thing, [one for one in thing.told if one.is_minor]) for thing in self._things)
        return [(thing, told) for thing, told in minor if told]

    @property
    def by_noun(self) -> Iterator[LinesOfNoun]:
        """Of the first Edition: all that there was, by name alone."""
        for noun, names in PLURALS.items():
            found = [one for one in self._things if one.noun is noun]
            if found:
                heading = names[1].capitalize()
                yield LinesOfNoun(f"{heading} ({len(found)})", [self._line(one, ()) for one in found])

    def _line(self, thing: ThingTold, told: Sequence[ToldChange]) -> Line:
        shown = self._shown
        latest = shown.published.latest_changes.get(thing.uid)
        is_there = latest is not None and not latest.is_withdrawn
        return Line(
            title=self._retelling.title(thing),
            url=shown.url_of(thing.uid, latest) if latest and is_there else "",
            words=self._retelling.after_colon(thing, told, self._edition) if told else "",
            item=shown.item(latest.address) if latest and is_there and thing.noun is Noun.ITEM else None,
            is_gone=thing.noun is Noun.ITEM and not is_there and not thing.is_withdrawn,
        )

    # The roadmap as it stood

    @property
    def day(self) -> date:
        """In London."""
        return timezone.localtime(self.at).date()

    @property
    def day_url(self) -> str:
        """Of the roadmap at the end of its day; empty where readers cannot see that."""
        if self._shown.roadmap.hides_date_history or self._shown.newest_seen is not None:
            return ""
        return day_url(self._shown, self.day)

    @property
    def last_of_day(self) -> PastEdition | None:
        """The last that followed on the same day."""
        day = self.day
        later = (one for one in self._shown.history.editions if one.number > self.number)
        same_day = takewhile(lambda one: timezone.localtime(one.published_at).date() == day, later)
        return next(iter(deque(same_day, maxlen=1)), None)


def day_url(shown: Shown, day: date) -> str:
    return reverse("public:home_at", args=[shown.edition.roadmap_slug, day.isoformat()])
