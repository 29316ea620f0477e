"""Which Editions are told together, and what of them is news in a mail. Asks the database nothing.

A feed can be read again, and shows that an Edition was undone just above it; a mail is read once. So an Edition waits a
while, and goes with those that take it back meanwhile: what then differs in the end is told, or nothing.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from rapidfuzz.distance import OSA

from roadmap.content.changes import Act
from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE, FORMATTING, PUNCTUATION
from roadmap.published.between import between
from roadmap.published.change_words import News, news_of
from roadmap.published.history import History, PastEdition, ThingTold, ToldChange
from roadmap.published.redaction import whole

MOST_LETTERS = 3  # that a correction of a text changes
_DIGITS = re.compile(r"\d+")


class MailRun(NamedTuple):
    """Editions that are told together, by their numbers: the first, and the last, which took back what it changed."""

    first: int
    last: int
    began_at: datetime.datetime


def runs(history: History, after: int, wait: datetime.timedelta) -> Iterator[MailRun]:
    """Those of the Editions after that number, in their order. The last may be longer once its `wait` is over."""
    told = [edition for edition in whole(history).editions if edition.number > after]
    while told:
        first, *later = told
        soon = [edition for edition in later if edition.published_at < first.published_at + wait]
        taking = [
            place for place, edition in enumerate(soon, start=1) if first.number > 1 and _takes_back(edition, first)
        ]
        length = max(taking, default=0) + 1
        yield MailRun(first.number, told[length - 1].number, first.published_at)
        told = told[length:]


def _takes_back(edition: PastEdition, earlier: PastEdition) -> bool:
    """Whether it gives any field of any thing back what that was before the earlier one."""
    were = {(thing.uid, told.change.field): told.change for thing in earlier.told for told in thing.told}
    return any(
        (was := were.get((thing.uid, told.change.field))) is not None and told.change.after == was.before
        for thing in edition.told
        for told in thing.told
    )


def told_from(history: History, after: int, until: int) -> PastEdition | None:
    """What the Editions after that number, up to another, changed in the end; None where there are none.

    Of a single one, or from the beginning, the last Edition itself: as a feed tells it.
    """
    last = history.edition(until)
    since = history.edition(after)
    if last is None or until <= after:
        return None
    if until == after + 1 or since is None:
        return last
    return replace(between(history, since, last), note=last.note)


def for_mail(things: Sequence[ThingTold], history: History, after: int) -> list[ThingTold]:
    """Each with only those of its changes that a mail tells; without those of which nothing is left."""
    found = []
    for thing in things:
        told = tuple(change for change in thing.told if _is_for_mail(thing, change, history, after))
        if told:
            # What it takes back was announced, and so this is.
            found.append(replace(thing, told=tuple(replace(change, is_minor=False) for change in told)))
    return [thing for thing in found if thing.news]


def _is_for_mail(thing: ThingTold, told: ToldChange, history: History, after: int) -> bool:
    if told.is_told_elsewhere or not told.change.is_news or told.change.field == "position":
        return False
    if told.is_minor:
        return _is_of_date_or_stage(told) and _takes_back_what_was_told(thing, told, history, after)
    return not _is_correction(told)


def _is_of_date_or_stage(told: ToldChange) -> bool:
    field = told.change.field
    return field.startswith("milestone.") or field in ("when", "is_deployed", "release", EXISTENCE)


def _takes_back_what_was_told(thing: ThingTold, told: ToldChange, history: History, after: int) -> bool:
    """Whether it gives back what was before the last that was announced of it: whoever was told of that must know."""
    steps = [
        (edition.number, change)
        for edition in whole(history).editions
        for one in edition.told
        if one.uid == thing.uid
        for change in one.told
        if change.change.field == told.change.field
    ]
    earlier = [change for number, change in steps if number <= after]
    later = [change for number, change in steps if number > after]
    if not earlier or not later:
        return False
    return earlier[-1].is_announced and later[-1].change.after == earlier[-1].change.before


def _is_correction(told: ToldChange) -> bool:
    """Whether the words alone were put right: a few letters, the form, or an entry that the changelog has."""
    change = told.change
    if change.act is not Act.REWORDED:
        return False
    if news_of(change) is News.CORRECTED or change.field in (FORMATTING, PUNCTUATION):
        return True
    before, after = change.before, change.after
    if change.noun is Noun.CHANGELOG_ENTRY or not (isinstance(before, str) and isinstance(after, str)):
        return False
    if _DIGITS.findall(before) != _DIGITS.findall(after):
        return False  # an amount, a version, a year
    return OSA.distance(before, after, score_cutoff=MOST_LETTERS) <= MOST_LETTERS
