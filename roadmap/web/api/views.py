"""The operations: roadmaps, their pages and changelogs; editions, and what has changed; items, by every filter."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from roadmap.content.choices import Noun
from roadmap.published import store
from roadmap.published.change_words import repeated
from roadmap.published.filters import read_filters
from roadmap.web.api.history_schemas import Changes, EditionList, EditionWithChanges, ItemWithHistory
from roadmap.web.api.operations import ROADMAP, ApiRequest, NotThere, Parameter, answered, operation
from roadmap.web.api.pagination import PAGE, PAGE_SIZE, PARAMETERS, Paging, size
from roadmap.web.api.schemas import Changelog, ItemList, PageList, PageWithHtml, RoadmapList, WholeRoadmap
from roadmap.web.api.serialise import Values
from roadmap.web.api.sync import Cursor, changes_since, read_cursor, whole
from roadmap.web.responses import site_of

NO_ROADMAP = "There is no such roadmap."
NO_PAGE_OF_LIST = "There is no such roadmap, or the page comes after the last."

SLUG = Parameter("page", "The page's part of its address.", "who-we-are", is_in_path=True)
REFERENCE = Parameter("reference", "The item's reference.", "VAT-12", is_in_path=True)
NUMBER = Parameter("number", "The edition's number, from 1.", 2, {"type": "integer"}, is_in_path=True)
SINCE = Parameter(
    "since",
    "The cursor of the whole roadmap, or of the last answer here. Without it, everything is sent.",
    "",  # made when the document is: see openapi.py
)
LIMIT = size("limit", "How many things to send at most")


@operation(RoadmapList, tag="roadmaps")
def list_roadmaps(request: HttpRequest) -> HttpResponseBase:
    """The roadmaps that are published.

    Each with its newest edition.
    """
    now = store.now()
    published = store.newest_of_each(at=now)
    values = [Values(roadmap, site_of(request)) for roadmap in published]
    return answered(request, lambda: RoadmapList(roadmaps=[of.roadmap_listed() for of in values]), published, now)


@operation(WholeRoadmap, ROADMAP, tag="roadmaps", absent=NO_ROADMAP)
def get_roadmap(about: ApiRequest) -> HttpResponseBase:
    """One roadmap whole.

    All that it has, as it stands now. Keep its cursor: “changes” then sends only what is new.
    """
    return about.answer(lambda: whole(about.values))


@operation(PageList, ROADMAP, tag="pages", absent=NO_ROADMAP)
def list_pages(about: ApiRequest) -> HttpResponseBase:
    """The pages of guidance.

    All of them, in their order, with their Markdown.
    """
    return about.answer(lambda: PageList(edition=about.values.edition, pages=about.values.pages()))


@operation(
    PageWithHtml,
    ROADMAP,
    SLUG,
    tag="pages",
    absent="There is no such roadmap or page.",
    gone="The page was withdrawn. The detail says when.",
)
def get_page(about: ApiRequest, page: str) -> HttpResponseBase:
    """One page of guidance.

    With its text as HTML too.
    """
    found = about.values.snapshot.page(page)
    if found is None:
        raise about.not_there(Noun.PAGE, page)
    return about.answer(lambda: about.values.page_with_html(found))


@operation(Changelog, ROADMAP, tag="changelog", absent=NO_ROADMAP)
def get_changelog(about: ApiRequest) -> HttpResponseBase:
    """The changelog.

    Its notes for readers, newest first, with their Markdown.
    """
    return about.answer(lambda: Changelog(edition=about.values.edition, changelog=about.values.changelog()))


@operation(EditionList, ROADMAP, PAGE, PAGE_SIZE, tag="editions", absent=NO_PAGE_OF_LIST)
def list_editions(about: ApiRequest, page: int, page_size: int) -> HttpResponseBase:
    """The editions.

    Every act of publishing that readers have seen, newest first.
    """
    paging = Paging(about.values, "api_list_editions", (), page, page_size)
    paging.check(about.published.edition.number, "editions")  # they are counted from 1 without a gap
    return about.answer_from_history(
        lambda: paging.answer(EditionList, "editions", about.history.editions[::-1], about.values.past_edition)
    )


@operation(EditionWithChanges, ROADMAP, NUMBER, tag="editions", absent="There is no such roadmap or edition.")
def get_edition(about: ApiRequest, number: int) -> HttpResponseBase:
    """One edition with its changes.

    It never changes, but for dates that a roadmap has since begun to keep to itself.
    """
    newest = about.published.edition.number
    if number > newest:
        raise NotThere(f"There is no edition {repeated(str(number))}: the newest is {newest}.")
    past = about.history.edition(number)
    if past is None:
        raise NotThere(f"There is no edition {number}.")
    return about.answer_from_history(lambda: about.values.edition_with_changes(past))


@operation(Changes, ROADMAP, SINCE, LIMIT, tag="changes", absent=NO_ROADMAP)
def get_changes(about: ApiRequest, since: str | None, limit: int) -> HttpResponseBase:
    """What has changed since a cursor.

    For keeping a copy. From any cursor: put each value in place of what you have under its uid, remove what was
    removed, and ask again with the new cursor while there is more. Then your copy is what the whole roadmap is now,
    whatever is published meanwhile. A thing that changed often is sent once, as it is now.
    """
    cursor = Cursor() if since is None else read_cursor(since, about.published)
    return about.answer(lambda: changes_since(about.values, cursor, limit))


# Items


def _values(name: str, description: str, example: str) -> Parameter:
    schema = {"type": "array", "items": {"type": "string"}}
    return Parameter(name, f"{description} Give it again for more: any of them will do.", [example], schema)


# As every page and feed of the site understands them: read by roadmap.published.filters.
FILTERS = [
    _values("stage", "Where the item is: backlog, test, controlled_go_live or live.", "test"),
    _values("environment", "Where it has a date: test, controlled_go_live or live.", "live"),
    _values("kind", "What is delivered: api, user_interface, guide or backend.", "api"),
    _values("audience", "Whom it is for, in small letters with hyphens.", "agents"),
    _values("api", "The name of an API that it concerns, in small letters with hyphens.", "vat-mtd-api"),
    _values(
        "release",
        "The title of its release, in small letters with hyphens; none for what is in no release.",
        "near-term",
    ),
    _values("breaking", "Whether software must change for it: yes, no or unknown.", "yes"),
    _values("item", "Its reference.", "VAT-12"),
    Parameter(
        "from",
        "A date: only items with a date then or later, in one of the environments where any is given. Dates like "
        "“Q3 2026” are all of their days, and any of those will do. “Today” and “next month” are understood too.",
        "1 January 2026",
    ),
    Parameter("to", "The same the other way: only items with a date then or earlier.", "December 2026"),
    Parameter(
        "moved",
        "Later: only items of which a date has moved later, or is to be confirmed again; with “changed_since”, since "
        "then. A roadmap that does not tell its earlier dates refuses it.",
        "later",
    ),
    Parameter("overdue", "Yes: only items of which a date has passed, and that have not arrived.", "yes"),
    Parameter("q", "Words that must all be in it.", "direct debit"),
    Parameter(
        "changed_since",
        "A date, or the number of an edition that you have seen: only what changed on or after that day, or after "
        "that edition.",
        "2026-03-24",
    ),
]


@operation(ItemList, ROADMAP, PAGE, PAGE_SIZE, tag="items", filters=FILTERS, absent=NO_PAGE_OF_LIST)
def list_items(about: ApiRequest, page: int, page_size: int) -> HttpResponseBase:
    """Items, all or some.

    The same filters mean the same on the site's pages, feeds, calendar and CSV. Different filters narrow the list.
    """
    chosen = read_filters(about.request.GET, about.published, about.now, besides=PARAMETERS, is_strict=True)
    paging = Paging(about.values, "api_list_items", chosen.values, page, page_size)
    if page > 1:  # the first is always there: whether it is cached needs no counting
        paging.check(len(chosen.items(about.published)), "items")
    return about.answer(
        lambda: paging.answer(ItemList, "items", chosen.items(about.published), about.values_today.item),
        changes_daily=True,
    )


@operation(
    ItemWithHistory,
    ROADMAP,
    REFERENCE,
    tag="items",
    absent="There is no such roadmap or item.",
    gone="The item was withdrawn. The detail says when.",
)
def get_item(about: ApiRequest, reference: str) -> HttpResponseBase:
    """One item with its history.

    All that happened to it and to its dates since it first appeared, and its description as HTML.
    """
    wanted = reference.upper()  # every reference is in capitals
    found = about.values.snapshot.item(wanted)
    if found is None:
        raise about.not_there(Noun.ITEM, wanted)
    return about.answer_from_history(
        lambda: about.values_today.item_with_history(found, about.history), changes_daily=True
    )
