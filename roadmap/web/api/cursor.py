"""Where a reader of changes is: after which thing, in the order in which things were last touched.

A cursor names the roadmap, so that one of another roadmap is refused rather than answered with nonsense. It is opaque
to whoever holds it: what is in it may change, as long as old ones are understood or refused.
"""

import base64
import binascii
import struct
import uuid
from dataclasses import dataclass

from roadmap.published.change_words import repeated
from roadmap.published.filters import BadFilter, Problem
from roadmap.published.roadmap import PublishedRoadmap

_PARTS = struct.Struct(">16sI16s")  # the roadmap's uid, the number of an Edition, the uid of a thing: 48 characters
_AFTER_ALL = str(uuid.UUID(int=2**128 - 1))  # no thing has this uid, and every other comes before it
_START_AGAIN = "Leave out “since” to be sent everything, and go on from the cursor of that answer."


@dataclass(frozen=True)
class Cursor:
    """Everything up to this thing has been sent."""

    edition_number: int = 0  # in which the thing was last touched
    uid: str = ""

    @classmethod
    def after_edition(cls, number: int) -> "Cursor":
        return cls(number, _AFTER_ALL)

    @property
    def place(self) -> tuple[int, str]:
        return self.edition_number, self.uid

    def written(self, roadmap_uid: str) -> str:
        """For an address (RFC 4648, section 5)."""
        packed = _PARTS.pack(uuid.UUID(roadmap_uid).bytes, self.edition_number, uuid.UUID(self.uid).bytes)
        return base64.urlsafe_b64encode(packed).decode("ascii")


BEGINNING = Cursor()


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
