"""Which items a grid shows: what the list of items would show of one roadmap, filtered and searched in the same way."""

import copy
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, QueryDict

from roadmap.models import Item, Roadmap

PAGE = "page"
OF_ROADMAP = "roadmap__id__exact"
MOST_ROWS = 500
MOST_FIELDS = 19_000  # of a form: settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, and some to spare


@dataclass(frozen=True)
class Listed:
    keys: tuple[int, ...]  # of the items of this page, in the order of the list
    count: int  # of all pages
    page: int
    pages: int
    query: QueryDict  # the filters, without the page
    is_wrong: bool = False  # the address filters by something that is not there

    @property
    def is_filtered(self) -> bool:
        return bool(self.query)


class UncountedList(ChangeList):
    """Filters, and counts and shows nothing."""

    def get_results(self, request: HttpRequest) -> None:
        self.result_list, self.result_count = self.queryset.none(), 0


def listed(request: HttpRequest, roadmap: Roadmap, cells: int, *, is_whole: bool = False) -> Listed:
    """`cells` is how many a row has: a form has an end. `is_whole` has one page of all items."""
    query = request.GET.copy()
    for name in (PAGE, OF_ROADMAP, "o", "p", "all", "e"):
        query.pop(name, None)
    for name in [name for name, values in query.lists() if not any(values)]:
        del query[name]
    keys, is_wrong = _keys(request, roadmap, query), False
    if keys is None:
        keys, is_wrong = _keys(request, roadmap, QueryDict()) or [], True
    size = max(1, len(keys) if is_whole else min(MOST_ROWS, MOST_FIELDS // (cells + 1)))
    pages = max(1, -(-len(keys) // size))
    asked = request.GET.get(PAGE, "1")
    page = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1
    shown = keys[(page - 1) * size : page * size]
    return Listed((*shown,), len(keys), page, pages, QueryDict() if is_wrong else query, is_wrong)


def _keys(request: HttpRequest, roadmap: Roadmap, query: QueryDict) -> list[int] | None:
    """Of all items that the list has; None where it does not know these filters."""
    asked = copy.copy(request)
    of_list = query.copy()
    of_list[OF_ROADMAP] = str(roadmap.pk)
    asked.GET = of_list  # type: ignore[assignment]
    item_admin: Any = copy.copy(admin.site.get_model_admin(Item))
    item_admin.get_changelist = lambda request: UncountedList
    try:
        found = item_admin.get_changelist_instance(asked).queryset
    except IncorrectLookupParameters:
        return None
    return [*found.values_list("pk", flat=True)]
