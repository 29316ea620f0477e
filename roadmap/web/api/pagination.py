"""Long lists in pages, each with the addresses of the next and the one before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from ninja import Query
from pydantic import BeforeValidator, Field

from roadmap.published.change_words import repeated
from roadmap.web.api.operations import NotThere
from roadmap.web.api.serialise import Value

Thing = TypeVar("Thing")

USUAL_SIZE = 100
MOST = 500
PARAMETERS = ("page", "page_size")


def _whole_number(most: int | None) -> BeforeValidator:
    """Digits and nothing else, which int() is not so strict about."""
    wanted = f"a whole number from 1 to {most}" if most else "a whole number from 1"

    def read(typed: object) -> int:
        text = str(typed)
        if not re.fullmatch(r"[0-9]+", text) or not 1 <= int(text) <= (most or int(text)):
            raise ValueError(f"“{repeated(text)}” is not {wanted}.")
        return int(text)

    return BeforeValidator(read)


PageNumber = Annotated[int, Field(ge=1), _whole_number(None)]
PageSize = Annotated[int, Field(ge=1, le=MOST), _whole_number(MOST)]


PAGE = Query(1, description="Which page of the list, from 1. One after the last is not found.", example=1)
PAGE_SIZE = Query(USUAL_SIZE, description=f"How many a page has: up to {MOST}.", example=USUAL_SIZE)


@dataclass(frozen=True)
class Paging:
    """Which part of a list is asked for. `url` is the list's address, `query` what else it says."""

    url: str
    query: Sequence[tuple[str, str]]
    page: int
    page_size: int

    def check(self, total: int, noun: str) -> None:
        """Raises NotThere where the page comes after the last."""
        last = self._last(total)
        if self.page > last:
            pages = f"{last} pages" if last > 1 else "1 page"
            raise NotThere(f"There is no page {repeated(str(self.page))}: the {noun} fill {pages} of {self.page_size}.")

    def part(self, everything: Sequence[Thing]) -> Sequence[Thing]:
        return everything[(self.page - 1) * self.page_size : self.page * self.page_size]

    def links(self, total: int) -> Value:
        return {
            "total": total,
            "page": self.page,
            "page_size": self.page_size,
            "next": self._at(self.page + 1) if self.page < self._last(total) else None,
            "previous": self._at(self.page - 1) if self.page > 1 else None,
        }

    def _last(self, total: int) -> int:
        return max(-(-total // self.page_size), 1)

    def _at(self, page: int) -> str:
        own = [("page", str(page)), ("page_size", str(self.page_size))]
        return f"{self.url}?{urlencode([*self.query, *own])}"
