"""One difference between two Contents of the same thing, and the words for it. Pure.

Every place that tells readers or staff of a change (pages, history, feeds, the publish page) takes its sentence
from here, so that it reads the same everywhere.
"""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from enum import StrEnum
from typing import Any

from roadmap.content import shapes
from roadmap.content.changed_dates import (
    date_typed,
    has_arrived,
    has_moved,
    milestone_sentence,
    was,
    when_of,
    when_sentence,
)
from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import (
    EXISTENCE,
    FORMATTING,
    LABELS_TOLD,
    NO_NEWS,
    PROSE_TOLD,
    PUNCTUATION,
    field_told,
)
from roadmap.content.things import RoadmapContent, joined
from roadmap.dates.clock import uk_date
from roadmap.dates.moves import may_be_later

# Beside prose, where the sentence does not say both what was and what is.
NAMED_ONLY = frozenset({"contact", "environment_labels", "api_addresses", "fields", "notice"})
_VERSION = re.compile(r"\s+((?:version\s+)?v?\d[\w.]*)$", re.IGNORECASE)  # at the end of an API's name
MOST_QUOTED = 80  # characters of a text that reads well within a sentence


class Act(StrEnum):
    """What sort of change it is, for counting and choosing. The names are part of the API's promise."""

    ADDED = "added"
    MOVED = "moved"
    DEPLOYED = "deployed"
    REWORDED = "reworded"
    WITHDRAWN = "withdrawn"
    CHANGED = "changed"  # whatever is none of these


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one thing, before and after, as plain JSON values; None where there was or is nothing."""

    noun: Noun
    field: str
    before: Any
    after: Any
    _: KW_ONLY
    withdrawn_on: datetime.date | None = None
    """Of a thing that is added: when it was withdrawn, where readers had it before."""

    def sentence(self, roadmap: RoadmapContent, *, tells_old_dates: bool = True) -> str:
        """In words, present tense, without the thing's title: "Live moved from June 2026 to September 2026".

        `roadmap` gives the names of its environments and of its own fields. Without `tells_old_dates`, what a date
        was before is left out: "Live now expected September 2026".
        """
        if not tells_old_dates and (quiet := _without_old_date(self, roadmap)):
            return quiet
        return _sentence(self, roadmap)

    def beside_title(self, roadmap: RoadmapContent, *, tells_old_dates: bool = True) -> str:
        """The same, where the title stands before it: a new title is not said again."""
        sentence = self.sentence(roadmap, tells_old_dates=tells_old_dates)
        return sentence.removesuffix(f" to {self.after}") if self.field == "title" else sentence

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
            if has_arrived(after) and not has_arrived(before):
                return Act.DEPLOYED
            is_open = after is not None and not has_arrived(after)
            return Act.MOVED if is_open and has_moved(when_of(before), when_of(after)) else Act.CHANGED
        if field == "is_deployed":
            return Act.DEPLOYED if after else Act.CHANGED
        if field == "when" and self.noun is Noun.RELEASE:
            return Act.MOVED if has_moved(when_of(before), when_of(after)) else Act.CHANGED
        if field == "release":
            return Act.MOVED
        if field in (FORMATTING, PUNCTUATION):
            return Act.REWORDED
        found = field_told(self.noun, field)
        return Act.REWORDED if found and isinstance(found.shape, shapes.Title | shapes.Prose) else Act.CHANGED

    def label(self, roadmap: RoadmapContent) -> str:
        """The name of the field, for a heading: "APIs", "Live", what a column is called."""
        kind, _, name = self.field.partition(".")
        if kind == "milestone":
            return roadmap.labels[Environment(name)]
        # A field that is no more has no label.
        usual = LABELS_TOLD.get(self.field) or self.field.replace("_", " ").capitalize()
        return roadmap.column_name(name) if kind == "field" else usual

    def for_programs(self) -> tuple[Any, Any]:
        """Before and after, without what a date meant: of a milestone an object, of any other date its text."""
        sides: list[Any] = [self.before, self.after]
        if self.field == "when":
            sides = [date_typed(side) or None for side in sides]
        elif self.field.startswith("milestone."):
            sides = [side and {key: part for key, part in side.items() if key != "meaning"} for side in sides]
        return sides[0], sides[1]

    @property
    def is_news(self) -> bool:
        """Whether readers can see that anything is otherwise. What is no news is minor of itself."""
        return self.field not in NO_NEWS


def returned(changes: Iterable[FieldChange], withdrawn_on: datetime.date | None) -> tuple[FieldChange, ...]:
    """The same, of a thing that comes back after it was withdrawn on that day."""
    return tuple(
        replace(change, withdrawn_on=withdrawn_on) if change.act is Act.ADDED else change for change in changes
    )


def is_slip(change: FieldChange) -> bool:
    """Whether readers are owed a reason: a promise that is still open may come later, or something is taken back."""
    if change.field == EXISTENCE:
        return change.noun is Noun.ITEM and change.after is None
    if change.field == "is_deployed":
        return not change.after
    if change.field.startswith("milestone."):
        if has_arrived(change.before):
            return not has_arrived(change.after)
        if has_arrived(change.after):
            return False
    elif change.field != "when" or change.noun is not Noun.RELEASE:
        return False
    before, after = when_of(change.before), when_of(change.after)
    if before and before.start and (after is None or after.is_not_applicable):
        return True
    return bool(before and after and may_be_later(before, after))


def is_of_date(change: FieldChange) -> bool:
    """Whether it is about when something comes: a milestone, the dates of a release, the release of an item.

    A release may be named by its date, so its title counts too.
    """
    return (
        change.field.startswith("milestone.")
        or change.field == "release"
        or (change.noun is Noun.RELEASE and change.field in ("title", "when", "is_deployed"))
    )


# Words


def _sentence(change: FieldChange, roadmap: RoadmapContent) -> str:
    name, before, after = change.field, change.before, change.after
    if name == EXISTENCE:
        if change.noun is Noun.CHANGELOG_ENTRY:
            return "Removed from the changelog" if after is None else "Added to the changelog"
        again = f"Added again, after it was withdrawn on {uk_date(change.withdrawn_on)}" if change.withdrawn_on else ""
        return "Withdrawn" if after is None else again or "Added"
    if name in NO_NEWS:
        return NO_NEWS[name]
    label = change.label(roadmap)
    field = field_told(change.noun, name)
    if field is None:  # of an Edition that was published when there was such a field
        return _plain_sentence(label, before, after)
    if change.noun is Noun.CHANGELOG_ENTRY and isinstance(field.shape, shapes.Title | shapes.Prose):
        return f"{label} corrected"
    match field.shape:
        case shapes.Milestones():
            return milestone_sentence(Environment(name.partition(".")[2]), before, after, roadmap)
        case shapes.OwnValues():
            return _plain_sentence(_quoted(label), before, after)
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
            return when_sentence(label, before, after)
        case shapes.Place():
            return "Moved within its list"
        case shapes.Columns():
            return _columns_sentence(before or [], after or [])
        case shapes.Choice() | shapes.Names() as shape:
            before, after = (shape.words(value) if value else None for value in (before, after))
        case shapes.Apis() if name != shapes.API_ADDRESSES:
            return _apis_sentence(before or [], after or [])
        case shapes.Notice() as shape if after:
            return f"{label} {'changed' if before else 'added'}: {shape.words(after)}"
        case shapes.Notice():
            return f"{label} removed"
        case shapes.Group() | shapes.Apis():
            return f"{label} changed"
    return _plain_sentence(label, before, after)


def _plain_sentence(name: str, before: Any, after: Any) -> str:
    if before is None:
        return f"{name} added: {after}"
    if after is None:
        return f"{name} removed (was {before})"
    return f"{name} changed from {before} to {after}"


def _quoted(column: str) -> str:
    """The name of a column: a question as often as not, and within a sentence it keeps its capital."""
    return f"‘{column}’"


def _release_sentence(before: str | None, after: str | None) -> str:
    if before is None:
        return f"Added to {after}"
    if after is None:
        return f"Removed from {before}"
    if before == after:
        return f"Moved to another release called {after}"
    if {"to", "by", "from", "until"} & {*f"{before} {after}".casefold().split()}:
        # A title that has such a word of its own does not go after another.
        return f"Moved to another release: {after}{was(before)}"
    return f"Moved from {before} to {after}"


def _apis_sentence(before: Sequence[str], after: Sequence[str]) -> str:
    """What came, what went, and what has another version: "APIs changed: VAT v2.0 (was v1.0), removed Obligations"."""
    added = [api for api in after if api not in before]
    removed = [api for api in before if api not in after]
    versions = []
    for api in [*added]:
        name, version = _name_and_version(api)
        same = [other for other in removed if _name_and_version(other)[0] == name]
        if len(same) == 1:
            added.remove(api)
            removed.remove(same[0])
            old = _name_and_version(same[0])[1]
            versions.append(f"{api if version else f'{name} without a version'} (was {old or 'without one'})")
    if not versions and not (added and removed):
        for verb, apis in (("added", added), ("removed", removed)):
            if apis:
                return f"API{'s' if len(apis) > 1 else ''} {verb}: {joined(apis)}"
        return "APIs put in another order"
    parts = [
        joined(versions),
        *(f"{verb} {joined(apis)}" for verb, apis in (("added", added), ("removed", removed)) if apis),
    ]
    return f"APIs changed: {', '.join(part for part in parts if part)}"


def _name_and_version(api: str) -> tuple[str, str]:
    found = _VERSION.search(api)
    return (api[: found.start()], found[1]) if found else (api, "")


def _columns_sentence(before: list[dict[str, str]], after: list[dict[str, str]]) -> str:
    old, new = ({column["key"]: column["name"] for column in columns} for columns in (before, after))
    parts = [f"column {_quoted(new[key])} added" for key in new if key not in old]
    parts += [f"column {_quoted(old[key])} removed" for key in old if key not in new]
    renamed = [(old[key], new[key]) for key in new if key in old and old[key] != new[key]]
    parts += [f"column {_quoted(was)} renamed {_quoted(name)}" for was, name in renamed]
    explained = [{column["key"]: column.get("explanation", "") for column in columns} for columns in (before, after)]
    text = ", ".join(parts) or (
        "columns put in another order" if explained[0] == explained[1] else "columns explained anew"
    )
    return text[:1].upper() + text[1:]


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
        date, new = "Date", when_of(after)
    else:
        environment = Environment(field.removeprefix("milestone."))
        date, new = f"{roadmap.labels[environment]} date", when_of(after)
        if after is not None and before.get("is_deployed") != after.get("is_deployed"):
            undated = {key: value for key, value in before.items() if key != "when"}
            return milestone_sentence(environment, undated, after, roadmap)
    return f"{date} now {new.in_sentence}" if new else f"{date} removed"
