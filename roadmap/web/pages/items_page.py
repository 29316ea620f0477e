"""The items that an address selects, as the page of items shows them. Asks the database nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from roadmap.content.choices import Noun
from roadmap.content.words import counted
from roadmap.published.filters import Filters
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.pages.stages import ItemsOfStage, all_stages, stages_of


@dataclass(frozen=True)
class FoundItems:
    heading: str  # "29 items", "3 of 29 items"
    count: int
    stages: Sequence[ItemsOfStage]  # all of them; of a selection those that anything selected is in


def found_items(reading: RoadmapReading, filters: Filters) -> FoundItems:
    everything = reading.snapshot.items
    heading = counted(len(everything), Noun.ITEM)
    if not filters:
        return FoundItems(heading, len(everything), all_stages(reading))
    items = filters.items(reading.published)
    return FoundItems(f"{len(items)} of {heading}", len(items), stages_of(reading, items))
