"""What happened to one item, and its dates from the first to now, as its page tells of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from roadmap.content.choices import Noun
from roadmap.content.things import lower_first
from roadmap.published.change_words import in_sentences
from roadmap.published.date_history import TOLD_OF_RELEASE, DateStory, Promise, stories, told_of_item
from roadmap.published.history import Happening, History, PastEdition
from roadmap.web.pages.reading import RoadmapReading

# A longer story of a date is folded.
MOST_OPEN = 3


@dataclass(frozen=True)
class HistoryLine:
    """What one Edition said or changed."""

    at: datetime
    number: int
    url: str
    is_unseen: bool  # readers do not have it yet
    sentences: Sequence[str]
    reason: str = ""


@dataclass(frozen=True)
class ShownStory:
    """The dates that readers were given for one environment."""

    sentence: str
    label: str
    promises: Sequence[HistoryLine]

    @property
    def is_long(self) -> bool:
        return len(self.promises) > MOST_OPEN


@dataclass(frozen=True)
class ShownHistory:
    stories: Sequence[ShownStory]  # of each environment whose date is not any more what it was first
    happened: Sequence[HistoryLine]  # newest first
    is_behind: bool  # whether the newest Editions are missing, while the database is away


def is_behind(reading: RoadmapReading, history: History) -> bool:
    return history.newest_number < reading.edition.number


def shown_history(reading: RoadmapReading, uid: str, history: History) -> ShownHistory:
    told = [story for story in stories(history, uid) if story.sentence]
    return ShownHistory(
        [ShownStory(story.sentence, story.label, [*_promises(reading, story)]) for story in told],
        [*_happened(reading, uid, history)],
        is_behind(reading, history),
    )


def _line(reading: RoadmapReading, edition: PastEdition, sentences: Sequence[str], reason: str = "") -> HistoryLine:
    at, number = edition.published_at, edition.number
    return HistoryLine(at, number, reading.addresses.edition(number), reading.is_unseen(number), sentences, reason)


def _promises(reading: RoadmapReading, story: DateStory) -> Iterator[HistoryLine]:
    for promise in reversed(story.promises):
        said = _said(promise, is_first=promise is story.promises[0])
        yield _line(reading, promise.edition, [said], promise.reason)


def _happened(reading: RoadmapReading, uid: str, history: History) -> Iterator[HistoryLine]:
    for edition, happenings in groupby(told_of_item(history, uid), key=lambda happening: happening.edition):
        yield _line(reading, edition, [sentence for happening in happenings for sentence in _sentences(happening)])


def _sentences(happening: Happening) -> list[str]:
    edition, thing = happening
    if thing.noun is not Noun.RELEASE:
        return in_sentences(thing.told, edition.roadmap)
    name = thing.title if thing.title.lower().startswith(("release", "a release")) else f"Release {thing.title}"
    of_dates = [told for told in thing.told if told.change.field in TOLD_OF_RELEASE]
    return [f"{name}: {lower_first(sentence)}" for sentence in in_sentences(of_dates, edition.roadmap)]


def _said(promise: Promise, *, is_first: bool) -> str:
    when = promise.when
    if promise.is_deployed:
        return f"Deployed, {promise.text}" if when and when.start else "Deployed"
    if when is None:
        return "No date"
    if not when.start:
        return promise.text[:1].upper() + promise.text[1:]
    return f"{'Planned' if is_first else 'Now planned'} {promise.text}"
