"""Items: a list that every filter of the site narrows, and one with all that happened to it."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from msgspec.structs import asdict

from roadmap.content.choices import Noun
from roadmap.published.filters import read_filters
from roadmap.web.api.history_schemas import ItemWithHistory
from roadmap.web.api.operations import ROADMAP, Parameter, asked, operation
from roadmap.web.api.pagination import PAGE, PAGE_SIZE, PARAMETERS, Paging
from roadmap.web.api.schemas import ItemList

REFERENCE = Parameter("reference", "The item's reference.", "VAT-12", is_in_path=True)


def _values(name: str, description: str, example: str) -> Parameter:
    schema = {"type": "array", "items": {"type": "string"}}
    return Parameter(name, f"{description} Give it again for more: any of them will do.", [example], schema)


# As every page and feed of the site understands them: read by roadmap.published.filters.
FILTERS = [
    _values("stage", "Where the item is: backlog, test, controlled_go_live or live.", "test"),
    _values("kind", "What is delivered: api, user_interface, guide or backend.", "api"),
    _values("audience", "Whom it is for, in small letters with hyphens.", "agents"),
    _values("api", "The name of an API that it concerns, in small letters with hyphens.", "vat-mtd"),
    _values(
        "release",
        "The title of its release, in small letters with hyphens; none for what is in no release.",
        "near-term",
    ),
    _values("breaking", "Whether software must change for it: yes, no or unknown.", "yes"),
    _values("item", "Its reference.", "VAT-12"),
    Parameter("q", "Words that must all be in it.", "direct debit"),
    Parameter(
        "changed_since",
        "A date, or the number of an edition that you have seen: only what changed on or after that day, or after "
        "that edition.",
        "2026-03-24",
    ),
]


@operation(
    ItemList,
    ROADMAP,
    PAGE,
    PAGE_SIZE,
    tag="items",
    filters=FILTERS,
    absent="There is no such roadmap, or the page comes after the last.",
)
def list_items(request: HttpRequest, roadmap: str, page: int, page_size: int) -> HttpResponseBase:
    """Items, all or some.

    The same filters mean the same on the site's pages, feeds, calendar and CSV. Different filters narrow the list.
    """
    about = asked(request, roadmap)
    values = about.values
    chosen = read_filters(request.GET, about.published, about.now, besides=PARAMETERS, is_strict=True)
    paging = Paging(values.operations, "api_list_items", chosen.values, page, page_size)
    if page > 1:  # the first is always there: whether it is cached needs no counting
        paging.check(len(chosen.items(about.published)), "items")

    def listed() -> ItemList:
        found = chosen.items(about.published)
        items = [values.item(item) for item in paging.part(found)]
        return ItemList(**asdict(paging.place(values.edition, len(found))), items=items)

    return about.answer(listed)


@operation(
    ItemWithHistory,
    ROADMAP,
    REFERENCE,
    tag="items",
    absent="There is no such roadmap or item.",
    gone="The item was withdrawn. The detail says when.",
)
def get_item(request: HttpRequest, roadmap: str, reference: str) -> HttpResponseBase:
    """One item with its history.

    All that happened to it and to its dates since it first appeared, and its description as HTML.
    """
    about = asked(request, roadmap)
    wanted = reference.upper()  # every reference is in capitals
    found = about.values.snapshot.item(wanted)
    if found is None:
        raise about.not_there(Noun.ITEM, wanted)
    return about.answer_from_history(lambda: about.values.item_with_history(found, about.history))
