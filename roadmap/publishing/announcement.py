"""Drafts the changelog entry that goes with an Edition, from the changes that are in it and not minor."""

import datetime
from collections.abc import Sequence

from django.utils import timezone

from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE
from roadmap.content.things import RoadmapContent, lower_first
from roadmap.publishing.checks import Announcement
from roadmap.publishing.pending import Pending

# What readers of a changelog are told of, in this order. A changelog entry does not announce another.
ANNOUNCED = [Noun.ITEM, Noun.RELEASE, Noun.PAGE]

# Changes that are no news: where a thing stands in its list.
SILENT = {"position"}


def draft_announcement(
    found: Sequence[Pending], minor: frozenset[str], roadmap: RoadmapContent, at: datetime.datetime
) -> Announcement | None:
    """A draft for the editor to rewrite, keep or drop; None where there is nothing to announce.

    In the manner of HMRC's own: “'Multiple agents': now in sandbox”.
    """
    announced = [thing for noun in ANNOUNCED for thing in found if thing.noun is noun and thing.uid not in minor]
    told = [(thing.title, line) for thing in announced for line in _lines(thing, roadmap)]
    if not told:
        return None
    day = timezone.localtime(at)
    return Announcement(
        title=f"Roadmap updated: {_subject([title for title, _ in told])}",
        when=f"{day:%-d %B %Y}",
        body="\n".join(line for _, line in told),
    )


def _lines(thing: Pending, roadmap: RoadmapContent) -> list[str]:
    sentences = [
        lower_first(change.sentence(roadmap, tells_old_dates=not roadmap.hides_date_history))
        if change.field != EXISTENCE
        else _existence(thing)
        for change in thing.changes
        if change.field not in SILENT
    ]
    return [f"- ‘{_escaped(thing.title)}’: {_escaped('; '.join(sentences))}"] if sentences else []


def _existence(thing: Pending) -> str:
    return "withdrawn" if thing.is_removal else "added"


def _subject(titles: Sequence[str]) -> str:
    """ "‘Multiple agents’ and 3 more"."""
    first = titles[0] if len(titles[0]) <= 80 else f"{titles[0][:79]}…"
    return f"‘{first}’" + (f" and {len(titles) - 1} more" if len(titles) > 1 else "")


def _escaped(text: str) -> str:
    """As plain words in Markdown: a title with an asterisk or a bracket is no formatting."""
    return "".join(f"\\{character}" if character in "\\`*_[]<>|" else character for character in text)
