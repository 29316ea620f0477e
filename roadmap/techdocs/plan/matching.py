"""Which thing that is there each part of a source is: matching, with what roadmaps know of themselves."""

from collections import Counter
from collections.abc import Mapping, Sequence

from roadmap.content.choices import Noun
from roadmap.content.things import Content, ItemContent, ReleaseContent
from roadmap.techdocs.parse.blocks import Doubt
from roadmap.techdocs.plan.plan import Alternative, Choice, Recognised
from roadmap.techdocs.plan.similarity import How, Match, Matches, match
from roadmap.techdocs.plan.source_and_site import Part, There, titles, traits
from roadmap.techdocs.sources import ImportRefused

_WORDS = {
    Noun.PAGE: "page",
    Noun.RELEASE: "release",
    Noun.ITEM: "item",
    Noun.CHANGELOG_ENTRY: "changelog entry",
}


def recognise(
    new: Mapping[Noun, Sequence[Part]], there: Mapping[Noun, Sequence[There]], choices: Mapping[str, str]
) -> tuple[dict[str, Recognised], list[Doubt]]:
    """For every part by its key, what it was recognised as, and a doubt for each that a person should look at.

    Raises ImportRefused for a choice of what is not there.
    """
    chosen = _chosen(new, there, choices)
    told = _told(new, there, chosen)
    found: dict[Noun, Matches] = {}
    for noun in (Noun.PAGE, Noun.CHANGELOG_ENTRY):
        found[noun] = match(
            [traits(part.content) for part in new[noun]],
            [traits(one.known, is_known=one.base is not None) for one in there[noun]],
            chosen[noun],
        )
    # Items are recognised whatever release they are in, and a release by its items where its words do not tell.
    known = titles(one.known for one in there[Noun.RELEASE])
    said = titles(part.content for part in new[Noun.RELEASE])
    found[Noun.ITEM] = match(
        [traits(part.content, place=_place(part.content, said)) for part in new[Noun.ITEM]],
        [traits(one.known, place=_place(one.known, known), is_known=one.base is not None) for one in there[Noun.ITEM]],
        chosen[Noun.ITEM],
    )
    found[Noun.RELEASE] = _releases(
        new[Noun.RELEASE], there[Noun.RELEASE], new[Noun.ITEM], there[Noun.ITEM], found[Noun.ITEM], chosen[Noun.RELEASE]
    )
    recognised: dict[str, Recognised] = {}
    doubts: list[Doubt] = []
    for noun, matches in found.items():
        for index, part in enumerate(new[noun]):
            one = _recognised(matches, index, there[noun])
            if index in chosen[noun]:
                one = Recognised(one.uid, How.SAME if part.key in told else How.CHOSEN, one.score)
            recognised[part.key] = one
            if one.is_doubtful:
                doubts.append(_doubt(noun, part, one, there[noun]))
    return recognised, doubts


def _chosen(
    new: Mapping[Noun, Sequence[Part]], there: Mapping[Noun, Sequence[There]], choices: Mapping[str, str]
) -> dict[Noun, dict[int, int | None]]:
    chosen: dict[Noun, dict[int, int | None]] = {noun: {} for noun in new}
    parts = {part.key: (noun, index) for noun, some in new.items() for index, part in enumerate(some)}
    for key, choice in choices.items():
        if key not in parts:
            # The answer to a conflict, which another answer may have removed since.
            if choice not in [*Choice]:
                raise ImportRefused(f"The source has no part “{key[:100]}”. Make the plan again, and choose anew.")
            continue
        noun, index = parts[key]
        uids = [one.uid for one in there[noun]]
        if choice and choice not in uids:
            raise ImportRefused(
                f"The {_WORDS[noun]} that was chosen for “{new[noun][index].title}” is not there any more. "
                "Make the plan again, and choose anew."
            )
        if choice and uids.index(choice) in chosen[noun].values():
            raise ImportRefused(
                f"“{new[noun][index].title}” and another {_WORDS[noun]} of the source cannot both be the same one. "
                "Choose another for one of them."
            )
        chosen[noun][index] = uids.index(choice) if choice else None
    return chosen


def _told(
    new: Mapping[Noun, Sequence[Part]],
    there: Mapping[Noun, Sequence[There]],
    chosen: dict[Noun, dict[int, int | None]],
) -> set[str]:
    """Adds to what a person has chosen those parts that say themselves what they are. Returns their keys."""
    keys = set()
    for noun, some in new.items():
        places = {one.uid: place for place, one in enumerate(there[noun])}
        taken = {*chosen[noun].values()}
        for index, part in enumerate(some):
            place = places.get(part.identity.uid) if part.identity else None
            if place is not None and index not in chosen[noun] and place not in taken:
                chosen[noun][index] = place
                keys.add(part.key)
    return keys


def _place(content: Content, release_titles: Mapping[str, str]) -> str:
    return release_titles.get(content.release_uid, "") if isinstance(content, ItemContent) else ""


def _releases(
    new: Sequence[Part],
    there: Sequence[There],
    new_items: Sequence[Part],
    old_items: Sequence[There],
    items: Matches,
    chosen: Mapping[int, int | None],
) -> Matches:
    """By title and dates, then by the items in them, then by how their titles read."""
    ours = [traits(part.content) for part in new]
    theirs = [traits(one.known, is_known=one.base is not None) for one in there]
    whole = match(ours, theirs, chosen)
    sure = {index: one for index, one in whole.by_new.items() if one.how is not How.ALIKE}
    taken = {one.old for one in sure.values()}
    places_new = {part.key: index for index, part in enumerate(new)}
    places_old = {one.uid: index for index, one in enumerate(there)}
    inside_new = [_release_place(part.content, places_new) for part in new_items]
    inside_old = [_release_place(one.known, places_old) for one in old_items]
    votes = Counter((inside_new[one.new], inside_old[one.old]) for one in items.by_new.values())
    sizes_new, sizes_old = Counter(inside_new), Counter(inside_old)
    shared = sorted(
        ((100 * count / max(sizes_new[index], sizes_old[other]), index, other))
        for (index, other), count in votes.items()
        if index is not None and other is not None
    )
    for score, index, other in sorted(shared, key=lambda one: (-one[0], one[1], one[2])):
        # Most of the one are most of the other: a release that moved, not one out of which a few items did.
        is_free = index not in sure and index not in chosen and other not in taken
        if score >= 50 and is_free and not _is_another_term(new[index].content, there[other].known):
            sure[index] = Match(index, other, How.ITEMS, round(score, 1))
            taken.add(other)
    settled: dict[int, int | None] = {**chosen, **{index: one.old for index, one in sure.items()}}
    rest = match(ours, theirs, settled)
    alike = {
        index: one
        for index, one in rest.by_new.items()
        if one.how is How.CHOSEN or not _is_another_term(new[index].content, there[one.old].known)
    }
    return Matches({**alike, **sure}, rest.left)


def _is_another_term(new: Content, known: Content) -> bool:
    """Whether the one is a term and the other is not, or is another: what was in the near term and is now in March has
    moved there, though it was all that the near term had. The near term has not become March.
    """
    return isinstance(new, ReleaseContent) and isinstance(known, ReleaseContent) and new.horizon != known.horizon


def _release_place(content: Content, places: Mapping[str, int]) -> int | None:
    return places.get(content.release_uid) if isinstance(content, ItemContent) else None


def _recognised(matches: Matches, index: int, there: Sequence[There]) -> Recognised:
    one = matches.by_new.get(index)
    if one is None:
        rivals = _alternatives(matches.left.get(index, ()), there)
        return Recognised(None, is_doubtful=bool(rivals), alternatives=rivals)
    return Recognised(there[one.old].uid, one.how, one.score, one.is_doubtful, _alternatives(one.rivals, there))


def _alternatives(rivals: Sequence[tuple[int, float]], there: Sequence[There]) -> tuple[Alternative, ...]:
    return tuple(_alternative(there[place], score) for place, score in rivals)


def _alternative(one: There, score: float) -> Alternative:
    content = one.ours or one.known
    return Alternative(one.uid, str(getattr(content, "title", "")), str(getattr(content, "reference", "")), score)


def _doubt(noun: Noun, part: Part, one: Recognised, there: Sequence[There]) -> Doubt:
    others = ", or ".join(f"“{_named(rival)}”" for rival in one.alternatives[:2])
    if one.uid is None:
        text = f"“{part.title}” was taken for a new {_WORDS[noun]}. It may be {others}."
    else:
        taken = _named(next(_alternative(old, one.score) for old in there if old.uid == one.uid))
        text = f"“{part.title}” was taken for the {_WORDS[noun]} “{taken}”."
        text += f" It may be {others}." if others else " Check that it is the same."
    path, _, line = part.source.rpartition(":")
    return Doubt(path, int(line), text)


def _named(one: Alternative) -> str:
    return f"{one.reference} {one.title}".strip()
