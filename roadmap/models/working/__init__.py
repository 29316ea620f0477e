"""Working copies: what staff edit. Saving here shows nothing to readers; roadmap.publishing does.

Every thing that is published has a `uid`, which its Revisions share and which never changes.
"""

from roadmap.models.working.item import FieldValue, Item, ItemApi, Milestone
from roadmap.models.working.roadmap import (
    Api,
    ChangelogEntry,
    Field,
    Page,
    Release,
    Roadmap,
    validate_slug_is_free,
)

__all__ = [
    "Api",
    "ChangelogEntry",
    "Field",
    "FieldValue",
    "Item",
    "ItemApi",
    "Milestone",
    "Page",
    "Release",
    "Roadmap",
    "validate_slug_is_free",
]
