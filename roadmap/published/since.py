"""The point from which a reader wants to know what changed: a day, or an edition that they saw."""

import datetime
import re
from contextlib import suppress
from dataclasses import dataclass

from django.utils import timezone

from roadmap.dates import UnclearDate, parse
from roadmap.dates.clock import uk_date
from roadmap.published.change_words import repeated
from roadmap.published.history import PastEdition
from roadmap.published.roadmap import EditionSeen

USUAL_DAYS = 90
MAX_LENGTH = 60  # characters: more is no date
EXAMPLE = "24 March 2026"  # as the pages write dates; 2026-03-24 is understood too


class UnclearSince(ValueError):
    """Its text says what is wrong and what to write instead."""


@dataclass(frozen=True)
class Since:
    """A day counts from its first moment in London; of an edition, what came after it."""

    day: datetime.date | None = None
    edition_number: int = 0

    def includes(self, edition: EditionSeen | PastEdition) -> bool:
        if self.day is not None:
            return timezone.localtime(edition.published_at).date() >= self.day
        return edition.number > self.edition_number

    def __str__(self) -> str:
        """As in an address."""
        return self.day.isoformat() if self.day else str(self.edition_number)

    @property
    def in_words(self) -> str:
        return f"changed since {uk_date(self.day)}" if self.day else f"changed after edition {self.edition_number}"


def usual(now: datetime.datetime) -> Since:
    """For somebody who does not say: the last 90 days."""
    return Since(timezone.localtime(now).date() - datetime.timedelta(days=USUAL_DAYS))


def read_since(text: str, newest: EditionSeen, now: datetime.datetime) -> Since:
    """A date as people write one, or the number of an edition. Raises UnclearSince."""
    kept = text.strip()
    if re.fullmatch(r"[0-9]{1,9}", kept):
        number = int(kept)
        if number > newest.number:
            raise UnclearSince(
                f"There is no edition {number} yet: the newest is {newest.number}. "
                f"Enter a number up to that, or a date, like {EXAMPLE}."
            )
        return Since(edition_number=number)
    day = _day(kept)
    if day is None:
        raise UnclearSince(
            f"“{repeated(kept)}” is not a date or the number of an edition. "
            f"Enter a date, like {EXAMPLE}, or a number, like 12."
        )
    return Since(_come(day, now))


def read_day(text: str, now: datetime.datetime) -> datetime.date:
    """A date as people write one, up to today. Raises UnclearSince."""
    kept = text.strip()
    day = _day(kept)
    if day is None:
        raise UnclearSince(f"“{repeated(kept)}” is not a date. Enter a date, like {EXAMPLE}.")
    return _come(day, now)


def _come(day: datetime.date, now: datetime.datetime) -> datetime.date:
    today = timezone.localtime(now).date()
    if day > today:
        raise UnclearSince(f"{uk_date(day)} has not come yet. Enter a date up to today, {uk_date(today)}.")
    return day


def _day(text: str) -> datetime.date | None:
    if len(text) > MAX_LENGTH:
        return None
    with suppress(ValueError):
        return datetime.date.fromisoformat(text)
    with suppress(UnclearDate):
        return parse(text).start
    return None
