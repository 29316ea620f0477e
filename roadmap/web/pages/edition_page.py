"""What Editions changed, as pages list it: an Edition with a line for each thing. Asks the database nothing."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import takewhile

from django.urls import reverse
from django.utils import timezone

from roadmap.content.changes import Act
from roadmap.content.choices import Noun
from roadmap.published.change_words import joined
from roadmap.published.history import History, PastEdition, ThingTold, ToldChange
from roadmap.published.redaction import Retelling
from roadmap.web.pages.item_page import ShownItem
from roadmap.web.pages.roadmap_page import NOUN_ORDER, PLURALS, Shown, is_new_entry, news_first
from roadmap.web.pagination import Step

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
    item: ShownItem | None = None  # as it stood then, and where that may be told
    is_gone: bool = False  # an item that was withdrawn later
    is_new_entry: bool = False  # of the changelog


@dataclass(frozen=True)
class LinesOfNoun:
    heading: str
    lines: Sequence[Line]


def retelling(shown: Shown, history: History) -> Retelling:
    return Retelling(history.contents, hides_dates=shown.roadmap.hides_date_history)


def counted(editions: Iterable[Sequence[ThingTold]]) -> str:
    """ "3 items added, 1 moved and 2 reworded; 1 page reworded": each thing once for each that happened to it.

    Of each Edition what it changed, or what is asked for of that. Nothing minor; nor an entry of the changelog that
    came with something else: it announces that, and a reader would look for one thing more than there is.
    """
    uids: dict[Noun, dict[Act, set[str]]] = {noun: defaultdict(set) for noun in NOUN_ORDER}
    for things in editions:
        worth_counting = [(one, told) for one in things if (told := _worth_counting(one))]
        is_of_entries = all(one.noun is Noun.CHANGELOG_ENTRY for one, _ in worth_counting)
        for one, told in worth_counting:
            if is_of_entries or not is_new_entry(one.noun, told):
                for change in told:
                    uids[one.noun][change.change.act].add(one.uid)
    return "; ".join(_counted_of(noun, acts) for noun, acts in uids.items() if acts)


def _counted_of(noun: Noun, acts: Mapping[Act, set[str]]) -> str:
    if noun is Noun.ROADMAP:
        return "the roadmap itself changed"
    parts = [(len(acts[act]), words) for act, words in ACT_WORDS.items() if act in acts]
    first = [f"{number} {PLURALS[noun][number != 1]} {words}" for number, words in parts[:1]]
    return joined([*first, *(f"{number} {words}" for number, words in parts[1:])])


def _worth_counting(thing: ThingTold) -> list[ToldChange]:
    return [one for one in thing.announced if one.change.field != "position"]


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
        if counts := counted([self._things]):
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
        return sorted(found, key=lambda one: news_first(one.noun, one.announced))

    @cached_property
    def _retelling(self) -> Retelling:
        return retelling(self._shown, self._shown.history)

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
        is_new = is_new_entry(thing.noun, told)
        is_there = latest is not None and not latest.is_withdrawn
        return Line(
            title=self._retelling.title(thing),
            url=shown.url_of(thing.uid, latest) if latest and is_there else "",
            words=self._retelling.after_colon(thing, told, self._edition) if told and not is_new else "",
            item=self._as_it_stood(thing),
            is_gone=thing.noun is Noun.ITEM and not is_there and not thing.is_withdrawn,
            is_new_entry=is_new,
        )

    def _as_it_stood(self, thing: ThingTold) -> ShownItem | None:
        """For its stage after this Edition. One that is near term now must not be called so where it was long term.

        Where dates are kept back, so is that: a stage may say when.
        """
        if thing.item_after is None or self._shown.roadmap.hides_date_history:
            return None
        return ShownItem(thing.item_after, url="")

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
