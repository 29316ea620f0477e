"""Long lists in pages, each with the addresses of the next and the one before."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.core.paginator import Paginator

from roadmap.published.change_words import repeated
from roadmap.web.api.operations import NotThere, Parameter
from roadmap.web.api.schemas import ApiShape, PartOfList
from roadmap.web.api.serialise import Values

Thing = TypeVar("Thing")
Part = TypeVar("Part", bound=PartOfList)

USUAL_SIZE = 100
MOST = 500


def whole_number(most: int | None) -> Callable[[str], int]:
    """Reads digits and nothing else, which int() is not so strict about."""
    wanted = f"a whole number from 1 to {most}" if most else "a whole number from 1"

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]+", text) or not 1 <= int(text) <= (most or int(text)):
            raise ValueError(f"“{repeated(text)}” is not {wanted}.")
        return int(text)

    return read


PAGE = Parameter(
    "page",
    "Which page of the list, from 1. One after the last is not found.",
    1,
    {"type": "integer", "minimum": 1, "default": 1},
    whole_number(None),
)


def size(name: str, description: str) -> Parameter:
    schema = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL_SIZE}
    return Parameter(name, f"{description}: up to {MOST}.", USUAL_SIZE, schema, whole_number(MOST))


PAGE_SIZE = size("page_size", "How many a page has")
PARAMETERS = (PAGE.name, PAGE_SIZE.name)


@dataclass(frozen=True)
class Paging:
    """Which part of a list is asked for. `name` is that of the list's address, `query` what else it says."""

    values: Values
    name: str
    query: Sequence[tuple[str, str]]
    page: int
    page_size: int

    def check(self, total: int, noun: str) -> None:
        """Raises NotThere where the page comes after the last."""
        last = Paginator(range(total), self.page_size).num_pages
        if self.page > last:
            pages = f"{last} pages" if last > 1 else "1 page"
            raise NotThere(f"There is no page {repeated(str(self.page))}: the {noun} fill {pages} of {self.page_size}.")

    def answer(
        self, shape: type[Part], listed: str, everything: Sequence[Thing], make: Callable[[Thing], ApiShape]
    ) -> Part:
        """`listed` is what the shape calls the things of this page, each made by `make`."""
        found = Paginator(everything, self.page_size).page(self.page)
        return shape(
            edition=self.values.edition,
            total=len(everything),
            page=self.page,
            page_size=self.page_size,
            next=self._at(self.page + 1) if found.has_next() else None,
            previous=self._at(self.page - 1) if found.has_previous() else None,
            **{listed: [make(thing) for thing in found]},
        )

    def _at(self, page: int) -> str:
        own = [("page", str(page)), ("page_size", str(self.page_size))]
        return self.values.operations.to(self.name, query=[*self.query, *own])
