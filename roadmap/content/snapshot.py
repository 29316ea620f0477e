"""Everything of one roadmap together, in the order in which readers see it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, KeysView, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from math import inf
from typing import Any, NamedTuple

from roadmap.content import things
from roadmap.content.choices import BACKLOG_LABEL, Environment, Stage
from roadmap.content.fields import ITEM_FIELDS
from roadmap.content.shapes import OwnValues
from roadmap.dates import When, parse
from roadmap.dates.moves import has_passed

_PLACES = {environment: place for place, environment in enumerate(Environment)}
# By the stage that an item is in, the environments that are still before it.
_AHEAD = {stage: [*Environment][reached:] for reached, stage in enumerate(Stage)}

Came = tuple[float, int]  # the number of its first Edition, and its place in that


class ItemProgress(NamedTuple):
    """How far an item has come, and when it comes, or came, to each environment. Shared by all that say the same."""

    stage: Stage
    due: tuple[When | None, ...]  # by environment, in their order
    is_deployed: tuple[bool, ...]  # likewise


@lru_cache(maxsize=4096)
def _progress(milestones: tuple[things.MilestoneContent, ...], release: things.ReleaseContent | None) -> ItemProgress:
    own = {milestone.environment: milestone for milestone in milestones}
    reached = {environment for environment, milestone in own.items() if milestone.is_deployed}
    if Environment.LIVE in reached or (release and release.is_deployed):
        stage = Stage.LIVE
    elif Environment.CONTROLLED_GO_LIVE in reached:
        stage = Stage.CONTROLLED_GO_LIVE
    else:
        stage = Stage.TEST if Environment.TEST in reached else Stage.BACKLOG
    due = {place: own[place].when if place in own else None for place in Environment}
    came_by_itself = Environment.LIVE in reached and not (release and release.is_deployed)
    if release and not due[Environment.LIVE] and not came_by_itself:
        due[Environment.LIVE] = release.due
    there = (place in reached or (place is Environment.LIVE and stage is Stage.LIVE) for place in Environment)
    return ItemProgress(stage, tuple(due.values()), tuple(there))


@dataclass(eq=False, slots=True, weakref_slot=True)
class PlacedItem:
    """An item with what its roadmap and its release say of it: the one thing that every list and page shows.

    There are thousands, in the memory of every process: so it has no dictionary, and shares its progress.
    """

    content: things.ItemContent
    roadmap: things.RoadmapContent
    release: things.ReleaseContent | None
    # Reckoned when they are first asked for, and kept.
    _progress: ItemProgress | None = field(default=None, init=False, repr=False)
    _text: str | None = field(default=None, init=False, repr=False)

    @property
    def progress(self) -> ItemProgress:
        """Asked several times by every list of thousands."""
        found = self._progress
        if found is None:
            found = self._progress = _progress(self.content.milestones, self.release)
        return found

    @property
    def stage(self) -> Stage:
        return self.progress.stage

    @property
    def stage_label(self) -> str:
        if self.stage is Stage.BACKLOG:
            return BACKLOG_LABEL
        return self.roadmap.labels.stage(Environment(self.stage.value))

    def due(self, environment: Environment) -> When | None:
        """When it arrives there, or arrived: its own date, or for live that of the release that brings it."""
        return self.progress.due[_PLACES[environment]]

    @property
    def ahead(self) -> dict[Environment, When]:
        """By environment that it has yet to reach, in their order, when it is to arrive, where anything is said."""
        dates = {environment: self.due(environment) for environment in _AHEAD[self.stage]}
        return {environment: when for environment, when in dates.items() if when and not when.is_not_applicable}

    def is_deployed(self, environment: Environment) -> bool:
        return self.progress.is_deployed[_PLACES[environment]]

    def is_overdue(self, environment: Environment, today: date) -> bool:
        """Whether the day has passed by which it was to arrive there, and it has not."""
        return not self.is_deployed(environment) and has_passed(self.due(environment), today)

    @property
    def fields(self) -> list[tuple[things.FieldDefinition, str]]:
        """The roadmap's own columns that this item fills, in the roadmap's order."""
        values = {value.key: value.value for value in self.content.fields}
        return [(field, values[field.key]) for field in self.roadmap.fields if values.get(field.key)]

    @property
    def text(self) -> str:
        """All that it says, folded for finding words in it. Its Markdown as written: a reader looks for words."""
        if self._text is None:
            self._text = self._folded()
        return self._text

    def _folded(self) -> str:
        parts: list[str] = []
        for said in ITEM_FIELDS:
            if isinstance(said.shape, OwnValues):
                parts += [value for _, value in self.fields]
            elif said.is_searched:
                parts.append(said.shape.cell(said.of(self.content)))
        return "\n".join(parts).casefold()

    @property
    def enquiry_url(self) -> str:
        return self.roadmap.contact.mailto(f"{self.content.reference} {self.content.title}")


class Snapshot:
    """All Contents of one roadmap at one moment, in the order in which readers see them.

    Immutable. Made from Revisions by reading, from working copies by a preview: the templates cannot tell.
    """

    roadmap: things.RoadmapContent
    pages: tuple[things.PageContent, ...]
    releases: tuple[things.ReleaseContent, ...]
    changelog: tuple[things.ChangelogEntryContent, ...]
    items: tuple[PlacedItem, ...]

    def __init__(
        self,
        contents: Iterable[things.Content],
        came: Mapping[str, Came] | None = None,
        like: Iterable[PlacedItem] = (),
    ):
        """`came` says of entries of the changelog when each was first published, by uid; of drafts there is nothing.

        Those of `like` that are the same, with all that was reckoned of them, are taken; of one uid, the last.

        Raises ValueError where there is not exactly one RoadmapContent among them.
        """
        self.came = came or {}
        given: dict[type[things.Content], list[Any]] = defaultdict(list)
        for content in contents:
            given[type(content)].append(content)
        (self.roadmap,) = given[things.RoadmapContent]
        self.pages = tuple(sorted(given[things.PageContent], key=lambda page: (page.position, page.title, page.uid)))
        self.releases = tuple(sorted(given[things.ReleaseContent], key=_release_order))
        entries = given[things.ChangelogEntryContent]
        drafted = {entry.uid: (inf, index) for index, entry in enumerate(entries)}  # the one typed last is the newest
        known = {**drafted, **self.came}
        self.changelog = tuple(sorted(entries, key=lambda entry: _newest_first(entry, known)))
        order = {release.uid: index for index, release in enumerate(self.releases)}
        by_uid = {release.uid: release for release in self.releases}
        items: list[things.ItemContent] = sorted(
            given[things.ItemContent],
            key=lambda item: (order.get(item.release_uid, len(order)), item.position, _reference_order(item.reference)),
        )
        before = {item.content.uid: item for item in like}
        self.items = tuple(self._placed(item, by_uid.get(item.release_uid), before.get(item.uid)) for item in items)

    def _placed(
        self, content: things.ItemContent, release: things.ReleaseContent | None, known: PlacedItem | None
    ) -> PlacedItem:
        if known and known.content is content and known.roadmap is self.roadmap and known.release is release:
            return known
        return PlacedItem(content, self.roadmap, release)

    def page(self, slug: str) -> things.PageContent | None:
        return next((page for page in self.pages if page.slug == slug), None)

    @cached_property
    def _item_by_reference(self) -> dict[str, PlacedItem]:
        return {item.content.reference: item for item in self.items}

    def item(self, reference: str) -> PlacedItem | None:
        return self._item_by_reference.get(reference)

    @property
    def references(self) -> KeysView[str]:
        """Of all its items."""
        return self._item_by_reference.keys()

    @property
    def home_pages(self) -> list[things.PageContent]:
        return [page for page in self.pages if page.is_on_home]


# The uid comes last in every order, so that it does not depend on which Edition a thing was last published in.


def _release_order(release: things.ReleaseContent) -> tuple[Any, ...]:
    return (release.position, (release.due or parse("TBC")).sort_key, release.title, release.uid)


def _newest_first(entry: things.ChangelogEntryContent, came: Mapping[str, Came]) -> tuple[Any, ...]:
    """Of one day, what was published last; what was published together, as staff or the source put it."""
    start = entry.when.start if entry.when else None
    end = (entry.when.end or start) if entry.when else None
    days = (0, 0) if start is None or end is None else (-start.toordinal(), -end.toordinal())
    edition, place = came[entry.uid]
    return (*days, -edition, entry.position, -place)


def _reference_order(reference: str) -> tuple[str, int]:
    prefix, _, number = reference.rpartition("-")
    return (prefix, int(number)) if number.isdigit() else (reference, 0)
