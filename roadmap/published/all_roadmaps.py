"""Several published roadmaps as if they were one: what is asked of one can be asked of all. Asks the database nothing.

Items and releases stay what they are, each of its own roadmap. Editions are counted from 1 in the order in which all
were published, because every roadmap counts its own: `origins` says which each was.
"""

import datetime
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from msgspec.structs import replace as replaced

from roadmap.content.snapshot import Snapshot
from roadmap.content.things import joined
from roadmap.published.change_words import listed, repeated
from roadmap.published.filters import Problem, few_of_each
from roadmap.published.history import NOBODY, History, PastEdition
from roadmap.published.redaction import of_several, whole
from roadmap.published.roadmap import EditionSeen, PublishedRoadmap

TITLE, SLUG = "All roadmaps", "all-roadmaps"
_UID = "6f1d7c1e-3c0f-5d0b-9a53-3a8a5cf4a1c1"  # for whoever follows them: for good
_NOTHING_YET = datetime.datetime.fromtimestamp(0, datetime.UTC)
_KEPT = 8


def _as_read(title: str) -> str:
    """Titles of which this is the same look the same in a list."""
    return " ".join(title.split()).casefold()


class SnapshotOfAll(Snapshot):
    """The items and releases of several. What else there is, is of one roadmap and not asked for here."""

    def __init__(self, snapshots: Sequence[Snapshot], title: str):
        columns = {column.key: column for snapshot in reversed(snapshots) for column in snapshot.roadmap.fields}
        super().__init__([replaced(NOBODY, uid=_UID, title=title, fields=tuple(columns.values()))])
        self.releases = tuple(chain.from_iterable(snapshot.releases for snapshot in snapshots))
        self.items = tuple(chain.from_iterable(snapshot.items for snapshot in snapshots))


@dataclass(frozen=True, eq=False)
class AllRoadmaps(PublishedRoadmap):
    origins: Mapping[str, tuple[PublishedRoadmap, PastEdition]] = field(default_factory=dict)  # by an Edition's uid
    each: Sequence[PublishedRoadmap] = ()
    among: PublishedRoadmap | None = None  # where some were chosen, all that there are

    @property
    def vocabulary(self) -> PublishedRoadmap:
        """What any roadmap knows can be asked of some: of those that lack it, nothing is found."""
        return self.among or self

    @property
    def titles(self) -> dict[str, str]:
        return {name: title for published in self.each for name, title in published.titles.items()}


def names_of(roadmaps: Sequence[PublishedRoadmap]) -> dict[str, str]:
    """By slug, what each is called: by its title, with its address where another has the same."""
    titles = {published.edition.roadmap_slug: published.snapshot.roadmap.title for published in roadmaps}
    number = Counter(map(_as_read, titles.values()))
    return {slug: title if number[_as_read(title)] == 1 else f"{title} (/{slug}/)" for slug, title in titles.items()}


def unknown_roadmaps(name: str, slugs: Sequence[str], there: Sequence[PublishedRoadmap]) -> list[Problem]:
    """What is wrong with each of these that no roadmap is at. `name` is of the field to put it right in."""
    known = {published.edition.roadmap_slug: published.snapshot.roadmap.title for published in there}
    choice = listed([f"{slug} ({title})" for slug, title in known.items()])
    choose = f" Choose from {choice}." if known else ""
    problems = [
        Problem("roadmap", slug, f"There is no roadmap called “{repeated(slug)}”.{choose}")
        for slug in slugs
        if slug not in known
    ]
    return [problem._replace(name=name) for problem in few_of_each(problems)]


@lru_cache(maxsize=_KEPT)
def all_of(
    roadmaps: tuple[tuple[PublishedRoadmap, History], ...], among: PublishedRoadmap | None = None
) -> AllRoadmaps:
    """Each with its history. What is handed out of each was redacted before. `among` as in AllRoadmaps."""
    told = [
        (edition, original, published)
        for published, history in roadmaps
        for edition, original in zip(history.editions, whole(history).editions, strict=True)
    ]
    told.sort(key=lambda found: found[0].published_at)
    history = of_several([(number, edition, original) for number, (edition, original, _) in enumerate(told, start=1)])
    each = [published for published, _ in roadmaps]
    # By the names that they have among all: one that another is like is told apart when it stands alone too.
    names = names_of(among.each if isinstance(among, AllRoadmaps) else each)
    title = TITLE if among is None else joined([names[published.edition.roadmap_slug] for published in each])
    uids = "".join(published.edition.uid for published in each)
    newest = max((published.edition.published_at for published, _ in roadmaps), default=_NOTHING_YET)
    return AllRoadmaps(
        EditionSeen(SLUG, len(told), newest, hashlib.sha256(uids.encode()).hexdigest()),
        SnapshotOfAll([published.snapshot for published in each], title),
        {},
        history,
        tells_dates=any(published.tells_dates for published, _ in roadmaps),
        origins={edition.uid: (published, edition) for edition, _, published in told},
        each=each,
        among=among,
    )
