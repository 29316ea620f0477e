"""What readers would have with the Edition that somebody is about to publish: of what they chose, as they marked it."""

import datetime
from collections.abc import Collection, Iterable

from roadmap.content.comparison import compare
from roadmap.content.snapshot import Snapshot
from roadmap.content.things import Content, noun_of
from roadmap.models import Roadmap
from roadmap.published import store
from roadmap.published.history import History, ThingTold, ToldChange
from roadmap.published.redaction import redacted
from roadmap.published.roadmap import EditionSeen, PublishedRoadmap, latest_changes
from roadmap.publishing import Pending


def with_edition(
    roadmap: Roadmap,
    chosen: Iterable[Pending],
    minor: Collection[str],
    entry: Content | None,
    at: datetime.datetime,
    now: datetime.datetime,
) -> PublishedRoadmap:
    """As readers may know it, with its history. `minor` are uids; `entry` is the changelog entry that goes with it.

    Nothing is written and no lock is taken. At most three queries, and none for what this process holds already.
    """
    before = _newest(roadmap, at, now)
    history = store.whole_history_of(before) if before else History()
    edition = EditionSeen(roadmap.slug, history.newest_number + 1, at)
    told = [_told(thing, thing.uid in minor) for thing in chosen]
    if entry:
        changes = tuple(ToldChange(change, "") for change in compare(None, entry, {}))
        told.append(ThingTold(noun_of(entry), entry.uid, getattr(entry, "title", ""), "", changes, after=entry))
    history = history.with_draft(edition.number, at, told)
    latest = dict(before.latest_changes if before else {})
    latest |= {thing.uid: latest_changes(thing, edition) for thing in told}
    snapshot = Snapshot(history.contents.values(), before.snapshot.came if before else None)
    return redacted(PublishedRoadmap(edition, snapshot, latest, history))


def _newest(roadmap: Roadmap, at: datetime.datetime, now: datetime.datetime) -> PublishedRoadmap | None:
    """What readers will have just before that moment."""
    edition = roadmap.editions.filter(published_at__lte=at).order_by("-number").first()
    if edition is None:
        return None
    return store.as_of(edition) if edition.is_live(now) else store.as_of_unseen(edition)


def _told(thing: Pending, is_minor: bool) -> ThingTold:
    """What is no news is minor of itself."""
    changes = tuple(ToldChange(change, "", is_minor or not change.is_news) for change in thing.changes)
    return ThingTold(thing.noun, thing.uid, thing.title, thing.address, changes, after=thing.after)
