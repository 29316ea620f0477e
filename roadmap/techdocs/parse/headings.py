"""Headings and single lines that say something of the tables below them: which release, where, what kind. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from markdown_it.token import Token

from roadmap.content.choices import Kind
from roadmap.dates import parse
from roadmap.techdocs.parse.blocks import Blocks, plain
from roadmap.techdocs.parse.cell_text import MAX_TITLE_LENGTH, kind_named
from roadmap.techdocs.parse.dates.date_cells import as_it_is_now, says_done, without_struck_out
from roadmap.techdocs.parse.environment_phrases import Phrase, is_date, plain_date, read_heading, read_phrase
from roadmap.techdocs.texts import ITEMS, MARKDOWN, NO_RELEASE

# Between a name and its date: "Release 4.0 (March 2026)", "March 2026 – Release 4.0", "Release 4.0: March 2026".
_BETWEEN = re.compile(r"\s*[(:,]\s*|\s+[-–—|]\s+|\s*[–—]\s*")
_ASIDE = re.compile(r"(.+?)\s*(\([^()]*\))")
# "## April 2027 {#april}": an address, which is no word of the heading.
_ID = re.compile(r"\s*\{[#.:][^{}]*\}\Z")
_PICTURES = "[\u2190-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]"
_PICTURE = re.compile(rf"\A(?:{_PICTURES}\s*)+|(?:\s*{_PICTURES})+\Z")
_QUARTER = re.compile(r"((?:quarter|q)\s?[1-4])\s*\(([^()]+)\)\s*(20[0-9]{2})", re.IGNORECASE)
_QUARTER_LAST = re.compile(r"((?:quarter|q)\s?[1-4])\s+(20[0-9]{2})\s*\(([^()0-9]+)\)", re.IGNORECASE)
_RELEASE_NAME = re.compile(r"(?:release|version|phase|increment|tranche|wave|drop|sprint|iteration)\s*v?[0-9.]*", re.I)
_HTML_HEADING = re.compile(r"\s*<h([1-6])(\s[^<>]*)?>((?:(?!</?h[1-6]).){1,1000})</h\1\s*>\s*", re.I | re.S)


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
    has_text: bool = False
    """There is text right below it, so that it stays on its page."""
    is_told: bool = False
    """Readers find its words with the items below it: in a release, or in the journey of each."""
    release: int | None = None
    facts: Mapping[str, str] | None = None
    """What the line right below it states, as an export writes it: then it is a release, whatever its words mean."""
    facts_line: str = ""
    """That line, as it stands there."""
    facts_span: range = range(0)
    is_apart: bool = False
    """It says that what stands below is in no release."""

    @cached_property
    def said(self) -> str:
        """Its words without pictures around them, an address, and what is struck out."""
        return _PICTURE.sub("", _ID.sub("", without_struck_out(self.text))).strip()

    @cached_property
    def kind(self) -> Kind | None:
        return kind_named(self.said)

    @cached_property
    def phrase(self) -> Phrase | None:
        return None if self.kind else self.phrase_of(self.said)

    def phrase_of(self, text: str) -> Phrase | None:
        """What the words say of where and when, if that is all that they say."""
        phrase = _read(text)
        if phrase is None or (phrase.when and parse(phrase.when).is_not_applicable):
            return None
        if says_done(self.text.replace(self.said, "")) and not phrase.says_planned:
            phrase = replace(phrase, says_deployed=True)  # there is a tick beside it
        where_or_when = phrase.when or phrase.years or phrase.horizon or phrase.environments
        return phrase if where_or_when or phrase.says_deployed or phrase.says_planned else None

    @cached_property
    def beside(self) -> Phrase | None:
        """What a title says beside its name: "Release 4.0 (April 2026)", "Returns – deployed March 2026"."""
        text = self.said
        if self.kind or self.phrase or len(text) > MAX_TITLE_LENGTH:
            return None
        now = as_it_is_now(text)
        moved = read_phrase(now) if now != text else None  # "Delayed to May 2028"
        if found := of_quarter(text) or (moved if moved and moved.when else None):
            return found
        for match in list(_BETWEEN.finditer(text))[:10]:
            for side in (text[match.end() :], text[: match.start()]):
                side = side.strip().removesuffix(")") if "(" in match.group() else side.strip()
                phrase = read_phrase(side)
                if phrase and phrase.when and plain_date(phrase.when) and not parse(phrase.when).is_not_applicable:
                    return phrase
        return None

    @property
    def is_name(self) -> bool:
        """It says what the items below it are about, and neither where nor when, nor what every roadmap has."""
        is_said = self.is_known or self.is_stated or self.text in (ITEMS, NO_RELEASE)
        return bool(self.text) and not is_said and read_heading(self.said) is None

    @property
    def is_name_of_release(self) -> bool:
        return self.is_name and bool(_RELEASE_NAME.fullmatch(self.said))

    @property
    def is_stated(self) -> bool:
        return self.facts is not None or self.is_apart

    @property
    def is_heading(self) -> bool:
        return self.level > 0

    @property
    def is_known(self) -> bool:
        return bool(self.phrase or self.kind or self.beside)

    @property
    def is_mere_date(self) -> bool:
        return bool(self.phrase and self.phrase.when and not self.phrase.lead)

    @property
    def wants_date(self) -> bool:
        """The line of dates right below it is its own: "Near term", "Release 4.0"."""
        if self.beside or self.kind or self.is_stated:
            return False
        if self.phrase is None:
            return self.is_heading or self.is_bold
        return bool(self.phrase.horizon and not self.phrase.when)


def headings_in(document: Blocks) -> list[HeadingLine]:
    found = []
    for block in document.blocks:
        if block.type == "heading_open" and block.inline:
            level = int(block.token.tag[1])
            found.append(HeadingLine(block.span, level, *_plain(block.inline), block.inline.content))
        elif block.type == "html_block" and (html := _HTML_HEADING.fullmatch(block.token.content)):
            text, is_whole = _plain(document.inline(" ".join(html[3].split())))
            source = block.token.content.strip()
            found.append(HeadingLine(block.span, int(html[1]), text, is_whole and not html[2], source))
    return found


def single_line(inline: Token, span: range) -> HeadingLine | None:
    """A paragraph that is bold from end to end, or that says nothing else than where or when."""
    if len(inline.content) > 2 * MAX_TITLE_LENGTH:
        return None
    mark = HeadingLine(span, 0, *_plain(inline), inline.content, _is_bold(inline))
    return mark if mark.is_bold or (mark.phrase and not mark.text.endswith(".")) else None


def _plain(inline: Token) -> tuple[str, bool]:
    """What it says now, in plain words, and whether they are all that it says."""
    now = without_struck_out(inline.content)
    return plain(inline) if now == inline.content else (plain(MARKDOWN.parseInline(now)[0])[0], False)


def _read(text: str) -> Phrase | None:
    phrase, aside = read_heading(text), _ASIDE.fullmatch(text)
    if phrase or not aside or not says_done(aside[2]):
        return phrase
    phrase = read_heading(aside[1])  # "By April 2026 (all of it now live)"
    return replace(phrase, says_deployed=True, says_planned=False) if phrase and (phrase.when or phrase.years) else None


def of_quarter(text: str) -> Phrase | None:
    """Of a quarter that says itself which months it is: "Quarter 1 (April to June) 2026"."""
    if found := _QUARTER.fullmatch(text):
        when = f"{found[2]} {found[3]}"
    elif found := _QUARTER_LAST.fullmatch(text):
        when = f"{found[3]} {found[2]}"
    else:
        return None
    return Phrase(when) if is_date(when) else None


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
