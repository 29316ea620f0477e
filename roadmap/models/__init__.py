"""Working copies, which staff edit, and what has been published from them, which never changes."""

from roadmap.models.import_origin import HistoryImport, Origin
from roadmap.models.item import FieldValue, Item, ItemApi, Milestone
from roadmap.models.preview_link import PreviewLink
from roadmap.models.published import Change, Edition, ImmutableError, Revision
from roadmap.models.roadmap import Api, ChangelogEntry, Field, Page, Release, Roadmap
from roadmap.models.save import Save

__all__ = [
    "Api",
    "Change",
    "ChangelogEntry",
    "Edition",
    "Field",
    "FieldValue",
    "HistoryImport",
    "ImmutableError",
    "Item",
    "ItemApi",
    "Milestone",
    "Origin",
    "Page",
    "PreviewLink",
    "Release",
    "Revision",
    "Roadmap",
    "Save",
]
