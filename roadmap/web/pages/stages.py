"""The stages of a roadmap with their items by release, as the home page and the page of items show them. No queries."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from roadmap.content.choices import Environment, Noun, Stage
from roadmap.content.snapshot import PlacedItem, Snapshot
from roadmap.markdown import render
from roadmap.web.addresses import anchor_of
from roadmap.web.pages.item_page import ShownItem, shown_item
from roadmap.web.pages.reading import RoadmapReading


@dataclass(frozen=True, eq=False)
class ItemsOfRelease:
    """Those of a release that are in one stage. Without a title: those that are in none."""

    reading: RoadmapReading
    placed: Sequence[PlacedItem]
    title: str = ""
    dates: str = ""
    anchor: str = ""  # empty where the release is shown further up the page too, with its introduction
    introduction: str = ""  # HTML
    is_alone: bool = False  # nothing else is in this stage, so a heading would say nothing

    @property
    def items(self) -> Iterator[ShownItem]:
        """As a page comes to each: thousands at once would be in each other's way."""
        return (shown_item(self.reading, placed) for placed in self.placed)


@dataclass(frozen=True)
class ItemsOfStage:
    label: str
    anchor: str
    count: int  # of all that are in it
    releases: Sequence[ItemsOfRelease]
    url: str  # of all of them, on the page of items

    @property
    def left_off(self) -> int:
        return self.count - sum(len(release.placed) for release in self.releases)


def all_stages(reading: RoadmapReading) -> list[ItemsOfStage]:
    """All four, with every item once. An introduction comes where its release comes first."""
    return _stages(reading, reading.snapshot.items, bare_releases=_bare_releases(reading.snapshot))


def stages_of(reading: RoadmapReading, selected: Sequence[PlacedItem]) -> list[ItemsOfStage]:
    """Those of some of the items, in their order. A release's introduction is about all of its items: left out."""
    return [stage for stage in _stages(reading, selected, is_introduced=False) if stage.count]


def first_of_stages(reading: RoadmapReading, most: int) -> list[ItemsOfStage]:
    """All four, each with its first items."""
    return _stages(reading, reading.snapshot.items, is_introduced=False, most=most)


def _stages(
    reading: RoadmapReading,
    items: Sequence[PlacedItem],
    *,
    bare_releases: frozenset[str] = frozenset(),
    is_introduced: bool = True,
    most: int | None = None,
) -> list[ItemsOfStage]:
    snapshot = reading.snapshot
    labels = {Stage(environment.value): reading.roadmap.labels.stage(environment) for environment in Environment}
    by_stage: dict[Stage, dict[str, list[PlacedItem]]] = defaultdict(lambda: defaultdict(list))
    for placed in items:
        by_stage[placed.stage][placed.content.release_uid if placed.release else ""].append(placed)
    anchored: set[str] = set()
    stages = []
    for stage, label in {Stage.BACKLOG: "Backlog", **labels}.items():
        here, left, releases = by_stage[stage], most, []
        for release in snapshot.releases:
            placed_here = here[release.uid][:left]
            home_of_bare = Stage.LIVE if release.is_deployed else Stage.BACKLOG
            if placed_here or (release.uid in bare_releases and stage is home_of_bare):
                anchor = "" if release.uid in anchored else anchor_of(Noun.RELEASE, release.uid)
                anchored.add(release.uid)
                introduction = ""
                if release.introduction and anchor and is_introduced:
                    introduction = render(release.introduction, anchor_prefix=anchor, top_level=4).html
                releases.append(
                    ItemsOfRelease(reading, placed_here, release.title, release.dates, anchor, introduction)
                )
                left = left and left - len(placed_here)
        if without := here[""][:left]:
            releases.append(ItemsOfRelease(reading, without, is_alone=not releases))
        anchor, count = stage.value.replace("_", "-"), sum(len(found) for found in here.values())
        url = reading.addresses.to("items", fragment=anchor)
        stages.append(ItemsOfStage(label, anchor, count, releases, url))
    return stages


def _bare_releases(snapshot: Snapshot) -> frozenset[str]:
    """Releases that are told of before (or after) any item is in them: their words must not be lost."""
    with_items = {item.content.release_uid for item in snapshot.items}
    return frozenset(
        release.uid
        for release in snapshot.releases
        if release.uid not in with_items and (release.introduction or not release.is_deployed)
    )
