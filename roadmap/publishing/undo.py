"""Undoing an Edition: a new one takes back what that one changed, field by field, and nothing else.

What was published later stays, and so does what is still a draft: where either changed the same field again, that field
is left as it is, and said so. See docs/decisions/0031-undoing-is-publishing.md.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from msgspec.structs import replace

from roadmap import models
from roadmap.content.changes import FieldChange
from roadmap.content.comparison import compare
from roadmap.content.meanings import without_meanings
from roadmap.content.merge import clashing, merge
from roadmap.content.things import Content, ItemContent, PageContent, ReleaseContent, RoadmapContent
from roadmap.publishing.errors import PublishingRefused
from roadmap.publishing.pending import Pending, make_pending, marks, retold
from roadmap.publishing.publish import Choices, check_nothing_is_torn, check_reasons, write_edition
from roadmap.working_copies.from_content import remove, write
from roadmap.working_copies.to_content import contents

Contents = Mapping[str, Content]  # by uid

AGAIN = "has changed again since, so it stays as it is now."
CAME_BACK = "has been published again since, so it stays."
CHANGED_SINCE = "was new in that edition and has been changed since, so it stays. To take it away, delete its draft."
STILL_USED = "was new in that edition, and something that stays is in it, so it stays."
ITS_RELEASE_GONE = "was in a release that readers do not have any more, so it stays where it is now."
ADDRESS_TAKEN = "had an address that another page has now, so it does not come back."


class CannotUndo(PublishingRefused):
    """Nothing of the Edition can be taken back, or not any more as it was shown. Nothing has changed."""


class Kept(NamedTuple):
    """Something that the Edition changed and that is not taken back."""

    title: str
    change: FieldChange | None  # None: the whole thing
    why: str  # follows the title, or what changed, in a sentence


@dataclass(frozen=True)
class Undoing:
    """What undoing would do at one moment."""

    edition: models.Edition
    found: list[Pending]
    kept: list[Kept] = field(default_factory=list)

    @property
    def refusal(self) -> str:
        """Why it cannot be done at all."""
        name = f"edition {self.edition.number}"
        if any(isinstance(thing.before, RoadmapContent) and thing.is_removal for thing in self.found):
            return (
                f"{name.capitalize()} is the one that made this roadmap public: it cannot be taken back. Undo one of "
                "its things, or publish a correction."
            )
        return "" if self.found else f"Readers see nothing of {name} any more, so there is nothing to undo."

    @property
    def mark(self) -> str:
        """The same for the same act: what a form carries to say what was read."""
        return sha256(" ".join(sorted(marks(self.found).values())).encode()).hexdigest()[:32]


def undoing(edition: models.Edition, now: datetime.datetime | None = None, *, only: str = "") -> Undoing:
    """What undoing a live Edition would change for readers, and what it would leave; `only` is the uid of one thing."""
    roadmap = edition.roadmap
    now = models.Edition.objects.clock(roadmap, now)
    after: dict[str, Content | None] = {
        str(row.uid): None if row.is_removal else row.as_content()
        for row in edition.revisions.order_by("pk")
        if not only or str(row.uid) == only
    }
    earlier = models.Revision.objects.filter(uid__in=after, edition__number__lt=edition.number)
    before = earlier.filter(edition__roadmap=roadmap).newest().contents()
    public = models.Revision.objects.newest_of(roadmap, now).contents()
    steps = [_Step(uid, before.get(uid), then, public.get(uid)) for uid, then in after.items()]
    titles = models.Revision.objects.newest_of(roadmap, now).release_titles()
    targets, kept = _targets(steps, public, titles)
    withdrawn = models.Revision.objects.filter(uid__in=after).newest_of(roadmap, now).withdrawn()
    rough = [make_pending(public.get(uid), aim, {}, withdrawn_on=withdrawn.get(uid)) for uid, aim in targets.items()]
    return Undoing(edition, retold([thing for thing in rough if thing.changes], roadmap, now), kept)


def undo(
    edition: models.Edition,
    *,
    by: User | None,
    note: str = "",
    reason: str = "",
    is_minor: bool = False,
    only: str = "",
    shown: str = "",
    now: datetime.datetime | None = None,
) -> models.Edition:
    """Takes back what that Edition changed, in a new one, and brings the working copies in line.

    A draft keeps what it has of its own. `reason` is given for every date that moves later by it; `shown` is the mark
    of the `Undoing` that was read. Raises PublishingRefused: CannotUndo, ReasonsMissing, WouldTear. Then nothing has
    changed.
    """
    with transaction.atomic():
        roadmap = models.Roadmap.objects.lock(edition.roadmap_id)
        now = models.Edition.objects.clock(roadmap, now)
        plan = undoing(edition, now, only=only)
        if plan.refusal:
            raise CannotUndo(plan.refusal)
        if shown and shown != plan.mark:
            raise CannotUndo("Something has been published since you opened this page. Read it again, then undo.")
        minor = frozenset(thing.uid for thing in plan.found) if is_minor else frozenset()
        choices = Choices(minor=minor, reason_for_all=reason)
        check_reasons(roadmap, plan.found, choices)
        drafts = {draft.uid: draft for draft in contents(roadmap)}
        check_nothing_is_torn(roadmap, plan.found, now, drafts)
        made = write_edition(roadmap, plan.found, choices, now, at=now, by=by, note=note)
        _bring_drafts_in_line(roadmap, plan.found, drafts)
        return made


def taken_back_by(
    roadmap: models.Roadmap, editions: Iterable[models.Edition], now: datetime.datetime
) -> dict[int, list[int]]:
    """By primary key, of those Editions of which readers see nothing any more, the numbers of those that took it back.

    Each thing is again as it was before the Edition. One query, whatever the number of either.
    """
    numbers = {edition.number: edition.pk for edition in editions}
    revisions = models.Revision.objects
    wanted = revisions.filter(edition__in=[*numbers.values()]).order_by().values("uid")
    rows = revisions.filter(edition__in=models.Edition.objects.live(now).filter(roadmap=roadmap), uid__in=wanted)
    found: dict[uuid.UUID, list[tuple[int, str]]] = defaultdict(list)
    for uid, number, digest in rows.order_by("edition__number").values_list("uid", "edition__number", "digest"):
        found[uid].append((number, digest))
    ended: dict[int, set[int] | None] = {}  # by number; None where something of it is left
    for history in found.values():
        before, (newest, last) = "", history[-1]
        for number, digest in history:
            if number in numbers:
                by = ended.setdefault(number, set())
                if newest == number or last != before:
                    ended[number] = None
                elif by is not None:
                    by.add(newest)
            before = digest
    return {numbers[number]: sorted(by) for number, by in ended.items() if by}


class _Step(NamedTuple):
    """One thing: as it was before the Edition, as that had it, and as readers have it now."""

    uid: str
    before: Content | None
    then: Content | None
    now: Content | None


def _targets(
    steps: Iterable[_Step], public: Contents, release_titles: Mapping[str, str]
) -> tuple[dict[str, Content | None], list[Kept]]:
    """By uid, what readers would have of each thing that undoing changes; and what it leaves."""
    targets: dict[str, Content | None] = {}
    kept: list[Kept] = []
    for step in steps:
        title = str(getattr(step.then or step.before, "title", ""))
        if step.now is None or step.then is None or step.before is None:
            if _as_draft(step.now) == _as_draft(step.then):
                targets[step.uid] = step.before
            elif step.now is not None and step.before is None:
                kept.append(Kept(title, None, CHANGED_SINCE))
            elif step.now is not None:
                kept.append(Kept(title, None, CAME_BACK))
            continue  # what was withdrawn since has nothing left to be taken back
        targets[step.uid] = merge(step.then, step.before, step.now, ours_wins=True)
        if clashes := clashing(step.then, step.before, step.now):
            changes = compare(step.before, step.then, release_titles)
            kept += (Kept(title, change, AGAIN) for change in changes if change.field in clashes)
    _keep_whole(targets, kept, public)
    return targets, kept


def _keep_whole(targets: dict[str, Content | None], kept: list[Kept], public: Contents) -> None:
    """Leaves what other things need, and gives nothing that needs what readers do not have."""
    taken = {page.slug for uid, page in public.items() if isinstance(page, PageContent) and uid not in targets}
    for uid, aim in [*targets.items()]:
        if isinstance(aim, PageContent) and aim.slug in taken:
            del targets[uid]
            kept.append(Kept(aim.title, None, ADDRESS_TAKEN))
    there = {uid: content for uid, content in {**public, **targets}.items() if content is not None}
    for uid, aim in [*targets.items()]:
        if not isinstance(aim, ItemContent) or not aim.release_uid:
            continue
        if not isinstance(there.get(aim.release_uid) or public.get(aim.release_uid), ReleaseContent):
            now = public.get(uid)
            stays_in = now.release_uid if isinstance(now, ItemContent) else ""
            targets[uid] = there[uid] = replace(aim, release_uid=stays_in)
            kept.append(Kept(aim.title, None, ITS_RELEASE_GONE))
    items = [content for content in there.values() if isinstance(content, ItemContent)]
    used = {item.release_uid for item in items}
    for uid, aim in [*targets.items()]:
        release = public.get(uid)
        if aim is None and uid in used and isinstance(release, ReleaseContent):
            del targets[uid]
            kept.append(Kept(release.title, None, STILL_USED))
    filled = {value.key for item in items for value in item.fields}
    for uid, aim in [*targets.items()]:
        now = public.get(uid)
        if isinstance(aim, RoadmapContent) and isinstance(now, RoadmapContent):
            targets[uid] = whole = _with_columns(aim, filled, now)
            needed = whole.fields[len(aim.fields) :]
            kept += (Kept(f"The column “{column.name}”", None, STILL_USED) for column in needed)


def _bring_drafts_in_line(roadmap: models.Roadmap, found: Iterable[Pending], drafts: Contents) -> None:
    """Each working copy with what was taken back, but for what it has of its own: that stays pending."""
    wanted: dict[str, Content] = {}
    gone = []
    for thing in found:
        draft, before, after = drafts.get(thing.uid), thing.before, thing.after
        is_as_published = draft is not None and draft == _as_draft(before)
        if after is None:
            gone += [thing.uid] if is_as_published else []
        elif before is None:
            wanted |= {} if draft else {thing.uid: after}
        elif draft is not None:
            mine = merge(without_meanings(before), without_meanings(after), draft, ours_wins=True)
            wanted |= {} if mine == draft else {thing.uid: mine}
    result = {**{uid: draft for uid, draft in drafts.items() if uid not in gone}, **wanted}
    items = [content for content in result.values() if isinstance(content, ItemContent)]
    remove(roadmap, [uid for uid in gone if uid not in {item.release_uid for item in items}])
    filled = {value.key for item in items for value in item.fields}
    write(
        roadmap,
        [
            _with_columns(content, filled, drafts[content.uid])
            for content in wanted.values()
            if isinstance(content, RoadmapContent)
        ],
    )
    fits = _fitting(roadmap, result, drafts)
    others = (content for content in wanted.values() if not isinstance(content, RoadmapContent))
    write(roadmap, [content for content in map(fits, others) if content is not None])


def _with_columns(roadmap: RoadmapContent, filled: Collection[str], has: Content) -> RoadmapContent:
    """With those columns of `has` that are filled: to write it without one deletes what is in it."""
    there = {column.key for column in roadmap.fields}
    columns = has.fields if isinstance(has, RoadmapContent) else ()
    return replace(
        roadmap, fields=roadmap.fields + tuple(one for one in columns if one.key in filled and one.key not in there)
    )


def _fitting(roadmap: models.Roadmap, result: Contents, drafts: Contents) -> Callable[[Content], Content | None]:
    """What a draft can be among the drafts: it names no release and no column that they have not; None for a page
    whose address another draft has. What readers have more than that is then pending.
    """
    releases = {uid for uid, content in result.items() if isinstance(content, ReleaseContent)}
    columns = {*roadmap.fields.values_list("key", flat=True)}
    slugs = {content.slug: uid for uid, content in drafts.items() if isinstance(content, PageContent)}

    def fitting(content: Content) -> Content | None:
        if isinstance(content, PageContent):
            return content if slugs.get(content.slug, content.uid) == content.uid else None
        if not isinstance(content, ItemContent):
            return content
        draft = drafts.get(content.uid)
        own = draft.release_uid if isinstance(draft, ItemContent) else ""
        release_uid = content.release_uid if content.release_uid in {"", *releases} else own
        return replace(
            content, release_uid=release_uid, fields=tuple(value for value in content.fields if value.key in columns)
        )

    return fitting


def _as_draft(content: Content | None) -> Content | None:
    return content and without_meanings(content)
