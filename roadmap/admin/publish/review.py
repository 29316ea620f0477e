"""What is pending, against what a publisher has typed and chosen: the changelog entry, drafted from the choices,
rewritten by the editor, never lost; and why nothing was published, with the place on the page where it is put right.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import cast

from django.http import QueryDict
from django.utils import timezone

from roadmap import publishing
from roadmap.admin.editing.text_diff import Comparing
from roadmap.admin.publish import forms
from roadmap.admin.publish.groups import members
from roadmap.content.changed_dates import has_arrived, when_of
from roadmap.content.changes import FieldChange
from roadmap.content.choices import Environment
from roadmap.content.fields import EXISTENCE
from roadmap.content.things import Content, RoadmapContent, lower_first
from roadmap.dates.clock import uk_date
from roadmap.dates.moves import Move, move
from roadmap.models import Edition, MinorMark, Revision, Roadmap
from roadmap.publishing import Announcement, Choices, Pending, PendingHasChanged, marks, pending
from roadmap.publishing.pending import contents_with
from roadmap.publishing.publish import reason_of
from roadmap.publishing.reviewed import as_reviewed
from roadmap.templatetags.uk_dates import uk_datetime
from roadmap.working_copies.to_content import contents

OTHER_MOMENT = (
    "What this edition changes depends on when it appears, as another edition is scheduled too, so nothing has been "
    "published. Read it again below for the time you chose, then publish."
)
TELLS_OF_LOST = (
    "Some of what you reviewed has changed since you opened this page, and would not be published with the changelog "
    "entry as you rewrote it. Check that it still fits, then publish."
)
EVERYTHING_LEFT_OUT = "Everything is left out: tick at least one thing to publish."
NOTHING = Announcement(title="", when="", body="")


def digest(entry: Announcement) -> str:
    return sha256("\0".join(entry.words).encode()).hexdigest()[:16]


class DraftedEntry:
    """The changelog entry as the page sent it, beside what its choices give now.

    The page carries what it last drafted: the digest of the words, and the date. Words that come back and differ from
    that were rewritten: they are kept, and published so. Words that nobody touched follow the choices, until they are
    published. The date follows the time of the Edition, unless the editor wrote another.
    """

    def __init__(self, post: QueryDict, draft: Announcement, when: str):
        """`draft` is what the choices give now; NOTHING where there is nothing to announce. `when` is its day."""
        last_draft = post.get("drafted", "")
        self.post, self.draft, self.when = post, draft, when
        self.sent = Announcement(*(post.get(name, "") for name in forms.ENTRY_FIELDS))
        self.is_announced = bool(post.get("announce"))
        self.is_rewritten = digest(self.sent) not in (last_draft, digest(draft), digest(NOTHING))
        # Whether the choices have changed since, in what there is to announce.
        self.is_stale = digest(draft) != last_draft
        # There was nothing to announce, and now there is.
        self.is_first_draft = last_draft == digest(NOTHING) and draft != NOTHING

    def brought_up_to_date(self, *, replacing: bool) -> QueryDict:
        """What was sent, with the new draft in place of one that was not rewritten; `replacing`: of any."""
        post = self.post.copy()
        if replacing or (self.is_stale and not self.is_rewritten):
            post["entry_title"], post["entry_body"] = self.draft.title, self.draft.body
            if self.draft == NOTHING:
                post.pop("announce", None)
            elif replacing or self.is_first_draft:
                post["announce"] = "on"
        if replacing or self.sent.when.strip() == post.get("drafted_when", ""):
            post["entry_when"] = self.when
        return post


@dataclass(frozen=True)
class Refusal:
    text: str
    place: str = ""  # the id of the element where it is put right
    thing: str = ""  # the uid of the thing that it is about
    beside: str = ""  # what is said at that place, where the text says of which thing it is
    include: Pending | None = None  # what is offered to be included too


class Review:
    """The page at one moment: what is pending may depend on when the Edition appears.

    Nothing is refused yet of what `post` holds: see `check`. A thing that the page did not show is ticked, but where
    what was read is published: then what is found is what the page showed, as it did. See `as_reviewed`.
    """

    def __init__(
        self,
        roadmap: Roadmap,
        post: QueryDict | None = None,
        action: str = "",
        *,
        only_what_was_read: bool = False,
        refused: "Review | None" = None,
        marked: Mapping[str, MinorMark] | None = None,
        kept_at: datetime.datetime | None = None,
    ):
        """`refused` is that of which nothing was published: what it read is not read again.

        `marked` is by uid what somebody called minor before; `kept_at`, when `post` was kept to be gone on with now.
        """
        self.roadmap = roadmap
        self.now, self.newest = Edition.objects.clock_and_newest(roadmap)  # the newest that readers see
        self.refusals: list[Refusal] = refused.refusals if refused else []
        self.form = forms.PublishForm(post, now=self.now)
        self.form.is_valid()  # to know the time: what is drafted depends on it
        self.at = self.form.at  # None: at once
        self.sent = sent = QueryDict() if post is None else post
        self.marked, self.kept_at = marked or {}, kept_at
        pairs = (pair.partition("=") for pair in sent.get("shown", "").split())
        # By uid, the marks of what the sender had before them, and for which moment.
        self.shown, self.reviewed_at = {uid: mark for uid, _, mark in pairs}, sent.get("reviewed_at", "")
        self.saved: dict[str, Content]
        self.pending: list[Pending]
        self.saved, self.pending = (refused.saved, refused.pending) if refused else self._read()
        self.found = self.pending
        if only_what_was_read:
            self.found = as_reviewed(roadmap, self.moment, self.saved, self.pending, self.shown)
        saved = cast(RoadmapContent, self.saved[str(roadmap.uid)])
        self.content = publishing.roadmap_in_sentences(roadmap, saved)
        ticked = frozenset(sent.getlist("publish"))
        self.lost = (self.shown.keys() & ticked) - {thing.uid for thing in self.found}
        self.left_out = self._left_out(ticked, action)
        self.minor = self._minor(frozenset(sent.getlist("minor")), action)
        self.reasons = {name: str(sent[name]) for name in sent if name.startswith(f"{forms.REASON}:")}
        draft = publishing.draft_announcement(
            self.chosen,
            self.content,
            self.moment,
            known=lambda: contents_with(self.chosen, roadmap, self.moment),
            minor=self.minor,
            reasons=self._reasons_told(sent.get("reason_for_all", "")),
        )
        self.draft, self.when = draft or NOTHING, uk_date(self.moment)
        self.entry = None if post is None else DraftedEntry(post, self.draft, self.when)
        if self.entry:
            self.form = forms.PublishForm(self.entry.brought_up_to_date(replacing=action == "replace"), now=self.now)
            self.form.is_valid()
        else:
            typed = dict(zip(forms.ENTRY_FIELDS, (self.draft.title, self.when, self.draft.body), strict=True))
            # A first edition has no changes to tell of: all of it is new.
            announce = self.draft != NOTHING and bool(self.newest or self.scheduled)
            self.form = forms.PublishForm(now=self.now, initial={**typed, "announce": announce})

    def _read(self) -> tuple[dict[str, Content], list[Pending]]:
        saved = {content.uid: content for content in contents(self.roadmap)}
        return saved, pending(self.roadmap, self.moment, saved.values())

    def _left_out(self, ticked: frozenset[str], action: str) -> frozenset[str]:
        """By uid, after the buttons that choose: one thing, those of a group, all, or none."""
        verb, _, uids = action.partition(":")
        found = frozenset(thing.uid for thing in self.found)
        match verb:
            case "none":
                return found
            case "all":
                return frozenset()
            case "include":
                ticked = ticked.union(uids.split())
            case "in":
                ticked |= members(self.found, uids, self.content)
            case "out":
                out = members(self.found, uids, self.content)
                return (found & (self.shown.keys() - ticked)) | out
        return found & (self.shown.keys() - ticked)

    def _minor(self, ticked: frozenset[str], action: str) -> frozenset[str]:
        """By uid. What was called minor before is so for whoever has not seen that change, or that it is called so."""
        called = (thing for thing in self.found if (mark := self.marked.get(thing.uid)) and mark.mark == thing.mark)
        ticked |= {
            thing.uid
            for thing in called
            if self.shown.get(thing.uid) != thing.mark
            or (self.kept_at and self.marked[thing.uid].marked_at > self.kept_at)
        }
        verb, _, name = action.partition(":")
        if verb in ("minor", "news"):
            chosen = members(self.found, name, self.content)
            return ticked | chosen if verb == "minor" else ticked - chosen
        return ticked

    @property
    def moment(self) -> datetime.datetime:
        return self.at or self.now

    @property
    def chosen(self) -> list[Pending]:
        return [thing for thing in self.found if thing.uid not in self.left_out]

    @property
    def marks_shown(self) -> str:
        return " ".join(f"{uid}={mark}" for uid, mark in marks(self.found).items())

    @property
    def names_of_reasons(self) -> list[str]:
        """Of the fields that reasons are typed into."""
        pairs = ((thing.uid, name) for thing in self.found for name in forms.fields_with_reason(thing))
        return [forms.reason_name(*pair) for pair in pairs]

    def as_sent(self) -> QueryDict:
        """What the page sends when it is left as it is shown. Only of what was sent."""
        sent: QueryDict = self.form.data.copy()  # type: ignore[attr-defined]
        sent.setlist("publish", [thing.uid for thing in self.chosen])
        sent.setlist("minor", [thing.uid for thing in self.found if thing.uid in self.minor])
        sent["shown"], sent["reviewed_at"] = self.marks_shown, as_text(self.at)
        sent["drafted"], sent["drafted_when"] = digest(self.draft), self.when
        for name in self.reasons.keys() - {*self.names_of_reasons}:
            del sent[name]
        return sent

    def reason(self, uid: str, change_field: str) -> str:
        return self.reasons.get(forms.reason_name(uid, change_field), "").strip()

    @property
    def given_reasons(self) -> dict[tuple[str, str], str]:
        """By uid and field of the change, of what goes out."""
        return {
            (thing.uid, name): reason
            for thing in self.chosen
            for name in forms.fields_with_reason(thing)
            if (reason := self.reason(thing.uid, name))
        }

    def _reasons_told(self, for_all: str) -> dict[tuple[str, str], str]:
        """By uid and field, with the reason for all. What cannot be kept is not told."""
        given, pairs = self.given_reasons, [(thing, change.field) for thing in self.chosen for change in thing.changes]
        told = {(thing.uid, name): reason_of(thing, name, given, for_all) for thing, name in pairs}
        return {key: reason for key, reason in told.items() if reason and not forms.reason_error(reason)}

    @property
    def reason_errors(self) -> dict[str, str]:
        """By the name of the field."""
        errors = {forms.reason_name(*key): forms.reason_error(text) for key, text in self.given_reasons.items()}
        return {name: error for name, error in errors.items() if error}

    @property
    def choices(self) -> Choices:
        """Only where `check` found nothing."""
        return Choices(
            leave_out=self.left_out,
            minor=self.minor,
            reasons=self.given_reasons,
            reason_for_all=self.form.cleaned_data["reason_for_all"],
            announcement=self.form.announcement,
        )

    @cached_property
    def scheduled(self) -> list[Edition]:
        return [*self.roadmap.editions.scheduled(self.now)]

    @cached_property
    def comparing(self) -> Comparing:
        """One for all the texts of the page."""
        return Comparing()

    @property
    def saved_since(self) -> list[Pending]:
        """What is pending and not as the sender had it before them."""
        return [thing for thing in self.pending if thing.mark != self.shown.get(thing.uid)]

    @cached_property
    def other_then(self) -> frozenset[str]:
        """The uids of what is as the sender had it before them, but for when the Edition appears."""
        if self.entry is None or self.reviewed_at == as_text(self.at):
            return frozenset()
        now = marks(self.pending)
        then = marks(pending(self.roadmap, _as_moment(self.reviewed_at) or self.now, self.saved.values()))
        return frozenset(uid for uid in {*now, *then} if now.get(uid) != then.get(uid) == self.shown.get(uid))

    def check(self) -> None:
        """Everything that can be said before publishing is tried, all at once."""
        if not self.pending:
            return
        if self.other_then:
            self.refusals.append(Refusal(OTHER_MOMENT, "changes"))
        elif not self.found:
            self.refusals.append(Refusal(str(PendingHasChanged()), "changes"))
        elif not self.chosen:
            self.refusals.append(Refusal(EVERYTHING_LEFT_OUT, f"publish-{self.found[0].uid}"))
        if self.lost and self.entry and self.entry.is_announced and self.entry.is_rewritten and self.entry.is_stale:
            self.refusals.append(Refusal(TELLS_OF_LOST, "id_entry_body"))
        self.refusals += (Refusal(text, place=name) for name, text in self.reason_errors.items())
        if self.roadmap.asks_reasons and not str(self.form.data.get("reason_for_all", "")).strip():
            slips = ((thing.uid, thing.title, change) for thing in self.chosen for change in thing.slips)
            self.refusals += self._of_missing_reasons(slip for slip in slips if not self.reason(slip[0], slip[2].field))
        for name in self.form.fields:  # in the order of the page
            self.refusals += (Refusal(str(text), self.form[name].auto_id) for text in self.form.errors.get(name, []))

    def refuse(self, error: publishing.PublishingRefused) -> None:
        """What `publish` said. Whatever it says of no place in particular stands at the top of the page."""
        match error:
            case publishing.ReasonsMissing():
                self.refusals += self._of_missing_reasons(error.slips)
            case publishing.WouldTear():
                self.refusals += self._of_gaps(error)
            case publishing.AnnouncementRefused():
                self.refusals.append(Refusal(str(error), "id_announce"))
            case publishing.NoSuchTime():
                self.refusals.append(Refusal(str(error), "id_day"))
            case _:
                self.refusals.append(Refusal(str(error)))
        if isinstance(error, PendingHasChanged):  # by somebody who does not take the lock
            self.saved, self.pending = self._read()

    def _of_missing_reasons(self, slips: Iterable[tuple[str, str, FieldChange]]) -> Iterator[Refusal]:
        for uid, title, change in slips:
            text = f"Say {lower_first(why(change, self.content))}: readers see the reason beside the change."
            yield Refusal(f"“{title}”: {lower_first(text)}", forms.reason_name(uid, change.field), beside=text)

    def _of_gaps(self, error: publishing.WouldTear) -> Iterator[Refusal]:
        found = {thing.uid: thing for thing in self.found}
        # Where it is a scheduled Edition that would tear, the error begins by saying which.
        where = str(error).partition(error.gaps[0][2])[0]
        for thing, needed, sentence in error.gaps:
            missing = needed or str(self.roadmap.uid)
            offered = next((found[uid] for uid in (missing, thing.uid) if uid in self.left_out), None)
            if offered:
                yield Refusal(where + sentence, f"publish-{offered.uid}", thing.uid, include=offered)
                continue
            hint = "" if where else self._of_scheduled(missing)
            culprit = next((uid for uid in (thing.uid, needed) if uid in found), "")
            yield Refusal(f"{where}{sentence} {hint}".strip(), f"publish-{culprit}" if culprit else "", culprit)

    def _of_scheduled(self, uid: str) -> str:
        """What is missing cannot be included, as it waits already: when it comes, and what to do until then."""
        waiting = Revision.objects.waiting(self.roadmap, self.moment).filter(uid=uid).first()
        if waiting is None:
            return ""
        return (
            f"It appears with edition {waiting.edition.number} on {uk_datetime(waiting.edition.published_at)}: "
            "choose a time after that, or leave this out until then."
        )


def why(change: FieldChange, roadmap: RoadmapContent) -> str:
    """What a reason is asked for, as a sentence begins: "Why it moves later"."""
    if change.field == EXISTENCE:
        return "Why it was withdrawn"
    if change.field == "is_deployed" or has_arrived(change.before):
        environment = change.field.removeprefix("milestone.")
        place = roadmap.labels.place(Environment.LIVE if change.field == "is_deployed" else Environment(environment))
        return f"Why it is no longer {place}"
    before, after = when_of(change.before), when_of(change.after)
    match before and after and move(before, after):
        case Move.LESS_EXACT:
            return "Why it may be later"
        case Move.TO_BE_CONFIRMED:
            return "Why it is to be confirmed"
    return "Why it moves later"


def as_text(at: datetime.datetime | None) -> str:
    return at.isoformat() if at else ""


def _as_moment(text: str) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if timezone.is_aware(found) else None
