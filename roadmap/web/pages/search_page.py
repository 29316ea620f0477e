"""The search of all published roadmaps, and of some of them. It knows no draft and no earlier day."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from roadmap.content.things import counted, joined
from roadmap.published import store
from roadmap.published.all_roadmaps import names_of, unknown_roadmaps
from roadmap.published.filters import CONTROLS, MAX_WORDS_LENGTH, Problem
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.published.search.asked import Asked, read_asked
from roadmap.published.search.documents import Found
from roadmap.published.search.found import Hit, Results
from roadmap.published.search.marked import Passage
from roadmap.web.addresses import public_addresses
from roadmap.web.pages.all_reading import follow_all
from roadmap.web.pages.item_page import WITHDRAWN_TAG, Tag, tag_of
from roadmap.web.pagination import PaginationLink, read_page
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import kept, page

ON_A_PAGE = 20


@in_format(Format.PAGE)
def search(request: HttpRequest) -> HttpResponseBase:
    now = store.now()
    published = store.newest_of_each(at=now, with_history=True)
    shown = SearchPage(request.GET, published)
    status = 400 if shown.problems else 404 if shown.asked and shown.is_past_end else 200
    follow = follow_all() if published else None
    answer = page("web/pages/search.html", status=status, search=shown, follow=follow)
    answer["X-Robots-Tag"] = "noindex"  # search engines find what it finds
    return kept(request, answer, [roadmap.edition for roadmap in published], now)


@dataclass(frozen=True)
class ShownHit:
    hit: Hit
    roadmap: str  # what it is called among the others

    @property
    def url(self) -> str:
        document = self.hit.document
        to = public_addresses(self.hit.published.edition.roadmap_slug)
        match document.kind:
            case Found.ITEM:
                return to.item(document.address)
            case Found.PAGE:
                return to.page(document.address)
            case Found.ENTRY:
                return to.to("changelog", fragment=document.address)
            case Found.API:
                return to.api(document.address)
            case Found.RELEASE:
                return to.to("items", query=[("release", document.address)])
            case Found.COLUMN:
                return to.items
        return to.home

    @property
    def tag(self) -> Tag | None:
        document = self.hit.document
        if document.is_withdrawn:
            return WITHDRAWN_TAG
        return tag_of(document.item) if document.item else None

    @property
    def title(self) -> SafeString:
        return _marked(self.hit.title)

    @property
    def about(self) -> SafeString:
        """What it is, and where: "Item VAT-12 · VAT roadmap"."""
        return format_html("{} {} · {}", self.hit.document.kind.value, _marked(self.hit.reference), self.roadmap)

    @property
    def text(self) -> SafeString:
        name = f"{self.hit.name}: " if self.hit.name else ""
        return format_html("{}{}", name, _marked(self.hit.text))


def _marked(pieces: Iterable[Passage]) -> SafeString:
    return mark_safe("".join(f"<mark>{escape(text)}</mark>" if is_match else escape(text) for text, is_match in pieces))  # noqa: S308


@dataclass(frozen=True)
class Narrowing:
    """The same question, of one roadmap."""

    title: str
    count: int
    url: str


class SearchPage:
    """What is asked for, and what follows from it, reckoned when a template first asks for it."""

    def __init__(self, query: QueryDict, published: Sequence[PublishedRoadmap]):
        self.published = published
        self._names = names_of(published)
        typed = " ".join(" ".join(query.getlist("q")).translate(CONTROLS).split())
        # Nothing that a reader pasted turns the words about it round.
        self.typed = "".join(character for character in typed if character.isprintable())
        self.slugs = [*dict.fromkeys(slug.strip() for slug in query.getlist("roadmap") if slug.strip())]
        self.number = read_page(query)
        self.problems = [*self._problems()]

    def _problems(self) -> Iterator[Problem]:
        if len(self.typed) > MAX_WORDS_LENGTH:
            yield Problem(
                "q", self.typed, f"Search for up to {MAX_WORDS_LENGTH} characters: this is {len(self.typed)}."
            )
        yield from unknown_roadmaps("", self.slugs, self.published)

    @property
    def problem_of_words(self) -> str:
        return next((problem.message for problem in self.problems if problem.name == "q"), "")

    @cached_property
    def searched(self) -> list[PublishedRoadmap]:
        return [roadmap for roadmap in self.published if not self.slugs or roadmap.edition.roadmap_slug in self.slugs]

    @property
    def titles(self) -> str:
        """Of the roadmaps that are searched; nothing where all are."""
        return joined([self._name(roadmap) for roadmap in self.searched]) if self.slugs else ""

    def _name(self, roadmap: PublishedRoadmap) -> str:
        return self._names[roadmap.edition.roadmap_slug]

    @property
    def label(self) -> str:
        return f"Search {self.titles or 'all roadmaps'}"

    @cached_property
    def asked(self) -> Asked:
        return Asked() if self.problems else read_asked(self.typed)

    @cached_property
    def results(self) -> Results:
        return Results(self.asked, self.searched)

    @property
    def heading(self) -> str:
        return counted(len(self.results), "result")

    @property
    def is_past_end(self) -> bool:
        return (self.number - 1) * ON_A_PAGE >= max(len(self.results), 1)

    @cached_property
    def groups(self) -> list[tuple[str, list[ShownHit]]]:
        """Of this page: what has each word, and what has a word that is only like one, each under a heading."""
        first = (self.number - 1) * ON_A_PAGE
        middle, end, count = self.results.alike_from, first + ON_A_PAGE, len(self.results)
        parts = [
            (counted(middle, "result"), first, min(end, middle)),
            (f"{counted(count - middle, 'result')} with a similar spelling", max(first, middle), end),
        ]
        return [
            (heading, [ShownHit(hit, self._name(hit.published)) for hit in hits])
            for heading, start, stop in parts
            if start < stop and (hits := self.results.hits(start, stop))
        ]

    @property
    def alone(self) -> list[Narrowing]:
        """Where nothing has all the words, each that something has."""
        found = self.results.alone() if len(self.asked.words) > 1 else []
        return [Narrowing(word, count, self._url(q=word)) for word, count in found if count]

    @property
    def unquoted_url(self) -> str:
        """The same words in any order; nothing where no phrase is asked for."""
        words = " ".join(part for phrase in self.asked.phrases for part in phrase)
        return self._url(q=" ".join([*(word.written for word in self.asked.words), words])) if words else ""

    @property
    def by_roadmap(self) -> list[Narrowing]:
        """Nothing where all is found on one."""
        found = [
            Narrowing(self._name(roadmap), count, self._url(roadmap=roadmap.edition.roadmap_slug))
            for roadmap, count in zip(self.searched, self.results.counts, strict=True)
            if count
        ]
        return found if len(found) > 1 else []

    @property
    def all_url(self) -> str:
        return reverse("web:search", query={"q": self.typed})

    @property
    def first_url(self) -> str:
        return self._url()

    @property
    def before(self) -> PaginationLink | None:
        return self._page("Previous results", self.number - 1) if self.number > 1 else None

    @property
    def after(self) -> PaginationLink | None:
        return self._page("More results", self.number + 1) if len(self.results) > self.number * ON_A_PAGE else None

    def _page(self, title: str, number: int) -> PaginationLink:
        count = -(-len(self.results) // ON_A_PAGE)
        return PaginationLink(
            title, f"Page {number} of {count}", self._url(**({"page": str(number)} if number > 1 else {}))
        )

    def _url(self, **other: str) -> str:
        return reverse("web:search", query={"q": self.typed, "roadmap": self.slugs, **other})
