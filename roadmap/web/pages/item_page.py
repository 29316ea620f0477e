"""One item as lists and its own page show it: its line, its dates, and how far it has come."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from roadmap.content.changes import date_before
from roadmap.content.choices import Environment, Noun, Stage
from roadmap.content.fields import ITEM_FIELDS, ContentField
from roadmap.content.shapes import Apis, Choice, Names, OwnValues, ReleaseLink
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import ItemContent, MilestoneContent
from roadmap.content.words import joined
from roadmap.dates import When
from roadmap.markdown import Rendered, plain_text, render
from roadmap.published.change_words import shortened
from roadmap.published.roadmap import LatestChanges
from roadmap.web.addresses import Addresses
from roadmap.web.pages.reading import RoadmapReading

TAG_COLOURS = {
    Stage.BACKLOG: "grey",
    Stage.TEST: "blue",
    Stage.CONTROLLED_GO_LIVE: "yellow",
    Stage.LIVE: "green",
    Stage.WITHDRAWN: "red",
}
_ORDER = [*Stage]


@dataclass(frozen=True)
class ShownDate:
    """A date with what it is a date of: "Live: June 2026"."""

    label: str
    text: str
    was: str = ""  # the promise before, where the item's latest change moved it


@dataclass(frozen=True)
class Tag:
    """The stage of an item, as a coloured tag."""

    label: str
    colour: str


@dataclass(frozen=True)
class TrackStep:
    """One of the four steps of an item's track."""

    name: str
    text: str
    was: str
    is_reached: bool
    is_current: bool


@dataclass(frozen=True)
class Detail:
    """One row of what an item says in few words."""

    name: str
    value: str = ""
    links: tuple[tuple[str, str], ...] = ()  # instead of a value: words, and an address or nothing
    below: str = ""  # a second line
    is_list: bool = False  # the links, though it be only one
    explanation: str = ""  # HTML


def tag_of(item: PlacedItem) -> Tag:
    return Tag(item.stage_label, TAG_COLOURS[item.stage])


def shown_item(reading: RoadmapReading, placed: PlacedItem) -> "ShownItem":
    latest, content = reading.published.latest_changes, placed.content
    return ShownItem(placed, reading.addresses, latest.get(content.uid), latest.get(content.release_uid))


@dataclass(frozen=True, eq=False)
class ShownItem:
    """What lists and its page say of an item follows from this, and is reckoned where a template asks for it."""

    placed: PlacedItem
    addresses: Addresses
    latest: LatestChanges | None
    latest_of_release: LatestChanges | None

    @property
    def content(self) -> ItemContent:
        return self.placed.content

    @property
    def url(self) -> str:
        return self.addresses.item(self.content.reference)

    @property
    def tag(self) -> Tag:
        return tag_of(self.placed)

    @property
    def about(self) -> str:
        """Kind, audience and APIs on one line: "API · Businesses and agents · VAT (MTD) 1.0"."""
        fields = [field for field in ITEM_FIELDS if field.facet and isinstance(field.shape, Choice | Names | Apis)]
        return " · ".join(words for field in fields if (words := _in_line(field, self.content)))

    @property
    def description(self) -> Rendered:
        return render(self.content.description)

    @property
    def summary(self) -> str:
        """For search engines."""
        return shortened(plain_text(self.content.description)) or f"{self.content.title}: {self.placed.stage_label}"

    @property
    def details(self) -> list[Detail]:
        return [detail for field in ITEM_FIELDS if field.page for detail in self._details(field)]

    def _details(self, field: ContentField) -> Iterator[Detail]:
        match field.shape:
            case OwnValues():
                for number, (column, value) in enumerate(self.placed.fields, start=1):
                    explained = render(column.explanation, anchor_prefix=f"field-{number}", top_level=3).html
                    yield Detail(column.name, value, explanation=explained)
            case ReleaseLink():
                if release := self.placed.release:
                    url = self.addresses.thing(Noun.RELEASE, "", release.uid)
                    yield Detail(field.page, links=((release.title, url),), below=release.dates)
            case Apis():
                if apis := field.of(self.content):
                    links = tuple((str(api), api.link) for api in apis)
                    yield Detail(field.page if len(apis) == 1 else f"{field.page}s", links=links, is_list=True)
            case shape:
                if words := shape.words(field.of(self.content)):
                    yield Detail(field.page, words)

    # Dates

    @property
    def date(self) -> ShownDate | None:
        """The one date that a list shows: the next that is still to come; of a live item, when it went live."""
        if self.placed.stage is Stage.LIVE:
            when, was = self._live_when
            return ShownDate(self._label(Environment.LIVE), when.in_sentence, was) if when and when.start else None
        for environment in Environment:
            milestone = self.content.milestone(environment)
            if milestone and milestone.when and self._is_ahead(environment) and not milestone.when.is_not_applicable:
                return ShownDate(self._label(environment), milestone.when.in_sentence, self._was(environment))
        release = self.placed.release
        if release and release.when and self.placed.stage is not Stage.BACKLOG:  # there, the release says it above
            return ShownDate(self._label(Environment.LIVE), release.when.in_sentence, self._release_was)
        return None

    @property
    def steps(self) -> list[TrackStep]:
        release, is_backlog = self.placed.release, self.placed.stage is Stage.BACKLOG
        title = release.title if release else "Planned"
        first = TrackStep("Backlog", title, "", is_reached=True, is_current=is_backlog)
        return [first, *(self._step(environment) for environment in Environment)]

    def _step(self, environment: Environment) -> TrackStep:
        milestone = self.content.milestone(environment)
        when, was = milestone.when if milestone else None, self._was(environment)
        is_deployed = bool(milestone and milestone.is_deployed)
        if environment is Environment.LIVE:
            when, was = self._live_when
            is_deployed = self.placed.stage is Stage.LIVE
        stage = Stage(environment.value)
        return TrackStep(
            self._label(environment),
            _told(when, is_deployed),
            was,
            is_reached=is_deployed,
            is_current=self.placed.stage is stage,
        )

    @cached_property
    def _live_when(self) -> tuple[When | None, str]:
        """The live milestone's own date, or that of the release that brings it."""
        milestone = self.content.milestone(Environment.LIVE)
        if milestone and milestone.when:
            return milestone.when, self._was(Environment.LIVE)
        release = self.placed.release
        return (release.due, self._release_was) if release else (None, "")

    def _label(self, environment: Environment) -> str:
        return self.placed.roadmap.labels[environment]

    def _is_ahead(self, environment: Environment) -> bool:
        milestone: MilestoneContent | None = self.content.milestone(environment)
        is_deployed = bool(milestone and milestone.is_deployed)
        return not is_deployed and _ORDER.index(Stage(environment.value)) > _ORDER.index(self.placed.stage)

    def _was(self, environment: Environment) -> str:
        now = self.content.milestone(environment)
        return _was(self.latest, f"milestone.{environment.value}", now.when if now else None)

    @property
    def _release_was(self) -> str:
        release = self.placed.release
        return _was(self.latest_of_release, "when", release.when) if release else ""


def _in_line(field: ContentField, content: ItemContent) -> str:
    if isinstance(field.shape, Apis):
        return joined([str(api) for api in field.of(content)])
    return field.shape.words(field.of(content))


def _was(latest: LatestChanges | None, field: str, now: When | None) -> str:
    """What that date was before the thing's latest changes, where they moved it."""
    changes = [told.change for told in latest.told if told.change.field == field] if latest else []
    return date_before(changes[0], now) if changes else ""


def _told(when: When | None, is_deployed: bool) -> str:
    if when is None or when.is_not_applicable:
        return "Deployed" if is_deployed else str(when) if when else "No date given"
    if is_deployed:
        return f"{when}, deployed" if when.start else "Deployed"
    return f"Expected {when.in_sentence}" if when.start else "Date to be confirmed"
