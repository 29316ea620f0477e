"""Words that several public pages share: what changed, how many there are, and texts cut to a length."""

from collections.abc import Sequence
from itertools import groupby

from roadmap.content.changes import Act
from roadmap.content.choices import Noun
from roadmap.content.things import RoadmapContent, lower_first
from roadmap.published.history import ThingTold, ToldChange

DESCRIPTION_LENGTH = 160  # characters, about what a search engine shows
REPEATED_LENGTH = 60  # characters

# What somebody who reads only the beginning should read.
NEWS_FIRST = [Act.WITHDRAWN, Act.DEPLOYED, Act.MOVED, Act.ADDED, Act.CHANGED, Act.REWORDED]

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


def rank(told: ToldChange) -> int:
    """Low for what is news: a date that moves, before a text that was reworded."""
    return NEWS_FIRST.index(told.change.act)


def news_first(thing: ThingTold, told: Sequence[ToldChange]) -> tuple[bool, int, int]:
    """To sort by: items first, those that moved before those reworded, what only changed places last of all."""
    return is_only_reordered(told), NOUN_ORDER.index(thing.noun), min(map(rank, told))


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
        first, *rest = [change.change.sentence(roadmap) for change in alike]
        words = "; ".join([first if parts else lower_first(first), *map(lower_first, rest)])
        parts.append(_with_reason(words, reason))
    return " ".join([*map(stopped, parts[:-1]), *parts[-1:]])


def _worth_telling(told: Sequence[ToldChange]) -> list[ToldChange]:
    return sorted([change for change in told if change.change.field != "position"] or told, key=rank)


def _with_reason(words: str, reason: str) -> str:
    return ". Reason: ".join(part for part in (words, reason) if part)


def is_only_reordered(told: Sequence[ToldChange]) -> bool:
    return bool(told) and all(change.change.field == "position" for change in told)
