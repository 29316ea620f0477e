"""New rows of a grid or of its file: each is added once, however often the same form, page or file is sent.

Which item a new row becomes is settled before it is saved, in the form or the file that it was typed into. So a second
click, a page that is gone back to and a file that is uploaded again find the item there. Where two forms were opened,
and the same row typed into both, the second is asked about first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from roadmap.admin.grid.columns import Grid
from roadmap.content.things import ItemContent, counted, joined
from roadmap.models import Roadmap, Save
from roadmap.working_copies.many_items import by_key

MOST_NAMED = 5  # references; more are counted


@dataclass(frozen=True)
class AddedBefore:
    """What a row became when its form was sent before."""

    content: ItemContent | None  # as it is now; None where it has been deleted since

    @property
    def reference(self) -> str:
        return self.content.reference if self.content else ""

    def says(self, grid: Grid, cells: Mapping[str, str]) -> bool:
        """Whether it says all of these cells now."""
        if self.content is None:
            return False
        now = grid.texts(self.content)
        return all(now.get(name) == text for name, text in cells.items())

    @property
    def told(self) -> str:
        if self.content is None:
            return (
                "This row was added when the form was saved before, and that item has been deleted since. To add it "
                "anew, save again."
            )
        return (
            f"This row was added when the form was saved before: it is {self.reference} now, which says otherwise. To "
            "add another item, save again. If you meant to change that one, empty this row, and change it there."
        )


def added_before(roadmap: Roadmap, uids: Mapping[str, str]) -> dict[str, AddedBefore]:
    """By key, of the rows that become these items, those that were saved before. One query where none was."""
    saved = {
        str(uid) for uid in Save.objects.filter(roadmap=roadmap, uid__in=uids.values()).values_list("uid", flat=True)
    }
    there = items_of(roadmap, saved) if saved else {}
    return {key: AddedBefore(there.get(uid)) for key, uid in uids.items() if uid in saved}


def items_of(roadmap: Roadmap, uids: Collection[str]) -> dict[str, ItemContent]:
    """By uid, those that are in the roadmap."""
    keys = [*roadmap.items.filter(uid__in=uids).order_by().values_list("pk", flat=True)]
    return {content.uid: content for content in by_key(roadmap, keys).values()}


def twins_among(roadmap: Roadmap, grid: Grid, new: Mapping[str, ItemContent]) -> dict[str, str]:
    """By key, of the new rows that say in every cell what an item says already, its reference.

    One query where no title is there already.
    """
    titles = {content.title for content in new.values()}
    keys = [*roadmap.items.filter(title__in=titles).order_by().values_list("pk", flat=True)] if titles else []
    there = {tuple(grid.texts(content).values()): content.reference for content in by_key(roadmap, keys).values()}
    found = ((key, there.get(tuple(grid.texts(content).values()))) for key, content in new.items())
    return {key: reference for key, reference in found if reference}


def told_again(references: Sequence[str], what: str) -> str:
    """`what` was sent before: "this form"."""
    named = joined(references) if len(references) <= MOST_NAMED else counted(len(references), "item")
    was, is_not = ("was", "is not") if len(references) == 1 else ("were", "are not")
    return f"{named} {was} added when {what} was sent before, and {is_not} added again."
