"""The dates that a Change tells of, and how one differs from another in words. Pure.

A date in a Change is its text, or an object of the text, what it meant, and whether it has come.
"""

import re
from collections.abc import Mapping
from typing import Any

from roadmap.content.choices import Environment
from roadmap.content.things import RoadmapContent, when_typed
from roadmap.dates import When
from roadmap.dates.moves import Move, may_be_later, move

_BRACKETS = re.compile(r"\s*\(([^()]*)\)$")


def in_brackets(words: str) -> str:
    """To stand between brackets, without brackets of its own: "June 2026 (to be confirmed)" has a comma there."""
    return _BRACKETS.sub(r", \1", words)


def was(words: str) -> str:
    """To follow what is so now: " (was June 2026, to be confirmed)"."""
    return f" (was {in_brackets(words)})"


def date_typed(said: Any) -> str:
    """What was typed as a date, of a milestone or of anything else that has one."""
    return str(said.get("when") or "") if isinstance(said, Mapping) else str(said or "")


def when_of(said: Any) -> When | None:
    return when_typed(date_typed(said), str(said.get("meaning") or "") if isinstance(said, Mapping) else "")


def has_arrived(milestone: Mapping[str, Any] | None) -> bool:
    return bool(milestone and milestone.get("is_deployed"))


def has_moved(old: When | None, new: When | None) -> bool:
    """Whether the promise is another one, or none, not only said otherwise or more exactly."""
    if old is None or new is None:
        return bool(old and old.start)
    found = move(old, new)
    is_none_left = found is Move.TO_BE_CONFIRMED and old.start is not None
    return is_none_left or found in (Move.LATER, Move.EARLIER) or may_be_later(old, new)


def when_sentence(name: str, before: Any, after: Any) -> str:
    old, new = when_of(before), when_of(after)
    if new is None:
        return f"{name} no longer given{was(old.in_sentence if old else '')}"
    if old is None:
        return f"{name} added: {new.in_sentence}"
    return moved(name, old, new)


def moved(name: str, old: When, new: When) -> str:
    """How one promise differs from another. `name` is what the date is of: "Live", "Sandbox"."""
    date = name if name == "Date" else f"{name} date"
    before = was(old.in_sentence)
    found = move(old, new)
    match found:
        case Move.WRITTEN_DIFFERENTLY:
            return f"{date} written differently"
        case Move.TO_BE_CONFIRMED:
            return f"{date} now to be confirmed{before}"
        case Move.NOT_APPLICABLE:
            return f"{name} now not applicable{before}"
        case Move.DATED:
            return f"{name} now expected {new.in_sentence}{before}"
        case Move.CONFIRMED:
            return f"{date} confirmed: {new.in_sentence}"
        case Move.PROVISIONAL:
            return f"{date} now provisional: {new.in_sentence}"
        case Move.UNCLEAR:
            return f"{date} now {new.in_sentence}{before}"
        case Move.LESS_EXACT:
            return (
                f"{date} less exact{', and may be later' if may_be_later(old, new) else ''}: {new.in_sentence}{before}"
            )
        case Move.MORE_EXACT:
            return f"{date} more exact: {new.in_sentence}{before}"
    verb = "moved" if found is Move.LATER else "brought forward"
    if {word for when in (old, new) for word in when.in_sentence.split()} & {"to", "by", "from"}:
        # A date that has such a word of its own does not go after another.
        return f"{name} {'moved later' if found is Move.LATER else verb}: {new.in_sentence}{before}"
    return f"{name} {verb} from {old.in_sentence} to {new.in_sentence}"


def milestone_sentence(
    environment: Environment, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, roadmap: RoadmapContent
) -> str:
    label, place = roadmap.labels[environment], roadmap.labels.place(environment)
    old, new = when_of(before), when_of(after)
    was_deployed, is_deployed = has_arrived(before), has_arrived(after)
    if is_deployed and not was_deployed:
        told = was(f"expected {old.in_sentence}") if old and old.start and str(old) != str(new) else ""
        return f"Now {place}{told}"
    if was_deployed and not is_deployed:
        return f"No longer {place}" + (f": now expected {new.in_sentence}" if new and new.start else "")
    if after is None and old and not old.start:
        return f"{label} date no longer given{was(old.in_sentence)}"  # there was none that could end
    if after is None:
        return f"{label} no longer planned" + (was(old.in_sentence) if old else "")
    if was_deployed and old and new:
        if str(old) == str(new):
            return f"{label} date written differently"
        return f"{label} date corrected: {new.in_sentence}{was(old.in_sentence)}"
    if old and new:
        return moved(label, old, new)
    if old and not is_deployed:
        return f"{label} date no longer given{was(old.in_sentence)}"
    if is_deployed:  # it was there before too: only its date became known, or unknown
        return f"{label} date added: {new.in_sentence}" if new else f"{label} date removed"
    if new and new.start:
        return f"{label} expected {new.in_sentence}"
    return f"{label} date {new.in_sentence}" if new else f"{label} planned"
