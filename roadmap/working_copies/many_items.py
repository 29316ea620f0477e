"""Many items changed at once: each as somebody asked, on what it is now. One that they did not see so is left alone.

What it writes are working copies: pending changes like any other, until somebody publishes. `place_of_new` says where
new ones stand. Who changed what is kept by publishing.audit_trail.recorded, which whoever calls this wraps around it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from roadmap.content import things
from roadmap.models.fields import PositionField
from roadmap.models.item import Item
from roadmap.models.roadmap import Roadmap
from roadmap.working_copies.from_content import write
from roadmap.working_copies.to_content import items


class ManyItemsRefused(Exception):
    """Nothing was changed. The message is for the person who tried, and says what to do."""


class ItemsGone(ManyItemsRefused):
    """Some of the items are not in the roadmap, or not any more."""

    def __init__(self, count: int):
        were = "1 of the items was" if count == 1 else f"{count} of the items were"
        super().__init__(f"{were} deleted in the meantime. Nothing was changed: check what is left, and try again.")


class ItemsChanged(ManyItemsRefused):
    """Some of the items are not any more what the person saw."""

    def __init__(self, titles: Collection[str]):
        super().__init__(
            f"Somebody has changed {things.named([*titles])} since you opened this page. Nothing was changed: check "
            "the list, and try again."
        )


def _always(_: things.ItemContent) -> bool:
    return True


@dataclass(frozen=True)
class ItemEdit:
    """What somebody wants of one item."""

    change: Callable[[things.ItemContent], things.ItemContent]  # raises ValidationError
    is_as_seen: Callable[[things.ItemContent], bool] = _always


@dataclass
class ItemsEdited:
    """What became of each, by primary key."""

    changed: dict[int, tuple[things.ItemContent, things.ItemContent]] = field(default_factory=dict)
    unchanged: dict[int, things.ItemContent] = field(default_factory=dict)  # so already
    overtaken: dict[int, things.ItemContent] = field(default_factory=dict)  # as somebody else has saved it since
    refused: dict[int, ValidationError] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)  # deleted, or of another roadmap
    added: list[things.ItemContent] = field(default_factory=list)

    @property
    def uids(self) -> list[str]:
        """Of all that was written."""
        return [*(after.uid for _, after in self.changed.values()), *(content.uid for content in self.added)]


def edit_items(
    *, roadmap: Roadmap, edits: Mapping[int, ItemEdit], new: Sequence[things.ItemContent] = ()
) -> ItemsEdited:
    """Does each edit, by the item's primary key, that nothing is against, and adds the new ones last in their release.

    Under the roadmap's lock. The number of queries does not depend on the number of items. Every release, column and
    API that an item is to name must be there.
    """
    done = ItemsEdited()
    with transaction.atomic():
        roadmap = Roadmap.objects.lock(roadmap.pk)
        there = by_key(roadmap, edits) if edits else {}
        for pk, edit in edits.items():
            now = there.get(pk)
            if now is None:
                done.gone.append(pk)
            elif not edit.is_as_seen(now):
                done.overtaken[pk] = now
            else:
                _edit(done, pk, now, edit)
        done.added = place_of_new(roadmap, new) if new else []
        written = [*(after for _, after in done.changed.values()), *done.added]
        if written:
            write(roadmap, written)
    return done


def by_key(roadmap: Roadmap, keys: Mapping[int, Any] | Sequence[int]) -> dict[int, things.ItemContent]:
    """The items of a roadmap that have these primary keys, in that order."""
    uids = {str(uid): pk for pk, uid in roadmap.items.filter(pk__in=[*keys]).order_by().values_list("pk", "uid")}
    found = {uids[content.uid]: content for content in items(roadmap, [*uids.values()])} if uids else {}
    return {pk: found[pk] for pk in keys if pk in found}


def _edit(done: ItemsEdited, pk: int, now: things.ItemContent, edit: ItemEdit) -> None:
    try:
        after = edit.change(now)
    except ValidationError as error:
        done.refused[pk] = error
        return
    if things.to_json(after) == things.to_json(now):
        done.unchanged[pk] = now
    else:
        done.changed[pk] = (now, after)


def place_of_new(roadmap: Roadmap, new: Sequence[things.ItemContent]) -> list[things.ItemContent]:
    """The same, each after the last of its release, in the order given."""
    rows = Item.objects.filter(roadmap=roadmap).order_by().values("release__uid").annotate(last=Max("position"))
    last = defaultdict(lambda: -1, {str(row["release__uid"] or ""): row["last"] for row in rows})
    placed = []
    for content in new:
        last[content.release_uid] = min(last[content.release_uid] + 1, PositionField.MOST)
        placed.append(msgspec.structs.replace(content, position=last[content.release_uid]))
    return placed
