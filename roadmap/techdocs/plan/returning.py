"""What planning and applying make of the identities that an export of ours gives its parts: see roadmap.techdocs.

An identity is kept where it is free. Elsewhere, as where a copy of a roadmap comes in beside it, the part is new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import msgspec

from roadmap import models
from roadmap.content.choices import Noun
from roadmap.content.things import Content, ItemContent
from roadmap.techdocs.parse.identity import RoadmapIdentity
from roadmap.techdocs.plan.plan import Plan, Step
from roadmap.techdocs.plan.positions import STEP
from roadmap.techdocs.plan.source_and_site import Part, There

_MODELS = {
    Noun.ROADMAP: models.Roadmap,
    Noun.PAGE: models.Page,
    Noun.RELEASE: models.Release,
    Noun.ITEM: models.Item,
    Noun.CHANGELOG_ENTRY: models.ChangelogEntry,
}


def with_free_references(
    new: Mapping[Noun, list[Part]], items: Sequence[There], identity: RoadmapIdentity | None, prefix: str
) -> dict[Noun, list[Part]]:
    """The parts of a source, an item without its reference where the roadmap cannot give it that one."""
    taken = {
        one.reference: there.uid
        for there in items
        for one in (there.ours, there.base)
        if isinstance(one, ItemContent) and one.reference
    }
    found: list[Part] = []
    for part in new[Noun.ITEM]:
        reference = str(getattr(part.content, "reference", ""))
        if reference:
            uid = part.identity.uid if part.identity else ""
            is_free = taken.setdefault(reference, uid) == uid
            # Another roadmap has the prefix, and the reference must not read like one of its items.
            if not is_free or identity is None or identity.prefix != prefix:
                part = replace(part, content=msgspec.structs.replace(part.content, reference=""))
        found.append(part)
    return {**new, Noun.ITEM: found}


def own_places(steps: Sequence[Step]) -> list[int] | None:
    """The places that the source itself gives the things of one list; None where it does not, or where somebody has
    put its parts into another order since. Staff's own places stay where the source's have not changed.
    """
    if not any(step.identity for step in steps):
        return None
    found: list[int] = []
    last: dict[str, int] = {}
    highest = 0
    for step in steps:
        path = step.source.rpartition(":")[0]
        place = step.identity.position if step.identity else highest + STEP
        if place < last.get(path, 0):
            return None
        last[path] = place
        highest = max(highest, place)
        is_unchanged = step.base is not None and step.before is not None and _position(step.base) == place
        found.append(_position(step.before) if is_unchanged else place)
    return found


def own_uids(plan: Plan) -> dict[str, str]:
    """By key, the uids of new things that nothing on this site has."""
    wanted: dict[Noun, dict[str, str]] = {}
    for step in plan.steps:
        if step.noun is Noun.ROADMAP:
            uid = plan.parsed.identity.uid if plan.parsed.identity else ""
        else:
            uid = step.identity.uid if step.identity else ""
        if uid and not step.uid:
            wanted.setdefault(step.noun, {})[step.key] = uid
    found: dict[str, str] = {}
    for noun, by_key in wanted.items():
        uids = [UUID(uid) for uid in by_key.values()]
        taken: set[str] = set()
        for start in range(0, len(uids), 500):  # a database limits the number of values in one query
            some = _MODELS[noun]._default_manager.filter(uid__in=uids[start : start + 500])
            taken |= {str(uid) for uid in some.values_list("uid", flat=True)}
        found |= {key: uid for key, uid in by_key.items() if uid not in taken}
    return found


def highest_number(plan: Plan, roadmap: models.Roadmap) -> int:
    """The number after which new references go on: no item ever gets one that another had."""
    known = plan.parsed.identity.last_item_number if plan.parsed.identity else 0
    is_own = plan.parsed.identity is not None and plan.parsed.identity.prefix == plan.prefix
    references = [step.after.reference for step in plan.steps if isinstance(step.after, ItemContent)]
    numbers = [
        int(number)
        for prefix, _, number in (reference.rpartition("-") for reference in references)
        if prefix == plan.prefix and number.isascii() and number.isdigit()
    ]
    return max([roadmap.last_item_number, known if is_own else 0, *numbers])


def _position(content: Content | None) -> int:
    return int(getattr(content, "position", 0))
