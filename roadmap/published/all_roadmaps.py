"""Several published roadmaps as if they were one: what is asked of one can be asked of all. Asks the database nothing.

Items and releases stay what they are, each of its own roadmap. Editions are counted from 1 in the order in which all
were published, because every roadmap counts its own: `origins` says which each was.
"""

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from msgspec.structs import replace as replaced

from roadmap.content.snapshot import Snapshot
from roadmap.published.history import NOBODY, History, PastEdition
from roadmap.published.redaction import of_several, whole
from roadmap.published.roadmap import EditionSeen, PublishedRoadmap

TITLE, SLUG = "All roadmaps", "all-roadmaps"
_UID = "6f1d7c1e-3c0f-5d0b-9a53-3a8a5cf4a1c1"  # for whoever follows them: for good
_NOTHING_YET = datetime.datetime.fromtimestamp(0, datetime.UTC)
_KEPT = 8


class SnapshotOfAll(Snapshot):
    """The items and releases of several. What else there is, is of one roadmap and not asked for here."""

    def __init__(self, snapshots: Sequence[Snapshot]):
        columns = {column.key: column for snapshot in reversed(snapshots) for column in snapshot.roadmap.fields}
        super().__init__([replaced(NOBODY, uid=_UID, title=TITLE, fields=tuple(columns.values()))])
        self.releases = tuple(chain.from_iterable(snapshot.releases for snapshot in snapshots))
        self.items = tuple(chain.from_iterable(snapshot.items for snapshot in snapshots))


@dataclass(frozen=True, eq=False)
class AllRoadmaps(PublishedRoadmap):
    origins: Mapping[str, tuple[PublishedRoadmap, PastEdition]] = field(default_factory=dict)  # by an Edition's uid


@lru_cache(maxsize=_KEPT)
def all_of(roadmaps: tuple[tuple[PublishedRoadmap, History], ...]) -> AllRoadmaps:
    """Each with its history. What is handed out of each was redacted before."""
    told = [
        (edition, original, published)
        for published, history in roadmaps
        for edition, original in zip(history.editions, whole(history).editions, strict=True)
    ]
    told.sort(key=lambda found: found[0].published_at)
    history = of_several([(number, edition, original) for number, (edition, original, _) in enumerate(told, start=1)])
    uids = "".join(published.edition.uid for published, _ in roadmaps)
    newest = max((published.edition.published_at for published, _ in roadmaps), default=_NOTHING_YET)
    return AllRoadmaps(
        EditionSeen(SLUG, len(told), newest, hashlib.sha256(uids.encode()).hexdigest()),
        SnapshotOfAll([published.snapshot for published, _ in roadmaps]),
        {},
        history,
        tells_dates=any(published.tells_dates for published, _ in roadmaps),
        origins={edition.uid: (published, edition) for edition, _, published in told},
    )
