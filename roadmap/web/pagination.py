"""Long lists of editions, a page at a time: which page is asked for, and the links to those before and after it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict

from roadmap.published.change_words import repeated
from roadmap.published.filters import BadFilter, Problem

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
class Step:
    """A link to the page before, or after."""

    title: str
    label: str
    url: str


class Paged(Generic[T]):
    """One page of a list. Page 1 is there even where the list is empty."""

    def __init__(self, whole: Sequence[T], number: int, base: str, query: Sequence[tuple[str, str]] = ()):
        """`base` and `query` are the address of the list. Raises NoSuchPage."""
        self._base = base
        self._query = query
        self.number = number
        size = EDITIONS_ON_A_PAGE
        self.count = max(-(-len(whole) // size), 1)
        if number > self.count:
            raise NoSuchPage("There is one page only." if self.count == 1 else f"There are {self.count} pages.")
        self.items = whole[(number - 1) * size : number * size]

    @property
    def before(self) -> Step | None:
        return self._step("Newer editions", self.number - 1) if self.number > 1 else None

    @property
    def after(self) -> Step | None:
        return self._step("Older editions", self.number + 1) if self.number < self.count else None

    def url(self, number: int) -> str:
        query = [*self._query, *([("page", str(number))] if number > 1 else [])]
        return f"{self._base}?{urlencode(query)}" if query else self._base

    def _step(self, title: str, number: int) -> Step:
        return Step(title, f"Page {number} of {self.count}", self.url(number))
