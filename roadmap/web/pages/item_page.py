"""One item as lists and its own page show it: its line, its dates, how far it has come, and what happened to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from roadmap.content.changed_dates import in_brackets
from roadmap.content.choices import BACKLOG_LABEL, Environment, Noun, Stage
from roadmap.content.fields import ITEM_FIELDS, UNSEEN, ContentField
from roadmap.content.shapes import Apis, Choice, Names, OwnValues, ReleaseLink
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import ItemContent, joined, lower_first
from roadmap.dates import When
from roadmap.dates.moves import has_passed
from roadmap.markdown import Rendered, plain_text, render
from roadmap.published.change_words import in_sentences, shortened
from roadmap.published.date_history import TOLD_OF_RELEASE, Promise, as_it_was, stories, told_of_item
from roadmap.published.filter_values import slug_of
from roadmap.published.history import Happening, History
from roadmap.web.addresses import Addresses
from roadmap.web.pages.reading import RoadmapReading

TAG_COLOURS = {
    Stage.BACKLOG: "govuk-tag--grey",
    Stage.TEST: "govuk-tag--blue",
    Stage.CONTROLLED_GO_LIVE: "govuk-tag--yellow",
    Stage.LIVE: "govuk-tag--green",
}
PASSED = ": this date has passed"
FEW_APIS = 3  # of an item, on one short line
BREAKS = "This may break software that uses it."
# What a line of a list says of an item.
_IN_LINE = [field for field in ITEM_FIELDS if field.facet and isinstance(field.shape, Choice | Names | Apis)]


@dataclass(frozen=True)
class ShownDate:
    """A date with what it is a date of: "Live: June 2026", "Live expected March 2026: this date has passed"."""

    text: str
    was: str = ""  # the last promise that was another
    ending: str = ""


@dataclass(frozen=True)
class Tag:
    """The stage of an item, as a coloured tag."""

    label: str
    colour: str  # a class, whole: script/setup.sh finds by name what pages use


WITHDRAWN_TAG = Tag("Withdrawn", "govuk-tag--red")


@dataclass(frozen=True)
class TrackStep:
    """One of the four steps of an item's track."""

    name: str
    text: str
    was: str
    ending: str
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
    own, content = reading.of(placed), placed.content
    name = reading.published.name_of(content.title, content.reference)
    before, of_roadmap = own.dates_before(content.uid), reading.name_among_others(placed)
    return ShownItem(placed, own.addresses, own.current_day, before, name, of_roadmap, own.is_past)


@dataclass(frozen=True, eq=False)
class ShownItem:
    """What lists and its page say of an item follows from this, and is reckoned where a template asks for it."""

    placed: PlacedItem
    addresses: Addresses
    today: date
    dates_before: Mapping[Environment, Promise]
    name: str = ""  # in a list: see PublishedRoadmap.name_of
    of_roadmap: str = ""  # what its roadmap is called, among items of others
    is_past: bool = False  # it is as it was on a day that is over
    of_api: str = ""  # on the page of this one, whose name is not said again; as a filter knows it

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
        said = [words for field in _IN_LINE if (words := _in_line(field, self.content, self.of_api))]
        return " · ".join([*([self.of_roadmap] if self.of_roadmap else []), *said])

    @property
    def apis(self) -> str:
        """On one short line: "VAT (MTD) 1.0"; of very many, the first."""
        names = [*map(str, self.content.apis)]
        more = len(names) - FEW_APIS
        return joined([*names[:FEW_APIS], f"{more} more APIs"] if more > 1 else names)

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
                    links = {str(api): self.addresses.api(slug_of(api.name)) for api in apis}
                    links |= {f"Documentation of {api.name}": api.link for api in apis if api.link}
                    label = field.page if len(apis) == 1 else f"{field.page}s"
                    yield Detail(label, links=tuple(links.items()), is_list=True)
            case shape:
                if words := shape.words(field.of(self.content)):
                    yield Detail(field.page, words)

    @property
    def advice(self) -> str:
        """What whoever uses it has to do, and by when; empty where it is not said to break anything."""
        if not self.content.is_breaking:
            return ""
        placed, labels = self.placed, self.placed.roadmap.labels
        live, test = placed.due(Environment.LIVE), placed.due(Environment.TEST)
        there, dated = labels.place(Environment.LIVE), live is not None and live.start is not None
        if self.is_past:
            return f"{BREAKS} {self._advice_then}"
        if placed.is_deployed(Environment.LIVE):
            since = f"has been {there} since {live.in_sentence}" if live and dated else f"is {there}"
            return f"{BREAKS} It {since}."
        expected = f"expected {live.in_sentence}" if live and dated else "which has no date yet"
        passed = PASSED if placed.is_overdue(Environment.LIVE, self.today) else ""
        said = f"{BREAKS} Have yours ready before it is {there}, {expected}{passed}."
        if placed.is_deployed(Environment.TEST):
            return f"{said} You can test it {labels.place(Environment.TEST)} now."
        if test and test.start and not placed.is_overdue(Environment.TEST, self.today):
            return f"{said} To test it: {labels.test} expected {test.in_sentence}."
        return said

    @property
    def _advice_then(self) -> str:
        """What was so on a day that is over."""
        placed, labels = self.placed, self.placed.roadmap.labels
        live, there = placed.due(Environment.LIVE), labels.place(Environment.LIVE)
        dated = live.in_sentence if live is not None and live.start is not None else ""
        if placed.is_deployed(Environment.LIVE):
            return f"It was {there} on that day{f', since {dated}' if dated else ''}."
        said = f"On that day it was not {there}{f': it was expected {dated}' if dated else ', and had no date'}."
        is_testable = placed.is_deployed(Environment.TEST)
        return f"{said} It could be tested {labels.place(Environment.TEST)} then." if is_testable else said

    # Dates

    @property
    def dates(self) -> list[ShownDate]:
        """Those that a list shows: the soonest that is still to come, and what a reader would not expect beside it.

        That is a date that has passed, and a live date of its own that is another than its release's. What the release
        says above its planned items is not said again. Of a live item, when it went live.
        """
        placed, own = self.placed, self.content.milestone(Environment.LIVE)
        if placed.stage is Stage.LIVE:
            when = placed.due(Environment.LIVE)
            return [self._date(Environment.LIVE, when)] if when and when.start else []
        ahead = placed.ahead
        overdue = [environment for environment, when in ahead.items() if has_passed(when, self.today)]
        to_come = [environment for environment in ahead if environment not in overdue]
        chosen = sorted(to_come, key=lambda environment: ahead[environment].sort_key)[:1]
        release_says = placed.release.due if placed.release else None
        if own and own.when and release_says and str(own.when) != str(release_says) and own.environment in to_come:
            chosen = [*dict.fromkeys([*chosen, own.environment])]
        if placed.stage is Stage.BACKLOG and release_says and not (own and own.when):
            chosen = [environment for environment in chosen if environment is not Environment.LIVE]
        of_chosen = [self._date(environment, ahead[environment]) for environment in chosen]
        return of_chosen + [self._date(environment, ahead[environment], is_overdue=True) for environment in overdue]

    def was(self, environment: Environment) -> str:
        """The last promise that was another, to stand in brackets; empty where there was none."""
        before = self.dates_before.get(environment)
        return in_brackets(before.words) if before else ""

    def _date(self, environment: Environment, when: When, *, is_overdue: bool = False) -> ShownDate:
        label, was = self.placed.roadmap.labels[environment], self.was(environment)
        if is_overdue:
            return ShownDate(f"{label} expected {when.in_sentence}", was, PASSED)
        return ShownDate(f"{label}: {when.in_sentence}", was)

    def said(self, environment: Environment) -> ShownDate:
        """Of its arrival there, to follow the environment's name: "by June 2026", "March 2026, deployed"."""
        placed = self.placed
        when, text = placed.due(environment), ""
        if placed.is_deployed(environment):
            text = f"{when.in_sentence}, deployed" if when and when.start else "deployed"
        elif when:
            text = when.in_sentence
        return ShownDate(text, self.was(environment), PASSED if placed.is_overdue(environment, self.today) else "")

    @property
    def steps(self) -> list[TrackStep]:
        placed = self.placed
        title, is_planned = placed.release.title if placed.release else "", placed.stage is Stage.BACKLOG
        if placed.release and placed.release.due and str(placed.due(Environment.LIVE)) != str(placed.release.due):
            title = ""  # it has a date of its own: a release that is called after its date would contradict it
        steps = [TrackStep(BACKLOG_LABEL, title, "", ending="", is_reached=True, is_current=is_planned)]
        for environment in Environment:
            is_deployed = placed.is_deployed(environment)
            steps.append(
                TrackStep(
                    placed.roadmap.labels[environment],
                    _told(placed.due(environment), is_deployed),
                    self.was(environment),
                    ending=PASSED if placed.is_overdue(environment, self.today) else "",
                    is_reached=is_deployed,
                    is_current=placed.stage.value == environment.value,
                )
            )
        return steps


def next_first(placed: PlacedItem, today: date) -> tuple[Any, ...]:
    """To sort the items of a stage by: what comes next, then what is overdue, then the rest; live ones newest first."""
    if placed.stage is Stage.LIVE:
        return newest_first(placed.due(Environment.LIVE))
    return soonest_first(placed.ahead.values(), today)


def soonest_first(dates: Iterable[When | None], today: date) -> tuple[Any, ...]:
    return min(((has_passed(when, today), when.sort_key) for when in dates if when and when.start), default=(2,))


def newest_first(when: When | None) -> tuple[Any, ...]:
    day = when and (when.end or when.start)
    return (0, -day.toordinal()) if day else (1,)


def as_it_stood(reading: RoadmapReading, uid: str, history: History) -> dict[str, Any]:
    """Of a withdrawn item, what its page said last: nothing where the history lacks it, no dates that are kept back."""
    placed = as_it_was(history, uid)
    if placed is None:
        return {}
    apart = PlacedItem(placed.content, placed.roadmap, None)  # its release may be gone, and its title be its date
    return {
        "description": render(placed.content.description, top_level=3).html,
        "item": ShownItem(apart, reading.addresses, reading.current_day, {}),
        "dates": [*_last_dates(placed)] if history.tells_dates else [],
    }


def _last_dates(placed: PlacedItem) -> Iterator[Detail]:
    for environment in Environment:
        when, is_deployed = placed.due(environment), placed.is_deployed(environment)
        if is_deployed:
            yield Detail(placed.roadmap.labels[environment], _told(when, is_deployed))
        elif when and not when.is_not_applicable:
            words = f"Was {'expected ' if when.start else ''}{when.in_sentence}"
            yield Detail(placed.roadmap.labels[environment], words)


def _in_line(field: ContentField, content: ItemContent, of_api: str = "") -> str:
    if isinstance(field.shape, Apis):
        apis = field.of(content)
        others = [api for api in apis if slug_of(api.name) != of_api]
        if len(others) == len(apis):
            return joined([str(api) for api in apis])
        own = joined([f"version {api.version.lstrip('vV')}" for api in apis if api not in others and api.version])
        also = f"also concerns {joined([str(api) for api in others])}" if others else ""
        said = ", ".join(part for part in (own, also) if part)
        return f"{said[:1].upper()}{said[1:]}"
    return field.shape.words(field.of(content))


def _told(when: When | None, is_deployed: bool) -> str:
    if when is None or when.is_not_applicable:
        return "Deployed" if is_deployed else str(when) if when else "No date given"
    if is_deployed:
        return f"{when}, deployed" if when.start else "Deployed"
    return f"Expected {when.in_sentence}" if when.start else "Date to be confirmed"


# What happened to it, and its dates from the first to now


@dataclass(frozen=True)
class HistoryLine:
    """What one Edition said or changed."""

    at: datetime
    number: int
    url: str
    is_unseen: bool  # readers do not have it yet
    sentences: Sequence[str]


def shown_history(reading: RoadmapReading, uid: str, history: History) -> dict[str, Any]:
    """`stories` of each environment whose date is not any more what it was first; `happened`: lines, newest first.

    `is_behind`: whether the newest Editions are missing, while the database is away.
    """

    def happened() -> Iterator[HistoryLine]:
        for edition, found in groupby(told_of_item(history, uid), key=lambda happening: happening.edition):
            at, number = edition.published_at, edition.number
            if sentences := [words for one in found for words in _sentences(one)]:
                yield HistoryLine(at, number, reading.addresses.edition(number), reading.is_unseen(number), sentences)

    return {
        "stories": [story for story in stories(history, uid) if story.sentence],
        "happened": [*happened()],
        "is_behind": reading.is_behind(history),
    }


def _sentences(happening: Happening) -> list[str]:
    edition, thing = happening
    if thing.noun is not Noun.RELEASE:
        return in_sentences([told for told in thing.told if told.change.field != UNSEEN], edition.roadmap)
    name = thing.title if thing.title.lower().startswith(("release", "a release")) else f"Release {thing.title}"
    of_dates = [told for told in thing.told if told.change.field in TOLD_OF_RELEASE]
    return [f"{name}: {lower_first(sentence)}" for sentence in in_sentences(of_dates, edition.roadmap)]
