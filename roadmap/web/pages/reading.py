"""What one request reads of a roadmap: given whole to a page or an outlet by whoever mounts it."""

import datetime
from dataclasses import dataclass
from functools import cached_property

from roadmap.content.snapshot import Snapshot
from roadmap.content.things import RoadmapContent
from roadmap.published import store
from roadmap.published.history import History
from roadmap.published.roadmap import EditionSeen, PublishedRoadmap
from roadmap.web.addresses import Addresses


@dataclass(frozen=True, eq=False)
class RoadmapReading:
    """Immutable: a roadmap as published or drafted, at a moment, at its addresses."""

    published: PublishedRoadmap
    now: datetime.datetime  # that its pages speak of: the clock's, or the end of a day that is past
    addresses: Addresses
    day: datetime.date | None = None  # where this is the roadmap as it was at the end of that day
    today: "RoadmapReading | None" = None  # the roadmap as it is today, there
    url_today: str = ""  # of the same page of today, there
    banner: object = None  # what stands above the content of every page, where this is not what readers have
    newest_seen: int | None = None  # of a draft, the number of the newest Edition that readers have; 0 for none

    @property
    def edition(self) -> EditionSeen:
        return self.published.edition

    @property
    def snapshot(self) -> Snapshot:
        return self.published.snapshot

    @property
    def roadmap(self) -> RoadmapContent:
        return self.published.snapshot.roadmap

    @cached_property
    def history(self) -> History:
        """Raises DatabaseError. For views: a template that asks for what its view did not would ask the database."""
        return store.history_of(self.published)

    @property
    def is_of_today(self) -> bool:
        """Neither a draft nor a day that is past: there is something to follow."""
        return not self.banner and self.day is None

    @property
    def shows_days(self) -> bool:
        """Whether readers can see the roadmap as it was on earlier days."""
        return self.published.tells_dates and self.newest_seen is None

    def is_unseen(self, number: int) -> bool:
        """Whether readers do not have that Edition yet: in a preview."""
        return self.newest_seen is not None and number > self.newest_seen
