"""The bridge between the two sides: working copies become Editions, and drafts become previews.

Nothing else may read working copies and write what is published.
"""

# ruff: noqa: F401
from roadmap.publishing.announcement import Announcement, draft_announcement
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
    SecondPersonNeeded,
    WouldTear,
)
from roadmap.publishing.pending import (
    Pending,
    Standing,
    count_pending,
    marks,
    pending,
    roadmap_in_sentences,
    standing_of,
    standings,
    waiting_until,
)
from roadmap.publishing.publish import Choices, not_alone, publish
from roadmap.publishing.restore import CannotRestore, restore_edition, restore_revision
from roadmap.publishing.schedule import cancel, entries_to_read, reschedule
from roadmap.publishing.undo import CannotUndo, Kept, Undoing, taken_back_by, undo, undoing
