"""Headings and single lines that say something of the tables below them: which release, where, what kind. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markdown_it.token import Token

from roadmap.content.choices import HORIZON_LABELS, Environment, Horizon, Kind
from roadmap.content.things import MilestoneContent
from roadmap.dates import parse
from roadmap.techdocs.cells import plain_read
from roadmap.techdocs.parse.blocks import Blocks, blocks_of, plain
from roadmap.techdocs.parse.cell_text import MAX_TITLE_LENGTH, kind_named, yes_or_no
from roadmap.techdocs.parse.environment_phrases import Phrase, is_date, plain_date, read_phrase
from roadmap.techdocs.texts import MARKDOWN

# Between a name and its date: "Release 4.0 (March 2026)", "March 2026 – Release 4.0", "Release 4.0: March 2026".
_BETWEEN = re.compile(r"\s*[(:,]\s*|\s+[-–—|]\s+|\s*[–—]\s*")


@dataclass(eq=False)
class HeadingLine:
    """A heading of the document itself, or a line of its own."""

    span: range
    level: int
    """Of the heading; 0 for a line."""
    text: str
    """Its words, without markup."""
    is_whole: bool
    """The text holds every word of the source: there is no link or picture in it."""
    source: str
    is_bold: bool = False
    date_below: "HeadingLine | None" = None
    """The line with the dates of a heading that has none itself."""
    is_used: bool = False
    """A table below it became items."""
    release: int | None = None
    facts: Mapping[str, str] | None = None
    """What the line right below it states, as an export writes it: then it is a release, whatever its words mean."""
    facts_line: str = ""
    """That line, as it stands there."""
    facts_span: range = range(0)
    is_apart: bool = False
    """It says that what stands below is in no release."""

    @cached_property
    def kind(self) -> Kind | None:
        return kind_named(self.text)

    @cached_property
    def phrase(self) -> Phrase | None:
        phrase = None if self.kind else read_phrase(self.text)
        if phrase is None or (phrase.when and parse(phrase.when).is_not_applicable):
            return None
        where_or_when = phrase.when or phrase.horizon or phrase.environments
        return phrase if where_or_when or phrase.says_deployed or phrase.says_planned else None

    @cached_property
    def date_beside(self) -> str:
        """The date in a title that holds one: "Release 4.0 (March 2026)"."""
        if self.kind or self.phrase or len(self.text) > MAX_TITLE_LENGTH:
            return ""
        for match in list(_BETWEEN.finditer(self.text))[:10]:
            for side in (self.text[match.end() :], self.text[: match.start()]):
                side = side.strip().removesuffix(")") if "(" in match.group() else side.strip()
                if any(character.isdigit() for character in side) and is_date(side) and plain_date(side):
                    return side
        return ""

    @property
    def is_stated(self) -> bool:
        return self.facts is not None or self.is_apart

    @property
    def is_heading(self) -> bool:
        return self.level > 0

    @property
    def is_known(self) -> bool:
        return bool(self.phrase or self.kind or self.date_beside)

    @property
    def is_mere_date(self) -> bool:
        return bool(self.phrase and self.phrase.when and not self.phrase.lead)

    @property
    def wants_date(self) -> bool:
        """The line of dates right below it is its own: "Near term", "Release 4.0"."""
        if self.date_beside or self.kind or self.is_stated:
            return False
        if self.phrase is None:
            return self.is_heading or self.is_bold
        return bool(self.phrase.horizon and not self.phrase.when)

    @property
    def names_release(self) -> bool:
        phrase = self.phrase
        if self.date_beside or self.date_below:
            return True
        if phrase is None or phrase.is_backlog:
            return False
        return bool(phrase.when or phrase.horizon or phrase.says_planned)


@dataclass(frozen=True)
class TablePlace:
    """Immutable: what the marks above a table say together, the inner ones before the outer."""

    release: HeadingLine | None = None
    horizon: Horizon | None = None
    is_deployed: bool = False
    """The release is; without one, the environments have been reached."""
    is_live: bool = False
    kind: Kind | None = None
    milestones: tuple[MilestoneContent, ...] = ()
    when: str = ""
    """The date that stands above it, whatever it is of."""
    rest: Sequence[HeadingLine] = ()
    """Marks below the release, or below what says where it is, that say nothing which is known."""


def headings_in(document: Blocks) -> list[HeadingLine]:
    return [
        HeadingLine(block.span, int(block.token.tag[1]), *plain(block.inline), block.inline.content)
        for block in document.blocks
        if block.type == "heading_open" and block.inline
    ]


def single_line(inline: Token, span: range) -> HeadingLine | None:
    """A paragraph that is bold from end to end, or that says nothing else than where or when."""
    if len(inline.content) > 2 * MAX_TITLE_LENGTH:
        return None
    mark = HeadingLine(span, 0, *plain(inline), inline.content, _is_bold(inline))
    return mark if mark.is_bold or (read_phrase(mark.text) and not mark.text.endswith(".")) else None


def place_of(marks: Sequence[HeadingLine]) -> TablePlace:
    """What is so of a table below these marks, which come from the outermost to the innermost."""
    if stated := next((mark for mark in reversed(marks) if mark.is_stated), None):
        return _stated_place(stated)
    release: HeadingLine | None = None
    horizon: Horizon | None = None
    environments: tuple[Environment, ...] = ()
    is_deployed, kind, when = False, None, ""
    rest: list[HeadingLine] = []
    for mark in marks:
        kind = mark.kind or kind
        phrase = mark.phrase
        if phrase:
            horizon = phrase.horizon or horizon
            if phrase.environments or phrase.says_deployed or phrase.says_planned:
                is_deployed = phrase.says_deployed
                environments = phrase.environments or (() if phrase.says_planned else environments)
            when = phrase.when or when
        if mark.names_release:
            release = mark
        if mark.names_release or phrase:
            rest = []
        elif not mark.kind:
            rest.append(mark)
    reached = [environment for environment in environments if environment is not Environment.LIVE or release is None]
    if release and environments and Environment.LIVE not in environments and when:
        release = None  # it is the date of the sandbox, and not of a release
    if is_deployed and not release and not reached:
        reached = [Environment.LIVE]
    typed = "" if release else when
    milestones = tuple(
        MilestoneContent(environment=environment, typed=typed, is_deployed=is_deployed)
        for environment in reached
        if is_deployed or typed
    )
    is_live = is_deployed and (not environments or Environment.LIVE in environments)
    return TablePlace(release, horizon, is_live if release else is_deployed, is_live, kind, milestones, when, rest)


def _stated_place(mark: HeadingLine) -> TablePlace:
    if mark.facts is None:
        return TablePlace()
    phrase = mark.phrase or Phrase()
    terms = {label.casefold(): horizon for horizon, label in HORIZON_LABELS.items()}
    term, deployed = mark.facts.get("Term", ""), mark.facts.get("Deployed", "")
    horizon = terms.get(term.casefold()) if term else phrase.horizon
    is_deployed = yes_or_no(deployed) is True if deployed else phrase.says_deployed
    return TablePlace(mark, horizon, is_deployed, is_live=is_deployed)


def named(mark: HeadingLine) -> tuple[str, str, Sequence[str], Sequence[str]]:
    """The title and date of the release that a mark names, whatever it is; and what became of the mark's words: those
    that are in the release, and those that the site says itself.
    """
    if mark.facts is not None:
        return mark.text, plain_read(mark.facts.get("Date", "")), (mark.source,), ()
    phrase = mark.phrase
    below = mark.date_below.phrase if mark.date_below else None
    if phrase and phrase.when and not phrase.horizon:
        title = plain_date(phrase.when)  # without what stands in brackets after it
        # "(deployed)" is said by the release itself, and would stay in its date for good.
        is_said = title == phrase.when or parse(phrase.when).says_deployed
        aside = phrase.when.removeprefix(title)
        when = "" if is_said else phrase.when
        return title, when, (when or title,), (phrase.lead, aside if is_said else "")
    if phrase and phrase.horizon and phrase.when:
        return phrase.lead, phrase.when, (phrase.lead, phrase.when), ()
    when = below.when if below else mark.date_beside
    kept = (mark.text, when) if below else (mark.text,)
    return mark.text, when, kept, (below.lead,) if below else ()


def _is_bold(inline: Token) -> bool:
    depth, is_bold = 0, False
    for child in inline.children or ():
        if child.tag == "strong":
            depth += child.nesting
        elif child.content.strip(" :"):
            is_bold = depth > 0
            if not is_bold:
                return False
    return is_bold


def reads_as(heading: str, text: str, *, is_stated: bool = False) -> tuple[str, str, Horizon | None, bool] | None:
    """Title, date, term and whether it is deployed of the release that a heading of its own names, all in Markdown, if
    the text between it and its table does not change that; with `is_stated`, of one with a line of facts below it.
    """
    inline = MARKDOWN.parseInline(heading)[0]
    mark = HeadingLine(range(0), 2, *plain(inline), heading)
    if is_stated:
        mark.facts = {}
    elif not (mark.is_whole and mark.names_release and _is_mere_text(text)):
        return None
    place, (title, when, *_) = place_of([mark]), named(mark)
    return (title, when, place.horizon, place.is_deployed) if place.release is mark else None


def _is_mere_text(text: str) -> bool:
    """Whether it is paragraphs and lists alone, an empty line between them, none of which says where and when."""
    blocks, lines = blocks_of(MARKDOWN.parse(text)), text.split("\n")
    parts = ("\n".join(lines[block.span.start : block.span.stop]).rstrip() for block in blocks)
    return "\n\n".join(parts) == text and all(
        block.type in ("bullet_list_open", "ordered_list_open")
        or (block.type == "paragraph_open" and block.inline and not single_line(block.inline, block.span))
        for block in blocks
    )
