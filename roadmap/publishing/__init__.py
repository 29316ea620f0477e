"""The bridge between the two sides: working copies become Editions, and drafts become previews.

Nothing else may read working copies and write what is published.
"""

# ruff: noqa: F401
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
from roadmap.publishing.pending import (
    Pending,
    Standing,
    count_pending,
    fingerprint,
    pending,
    roadmap_in_sentences,
    standings,
)
from roadmap.publishing.publish import Announcement, Choices, draft_announcement, publish
from roadmap.publishing.restore import CannotRestore, restore_edition, restore_revision
from roadmap.publishing.schedule import cancel, reschedule
