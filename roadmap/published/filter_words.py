"""What an address selects, in words: for the title of a feed or a calendar that stands in a list among others."""

from collections.abc import Iterable, Iterator

from roadmap.content.choices import Environment, Stage
from roadmap.content.shapes import Answer, Apis, Choice, Names
from roadmap.content.things import Content, ItemContent, ReleaseContent, RoadmapContent
from roadmap.dates.clock import uk_date
from roadmap.published.filter_values import FACETS, slug_of
from roadmap.published.filters import NO_RELEASE, Filters
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.published.since import Since
from roadmap.published.store import history_of


def title_of(filters: Filters, published: PublishedRoadmap) -> str:
    """The roadmap's title, and what is selected of it: "VAT (MTD) roadmap: In sandbox or Live; VAT API"."""
    words = in_words(filters, published)
    title = published.snapshot.roadmap.title
    return f"{title}: {words}" if words else title


def in_words(filters: Filters, published: PublishedRoadmap) -> str:
    """Nothing without a filter."""
    values: dict[str, list[str]] = {}
    for name, value in filters.values:
        values.setdefault(name, []).append(value)
    return "; ".join(" or ".join(words_of(name, of_name, filters, published)) for name, of_name in values.items())


def words_of(name: str, values: list[str], filters: Filters, published: PublishedRoadmap) -> list[str]:
    """Of each value of one filter, in their order."""
    if name in FACETS:
        match FACETS[name].shape:
            case Choice() as shape:
                return [shape.words(value) for value in values]
            case Answer():
                answers = {"yes": name, "no": f"not {name}", "unknown": f"not known whether {name}"}
                return [answers[value] for value in values]
            case Names() | Apis():
                return _names(name, values, published)
    match name:
        case "stage":
            return [_stage(Stage(value), published.snapshot.roadmap) for value in values]
        case "release":
            return _names(name, values, published)
        case "q":
            return [f"“{value}”" for value in values]
        case "changed_since" if filters.changed_since:
            return [_since(filters.changed_since)]
    return values


def _stage(stage: Stage, roadmap: RoadmapContent) -> str:
    return "Backlog" if stage is Stage.BACKLOG else roadmap.labels.stage(Environment(stage.value))


def _since(since: Since) -> str:
    return f"changed since {uk_date(since.day)}" if since.day else f"changed after edition {since.edition_number}"


def _names(name: str, slugs: list[str], published: PublishedRoadmap) -> list[str]:
    """As they are now, or where there is none of that name any more, as they were last."""
    found = {NO_RELEASE: "no release"} if name == "release" else {}
    now: list[Content] = [item.content for item in published.snapshot.items]
    found |= _by_slug(name, [*published.snapshot.releases, *now])
    if not set(slugs) <= set(found):
        editions = history_of(published).editions
        found = {**_by_slug(name, (thing.after for edition in editions for thing in edition.told)), **found}
    return [found.get(slug, slug) for slug in slugs]


def _by_slug(name: str, contents: Iterable[Content | None]) -> dict[str, str]:
    return {slug_of(said): said for content in contents for said in _named(name, content)}


def _named(name: str, content: Content | None) -> Iterator[str]:
    if isinstance(content, ReleaseContent) and name == "release":
        yield content.title
    elif isinstance(content, ItemContent) and name in FACETS:
        yield from FACETS[name].shape.facets(FACETS[name].of(content))
