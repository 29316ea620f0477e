"""Which view of the items an address asks for, in which order, with what as its lanes, and which page of it."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.http import QueryDict

from roadmap.published.change_words import listed, repeated
from roadmap.published.filters import OF_A_VIEW, BadFilter, Problem
from roadmap.web.pagination import read_page

PARAMETERS = (*OF_A_VIEW, "page")  # beside the filters


class ItemsView(StrEnum):
    LIST = "list"
    TABLE = "table"
    TIMELINE = "timeline"


class Lanes(StrEnum):
    """Of what a timeline has a lane each."""

    ITEM = "item"
    API = "api"


@dataclass(frozen=True)
class AskedView:
    """What was not understood is as if it were not asked, and among the problems."""

    view: ItemsView = ItemsView.LIST
    sort: str = ""  # the name of a column, with "-" before it from the last to the first; empty: as the list is
    lanes: Lanes = Lanes.ITEM
    page: int = 1
    problems: tuple[Problem, ...] = ()

    def values(
        self, *, view: ItemsView | None = None, sort: str | None = None, lanes: Lanes | None = None
    ) -> list[tuple[str, str]]:
        """For the address of another page of this sort: with its view, its order and its lanes, or with these."""
        view, sort, lanes = view or self.view, self.sort if sort is None else sort, lanes or self.lanes
        asked = [
            ("view", "" if view is ItemsView.LIST else view.value),
            ("sort", sort),
            ("lanes", "" if lanes is Lanes.ITEM else lanes.value),
        ]
        return [(name, value) for name, value in asked if value]


def read_view(query: QueryDict, columns: Collection[str]) -> AskedView:
    """`columns` are the names by which items can be sorted. Of a parameter given twice, the last is read."""
    view, sort, lanes, page = ItemsView.LIST, "", Lanes.ITEM, 1
    problems = []
    typed = query.get("view", "").strip()
    if typed in [*ItemsView]:
        view = ItemsView(typed)
    elif typed:
        views = listed([*ItemsView])
        problems.append(
            Problem("", typed, f"There is no view “{repeated(typed)}”. Choose one of: {views}. This is the list.")
        )
    typed = query.get("sort", "").strip()
    if typed.removeprefix("-") in columns:
        sort = typed
    elif typed:
        why = f"Items cannot be sorted by “{repeated(typed)}”. Choose one of: {listed([*columns])}."
        problems.append(Problem("", typed, why))
    typed = query.get("lanes", "").strip()
    if typed in [*Lanes]:
        lanes = Lanes(typed)
    elif typed:
        why = f"A timeline has no lanes for each “{repeated(typed)}”. Choose one of: {listed([*Lanes])}."
        problems.append(Problem("", typed, why))
    try:
        page = read_page(query)
    except BadFilter as error:
        problems += [problem._replace(name="") for problem in error.problems]
    return AskedView(view, sort, lanes, page, tuple(problems))
