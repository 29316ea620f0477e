"""What differs between two Contents of the same thing, as readers could see it. Pure. The words are in changes.py."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import unescape
from typing import Any

from roadmap.content import shapes
from roadmap.content.changed_dates import date_typed, has_arrived, when_of
from roadmap.content.changes import FieldChange
from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import (
    EXISTENCE,
    FORMATTING,
    MILESTONES,
    PUNCTUATION,
    UNSEEN,
    ContentField,
    field_told,
    fields_of,
    told,
)
from roadmap.content.meanings import without_meanings
from roadmap.content.things import Content, ItemContent, ReleaseContent, noun_of
from roadmap.markdown import said

_WORD, _TAG = re.compile(r"[^\W_]+"), re.compile(r"<[^<>]*>")
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
    item takes from its own: those that `releases_asked` has are enough. Equal Contents give nothing; two that readers
    cannot tell apart give one change that is no news.

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


def releases_asked(before: Content | None, after: Content | None) -> set[str]:
    """The uids of the releases that `compare` asks for when it is given these two: of most changes, none."""
    if not (isinstance(before, ItemContent) and isinstance(after, ItemContent)):
        return set()
    live = Environment.LIVE
    if before.release_uid == after.release_uid and before.milestone(live) == after.milestone(live):
        return set()  # as `_see_through_releases` begins
    return {before.release_uid, after.release_uid} - {""}


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
    if found is None or change.before is None or change.after is None:
        return ""
    if isinstance(found.shape, shapes.Title | shapes.OwnValues):  # plain texts
        return PUNCTUATION if _plain_words(change.before) == _plain_words(change.after) != [] else ""
    if not isinstance(found.shape, shapes.Prose):
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
