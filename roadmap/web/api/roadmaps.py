"""Roadmaps: all of them, one whole, and its pages and changelog."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Path

from roadmap.content.choices import Noun
from roadmap.published import clock, store
from roadmap.web.api.answers import Changelog, PageList, RoadmapList, WholeRoadmap
from roadmap.web.api.gone import gone
from roadmap.web.api.operations import NotThere, answered, asked, operation, site_of, slug_of_roadmap
from roadmap.web.api.schemas import PageWithHtml
from roadmap.web.api.serialise import Value, Values, html
from roadmap.web.api.sync import whole

NO_ROADMAP = "There is no such roadmap."


@operation("/roadmaps", "list_roadmaps", RoadmapList, tag="roadmaps")
def list_roadmaps(request: HttpRequest) -> HttpResponseBase:
    """The roadmaps that are published.

    Each with its newest edition.
    """
    now = clock.now()
    published = store.newest_of_each(at=now)

    def listed() -> Value:
        found = [Values(one, site_of(request)) for one in published]
        return {"roadmaps": [{**one.roadmap(), "edition": one.edition} for one in found]}

    return answered(request, listed, published, now)


@operation("/roadmaps/{slug:roadmap}", "get_roadmap", WholeRoadmap, tag="roadmaps", absent=NO_ROADMAP)
def get_roadmap(request: HttpRequest, roadmap: str = slug_of_roadmap()) -> HttpResponseBase:
    """One roadmap whole.

    All that it has, as it stands now. Keep its cursor: “changes” then sends only what is new.
    """
    about = asked(request, roadmap)
    return about.answer(lambda: whole(about.values))


@operation("/roadmaps/{slug:roadmap}/pages", "list_pages", PageList, tag="pages", absent=NO_ROADMAP)
def list_pages(request: HttpRequest, roadmap: str = slug_of_roadmap()) -> HttpResponseBase:
    """The pages of guidance.

    All of them, in their order, with their Markdown.
    """
    about = asked(request, roadmap)
    return about.answer(lambda: {"edition": about.values.edition, "pages": about.values.pages()})


@operation(
    "/roadmaps/{slug:roadmap}/pages/{slug:page}",
    "get_page",
    PageWithHtml,
    tag="pages",
    absent="There is no such roadmap or page.",
    gone="The page was withdrawn. The detail says when.",
)
def get_page(
    request: HttpRequest,
    roadmap: str = slug_of_roadmap(),
    page: str = Path(..., description="The page's part of its address.", example="who-we-are"),
) -> HttpResponseBase:
    """One page of guidance.

    With its text as HTML too.
    """
    about = asked(request, roadmap)
    found = about.values.snapshot.page(page)
    if found is None:
        raise gone(about, Noun.PAGE, page) or NotThere(
            f"There is no such page: see {about.values.api_url}/pages for those that there are."
        )
    return about.answer(lambda: {**about.values.page(found), "body_html": html(found.body)})


@operation("/roadmaps/{slug:roadmap}/changelog", "get_changelog", Changelog, tag="changelog", absent=NO_ROADMAP)
def get_changelog(request: HttpRequest, roadmap: str = slug_of_roadmap()) -> HttpResponseBase:
    """The changelog.

    Its notes for readers, newest first, with their Markdown.
    """
    about = asked(request, roadmap)
    return about.answer(lambda: {"edition": about.values.edition, "changelog": about.values.changelog()})
