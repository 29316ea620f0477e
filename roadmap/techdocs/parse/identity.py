"""Who a part of a source is, where the source says so itself: only an export of ours does. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """Immutable. Without a uid, something that was added by hand at that place."""

    uid: str = ""
    position: int = 0
    reference: str = ""
    """Of an item."""


@dataclass(frozen=True)
class RoadmapIdentity:
    """Immutable: what no text of a roadmap says."""

    uid: str
    prefix: str
    """Of the references of its items."""
    last_item_number: int
    """The highest that was ever given."""
    hides_date_history: bool
