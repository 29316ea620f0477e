"""What happened to one item, and its dates from the first to now, as its page tells of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby

from roadmap.content.things import lower_first
from roadmap.published.date_history import TOLD_OF_RELEASE, DateStory, Promise, Told, stories, told_of_item
from roadmap.published.history import History
from roadmap.web.pages.edition_page import retelling
from roadmap.web.pages.roadmap_page import Shown

# A longer story of a date is folded.
MOST_OPEN = 3


@dataclass(frozen=True)
class ShownPromise:
    """One date that readers were given."""

    text: str
    at: datetime
    number: int
    url: str  # of its Edition
    reason: str
    is_unseen: bool


@dataclass(frozen=True)
class ShownStory:
    sentence: str
    label: str
    promises: list[ShownPromise]

    @property
    def is_long(self) -> bool:
        return len(self.promises) > MOST_OPEN


@dataclass(frozen=True)
class ShownHappening:
    """All that one Edition changed for the item."""

    at: datetime
    number: int
    url: str
    sentences: list[str]
    is_unseen: bool  # readers do not have it yet


class ShownHistory:
    """Everything is reckoned when a template first asks for it."""

    def __init__(self, shown: Shown, uid: str, history: History):
        self._shown = shown
        self._uid = uid
        self._history = history
        self._retelling = retelling(shown, history)

    @property
    def is_behind(self) -> bool:
        """Whether the newest Editions are missing, while the database is away."""
        return self._history.newest_number < self._shown.edition.number

    @cached_property
    def stories(self) -> list[ShownStory]:
        """Of each environment whose date is not any more what it was first."""
        if self._shown.roadmap.hides_date_history:
            return []
        return [
            ShownStory(story.sentence, story.label, [*self._promises(story)])
            for story in stories(self._history, self._uid)
            if story.sentence
        ]

    def _promises(self, story: DateStory) -> Iterator[ShownPromise]:
        for one in reversed(story.promises):
            edition = one.edition
            yield ShownPromise(
                _said(one, is_first=one is story.promises[0]),
                edition.published_at,
                edition.number,
                self._shown.edition_url(edition.number),
                one.reason,
                self._is_unseen(edition.number),
            )

    @property
    def happened(self) -> Iterator[ShownHappening]:
        """Newest first."""
        told = told_of_item(self._history, self._uid)
        for number, of_edition in groupby(told, key=lambda one: one.happened.edition.number):
            ones = [*of_edition]
            sentences = [sentence for one in ones for sentence in self._sentences(one)]
            at = ones[0].happened.edition.published_at
            yield ShownHappening(at, number, self._shown.edition_url(number), sentences, self._is_unseen(number))

    def _sentences(self, told: Told) -> list[str]:
        edition, thing = told.happened
        if not told.is_of_release:
            return self._retelling.sentences(thing, thing.told, edition)
        title = self._retelling.title(thing)
        name = title if title.lower().startswith(("release", "a release")) else f"Release {title}"
        of_dates = [one for one in thing.told if one.change.field in TOLD_OF_RELEASE]
        return [f"{name}: {lower_first(one)}" for one in self._retelling.sentences(thing, of_dates, edition)]

    def _is_unseen(self, number: int) -> bool:
        return self._shown.newest_seen is not None and number > self._shown.newest_seen


def _said(promise: Promise, *, is_first: bool) -> str:
    when = promise.when
    if promise.is_deployed:
        return f"Deployed, {promise.text}" if when and when.start else "Deployed"
    if when is None:
        return "No date"
    if not when.start:
        return promise.text[:1].upper() + promise.text[1:]
    return f"{'Planned' if is_first else 'Now planned'} {promise.text}"
