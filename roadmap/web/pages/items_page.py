"""The items that an address selects, as the page of items shows them. Asks the database nothing."""

from collections.abc import Sequence
from functools import cached_property

from roadmap.content.snapshot import PlacedItem
from roadmap.published.filters import Filters
from roadmap.web.pages.roadmap_page import Shown, ShownStage


class ShownItems:
    """Everything is reckoned when a template first asks for it."""

    def __init__(self, shown: Shown, filters: Filters):
        self._shown = shown
        self._filters = filters

    @cached_property
    def items(self) -> Sequence[PlacedItem]:
        return self._filters.items(self._shown.published)

    @property
    def is_selection(self) -> bool:
        return bool(self._filters)

    @property
    def heading(self) -> str:
        """ "29 items", "3 of 29 items"."""
        all_of_them = len(self._shown.snapshot.items)
        noun = "item" if all_of_them == 1 else "items"
        return f"{len(self.items)} of {all_of_them} {noun}" if self.is_selection else f"{all_of_them} {noun}"

    @cached_property
    def stages(self) -> list[ShownStage]:
        """All of them; of a selection those that anything selected is in."""
        if not self.is_selection:
            return self._shown.stages
        return [one for one in self._shown.stages_of(self.items) if one.count]
