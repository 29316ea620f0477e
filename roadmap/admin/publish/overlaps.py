"""Says, before it happens, what publishing does to the Editions that wait for their time and change the same things.

It tells what roadmap.publishing.schedule will do (`carry_over`): a test holds the two together.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from roadmap.content.changes import FieldChange, compare
from roadmap.content.fields import EXISTENCE
from roadmap.content.merge import merge
from roadmap.content.things import Content, RoadmapContent
from roadmap.models import Edition, Revision, Roadmap
from roadmap.publishing import Pending


@dataclass(frozen=True)
class Overlap:
    """One scheduled Edition that changes a thing which is about to be published."""

    edition: Edition
    early: list[str]  # what it was to show, and readers would see now
    still: list[str]  # what it will still change when it appears
    is_dropped_by: bool  # the thing is withdrawn now, and it will not bring it back
    withdraws: bool  # it withdraws the thing


def overlaps(
    roadmap: Roadmap,
    found: Iterable[Pending],
    at: datetime.datetime,
    content: RoadmapContent,
    titles: Mapping[str, str],
) -> dict[str, list[Overlap]]:
    """By uid, for each thing that is pending: the Editions after `at` that change it too, in their order.

    One query, or none where nothing is pending.
    """
    things = {one.uid: one for one in found}
    if not things:
        return {}
    waiting = (
        Revision.objects.filter(edition__roadmap=roadmap, edition__published_at__gt=at)
        .select_related("edition")
        .order_by("edition__number")
    )
    told: dict[str, list[Overlap]] = defaultdict(list)
    state: dict[str, tuple[Content | None, Content | None]] = {}
    for revision in waiting:
        uid = str(revision.uid)
        if uid not in things:
            continue
        base, ours = state.get(uid, (things[uid].before, things[uid].after))
        theirs = None if revision.is_removal else revision.as_content()
        merged = None if things[uid].is_removal else _merged(base, theirs, ours)
        state[uid] = (theirs, merged)
        still = compare(ours, merged, titles)
        changed_then = {change.field for change in still}
        early = [change for change in compare(base, theirs, titles) if change.field not in changed_then]
        told[uid].append(
            Overlap(
                edition=revision.edition,
                early=[] if ours is None else _in_words(early, content),
                still=_in_words(still, content),
                is_dropped_by=ours is None and theirs is not None,
                withdraws=theirs is None and ours is not None,
            )
        )
    return told


def _in_words(changes: Iterable[FieldChange], content: RoadmapContent) -> list[str]:
    return [change.sentence(content) for change in changes if change.field != EXISTENCE or change.before is None]


def _merged(base: Content | None, theirs: Content | None, ours: Content | None) -> Content | None:
    if theirs is None or ours is None:
        return theirs  # withdrawn by it, or brought back by it after another withdrew it
    return ours if base is None else merge(base, theirs, ours)
