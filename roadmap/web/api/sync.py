"""What to send to somebody who has a copy of a roadmap, so that theirs becomes ours. Asks the database nothing.

Every thing there is or was has a place: the number of the Edition that last touched it, and its uid. A cursor is such a
place, and what comes after it is sent as it is now; so of many changes of one thing only the outcome is sent. This
arrives at the current state, whatever is published while somebody reads: a thing whose place is not after the cursor
has not been touched since it was sent, because what is touched moves behind everything that was there before.
"""

from bisect import bisect_right
from functools import lru_cache

from roadmap.published.roadmap import PublishedRoadmap
from roadmap.web.api.cursor import Cursor
from roadmap.web.api.history_schemas import Changes, Thing
from roadmap.web.api.schemas import WholeRoadmap
from roadmap.web.api.serialise import Values

Place = tuple[int, str]


def touched(published: PublishedRoadmap) -> dict[str, int]:
    """By uid, of everything there is or was: the number of the last Edition that changed what is said of it.

    An item is told with its release's title and dates, and with its roadmap's contact, labels and columns, so these
    touch it too. Nothing but itself touches any other thing: a roadmap's address, which is in theirs, never changes.
    """
    latest = published.latest_changes
    found = {uid: change.edition_number for uid, change in latest.items()}
    by_roadmap = found[published.snapshot.roadmap.uid]
    for item in published.snapshot.items:
        uid, release_uid = item.content.uid, item.content.release_uid
        found[uid] = max(found[uid], by_roadmap, found.get(release_uid, 0))
    return found


@lru_cache(maxsize=8)  # roadmaps
def _places(published: PublishedRoadmap) -> list[Place]:
    return sorted((number, uid) for uid, number in touched(published).items())


def changes_since(values: Values, since: Cursor, limit: int) -> Changes:
    """At most so many things, and where to go on from."""
    published = values.published
    places = _places(published)
    first = bisect_right(places, since.place)
    chosen = places[first : first + limit]
    has_more = first + limit < len(places)
    cursor = Cursor(*chosen[-1]) if has_more else Cursor.after_edition(published.edition.number)
    makers = values.by_uid()
    return Changes(
        edition=values.edition,
        things=[
            Thing(
                noun=published.latest_changes[uid].noun,
                uid=uid,
                removed=uid not in makers,
                value=makers[uid]() if uid in makers else None,
            )
            for _, uid in chosen
        ],
        cursor=cursor.written(published.snapshot.roadmap.uid),
        has_more=has_more,
    )


def whole(values: Values) -> WholeRoadmap:
    """Everything, with the cursor from which to follow it."""
    published = values.published
    return WholeRoadmap(
        edition=values.edition,
        cursor=Cursor.after_edition(published.edition.number).written(published.snapshot.roadmap.uid),
        roadmap=values.roadmap(),
        pages=values.pages(),
        releases=values.releases(),
        items=values.items(),
        changelog=values.changelog(),
    )
