"""The bridge between the two sides: working copies become Editions, and drafts become previews.

Nothing else may read working copies and write what is published.
"""

from roadmap.publishing.announcement import draft_announcement
from roadmap.publishing.checks import Announcement, Choices
from roadmap.publishing.errors import (
    AboutToAppear,
    AlreadyPublished,
    AnnouncementRefused,
    NoSuchTime,
    NothingToPublish,
    OutOfOrder,
    PendingHasChanged,
    PublishingRefused,
    ReasonsMissing,
    WouldTear,
)
from roadmap.publishing.pending import Pending, Standing, count_pending, fingerprint, pending, standings
from roadmap.publishing.publish import publish
from roadmap.publishing.restore import CannotRestore, restore_edition, restore_revision
from roadmap.publishing.schedule import cancel, reschedule

__all__ = [
    "AboutToAppear",
    "AlreadyPublished",
    "Announcement",
    "AnnouncementRefused",
    "CannotRestore",
    "Choices",
    "NoSuchTime",
    "NothingToPublish",
    "OutOfOrder",
    "Pending",
    "PendingHasChanged",
    "PublishingRefused",
    "ReasonsMissing",
    "Standing",
    "WouldTear",
    "cancel",
    "count_pending",
    "draft_announcement",
    "fingerprint",
    "pending",
    "publish",
    "reschedule",
    "restore_edition",
    "restore_revision",
    "standings",
]
