"""What is kept of a review until it is published: for each person and roadmap, the page's form as it was sent last.

Opened again, the page is made of it as if it had just been sent: what was saved since is marked, what is gone is named.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from roadmap.admin.publish.forms import ENTRY_FIELDS, NOW, REASON, PublishForm, reason_name
from roadmap.admin.publish.review import digest
from roadmap.content.things import ChangelogEntryContent
from roadmap.models import ChangelogEntry, Edition, ReviewDraft, Roadmap
from roadmap.publishing import Announcement
from roadmap.publishing.schedule import drafted_for

# Beside the fields of the form itself, and the reasons.
_KEPT = {"publish", "minor", "shown", "reviewed_at", "drafted", "drafted_when", "checked", "open"}


def drafts_of(roadmap: Roadmap, person: Any) -> tuple[ReviewDraft | None, list[ReviewDraft]]:
    """This person's own, and those of others, in the order in which they began."""
    found = [*ReviewDraft.objects.filter(roadmap=roadmap).select_related("reviewer")]
    own = next((draft for draft in found if draft.reviewer_id == person.pk), None)
    return own, [draft for draft in found if draft is not own]


def as_sent(draft: ReviewDraft) -> QueryDict:
    sent = QueryDict(mutable=True)
    for name, values in json.loads(draft.sent).items():
        sent.setlist(name, values)
    return sent


def keep(roadmap: Roadmap, person: Any, sent: QueryDict) -> None:
    names = _KEPT.union(PublishForm.base_fields)
    kept = {name: values for name, values in sent.lists() if name in names or name.startswith(f"{REASON}:")}
    now = timezone.now()
    ReviewDraft.objects.update_or_create(
        roadmap=roadmap,
        reviewer=person,
        defaults={"sent": json.dumps(kept), "saved_at": now},
        create_defaults={"sent": json.dumps(kept), "saved_at": now, "began_at": now},
    )


def keep_unless_published(roadmap: Roadmap, person: Any, sent: QueryDict) -> None:
    """Not of a page that this person has published from since it was opened: what it says has gone out."""
    known = sent.get("known_edition", "")[:15]
    if not roadmap.editions.filter(published_by=person, pk__gt=int(known) if known.isdecimal() else 0).exists():
        keep(roadmap, person, sent)


def forget(roadmap: Roadmap, person: Any) -> None:
    ReviewDraft.objects.filter(roadmap=roadmap, reviewer=person).delete()


def forget_things(roadmap: Roadmap, person: Any, uids: Collection[str]) -> None:
    """These were discarded by the person: it need not be said that they are gone."""
    own, _ = drafts_of(roadmap, person)
    if own is None:
        return
    sent = as_sent(own)
    sent["shown"] = " ".join(pair for pair in sent.get("shown", "").split() if pair.partition("=")[0] not in uids)
    for name in [name for name in sent if name.startswith(f"{REASON}:") and name.split(":")[1] in uids]:
        del sent[name]
    keep(roadmap, person, sent)


@dataclass(frozen=True)
class HeldByEdition:
    """Immutable: what somebody had typed and chosen for an Edition that waits."""

    note: str
    entry: Announcement | None
    is_rewritten: bool
    announcement: Any  # the uid of the entry
    reasons: dict[str, str]  # by the name of the field
    minor: frozenset[str]


def held_by(edition: Edition) -> HeldByEdition:
    """Ask before the Edition is cancelled."""
    revisions = [*edition.revisions.prefetch_related("changes")]
    content = next((row.as_content() for row in revisions if row.uid == edition.announcement and row.content), None)
    entry = None
    if isinstance(content, ChangelogEntryContent):
        entry = Announcement(title=content.title, when=content.typed, body=content.body)
    draft = drafted_for(edition) if entry else None
    found = [(str(row.uid), [*row.changes.all()]) for row in revisions]
    return HeldByEdition(
        note=edition.note,
        entry=entry,
        is_rewritten=entry is not None and (draft is None or draft.words != entry.words),
        announcement=edition.announcement,
        reasons={
            reason_name(uid, change.field): change.reason
            for uid, changes in found
            for change in changes
            if change.reason
        },
        minor=frozenset(uid for uid, changes in found if changes and all(change.is_minor for change in changes)),
    )


def give_back(roadmap: Roadmap, person: Any, held: HeldByEdition) -> str:
    """Puts it into this person's review, beside what is there. Returns what is to be said of what did not fit.

    Call it once the Edition is cancelled.
    """
    own, _ = drafts_of(roadmap, person)
    sent, told = as_sent(own) if own else QueryDict("timing=" + NOW, mutable=True), ""
    if held.note and sent.get("note", "").strip() not in ("", held.note):
        told = f"Your review has a note of its own. That of the edition was: “{held.note}”."
    else:
        sent["note"] = held.note
    # One that somebody has worked on since stays pending itself.
    if held.entry and not ChangelogEntry.objects.filter(uid=held.announcement).exists():
        _give_back_entry(sent, held.entry, held.is_rewritten)
    for name, reason in held.reasons.items():
        if not sent.get(name, "").strip():
            sent[name] = reason
    sent.setlist("minor", sorted(held.minor.union(sent.getlist("minor"))))
    keep(roadmap, person, sent)
    return told


def _give_back_entry(sent: QueryDict, entry: Announcement, is_rewritten: bool) -> None:
    own = Announcement(*(sent.get(name, "") for name in ENTRY_FIELDS))
    if own.words[1] and digest(own) != sent.get("drafted", ""):  # written by hand too: both are there to choose from
        sent["entry_body"] = f"{own.body.rstrip()}\n\n{entry.body}" if is_rewritten else own.body
    else:
        sent["entry_title"], sent["entry_when"], sent["entry_body"] = entry.title, entry.when, entry.body
        # What nobody rewrote follows the choices, and the day.
        sent["drafted"] = "" if is_rewritten else digest(entry)
        sent["drafted_when"] = entry.when
    sent["announce"] = "on"
