"""Which thing that is there each part of a source is: matching, with what roadmaps know of themselves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import msgspec

from roadmap.content.choices import Noun
from roadmap.content.things import ChangelogEntryContent, Content, ItemContent, PageContent, ReleaseContent
from roadmap.dates import UnclearDate, parse
from roadmap.techdocs.parse.blocks import Doubt
from roadmap.techdocs.plan.likeness import TELLING, Things, Traits, folded
from roadmap.techdocs.plan.plan import Alternative, ConflictChoice, Recognised, doubt_at, title_of
from roadmap.techdocs.plan.similarity import Chosen, How, Matches, ThingMatch, match
from roadmap.techdocs.plan.source_and_site import Part, There
from roadmap.techdocs.sources import ImportRefused

Said = Mapping[Noun, Sequence[Part]]
Known = Mapping[Noun, Sequence[There]]


def recognise(new: Said, there: Known, choices: Mapping[str, str]) -> tuple[dict[str, Recognised], list[Doubt]]:
    """For every part by its key, what it was recognised as, and a doubt for each that a person should look at.

    Raises ImportRefused for a choice of what is not there.
    """
    chosen = _chosen(new, there, choices)
    by_reference = _by_reference(new[Noun.ITEM], there[Noun.ITEM], chosen[Noun.ITEM])
    chosen[Noun.ITEM] |= by_reference
    titles_new = {part.key: _dated(part.title) for part in new[Noun.RELEASE]}
    titles_old = {thing.uid: _dated(title_of(thing.known)) for thing in there[Noun.RELEASE]}
    ours = {noun: [traits_of(part.content, titles_new) for part in parts] for noun, parts in new.items()}
    theirs = {noun: [traits_of(old.known, titles_old, old) for old in there[noun]] for noun in new}
    # Items are recognised whatever release they are in, and a release by its items where its words do not tell.
    found = {
        noun: match(ours[noun], theirs[noun], chosen[noun]) for noun in (Noun.PAGE, Noun.CHANGELOG_ENTRY, Noun.ITEM)
    }
    found[Noun.RELEASE] = _releases(
        new, there, found[Noun.ITEM], ours[Noun.RELEASE], theirs[Noun.RELEASE], chosen[Noun.RELEASE]
    )
    recognised: dict[str, Recognised] = {}
    doubts: list[Doubt] = []
    for noun, matches in found.items():
        for index, part in enumerate(new[noun]):
            pair = matches.by_new.get(index)
            scored = pair.rivals if pair else matches.left.get(index, ())
            rivals = tuple(_alternative(there[noun][place], score) for place, score in scored)
            answer = Recognised(None, is_doubtful=bool(rivals), alternatives=rivals)
            if pair:
                answer = Recognised(there[noun][pair.old].uid, pair.how, pair.score, pair.is_doubtful, rivals)
            if index in chosen[noun]:
                is_by_reference = noun is Noun.ITEM and index in by_reference
                answer = replace(answer, how=How.SAME if is_by_reference else How.CHOSEN)
            recognised[part.key] = answer
            if answer.is_doubtful:
                doubts.append(_doubt(noun, part, answer, there[noun]))
    return recognised, doubts


def _chosen(new: Said, there: Known, choices: Mapping[str, str]) -> dict[Noun, dict[int, int | None]]:
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
                f"The {_word(noun)} that was chosen for “{new[noun][index].title}” is not there any more. "
                "Make the plan again, and choose anew."
            )
        if choice and uids.index(choice) in chosen[noun].values():
            raise ImportRefused(
                f"“{new[noun][index].title}” and another {_word(noun)} of the source cannot both be the same one. "
                "Choose another for one of them."
            )
        chosen[noun][index] = uids.index(choice) if choice else None
    return chosen


def reference_of(content: object) -> str:
    return content.reference if isinstance(content, ItemContent) else ""


def _by_reference(new: Sequence[Part], there: Sequence[There], chosen: Chosen) -> dict[int, int]:
    """The items that say their references, and of which a person has said nothing."""
    places = {reference: place for place, thing in enumerate(there) if (reference := reference_of(thing.known))}
    found: dict[int, int] = {}
    for index, part in enumerate(new):
        place = places.pop(reference_of(part.content), None)  # of two rows with one reference, the first has it
        if place is not None and index not in chosen and place not in chosen.values():
            found[index] = place
    return found


def _releases(new: Said, there: Known, items: Matches, ours: Things, theirs: Things, chosen: Chosen) -> Matches:
    """By title and dates, then by the items in them, then by how their titles read."""
    parts, things = new[Noun.RELEASE], there[Noun.RELEASE]
    whole = match(ours, theirs, chosen)
    sure = {index: found for index, found in whole.by_new.items() if found.how is not How.ALIKE}
    taken = {found.old for found in sure.values()}
    places_new = {part.key: index for index, part in enumerate(parts)}
    places_old = {thing.uid: index for index, thing in enumerate(things)}
    inside_new = [places_new.get(_release_of(part.content)) for part in new[Noun.ITEM]]
    inside_old = [None if thing.is_gone else places_old.get(_release_of(thing.known)) for thing in there[Noun.ITEM]]
    votes = Counter((inside_new[found.new], inside_old[found.old]) for found in items.by_new.values())
    sizes_new, sizes_old = Counter(inside_new), Counter(inside_old)
    shared = [
        (-100 * count / max(sizes_new[index], sizes_old[other]), index, other)
        for (index, other), count in votes.items()
        if index is not None and other is not None
    ]
    for score, index, other in sorted(shared):
        # Most of the one are most of the other: a release that moved, not one out of which a few items did.
        is_free = index not in sure and index not in chosen and other not in taken
        if score <= -50 and is_free and not _is_another_term(parts[index].content, things[other].known):
            sure[index] = ThingMatch(index, other, How.ITEMS, round(-score, 1))
            taken.add(other)
    rest = match(ours, theirs, {**chosen, **{index: found.old for index, found in sure.items()}})
    alike = {
        index: found
        for index, found in rest.by_new.items()
        if found.how is How.CHOSEN or not _is_another_term(parts[index].content, things[found.old].known)
    }
    return Matches({**alike, **sure}, rest.left)


def _release_of(content: Content) -> str:
    return content.release_uid if isinstance(content, ItemContent) else ""


def _is_another_term(new: Content, known: Content) -> bool:
    """Whether the one is a term and the other is not, or is another: what was in the near term and is now in March has
    moved there, though it was all that the near term had. The near term has not become March.
    """
    return isinstance(new, ReleaseContent) and isinstance(known, ReleaseContent) and new.horizon != known.horizon


def _alternative(thing: There, score: float = 0.0) -> Alternative:
    content = thing.ours or thing.known
    return Alternative(thing.uid, title_of(content), reference_of(content), score)


def _doubt(noun: Noun, part: Part, found: Recognised, there: Sequence[There]) -> Doubt:
    others = ", or ".join(f"“{rival.name}”" for rival in found.alternatives[:2])
    if found.uid is None:
        text = f"“{part.title}” was taken for a new {_word(noun)}. It may be {others}."
    else:
        taken = next(_alternative(thing) for thing in there if thing.uid == found.uid)
        text = f"“{part.title}” was taken for the {_word(noun)} “{taken.name}”."
        text += f" It may be {others}." if others else " Check that it is the same."
    return doubt_at(part.source, text)


def _word(noun: Noun) -> str:
    return noun.replace("_", " ")


# What things are recognised by


def traits_of(content: Content, release_titles: Mapping[str, str], there: There | None = None) -> Traits:
    is_known, is_gone = (there.base is not None, there.is_gone) if there else (True, False)
    match content:
        case ItemContent():
            # Whatever it is called by, and wherever it stands.
            said = msgspec.structs.replace(content, uid="", reference="", release_uid="", position=0)
            return _item_traits(said, release_titles.get(content.release_uid, ""), is_known, is_gone)
        case PageContent():
            return Traits(content.title, content.body, (content.slug,), is_known=is_known, is_gone=is_gone)
        case ReleaseContent():
            title, when = folded(_date(content.title) or content.title), _dated(content.typed)
            return Traits(
                # One that went comes back only as it was called: another of which the title reads alike is another.
                "" if is_gone or _date(content.title) else content.title,
                "",
                (
                    f"{title}|{when}|{content.horizon}",
                    f"{title}|{when}",
                    title,
                    when,
                    _telling(folded(content.introduction)),
                ),
                is_known=is_known,
                is_gone=is_gone,
            )
        case ChangelogEntryContent():
            title, when, body = folded(content.title), _dated(content.typed), folded(content.body)
            # A note that staff made is the source's where title and month are: two months are two notes.
            return Traits(
                content.title if is_known else "",
                content.body if is_known else "",
                (f"{title}|{when}|{body}", f"{title}|{when}"),
                place=when,
                is_known=is_known,
                is_gone=is_gone,
            )
    raise TypeError(f"a {type(content).__name__} is not matched")


@lru_cache(maxsize=512)  # a history has the same rows again and again
def _item_traits(content: ItemContent, place: str, is_known: bool, is_gone: bool) -> Traits:
    title, text = folded(content.title), folded(content.description)
    # Wherever a table has cut it in two, and whether or not the second half begins with the first.
    whole = text if text.startswith(title) else f"{title} {text}".strip()
    details = {f"{api.name} {api.version}".casefold() for api in content.apis}
    details |= {f"{date.environment}: {_dated(date.typed)}" for date in content.milestones if date.typed}
    details |= {f"{value.key}: {folded(value.value)}" for value in content.fields}
    details |= {folded(text) for text in (content.journey, content.kind or "", *content.audiences) if text}
    details |= set() if content.is_breaking is None else {f"breaking: {content.is_breaking}"}
    return Traits(
        content.title,
        content.description,
        (f"{whole}|{sorted(details)}|{place}", _telling(whole)),
        names=frozenset(api.name for api in content.apis),
        details=frozenset(details),
        place=place,
        is_known=is_known,
        is_gone=is_gone,
    )


def _telling(text: str) -> str:
    return text if text.count(" ") + 1 >= TELLING else ""


def _dated(text: str) -> str:
    """ "Oct 2018" and "October 2018" are one month."""
    return _date(text) or folded(text)


def _date(text: str) -> str:
    """As it is shown; nothing for what is no date."""
    try:
        return parse(text).display
    except UnclearDate:
        return ""
