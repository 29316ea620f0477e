"""Words that several public pages share: what changed, how many there are, and texts cut to a length."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Any

from roadmap.content import shapes
from roadmap.content.changed_dates import has_arrived, when_of
from roadmap.content.changes import Act, FieldChange
from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import field_told
from roadmap.content.things import RoadmapContent, lower_first
from roadmap.dates.moves import Move, may_be_later, move
from roadmap.published.history import ThingTold, ToldChange

DESCRIPTION_LENGTH = 160  # characters, about what a search engine shows
REPEATED_LENGTH = 60  # characters


class News(StrEnum):
    """What a change is to whoever relied on what was said before, the worst first: it heads pages, feeds and counts.

    Each in the words for it, that go before a title and after a number: "Moved later: Losses", "2 items moved later".
    """

    WITHDRAWN = "withdrawn"
    NO_LONGER_THERE = "no longer {place}"
    NO_LONGER_PLANNED = "no longer planned"
    LATER = "moved later"
    TO_BE_CONFIRMED = "now to be confirmed"
    NO_DATE = "no longer given a date"
    LESS_EXACT_AND_LATER = "given a less exact date that may be later"
    DATE_CHANGED = "given another date"  # which way is not told
    THERE = "now {place}"
    EARLIER = "brought forward"
    IN_ANOTHER_RELEASE = "moved to another release"
    IN_RELEASE = "added to a release"
    IN_NO_RELEASE = "removed from a release"
    ADDED = "added"
    ADDED_AGAIN = "added again"  # it was withdrawn before
    DATED = "given a date"
    CONFIRMED = "confirmed"
    MORE_EXACT = "given a more exact date"
    LESS_EXACT = "given a less exact date"
    CHANGED = "changed"
    REWORDED = "reworded"
    CORRECTED = "corrected"  # an entry of the changelog


_BY_ACT = {
    Act.WITHDRAWN: News.WITHDRAWN,
    Act.ADDED: News.ADDED,
    Act.MOVED: News.DATE_CHANGED,
    Act.CHANGED: News.CHANGED,
    Act.REWORDED: News.REWORDED,
}
_LATER = {
    Move.TO_BE_CONFIRMED: News.TO_BE_CONFIRMED,
    Move.LESS_EXACT: News.LESS_EXACT_AND_LATER,
}
_BY_MOVE = {
    Move.EARLIER: News.EARLIER,
    Move.DATED: News.DATED,
    Move.CONFIRMED: News.CONFIRMED,
    Move.MORE_EXACT: News.MORE_EXACT,
    Move.LESS_EXACT: News.LESS_EXACT,
}
NEWS_ORDER = [*News]
NEW_ENTRY = "New in the changelog"
NOT_GIVEN = "Not given"

# Items first: they are what a reader comes for.
NOUN_ORDER = [Noun.ITEM, Noun.RELEASE, Noun.CHANGELOG_ENTRY, Noun.PAGE, Noun.ROADMAP]


def shortened(text: str, most: int = DESCRIPTION_LENGTH) -> str:
    """The text on one line, cut after a word where it is longer."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1].rsplit(' ', 1)[0]}…"


def repeated(typed: str) -> str:
    """As a message about it says it again: cut, without what would turn round or break the words around it."""
    printable = "".join(character for character in typed if character.isprintable())
    return printable if len(printable) <= REPEATED_LENGTH else f"{printable[: REPEATED_LENGTH - 1]}…"


def listed(names: Sequence[str]) -> str:
    """With commas: not all of very many, for an error is read, not searched."""
    most = 30
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def stopped(text: str) -> str:
    """With a full stop, where it does not end as a sentence does."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def news_of(change: FieldChange) -> News:
    act, field, before, after = change.act, change.field, change.before, change.after
    is_milestone = field.startswith("milestone.")
    was_there = is_milestone and has_arrived(before)
    if act is Act.DEPLOYED:
        return News.THERE
    if change.withdrawn_on:
        return News.ADDED_AGAIN
    if field == "is_deployed" or (was_there and not has_arrived(after)):
        return News.NO_LONGER_THERE
    if field == "release":
        return News.IN_NO_RELEASE if after is None else News.IN_RELEASE if before is None else News.IN_ANOTHER_RELEASE
    if act is Act.REWORDED and change.noun is Noun.CHANGELOG_ENTRY:
        return News.CORRECTED
    is_promise = is_milestone or (field == "when" and change.noun is Noun.RELEASE)
    if not is_promise or was_there or before is after:  # the last where what it was is kept back
        return _BY_ACT[act]
    old, new = when_of(before), when_of(after)
    if old and new:
        found = move(old, new)
        if found is Move.NOT_APPLICABLE and old.start:
            return News.NO_LONGER_PLANNED
        later = _LATER.get(found, News.LATER) if may_be_later(old, new) else None
        return later or _BY_MOVE.get(found, News.CHANGED)
    if old:
        return News.NO_LONGER_PLANNED if is_milestone and after is None and old.start else News.NO_DATE
    return News.DATED if new and new.start else News.CHANGED


def what(change: FieldChange, roadmap: RoadmapContent) -> str:
    """ "Live date", "APIs", "‘Usable in year?’": a roadmap's own column as its readers know it, in quotation marks."""
    label, kind = change.label(roadmap), change.field.partition(".")[0]
    return f"{label} date" if kind == "milestone" else f"‘{label}’" if kind == "field" else label


def in_place(news: News, change: FieldChange, roadmap: RoadmapContent) -> str:
    """The words for it, with where that is: "now in sandbox"."""
    return news.format(place=roadmap.labels.place(_environment(change)))


def _environment(change: FieldChange) -> Environment:
    """Of a date; a release has the live one."""
    kind, _, name = change.field.partition(".")
    return Environment(name) if kind == "milestone" else Environment.LIVE


def rank(told: ToldChange) -> tuple[int, bool]:
    """Low for what is news: a date that moves, before a text that was reworded.

    Items that are in no release, or another, because theirs is withdrawn have their own news: what is worse goes first.
    """
    news = news_of(told.change)
    if news is News.WITHDRAWN and told.change.noun is Noun.RELEASE:
        return NEWS_ORDER.index(News.IN_NO_RELEASE), True
    is_of_place = news in (News.THERE, News.NO_LONGER_THERE)
    return NEWS_ORDER.index(news), is_of_place and _environment(told.change) is not Environment.LIVE


def news_first(thing: ThingTold, told: Sequence[ToldChange]) -> tuple[bool, bool, tuple[int, bool], int]:
    """To sort by: items and releases first, of these the worst news, what only changed places last of all."""
    place = NOUN_ORDER.index(thing.noun)
    return is_only_reordered(told), place > NOUN_ORDER.index(Noun.RELEASE), min(map(rank, told)), place


def headline(things: Sequence[ThingTold], roadmap: RoadmapContent, most: int) -> str:
    """The first news of the first thing, and how many things more: "Moved later: Losses, and 3 more"."""
    # What announces the rest is not one thing more.
    told = [thing for thing in things if not is_new_entry(thing, thing.news)] or things
    first, more = told[0], len(told) - 1
    change = min(first.news, key=rank).change
    news, title = news_of(change), title_of(first)
    was_called = getattr(first.before, "title", "")
    if first.noun is Noun.RELEASE and change.field == "when" and was_called and was_called != title:
        title = f"{was_called}, now {title}"
    words = NEW_ENTRY if is_new_entry(first, first.news) else in_place(news, change, roadmap)
    if news is News.CHANGED:
        title = f"{title} ({what(change, roadmap)})"
    tail = f", and {more} more" if more else ""
    return shortened(f"{words[:1].upper()}{words[1:]}: {title}", most - len(tail)) + tail


def is_new_entry(thing: ThingTold, told: Sequence[ToldChange]) -> bool:
    """Of an entry new in the changelog, its title says all."""
    return thing.noun is Noun.CHANGELOG_ENTRY and bool(told) and all(change.change.act is Act.ADDED for change in told)


def title_of(thing: ThingTold) -> str:
    """As it was then."""
    return "This roadmap" if thing.noun is Noun.ROADMAP else thing.title


def in_sentences(told: Sequence[ToldChange], roadmap: RoadmapContent) -> list[str]:
    """All that happened to one thing, news first, each change with its reason where one was given.

    A change of order is left out where there is anything else to tell. `roadmap` gives the names.
    """
    return [_with_reason(change.change.sentence(roadmap), change.reason) for change in _worth_telling(told)]


def after_colon(told: Sequence[ToldChange], roadmap: RoadmapContent) -> str:
    """The same, to follow the thing's title: "live moved from June 2026 to September 2026; description reworded".

    What moved for one reason is told together, and what follows a reason is a sentence of its own.
    """
    parts: list[str] = []
    for reason, alike in groupby(_worth_telling(told), key=lambda change: change.reason):
        first, *rest = [change.change.beside_title(roadmap) for change in alike]
        words = "; ".join([first if parts else lower_first(first), *map(lower_first, rest)])
        parts.append(_with_reason(words, reason))
    return " ".join([*map(stopped, parts[:-1]), *parts[-1:]])


def _worth_telling(told: Sequence[ToldChange]) -> list[ToldChange]:
    return sorted([change for change in told if change.change.field != "position"] or told, key=rank)


def _with_reason(words: str, reason: str) -> str:
    return ". Reason: ".join(part for part in (words, reason) if part)


def both_sides(change: FieldChange) -> tuple[str, str] | None:
    """What was and what is, as a table has them side by side; None where only the sentence says it."""
    found = field_told(change.noun, change.field)
    if found is None or (change.before is None and change.after is None):
        return None
    match found.shape:
        case shapes.Milestones() | shapes.Date():
            return _date_words(change.before), _date_words(change.after)
        case shapes.Answer() | shapes.Flag():
            return _answer_words(change.before), _answer_words(change.after)
        case shapes.Apis() if change.field != shapes.API_ADDRESSES:
            return ", ".join(change.before or ()) or NOT_GIVEN, ", ".join(change.after or ()) or NOT_GIVEN
        case shapes.Prose() | shapes.Place() | shapes.Columns() | shapes.Group() | shapes.Apis():
            return None
        case shapes.Choice() | shapes.Names() as shape:
            return shape.words(change.before) or NOT_GIVEN, shape.words(change.after) or NOT_GIVEN
    return str(change.before or NOT_GIVEN), str(change.after or NOT_GIVEN)


def _date_words(said: Any) -> str:
    when = when_of(said)
    if isinstance(said, Mapping) and has_arrived(said):
        return f"Deployed{f', {when.in_sentence}' if when else ''}"
    return when.display if when else "No date"


def _answer_words(answer: bool | None) -> str:
    return "Not known" if answer is None else "Yes" if answer else "No"


def is_only_reordered(told: Sequence[ToldChange]) -> bool:
    return bool(told) and all(change.change.field == "position" for change in told)
