"""One published roadmap as its pages show it: everything that a template asks for, so that templates only ask.

Each thing is reckoned when a template first asks for it, from what is in memory already: no queries here.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString

from roadmap.content import ChangelogEntryContent, Environment, Noun, PageContent, ReleaseContent, Stage
from roadmap.public import reading
from roadmap.public.history import WORDS_OF_ENTRY, History
from roadmap.public.reading import LatestChanges, PublishedRoadmap
from roadmap.public.shown_item import ShownItem
from roadmap.public.told import after_colon, is_only_reordered, joined, shortened
from roadmap.rendering import Heading, Rendered, plain_text, render
from roadmap.snapshot import PlacedItem

# How much the home page shows of what may be long. The rest is counted, with a link to all of it.
HOME_ITEMS = 10  # of each stage
HOME_CHANGES = 8
HOME_CHANGELOG_ENTRIES = 5

CONTENTS_FROM = 2  # headings: a contents list of one would only repeat it

# Items first: they are what a reader comes for.
NOUN_ORDER = [Noun.ITEM, Noun.RELEASE, Noun.CHANGELOG_ENTRY, Noun.PAGE, Noun.ROADMAP]
PLURALS = {
    Noun.ITEM: ("item", "items"),
    Noun.RELEASE: ("release", "releases"),
    Noun.PAGE: ("page", "pages"),
    Noun.CHANGELOG_ENTRY: ("changelog entry", "changelog entries"),
}


def anchor_of(noun: Noun, uid: str) -> str:
    """Where a thing without a page of its own is on the page that lists it: the same in every Edition."""
    return f"{noun.value.split('_')[0]}-{uid[:8]}"


@dataclass(frozen=True)
class ShownRelease:
    """A release with those of its items that are in one stage. Without a release: items that are in none."""

    shown: "Shown"
    release: ReleaseContent | None
    placed: Sequence[PlacedItem]
    anchor: str = ""  # empty where the release is shown further up the page too, with its introduction
    is_alone: bool = False  # nothing else is in this stage, so a heading would say nothing

    @property
    def items(self) -> Iterator[ShownItem]:
        return map(self.shown.shown_item, self.placed)

    @property
    def introduction(self) -> SafeString | str:
        if not (self.release and self.release.introduction and self.anchor):
            return ""
        return render(self.release.introduction, anchor_prefix=self.anchor, top_level=4).html


@dataclass(frozen=True)
class ShownStage:
    label: str
    anchor: str
    releases: Sequence[ShownRelease]

    @property
    def count(self) -> int:
        return sum(len(one.placed) for one in self.releases)

    @property
    def on_home(self) -> Iterator[ShownRelease]:
        """Its first items, by release."""
        left = HOME_ITEMS
        for one in self.releases:
            if left > 0 and one.placed:
                yield replace(one, placed=one.placed[:left])
                left -= len(one.placed)

    @property
    def left_off_home(self) -> int:
        return max(self.count - HOME_ITEMS, 0)


@dataclass(frozen=True)
class ShownPage:
    content: PageContent
    url: str
    number: int

    @property
    def anchor(self) -> str:
        """Where its text is on the home page."""
        return f"page-{self.content.slug}"

    @property
    def on_home(self) -> Rendered:
        return render(self.content.body, anchor_prefix=f"text-{self.number}", top_level=3)

    @property
    def body(self) -> Rendered:
        return render(self.content.body)

    @property
    def contents(self) -> list[Heading]:
        top = [heading for heading in self.body.headings if heading.level == 2]
        return top if len(top) >= CONTENTS_FROM else []

    @property
    def description(self) -> str:
        return shortened(plain_text(self.content.body))


@dataclass(frozen=True)
class ShownEntry:
    """A changelog entry."""

    content: ChangelogEntryContent
    anchor: str
    latest: LatestChanges | None = None

    @property
    def corrected_at(self) -> datetime.datetime | None:
        """When its words were last corrected; of a draft, when they will be."""
        if self.latest is None:
            return None
        is_corrected = any(one.change.field in WORDS_OF_ENTRY for one in self.latest.told)
        return self.latest.published_at if is_corrected else self.latest.corrected_at

    def _body(self, top_level: int) -> Rendered:
        return render(self.content.body, anchor_prefix=self.anchor, top_level=top_level)

    @property
    def body(self) -> Rendered:
        return self._body(3)

    @property
    def body_on_home(self) -> Rendered:
        return self._body(4)


@dataclass(frozen=True)
class Link:
    name: str
    url: str
    section: str


@dataclass(frozen=True)
class ShownChange:
    """What happened to one thing in the newest Edition. `words` follow its title and a colon."""

    title: str
    url: str  # empty where the thing has no address, or is gone
    words: str
    item: ShownItem | None


class Shown:
    """`url` is the address of its home page, below which all the others are; without one, its public address."""

    banner: object = None  # what stands above the content of every page, where this is not what readers have
    day: datetime.date | None = None  # where this is the roadmap as it was at the end of that day
    url_today: str = ""  # of the same page of today, there

    def __init__(self, published: PublishedRoadmap, now: datetime.datetime, url: str = ""):
        """`now` is the moment that the pages speak of: the clock's, or the end of a day that is past."""
        self.published = published
        self.now = now
        self.edition = published.edition
        self.snapshot = published.snapshot
        self.roadmap = published.snapshot.roadmap
        self.url = url or reverse("public:home", args=[self.edition.roadmap_slug])
        self.items_url = f"{self.url}items/"
        self.changelog_url = f"{self.url}changelog/"
        self.enquiry_url = self.roadmap.contact.mailto()

    @property
    def navigation(self) -> Iterator[Link]:
        """The parts of this roadmap that there are."""
        yield Link("Items", self.items_url, "items")
        if self.changelog:
            yield Link("Changelog", self.changelog_url, "changelog")
        if self.pages:
            yield Link("About", self.pages[0].url, "pages")

    @cached_property
    def history(self) -> History:
        """Raises DatabaseError. For views: a template that asks for what its view did not would ask the database."""
        return reading.history_of(self.published)

    # Items

    @cached_property
    def item_count(self) -> int:
        return len(self.snapshot.items)

    def item(self, reference: str) -> ShownItem | None:
        found = self.snapshot.item(reference)
        return self.shown_item(found) if found else None

    def shown_item(self, placed: PlacedItem) -> ShownItem:
        latest = self.published.latest_changes
        return ShownItem(
            placed,
            url=f"{self.items_url}{quote(placed.content.reference)}/",
            release_url=f"{self.items_url}#{anchor_of(Noun.RELEASE, placed.release.uid)}" if placed.release else "",
            latest=latest.get(placed.content.uid),
            latest_of_release=latest.get(placed.content.release_uid),
        )

    @cached_property
    def stages(self) -> list[ShownStage]:
        """All four, with every item once, by release. An introduction comes where its release comes first."""
        labels = self.roadmap.labels
        introduced: set[str] = set()
        return [
            self._stage(Stage.BACKLOG, "Backlog", introduced),
            *(self._stage(Stage(one.value), labels.stage(one), introduced) for one in Environment),
        ]

    @property
    def backlog(self) -> ShownStage:
        return self.stages[0]

    @property
    def in_test(self) -> ShownStage:
        return self.stages[1]

    @property
    def in_controlled_go_live(self) -> ShownStage:
        return self.stages[2]

    @property
    def live(self) -> ShownStage:
        return self.stages[3]

    def _stage(self, stage: Stage, label: str, introduced: set[str]) -> ShownStage:
        by_release: dict[str, list[PlacedItem]] = defaultdict(list)
        for placed in self.snapshot.by_stage[stage]:
            by_release[placed.release.uid if placed.release else ""].append(placed)
        shown = []
        for release in self.snapshot.releases:
            placed_here = by_release[release.uid]
            home_of_bare = Stage.LIVE if release.is_deployed else Stage.BACKLOG
            if placed_here or (release.uid in self._bare_releases and stage is home_of_bare):
                anchor = "" if release.uid in introduced else anchor_of(Noun.RELEASE, release.uid)
                introduced.add(release.uid)
                shown.append(ShownRelease(self, release, placed_here, anchor))
        if by_release[""]:
            shown.append(ShownRelease(self, None, by_release[""], is_alone=not shown))
        return ShownStage(label, stage.value.replace("_", "-"), shown)

    @cached_property
    def _bare_releases(self) -> set[str]:
        """Releases that are told of before (or after) any item is in them: their words must not be lost."""
        with_items = {one.content.release_uid for one in self.snapshot.items}
        return {
            one.uid
            for one in self.snapshot.releases
            if one.uid not in with_items and (one.introduction or not one.is_deployed)
        }

    # Pages and changelog

    @cached_property
    def pages(self) -> list[ShownPage]:
        return [
            ShownPage(one, f"{self.url}pages/{quote(one.slug)}/", number)
            for number, one in enumerate(self.snapshot.pages, start=1)
        ]

    def page(self, slug: str) -> ShownPage | None:
        return next((one for one in self.pages if one.content.slug == slug), None)

    @property
    def home_pages(self) -> list[ShownPage]:
        return [one for one in self.pages if one.content.is_on_home]

    @property
    def other_pages(self) -> list[ShownPage]:
        return [one for one in self.pages if not one.content.is_on_home]

    @cached_property
    def changelog(self) -> list[ShownEntry]:
        latest = self.published.latest_changes
        return [
            ShownEntry(one, anchor_of(Noun.CHANGELOG_ENTRY, one.uid), latest.get(one.uid))
            for one in self.snapshot.changelog
        ]

    @property
    def changelog_on_home(self) -> list[ShownEntry]:
        return self.changelog[:HOME_CHANGELOG_ENTRIES]

    @property
    def changelog_left_off_home(self) -> int:
        return max(len(self.changelog) - HOME_CHANGELOG_ENTRIES, 0)

    @property
    def footer(self) -> Rendered:
        return render(self.roadmap.footer, anchor_prefix="footer")

    @property
    def description(self) -> str:
        return shortened(self.roadmap.description)

    # What changed

    @property
    def is_first_edition(self) -> bool:
        return self.edition.number == 1

    @property
    def counts(self) -> str:
        """What there is, in words: "14 items, 3 releases and 5 changelog entries"."""
        numbers = {
            Noun.ITEM: len(self.snapshot.items),
            Noun.RELEASE: len(self.snapshot.releases),
            Noun.PAGE: len(self.snapshot.pages),
            Noun.CHANGELOG_ENTRY: len(self.snapshot.changelog),
        }
        parts = [f"{number} {PLURALS[noun][number != 1]}" for noun, number in numbers.items() if number]
        return joined(parts)

    @cached_property
    def _changes(self) -> list[tuple[str, LatestChanges]]:
        """Each with the uid of its thing; not those of which nothing is announced."""
        latest = self.published.latest_changes.items()
        found = [(uid, one) for uid, one in latest if one.edition_number == self.edition.number and one.announced]
        # The changelog, further down, tells of its own entries: here they would only say again what they announce.
        found = [pair for pair in found if pair[1].noun is not Noun.CHANGELOG_ENTRY] or found
        return sorted(found, key=lambda pair: (is_only_reordered(pair[1].announced), NOUN_ORDER.index(pair[1].noun)))

    @property
    def changes_on_home(self) -> list[ShownChange]:
        return [self.shown_change(uid, one) for uid, one in self._changes[:HOME_CHANGES]]

    @property
    def changes_left_off_home(self) -> int:
        return max(len(self._changes) - HOME_CHANGES, 0)

    def shown_change(self, uid: str, latest: LatestChanges) -> ShownChange:
        return ShownChange(
            title="This roadmap" if latest.noun is Noun.ROADMAP else latest.title,
            url="" if latest.is_withdrawn else self._url_of(uid, latest),
            words=after_colon(latest.announced, self.roadmap),
            item=self.item(latest.address) if latest.noun is Noun.ITEM and not latest.is_withdrawn else None,
        )

    def _url_of(self, uid: str, latest: LatestChanges) -> str:
        match latest.noun:
            case Noun.ITEM:
                return f"{self.items_url}{quote(latest.address)}/"
            case Noun.PAGE:
                return f"{self.url}pages/{quote(latest.address)}/"
            case Noun.RELEASE:
                return f"{self.items_url}#{anchor_of(latest.noun, uid)}"
            case Noun.CHANGELOG_ENTRY:
                return f"{self.changelog_url}#{anchor_of(latest.noun, uid)}"
        return ""
