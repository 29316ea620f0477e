"""Roadmaps: all of them, one whole, and its pages and changelog."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from roadmap.content.choices import Noun
from roadmap.published import store
from roadmap.web.api.operations import ROADMAP, Parameter, answered, asked, operation
from roadmap.web.api.schemas import Changelog, PageList, PageWithHtml, RoadmapList, WholeRoadmap
from roadmap.web.api.serialise import Values
from roadmap.web.api.sync import whole
from roadmap.web.responses import site_of

NO_ROADMAP = "There is no such roadmap."
PAGE = Parameter("page", "The page's part of its address.", "who-we-are", is_in_path=True)


@operation(RoadmapList, tag="roadmaps")
def list_roadmaps(request: HttpRequest) -> HttpResponseBase:
    """The roadmaps that are published.

    Each with its newest edition.
    """
    now = store.now()
    published = store.newest_of_each(at=now)

    def listed() -> RoadmapList:
        return RoadmapList(roadmaps=[Values(roadmap, site_of(request)).roadmap_listed() for roadmap in published])

    return answered(request, listed, published, now)


@operation(WholeRoadmap, ROADMAP, tag="roadmaps", absent=NO_ROADMAP)
def get_roadmap(request: HttpRequest, roadmap: str) -> HttpResponseBase:
    """One roadmap whole.

    All that it has, as it stands now. Keep its cursor: “changes” then sends only what is new.
    """
    about = asked(request, roadmap)
    return about.answer(lambda: whole(about.values))


@operation(PageList, ROADMAP, tag="pages", absent=NO_ROADMAP)
def list_pages(request: HttpRequest, roadmap: str) -> HttpResponseBase:
    """The pages of guidance.

    All of them, in their order, with their Markdown.
    """
    about = asked(request, roadmap)
    return about.answer(lambda: PageList(edition=about.values.edition, pages=about.values.pages()))


@operation(
    PageWithHtml,
    ROADMAP,
    PAGE,
    tag="pages",
    absent="There is no such roadmap or page.",
    gone="The page was withdrawn. The detail says when.",
)
def get_page(request: HttpRequest, roadmap: str, page: str) -> HttpResponseBase:
    """One page of guidance.

    With its text as HTML too.
    """
    about = asked(request, roadmap)
    found = about.values.snapshot.page(page)
    if found is None:
        raise about.not_there(Noun.PAGE, page)
    return about.answer(lambda: about.values.page_with_html(found))


@operation(Changelog, ROADMAP, tag="changelog", absent=NO_ROADMAP)
def get_changelog(request: HttpRequest, roadmap: str) -> HttpResponseBase:
    """The changelog.

    Its notes for readers, newest first, with their Markdown.
    """
    about = asked(request, roadmap)
    return about.answer(lambda: Changelog(edition=about.values.edition, changelog=about.values.changelog()))
