"""The order in which readers see the things of a roadmap, and a step up or down in it.

A thing has its place among those of its group: an item in its release, a changelog entry among those of its date that
were first published together. A step, or a place by its number, writes the places of as few things as it needs.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from roadmap.content.snapshot import Came, Snapshot
from roadmap.content.things import ChangelogEntryContent
from roadmap.models import ChangelogEntry, Field, Item, Page, Release, Roadmap
from roadmap.models.fields import PositionField
from roadmap.working_copies.to_content import contents

ORDERED = (Item, Release, Page, ChangelogEntry, Field)


@dataclass(frozen=True)
class OrderedGroup:
    title: str  # empty where there is but one group
    things: list[Any]  # working copies


class Step(NamedTuple):
    thing: Any
    passed: Any  # the one that it changed places with


def in_groups(roadmap: Roadmap, model: Any, came: Mapping[str, Came]) -> list[OrderedGroup]:
    """All things of that model in a roadmap, as readers would see them. The number of queries is constant.

    `came` says of changelog entries, by uid, in which Edition each was published first, and where in it.
    """
    if model is Field:
        columns = sorted(roadmap.fields.all(), key=lambda column: (column.position, column.name))
        return [OrderedGroup("", columns)] if columns else []
    snapshot = Snapshot(contents(roadmap), came)
    things = {str(thing.uid): thing for thing in model.objects.filter(roadmap=roadmap).order_by("position", "pk")}
    releases = {release.uid: release.title for release in snapshot.releases}
    if model is Item:
        pairs = [(item.content.release_uid, item.content.uid) for item in snapshot.items]
    elif model is ChangelogEntry:
        pairs = [(_together(entry, came), entry.uid) for entry in snapshot.changelog]
    else:
        pairs = [("", thing.uid) for thing in (snapshot.pages if model is Page else snapshot.releases)]
    named = {**releases, "": "In no release"} if model is Item else {"": ""}
    return [
        OrderedGroup(named.get(key, key), [things[uid] for _, uid in group])
        for key, group in groupby(pairs, key=lambda pair: pair[0])
    ]


def _together(entry: ChangelogEntryContent, came: Mapping[str, Came]) -> str:
    number = came[entry.uid][0] if entry.uid in came else 0
    return f"{entry.when or entry.typed}, {f'in edition {number}' if number else 'not published yet'}"


def step(roadmap: Roadmap, model: Any, pk: int, came: Mapping[str, Came], *, is_up: bool) -> Step | None:
    """Moves a thing past its neighbour; None where it is gone, or is the first or the last. Call it under the lock."""
    for group in in_groups(roadmap, model, came):
        there = [thing.pk for thing in group.things]
        if pk in there:
            at = there.index(pk)
            other = at - 1 if is_up else at + 1
            if not 0 <= other < len(there):
                return None
            things = [*group.things]
            things[at], things[other] = things[other], things[at]
            _place(model, things)
            return Step(group.things[at], group.things[other])
    return None


def put(roadmap: Roadmap, model: Any, places: Mapping[int, int], came: Mapping[str, Came]) -> list[Any]:
    """Puts things at places of their group, counted from 1; the others keep their order around them.

    `places` is by primary key. What is not there any more is left out, and a place after the last is the last. Returns
    what was put where it was not before. Call it under the lock.
    """
    moved = []
    for group in in_groups(roadmap, model, came):
        wanted = {thing.pk: places[thing.pk] for thing in group.things if thing.pk in places}
        things, last = [thing for thing in group.things if thing.pk not in wanted], -1
        for thing in sorted((thing for thing in group.things if thing.pk in wanted), key=lambda one: wanted[one.pk]):
            last = min(max(wanted[thing.pk] - 1, last + 1), len(things))
            things.insert(last, thing)
        if things != group.things:
            _write(model, zip(things, _fewest_changes([thing.position for thing in things]), strict=True))
            moved += [thing for thing in things if thing.pk in wanted]
    return moved


def _fewest_changes(positions: list[int]) -> list[int]:
    """The positions of things in a new order, each later than the one before, with as many as can be left as they are.

    What is left leaves room for those between: so much more than the one left before it as it stands further on.
    """
    most = PositionField.MOST - len(positions)
    rooms = [position - place for place, position in enumerate(positions)]  # never less from one left to the next
    left: list[int] = []  # places: of the best rows of each length, the one that ends with the least room
    before: list[int | None] = []
    for place, room in enumerate(rooms):
        length = bisect_right([rooms[end] for end in left], room)
        before.append(left[length - 1] if length else None)
        if 0 <= room <= most:
            left[length : length + 1] = [place]
    kept, at = set(), left[-1] if left else None
    while at is not None:
        kept.add(at)
        at = before[at]
    given: list[int] = []
    for place, position in enumerate(positions):
        given.append(position if place in kept else given[-1] + 1 if given else 0)
    return given


def _place(model: Any, things: list[Any]) -> None:
    """Gives the places that these have to them in this order, each later than the one before."""
    _write(model, zip(things, _later_each(sorted(thing.position for thing in things)), strict=True))


def _later_each(positions: list[int]) -> Iterator[int]:
    last = -1
    for position in positions:
        last = min(max(position, last + 1), PositionField.MOST)
        yield last


def _write(model: Any, given: Iterable[tuple[Any, int]]) -> None:
    changed = []
    for thing, position in given:
        if thing.position != position:
            thing.position = position
            changed.append(thing)
    model.objects.bulk_update(changed, ["position"])
