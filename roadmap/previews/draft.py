"""What a preview shows: a roadmap as readers would have it, and how that differs from what they have now."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from roadmap.content.changes import compare
from roadmap.content.choices import Noun
from roadmap.content.snapshot import Snapshot
from roadmap.content.things import Content, noun_of
from roadmap.models import Edition, Roadmap
from roadmap.published import store
from roadmap.published.history import Draft as Drafted
from roadmap.published.history import History, ToldChange
from roadmap.published.store import EditionSeen, LatestChanges, PublishedRoadmap
from roadmap.working_copies.to_content import preview


@dataclass(frozen=True)
class Draft:
    would_be: PublishedRoadmap  # as if it were published
    live: PublishedRoadmap | None  # what readers have; nothing where the roadmap was never published
    differences: dict[str, LatestChanges]  # by uid, what differs between the two
    at: datetime.datetime  # when it was read
    edition: Edition | None = None  # the scheduled one that will bring it; none: the working copies, as saved
    scheduled: list[Edition] = field(default_factory=list)  # whose changes the working copies hold too

    @property
    def newest_seen(self) -> int:
        """The number of the newest Edition that readers have; 0 for none."""
        return self.live.edition.number if self.live else 0


def as_saved(roadmap: Roadmap, now: datetime.datetime) -> Draft:
    """The working copies, as if all of them were published now.

    Read without the roadmap's lock: somebody who only looks must not keep anybody from saving.
    """
    live = _live(roadmap, now)
    snapshot = preview(roadmap)
    scheduled = [*Edition.objects.filter(roadmap=roadmap).scheduled(now)]
    # Past the scheduled ones, whose changes the working copies hold: their numbers are known, and mean something else.
    number = (live.edition.number if live else 0) + len(scheduled) + 1
    edition = EditionSeen(roadmap.slug, number, now)
    found = _differences(live, snapshot, edition)
    contents = {one.uid: one for one in _contents(snapshot)}
    latest = {**(live.latest_changes if live else {}), **found}
    history = store.history_of(live) if live else History()
    # With nothing to publish there would be no new Edition.
    if live and not found:
        would_be = PublishedRoadmap(live.edition, snapshot, latest, history)
    else:
        drafted = [_drafted(uid, one, contents) for uid, one in found.items()]
        would_be = PublishedRoadmap(edition, snapshot, latest, history.with_draft(number, now, drafted))
    return Draft(would_be, live, found, now, scheduled=scheduled)


def as_scheduled(edition: Edition, now: datetime.datetime) -> Draft:
    """The roadmap as that Edition will leave it: with all that is scheduled before it, without what comes later."""
    live = _live(edition.roadmap, now)
    loaded = store.as_of_unseen(edition)
    seen = live.edition.number if live else 0
    latest = {uid: replace(one, is_seen=one.edition_number <= seen) for uid, one in loaded.latest_changes.items()}
    found = _differences(live, loaded.snapshot, loaded.edition)
    would_be = replace(loaded, latest_changes=latest, history=store.history_unseen(edition))
    return Draft(would_be, live, found, now, edition=edition)


def _live(roadmap: Roadmap, now: datetime.datetime) -> PublishedRoadmap | None:
    edition = Edition.objects.live(now).filter(roadmap=roadmap).order_by("-number").first()
    return store.as_of(edition) if edition else None


def _differences(live: PublishedRoadmap | None, snapshot: Snapshot, edition: EditionSeen) -> dict[str, LatestChanges]:
    """By uid, everything that readers have otherwise, or not at all, or that is no longer there.

    Told against what readers have, and not as `pending` tells it, against what is scheduled too: a banner says what is
    not public.
    """
    before = {one.uid: one for one in _contents(live.snapshot)} if live else {}
    after = {one.uid: one for one in _contents(snapshot)}
    titles = {one.uid: one.title for part in (live and live.snapshot, snapshot) if part for one in part.releases}
    found = {}
    for uid in {**after, **before}:
        old, new = before.get(uid), after.get(uid)
        whole = new or old
        if whole is not None and old != new:
            found[uid] = LatestChanges(
                noun=noun_of(whole),
                title=getattr(whole, "title", ""),
                address=whole.address,
                edition_number=edition.number,
                published_at=edition.published_at,
                is_withdrawn=new is None,
                is_seen=False,
                told=[ToldChange(change, "") for change in compare(old, new, titles)],
            )
    return found


def _drafted(uid: str, changes: LatestChanges, contents: dict[str, Content]) -> Drafted:
    return Drafted(changes.noun, uid, changes.title, changes.address, contents.get(uid), (*changes.told,))


def _contents(snapshot: Snapshot) -> Iterator[Content]:
    yield snapshot.roadmap
    yield from snapshot.pages
    yield from snapshot.releases
    yield from (one.content for one in snapshot.items)
    yield from snapshot.changelog


def uid_at(snapshot: Snapshot, noun: Noun, address: str) -> str:
    """The uid of the item or page at that address; nothing where there is none."""
    if noun is Noun.ITEM:
        placed = snapshot.item(address)
        return placed.content.uid if placed else ""
    page = snapshot.page(address)
    return page.uid if page else ""
