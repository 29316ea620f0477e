"""One published roadmap as its pages show it: everything that a template asks for, so that templates only ask.

Each thing is reckoned when a template first asks for it, from what is in memory already: no queries here.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import quote

from django.urls import reverse

from roadmap.content.changes import Act
from roadmap.content.choices import Noun
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import ChangelogEntryContent, PageContent
from roadmap.markdown import Heading, Rendered, plain_text, render
from roadmap.published import store
from roadmap.published.change_words import after_colon, is_only_reordered, joined, rank, shortened
from roadmap.published.history import WORDS_OF_ENTRY, History, ThingTold, ToldChange
from roadmap.published.redaction import ANY_RELEASE
from roadmap.published.roadmap import LatestChanges, PublishedRoadmap
from roadmap.web.feeds.links import OF_ONE_ITEM, Follow
from roadmap.web.pages.item_page import ShownItem
from roadmap.web.pages.stages import ShownStage, all_stages, anchor_of, stages_of

# How much the home page shows of what may be long. The rest is counted, with a link to all of it.
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


def news_first(noun: Noun, told: Sequence[ToldChange]) -> tuple[bool, int, int]:
    """To sort things by: items first, those that moved before those reworded, what only changed places last of all."""
    return is_only_reordered(told), NOUN_ORDER.index(noun), min(map(rank, told))


def is_new_entry(noun: Noun, told: Sequence[ToldChange]) -> bool:
    """Of an entry new in the changelog, its title says all."""
    return noun is Noun.CHANGELOG_ENTRY and bool(told) and all(one.change.act is Act.ADDED for one in told)


@dataclass(frozen=True)
class ShownChange:
    """What happened to one thing in the newest Edition. `words` follow its title and a colon."""

    title: str
    url: str  # empty where the thing has no address, or is gone
    words: str
    item: ShownItem | None
    is_new_entry: bool = False  # of the changelog


class Shown:
    """`url` is the address of its home page, below which all the others are; without one, its public address."""

    banner: object = None  # what stands above the content of every page, where this is not what readers have
    day: datetime.date | None = None  # where this is the roadmap as it was at the end of that day
    url_today: str = ""  # of the same page of today, there
    today: "Shown | None" = None  # the roadmap as it is today, there
    newest_seen: int | None = None  # of a draft, the number of the newest Edition that readers have; 0 for none

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
        self.changes_url = f"{self.url}changes/"
        self.editions_url = f"{self.url}editions/"
        self.enquiry_url = self.roadmap.contact.mailto()

    @property
    def navigation(self) -> Iterator[Link]:
        """The parts of this roadmap that there are."""
        yield Link("Items", self.items_url, "items")
        yield Link("Changes", self.changes_url, "changes")
        if self.changelog:
            yield Link("Changelog", self.changelog_url, "changelog")
        if self.pages:
            yield Link("About", self.pages[0].url, "pages")

    def edition_url(self, number: int) -> str:
        return f"{self.editions_url}{number}/"

    @property
    def url_of_edition(self) -> str:
        """Of the page of the Edition that is shown."""
        return self.edition_url(self.edition.number)

    @cached_property
    def history(self) -> History:
        """Raises DatabaseError. For views: a template that asks for what its view did not would ask the database."""
        return store.history_of(self.published)

    @cached_property
    def follow(self) -> Follow | None:
        """None where there is nothing to follow: a draft, and a day that is past."""
        return self.follow_selection("")

    def follow_selection(self, query: str) -> Follow | None:
        if self.banner or self.day:
            return None
        heading = "Follow this selection" if query else "Follow this roadmap"
        return Follow(self.url, self.edition.roadmap_slug, self.roadmap.title, query, heading)

    def follow_item(self, item: ShownItem) -> Follow | None:
        follow = self.follow_selection(f"?item={quote(item.content.reference)}")
        title = item.content.title
        return replace(follow, title=title, heading="Follow this item", outlets=OF_ONE_ITEM) if follow else None

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
        return all_stages(self.snapshot, self.shown_item)

    def stages_of(self, selected: Sequence[PlacedItem]) -> list[ShownStage]:
        """The same of some of the items, in their order."""
        return stages_of(selected, self.snapshot, self.shown_item)

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
        return sorted(found, key=lambda pair: news_first(pair[1].noun, pair[1].announced))

    @property
    def changes_on_home(self) -> list[ShownChange]:
        return [self.shown_change(uid, one) for uid, one in self._changes[:HOME_CHANGES]]

    @property
    def changes_left_off_home(self) -> int:
        return max(len(self._changes) - HOME_CHANGES, 0)

    def shown_change(self, uid: str, latest: LatestChanges) -> ShownChange:
        return ShownChange(
            title=self._title_of(latest),
            url="" if latest.is_withdrawn else self.url_of(uid, latest),
            words="" if is_new_entry(latest.noun, latest.announced) else after_colon(latest.announced, self.roadmap),
            is_new_entry=is_new_entry(latest.noun, latest.announced),
            item=self.item(latest.address) if latest.noun is Noun.ITEM and not latest.is_withdrawn else None,
        )

    def _title_of(self, latest: LatestChanges) -> str:
        """As it is now. A release that is no more may have been named by its date: then only where that is told."""
        if latest.noun is Noun.RELEASE and latest.is_withdrawn and self.roadmap.hides_date_history:
            return ANY_RELEASE
        return "This roadmap" if latest.noun is Noun.ROADMAP else latest.title

    def url_of(self, uid: str, latest: LatestChanges | ThingTold) -> str:
        """Where it is now; empty for the roadmap itself."""
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
