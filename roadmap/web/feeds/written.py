"""What all that a feed tells of an item follows from."""

from roadmap.content.choices import Environment
from roadmap.content.snapshot import PlacedItem
from roadmap.web.pages.reading import RoadmapReading


def basis_of(item: PlacedItem, reading: RoadmapReading) -> tuple[object, ...]:
    """The Editions that last changed it, its release and the roadmap, and which of its dates have passed.

    See also `touched` of roadmap.web.api.sync: nothing else of one Edition is told of an item.
    """
    latest = reading.published.latest_changes
    changes = [latest.get(uid) for uid in (item.content.uid, item.content.release_uid, reading.roadmap.uid)]
    editions = [(change.edition_number, change.published_at) if change else None for change in changes]
    passed = [item.is_overdue(environment, reading.current_day) for environment in Environment]
    return *editions, *passed
