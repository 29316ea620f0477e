"""What becomes of a promise when its date changes: later, brought forward, less or more exact. Pure.

A promise is the range of days that a reader was given. Which class a change is in follows from both ends of both
ranges; whether it needs a reason follows from the last day alone, whatever the class.
"""

import datetime
from enum import StrEnum

from roadmap.dates import When


class Move(StrEnum):
    LATER = "later"  # its last day moves later, and its first does not move earlier
    EARLIER = "brought forward"  # the other way round
    LESS_EXACT = "less exact"  # it now holds the old range
    MORE_EXACT = "more exact"  # the old range holds it
    WRITTEN_DIFFERENTLY = "written differently"  # the same range
    CONFIRMED = "confirmed"  # the same range, no longer provisional
    PROVISIONAL = "provisional"  # the same range, and now to be confirmed
    TO_BE_CONFIRMED = "to be confirmed"  # there was a date, or no need for any, and there is none yet
    DATED = "dated"  # there was none, and there is one
    NOT_APPLICABLE = "not applicable"
    UNCLEAR = "unclear"  # one of the two is a text that is not understood: nothing can be said of them but both texts


def move(old: When, new: When) -> Move:
    """What sort of change it is, where there was a date or "TBC" before and there is one after."""
    if old.is_unclear or new.is_unclear:
        return Move.WRITTEN_DIFFERENTLY if old.display == new.display else Move.UNCLEAR
    if new.is_not_applicable:
        return Move.WRITTEN_DIFFERENTLY if old.is_not_applicable else Move.NOT_APPLICABLE
    if new.start is None:
        return Move.WRITTEN_DIFFERENTLY if old.is_to_be_confirmed else Move.TO_BE_CONFIRMED
    if old.start is None:
        return Move.DATED
    if (old.start, old.end) == (new.start, new.end):
        if old.is_provisional == new.is_provisional:
            return Move.WRITTEN_DIFFERENTLY
        return Move.PROVISIONAL if new.is_provisional else Move.CONFIRMED
    if old.end is None and new.end is not None and new.start >= old.start:
        return Move.MORE_EXACT  # "from April 2027" said no last day, so that none came earlier
    old_last, new_last = last_day(old), last_day(new)
    if (new_last > old_last and new.start >= old.start) or (old.end is new.end is None and new.start > old.start):
        return Move.LATER
    if (new_last < old_last and new.start <= old.start) or (old.end is new.end is None and new.start < old.start):
        return Move.EARLIER
    return Move.LESS_EXACT if new.start <= old.start else Move.MORE_EXACT


def may_be_later(old: When, new: When) -> bool:
    """Whether the last promised day moves later, and a reason is owed; to be confirmed is later than any."""
    if old.start is None or new.is_not_applicable or new.is_unclear:
        return False
    if old.end is new.end is None and new.start:
        return new.start > old.start
    return last_day(new) > last_day(old)


def last_day(when: When) -> datetime.date:
    """The last day that it promises; where it promises none, the last that there is."""
    return when.end or datetime.date.max


def has_passed(when: When | None, today: datetime.date) -> bool:
    """Whether it was promised for a day before today, and does not say that it happened. Today is London's."""
    return when is not None and not when.says_deployed and when.end is not None and when.end < today
