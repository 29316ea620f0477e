"""What to send to somebody who has a copy of a roadmap, so that theirs becomes ours. Asks the database nothing.

Every thing there is or was has a place: the number of the Edition that last touched it, and its uid. A cursor is such a
place, and what comes after it is sent as it is now; so of many changes of one thing only the outcome is sent. This
arrives at the current state, whatever is published while somebody reads: a thing whose place is not after the cursor
has not been touched since it was sent, because what is touched moves behind everything that was there before.

A cursor names the roadmap, so that one of another roadmap is refused rather than answered with nonsense. It is opaque
to whoever holds it: what is in it may change, as long as old ones are understood or refused.
"""

import base64
import binascii
import struct
import uuid
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from roadmap.published.change_words import repeated
from roadmap.published.filters import BadFilter, Problem
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.web.api.history_schemas import Changes, Thing
from roadmap.web.api.schemas import WholeRoadmap
from roadmap.web.api.serialise import Values

_PARTS = struct.Struct(">16sI16s")  # the roadmap's uid, the number of an Edition, the uid of a thing: 48 characters
_AFTER_ALL = str(uuid.UUID(int=2**128 - 1))  # no thing has this uid, and every other comes before it
_START_AGAIN = "Leave out “since” to be sent everything, and go on from the cursor of that answer."


class Cursor(NamedTuple):
    """Everything up to this thing has been sent; without one, nothing yet."""

    edition_number: int = 0  # in which the thing was last touched
    uid: str = ""

    @classmethod
    def after_edition(cls, number: int) -> "Cursor":
        return cls(number, _AFTER_ALL)

    def written(self, roadmap_uid: str) -> str:
        """For an address (RFC 4648, section 5)."""
        packed = _PARTS.pack(uuid.UUID(roadmap_uid).bytes, self.edition_number, uuid.UUID(self.uid).bytes)
        return base64.urlsafe_b64encode(packed).decode("ascii")


def read_cursor(text: str, published: PublishedRoadmap) -> Cursor:
    """What `written` gave. Raises BadFilter where it did not, or not for this roadmap, or for an edition to come."""
    try:
        packed = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        if base64.urlsafe_b64encode(packed).decode("ascii") != text:
            raise ValueError("not as we write it")
        roadmap, number, thing = _PARTS.unpack(packed)
    except (ValueError, binascii.Error, struct.error):
        raise _refused(text, f"“{repeated(text)}” is not a cursor of this API.") from None
    if roadmap != uuid.UUID(published.snapshot.roadmap.uid).bytes:
        raise _refused(text, "This is a cursor of another roadmap.")
    newest = published.edition.number
    if not 1 <= number <= newest:
        raise _refused(text, f"This is a cursor of edition {number}: the newest is {newest}.")
    return Cursor(number, str(uuid.UUID(bytes=thing)))


def _refused(text: str, why: str) -> BadFilter:
    return BadFilter([Problem("since", text, f"{why} {_START_AGAIN}")])


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
def _places(published: PublishedRoadmap) -> list[Cursor]:
    return sorted(Cursor(number, uid) for uid, number in touched(published).items())


def changes_since(values: Values, since: Cursor, limit: int) -> Changes:
    """At most so many things, and where to go on from."""
    published = values.published
    places = _places(published)
    first = bisect_right(places, since)
    chosen = places[first : first + limit]
    has_more = first + limit < len(places)
    cursor = chosen[-1] if has_more else Cursor.after_edition(published.edition.number)
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
