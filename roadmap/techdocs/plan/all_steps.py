"""What depends on all steps of a plan together: whole releases, places in lists, free addresses, columns in use."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import cast

import msgspec

from roadmap.content.choices import Noun
from roadmap.content.things import ChangelogEntryContent, Content, ItemContent, PageContent, RoadmapContent
from roadmap.dates import UnclearDate, parse
from roadmap.techdocs.parse.blocks import Doubt
from roadmap.techdocs.plan.plan import PlanStep, doubt_at
from roadmap.techdocs.plan.source_and_site import There, free_name

FIRST = 1000
STEP = 10


def with_whole_releases(steps: list[PlanStep], untouched: list[Content]) -> tuple[list[PlanStep], list[Doubt]]:
    """No release goes while something is left in it, and one that staff deleted comes back for what is new."""
    left = [step.after for step in steps if step.after is not None] + untouched
    used = {content.release_uid: content for content in left if isinstance(content, ItemContent)}
    result, doubts = [], []
    for step in steps:
        inside = used.get(step.uid) if step.noun is Noun.RELEASE and step.after is None else None
        if inside is not None:
            if step.before is not None:
                text = "is not in the source any more. It was kept"
                step = step.but(after=step.before, record=step.base)
            else:
                text = "was deleted by staff. It was made again"
                step = step.but(after=step.record or step.base)
            doubts.append(doubt_at(step.source, f"The release “{step.title}” {text}, for “{inside.title}” is in it."))
        result.append(step)
    return result, doubts


def in_place(steps: list[PlanStep], there: Mapping[Noun, Sequence[There]]) -> list[PlanStep]:
    """The same, in places that follow the source: see `places`. What is there already keeps its own where it can."""
    shown = {thing.uid: thing.place for some in there.values() for thing in some}
    groups: dict[tuple[Noun, str], list[int]] = defaultdict(list)
    for index, step in enumerate(steps):
        if step.noun is not Noun.ROADMAP and step.key and step.after is not None and not _is_elsewhere(step):
            groups[step.noun, _list_of(step.after)].append(index)
    result = list(steps)
    for (_, within), indexes in groups.items():
        mine = [steps[index] for index in indexes]
        now = [_place_in(within, step.before) for step in mine]
        if None not in now and _is_shown_so([step.before for step in mine if step.before], shown):
            continue
        for index, place in zip(indexes, places(now, [_place_in(within, step.base) for step in mine]), strict=True):
            after = cast(Content, steps[index].after)  # as all in a list have one
            result[index] = steps[index].but(after=msgspec.structs.replace(after, position=place))
    return result


def _is_shown_so(things: Sequence[Content], shown: Mapping[str, int]) -> bool:
    """Whether readers see them in this order already, the pages of the home page and the others each by themselves."""
    places = [(getattr(thing, "is_on_home", False), shown[thing.uid]) for thing in things]
    lists = [[place for is_on_home, place in places if is_on_home is wanted] for wanted in (True, False)]
    return lists == [sorted(some) for some in lists]


def _list_of(content: Content) -> str:
    """The list in which its place counts: an item's release, an entry's month, one for all others."""
    if isinstance(content, ItemContent):
        return content.release_uid
    if not isinstance(content, ChangelogEntryContent):
        return ""
    try:
        return str(parse(content.typed).sort_key)
    except UnclearDate:
        return content.typed


def _place_in(within: str, content: Content | None) -> int | None:
    return getattr(content, "position", None) if content is not None and _list_of(content) == within else None


def _is_elsewhere(step: PlanStep) -> bool:
    """Whether staff have put it into another release than the source: then its place there is theirs."""
    said, now = (getattr(content, "release_uid", "") for content in (step.record, step.after))
    return step.before is not None and step.record is not None and said != now


def with_free_addresses(steps: list[PlanStep], untouched: list[Content]) -> list[PlanStep]:
    """A page keeps its address for good; a new one gets one that is free."""
    taken = {content.slug for content in untouched if isinstance(content, PageContent)}
    taken |= {step.before.slug for step in steps if isinstance(step.before, PageContent)}
    result = []
    for step in steps:
        if isinstance(step.after, PageContent) and step.before is None:
            slug = free_name(step.after.slug, taken)
            taken.add(slug)
            step = step.but(after=msgspec.structs.replace(step.after, slug=slug))
        result.append(step)
    return result


def with_used_columns(steps: list[PlanStep], untouched: list[Content]) -> PlanStep:
    """A column that is gone from the source stays as long as an item has something in it, and goes with the last."""
    step = steps[0]
    after, record = cast(RoadmapContent, step.after), cast(RoadmapContent, step.record)
    left = [step.after for step in steps if step.after is not None] + untouched
    used = {value.key for content in left if isinstance(content, ItemContent) for value in content.fields}
    gone = used - {column.key for column in after.fields}
    missing = tuple(column for column in getattr(step.before, "fields", ()) if column.key in gone)
    keys = {column.key for column in missing}
    # Still the import's, so that a later one takes it away.
    still = tuple(column for column in getattr(step.base, "fields", ()) if column.key in keys)
    return step.but(
        after=msgspec.structs.replace(after, fields=after.fields + missing),
        record=msgspec.structs.replace(record, fields=record.fields + still) if still else step.record,
    )


# Places in a list: the source's order, with as few things moved as can be. A thing that changes its place is a change
# that readers are told of, so one new row must not move all those below it: there is room before and between them.


def places(now: Sequence[int | None], before: Sequence[int | None]) -> list[int]:
    """The place of each thing, in the order of the source. Things keep theirs where the source has not changed their
    order, though staff have.

    `now` are the places that their working copies have in this list, `before` those in the order of the source as the
    last import saw it; None for what is new.
    """
    known = {index: then for index, then in enumerate(before) if now[index] is not None and then is not None}
    # Where the source's order is as it was, what staff made of it stays, and what the source did not know joins in.
    is_as_it_was = [*known.values()] == sorted({*known.values()})
    kept = {*known} if known and is_as_it_was else _rising(now)
    found = [place if index in kept else None for index, place in enumerate(now)]
    for is_free, run in groupby(range(len(found)), key=lambda index: found[index] is None):
        indexes = [*run]
        if is_free:
            used = sorted({place for place in found if place is not None})
            first = indexes[0]
            room = _room(used, found[first - 1] if first else None, len(indexes))
            found[first : first + len(indexes)] = room
    return _pushed_apart(found, kept)


def _room(used: Sequence[int], before: int | None, count: int) -> list[int]:
    """So many places after `before`, and before the next that is used; the same ones where there is no room."""
    if before is None:
        if not used:
            return [FIRST + STEP * number for number in range(count)]
        gap = used[0]
        step = STEP if gap > STEP * count else gap // (count + 1)
        return [max(0, used[0] - step * (count - number)) for number in range(count)]
    after = bisect_right(used, before)
    if after == len(used):
        return [before + STEP * (number + 1) for number in range(count)]
    gap = used[after] - before
    return [before + max(1, gap * (number + 1) // (count + 1)) for number in range(count)]


def _pushed_apart(found: Sequence[int | None], kept: set[int]) -> list[int]:
    """The same, what shares a place with an earlier one moved behind it; where staff gave two one place, they stay."""
    result = [place or 0 for place in found]
    last, was_kept = -1, False
    for index in sorted(range(len(result)), key=lambda index: (result[index], index)):
        is_free = result[index] > last or (result[index] == last and was_kept and index in kept)
        if not is_free:
            result[index] = last + 1
        last, was_kept = result[index], is_free and index in kept
    return result


def _rising(now: Sequence[int | None]) -> set[int]:
    """The most things that stand in rising places already, by their index: a longest increasing subsequence."""
    tails: list[int] = []  # the lowest place in which a sequence of each length ends
    ends: list[int] = []
    previous: dict[int, int | None] = {}
    for index, place in enumerate(now):
        if place is None:
            continue
        length = bisect_left(tails, place)
        previous[index] = ends[length - 1] if length else None
        tails[length : length + 1] = [place]
        ends[length : length + 1] = [index]
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = previous[last]
    return kept
