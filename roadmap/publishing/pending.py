"""What the working copies hold that no Edition holds yet."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from roadmap import models
from roadmap.content.changes import FieldChange, is_slip, returned
from roadmap.content.choices import Noun
from roadmap.content.comparison import Releases, compare, releases_asked
from roadmap.content.meanings import digest, with_meanings
from roadmap.content.things import Content, ReleaseContent, RoadmapContent, noun_of, to_json
from roadmap.working_copies.to_content import content_of, contents, roadmap_content

LastSeen = tuple[Content, Releases]  # what readers had of a thing before it was withdrawn, and the releases of then
MARK_LENGTH = 32  # half of a digest: a form carries one for each thing, and no two are ever the same by chance


@dataclass(frozen=True)
class Pending:
    """One thing that publishing would add, change or withdraw."""

    noun: Noun
    uid: str
    title: str
    address: str
    before: Content | None  # as readers have it when the Edition appears
    after: Content | None
    after_json: str  # empty where the thing would be withdrawn
    after_digest: str
    changes: tuple[FieldChange, ...]
    slipped: frozenset[str] = frozenset()  # the fields of those changes by which a promise moves later
    withdrawn_on: datetime.date | None = None  # of what comes back
    last_seen: LastSeen | None = None  # the same

    @cached_property
    def mark(self) -> str:
        """The same for the same change, and for no other: what a form carries to say what was reviewed."""
        return mark_of(self.uid, self.before, self.after_digest)

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_removal(self) -> bool:
        return self.after is None

    @cached_property
    def is_news(self) -> bool:
        """Whether readers can see that anything is otherwise: what is no news is minor of itself."""
        return any(change.is_news for change in self.changes)

    @cached_property
    def slips(self) -> list[FieldChange]:
        """The changes that ask for a reason."""
        return [change for change in self.changes if change.field in self.slipped]


def pending(
    roadmap: models.Roadmap, at: datetime.datetime | None = None, copies: Iterable[Content] | None = None
) -> list[Pending]:
    """All that differs from what was published or scheduled last, things in the order of Noun, each with its changes.

    The changes are told against what readers have at the moment given, for an Edition that would appear then; without
    one, against the newest there is. A thing that readers would have then as it is now is not among them. `copies` are
    the working copies, where they have been read already.

    Call it under the roadmap's lock where the answer is to be published.
    """
    drafts = {content.uid: content for content in copies or contents(roadmap)}
    differences = _differences(roadmap, drafts.values())
    uids = [*differences.changed, *differences.removed]
    if not uids:
        return []
    revisions = models.Revision.objects.filter
    before = revisions(uid__in=uids).newest_of(roadmap, at).order_by().contents()
    pairs = ((before.get(uid), drafts.get(uid)) for uid in uids)
    titles, public = _releases_asked(pairs, roadmap, at)
    # A draft's title is told only where readers have none: `retold` tells those that go out with it.
    titles = titles_of(drafts.values()) | titles
    releases = public, releases_among(drafts.values())
    uids_new = [uid for uid in uids if uid not in before]
    withdrawn = revisions(uid__in=uids_new).newest_of(roadmap, at).withdrawn() if uids_new else {}
    seen = models.Revision.objects.last_seen(roadmap, at, withdrawn)
    found = [
        make_pending(before.get(uid), drafts.get(uid), titles, releases, withdrawn.get(uid), seen.get(uid))
        for uid in uids
        if uid in before or uid in drafts
    ]
    order = list(Noun)
    return sorted((thing for thing in found if thing.changes), key=lambda thing: order.index(thing.noun))


def retold(found: list[Pending], roadmap: models.Roadmap, at: datetime.datetime) -> list[Pending]:
    """The same, told by what readers will have of releases with these alone, and by no other draft."""
    titles, public = _releases_asked((pair for thing in found for pair in _compared(thing)), roadmap, at)
    releases = {thing.uid: thing for thing in found if thing.noun is Noun.RELEASE}
    after = {uid: release for uid, release in public.items() if uid not in releases}
    after |= releases_among(thing.after for thing in releases.values() if thing.after)
    titles |= titles_of(after.values())
    return [
        make_pending(thing.before, thing.after, titles, (public, after), thing.withdrawn_on, thing.last_seen)
        for thing in found
    ]


def _compared(thing: Pending) -> Iterator[tuple[Content | None, Content | None]]:
    yield thing.before, thing.after
    if thing.last_seen:
        yield thing.last_seen[0], thing.after


def _releases_asked(
    pairs: Iterable[tuple[Content | None, Content | None]], roadmap: models.Roadmap, at: datetime.datetime | None
) -> tuple[dict[str, str], dict[str, Any]]:
    """Titles and Contents of the releases, by uid, that comparing each pair asks for: as readers have them then."""
    asked: set[str] = set()
    for before, after in pairs:
        asked |= releases_asked(before, with_meanings(after, before) if after else None)
    return models.Revision.objects.releases(roadmap, at, asked) if asked else ({}, {})


def contents_with(found: Iterable[Pending], roadmap: models.Roadmap, at: datetime.datetime) -> dict[str, Content]:
    """All that readers would have with these, in an Edition that appears then, by uid."""
    result: dict[str, Content] = models.Revision.objects.newest_of(roadmap, at).contents()
    for thing in found:
        if thing.after is None:
            result.pop(thing.uid, None)
        else:
            result[thing.uid] = thing.after
    return result


class Standing(StrEnum):
    """How a working copy stands to what readers see. What is not named so is public as it is."""

    NEW = "new"
    CHANGED = "changed"


def standings(roadmap: models.Roadmap) -> dict[str, Standing]:
    """By uid, every working copy that `pending` would list: what lists in the admin mark and filter by."""
    differences = _differences(roadmap, contents(roadmap))
    return {uid: Standing.CHANGED if uid in differences.known else Standing.NEW for uid in differences.changed}


def waiting_until(roadmap: models.Roadmap, now: datetime.datetime) -> dict[str, datetime.datetime]:
    """By uid, from when readers see a thing as it was published last, where they do not see it so yet."""
    newest = models.Revision.objects.newest_of(roadmap).filter(edition__in=roadmap.editions.scheduled(now))
    return {str(uid): at for uid, at in newest.values_list("uid", "edition__published_at")}


def standing_of(copy: models.WorkingCopy, now: datetime.datetime) -> tuple[Standing | None, datetime.datetime | None]:
    """The same two of one working copy."""
    newest = models.Revision.objects.filter(uid=copy.uid).select_related("edition").order_by("-edition__number").first()
    if newest is None or newest.is_removal:
        return Standing.NEW, None
    is_same = newest.digest == digest_of(to_json(content_of(copy)))
    waits_until = None if newest.edition.is_live(now) else newest.edition.published_at
    return None if is_same else Standing.CHANGED, waits_until


def count_pending(roadmap: models.Roadmap, copies: Iterable[Content] | None = None) -> int:
    """How many things `pending` would list, withdrawals included."""
    differences = _differences(roadmap, copies or contents(roadmap))
    return len(differences.changed) + len(differences.removed)


def roadmap_in_sentences(roadmap: models.Roadmap, saved: RoadmapContent | None = None) -> RoadmapContent:
    """As saved, with the columns that it had when it was published and has no more: for the names in a sentence."""
    published = models.Revision.objects.filter(uid=roadmap.uid).order_by("-edition__number")
    return (saved or roadmap_content(roadmap)).naming(*(revision.as_content() for revision in published))


def mark_of(uid: str, before: Content | None, after_digest: str) -> str:
    return digest_of(f"{uid}={digest_of(to_json(before) if before else '')}>{after_digest}")[:MARK_LENGTH]


def marks(found: Iterable[Pending]) -> dict[str, str]:
    """By uid."""
    return {thing.uid: thing.mark for thing in found}


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def titles_of(drafts: Iterable[Content]) -> dict[str, str]:
    """By uid, the titles of the releases among them."""
    return {uid: release.title for uid, release in releases_among(drafts).items()}


def releases_among(contents: Iterable[Content]) -> dict[str, ReleaseContent]:
    """By uid."""
    return {content.uid: content for content in contents if isinstance(content, ReleaseContent)}


def make_pending(
    before: Content | None,
    after: Content | None,
    titles: Mapping[str, str],
    releases: tuple[Releases, Releases] = ({}, {}),
    withdrawn_on: datetime.date | None = None,
    last_seen: LastSeen | None = None,
) -> Pending:
    """`titles` and `releases` are those of `compare`; `withdrawn_on` is the day of a thing that comes back, which is
    told with each date that is another than it was in `last_seen`.

    Raises ValueError where there is neither before nor after.
    """
    whole = after or before
    if whole is None:
        raise ValueError("one of the two must be there")
    after = with_meanings(after, before) if after else None
    changes = returned(compare(before, after, titles, releases), withdrawn_on)
    if last_seen and before is None and after:
        changes += _dates_since(*last_seen, after, titles, releases[1])
    return Pending(
        noun=noun_of(whole),
        uid=whole.uid,
        title=getattr(whole, "title", ""),
        address=whole.address,
        before=before,
        after=after,
        after_json=to_json(after) if after else "",
        after_digest=digest(after) if after else "",
        changes=changes,
        slipped=slipped_among(changes),
        withdrawn_on=withdrawn_on,
        last_seen=last_seen,
    )


def _dates_since(
    last: Content, then: Releases, after: Content, titles: Mapping[str, str], now: Releases
) -> tuple[FieldChange, ...]:
    """Of what comes back, the dates that are others: whoever had planned by the old ones knows them still."""
    found = compare(last, after, {**titles_of(then.values()), **titles}, (then, now))
    return tuple(change for change in found if change.field.startswith("milestone.") and change.before)


def as_pending(revision: models.Revision, before: Content | None, changes: Sequence[FieldChange]) -> Pending:
    """What a Revision publishes, as it was told then."""
    return Pending(
        noun=Noun(revision.noun),
        uid=str(revision.uid),
        title=revision.title,
        address=revision.address,
        before=before,
        after=None if revision.is_removal else revision.as_content(),
        after_json=revision.content,
        after_digest=revision.digest,
        changes=tuple(changes),
        slipped=slipped_among(changes),
    )


def slipped_among(changes: Iterable[FieldChange]) -> frozenset[str]:
    return frozenset(change.field for change in changes if is_slip(change))


class _Differences(NamedTuple):
    """Uids: of what is new or changed, of what is gone, and of all that readers have or will have."""

    changed: list[str]
    removed: list[str]
    known: set[str]


def _differences(roadmap: models.Roadmap, drafts: Iterable[Content]) -> _Differences:
    known = models.Revision.objects.newest_digests(roadmap)
    there = {content.uid: digest_of(to_json(content)) for content in drafts}
    changed = [uid for uid, digest in there.items() if known.get(uid) != digest]
    return _Differences(changed, [uid for uid in known if uid not in there], {*known})
