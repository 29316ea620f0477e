"""Long lists, a page at a time: which page is asked for, and the links to those before and after it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import QueryDict

from roadmap.published.change_words import repeated
from roadmap.published.filters import BadFilter, Problem
from roadmap.web.addresses import Addresses

EDITIONS_ON_A_PAGE = 50
PAGES = ("Previous page", "Next page")  # titles, where what is listed has no order in time
MAX_DIGITS = 18  # of the number of a page

T = TypeVar("T")
Part = TypeVar("Part")


class NoSuchPage(LookupError):
    """Its text says what pages there are."""


def read_page(query: QueryDict) -> int:
    """Raises BadFilter where it is no number from 1."""
    typed = query.get("page", "").strip()
    if not typed:
        return 1
    if not re.fullmatch(f"0*[1-9][0-9]{{0,{MAX_DIGITS - 1}}}", typed):
        why = f"“{repeated(typed)}” is not the number of a page. Enter a number from 1."
        raise BadFilter([Problem("page", typed, why)])
    return int(typed)


@dataclass(frozen=True)
class PaginationLink:
    """To the page before, or after."""

    title: str
    label: str
    url: str


class PageOfList(Generic[T]):
    """One page of a list. Page 1 is there even where the list is empty."""

    def __init__(
        self,
        whole: Sequence[T],
        number: int,
        addresses: Addresses,
        name: str,
        query: Sequence[tuple[str, str]] = (),
        titles: tuple[str, str] = ("Newer editions", "Older editions"),
        size: int | None = None,
    ):
        """`name` and `query` are those of the list's own address; a page has `size` of it. Raises NoSuchPage."""
        size = size or EDITIONS_ON_A_PAGE
        self._address = addresses, name, query
        self._size = size
        self.number, self.count = number, max(-(-len(whole) // size), 1)
        if number > self.count:
            raise NoSuchPage("There is one page only." if self.count == 1 else f"There are {self.count} pages.")
        self.items = self.cut(whole, 0)
        self.before = self._link(titles[0], number - 1) if number > 1 else None
        self.after = self._link(titles[1], number + 1) if number < self.count else None

    def cut(self, part: Sequence[Part], place: int) -> Sequence[Part]:
        """What this page has of a part that begins at that place of the whole list, counted from 0."""
        start = (self.number - 1) * self._size - place
        return part[max(start, 0) : max(start + self._size, 0)]

    def page_with(self, place: int) -> int:
        """The number of the page that has what is at that place of the whole list, counted from 0."""
        return min(place // self._size + 1, self.count)

    def url(self, number: int, fragment: str = "") -> str:
        addresses, name, query = self._address
        return addresses.to(name, query=[*query, *([("page", str(number))] if number > 1 else [])], fragment=fragment)

    def _link(self, title: str, to: int) -> PaginationLink:
        return PaginationLink(title, f"Page {to} of {self.count}", self.url(to))
