"""What depends on all steps of a plan together: places in lists, free addresses, columns that are still in use."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import msgspec

from roadmap.content.choices import Noun
from roadmap.content.things import Content, ItemContent, PageContent, RoadmapContent
from roadmap.dates import UnclearDate, parse
from roadmap.techdocs.plan.plan import PlanStep
from roadmap.techdocs.plan.positions import Placed, places
from roadmap.techdocs.plan.source_and_site import There

MAX_SLUG_LENGTH = 80


def in_place(steps: list[PlanStep], there: Mapping[Noun, Sequence[There]]) -> list[PlanStep]:
    """The same, in places that follow the source: see positions. What is there already keeps its own where it can."""
    shown = {thing.uid: thing.place for some in there.values() for thing in some}
    groups: dict[tuple[Noun, str], list[int]] = {}
    for index, step in enumerate(steps):
        if step.noun is not Noun.ROADMAP and step.key and step.after is not None:
            groups.setdefault((step.noun, _list_of(step.after)), []).append(index)
    result = list(steps)
    for (_, within), indexes in groups.items():
        mine = [index for index in indexes if not _is_elsewhere(steps[index])]
        if all(_was_in(steps[index].before, within) for index in mine) and _is_shown_so(
            [cast(Content, steps[index].before) for index in mine], shown
        ):
            continue
        placed = [
            Placed(
                steps[index].before.position if _was_in(steps[index].before, within) else None,  # type: ignore[union-attr]
                steps[index].base.position if _was_in(steps[index].base, within) else None,  # type: ignore[union-attr]
            )
            for index in mine
        ]
        for index, place in zip(mine, places(placed), strict=True):
            after = cast(Content, steps[index].after)  # as all in a list have one
            result[index] = steps[index].but(after=msgspec.structs.replace(after, position=place))
    return result


def _is_shown_so(things: Sequence[Content], shown: Mapping[str, int]) -> bool:
    """Whether readers see them in this order already, the pages of the home page and the others each by themselves."""
    return all(
        order == sorted(order)
        for is_on_home in (True, False)
        if (order := [shown[thing.uid] for thing in things if getattr(thing, "is_on_home", False) is is_on_home])
    )


def _list_of(content: Content) -> str:
    """The list in which its place counts: an item's release, an entry's month, one for all others."""
    if isinstance(content, ItemContent):
        return content.release_uid
    try:
        return str(parse(content.typed).sort_key) if hasattr(content, "body") and hasattr(content, "typed") else ""
    except UnclearDate:
        return str(getattr(content, "typed", ""))


def _was_in(content: Content | None, within: str) -> bool:
    return content is not None and _list_of(content) == within


def _is_elsewhere(step: PlanStep) -> bool:
    """Whether staff have put it into another release than the source: then its place there is theirs."""
    return (
        isinstance(step.after, ItemContent)
        and isinstance(step.record, ItemContent)
        and step.before is not None
        and step.after.release_uid != step.record.release_uid
    )


def with_free_addresses(steps: list[PlanStep], untouched: list[Content]) -> list[PlanStep]:
    """A page keeps its address for good; a new one gets one that is free."""
    taken = {content.slug for content in untouched if isinstance(content, PageContent)}
    taken |= {step.before.slug for step in steps if isinstance(step.before, PageContent)}
    result = []
    for step in steps:
        if isinstance(step.after, PageContent) and step.before is None:
            slug = step.after.slug
            endings = ("", *(f"-{number}" for number in range(2, len(taken) + 3)))
            slug = next(
                wanted
                for wanted in (slug[: MAX_SLUG_LENGTH - len(end)] + end for end in endings)
                if wanted not in taken
            )
            taken.add(slug)
            step = step.but(after=msgspec.structs.replace(step.after, slug=slug))
        result.append(step)
    return result


def with_used_columns(steps: list[PlanStep], untouched: list[Content]) -> PlanStep:
    """A column that is gone from the source stays as long as an item has something in it, and goes with the last."""
    step = steps[0]
    left = [step.after for step in steps if step.after is not None] + untouched
    used = {value.key for content in left if isinstance(content, ItemContent) for value in content.fields}
    after = cast(RoadmapContent, step.after)
    kept = {column.key for column in after.fields}
    before = step.before.fields if isinstance(step.before, RoadmapContent) else ()
    missing = tuple(column for column in before if column.key in used and column.key not in kept)
    if not missing:
        return step
    after = msgspec.structs.replace(after, fields=after.fields + missing)
    if isinstance(step.record, RoadmapContent) and isinstance(step.base, RoadmapContent):
        # Still the import's, so that a later one takes it away.
        still = tuple(column for column in step.base.fields if column.key in {column.key for column in missing})
        return step.but(after=after, record=msgspec.structs.replace(step.record, fields=step.record.fields + still))
    return step.but(after=after)


def with_addresses_of_apis(step: PlanStep, named: Callable[[Any], Any]) -> PlanStep:
    if isinstance(step.after, ItemContent) and step.after.apis:
        return step.but(after=msgspec.structs.replace(step.after, apis=tuple(named(api) for api in step.after.apis)))
    return step
