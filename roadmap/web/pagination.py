"""Long lists of editions, a page at a time: which page is asked for, and the links to those before and after it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import QueryDict

from roadmap.published.change_words import repeated
from roadmap.published.filters import BadFilter, Problem
from roadmap.web.addresses import Addresses

EDITIONS_ON_A_PAGE = 50
MAX_DIGITS = 18  # of the number of a page

T = TypeVar("T")


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
        self, whole: Sequence[T], number: int, addresses: Addresses, name: str, query: Sequence[tuple[str, str]] = ()
    ):
        """`name` and `query` are those of the list's own address. Raises NoSuchPage."""
        size = EDITIONS_ON_A_PAGE
        count = max(-(-len(whole) // size), 1)
        if number > count:
            raise NoSuchPage("There is one page only." if count == 1 else f"There are {count} pages.")

        def link(title: str, to: int) -> PaginationLink:
            url = addresses.to(name, query=[*query, *([("page", str(to))] if to > 1 else [])])
            return PaginationLink(title, f"Page {to} of {count}", url)

        self.items = whole[(number - 1) * size : number * size]
        self.before = link("Newer editions", number - 1) if number > 1 else None
        self.after = link("Older editions", number + 1) if number < count else None
