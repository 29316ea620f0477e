"""The subject of a mail: the worst news in a sentence, and how many things more there are."""

import re
from collections.abc import Sequence

from roadmap.content.changed_dates import when_of
from roadmap.content.choices import Environment, Noun
from roadmap.content.things import RoadmapContent
from roadmap.published.change_words import News, in_place, is_new_entry, news_of, rank, shortened, title_of
from roadmap.published.history import ThingTold

MOST = 150  # characters
_MOVES = {News.LATER, News.EARLIER, News.LESS_EXACT_AND_LATER}
_IS_EXPECTED = {News.MORE_EXACT, News.LESS_EXACT, News.CONFIRMED, News.DATED}

_NOT_AFTER_TO = ("by ", "from ", "until ", "after ", "before ", "not ", "to ", "in ", "at ")


def subject_of(things: Sequence[ThingTold], roadmap: RoadmapContent) -> str:
    """ "VAT (MTD): Carry back of losses moves to September 2026, and 3 more". The things come worst news first."""
    # What announces the rest is not one thing more.
    told = [thing for thing in things if not is_new_entry(thing, thing.news)] or things
    more = len(told) - 1
    tail = f", and {more} more" if more else ""
    return with_roadmap(_sentence(told[0], roadmap), roadmap, tail)


def with_roadmap(words: str, roadmap: RoadmapContent, tail: str = "") -> str:
    """On one line, because it is a header."""
    name = re.sub(r"\s+roadmap$", "", roadmap.title.strip(), flags=re.IGNORECASE)
    whole = f"{name}: {words}"
    printable = "".join(letter if letter.isprintable() else " " for letter in whole)
    return shortened(printable, MOST - len(tail)) + tail


def _sentence(thing: ThingTold, roadmap: RoadmapContent) -> str:
    title = title_of(thing)
    if is_new_entry(thing, thing.news):
        return f"New in the changelog: {title}"
    change = min(thing.news, key=rank).change
    news = news_of(change)
    if thing.noun is Noun.RELEASE and change.field == "when":  # that may be called after its date
        title = getattr(thing.before, "title", "") or title
    kind, _, environment = change.field.partition(".")
    is_date = change.after is not None and (kind == "milestone" or change.field == "when")
    when = when_of(change.after) if is_date else None
    if when and when.start and news in _MOVES | _IS_EXPECTED:
        is_moved = news in _MOVES and not when.in_sentence.startswith(_NOT_AFTER_TO)
        words = f"moves to {when.in_sentence}" if is_moved else f"is now expected {when.in_sentence}"
        if kind == "milestone" and environment != Environment.LIVE:
            words = f"{words} {roadmap.labels.place(Environment(environment))}"
        return f"{title} {words}"
    return f"{title} is {in_place(news, change, roadmap)}"
