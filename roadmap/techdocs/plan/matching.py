"""Which thing that is there each part of a source is: matching, with what roadmaps know of themselves."""

from collections import Counter
from collections.abc import Mapping, Sequence

from roadmap.content.choices import Noun
from roadmap.content.things import Content, ItemContent, ReleaseContent
from roadmap.techdocs.parse.blocks import Doubt
from roadmap.techdocs.plan.plan import Alternative, ConflictChoice, Recognised
from roadmap.techdocs.plan.references import named
from roadmap.techdocs.plan.similarity import How, Matches, ThingMatch, match
from roadmap.techdocs.plan.source_and_site import Part, There
from roadmap.techdocs.plan.traits import titles, traits
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
    told = _told(new[Noun.ITEM], there[Noun.ITEM], chosen[Noun.ITEM])
    found: dict[Noun, Matches] = {}
    for noun in (Noun.PAGE, Noun.CHANGELOG_ENTRY):
        found[noun] = match(
            [traits(part.content) for part in new[noun]],
            [traits(thing.known, is_known=thing.base is not None) for thing in there[noun]],
            chosen[noun],
        )
    # Items are recognised whatever release they are in, and a release by its items where its words do not tell.
    known = titles(thing.known for thing in there[Noun.RELEASE])
    said = titles(part.content for part in new[Noun.RELEASE])
    found[Noun.ITEM] = match(
        [traits(part.content, place=_place(part.content, said)) for part in new[Noun.ITEM]],
        [
            traits(thing.known, place=_place(thing.known, known), is_known=thing.base is not None)
            for thing in there[Noun.ITEM]
        ],
        chosen[Noun.ITEM],
    )
    found[Noun.RELEASE] = _releases(
        new[Noun.RELEASE], there[Noun.RELEASE], new[Noun.ITEM], there[Noun.ITEM], found[Noun.ITEM], chosen[Noun.RELEASE]
    )
    recognised: dict[str, Recognised] = {}
    doubts: list[Doubt] = []
    for noun, matches in found.items():
        for index, part in enumerate(new[noun]):
            answer = _recognised(matches, index, there[noun])
            if index in chosen[noun]:
                answer = Recognised(answer.uid, How.SAME if part.key in told else How.CHOSEN, answer.score)
            recognised[part.key] = answer
            if answer.is_doubtful:
                doubts.append(_doubt(noun, part, answer, there[noun]))
    return recognised, doubts


def _chosen(
    new: Mapping[Noun, Sequence[Part]], there: Mapping[Noun, Sequence[There]], choices: Mapping[str, str]
) -> dict[Noun, dict[int, int | None]]:
    chosen: dict[Noun, dict[int, int | None]] = {noun: {} for noun in new}
    parts = {part.key: (noun, index) for noun, some in new.items() for index, part in enumerate(some)}
    for key, choice in choices.items():
        if key not in parts:
            # The answer to a conflict, which another answer may have removed since.
            if choice not in [*ConflictChoice]:
                raise ImportRefused(f"The source has no part “{key[:100]}”. Make the plan again, and choose anew.")
            continue
        noun, index = parts[key]
        uids = [thing.uid for thing in there[noun]]
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


def _told(new: Sequence[Part], there: Sequence[There], chosen: dict[int, int | None]) -> set[str]:
    """Adds to what a person has chosen the items that say their references. Returns their keys."""
    keys = set()
    taken = {*chosen.values()}
    for index, place in named(new, there).items():
        if index not in chosen and place not in taken:
            chosen[index] = place
            keys.add(new[index].key)
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
    theirs = [traits(thing.known, is_known=thing.base is not None) for thing in there]
    whole = match(ours, theirs, chosen)
    sure = {index: found for index, found in whole.by_new.items() if found.how is not How.ALIKE}
    taken = {found.old for found in sure.values()}
    places_new = {part.key: index for index, part in enumerate(new)}
    places_old = {thing.uid: index for index, thing in enumerate(there)}
    inside_new = [_release_place(part.content, places_new) for part in new_items]
    inside_old = [_release_place(thing.known, places_old) for thing in old_items]
    votes = Counter((inside_new[found.new], inside_old[found.old]) for found in items.by_new.values())
    sizes_new, sizes_old = Counter(inside_new), Counter(inside_old)
    shared = sorted(
        ((100 * count / max(sizes_new[index], sizes_old[other]), index, other))
        for (index, other), count in votes.items()
        if index is not None and other is not None
    )
    for score, index, other in sorted(shared, key=lambda vote: (-vote[0], vote[1], vote[2])):
        # Most of the one are most of the other: a release that moved, not one out of which a few items did.
        is_free = index not in sure and index not in chosen and other not in taken
        if score >= 50 and is_free and not _is_another_term(new[index].content, there[other].known):
            sure[index] = ThingMatch(index, other, How.ITEMS, round(score, 1))
            taken.add(other)
    settled: dict[int, int | None] = {**chosen, **{index: found.old for index, found in sure.items()}}
    rest = match(ours, theirs, settled)
    alike = {
        index: found
        for index, found in rest.by_new.items()
        if found.how is How.CHOSEN or not _is_another_term(new[index].content, there[found.old].known)
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
    pair = matches.by_new.get(index)
    if pair is None:
        rivals = _alternatives(matches.left.get(index, ()), there)
        return Recognised(None, is_doubtful=bool(rivals), alternatives=rivals)
    return Recognised(there[pair.old].uid, pair.how, pair.score, pair.is_doubtful, _alternatives(pair.rivals, there))


def _alternatives(rivals: Sequence[tuple[int, float]], there: Sequence[There]) -> tuple[Alternative, ...]:
    return tuple(_alternative(there[place], score) for place, score in rivals)


def _alternative(thing: There, score: float) -> Alternative:
    content = thing.ours or thing.known
    return Alternative(thing.uid, str(getattr(content, "title", "")), str(getattr(content, "reference", "")), score)


def _doubt(noun: Noun, part: Part, found: Recognised, there: Sequence[There]) -> Doubt:
    others = ", or ".join(f"“{_named(rival)}”" for rival in found.alternatives[:2])
    if found.uid is None:
        text = f"“{part.title}” was taken for a new {_WORDS[noun]}. It may be {others}."
    else:
        taken = _named(next(_alternative(old, found.score) for old in there if old.uid == found.uid))
        text = f"“{part.title}” was taken for the {_WORDS[noun]} “{taken}”."
        text += f" It may be {others}." if others else " Check that it is the same."
    path, _, line = part.source.rpartition(":")
    return Doubt(path, int(line), text)


def _named(alternative: Alternative) -> str:
    return f"{alternative.reference} {alternative.title}".strip()
