"""Items: a list that every filter of the site narrows, and one with all that happened to it."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Path, Query, Schema

from roadmap.content.choices import Noun
from roadmap.published.filters import read_filters
from roadmap.web.api.answers import ItemList, ItemWithHistory
from roadmap.web.api.gone import gone
from roadmap.web.api.operations import NotThere, asked, operation, slug_of_roadmap
from roadmap.web.api.pagination import PAGE, PAGE_SIZE, PARAMETERS, PageNumber, PageSize, Paging
from roadmap.web.api.schemas import described
from roadmap.web.api.serialise import Value, html
from roadmap.web.api.told import dates_of_item, history_of_item


def values_of(description: str, example: str) -> Any:
    return described(f"{description} Give it again for more: any of them will do.", [example], default_factory=list)


class ItemFilters(Schema):
    """The filters of items, as every page and feed of the site understands them. Read by roadmap.published.filters."""

    stage: list[str] = values_of("Where the item is: backlog, test, controlled_go_live or live.", "test")
    kind: list[str] = values_of("What is delivered: api, user_interface, guide or backend.", "api")
    audience: list[str] = values_of("Whom it is for, in small letters with hyphens.", "agents")
    api: list[str] = values_of("The name of an API that it concerns, in small letters with hyphens.", "vat-mtd")
    release: list[str] = values_of(
        "The title of its release, in small letters with hyphens; none for what is in no release.", "near-term"
    )
    breaking: list[str] = values_of("Whether software must change for it: yes, no or unknown.", "yes")
    item: list[str] = values_of("Its reference.", "VAT-12")
    q: str = described("Words that must all be in it.", "direct debit", default="")
    changed_since: str = described(
        "A date, or the number of an edition that you have seen: only what changed on or after that day, or after "
        "that edition.",
        "2026-03-24",
        default="",
    )


FILTERS = Query(...)


@operation(
    "/roadmaps/{slug:roadmap}/items",
    "list_items",
    ItemList,
    tag="items",
    query=PARAMETERS,
    is_filtered=True,
    absent="There is no such roadmap, or the page comes after the last.",
)
def list_items(
    request: HttpRequest,
    roadmap: str = slug_of_roadmap(),
    filters: ItemFilters = FILTERS,
    page: PageNumber = PAGE,
    page_size: PageSize = PAGE_SIZE,
) -> HttpResponseBase:
    """Items, all or some.

    The same filters mean the same on the site's pages, feeds, calendar and CSV. Different filters narrow the list.
    """
    about = asked(request, roadmap)
    chosen = read_filters(request.GET, about.published, about.now, besides=PARAMETERS, is_strict=True)
    paging = Paging(f"{about.values.api_url}/items", chosen.values, page, page_size)
    if page > 1:  # the first is always there: whether it is cached needs no counting
        paging.check(len(chosen.items(about.published)), "items")

    def listed() -> Value:
        found = chosen.items(about.published)
        return {
            "edition": about.values.edition,
            **paging.links(len(found)),
            "items": [about.values.item(one) for one in paging.part(found)],
        }

    return about.answer(listed)


@operation(
    "/roadmaps/{slug:roadmap}/items/{slug:reference}",
    "get_item",
    ItemWithHistory,
    tag="items",
    absent="There is no such roadmap or item.",
    gone="The item was withdrawn. The detail says when.",
)
def get_item(
    request: HttpRequest,
    roadmap: str = slug_of_roadmap(),
    reference: str = Path(..., description="The item's reference.", example="VAT-12"),
) -> HttpResponseBase:
    """One item with its history.

    All that happened to it and to its dates since it first appeared, and its description as HTML.
    """
    about = asked(request, roadmap)
    values = about.values
    wanted = reference.upper()  # every reference is in capitals
    found = values.snapshot.item(wanted)
    if found is None:
        raise gone(about, Noun.ITEM, wanted) or NotThere(
            f"There is no such item: see {values.api_url}/items for those that there are."
        )
    uid = found.content.uid

    def told() -> Value:
        history = about.history
        return {
            **values.item(found),
            "description_html": html(found.content.description),
            "history": history_of_item(values, history, uid),
            "dates": dates_of_item(values, history, uid),
        }

    return about.answer_from_history(told)
