"""Brings two changes of one thing together, field by field. Pure.

Needed where an Edition is waiting for its time and another one changes the same thing before it appears: what the
waiting one does not touch must not be put back by it.
"""

from typing import Any, TypeVar

import msgspec

from roadmap.content.choices import Environment
from roadmap.content.things import Content, FieldValueContent, ItemContent, MilestoneContent

AnyContent = TypeVar("AnyContent", bound=Content)


def merge(base: AnyContent, theirs: AnyContent, ours: AnyContent) -> AnyContent:
    """`ours`, with what `theirs` changed of `base` done to it; where both changed the same field, as `theirs` has it.

    An item's milestones and own fields count as fields of their own: each may have been changed by another.
    Raises ValueError where the three are not of one thing.
    """
    if len({(type(one), one.uid) for one in (base, theirs, ours)}) > 1:
        raise ValueError("merge takes three Contents of the same thing")
    taken: dict[str, Any] = {
        name: getattr(theirs, name)
        for name in base.__struct_fields__
        if getattr(theirs, name) != getattr(base, name) and name not in ("milestones", "fields")
    }
    if isinstance(base, ItemContent) and isinstance(theirs, ItemContent) and isinstance(ours, ItemContent):
        taken["milestones"] = _milestones(base, theirs, ours)
        taken["fields"] = _fields(base, theirs, ours)
    elif hasattr(base, "fields") and theirs.fields != base.fields:  # type: ignore[attr-defined]  # a roadmap's columns
        taken["fields"] = theirs.fields  # type: ignore[attr-defined]
    return msgspec.structs.replace(ours, **taken)


def touched_by_both(base: AnyContent, theirs: AnyContent, ours: AnyContent) -> bool:
    """Whether some field was changed by the two in different ways, so that one of them must give way."""
    return merge(base, theirs, ours) != merge(base, ours, theirs)


def _milestones(base: ItemContent, theirs: ItemContent, ours: ItemContent) -> tuple[MilestoneContent, ...]:
    chosen = (_chosen(base.milestone(one), theirs.milestone(one), ours.milestone(one)) for one in Environment)
    return tuple(one for one in chosen if one is not None)


def _fields(base: ItemContent, theirs: ItemContent, ours: ItemContent) -> tuple[FieldValueContent, ...]:
    old, new, mine = ({one.key: one for one in content.fields} for content in (base, theirs, ours))
    chosen = (_chosen(old.get(key), new.get(key), mine.get(key)) for key in sorted({*new, *mine}))
    return tuple(one for one in chosen if one is not None)


def _chosen(base: Any, theirs: Any, ours: Any) -> Any:
    return theirs if theirs != base else ours
