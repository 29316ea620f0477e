"""Items as the rows of a table: its columns, what each says of an item, and the order that it gives them.

Items come with their own addresses, so that a table may hold those of several roadmaps. Asks the database nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from roadmap.content.choices import Environment, Stage
from roadmap.content.fields import APIS, BREAKING, TITLE
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import EnvironmentLabels, RoadmapContent
from roadmap.web.pages.item_page import ShownItem, Tag

OWN = "field."  # before the key of a column that a roadmap adds, which may be called as one of ours
_STAGES = [*Stage]


class ItemCell(NamedTuple):
    label: str  # of its column
    text: str = ""
    was: str = ""  # the last promise that was another
    ending: str = ""
    tag: Tag | None = None  # instead of a text

    @property
    def lead(self) -> str:
        """The label before the text, on a phone: "Live:", "Is it optional?"."""
        return self.label if self.label.endswith(("?", ":")) else f"{self.label}:"


@dataclass(frozen=True)
class ItemColumn:
    name: str  # by which an address asks to sort by it
    label: str
    order: Callable[[PlacedItem], Any]  # None for an item that comes last, whichever way it is sorted
    says: Callable[[ShownItem], tuple[Any, ...]]  # what its cell has after the label


@dataclass(frozen=True)
class SortHeading:
    """Of a column, with the address that sorts by it: the other way round where this one does."""

    label: str
    url: str
    direction: str  # as ARIA says it; empty where it is not sorted by


class ItemRow(NamedTuple):
    item: ShownItem
    cells: Sequence[ItemCell]  # after its title


def usual_columns(labels: EnvironmentLabels, places: Sequence[Environment] = (*Environment,)) -> list[ItemColumn]:
    """Those that items of any roadmap have: the first is the title, which heads its row."""
    return [
        ItemColumn("title", TITLE.label, partial(_folded, _title), partial(_in_cell, _title)),
        ItemColumn("stage", "Stage", lambda item: _STAGES.index(item.stage), _stage),
        ItemColumn("api", APIS.label, partial(_folded, _apis), partial(_in_cell, _apis)),
        *(ItemColumn(place.value, labels[place], partial(_days, place), partial(_date, place)) for place in places),
        ItemColumn("breaking", BREAKING.label, _yes_first, partial(_in_cell, _breaking)),
    ]


def columns_of(roadmap: RoadmapContent, items: Sequence[PlacedItem]) -> list[ItemColumn]:
    """Without controlled go-live, where none of these items says anything of that."""
    optional = Environment.CONTROLLED_GO_LIVE
    is_used = any(item.content.milestone(optional) for item in items)
    places = [place for place in Environment if is_used or place is not optional]
    return [*usual_columns(roadmap.labels, places), *_own_columns(roadmap)]


def names_of_columns(roadmap: RoadmapContent) -> list[str]:
    """By which the items can be sorted, whatever they say."""
    return [column.name for column in (*usual_columns(roadmap.labels), *_own_columns(roadmap))]


def in_order(items: Sequence[PlacedItem], columns: Sequence[ItemColumn], sort: str) -> list[PlacedItem]:
    """`sort` is a column's name, after "-" for the other way round. Items that say the same stay as they are."""
    column = next((column for column in columns if column.name == sort.removeprefix("-")), None)
    if column is None:
        return [*items]
    found = [(column.order(item), item) for item in items]
    known = [pair for pair in found if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return [item for _, item in known] + [item for order, item in found if order is None]


@dataclass(frozen=True, eq=False)
class TableOfItems:
    items: Sequence[ShownItem]
    columns: Sequence[ItemColumn]
    sort: str
    url_of: Callable[[str], str]  # where the table is that is sorted so

    @property
    def headings(self) -> Iterator[SortHeading]:
        for column in self.columns:
            directions = {column.name: "ascending", f"-{column.name}": "descending"}
            url = self.url_of(f"-{column.name}" if self.sort == column.name else column.name)
            yield SortHeading(column.label, url, directions.get(self.sort, ""))

    @property
    def rows(self) -> Iterator[ItemRow]:
        """As a page comes to each."""
        for item in self.items:
            yield ItemRow(item, [ItemCell(column.label, *column.says(item)) for column in self.columns[1:]])


# What each column says, and sorts by


def _in_cell(text_of: Callable[[PlacedItem], str], item: ShownItem) -> tuple[Any, ...]:
    return (text_of(item.placed),)


def _folded(text_of: Callable[[PlacedItem], str], item: PlacedItem) -> str | None:
    return text_of(item).casefold() or None


def _title(item: PlacedItem) -> str:
    return item.content.title


def _stage(item: ShownItem) -> tuple[Any, ...]:
    return "", "", "", item.tag


def _apis(item: PlacedItem) -> str:
    return ", ".join(map(str, item.content.apis))


def _date(environment: Environment, item: ShownItem) -> tuple[str, ...]:
    said = item.said(environment)
    text = said.text or ("no date given" if said.was else "")
    return text[:1].upper() + text[1:], said.was, said.ending


def _days(environment: Environment, item: PlacedItem) -> Any:
    when = item.due(environment)
    return when.sort_key if when and when.start else None


def _breaking(item: PlacedItem) -> str:
    return BREAKING.shape.cell(item.content.is_breaking)


def _yes_first(item: PlacedItem) -> int | None:
    answer = item.content.is_breaking
    return None if answer is None else int(not answer)


def _own_columns(roadmap: RoadmapContent) -> Iterator[ItemColumn]:
    """A heading is a link, and no two of one text may lead to two places: each is called apart from ours.

    Those that several roadmaps call the same are one.
    """
    ours = {column.label.casefold() for column in usual_columns(roadmap.labels)}
    keys: dict[str, list[str]] = {}
    for field in roadmap.fields:
        keys.setdefault(field.name, []).append(field.key)
    for name, of_name in keys.items():
        label = f"{name} (own field)" if name.casefold() in ours else name
        value = partial(_own_value, of_name)
        yield ItemColumn(OWN + of_name[0], label, partial(_folded, value), partial(_in_cell, value))


def _own_value(keys: Sequence[str], item: PlacedItem) -> str:
    return next((own.value for own in item.content.fields if own.key in keys), "")
