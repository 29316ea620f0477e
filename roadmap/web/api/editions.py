"""Editions: each act of publishing, and what it changed; and what changed since somebody last asked."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Path, Query

from roadmap.published.change_words import repeated
from roadmap.web.api import told
from roadmap.web.api.answers import Changes, EditionList, EditionWithChanges
from roadmap.web.api.cursor import BEGINNING, read_cursor
from roadmap.web.api.operations import NotThere, asked, operation, slug_of_roadmap
from roadmap.web.api.pagination import MOST, PAGE, PAGE_SIZE, PARAMETERS, USUAL_SIZE, PageNumber, PageSize, Paging
from roadmap.web.api.roadmaps import NO_ROADMAP
from roadmap.web.api.serialise import Value
from roadmap.web.api.sync import changes_since

LIMIT = Query(USUAL_SIZE, description=f"How many things to send at most: up to {MOST}.", example=USUAL_SIZE)


@operation(
    "/roadmaps/{slug:roadmap}/editions",
    "list_editions",
    EditionList,
    tag="editions",
    query=PARAMETERS,
    absent="There is no such roadmap, or the page comes after the last.",
)
def list_editions(
    request: HttpRequest,
    roadmap: str = slug_of_roadmap(),
    page: PageNumber = PAGE,
    page_size: PageSize = PAGE_SIZE,
) -> HttpResponseBase:
    """The editions.

    Every act of publishing that readers have seen, newest first.
    """
    about = asked(request, roadmap)
    paging = Paging(f"{about.values.api_url}/editions", (), page, page_size)
    paging.check(about.published.edition.number, "editions")  # they are counted from 1 without a gap

    def listed() -> Value:
        newest_first = about.history.editions[::-1]
        return {
            "edition": about.values.edition,
            **paging.links(len(newest_first)),
            "editions": [told.edition(about.values, one) for one in paging.part(newest_first)],
        }

    return about.answer_from_history(listed)


@operation(
    "/roadmaps/{slug:roadmap}/editions/{int:number}",
    "get_edition",
    EditionWithChanges,
    tag="editions",
    absent="There is no such roadmap or edition.",
)
def get_edition(
    request: HttpRequest,
    roadmap: str = slug_of_roadmap(),
    number: int = Path(..., description="The edition's number, from 1.", example=2),
) -> HttpResponseBase:
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
    return about.answer_from_history(lambda: told.edition_with_changes(about.values, about.history, past))


@operation(
    "/roadmaps/{slug:roadmap}/changes",
    "get_changes",
    Changes,
    tag="changes",
    query=("since", "limit"),
    absent=NO_ROADMAP,
)
def get_changes(
    request: HttpRequest,
    roadmap: str = slug_of_roadmap(),
    since: str | None = Query(
        None,
        description="The cursor of the whole roadmap, or of the last answer here. Without it, everything is sent.",
    ),
    limit: PageSize = LIMIT,
) -> HttpResponseBase:
    """What has changed since a cursor.

    For keeping a copy. From any cursor: put each value in place of what you have under its uid, remove what was
    removed, and ask again with the new cursor while there is more. Then your copy is what the whole roadmap is now,
    whatever is published meanwhile. A thing that changed often is sent once, as it is now.
    """
    about = asked(request, roadmap)
    cursor = BEGINNING if since is None else read_cursor(since, about.published)
    return about.answer(lambda: changes_since(about.values, cursor, limit))
