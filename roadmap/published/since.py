"""The point from which a reader wants to know what changed: a day, or an edition that they saw.

A day may be said from today. Words like "yesterday" and "last month" stay words in every address, and so go on with the
days: a feed of what changed since last month stays one. Whatever names a day but its year ("1 March", "Monday") is the
newest such day, for good: it is written with its year. A page says which day was understood.
"""

import datetime
import re
from contextlib import suppress
from dataclasses import dataclass, field

from django.utils import timezone

from roadmap.dates import UnclearDate
from roadmap.dates.clock import uk_date
from roadmap.dates.relative import newest_day, read_days
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
    words: str = ""  # from which the day follows, where they mean another day tomorrow
    depends_on_today: bool = field(default=False, compare=False)  # whether what was typed may mean another day tomorrow

    def includes(self, edition: EditionSeen | PastEdition) -> bool:
        if self.day is not None:
            return timezone.localtime(edition.published_at).date() >= self.day
        return edition.number > self.edition_number

    def __str__(self) -> str:
        """As in an address."""
        return self.words or (self.day.isoformat() if self.day else str(self.edition_number))

    @property
    def day_in_words(self) -> str:
        """ "1 March 2026", "1 February 2026 (last month)"; empty of an edition."""
        said = f" ({self.words})" if self.words else ""
        return f"{uk_date(self.day)}{said}" if self.day else ""

    @property
    def in_words(self) -> str:
        return f"changed since {self.day_in_words}" if self.day else f"changed after edition {self.edition_number}"


def usual(now: datetime.datetime) -> Since:
    """For somebody who does not say: the last 90 days."""
    return Since(timezone.localtime(now).date() - datetime.timedelta(days=USUAL_DAYS))


def read_since(text: str, newest: EditionSeen, now: datetime.datetime) -> Since:
    """A date as people write one, or the number of an edition. Raises UnclearSince."""
    kept = text.strip()
    if found := re.fullmatch(r"(?:edition\s+)?([0-9]{1,9})", kept, re.ASCII | re.IGNORECASE):
        number = int(found[1])
        if number > newest.number:
            raise UnclearSince(
                f"There is no edition {number} yet: the newest is {newest.number}. "
                f"Enter a number up to that, or a date, like {EXAMPLE}."
            )
        return Since(edition_number=number)
    since = _day(kept, now)
    if since is None:
        raise UnclearSince(
            f"“{repeated(kept)}” is not a date or the number of an edition. "
            f"Enter a date, like {EXAMPLE}, or a number, like 12."
        )
    return since


def read_day(text: str, now: datetime.datetime) -> datetime.date:
    """A date as people write one, up to today. Raises UnclearSince."""
    kept = text.strip()
    since = _day(kept, now)
    if since is None or since.day is None:
        raise UnclearSince(f"“{repeated(kept)}” is not a date. Enter a date, like {EXAMPLE}.")
    return since.day


def _day(text: str, now: datetime.datetime) -> Since | None:
    """None for what is no date. Raises UnclearSince for one that has not come."""
    today = timezone.localtime(now).date()
    found = _since(text, today) if len(text) <= MAX_LENGTH else None
    if found and found.day and found.day > today:
        raise UnclearSince(f"{uk_date(found.day)} has not come yet. Enter a date up to today, {uk_date(today)}.")
    return found


def _since(text: str, today: datetime.date) -> Since | None:
    with suppress(ValueError):
        return Since(datetime.date.fromisoformat(text))
    with suppress(UnclearDate):
        days = read_days(text, today)
        return Since(days.first, words=days.words, depends_on_today=bool(days.words))
    newest = newest_day(text, today)
    return Since(newest, depends_on_today=True) if newest else None
