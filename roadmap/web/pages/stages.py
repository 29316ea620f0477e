"""The stages of a roadmap with their items by release, as the home page and the page of items show them. No queries."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from roadmap.content.choices import BACKLOG_LABEL, HORIZON_LABELS, Environment, Noun, Stage
from roadmap.content.snapshot import PlacedItem, Snapshot
from roadmap.content.things import ReleaseContent, anchor_of, lower_first
from roadmap.markdown import render
from roadmap.web.pages.item_page import ShownItem, newest_first, next_first, shown_item, soonest_first
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
    def name_within(self) -> str:
        """To follow other words."""
        return lower_first(self.label)

    @property
    def left_off(self) -> int:
        return self.count - sum(len(release.placed) for release in self.releases)


def all_stages(reading: RoadmapReading) -> list[ItemsOfStage]:
    """All four, with every item once. An introduction comes where its release comes first."""
    return _stages(reading, lambda placed: True)


def stages_of(reading: RoadmapReading, selected: Sequence[PlacedItem]) -> list[ItemsOfStage]:
    """Those of some of the items. A release's introduction is about all of its items: left out."""
    return [stage for stage in _stages(reading, {*selected}.__contains__, is_introduced=False) if stage.count]


def first_of_stages(reading: RoadmapReading, most: int) -> list[ItemsOfStage]:
    """All four, each with its first items."""
    return _stages(reading, lambda placed: placed is not None, is_introduced=False, most=most)


class _Row(NamedTuple):
    """An item, or a release that has none, with what it is sorted by."""

    order: tuple[Any, ...]
    release: ReleaseContent | None
    placed: PlacedItem | None = None


# By what is read, of the day for which it was asked last.
_known: WeakKeyDictionary[Snapshot, tuple[date, dict[Stage, list[_Row]]]] = WeakKeyDictionary()


def _rows(snapshot: Snapshot, today: date) -> dict[Stage, list[_Row]]:
    """All there are, in their order, which is the same all day."""
    day, rows = _known.get(snapshot, (None, {}))
    if day == today:
        return rows
    places = {release.uid: place for place, release in enumerate(snapshot.releases)}
    rows = {stage: [] for stage in Stage}
    for item in snapshot.items:
        place = places[item.release.uid] if item.release else len(places)
        rows[item.stage].append(_Row((*next_first(item, today), place), item.release, item))
    for release in _bare_releases(snapshot):
        stage = Stage.LIVE if release.is_deployed else Stage.BACKLOG
        order = newest_first(release.due) if release.is_deployed else soonest_first([release.due], today)
        rows[stage].append(_Row((*order, places[release.uid]), release))
    for of_stage in rows.values():
        of_stage.sort(key=lambda row: row.order)
    _known[snapshot] = today, rows
    return rows


def _stages(
    reading: RoadmapReading,
    is_shown: Callable[[PlacedItem | None], bool],
    *,
    is_introduced: bool = True,
    most: int | None = None,
) -> list[ItemsOfStage]:
    """A release comes where the first of its items does: by what they say, and not by what it is called."""
    labels, rows = reading.roadmap.labels, _rows(reading.snapshot, reading.current_day)
    names = {Stage.BACKLOG: BACKLOG_LABEL} | {Stage(place.value): labels.stage(place) for place in Environment}
    anchored: set[str] = set()
    stages = []
    for stage, name in names.items():
        here = [row for row in rows[stage] if is_shown(row.placed)]
        by_release: dict[str, list[_Row]] = defaultdict(list)
        for row in here[:most]:
            by_release[row.release.uid if row.release else ""].append(row)
        releases = []
        for uid, of_release in by_release.items():
            first, placed = of_release[0].release, [row.placed for row in of_release if row.placed]
            if first is None:
                releases.append(ItemsOfRelease(reading, placed, is_alone=len(by_release) == 1))
                continue
            anchor = "" if uid in anchored else anchor_of(Noun.RELEASE, uid)
            anchored.add(uid)
            introduction = ""
            if first.introduction and anchor and is_introduced:
                introduction = render(first.introduction, anchor_prefix=anchor, top_level=4).html
            dates = ", ".join(part for part in (_term(first, stage), first.dates) if part)
            releases.append(ItemsOfRelease(reading, placed, first.title, dates, anchor, introduction))
        anchor, count = stage.value.replace("_", "-"), sum(row.placed is not None for row in here)
        stages.append(ItemsOfStage(name, anchor, count, releases, reading.addresses.to("items", fragment=anchor)))
    return stages


def _term(release: ReleaseContent, stage: Stage) -> str:
    """ "Near term", where its title does not say so."""
    term = HORIZON_LABELS[release.horizon] if release.horizon and stage is Stage.BACKLOG else ""
    return "" if term.lower() in release.title.lower() else term


def _bare_releases(snapshot: Snapshot) -> list[ReleaseContent]:
    """Releases that are told of before (or after) any item is in them: their words must not be lost."""
    with_items = {item.content.release_uid for item in snapshot.items}
    return [
        release
        for release in snapshot.releases
        if release.uid not in with_items and (release.introduction or not release.is_deployed)
    ]
