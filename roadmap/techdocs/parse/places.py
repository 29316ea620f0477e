"""What the marks above a table say together: which release its items are in, where they are and when. Pure.

Marks come from the outermost heading to the innermost line. Of two dates the inner one counts, and it may take its year
from the outer; a heading that only says "Planned" below one with a date says no more than that of the date.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from roadmap.content.choices import HORIZON_LABELS, Environment, Horizon, Kind
from roadmap.content.things import MilestoneContent, when_typed
from roadmap.dates import When, parse
from roadmap.techdocs.cells import plain_read
from roadmap.techdocs.parse.blocks import blocks_of, plain, words
from roadmap.techdocs.parse.cell_text import yes_or_no
from roadmap.techdocs.parse.dates.date_cells import TO_BE_CONFIRMED
from roadmap.techdocs.parse.environment_phrases import Phrase, financial_year, is_date, plain_date, two_years_in
from roadmap.techdocs.parse.headings import HeadingLine, of_quarter, single_line
from roadmap.techdocs.texts import MARKDOWN

_PART_OF_YEAR = re.compile(r"(?:quarter|half|[qh])\s?[1-4]\b", re.IGNORECASE)


@dataclass(frozen=True)
class TablePlace:
    """Immutable: what the marks above a table say together, the inner ones before the outer."""

    release: HeadingLine | None = None
    phrase: Phrase | None = None
    """What the release's mark says, with the year that it has from another."""
    when: str = ""
    """The date that stands above the table, whatever it is of."""
    horizon: Horizon | None = None
    is_deployed: bool = False
    """The release is; without one, the environments have been reached."""
    is_live: bool = False
    is_stage_below: bool = False
    """What says that it is deployed stands below the mark of the release: others of its tables may not be."""
    kind: Kind | None = None
    milestones: tuple[MilestoneContent, ...] = ()
    above: Sequence[HeadingLine] = ()
    """Marks that name what stands above the release."""
    rest: Sequence[HeadingLine] = ()
    """Marks that name what stands below it; without a release, all that name something."""


def place_of(marks: Sequence[HeadingLine]) -> TablePlace:
    """What is so of a table below these marks."""
    if stated := next((mark for mark in reversed(marks) if mark.is_stated), None):
        return _stated_place(stated)
    phrases: list[Phrase | None] = []
    ranks: list[int] = []
    horizon: Horizon | None = None
    environments: tuple[Environment, ...] = ()
    is_deployed, kind, when, years, stage = False, None, "", "", -1
    around: When | None = None
    for place, mark in enumerate(marks):
        kind = mark.kind or kind
        phrase = _said_by(mark, around)
        phrases.append(phrase)
        is_dated = bool(when or years)
        ranks.append(_rank(mark, phrase, has_date=is_dated))
        if phrase:
            horizon = phrase.horizon or horizon
            if phrase.environments or phrase.says_deployed or phrase.says_planned:
                # "Sandbox" below a month is where it goes in that month, and not where it is.
                is_deployed = is_deployed if phrase.is_bare and is_dated else phrase.says_deployed
                environments = phrase.environments or (() if phrase.says_planned else environments)
                stage = place
            when, years = phrase.when or when, phrase.years or years
            around = _time_of(phrase) or around
    first = max(ranks, default=0)
    at = max(place for place, rank in enumerate(ranks) if rank == first) if first else len(marks)
    release = marks[at] if first else None
    names = [place for place in range(len(marks)) if place != at and _is_name(marks[place], phrases[place], when)]
    above = [marks[place] for place in names if place < at]
    rest = [marks[place] for place in names if place > at]
    if release and environments and Environment.LIVE not in environments and when:
        # It is the date of the sandbox, and not of a release.
        above += [release] if release.beside or release.is_name else []
        release = None
    reached = [environment for environment in environments if environment is not Environment.LIVE or release is None]
    if is_deployed and not release and not reached:
        reached = [Environment.LIVE]
    typed = when or (TO_BE_CONFIRMED if years and not is_deployed else "")
    milestones = tuple(
        MilestoneContent(environment=environment, typed=typed, is_deployed=is_deployed)
        for environment in reached
        if is_deployed or typed
    )
    is_live = is_deployed and (not environments or Environment.LIVE in environments)
    return TablePlace(
        release=release,
        phrase=phrases[at] if release else None,
        when=when,
        horizon=horizon,
        is_deployed=is_live if release else is_deployed,
        is_live=is_live,
        is_stage_below=stage > at,
        kind=kind,
        milestones=milestones,
        above=above if release else (),
        rest=rest if release else [*above, *rest],
    )


def _said_by(mark: HeadingLine, around: When | None) -> Phrase | None:
    """What a mark says of where and when, beside its name too, or in the line below it, or with the year above it."""
    if mark.date_below and mark.date_below.phrase:
        below, own = mark.date_below.phrase, mark.phrase or Phrase()
        return Phrase(below.when, horizon=own.horizon, says_deployed=below.says_deployed)
    said = mark.phrase or mark.beside
    if said and not (mark.beside and parse(said.when).is_to_be_confirmed):
        return said
    if around is None or around.start is None or mark.kind:
        return said
    last = around.end or around.start
    head, bracket, aside = mark.said.partition(" (")
    labels = two_years_in(around.text) if _PART_OF_YEAR.match(head) else ()
    for year in dict.fromkeys((*labels, str(around.start.year), str(last.year))):
        text = f"{head} {year}{bracket}{aside}"
        phrase = mark.phrase_of(text) or of_quarter(text)
        found = when_typed(phrase.when) if phrase else None
        if phrase and phrase.when != year and _overlap(around, found):
            return phrase
    return said


def _overlap(one: When | None, other: When | None) -> bool:
    if one is None or other is None or one.start is None or other.start is None:
        return False
    return one.start <= (other.end or other.start) and other.start <= (one.end or one.start)


def _rank(mark: HeadingLine, phrase: Phrase | None, *, has_date: bool) -> int:
    """How far it is that of a release: 3 with a date, 2 with a term, 1 where it only says that it is planned."""
    if phrase is None:
        return 3 if has_date and mark.is_name_of_release else 0
    if phrase.is_backlog:
        return 0
    return 3 if phrase.when or phrase.years else 2 if phrase.horizon else 1 if phrase.says_planned else 0


def _is_name(mark: HeadingLine, phrase: Phrase | None, when: str) -> bool:
    """Whether it says what nothing else would: a name, or a date that is not that of the release."""
    if mark.beside and phrase == mark.beside:
        return True
    its = _time_of(phrase) if phrase else None
    return not _overlap(its, when_typed(when)) and (mark.is_name or bool(its and its.start))


def _time_of(phrase: Phrase) -> When | None:
    return when_typed(phrase.when) or financial_year(phrase.years)


def _stated_place(mark: HeadingLine) -> TablePlace:
    if mark.facts is None:
        return TablePlace()
    phrase = mark.phrase or Phrase()
    terms = {label.casefold(): horizon for horizon, label in HORIZON_LABELS.items()}
    term, deployed = mark.facts.get("Term", ""), mark.facts.get("Deployed", "")
    horizon = terms.get(term.casefold()) if term else phrase.horizon
    is_deployed = yes_or_no(deployed) is True if deployed else phrase.says_deployed
    when = plain_read(mark.facts.get("Date", "")) or (mark.text if is_date(mark.text) else "")
    return TablePlace(mark, phrase, when, horizon, is_deployed, is_live=is_deployed)


def named(mark: HeadingLine, place: TablePlace) -> tuple[str, str, Sequence[str], Sequence[str]]:
    """The title and date of the release that a mark names, whatever it is; and what became of the mark's words: those
    that are in the release, and those that the site says itself.
    """
    if mark.facts is not None:
        return mark.text, plain_read(mark.facts.get("Date", "")), (mark.source,), ()
    phrase, title = place.phrase, mark.said.rstrip(" :")
    if phrase is None:
        return title, place.when if mark.is_name_of_release else "", (mark.text,), ()
    if mark.date_below:
        return title, phrase.when, (mark.text, phrase.when), ()
    if phrase == mark.beside or not phrase.when or (parse(phrase.when).is_to_be_confirmed and phrase.lead):
        return title, phrase.when, (mark.text,), ()
    if phrase.horizon:
        return phrase.lead, phrase.when, (phrase.lead, phrase.when), ()
    title = plain_date(phrase.when)  # without what stands in brackets after it
    # "(deployed)" is said by the release itself, and would stay in its date for good.
    is_said = title == phrase.when or parse(phrase.when).says_deployed
    when = "" if is_said else phrase.when
    if mark.phrase is None:
        said = Counter(words(mark.text)) & Counter(words(when or title))
        return title, when, tuple(said.elements()), ()  # the year is another's
    aside = phrase.when.removeprefix(title)
    return title, when, (when or title,), (phrase.lead, aside if is_said else "")


def reads_as(heading: str, text: str, *, is_stated: bool = False) -> tuple[str, str, Horizon | None, bool] | None:
    """Title, date, term and whether it is deployed of the release that a heading of its own names, all in Markdown, if
    the text between it and its table does not change that; with `is_stated`, of one with a line of facts below it.
    """
    inline = MARKDOWN.parseInline(heading)[0]
    mark = HeadingLine(range(0), 2, *plain(inline), heading)
    if is_stated:
        mark.facts = {}
    elif not (mark.is_whole and _is_mere_text(text)):
        return None
    place = place_of([mark])
    if place.release is not mark:
        return None
    title, when, *_ = named(mark, place)
    return title, when, place.horizon, place.is_deployed


def _is_mere_text(text: str) -> bool:
    """Whether it is paragraphs and lists alone, an empty line between them, none of which says where and when."""
    blocks, lines = blocks_of(MARKDOWN.parse(text)), text.split("\n")
    parts = ("\n".join(lines[block.span.start : block.span.stop]).rstrip() for block in blocks)
    return "\n\n".join(parts) == text and all(
        block.type in ("bullet_list_open", "ordered_list_open")
        or (block.type == "paragraph_open" and block.inline and not single_line(block.inline, block.span))
        for block in blocks
    )
