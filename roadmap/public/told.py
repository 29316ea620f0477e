"""Words that several public pages share: what changed, and texts cut to a length."""

from collections.abc import Callable, Sequence

from roadmap.content import RoadmapContent, lower_first
from roadmap.public.history import ToldChange

DESCRIPTION_LENGTH = 160  # characters, about what a search engine shows


def shortened(text: str, most: int = DESCRIPTION_LENGTH) -> str:
    """The text on one line, cut after a word where it is longer."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1].rsplit(' ', 1)[0]}…"


def joined(names: Sequence[str]) -> str:
    """ "VAT (MTD) 1.0 and Business Details 2.0": each as it is, unlike `content.in_words`, which lowers capitals."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def sentence(told: ToldChange, roadmap: RoadmapContent) -> str:
    """As this roadmap lets readers know it."""
    return told.change.sentence(roadmap, tells_old_dates=not roadmap.hides_date_history)


Say = Callable[[ToldChange, RoadmapContent], str]


def in_sentences(told: Sequence[ToldChange], roadmap: RoadmapContent, say: Say = sentence) -> list[str]:
    """All that happened to one thing, each change with its reason where one was given.

    A change of order is left out where there is anything else to tell.
    """
    worth_telling = [one for one in told if one.change.field != "position"] or told
    return [". Reason: ".join(part for part in (say(one, roadmap), one.reason) if part) for one in worth_telling]


def after_colon(told: Sequence[ToldChange], roadmap: RoadmapContent, say: Say = sentence) -> str:
    """The same, to follow the thing's title: "live moved from June 2026 to September 2026; description reworded"."""
    return "; ".join(lower_first(sentence) for sentence in in_sentences(told, roadmap, say))


def is_only_reordered(told: Sequence[ToldChange]) -> bool:
    return bool(told) and all(one.change.field == "position" for one in told)
