"""What all that a feed tells of an item follows from."""

from roadmap.content.choices import Environment
from roadmap.content.snapshot import PlacedItem
from roadmap.web.pages.reading import RoadmapReading


def basis_of(item: PlacedItem, reading: RoadmapReading) -> tuple[object, ...]:
    """The Editions that last changed it, its release and the roadmap, and which of its dates have passed.

    See also `touched` of roadmap.web.api.sync: nothing else of one Edition is told of an item.
    """
    latest = reading.published.latest_changes
    found: list[object] = []  # one tuple and no more, for each item of each kind has one
    for uid in (item.content.uid, item.content.release_uid, reading.roadmap.uid):
        change = latest.get(uid)
        found += (change.edition_number, change.published_at) if change else (None, None)
    return *found, *(item.is_overdue(environment, reading.current_day) for environment in Environment)
