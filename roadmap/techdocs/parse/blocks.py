"""One Markdown document as blocks that know their lines, and the questions that every part of parsing asks of them.

The text itself is never rewritten: what goes into a page is cut out of the source by its lines.
"""

import html
import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from roadmap.techdocs.sources import Doubt, SourceDocument
from roadmap.techdocs.sources.plain_yaml import front_matter, front_matter_end
from roadmap.techdocs.texts import MARKDOWN

_WORD = re.compile(r"[^\W_]+")
_LINK_LABEL = re.compile(r"\[([^\[\]]{1,999})\]")


@dataclass(frozen=True)
class Span:
    """Immutable: lines of one document, counted from 0, the last one not included."""

    first: int
    last: int

    def __contains__(self, line: int) -> bool:
        return self.first <= line < self.last


@dataclass(frozen=True)
class DocumentHeading:
    """Immutable: a heading of the document itself, not one inside a list or a quotation."""

    level: int
    title: str
    """Its words, without markup."""
    source: str
    is_whole: bool
    """The title holds every word of the source: there is no link or picture in it."""
    span: Span


@dataclass(eq=False)
class Blocks:
    """One document. `taken` holds the lines that have found a place already, and so appear in no other text."""

    path: str
    lines: list[str]  # those of the front matter are empty
    tokens: list[Token]
    definitions: dict[str, Span]  # of reference links, by normalised label
    title: str | None  # from the front matter
    weight: float
    doubts: list[Doubt]
    taken: set[int] = field(default_factory=set)
    references: dict[str, Any] = field(default_factory=dict)  # as markdown-it keeps them, for text read by `inline`
    document: SourceDocument = field(kw_only=True)
    copied_definitions: set[str] = field(default_factory=set)  # labels whose definition went along with a text

    def where(self, line: int) -> tuple[str, int]:
        """The file and the line, counted from 1, that a person is sent to: those of the partial, if it is in one."""
        return self.document.where(line)

    def inline(self, text: str) -> Token:
        """A piece of text on one line, such as a cell, with its links found."""
        return MARKDOWN.parseInline(text, {"references": self.references})[0]

    def is_only_definitions(self, text: str) -> bool:
        """Whether a text holds nothing but link definitions that went along with the texts which use them."""
        copied = Counter(
            line
            for label in self.copied_definitions
            if (span := self.definitions.get(label))
            for line in self.lines[span.first : span.last]
        )
        # By count: a definition that is there twice is used once.
        return not Counter(line for line in text.split("\n") if line.strip()) - copied

    def take(self, span: Span) -> None:
        self.taken.update(range(span.first, span.last))

    def text(self, span: Span) -> str:
        """The lines as they are, but for those taken, without empty lines around them."""
        kept: list[str] = []
        last = span.first - 1
        for line in range(span.first, span.last):
            if line in self.taken or (not kept and not self.lines[line].strip()):
                continue
            if kept and line - last > 1:
                # Two blocks must not become one where what stood between them was taken, nor be far apart.
                if kept[-1].strip() and self.lines[line].strip():
                    kept.append("")
                elif not kept[-1].strip() and not self.lines[line].strip():
                    continue
            kept.append(self.lines[line])
            last = line
        return "\n".join(kept).rstrip()

    def with_definitions(self, text: str, span: Span) -> str:
        """The text, and the definitions of those reference links in it that stand elsewhere in the document.

        Without them the links would break, for each part of the document becomes a page of its own.
        """
        if not self.definitions:
            return text
        labels = dict.fromkeys(normalizeReference(label) for label in _LINK_LABEL.findall(text))
        copied = [label for label in labels if (where := self.definitions.get(label)) and where.first not in span]
        self.copied_definitions.update(copied)
        elsewhere = [
            "\n".join(self.lines[where.first : where.last]) for where in map(self.definitions.get, copied) if where
        ]
        return "\n\n".join([text, "\n".join(elsewhere)]) if elsewhere else text

    def doubt(self, line: int, text: str) -> None:
        """`line` is counted from 0, as in a Span."""
        self.doubts.append(Doubt(*self.where(line), text))

    @cached_property
    def _placed(self) -> tuple[list[Token], list[int]]:
        """The tokens that know their lines, and the first line of each, which never falls."""
        placed = [token for token in self.tokens if token.map]
        return placed, [token.map[0] for token in placed if token.map]

    def within(self, span: Span | None = None) -> Sequence[Token]:
        """Every token that begins in the span, in order."""
        placed, first_lines = self._placed
        return (
            placed
            if span is None
            else placed[bisect_left(first_lines, span.first) : bisect_left(first_lines, span.last)]
        )

    def top(self, span: Span | None = None) -> Iterator[Token]:
        """The blocks of the document itself, as their opening tokens, in order."""
        return (token for token in self.within(span) if token.level == 0 and token.nesting >= 0)

    def inlines(self, span: Span | None = None) -> Iterator[Token]:
        """All text with its line, wherever it is nested; raw HTML blocks too."""
        return (token for token in self.within(span) if token.type in ("inline", "html_block"))

    def headings(self) -> Iterator[DocumentHeading]:
        for token, inline in zip(self.tokens, self.tokens[1:], strict=False):
            if token.type == "heading_open" and token.level == 0 and token.map:
                title, is_whole = plain(inline)
                yield DocumentHeading(int(token.tag[1]), title, inline.content, is_whole, Span(*token.map))

    def line_of(self, needle: str, token: Token) -> int:
        """The line of a block on which the needle first stands."""
        first, last = token.map or (0, 0)
        return next((line for line in range(first, last) if needle in self.lines[line]), first)


def blocks(document: SourceDocument) -> Blocks:
    """A document cut into blocks. Raises ImportRefused where its front matter cannot be read."""
    lines = document.text.split("\n")
    doubts = list(document.doubts)
    end = front_matter_end(lines)
    title, weight = front_matter(document.path, lines[1 : end - 1], doubts) if end else (None, math.inf)
    lines[:end] = [""] * end
    environment: dict[str, Any] = {}
    tokens = MARKDOWN.parse("\n".join(lines), environment)
    definitions = {
        label: Span(*found["map"]) for label, found in environment.get("references", {}).items() if found.get("map")
    }
    return Blocks(
        document.path,
        lines,
        tokens,
        definitions,
        title,
        weight,
        doubts,
        references=environment.get("references", {}),
        document=document,
    )


def plain(inline: Token) -> tuple[str, bool]:
    """The words of a text on one line without markup, and whether they are all that the source has."""
    parts: list[str] = []
    for child in inline.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type in ("text", "text_special", "code_inline", "image"):
            parts.append(child.content)
        elif child.type == "html_inline" and child.content.lower().startswith("<br"):
            parts.append(" ")
    text = " ".join("".join(parts).split())
    return text, not Counter(words(inline.content)) - Counter(_WORD.findall(text))


def words(text: str) -> list[str]:
    """Every word of a Markdown text, addresses and HTML included: what must not get lost."""
    return _WORD.findall(html.unescape(text))
