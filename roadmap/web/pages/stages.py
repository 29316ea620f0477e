"""The stages of a roadmap with their items by release, as the home page and the page of items show them. No queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.template.loader import get_template
from django.utils.safestring import mark_safe

from roadmap.content.choices import BACKLOG_LABEL, HORIZON_LABELS, Environment, Noun, Stage
from roadmap.content.snapshot import PlacedItem, Snapshot
from roadmap.content.things import ReleaseContent, anchor_of, lower_first
from roadmap.markdown import render
from roadmap.web.pages.item_page import newest_first, next_first, shown_item, soonest_first
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.pagination import PageOfList
from roadmap.web.written import WrittenItems, written_items


@dataclass(frozen=True, eq=False)
class ItemsOfRelease:
    """Those of a release that are in one stage. Without a title: those that are in none."""

    reading: RoadmapReading
    placed: Sequence[PlacedItem]
    title: str = ""
    dates: str = ""
    anchor: str = ""  # empty where the release is shown further up the list too, with its introduction
    introduction: str = ""  # HTML
    is_alone: bool = False  # nothing else is in this stage, so a heading would say nothing
    is_continued: bool = False  # from the page before
    is_short: bool = False  # what each item is about is left out
    of_api: str = ""  # on the page of this one, whose name is not said in each line

    @property
    def lines(self) -> str:
        """HTML: a line of each item. Those of today are kept: a draft, or a day that is past, is seldom read again."""
        kept: WrittenItems[str] = WrittenItems()
        if self.reading.is_of_today and not self.of_api:  # each of as many APIs is read less often
            kept = written_items("line", self.reading.addresses, self.is_short)
        template = get_template("web/pages/items/_item.html")
        return mark_safe("".join(self._line(item, kept, template) for item in self.placed))  # noqa: S308

    def _line(self, placed: PlacedItem, kept: WrittenItems[str], template: Any) -> str:
        item = shown_item(self.reading, placed)
        if self.of_api:
            item = replace(item, of_api=self.of_api)
        basis = (
            placed.content,
            placed.roadmap,
            placed.release,
            item.today,
            item.dates_before,
            item.name,
            item.of_roadmap,
        )
        return kept.of(placed.content.uid, basis, lambda: template.render({"item": item, "is_short": self.is_short}))


@dataclass(frozen=True)
class ItemsOfStage:
    label: str
    anchor: str
    count: int  # of all that are in it
    releases: Sequence[ItemsOfRelease]
    url: str  # of the first of them, on the page of items
    is_continued: bool = False  # from the page before
    dates_have_passed: bool = False  # every one that is given, of those that are to come

    @property
    def has_more(self) -> bool:
        return self.count > sum(len(release.placed) for release in self.releases)

    @property
    def name_within(self) -> str:
        """To follow other words."""
        return lower_first(self.label)


class ReleaseElsewhere(NamedTuple):
    """One that another page of the list shows. Its anchor is on every page: links to it know no page."""

    anchor: str
    title: str
    url: str


@dataclass(frozen=True)
class PageOfStages:
    """What one page of the list of items shows, and where the rest is."""

    contents: Sequence[ItemsOfStage]  # all stages, those that are on another page without releases
    stages: Sequence[ItemsOfStage]
    elsewhere: Sequence[ReleaseElsewhere]


def stages_of(reading: RoadmapReading, selected: Collection[PlacedItem], of_api: str, most: int) -> list[ItemsOfStage]:
    """For the page of an API: those that any of these items is in, with its first, without the API's name in each."""
    found = []
    for stage in first_of_stages(reading, most, selected):
        if stage.count:
            releases = [replace(release, of_api=of_api) for release in stage.releases]
            url = reading.addresses.to("items", query=[("stage", stage.anchor.replace("-", "_")), ("api", of_api)])
            found.append(replace(stage, releases=releases, url=url))
    return found


def first_of_stages(
    reading: RoadmapReading,
    most: int | None,
    selected: Collection[PlacedItem] | None = None,
    *,
    is_short: bool = False,
) -> list[ItemsOfStage]:
    """All four, each with its first items, in few words or in all: of all, or of a selection."""
    found, seen = [], set[str]()
    for stage, rows in _selected(reading, selected).items():
        with_item = [row for row in rows if row.placed]
        groups = _groups(with_item[:most], seen)
        shown = (_shown(reading, group, stage, is_alone=len(groups) == 1) for group in groups)
        releases = [replace(release, is_short=is_short) for release in shown]
        anchor = _anchor(stage)
        url = reading.addresses.to("items", fragment=anchor)
        # What comes next is first, before what is overdue, and that before what has no date.
        is_over = stage is not Stage.LIVE and bool(with_item) and with_item[0].order[0] is True
        of_stage = ItemsOfStage(_name(reading, stage), anchor, len(with_item), releases, url)
        found.append(replace(of_stage, dates_have_passed=is_over))
    return found


def page_of_stages(
    reading: RoadmapReading, paged: PageOfList[int], selected: Collection[PlacedItem] | None = None
) -> PageOfStages:
    """Every item once, and all four stages; of items that are selected, the stages that any of them is in.

    An introduction comes where its release comes first. It is about all of the release's items: a selection has none.
    """
    contents, stages, elsewhere = [], [], []
    seen: set[str] = set()
    place = 0  # in the whole list
    for stage, rows in _selected(reading, selected).items():
        groups, starts, releases = _groups(rows, seen), paged.page_with(place), []
        count = sum(len(group.placed) for group in groups)
        if not groups and (selected is not None or not reading.snapshot.items):
            continue
        for group in groups:
            begins, size = paged.page_with(place), len(group.placed)
            if begins <= paged.number <= paged.page_with(place + max(size, 1) - 1):
                part, is_continued = group._replace(placed=paged.cut(group.placed, place)), begins < paged.number
                is_introduced = selected is None and not is_continued
                shown = _shown(reading, part, stage, is_alone=len(groups) == 1, is_introduced=is_introduced)
                releases.append(replace(shown, is_continued=is_continued))
            elif group.anchor and group.release:
                url = paged.url(begins, group.anchor)
                elsewhere.append(ReleaseElsewhere(group.anchor, group.release.title, url))
            place += size
        anchor = _anchor(stage)
        url = f"#{anchor}" if starts == paged.number else paged.url(starts, anchor)
        of_stage = ItemsOfStage(_name(reading, stage), anchor, count, releases, url, starts < paged.number)
        contents.append(of_stage)
        if releases or (not groups and starts == paged.number):
            stages.append(of_stage)
    return PageOfStages(contents, stages, elsewhere)


def in_reading_order(reading: RoadmapReading, selected: Collection[PlacedItem] | None = None) -> list[PlacedItem]:
    """By stage, and in each what comes next first: all, or those of a selection."""
    return [row.placed for rows in _selected(reading, selected).values() for row in rows if row.placed]


class _Row(NamedTuple):
    """An item, or a release that has none, with what it is sorted by."""

    order: tuple[Any, ...]
    release: ReleaseContent | None
    placed: PlacedItem | None = None


_STAGES = (Stage.BACKLOG, *(Stage(place.value) for place in Environment))
# By what is read, of the day for which it was asked last.
_known: WeakKeyDictionary[Snapshot, tuple[date, dict[Stage, list[_Row]]]] = WeakKeyDictionary()


def prepare_order(snapshot: Snapshot, today: date) -> None:
    _rows(snapshot, today)


def _rows(snapshot: Snapshot, today: date) -> dict[Stage, list[_Row]]:
    """All there are, in their order, which is the same all day."""
    day, rows = _known.get(snapshot, (None, {}))
    if day == today:
        return rows
    places = {release.uid: place for place, release in enumerate(snapshot.releases)}
    rows = {stage: [] for stage in _STAGES}
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


def _selected(reading: RoadmapReading, selected: Collection[PlacedItem] | None) -> Mapping[Stage, Sequence[_Row]]:
    rows = _rows(reading.snapshot, reading.current_day)
    if selected is None:
        return rows
    among = {*selected}
    return {stage: [row for row in of_stage if row.placed in among] for stage, of_stage in rows.items()}


class _OfRelease(NamedTuple):
    """The items of a release that are in one stage; without a release, those that are in none."""

    release: ReleaseContent | None
    placed: Sequence[PlacedItem]
    anchor: str  # empty where the release has another group further up


def _groups(rows: Sequence[_Row], seen: set[str]) -> list[_OfRelease]:
    """A release comes where the first of its items does: by what they say, and not by what it is called.

    `seen` are the releases that were further up, by uid; these are added.
    """
    by_release: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        by_release[row.release.uid if row.release else ""].append(row)
    found = []
    for uid, of_release in by_release.items():
        anchor = anchor_of(Noun.RELEASE, uid) if uid and uid not in seen else ""
        placed = [row.placed for row in of_release if row.placed]
        found.append(_OfRelease(of_release[0].release, placed, anchor))
    seen.update(by_release)
    return found


def _shown(
    reading: RoadmapReading, group: _OfRelease, stage: Stage, *, is_alone: bool, is_introduced: bool = False
) -> ItemsOfRelease:
    release, placed, anchor = group
    if release is None:
        return ItemsOfRelease(reading, placed, is_alone=is_alone)
    introduction = ""
    if release.introduction and anchor and is_introduced:
        introduction = render(release.introduction, anchor_prefix=anchor, top_level=4).html
    dates = ", ".join(part for part in (_term(release, stage), _dates_besides(release)) if part)
    return ItemsOfRelease(reading, placed, release.title, dates, anchor, introduction)


def _anchor(stage: Stage) -> str:
    return stage.value.replace("_", "-")


def _name(reading: RoadmapReading, stage: Stage) -> str:
    return BACKLOG_LABEL if stage is Stage.BACKLOG else reading.roadmap.labels.stage(Environment(stage.value))


def _dates_besides(release: ReleaseContent) -> str:
    """Of its dates what its title, which may be its date, does not say: "to be confirmed" beside "April 2027"."""
    title, dates = release.title.strip().casefold(), release.dates
    if dates.casefold() in title:
        return ""
    rest = dates[len(title) :].strip() if dates.casefold().startswith(f"{title} (") else ""
    return rest.removeprefix("(").removesuffix(")") if rest.count("(") == 1 and rest.endswith(")") else dates


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
