"""What the page for publishing shows of each pending thing: its changes in words, its texts, what is asked about it."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.urls import reverse

from roadmap.admin.editing.text_diff import Compared, Comparing
from roadmap.admin.publish.forms import Decisions, digest_of, fields_with_reason, reason_name
from roadmap.admin.publish.overlaps import Overlap, overlaps
from roadmap.content.changes import FieldChange, compare
from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE, LABELS_TOLD, PROSE_TOLD
from roadmap.content.things import Content, RoadmapContent
from roadmap.models import MODEL_OF, Roadmap
from roadmap.previews.addresses import staff_preview_url
from roadmap.publishing import Pending, published_state

NOUN_LABELS = {
    Noun.ROADMAP: "This roadmap itself",
    Noun.PAGE: "Pages",
    Noun.RELEASE: "Releases",
    Noun.ITEM: "Items",
    Noun.CHANGELOG_ENTRY: "Changelog entries",
}
# Where the sentence does not say both what was and what is, beside prose.
UNTOLD = {"contact", "environment_labels", "api_addresses", "fields"}
QUOTED = 80  # characters: longer values are compared side by side too


@dataclass
class AskedReason:
    name: str  # of the field, and its id
    label: str
    value: str
    error: str = ""


@dataclass
class ReviewedChange:
    sentence: str
    texts: Compared | None = None
    is_new_text: bool = False
    reason: AskedReason | None = None


@dataclass
class ReviewedThing:
    one: Pending
    digest: str
    changes: list[ReviewedChange]
    is_in: bool
    is_minor: bool
    preview_url: str
    edit_url: str
    overlaps: list[Overlap]
    since: str = ""  # how it differs from what the page showed before
    errors: list[str] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"thing-{self.one.uid}"

    @property
    def tag(self) -> str:
        return "To be withdrawn" if self.one.is_removal else "New" if self.one.is_new else ""

    @property
    def reasons(self) -> Iterator[AskedReason]:
        return (change.reason for change in self.changes if change.reason)


@dataclass
class Group:
    label: str
    things: list[ReviewedThing]


def reviewed_things(
    roadmap: Roadmap,
    found: Iterable[Pending],
    at: datetime.datetime,
    content: RoadmapContent,
    decisions: Decisions,
    reason_errors: Mapping[str, str],
) -> list[ReviewedThing]:
    """In the order in which they were found. The same number of queries whatever their number."""
    found = [*found]
    titles = published_state.release_titles(roadmap) | {one.uid: one.title for one in found if one.noun is Noun.RELEASE}
    also = overlaps(roadmap, found, at, content, titles)
    edit_urls = _edit_urls(roadmap, {one.noun for one in found})
    comparing = Comparing()
    things = []
    for one in found:
        digest = digest_of(one)
        things.append(
            ReviewedThing(
                one=one,
                digest=digest,
                changes=[*_changes(one, content, titles, comparing, decisions, reason_errors)],
                is_in=decisions.is_in(one),
                is_minor=one.uid in decisions.minor,
                preview_url="" if one.is_removal else staff_preview_url(roadmap.pk, one.noun, one.address, one.uid),
                edit_url=edit_urls.get(one.uid, ""),
                overlaps=also.get(one.uid, []),
                since=_since(one, digest, decisions),
            )
        )
    return things


def _since(one: Pending, digest: str, decisions: Decisions) -> str:
    if not decisions.shown or decisions.shown.get(one.uid) == digest:
        return ""
    return "Changed since you opened this page" if one.uid in decisions.shown else "New since you opened this page"


def groups(things: Iterable[ReviewedThing]) -> list[Group]:
    by_noun: dict[Noun, Group] = {}
    for thing in things:
        by_noun.setdefault(thing.one.noun, Group(NOUN_LABELS[thing.one.noun], [])).things.append(thing)
    return [*by_noun.values()]


def _edit_urls(roadmap: Roadmap, nouns: Iterable[Noun]) -> dict[str, str]:
    urls = {str(roadmap.uid): reverse("admin:roadmap_roadmap_change", args=[roadmap.pk])}
    for noun in nouns:
        if noun is not Noun.ROADMAP:
            model: Any = MODEL_OF[noun]
            # The address of one, to write all of them: a look-up for each would take longer than the rest of the page.
            pattern = reverse(f"admin:roadmap_{model._meta.model_name}_change", args=["PK"])
            rows = model.objects.filter(roadmap=roadmap).order_by().values_list("uid", "pk")
            urls |= {str(uid): pattern.replace("/PK/", f"/{pk}/") for uid, pk in rows}
    return urls


# One change


def _changes(
    one: Pending,
    content: RoadmapContent,
    titles: Mapping[str, str],
    comparing: Comparing,
    decisions: Decisions,
    reason_errors: Mapping[str, str],
) -> Iterator[ReviewedChange]:
    with_reason = fields_with_reason(one)
    changes = compare(_blank(one.after), one.after, titles) if one.is_new and one.after else one.changes
    for change in changes:
        if one.is_new and change.field in ("position", EXISTENCE):
            continue
        texts = _texts(change, comparing)
        told = ReviewedChange(
            _name(change) if texts and one.is_new else change.sentence(content), texts, is_new_text=one.is_new
        )
        if change.field in with_reason:
            name = reason_name(one.uid, change.field)
            told.reason = AskedReason(
                name, _reason_label(change), decisions.reasons.get(name, ""), reason_errors.get(name, "")
            )
        yield told


def _reason_label(change: FieldChange) -> str:
    if change.field == EXISTENCE:
        return "Why it was withdrawn (readers see this at its address)"
    return "Why it moves later (readers see this beside the change)"


def _blank(after: Content) -> Content:
    """The thing with nothing but what it cannot be without: what differs from it is what a new thing brings."""
    kept = {
        name: getattr(after, name)
        for name in after.__struct_fields__
        if name in ("uid", "title", "slug", "reference", "labels")
    }
    if isinstance(after, RoadmapContent):
        kept["contact"] = msgspec.structs.replace(after.contact, name="", email="", subject="")
    return type(after)(**kept)


def _name(change: FieldChange) -> str:
    return LABELS_TOLD.get(change.field, change.field.replace("_", " ").capitalize())


def _texts(change: FieldChange, comparing: Comparing) -> Compared | None:
    if change.field not in PROSE_TOLD | UNTOLD and not _is_long(change):
        return None
    return comparing.compare(_plain(change.before), _plain(change.after))


def _is_long(change: FieldChange) -> bool:
    return any(isinstance(text, str) and len(text) > QUOTED for text in (change.before, change.after))


def _plain(value: Any) -> str:
    """As lines of words."""
    if isinstance(value, dict):
        return "".join(f"{name.replace('_', ' ').capitalize()}: {text}\n" for name, text in value.items() if text)
    if isinstance(value, list):
        return "".join(f"{_plain(one).strip()}\n" for one in value)
    return str(value or "")
