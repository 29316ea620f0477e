"""What the page for publishing shows of each pending thing: its changes in words, its texts, what is asked about it,
and which Editions that wait for their time change it too.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.urls import reverse
from django.utils.text import capfirst

from roadmap.admin.editing.text_diff import Compared, Comparing, is_shown_side_by_side, label_of, text_of
from roadmap.admin.publish.forms import Decisions, digest_of, fields_with_reason, reason_name
from roadmap.content.changes import FieldChange, compare
from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE
from roadmap.content.things import Content, RoadmapContent
from roadmap.models import MODEL_OF, Edition, Revision, Roadmap
from roadmap.previews.addresses import staff_preview_url
from roadmap.publishing import Pending
from roadmap.publishing.schedule import carried_over

NOUN_LABELS = {noun: str(capfirst(model._meta.verbose_name_plural)) for noun, model in MODEL_OF.items()}
NOUN_LABELS[Noun.ROADMAP] = "This roadmap itself"


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


@dataclass(frozen=True)
class Overlap:
    """One scheduled Edition that changes a thing which is about to be published."""

    edition: Edition
    early: list[str]  # what it was to show, and readers would see now
    still: list[str]  # what it will still change when it appears
    is_dropped_by: bool  # the thing is withdrawn now, and it will not bring it back
    withdraws: bool  # it withdraws the thing


@dataclass
class ReviewedThing:
    pending: Pending
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
        return f"thing-{self.pending.uid}"

    @property
    def noun_label(self) -> str:
        return NOUN_LABELS[self.pending.noun]

    @property
    def tag(self) -> str:
        return "To be withdrawn" if self.pending.is_removal else "New" if self.pending.is_new else ""

    @property
    def reasons(self) -> Iterator[AskedReason]:
        return (change.reason for change in self.changes if change.reason)


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
    titles = Revision.objects.newest_of(roadmap).release_titles() | {
        thing.uid: thing.title for thing in found if thing.noun is Noun.RELEASE
    }
    also = overlaps(roadmap, found, at, content, titles)
    edit_urls = _edit_urls(roadmap, {thing.noun for thing in found})
    comparing = Comparing()
    things = []
    for thing in found:
        digest = digest_of(thing)
        things.append(
            ReviewedThing(
                pending=thing,
                digest=digest,
                changes=[*_changes(thing, content, titles, comparing, decisions, reason_errors)],
                is_in=decisions.is_in(thing),
                is_minor=thing.uid in decisions.minor,
                preview_url=""
                if thing.is_removal
                else staff_preview_url(roadmap.pk, thing.noun, thing.address, thing.uid),
                edit_url=edit_urls.get(thing.uid, ""),
                overlaps=also.get(thing.uid, []),
                since=_since(thing, digest, decisions),
            )
        )
    return things


def _since(thing: Pending, digest: str, decisions: Decisions) -> str:
    if not decisions.shown or decisions.shown.get(thing.uid) == digest:
        return ""
    return "Changed since you opened this page" if thing.uid in decisions.shown else "New since you opened this page"


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
    thing: Pending,
    content: RoadmapContent,
    titles: Mapping[str, str],
    comparing: Comparing,
    decisions: Decisions,
    reason_errors: Mapping[str, str],
) -> Iterator[ReviewedChange]:
    with_reason = fields_with_reason(thing)
    changes = compare(_blank(thing.after), thing.after, titles) if thing.is_new and thing.after else thing.changes
    for change in changes:
        if thing.is_new and change.field in ("position", EXISTENCE):
            continue
        told = ReviewedChange(change.sentence(content), is_new_text=thing.is_new)
        if is_shown_side_by_side(change):
            told.texts = comparing.compare(text_of(change, change.before), text_of(change, change.after))
            told.sentence = label_of(change, content) if thing.is_new else told.sentence
        if change.field in with_reason:
            name = reason_name(thing.uid, change.field)
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


# The Editions that wait


def overlaps(
    roadmap: Roadmap,
    found: Iterable[Pending],
    at: datetime.datetime,
    content: RoadmapContent,
    titles: Mapping[str, str],
) -> dict[str, list[Overlap]]:
    """By uid, for each thing that is pending: the Editions after `at` that change it too, in their order.

    It tells, before it happens, what `carry_over` of roadmap.publishing.schedule will do.
    One query, or none where nothing is pending.
    """
    things = {thing.uid: thing for thing in found}
    if not things:
        return {}
    told: dict[str, list[Overlap]] = defaultdict(list)
    state: dict[str, tuple[Content | None, Content | None]] = {}
    for revision in Revision.objects.waiting(roadmap, at):
        uid = str(revision.uid)
        if uid not in things:
            continue
        base, ours = state.get(uid, (things[uid].before, things[uid].after))
        theirs = None if revision.is_removal else revision.as_content()
        merged = None if things[uid].is_removal else carried_over(base, theirs, ours)
        state[uid] = (theirs, merged)
        still = compare(ours, merged, titles)
        changed_then = {change.field for change in still}
        early = [change for change in compare(base, theirs, titles) if change.field not in changed_then]
        told[uid].append(
            Overlap(
                edition=revision.edition,
                early=[] if ours is None else _told(early, content),
                still=_told(still, content),
                is_dropped_by=ours is None and theirs is not None,
                withdraws=theirs is None and ours is not None,
            )
        )
    return told


def _told(changes: Iterable[FieldChange], content: RoadmapContent) -> list[str]:
    return [change.sentence(content) for change in changes if change.field != EXISTENCE or change.before is None]
