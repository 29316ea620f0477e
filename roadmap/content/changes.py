"""What differs between two Contents of the same thing, and the words for it. Pure.

Every place that tells readers or staff of a change (pages, history, feeds, the publish page) takes its sentence
from here, so that it reads the same everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from roadmap.content import shapes
from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import EXISTENCE, LABELS_TOLD, PROSE_TOLD, field_told, told
from roadmap.content.things import Content, RoadmapContent, noun_of, when_typed
from roadmap.dates import When

# Beside prose, where the sentence does not say both what was and what is.
NAMED_ONLY = frozenset({"contact", "environment_labels", "api_addresses", "fields"})
MOST_QUOTED = 80  # characters of a text that reads well within a sentence


class Act(StrEnum):
    """What sort of change it is, for counting and choosing. The names are part of the API's promise."""

    ADDED = "added"
    MOVED = "moved"
    DEPLOYED = "deployed"
    REWORDED = "reworded"
    WITHDRAWN = "withdrawn"
    CHANGED = "changed"  # whatever is none of these


@dataclass(frozen=True)
class FieldChange:
    """One field of one thing, before and after, as plain JSON values; None where there was or is nothing."""

    noun: Noun
    field: str
    before: Any
    after: Any

    def sentence(self, roadmap: RoadmapContent, *, tells_old_dates: bool = True) -> str:
        """In words, present tense, without the thing's title: "Live moved from June 2026 to September 2026".

        `roadmap` gives the names of its environments and of its own fields. Without `tells_old_dates`, what a date
        was before is left out: "Live now expected September 2026".
        """
        if not tells_old_dates and (quiet := _without_old_date(self, roadmap)):
            return quiet
        return _sentence(self, roadmap)

    @property
    def is_told_whole(self) -> bool:
        """Whether the sentence says both what was and what is, and neither is too long for one."""
        is_long = any(isinstance(text, str) and len(text) > MOST_QUOTED for text in (self.before, self.after))
        return not is_long and self.field not in PROSE_TOLD | NAMED_ONLY

    @property
    def act(self) -> Act:
        field, before, after = self.field, self.before, self.after
        if field == EXISTENCE:
            return Act.WITHDRAWN if after is None else Act.ADDED
        if field.startswith("milestone."):
            if _is_deployed(after) and not _is_deployed(before):
                return Act.DEPLOYED
            old, new = _when(before), _when(after)
            has_moved = old and new and not _is_deployed(after) and old.sort_key != new.sort_key
            return Act.MOVED if has_moved else Act.CHANGED
        if field == "is_deployed":
            return Act.DEPLOYED if after else Act.CHANGED
        if field == "when" and self.noun is Noun.RELEASE:
            return Act.MOVED if before and after else Act.CHANGED
        if field == "release":
            return Act.MOVED
        found = field_told(self.noun, field)
        return Act.REWORDED if found and isinstance(found.shape, shapes.Title | shapes.Prose) else Act.CHANGED


def compare(before: Content | None, after: Content | None, release_titles: Mapping[str, str]) -> list[FieldChange]:
    """What a reader is told between two Contents of one thing, in the order of its fields.

    Either may be None: the thing is new, or gone. `release_titles` gives, by uid, the title of every release that
    either of them may name. Equal Contents give nothing.

    Raises ValueError where the two are not of one thing.
    """
    if before is None or after is None:
        whole = before or after
        if whole is None:
            return []
        return [FieldChange(noun_of(whole), EXISTENCE, _title(before), _title(after))]
    if before.uid != after.uid or type(before) is not type(after):
        raise ValueError("compare takes two Contents of the same thing")
    noun = noun_of(after)
    old, new = dict(told(before)), dict(told(after))
    found = [
        FieldChange(noun, field, old.get(field), new.get(field))
        for field in {**new, **old}
        if old.get(field) != new.get(field)
    ]
    return [_told_of_readers(change, release_titles) for change in found if not _is_echo(change, found)]


def is_slip(change: FieldChange) -> bool:
    """Whether a promise to readers moves later: a milestone that is still to come, or the date of a release."""
    if change.field.startswith("milestone."):
        before, after = _expected(change.before), _expected(change.after)
    elif change.field == "when" and change.noun is Noun.RELEASE:
        before, after = when_typed(change.before or ""), when_typed(change.after or "")
    else:
        return False
    return bool(before and after and after.is_later_than(before))


def is_of_date(change: FieldChange) -> bool:
    """Whether it is about when something comes: a milestone, the dates of a release, the release of an item.

    A release may be named by its date, so its title counts too.
    """
    return (
        change.field.startswith("milestone.")
        or change.field == "release"
        or (change.noun is Noun.RELEASE and change.field in ("title", "when", "is_deployed"))
    )


def date_before(change: FieldChange, now: When | None) -> str:
    """What the date was that it changed, where a reader sees another `now`; nothing where none was told."""
    old = _when(change.before) if isinstance(change.before, Mapping) else when_typed(change.before or "")
    return "" if old is None or (now is not None and str(old) == str(now)) else old.in_sentence


def _expected(milestone: Mapping[str, Any] | None) -> When | None:
    return None if _is_deployed(milestone) else _when(milestone)


def _is_deployed(milestone: Mapping[str, Any] | None) -> bool:
    return bool(milestone and milestone.get("is_deployed"))


def _title(content: Content | None) -> str | None:
    return None if content is None else str(getattr(content, "title", ""))


def _told_of_readers(change: FieldChange, release_titles: Mapping[str, str]) -> FieldChange:
    """A release is told by its title, not by its uid."""
    if change.field != "release":
        return change
    before, after = (release_titles.get(uid, "") if uid else None for uid in (change.before, change.after))
    return FieldChange(change.noun, change.field, before, after)


def _is_echo(change: FieldChange, found: list[FieldChange]) -> bool:
    """Whether the links of APIs changed only because other APIs are named, or a place because it is in another list."""
    if change.field == "position":
        return any(other.field == "release" for other in found)
    if change.field != "api_addresses" or not any(other.field == "apis" for other in found):
        return False
    old, new = change.before or {}, change.after or {}
    return all(old[name] == new[name] for name in old.keys() & new.keys())


# Words


def _sentence(change: FieldChange, roadmap: RoadmapContent) -> str:
    name, before, after = change.field, change.before, change.after
    if name == EXISTENCE:
        return "Withdrawn" if after is None else "Added"
    label = LABELS_TOLD.get(name, name.replace("_", " ").capitalize())
    field = field_told(change.noun, name)
    if field is None:  # of an Edition that was published when there was such a field
        return _plain_sentence(label, before, after)
    if change.noun is Noun.CHANGELOG_ENTRY and isinstance(field.shape, shapes.Title | shapes.Prose):
        return f"{label} corrected"
    match field.shape:
        case shapes.Milestones():
            return _milestone_sentence(Environment(name.partition(".")[2]), before, after, roadmap)
        case shapes.OwnValues():
            key = name.partition(".")[2]
            column = next((column.name for column in roadmap.fields if column.key == key), key)
            return _plain_sentence(column, before, after)
        case shapes.Prose():
            return f"{label} {'added' if before is None else 'removed' if after is None else 'reworded'}"
        case shapes.ReleaseLink():
            return _release_sentence(before, after)
        case shapes.Answer() as shape:
            if after is None:
                return shape.no_longer_known
            return shape.now_yes if after else shape.now_no if before else shape.found_no
        case shapes.Flag() as shape:
            return shape.now if after else shape.no_longer
        case shapes.Date():
            return _when_sentence(label, before, after)
        case shapes.Place():
            return "Moved within its list"
        case shapes.Columns():
            return _columns_sentence(before or [], after or [])
        case shapes.Choice() | shapes.Names() as shape:
            before, after = (shape.words(value) if value else None for value in (before, after))
        case shapes.Apis() if name != shapes.API_ADDRESSES:
            before, after = (", ".join(value) if value else None for value in (before, after))
        case shapes.Group() | shapes.Apis():
            return f"{label} changed"
    return _plain_sentence(label, before, after)


def _plain_sentence(name: str, before: Any, after: Any) -> str:
    if before is None:
        return f"{name} added: {after}"
    if after is None:
        return f"{name} removed (was {before})"
    return f"{name} changed from {before} to {after}"


def _release_sentence(before: str | None, after: str | None) -> str:
    if before is None:
        return f"Added to {after}"
    if after is None:
        return f"Removed from {before}"
    return f"Moved from {before} to {after}" if before != after else f"Moved to another release called {after}"


def _columns_sentence(before: list[dict[str, str]], after: list[dict[str, str]]) -> str:
    old, new = ({column["key"]: column["name"] for column in columns} for columns in (before, after))
    parts = [f"column {new[key]} added" for key in new if key not in old]
    parts += [f"column {old[key]} removed" for key in old if key not in new]
    parts += [f"column {old[key]} renamed {new[key]}" for key in new if key in old and old[key] != new[key]]
    explained = [{column["key"]: column.get("explanation", "") for column in columns} for columns in (before, after)]
    text = ", ".join(parts) or (
        "columns put in another order" if explained[0] == explained[1] else "columns explained anew"
    )
    return text[:1].upper() + text[1:]


def _when(milestone: Mapping[str, Any] | None) -> When | None:
    return when_typed(str(milestone.get("when") or "")) if milestone else None


def _when_sentence(name: str, before: str | None, after: str | None) -> str:
    old, new = when_typed(before or ""), when_typed(after or "")
    if old is None or new is None:
        return f"{name} added: {new.in_sentence}" if new else f"{name} removed (was {old.in_sentence if old else ''})"
    return _moved(name, old, new)


def _moved(name: str, old: When, new: When) -> str:
    """How one promise differs from another. `name` is what the date is of: "Live", "Sandbox"."""
    date = name if name == "Date" else f"{name} date"
    if str(old) == str(new):
        return f"{date} written differently"
    if new.start is None and not new.is_not_applicable:
        return f"{date} now to be confirmed (was {old.in_sentence})"
    if new.is_not_applicable:
        return f"{name} now not applicable (was {old.in_sentence})"
    if old.start is None:
        return f"{name} now expected {new.in_sentence} (was {old.in_sentence})"
    verb = "moved" if new.is_later_than(old) else "brought forward" if new.is_earlier_than(old) else "changed"
    return f"{name} {verb} {_from_to(old, new)}"


def _from_to(old: When, new: When) -> str:
    """ "from June 2026 to July 2026"; a date that has a "to", "by" or "from" of its own does not go after another."""
    words = {word for date in (old, new) for word in date.in_sentence.split()}
    if words & {"to", "by", "from"}:
        return (
            f"to {new.in_sentence} (was {old.in_sentence})"
            if not new.in_sentence.startswith(("by ", "from "))
            else (f"and is now expected {new.in_sentence} (was {old.in_sentence})")
        )
    return f"from {old.in_sentence} to {new.in_sentence}"


def _milestone_sentence(
    environment: Environment, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, roadmap: RoadmapContent
) -> str:
    label, place = roadmap.labels[environment], roadmap.labels.place(environment)
    old, new = _when(before), _when(after)
    was_deployed, is_deployed = _is_deployed(before), _is_deployed(after)
    if is_deployed and not was_deployed:
        told = f" (was expected {old.in_sentence})" if old and old.start and str(old) != str(new) else ""
        return f"Now {place}{told}"
    if was_deployed and not is_deployed:
        return f"No longer {place}" + (f": now expected {new.in_sentence}" if new and new.start else "")
    if after is None:
        return f"{label} no longer planned" + (f" (was {old.in_sentence})" if old else "")
    if was_deployed and old and new:
        if str(old) == str(new):
            return f"{label} date written differently"
        return f"{label} date corrected: {new.in_sentence} (was {old.in_sentence})"
    if old and new:
        return _moved(label, old, new)
    if is_deployed:  # it was there before too: only its date became known, or unknown
        return f"{label} date added: {new.in_sentence}" if new else f"{label} date removed"
    if new and new.start:
        return f"{label} expected {new.in_sentence}"
    return f"{label} date {new.in_sentence}" if new else f"{label} planned"


def _without_old_date(change: FieldChange, roadmap: RoadmapContent) -> str:
    """What is so now, where the whole sentence would tell what a date was; nothing for any other change."""
    field, before, after = change.field, change.before, change.after
    if not is_of_date(change) or before is None or field == "is_deployed":
        return ""
    if field in ("release", "title"):
        return (
            "Removed from its release"
            if after is None
            else f"{'Moved to' if field == 'release' else 'Title now'} {after}"
        )
    if field == "when":
        date, new = "Date", when_typed(after or "")
    else:
        environment = Environment(field.removeprefix("milestone."))
        date, new = f"{roadmap.labels[environment]} date", _when(after)
        if after is not None and before.get("is_deployed") != after.get("is_deployed"):
            undated = {key: value for key, value in before.items() if key != "when"}
            return _milestone_sentence(environment, undated, after, roadmap)
    return f"{date} now {new.in_sentence}" if new else f"{date} removed"
