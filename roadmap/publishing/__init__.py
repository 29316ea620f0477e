"""The bridge between the two sides: working copies become Editions, and drafts become previews.

Nothing else may read working copies and write what is published.
"""

from roadmap.publishing.pending import Pending, Standing, fingerprint, pending, standings
from roadmap.publishing.preview import preview
from roadmap.publishing.publish import NothingToPublish, OutOfOrder, PendingHasChanged, publish

__all__ = [
    "NothingToPublish",
    "OutOfOrder",
    "Pending",
    "PendingHasChanged",
    "Standing",
    "fingerprint",
    "pending",
    "preview",
    "publish",
    "standings",
]
