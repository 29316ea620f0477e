"""The APIs of one roadmap, and all about one: what concerned it, what does, what comes, and how to follow it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from roadmap.content.choices import Noun, Stage
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import ApiVersion, counted, joined, lower_first
from roadmap.published.filter_values import by_number, labels_of, read_value, renamed_apis, slug_of, values_now
from roadmap.published.filters import Filters
from roadmap.published.history import History, ThingTold
from roadmap.web.addresses import Follow
from roadmap.web.pages.edition_page import MOST_LINES, ShownEdition
from roadmap.web.pages.item_page import WITHDRAWN_TAG, soonest_first
from roadmap.web.pages.linked_data import web_api
from roadmap.web.pages.reading import RoadmapReading, mountable, page_of
from roadmap.web.pages.stages import ItemsOfStage, stages_of
from roadmap.web.pages.views import NOWHERE, THERE

MOST_ITEMS = 50  # of a stage, that the page of an API has; all are a link away
MOST_EDITIONS = 5  # of which the page of an API tells; all others are a link away


@dataclass(frozen=True, eq=False)
class ShownApi:
    """One API, by the value that a filter knows it by."""

    reading: RoadmapReading
    slug: str

    @cached_property
    def filters(self) -> Filters:
        return Filters(facets={"api": frozenset({self.slug})})

    def filters_ever(self, history: History) -> Filters:
        """By what it was known before too."""
        renamed = renamed_apis(self.reading.published, history)
        known = {self.slug}
        while before := {old for old, new in renamed.items() if new in known} - known:
            known |= before
        return Filters(facets={"api": frozenset(known)})

    @cached_property
    def name(self) -> str:
        return labels_of("api", [self.slug], self.reading.published)[self.slug]

    @property
    def url(self) -> str:
        return self.reading.addresses.api(self.slug)

    @cached_property
    def items(self) -> list[PlacedItem]:
        return self.filters.items(self.reading.published)

    @cached_property
    def _named(self) -> list[ApiVersion]:
        return [api for item in self.items for api in item.content.apis if slug_of(api.name) == self.slug]

    @property
    def documentation(self) -> str:
        return next((api.link for api in self._named if api.link), "")

    @property
    def versions(self) -> list[str]:
        return sorted({api.version.lstrip("vV") for api in self._named if api.version})

    @property
    def summary(self) -> str:
        """What there is now: "3 items: 1 in sandbox and 2 live. 1 of them may break software that uses it"."""
        if not self.items:
            is_past = self.reading.is_past
            return f"Nothing on this roadmap {'concerned it then' if is_past else 'concerns it at the moment'}"
        stages = Counter(item.stage for item in self.items)
        labels = {item.stage: item.stage_label for item in self.items}
        parts = [f"{stages[stage]} {lower_first(labels[stage])}" for stage in Stage if stage in stages]
        said = f"{counted(len(self.items), Noun.ITEM)}: {joined(parts)}"
        if len(parts) == 1:
            where = lower_first(labels[self.items[0].stage])
            said = f"1 item, {where}" if len(self.items) == 1 else f"{len(self.items)} items, all {where}"
        breaking = len([item for item in self.items if item.content.is_breaking])
        which = "It" if len(self.items) == 1 else f"{breaking} of them"
        return f"{said}. {which} may break software that uses it" if breaking else said

    @property
    def next_date(self) -> str:
        """The soonest that is still to come: "Sandbox: March 2027"."""
        ahead = [
            (when.sort_key, f"{item.roadmap.labels[environment]}: {when.in_sentence}")
            for item in self.items
            for environment, when in item.ahead.items()
            if soonest_first([when], self.reading.current_day)[0] is False
        ]
        return min(ahead)[1] if ahead else ""

    @property
    def stages(self) -> list[ItemsOfStage]:
        return stages_of(self.reading, self.items, self.slug, MOST_ITEMS)

    @property
    def follow(self) -> Follow | None:
        follow = self.reading.follow_selection(self.filters)
        return follow and replace(follow, heading="Follow this API", title=self.name)

    @property
    def enquiry_url(self) -> str:
        return self.reading.enquiry(self.name, self.url)


def _apis(reading: RoadmapReading) -> list[ShownApi]:
    """Those that any item concerns now, by name."""
    shown = [ShownApi(reading, slug) for slug in values_now(reading.published)["api"]]
    return sorted(shown, key=lambda api: by_number(api.name.casefold()))


def _past(api: ShownApi, history: History) -> dict[str, Any]:
    """What happened to it: the newest Editions that changed anything of it, and the items that are no more."""
    told: list[tuple[Any, Sequence[ThingTold]]] = []
    filters = api.filters_ever(history)
    found = ((edition, filters.told(edition)) for edition in reversed(history.editions))
    for edition, things in found:
        if things:
            told.append((edition, things))
        if len(told) > MOST_EDITIONS:
            break
    editions = [ShownEdition(api.reading, edition, things, MOST_LINES, filters) for edition, things in told]
    withdrawn = sorted(filters.withdrawn(history), key=lambda thing: thing.title.casefold())
    name_of, addresses = api.reading.published.name_of, api.reading.addresses
    return {
        "editions": editions[:MOST_EDITIONS],
        "has_more": len(editions) > MOST_EDITIONS,
        "all_url": addresses.to("changes", query=[("since", "0"), *filters.values]),
        "withdrawn": [
            (name_of(thing.title, thing.address), addresses.item(thing.address), WITHDRAWN_TAG) for thing in withdrawn
        ],
    }


def _slug_of(api: str, reading: RoadmapReading) -> str:
    """By which a filter knows it, however its name is written; empty where there is none."""
    try:
        return read_value("api", api, reading.published)
    except ValueError:
        return ""


@mountable
def apis(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    return page_of("web/pages/apis.html", reading, section="apis", changes_daily=True, apis=lambda: _apis(reading))


@mountable
def api(request: HttpRequest, reading: RoadmapReading, api: str) -> HttpResponse:
    """Of one that items concern, or concerned once. By another way of writing its name, or one that it had, it leads
    there.
    """
    slug = _slug_of(api, reading)
    if not slug:
        today = THERE if reading.today and _slug_of(api, reading.today) else NOWHERE
        return page_of("web/pages/not_found.html", reading, status=404, noun="API", address=api, today=today)
    if slug != api:
        return HttpResponsePermanentRedirect(reading.addresses.api(slug))
    shown, history = ShownApi(reading, slug), reading.history_if_there()
    if history and not shown.items and (new := renamed_apis(reading.published, history).get(slug)):
        return HttpResponsePermanentRedirect(reading.addresses.api(new))
    return page_of(
        "web/pages/api.html",
        reading,
        section="apis",
        changes_daily=reading.day is None,
        is_passing=reading.is_behind(history),
        api=shown,
        past=lambda: history and _past(shown, history),
        follow=lambda: shown.follow,
        linked_data=lambda: web_api(reading, shown.name, shown.documentation),
    )
