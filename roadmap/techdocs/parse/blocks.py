"""One Markdown document as blocks that know their lines, and the questions that every part of parsing asks of them.

The text itself is never rewritten: what goes into a page is cut out of the source by its lines, counted from 0. Several
of them are a range.
"""

import html
import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import zip_longest
from typing import Any, NamedTuple

from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from roadmap.dates import When
from roadmap.techdocs.sources import Doubt, SourceDocument
from roadmap.techdocs.sources.plain_yaml import front_matter, front_matter_end
from roadmap.techdocs.texts import MARKDOWN, MAX_KEPT, heading_with_space, in_line, tight_headings

_WORD = re.compile(r"[^\W_]+")
_LINK_LABEL = re.compile(r"\[([^\[\]]{1,999})\]")
_YEAR = re.compile(r"\b20[0-9]{2}\b")
COMMENT = re.compile(r"\s*(?:<!--(?:(?!-->).)*-->\s*)+", re.DOTALL)
BREAK_TAG = re.compile(r"</?(?:br|li|ul|ol|p|div|tr|td)\b", re.IGNORECASE)


class Block(NamedTuple):
    """A block of the document itself, not one inside a list or a quotation."""

    type: str
    """Of the token that opens it."""
    span: range
    token: Token
    inline: Token | None
    """The text of a heading or a paragraph."""


class Blocks:
    """One document. `taken` holds the lines that have found a place already, and so appear in no other text.

    Raises ImportRefused where its front matter cannot be read.
    """

    def __init__(self, document: SourceDocument):
        self.path = document.path
        self.where: Callable[[int], tuple[str, int]] = document.where
        self.lines = document.text.split("\n")  # those of the front matter are empty
        self.doubts = list(document.doubts)
        end = front_matter_end(self.lines)
        found = front_matter(self.path, self.lines[1 : end - 1], self.doubts) if end else (None, math.inf)
        self.title, self.weight = found
        self.lines[:end] = [""] * end
        self.tokens, self.references = self._parsed()
        if tight := tight_headings(self.lines, self.tokens):
            for line in tight:
                self.lines[line] = heading_with_space(self.lines[line])
            self.tokens, self.references = self._parsed()
        self.blocks = blocks_of(self.tokens)
        self.taken: set[int] = set()
        self.named: dict[int, str] = {}  # what stood on lines that only named what is below them: they are empty
        self.definitions = {label: range(*found["map"]) for label, found in self.references.items() if "map" in found}
        self.copied_definitions: set[str] = set()  # labels whose definition went along with a text
        self._placed = [token for token in self.tokens if token.map]
        self._first_lines = [token.map[0] for token in self._placed if token.map]  # which never fall

    def _parsed(self) -> tuple[list[Token], dict[str, Any]]:
        """Its tokens, and the definitions of its links as markdown-it keeps them."""
        references: dict[str, Any] = {}
        return MARKDOWN.parse("\n".join(self.lines), {"references": references}), references

    @cached_property
    def _years(self) -> set[int]:
        return {int(year) for line in self.lines for year in _YEAR.findall(line)}

    def has_year_near(self, when: When) -> bool:
        """Whether dates that are whole, anywhere in the document, are of about the same time."""
        years = self._years
        return bool(years and when.start) and min(years) - 1 <= when.start.year <= max(years) + 1  # type: ignore[union-attr]

    @property
    def all_lines(self) -> range:
        return range(len(self.lines))

    def inline(self, text: str) -> Token:
        """A piece of text on one line, such as a cell, with its links found."""
        return in_line(text, self.references)

    def is_only_definitions(self, text: str) -> bool:
        """Whether a text holds nothing but link definitions that went along with the texts which use them."""
        spans = [self.definitions[label] for label in self.copied_definitions]
        copied = Counter(self.lines[line] for span in spans for line in span)
        # By count: a definition that is there twice is used once.
        return not Counter(line for line in text.split("\n") if line.strip()) - copied

    def take(self, lines: Iterable[int]) -> None:
        self.taken.update(lines)

    def text(self, span: range) -> str:
        """The lines as they are, but for those taken, without empty lines around them."""
        kept: list[str] = []
        last = span.start - 1
        for line in span:
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

    def with_definitions(self, text: str, span: range) -> str:
        """The text, and the definitions of those reference links in it that stand elsewhere in the document.

        Without them the links would break, for each part of the document becomes a page of its own.
        """
        if not self.definitions:
            return text
        labels = dict.fromkeys(normalizeReference(label) for label in _LINK_LABEL.findall(text))
        copied = [label for label in labels if label in self.definitions and self.definitions[label].start not in span]
        self.copied_definitions.update(copied)
        elsewhere = "\n".join(self.lines[line] for label in copied for line in self.definitions[label])
        return f"{text}\n\n{elsewhere}" if copied else text

    def doubt(self, line: int, text: str) -> None:
        self.doubts.append(Doubt(*self.where(line), text))

    def within(self, span: range) -> Sequence[Token]:
        """Every token that begins in the span, in order."""
        return self._placed[bisect_left(self._first_lines, span.start) : bisect_left(self._first_lines, span.stop)]

    def top(self, span: range) -> Sequence[Block]:
        """The blocks of the document itself that begin in the span, in order."""
        first, last = (
            bisect_left(self.blocks, line, key=lambda block: block.span.start) for line in (span.start, span.stop)
        )
        return self.blocks[first:last]

    def inlines(self, span: range) -> Iterator[Token]:
        """All text with its line, wherever it is nested; raw HTML blocks too."""
        return (token for token in self.within(span) if token.type in ("inline", "html_block"))

    def line_of(self, needle: str, token: Token) -> int:
        """The line of a block on which the needle first stands."""
        first, last = token.map or (0, 0)
        return next((line for line in range(first, last) if needle in self.lines[line]), first)


def blocks_of(tokens: Sequence[Token]) -> list[Block]:
    """The blocks that are in no other one."""
    return [
        Block(token.type, range(*token.map), token, following if following and following.type == "inline" else None)
        for token, following in zip_longest(tokens, tokens[1:])
        if token.level == 0 and token.nesting >= 0 and token.map
    ]


def plain(inline: Token) -> tuple[str, bool]:
    """The words of a text on one line without markup, and whether they are all that the source has."""
    if "plain" not in inline.meta:  # which is ours to write on
        text = " ".join(text_of(inline, BREAK_TAG).split())
        inline.meta["plain"] = text, not Counter(words(inline.content)) - Counter(_WORD.findall(text))
    found: tuple[str, bool] = inline.meta["plain"]
    return found


def text_of(inline: Token, break_tag: re.Pattern[str]) -> str:
    """The words without markup, with a line end where there is a break, or a tag that is one."""
    parts: list[str] = []
    for child in inline.children or ():
        if child.type in ("softbreak", "hardbreak") or (child.type == "html_inline" and break_tag.match(child.content)):
            parts.append("\n")
        elif child.type in ("text", "text_special", "code_inline", "image"):
            parts.append(child.content)
    return "".join(parts)


def words(text: str) -> Sequence[str]:
    """Every word of a Markdown text, addresses and HTML included: what must not get lost."""
    return _kept_words(text) if len(text) <= MAX_KEPT else _words(text)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(html.unescape(text)))


_kept_words = lru_cache(maxsize=2048)(_words)  # a history has the same rows again and again
