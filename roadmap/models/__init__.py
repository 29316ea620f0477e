"""Working copies, which staff edit, and what has been published from them, which never changes."""

from roadmap.models.origins import HistoryImport, Origin
from roadmap.models.published import Change, Edition, ImmutableError, Revision
from roadmap.models.saves import Save
from roadmap.models.sharing import PreviewLink
from roadmap.models.working import (
    Api,
    ChangelogEntry,
    Field,
    FieldValue,
    Item,
    ItemApi,
    Milestone,
    Page,
    Release,
    Roadmap,
)

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
