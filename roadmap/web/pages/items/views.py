"""The page of items: those that its address selects, in the view that it asks for. Of one roadmap, or of all."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from roadmap.content.choices import Noun
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import counted
from roadmap.dates.clock import uk_date
from roadmap.published.filters import BadFilter, read_filters
from roadmap.published.roadmap import LatestChanges, PublishedRoadmap
from roadmap.web.pages.filter_form import FilterPanel, misspelt_names, prepare_choices
from roadmap.web.pages.item_page import WITHDRAWN_TAG, ShownItem, Tag, shown_item
from roadmap.web.pages.items.asked import PARAMETERS, AskedView, ItemsView, Lanes, read_view
from roadmap.web.pages.items.table import ItemColumn, TableOfItems, columns_of, in_order, names_of_columns
from roadmap.web.pages.items.timeline import ItemInLane, ItemTimeline, in_lanes_of_apis, with_and_without_date
from roadmap.web.pages.linked_data import dataset
from roadmap.web.pages.reading import RoadmapReading, mountable, page_of, page_with_dates
from roadmap.web.pages.stages import PageOfStages, in_reading_order, page_of_stages, prepare_order
from roadmap.web.pagination import PAGES, NoSuchPage, PageOfList

logger = logging.getLogger(__name__)

ITEMS_ON_A_PAGE = 200


class ViewLink(NamedTuple):
    name: str
    url: str
    is_current: bool


class WithdrawnItem(NamedTuple):
    thing: LatestChanges
    name: str
    url: str
    tag: Tag = WITHDRAWN_TAG


@mountable
def items(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    """All of them, or those that the query of the address selects."""
    problems = reading.problems
    try:
        filters = read_filters(request.GET, reading.published, reading.now)
    except BadFilter as error:
        filters, problems = error.understood, [*problems, *error.problems]
    except DatabaseError:
        logger.exception("The database cannot be read: items of %s are not selected", reading.edition.roadmap_slug)
        return page_of("web/pages/no_history.html", reading, section="items", status=503, what="This selection")
    asked = read_view(request.GET, names_of_columns(reading.roadmap))
    panel = FilterPanel(reading, filters, request.GET, "items", problems, asked.values())
    found = FoundItems(reading, panel, asked)
    if asked.page > 1 and not problems:  # the first is always there, and need not be made to know it
        try:
            found.paged  # noqa: B018
        except NoSuchPage as error:
            first = {"there_are": str(error), "first_url": found.url()}
            return page_of("web/pages/no_such_page.html", reading, section="items", status=404, **first)
    return page_with_dates(
        reading,
        reading.history_if_there(),
        "web/pages/items.html",
        section="items",
        status=400 if problems or asked.problems else 200,
        panel=panel,
        problems=[*misspelt_names(request.GET, *PARAMETERS, *reading.besides), *asked.problems, *problems],
        has_items=bool(reading.snapshot.items),
        found=found,
        follow=None if problems else lambda: reading.follow_selection(filters),
        linked_data=None if panel.filters else lambda: dataset(reading),
    )


def prepare(published: PublishedRoadmap, today: date) -> None:
    """What the first page of a new Edition would have to wait for."""
    prepare_choices(published, today)
    prepare_order(published.snapshot, today)


@dataclass(frozen=True, eq=False)
class FoundItems:
    """What follows from these is reckoned when a template first asks for it, each view where it is shown."""

    reading: RoadmapReading
    panel: FilterPanel
    asked: AskedView

    @cached_property
    def _selected(self) -> list[PlacedItem] | None:
        """None for all of them."""
        return self.panel.selected if self.panel.filters else None

    @cached_property
    def count(self) -> int:
        return len(self.reading.snapshot.items if self._selected is None else self._selected)

    @property
    def heading(self) -> str:
        """ "29 items", or "3 of 29 items"."""
        everything = counted(len(self.reading.snapshot.items), Noun.ITEM)
        return everything if self._selected is None else f"{self.count} of {everything}"

    def url(self, *, view: ItemsView | None = None, sort: str | None = None, lanes: Lanes | None = None) -> str:
        """The same selection, from its first page, with its view, its order and its lanes or with these."""
        query = [*self.asked.values(view=view, sort=sort, lanes=lanes), *self.panel.filters.values]
        return self.reading.addresses.to("items", query=query)

    @property
    def is_wide(self) -> bool:
        """Whether it needs the whole width of a page."""
        return self.asked.view is not ItemsView.LIST

    @property
    def views(self) -> list[ViewLink]:
        return [ViewLink(view.value.capitalize(), self.url(view=view), view is self.asked.view) for view in ItemsView]

    @cached_property
    def paged(self) -> PageOfList[int]:
        """By the places of the items in their order, the withdrawn last. Raises NoSuchPage."""
        query = [*self.asked.values(), *self.panel.filters.values]
        whole, addresses = range(self._places + self.withdrawn_count), self.reading.addresses
        return PageOfList(whole, self.asked.page, addresses, "items", query, PAGES, ITEMS_ON_A_PAGE)

    # The three views: None where another is asked for

    @property
    def by_stage(self) -> PageOfStages | None:
        if self.asked.view is not ItemsView.LIST:
            return None
        return page_of_stages(self.reading, self.paged, self._selected)

    @property
    def table(self) -> TableOfItems | None:
        if self.asked.view is not ItemsView.TABLE:
            return None
        shown = self._shown(self.paged.cut(self._in_order, 0))
        return TableOfItems(shown, self._columns, self.asked.sort, lambda sort: self.url(sort=sort))

    @property
    def timeline(self) -> ItemTimeline | None:
        if self.asked.view is not ItemsView.TIMELINE:
            return None
        today, label = self.reading.current_day, uk_date(self.reading.day) if self.reading.day else "Today"
        shown = [(place, shown_item(self.reading, place.placed)) for place in self._in_lanes]
        api_url, other_url = (self.reading.api_url if self._has_lanes_of_apis else None), ""
        if api_url:
            other_url = self.url(lanes=Lanes.ITEM)
        elif any(item.content.apis for item in self._dated):
            other_url = self.url(lanes=Lanes.API)
        return ItemTimeline(self._dated, shown, today, label, api_url, other_url)

    @property
    def undated(self) -> Sequence[ShownItem]:
        """For below a timeline."""
        if self.asked.view is not ItemsView.TIMELINE:
            return []
        return self._shown(self.paged.cut(self._undated, self._places - len(self._undated)))

    @cached_property
    def _by_date(self) -> tuple[list[PlacedItem], list[PlacedItem]]:
        return with_and_without_date(self._in_order)

    @property
    def _dated(self) -> list[PlacedItem]:
        return self._by_date[0]

    @property
    def _undated(self) -> list[PlacedItem]:
        return self._by_date[1]

    @property
    def _has_lanes_of_apis(self) -> bool:
        return (self.asked.view, self.asked.lanes) == (ItemsView.TIMELINE, Lanes.API)

    @cached_property
    def _in_lanes_of_apis(self) -> list[ItemInLane]:
        return in_lanes_of_apis(self._dated, self.panel.filters.facets.get("api", ()))

    @property
    def _in_lanes(self) -> list[ItemInLane]:
        """On this page."""
        if self._has_lanes_of_apis:
            return [*self.paged.cut(self._in_lanes_of_apis, 0)]
        return [ItemInLane(item) for item in self.paged.cut(self._dated, 0)]

    @cached_property
    def _places(self) -> int:
        """Of the items in the whole list: with lanes for APIs, an item has one in each of them."""
        return len(self._in_lanes_of_apis) + len(self._undated) if self._has_lanes_of_apis else self.count

    @cached_property
    def _columns(self) -> list[ItemColumn]:
        return columns_of(self.reading.roadmap, self.reading.snapshot.items)

    @cached_property
    def _in_order(self) -> list[PlacedItem]:
        return in_order(in_reading_order(self.reading, self._selected), self._columns, self.asked.sort)

    def _shown(self, items: Sequence[PlacedItem]) -> list[ShownItem]:
        return [shown_item(self.reading, item) for item in items]

    # Those that are no more, after all others

    @cached_property
    def _all_withdrawn(self) -> list[tuple[LatestChanges, RoadmapReading]]:
        return [] if self.panel.filters else self.reading.withdrawn_items

    @property
    def withdrawn_count(self) -> int:
        return len(self._all_withdrawn)

    @property
    def withdrawn(self) -> list[WithdrawnItem]:
        """On this page."""
        found = self.paged.cut(self._all_withdrawn, self._places)
        name_of = self.reading.published.name_of
        return [WithdrawnItem(of, name_of(of.title, of.address), own.addresses.item(of.address)) for of, own in found]

    @property
    def withdrawn_url(self) -> str:
        """Of the first of them."""
        page = self.paged.page_with(self._places)
        return "#withdrawn" if page == self.paged.number else self.paged.url(page, "withdrawn")
