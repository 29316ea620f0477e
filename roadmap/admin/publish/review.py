"""All that the page for publishing shows, put together from what is pending and from what the publisher has typed; the
changelog entry on it, drafted from the choices, rewritten by the editor, never lost.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from roadmap.admin.publish import forms
from roadmap.admin.publish.changes import reviewed_things
from roadmap.admin.publish.forms import Decisions, PublishForm, Refusal
from roadmap.admin.views import is_uid
from roadmap.content.things import RoadmapContent
from roadmap.models import Edition, Revision, Roadmap
from roadmap.publishing import (
    Announcement,
    Choices,
    Pending,
    PendingHasChanged,
    draft_announcement,
    fingerprint,
    pending,
)
from roadmap.publishing.checks import slips
from roadmap.working_copies.to_content import roadmap_content

OTHER_MOMENT = (
    "What this edition changes depends on when it appears, as another edition is scheduled too, so nothing has been "
    "published. Read it again below for the time you chose, then publish."
)
EVERYTHING_LEFT_OUT = "Everything is left out: tick at least one thing to publish."
DRAFTED_AGAIN = "The changelog entry has been drafted again from your choices. Read it, then publish."
CHECK_WHAT_YOU_WROTE = (
    "Your choices have changed since the changelog entry was drafted. "
    "Check that what you wrote still fits, then publish."
)


NOTHING = Announcement(title="", when="", body="")


def digest(entry: Announcement) -> str:
    """Of its words, however a browser breaks their lines."""
    words = f"{' '.join(entry.title.split())}\0{entry.body.replace(chr(13), '').strip()}"
    return sha256(words.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class DraftedEntry:
    """Immutable: the changelog entry as the page sent it, beside what its choices give now.

    The page carries what it last drafted: the digest of the words, and the date. Words that come back and differ from
    that were rewritten: they are kept. Words that the choices give now and differ from that are new: the editor reads
    them before they are published. The date follows the time of the Edition, unless the editor wrote another.
    """

    sent: Announcement
    is_announced: bool
    last_draft: str  # the digest of the draft that the page was shown with
    last_when: str  # and its date
    draft: Announcement  # what the choices give now; NOTHING where there is nothing to announce

    @classmethod
    def read(cls, post: QueryDict, draft: Announcement) -> "DraftedEntry":
        entry = Announcement(*(post.get(name, "") for name in forms.ENTRY_FIELDS))
        return cls(entry, bool(post.get("announce")), post.get("drafted", ""), post.get("drafted_when", ""), draft)

    @property
    def is_rewritten(self) -> bool:
        return digest(self.sent) not in (self.last_draft, digest(self.draft), digest(NOTHING))

    @property
    def is_stale(self) -> bool:
        """Whether the choices have changed since, in what there is to announce."""
        return digest(self.draft) != self.last_draft

    @property
    def must_be_read_again(self) -> bool:
        """Whether publishing now would announce, or leave unannounced, something that the editor did not see."""
        return self.is_stale and (self.is_announced or self._is_first_draft)

    @property
    def _is_first_draft(self) -> bool:
        """There was nothing to announce, and now there is."""
        return self.last_draft == digest(NOTHING) and self.draft != NOTHING

    def brought_up_to_date(self, post: QueryDict, *, replacing: bool = False) -> QueryDict:
        """What was sent, with the new draft in place of one that was not rewritten; `replacing`: of any."""
        post = post.copy()
        if replacing or (self.is_stale and not self.is_rewritten):
            post["entry_title"], post["entry_body"] = self.draft.title, self.draft.body
            if self.draft == NOTHING:
                post.pop("announce", None)
            elif replacing or self._is_first_draft:
                post["announce"] = "on"
        if replacing or self.sent.when.strip() == self.last_when:
            post["entry_when"] = self.draft.when
        return post


@dataclass
class Review:
    """The page at one moment: what is pending may depend on when the Edition appears."""

    roadmap: Roadmap
    content: RoadmapContent
    now: datetime.datetime
    at: datetime.datetime | None  # None: at once
    found: list[Pending]
    form: PublishForm
    draft: Announcement  # what the choices give
    decisions: Decisions = field(default_factory=Decisions)
    entry: DraftedEntry | None = None  # None before anything was sent
    reviewed: str = ""  # the fingerprint of what the sender had before them
    reviewed_at: str = ""  # and for which moment
    reason_errors: dict[str, str] = field(default_factory=dict)  # by the name of the field
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def moment(self) -> datetime.datetime:
        return self.at or self.now

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.found)

    @property
    def chosen(self) -> list[Pending]:
        return [thing for thing in self.found if self.decisions.is_in(thing)]

    @property
    def choices(self) -> Choices:
        """Only where `check` found nothing."""
        return self.decisions.choices(self.found, self.form)

    @property
    def is_other_moment(self) -> bool:
        """Whether all that differs from what the sender had before them is when the Edition appears."""
        if self.entry is None or self.reviewed_at == _as_text(self.at):
            return False
        return fingerprint(pending(self.roadmap, _as_moment(self.reviewed_at) or self.now)) == self.reviewed

    def look_again(self) -> None:
        self.found = pending(self.roadmap, self.moment)

    def check(self) -> None:
        """Everything that can be said before publishing is tried, all at once."""
        if not self.found:
            return
        if self.reviewed != self.fingerprint:
            text = OTHER_MOMENT if self.is_other_moment else str(PendingHasChanged())
            self.refusals.append(Refusal(text, place="changes"))
        if not self.chosen:
            self.refusals.append(Refusal(EVERYTHING_LEFT_OUT, place=f"publish-{self.found[0].uid}"))
        for name, text in self.reason_errors.items():
            self.refusals.append(Refusal(text, place=name, field=name))
        if self.roadmap.asks_reasons and not str(self.form.data.get("reason_for_all", "")).strip():
            missing = [slip for slip in slips(self.chosen) if not self.decisions.reason(slip[0], slip[2].field)]
            self.refusals += forms.of_missing_reasons(missing)
        self.refusals += forms.of_form(self.form)
        if self.chosen and self.entry and self.entry.must_be_read_again:
            text = CHECK_WHAT_YOU_WROTE if self.entry.is_rewritten else DRAFTED_AGAIN
            self.refusals.append(Refusal(text, place="id_announce"))


def opened(roadmap: Roadmap) -> Review:
    now = timezone.now()
    found, content = pending(roadmap, now), roadmap_content(roadmap)
    draft = draft_announcement(found, frozenset(), content, now) or NOTHING
    typed = dict(zip(forms.ENTRY_FIELDS, (draft.title, draft.when, draft.body), strict=True))
    # A first edition has no changes to tell of: all of it is new.
    announce = draft != NOTHING and roadmap.editions.exists()
    form = PublishForm(now=now, initial={**typed, "announce": announce})
    return Review(roadmap, content, now, None, found, form, draft)


def sent(roadmap: Roadmap, post: QueryDict, action: str) -> Review:
    """What the form holds, against what is pending now. Nothing is refused yet: see `Review.check`."""
    now = timezone.now()
    form = PublishForm(post, now=now)
    form.is_valid()  # to know the time: what is drafted depends on it
    found, content = pending(roadmap, form.at or now), roadmap_content(roadmap)
    decisions = _acted(Decisions.sent(post), action, [thing.uid for thing in found])
    chosen = [thing for thing in found if decisions.is_in(thing)]
    draft = draft_announcement(chosen, decisions.minor, content, form.at or now) or NOTHING
    entry = DraftedEntry.read(post, draft)
    form = PublishForm(entry.brought_up_to_date(post, replacing=action == "replace"), now=now)
    form.is_valid()
    return Review(
        roadmap,
        content,
        now,
        form.at,
        found,
        form,
        draft,
        decisions=decisions,
        entry=entry,
        reviewed=post.get("reviewed", ""),
        reviewed_at=post.get("reviewed_at", ""),
        reason_errors={
            forms.reason_name(thing.uid, change): error
            for thing in chosen
            for change in forms.fields_with_reason(thing)
            if (error := forms.reason_error(decisions.reason(thing.uid, change)))
        },
    )


def _acted(decisions: Decisions, action: str, found: Collection[str]) -> Decisions:
    """The buttons that choose: one thing, all, or none."""
    verb, _, uids = action.partition(":")
    match verb:
        case "include":
            return decisions.including(uids.split())
        case "all":
            return decisions.including(found)
        case "none":
            return replace(decisions, ticked=frozenset(), shown=dict.fromkeys(found, "") | dict(decisions.shown))
    return decisions


# For the template


def context(review: Review, action: str = "") -> dict[str, Any]:
    things = reviewed_things(
        review.roadmap, review.found, review.moment, review.content, review.decisions, _reason_texts(review)
    )
    refusals, editions = review.refusals, Edition.objects.filter(roadmap=review.roadmap)
    is_other_moment = bool(things) and review.reviewed != review.fingerprint and review.is_other_moment
    for thing in things:
        thing.errors = [
            refusal.text for refusal in refusals if refusal.thing == thing.pending.uid and not refusal.field
        ]
        if thing.since and is_other_moment:
            thing.since = "Different at the time you chose"
    offered = {refusal.include.uid: refusal.include for refusal in refusals if refusal.include}
    return {
        "roadmap": review.roadmap,
        "review": review,
        "form": review.form,
        "things": things,
        "count": len(things),
        "left_out": len(things) - len(review.chosen),
        "shown": " ".join(f"{thing.pending.uid}={thing.digest}" for thing in things),
        "reviewed": review.fingerprint,
        "reviewed_at": _as_text(review.at),
        "drafted": digest(review.draft),
        "entry_notice": _entry_notice(review, action),
        "other_draft": review.draft if _is_kept(review, action) and review.draft != NOTHING else None,
        "include_all": " ".join(offered) if len(offered) > 1 else "",
        "has_slips": any(not thing.pending.is_removal and any(thing.reasons) for thing in things),
        "gone": _gone(review),
        "kept": None if things else _kept(review),
        "newest": editions.live(review.now).order_by("-number").first(),
        "scheduled": [*editions.scheduled(review.now)],
    }


def _reason_texts(review: Review) -> dict[str, str]:
    """What is wrong with each reason, by the name of its field."""
    said = {refusal.field: forms.SAY_WHY for refusal in review.refusals if refusal.field}
    return said | review.reason_errors


def _is_kept(review: Review, action: str) -> bool:
    """Whether the editor's own words stand where a new draft might."""
    entry = review.entry
    return bool(entry and entry.is_rewritten and action != "replace" and (entry.is_stale or action == "draft"))


def _entry_notice(review: Review, action: str) -> str:
    entry = review.entry
    if entry is None:
        return ""
    if action == "replace":
        return "This is a new draft, from your choices."
    if _is_kept(review, action):
        return "You have rewritten this entry, so it is kept as you wrote it." + (
            " Your choices have changed since: check that it still fits." if entry.is_stale else ""
        )
    if entry.is_stale:
        return "Drafted again from your choices." if review.draft != NOTHING else "There is nothing left to announce."
    return "This is what your choices give: there is nothing to update." if action == "draft" else ""


def _gone(review: Review) -> list[str]:
    """Titles of what the page showed before and is not pending any more."""
    found = {thing.uid for thing in review.found}
    gone = [uid for uid in review.decisions.shown if uid not in found and is_uid(uid)]
    if not gone or not found:
        return []
    known = Revision.objects.filter(edition__roadmap=review.roadmap, uid__in=gone).order_by("edition__number")
    return sorted(dict(known.values_list("uid", "title")).values())


def _kept(review: Review) -> dict[str, str] | None:
    """What was typed into a form whose changes are gone: shown, so that it can be copied."""
    if review.entry is None:
        return None
    own = review.entry.sent if review.entry.is_announced and review.entry.is_rewritten else NOTHING
    kept = {"Note": review.form.data.get("note", ""), "Changelog entry": f"{own.title}\n{own.when}\n{own.body}".strip()}
    return {label: text for label, text in kept.items() if text} or None


def _as_text(at: datetime.datetime | None) -> str:
    return at.isoformat() if at else ""


def _as_moment(text: str) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if timezone.is_aware(found) else None
