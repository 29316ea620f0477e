"""What a preview shows: a roadmap as readers would have it, and how that differs from what they have now."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from roadmap.content.choices import Noun
from roadmap.content.comparison import compare
from roadmap.content.meanings import with_meanings
from roadmap.content.snapshot import Snapshot
from roadmap.content.things import Content, noun_of
from roadmap.models import Edition, Roadmap
from roadmap.published import store
from roadmap.published.history import History, ThingTold, ToldChange
from roadmap.published.redaction import redacted, told_for_readers
from roadmap.published.roadmap import EditionSeen, LatestChanges, PublishedRoadmap, latest_changes
from roadmap.publishing.pending import releases_among
from roadmap.working_copies.to_content import contents


@dataclass(frozen=True)
class Draft:
    would_be: PublishedRoadmap  # as if it were published
    live: PublishedRoadmap | None  # what readers have; nothing where the roadmap was never published
    differences: dict[str, LatestChanges]  # by uid, what differs between the two
    at: datetime.datetime  # when it was read
    edition: Edition | None = None  # the scheduled one that will bring it; none: the working copies, as saved
    scheduled: Sequence[Edition] = ()  # whose changes the working copies hold too
    is_saved: bool = True  # not so: one of the working copies is as somebody is typing it

    @property
    def newest_seen(self) -> int:
        """The number of the newest Edition that readers have; 0 for none."""
        return self.live.edition.number if self.live else 0


def as_saved(roadmap: Roadmap, now: datetime.datetime) -> Draft:
    """The working copies, as if all of them were published now.

    Read without the roadmap's lock: somebody who only looks must not keep anybody from saving.
    """
    return _as_if_published(roadmap, contents(roadmap), now)


def as_typed(roadmap: Roadmap, drafted: Iterable[Content], now: datetime.datetime) -> Draft:
    """The same of these Contents, one of which is as somebody is typing it. The roadmap itself may be that, and new."""
    return replace(_as_if_published(roadmap, drafted, now), is_saved=False)


def _as_if_published(roadmap: Roadmap, contents: Iterable[Content], now: datetime.datetime) -> Draft:
    live = _live(roadmap, now)
    known = _contents(live.snapshot) if live else {}
    now = max(now, live.edition.published_at) if live else now
    drafted = (with_meanings(content, known.get(content.uid)) for content in contents)
    snapshot = Snapshot(drafted, live.snapshot.came if live else None)
    scheduled = [*roadmap.editions.scheduled(now)]
    # Past the scheduled ones, whose changes the working copies hold: their numbers are known, and mean something else.
    number = (live.edition.number if live else 0) + len(scheduled) + 1
    edition = EditionSeen(roadmap.slug, number, now)
    found = _differences(live, snapshot, edition)
    latest = {**(live.latest_changes if live else {}), **found}
    history = store.whole_history_of(live) if live else History()
    # With nothing to publish there would be no new Edition.
    if live and not found:
        would_be = PublishedRoadmap(live.edition, snapshot, latest, history)
    else:
        would_be = PublishedRoadmap(edition, snapshot, latest, history.with_draft(number, now, found.values()))
    return _draft(would_be, live, found, now, scheduled=scheduled)


def as_scheduled(edition: Edition, now: datetime.datetime) -> Draft:
    """The roadmap as that Edition will leave it: with all that is scheduled before it, without what comes later."""
    live = _live(edition.roadmap, now)
    loaded = store.as_of_unseen(edition)
    seen = live.edition.number if live else 0
    latest = {
        uid: replace(changes, is_seen=changes.edition_number <= seen) for uid, changes in loaded.latest_changes.items()
    }
    found = _differences(live, loaded.snapshot, loaded.edition)
    return _draft(replace(loaded, latest_changes=latest), live, found, now, edition=edition)


def _draft(
    would_be: PublishedRoadmap,
    live: PublishedRoadmap | None,
    found: dict[str, LatestChanges],
    at: datetime.datetime,
    *,
    edition: Edition | None = None,
    scheduled: Sequence[Edition] = (),
) -> Draft:
    """Whoever looks is told no more of earlier dates than readers will be; what readers have now is called as it is."""
    differences = {
        uid: replace(changes, title=found[uid].title) for uid, changes in told_for_readers(found, would_be).items()
    }
    return Draft(redacted(would_be), live and redacted(live), differences, at, edition, scheduled)


def _live(roadmap: Roadmap, now: datetime.datetime) -> PublishedRoadmap | None:
    edition = roadmap.editions.live(now).order_by("-number").first()
    return store.as_of(edition) if edition else None


def _differences(live: PublishedRoadmap | None, snapshot: Snapshot, edition: EditionSeen) -> dict[str, LatestChanges]:
    """By uid, everything that readers have otherwise, or not at all, or that is no longer there.

    Told against what readers have, and not as `pending` tells it, against what is scheduled too: a banner says what is
    not public.
    """
    before, after = _contents(live.snapshot) if live else {}, _contents(snapshot)
    known = live.latest_changes if live else {}
    releases = [*(live.snapshot.releases if live else ()), *snapshot.releases]
    titles = {release.uid: release.title for release in releases}
    dated = releases_among(before.values()), releases_among(after.values())
    found = {}
    for uid in {**after, **before}:
        old, new = before.get(uid), after.get(uid)
        whole = new or old
        told = tuple(ToldChange(change, "") for change in compare(old, new, titles, dated))
        if whole is not None and told:
            thing = ThingTold(noun_of(whole), uid, getattr(whole, "title", ""), whole.address, told, after=new)
            corrected_at = known[uid].corrected_at if uid in known else None
            found[uid] = latest_changes(thing, edition, corrected_at, is_seen=False)
    return found


def _contents(snapshot: Snapshot) -> dict[str, Content]:
    """By uid."""
    items = (item.content for item in snapshot.items)
    found = (snapshot.roadmap, *snapshot.pages, *snapshot.releases, *items, *snapshot.changelog)
    return {content.uid: content for content in found}


def uid_at(snapshot: Snapshot, noun: Noun, address: str) -> str:
    """The uid of the item or page at that address; nothing where there is none."""
    if noun is Noun.ITEM:
        placed = snapshot.item(address)
        return placed.content.uid if placed else ""
    page = snapshot.page(address)
    return page.uid if page else ""
