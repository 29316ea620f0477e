"""Editions: each act of publishing, and what it changed; and what changed since somebody last asked."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from msgspec.structs import asdict

from roadmap.published.change_words import repeated
from roadmap.web.api.cursor import BEGINNING, read_cursor
from roadmap.web.api.history_schemas import Changes, EditionList, EditionWithChanges
from roadmap.web.api.operations import ROADMAP, NotThere, Parameter, asked, operation
from roadmap.web.api.pagination import PAGE, PAGE_SIZE, Paging, size
from roadmap.web.api.roadmaps import NO_ROADMAP
from roadmap.web.api.sync import changes_since

NUMBER = Parameter("number", "The edition's number, from 1.", 2, {"type": "integer"}, is_in_path=True)
SINCE = Parameter(
    "since",
    "The cursor of the whole roadmap, or of the last answer here. Without it, everything is sent.",
    "",  # made when the document is: see openapi.py
)
LIMIT = size("limit", "How many things to send at most")


@operation(
    EditionList,
    ROADMAP,
    PAGE,
    PAGE_SIZE,
    tag="editions",
    absent="There is no such roadmap, or the page comes after the last.",
)
def list_editions(request: HttpRequest, roadmap: str, page: int, page_size: int) -> HttpResponseBase:
    """The editions.

    Every act of publishing that readers have seen, newest first.
    """
    about = asked(request, roadmap)
    values = about.values
    paging = Paging(values.operations, "api_list_editions", (), page, page_size)
    paging.check(about.published.edition.number, "editions")  # they are counted from 1 without a gap

    def listed() -> EditionList:
        newest_first = about.history.editions[::-1]
        editions = [values.past_edition(past) for past in paging.part(newest_first)]
        return EditionList(**asdict(paging.place(values.edition, len(newest_first))), editions=editions)

    return about.answer_from_history(listed)


@operation(EditionWithChanges, ROADMAP, NUMBER, tag="editions", absent="There is no such roadmap or edition.")
def get_edition(request: HttpRequest, roadmap: str, number: int) -> HttpResponseBase:
    """One edition with its changes.

    It never changes, but for dates that a roadmap has since begun to keep to itself.
    """
    about = asked(request, roadmap)
    newest = about.published.edition.number
    if number > newest:
        raise NotThere(f"There is no edition {repeated(str(number))}: the newest is {newest}.")
    past = about.history.edition(number)
    if past is None:
        raise NotThere(f"There is no edition {number}.")
    return about.answer_from_history(lambda: about.values.edition_with_changes(past))


@operation(Changes, ROADMAP, SINCE, LIMIT, tag="changes", absent=NO_ROADMAP)
def get_changes(request: HttpRequest, roadmap: str, since: str | None, limit: int) -> HttpResponseBase:
    """What has changed since a cursor.

    For keeping a copy. From any cursor: put each value in place of what you have under its uid, remove what was
    removed, and ask again with the new cursor while there is more. Then your copy is what the whole roadmap is now,
    whatever is published meanwhile. A thing that changed often is sent once, as it is now.
    """
    about = asked(request, roadmap)
    cursor = BEGINNING if since is None else read_cursor(since, about.published)
    return about.answer(lambda: changes_since(about.values, cursor, limit))
