"""The stages of a roadmap with their items by release, as the home page and the page of items show them. No queries."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from roadmap.content.choices import Environment, Noun, Stage
from roadmap.content.snapshot import PlacedItem, Snapshot
from roadmap.content.things import ReleaseContent
from roadmap.markdown import render
from roadmap.web.pages.item_page import ShownItem

HOME_ITEMS = 10  # how many of each stage the home page shows; the rest is counted, with a link to all of it

Show = Callable[[PlacedItem], ShownItem]


def anchor_of(noun: Noun, uid: str) -> str:
    """Where a thing without a page of its own is on the page that lists it: the same in every Edition."""
    return f"{noun.value.split('_')[0]}-{uid[:8]}"


@dataclass(frozen=True)
class ShownRelease:
    """A release with those of its items that are in one stage. Without a release: items that are in none."""

    show: Show
    release: ReleaseContent | None
    placed: Sequence[PlacedItem]
    anchor: str = ""  # empty where the release is shown further up the page too, with its introduction
    is_alone: bool = False  # nothing else is in this stage, so a heading would say nothing
    is_introduced: bool = True

    @property
    def items(self) -> Iterator[ShownItem]:
        return map(self.show, self.placed)

    @property
    def introduction(self) -> SafeString | str:
        if not (self.release and self.release.introduction and self.anchor and self.is_introduced):
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


def all_stages(snapshot: Snapshot, show: Show) -> list[ShownStage]:
    """All four, with every item once. An introduction comes where its release comes first."""
    return _stages(snapshot.items, snapshot, show, _bare_releases(snapshot))


def stages_of(selected: Sequence[PlacedItem], snapshot: Snapshot, show: Show) -> list[ShownStage]:
    """The same of some of the items, in their order. A release's introduction is about all of its items: left out."""
    return _stages(selected, snapshot, show, set(), is_introduced=False)


def _stages(
    items: Sequence[PlacedItem], snapshot: Snapshot, show: Show, bare_releases: set[str], *, is_introduced: bool = True
) -> list[ShownStage]:
    labels = {Stage(one.value): snapshot.roadmap.labels.stage(one) for one in Environment}
    by_stage: dict[Stage, dict[str, list[PlacedItem]]] = defaultdict(lambda: defaultdict(list))
    for placed in items:
        by_stage[placed.stage][placed.content.release_uid if placed.release else ""].append(placed)
    anchored: set[str] = set()
    stages = []
    for stage, label in {Stage.BACKLOG: "Backlog", **labels}.items():
        shown = []
        for release in snapshot.releases:
            placed_here = by_stage[stage][release.uid]
            home_of_bare = Stage.LIVE if release.is_deployed else Stage.BACKLOG
            if placed_here or (release.uid in bare_releases and stage is home_of_bare):
                anchor = "" if release.uid in anchored else anchor_of(Noun.RELEASE, release.uid)
                anchored.add(release.uid)
                shown.append(ShownRelease(show, release, placed_here, anchor, is_introduced=is_introduced))
        if without := by_stage[stage][""]:
            shown.append(ShownRelease(show, None, without, is_alone=not shown))
        stages.append(ShownStage(label, stage.value.replace("_", "-"), shown))
    return stages


def _bare_releases(snapshot: Snapshot) -> set[str]:
    """Releases that are told of before (or after) any item is in them: their words must not be lost."""
    with_items = {one.content.release_uid for one in snapshot.items}
    return {
        one.uid for one in snapshot.releases if one.uid not in with_items and (one.introduction or not one.is_deployed)
    }
