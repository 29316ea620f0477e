"""What differs between two Contents of the same thing, and the words for it. Pure.

Every place that tells readers or staff of a change (pages, history, feeds, the publish page) takes its sentence
from here, so that it reads the same everywhere.
"""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from enum import StrEnum
from html import unescape
from typing import Any

from roadmap.content import shapes
from roadmap.content.changed_dates import date_typed, has_arrived, has_moved, milestone_sentence, when_of, when_sentence
from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import (
    EXISTENCE,
    FORMATTING,
    LABELS_TOLD,
    MILESTONES,
    NO_NEWS,
    PROSE_TOLD,
    PUNCTUATION,
    UNSEEN,
    ContentField,
    field_told,
    fields_of,
    told,
)
from roadmap.content.meanings import without_meanings
from roadmap.content.things import Content, ItemContent, ReleaseContent, RoadmapContent, noun_of
from roadmap.dates.clock import uk_date
from roadmap.dates.moves import may_be_later
from roadmap.markdown import said

# Beside prose, where the sentence does not say both what was and what is.
NAMED_ONLY = frozenset({"contact", "environment_labels", "api_addresses", "fields"})
_WORD, _TAG = re.compile(r"[^\W_]+"), re.compile(r"<[^<>]*>")
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


Releases = Mapping[str, ReleaseContent]  # by uid


def compare(
    before: Content | None,
    after: Content | None,
    release_titles: Mapping[str, str],
    releases: tuple[Releases, Releases] = ({}, {}),
) -> list[FieldChange]:
    """What a reader is told between two Contents of one thing, in the order of its fields.

    Either may be None: the thing is new, or gone. `release_titles` gives, by uid, the title of every release that
    either of them may name, and `releases` what readers have of releases before and after, for the live date that an
    item takes from its own. Equal Contents give nothing; two that readers cannot tell apart give one change that is no
    news.

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
    fields = [field for field in fields_of(after) if _may_differ(field, before, after)]
    old, new = dict(told(before, fields)), dict(told(after, fields))
    if isinstance(before, ItemContent) and isinstance(after, ItemContent):
        _see_through_releases(before, after, old, new, *releases)
    found = [
        FieldChange(noun, name, old.get(name), new.get(name))
        for name in {**new, **old}
        if not _reads_the_same(name, old.get(name), new.get(name))
    ]
    changes = [_told_of_readers(change, release_titles) for change in found if not _is_echo(change, found)]
    if not changes:
        return [FieldChange(noun, UNSEEN, None, None)] if without_meanings(before) != without_meanings(after) else []
    return [*_wording_apart(changes)]


def _may_differ(field: ContentField, before: Any, after: Any) -> bool:
    """Asked before what they say is spelled out, which costs more. A date may be that of a title, or of a release."""
    if isinstance(field.shape, shapes.Date) or (field is MILESTONES and before.release_uid != after.release_uid):
        return True
    return bool(field.of(before) != field.of(after))


def _see_through_releases(
    before: ItemContent,
    after: ItemContent,
    old: dict[str, Any],
    new: dict[str, Any],
    releases_before: Releases,
    releases_after: Releases,
) -> None:
    """A live date that an item takes from its release is its live date to readers: what they saw is compared."""
    name = f"milestone.{Environment.LIVE}"
    if old.get(name) == new.get(name) and before.release_uid == after.release_uid:
        return
    for item, fields, among in ((before, old, releases_before), (after, new, releases_after)):
        own, release = fields.get(name) or {}, among.get(item.release_uid)
        if release is not None and not own.get("when") and (release.due or release.is_deployed):
            dated = {"when": release.typed or release.title, "meaning": release.meaning} if release.due else {}
            is_there = {"is_deployed": True} if release.is_deployed or own.get("is_deployed") else {}
            fields[name] = {key: value for key, value in {**dated, **is_there}.items() if value}
    was_of_release = before.milestone(Environment.LIVE) is None
    if old.get(name) and new.get(name) is None and (was_of_release or after.release_uid in releases_after):
        new[name] = {}  # nobody took it away: there is no date any more


def _reads_the_same(name: str, before: Any, after: Any) -> bool:
    """Of a date, whatever was typed and whenever it was read, what counts is what a reader sees of it."""
    is_milestone = name.startswith("milestone.")
    if before is None or after is None or not (is_milestone or name == "when"):
        return bool(before == after)
    if is_milestone and has_arrived(before) != has_arrived(after):
        return False
    return date_typed(before) == date_typed(after) or str(when_of(before)) == str(when_of(after))


def _wording_apart(changes: list[FieldChange]) -> Iterator[FieldChange]:
    """Texts whose words are the same to a reader, though not their markup or punctuation, are one change: no news."""
    kinds: dict[str, list[FieldChange]] = {FORMATTING: [], PUNCTUATION: []}
    for change in changes:
        if kind := _beside_words(change):
            kinds[kind].append(change)
        else:
            yield change
    for kind, alike in kinds.items():
        if alike:
            texts = [{change.field: getattr(change, side) for change in alike} for side in ("before", "after")]
            yield FieldChange(alike[0].noun, kind, *texts)


def _beside_words(change: FieldChange) -> str:
    """What changed of a text that still has the same words and links; nothing where those changed, or it is no text."""
    found = field_told(change.noun, change.field)
    if found is None or not isinstance(found.shape, shapes.Prose) or change.before is None or change.after is None:
        return ""
    if _plain_words(change.before) != _plain_words(change.after):
        return ""  # nearly always so, and asked at a tenth of what it costs to render both
    (before, links), (after, links_after) = said(change.before), said(change.after)
    if links != links_after or _WORD.findall(before.casefold()) != _WORD.findall(after.casefold()):
        return ""
    return FORMATTING if before == after else PUNCTUATION


def _plain_words(markdown: str) -> list[str]:
    """Its words, with those of addresses and without tags: where two texts differ in these, they read differently."""
    return _WORD.findall(unescape(_TAG.sub(" ", markdown)).casefold())


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


def _title(content: Content | None) -> str | None:
    return None if content is None else str(getattr(content, "title", ""))


def _told_of_readers(change: FieldChange, release_titles: Mapping[str, str]) -> FieldChange:
    """A release is told by its title, not by its uid."""
    if change.field != "release":
        return change
    before, after = (release_titles.get(uid, "") if uid else None for uid in (change.before, change.after))
    return replace(change, before=before, after=after)


def _is_echo(change: FieldChange, found: list[FieldChange]) -> bool:
    """Whether it changed only because something else did: the links of APIs because other APIs are named, a place
    because it is in another list, the title of a release because it is its date.
    """
    if change.field == "position":
        return any(other.field == "release" for other in found)
    if change.field == "title" and change.noun is Noun.RELEASE:
        dates = next((other for other in found if other.field == "when"), None)
        return dates is not None and (date_typed(dates.before), date_typed(dates.after)) == (
            change.before,
            change.after,
        )
    if change.field != "api_addresses" or not any(other.field == "apis" for other in found):
        return False
    old, new = change.before or {}, change.after or {}
    return all(old[name] == new[name] for name in old.keys() & new.keys())


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
        return f"Moved to another release: {after} (was {before})"
    return f"Moved from {before} to {after}"


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
