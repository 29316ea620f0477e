"""What must hold of what was published, record by record: readers' pages count on it."""

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from roadmap.content import things
from roadmap.content.changes import FieldChange, is_slip
from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE, field_told
from roadmap.content.shapes import CONTACT, LABELS
from roadmap.transfer.errors import Flaw, quoted

REFERENCE = re.compile(r"[A-Z][A-Z0-9]*-[0-9]{1,10}", re.ASCII)
_UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PAGE_ADDRESS = re.compile(r"[-\w]{1,80}", re.ASCII)
_WEB_ADDRESS = re.compile(r"(?:https?|ftps?)://", re.IGNORECASE)
_NULL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_MAX_DEPTH = 6  # of what was before and after; the deepest that publishing writes is 2

# To tell a change to, when only whether it can be told matters.
_ANY_ROADMAP = things.RoadmapContent(uid="", slug="", title="", contact=CONTACT.empty, labels=LABELS.empty)


def content_of(record: Any) -> things.Content | None:
    """The Content of a revision, which is what its digest, title and address say; None for a withdrawal.

    Raises Flaw.
    """
    if not record.content:
        if record.digest or not record.title:
            raise Flaw("This withdrawal has a digest, or no title.")
        if record.noun is Noun.ROADMAP:
            raise Flaw("This revision withdraws the roadmap itself, which cannot be.")
        return None
    content = read_content(record.noun, record.content)
    title, place = getattr(content, "title", ""), (content.uid, content.address)
    for is_flaw, what in (
        (sha256(record.content.encode()).hexdigest() != record.digest, "is not what its digest says"),
        (has_null(record.content.encode()), "has a null character in it"),
        (things.to_json(content) != record.content, "has something in it that is not known here"),
        (place != (str(record.uid), record.address), "has another uid or address than its revision"),
        (title != record.title or not title, "has another title than its revision, or none"),
    ):
        if is_flaw:
            raise Flaw(f"The content of {quoted(record.title)} {what}.")
    if isinstance(content, things.ItemContent):
        if content.release_uid and not _UID.fullmatch(content.release_uid):
            raise Flaw(f"{quoted(content.release_uid)} is not the uid of a release.")
        if not REFERENCE.fullmatch(content.reference):
            raise Flaw(f"{quoted(content.reference)} is not a reference such as VAT-12.")
        for api in content.apis:
            if api.url and not _WEB_ADDRESS.match(api.url):
                raise Flaw(f"{quoted(api.url)} is not a web address.")
    if isinstance(content, things.PageContent) and not _PAGE_ADDRESS.fullmatch(content.slug):
        raise Flaw(f"{quoted(content.slug)} cannot be the address of a page.")
    return content


def has_null(line: bytes) -> bool:
    """Whether a text of this JSON has a null character, which PostgreSQL cannot keep. Not where it is spelled out."""
    return b"\\u0000" in line and _NULL.search(line) is not None


def read_content(noun: Noun, text: str) -> things.Content:
    """Raises Flaw."""
    try:
        return things.from_json(noun, text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Flaw(f"This is not the content of {noun.value.replace('_', ' ')}: {error}.") from error


def check_changes(noun: Noun, changes: Iterable[Any]) -> None:
    """That each can be told to readers, and once. Raises Flaw."""
    seen = set()
    for change in changes:
        if change.field in seen:
            raise Flaw(f"The field {quoted(change.field)} changes twice in one revision.")
        seen.add(change.field)
        is_known = change.field == EXISTENCE or field_told(noun, change.field) is not None
        if not (is_known and _is_plain(change.before) and _is_plain(change.after)):
            raise Flaw(f"The change of {quoted(change.field)} is not one that is known here.")
        told = FieldChange(noun, change.field, change.before, change.after)
        try:
            told.sentence(_ANY_ROADMAP)
            told.sentence(_ANY_ROADMAP, tells_old_dates=False)
            is_slip(told)
            _ = told.act
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise Flaw(f"The change of {quoted(change.field)} cannot be told: it holds something else.") from error


def _is_plain(value: Any, depth: int = 0) -> bool:
    """What both kinds of database give back as it was: no fractions, which one keeps in another way."""
    if depth > _MAX_DEPTH:
        return False
    if isinstance(value, dict):
        return all(_is_plain(part, depth + 1) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return all(_is_plain(part, depth + 1) for part in value)
    return value is None or isinstance(value, bool | int) or (isinstance(value, str) and "\0" not in value)


class PublishedPlace(NamedTuple):
    """All that is held in memory of what is published: a roadmap's texts may be long."""

    noun: Noun
    address: str = ""
    release_uid: str = ""


def place_of(content: things.Content) -> PublishedPlace:
    return PublishedPlace(things.noun_of(content), content.address, getattr(content, "release_uid", ""))


class State:
    """What readers have after each edition: that it is whole, and no two things are at one address.

    Costs what changed, not what there is: a roadmap has hundreds of editions.
    """

    def __init__(self) -> None:
        self._there: dict[UUID, PublishedPlace] = {}
        self._at: Counter[tuple[Noun, str]] = Counter()
        self._items_in: Counter[str] = Counter()  # by the uid of their release
        self._has_roadmap = False  # from the first edition on: it is never withdrawn

    def publish(self, revisions: dict[UUID, PublishedPlace | None]) -> None:
        """One whole edition, by uid; None where it is withdrawn. Raises Flaw."""
        for uid, new in revisions.items():
            for place, count in ((self._there.pop(uid, None), -1), (new, 1)):
                if place:
                    self._at[place.noun, place.address] += count
                    self._items_in[place.release_uid] += count
            if new:
                self._there[uid] = new
                self._has_roadmap |= new.noun is Noun.ROADMAP
        for uid, new in revisions.items():
            if new is None and self._items_in[str(uid)]:
                raise Flaw("A release is withdrawn while items are in it.")
            if new and new.address and self._at[new.noun, new.address] > 1:
                raise Flaw(f"Two things are published at {quoted(new.address)} at once.")
            if new and new.release_uid and not self._has_release(new.release_uid):
                raise Flaw(f"{new.address} is published in a release that readers do not have.")
        if not self._has_roadmap:
            raise Flaw("The roadmap itself was not published before or with it.")

    def _has_release(self, uid: str) -> bool:
        place = self._there.get(UUID(uid))
        return place is not None and place.noun is Noun.RELEASE
