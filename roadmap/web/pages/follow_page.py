"""How to follow a roadmap or all of them, or what is chosen of it: every way with its address, and what each is for."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, QueryDict

from roadmap.content.choices import Environment
from roadmap.published.filters import BadFilter, Filters, read_filters
from roadmap.web.addresses import ATOM, CALENDAR, CSV, JSON_FEED, XLSX, Addresses, FollowLink, items_in_api
from roadmap.web.pages.filter_form import misspelt_names
from roadmap.web.pages.reading import RoadmapReading, mountable, page_of
from roadmap.web.pages.views import NOWHERE, THERE

# As calendars on the web take an address that they are to keep looking at.
_GOOGLE = "https://calendar.google.com/calendar/r?cid="
_OUTLOOK = "https://outlook.office.com/calendar/0/addfromweb?url="


@dataclass(frozen=True)
class CalendarToFollow:
    """One address, and what leads to it in the programs that there are."""

    name: str  # what of the dates is in it
    url: str
    anchor: str

    @property
    def webcal(self) -> str:
        """By which a program that keeps calendars opens, to subscribe to it rather than to copy it."""
        return f"webcal:{self.url.partition(':')[2]}"

    @property
    def google(self) -> str:
        return f"{_GOOGLE}{quote(self.webcal, safe='')}"

    @property
    def outlook(self) -> str:
        return f"{_OUTLOOK}{quote(self.url, safe='')}&name={quote(self.name, safe='')}"


@dataclass(frozen=True, eq=False)
class ShownFollow:
    reading: RoadmapReading
    filters: Filters

    @property
    def addresses(self) -> Addresses:
        """Whole: they are read elsewhere."""
        return replace(self.reading.addresses, site=self.reading.origin)

    @property
    def chosen(self) -> str:
        """What is followed, in words; empty for all of it."""
        roadmaps = " or ".join(choice.name for choice in self.reading.roadmap_choices if choice.is_chosen)
        return "; ".join(filter(None, (roadmaps, self.filters.in_words(self.reading.published))))

    @property
    def is_of_all(self) -> bool:
        return self.reading.around is None

    @property
    def calendars(self) -> list[CalendarToFollow]:
        """All dates first; then those in each environment that any item has a date in, unless one was chosen."""
        title, chosen = self.reading.title, self.filters.in_words(self.reading.published)
        query = self.filters.values
        found = [self._calendar(f"{title}: {chosen or 'all dates'}", query, "all")]
        if "environment" in self.filters.facets:
            return found
        items, labels = self.filters.items(self.reading.published), self.reading.roadmap.labels
        for environment in Environment:
            if any(self.filters.has_date(item, environment) for item in items):
                asked = [*query, ("environment", environment.value)]
                name = "; ".join(part for part in (chosen, labels[environment]) if part)
                found.append(self._calendar(f"{title}: {name}", asked, environment.value))
        return found if len(found) > 2 else found[:1]

    def _calendar(self, name: str, query: Sequence[tuple[str, str]], anchor: str) -> CalendarToFollow:
        return CalendarToFollow(name, self.addresses.to(CALENDAR.view, query=query), f"calendar-{anchor}")

    @property
    def start_url(self) -> str:
        return self.addresses.to(CALENDAR.view, query=[*self.filters.values, ("as", "start")])

    def _url(self, link: FollowLink) -> str:
        return self.addresses.to(link.view, query=self.filters.values)

    @property
    def atom(self) -> str:
        return self._url(ATOM)

    @property
    def json_feed(self) -> str:
        return self._url(JSON_FEED)

    @property
    def csv(self) -> str:
        return self._url(CSV)

    @property
    def xlsx(self) -> str:
        return self._url(XLSX)

    @property
    def in_api(self) -> Iterator[tuple[str, str]]:
        """By roadmap: its name, and where a program finds what was chosen; not where it knows nothing of that."""
        for reading in self.reading.in_api:
            with suppress(BadFilter):
                read_filters(QueryDict(self.filters.query[1:]), reading.published, reading.now)
                address = items_in_api(reading.edition.roadmap_slug, self.filters.values)
                yield self.reading.name_of(reading), f"{self.reading.origin}{address}"

    @property
    def items_url(self) -> str:
        return self.reading.addresses.to("items", query=self.filters.values)

    @property
    def all_url(self) -> str:
        return replace(self.reading.addresses, query=()).follow


@mountable
def follow(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    if not reading.is_of_today:
        today = THERE if reading.today else NOWHERE
        return page_of("web/pages/not_found.html", reading, status=404, noun="page", address="follow", today=today)
    problems = reading.problems
    try:
        filters = read_filters(request.GET, reading.published, reading.now)
    except BadFilter as error:
        filters, problems = error.understood, [*problems, *error.problems]
    context: dict[str, Any] = {"shown": ShownFollow(reading, filters), "follow": reading.follow_selection(filters)}
    return page_of(
        "web/pages/follow.html",
        reading,
        section="follow",
        status=400 if problems else 200,
        changes_daily=True,  # words of a filter that are reckoned from today
        problems=[*misspelt_names(request.GET, *reading.besides), *problems],
        **context,
    )
