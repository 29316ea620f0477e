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

import yaml
from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from roadmap.importing.reading import ImportRefused, SourceDocument

MAX_FRONT_MATTER_LENGTH = 10_000  # characters

_FENCE = re.compile(r"---[ \t]*")
_END_FENCE = re.compile(r"(---|\.\.\.)[ \t]*")
_WORD = re.compile(r"[^\W_]+")
_LINK_LABEL = re.compile(r"\[([^\[\]]{1,999})\]")
_markdown = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Doubt:
    """Immutable: something that a person should look at. The text is whole sentences."""

    path: str
    line: int
    """Counted from 1; 0 where it is about the whole file."""
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}" if self.line else f"{self.path}: {self.text}"


@dataclass(frozen=True)
class Span:
    """Immutable: lines of one document, counted from 0, the last one not included."""

    first: int
    last: int

    def __contains__(self, line: int) -> bool:
        return self.first <= line < self.last


@dataclass(frozen=True)
class Heading:
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

    def take(self, span: Span) -> None:
        self.taken.update(range(span.first, span.last))

    def text(self, span: Span) -> str:
        """The lines as they are, but for those taken, without empty lines around them."""
        kept = [self.lines[line] for line in range(span.first, span.last) if line not in self.taken]
        while kept and not kept[0].strip():
            kept.pop(0)
        return "\n".join(kept).rstrip()

    def with_definitions(self, text: str, span: Span) -> str:
        """The text, and the definitions of those reference links in it that stand elsewhere in the document.

        Without them the links would break, for each part of the document becomes a page of its own.
        """
        if not self.definitions:
            return text
        labels = dict.fromkeys(normalizeReference(label) for label in _LINK_LABEL.findall(text))
        elsewhere = [
            "\n".join(self.lines[where.first : where.last])
            for label in labels
            if (where := self.definitions.get(label)) and where.first not in span
        ]
        return "\n\n".join([text, "\n".join(elsewhere)]) if elsewhere else text

    def doubt(self, line: int, text: str) -> None:
        """`line` is counted from 0, as in a Span."""
        self.doubts.append(Doubt(self.path, line + 1, text))

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

    def headings(self) -> Iterator[Heading]:
        for token, inline in zip(self.tokens, self.tokens[1:], strict=False):
            if token.type == "heading_open" and token.level == 0 and token.map:
                title, is_whole = plain(inline)
                yield Heading(int(token.tag[1]), title, inline.content, is_whole, Span(*token.map))

    def line_of(self, needle: str, token: Token) -> int:
        """The line of a block on which the needle first stands."""
        first, last = token.map or (0, 0)
        return next((line for line in range(first, last) if needle in self.lines[line]), first)


def blocks(document: SourceDocument) -> Blocks:
    """A document cut into blocks. Raises ImportRefused where its front matter cannot be read."""
    lines = document.text.split("\n")
    doubts: list[Doubt] = []
    end = _front_matter_end(lines)
    title, weight = _front_matter(document.path, lines[1 : end - 1], doubts) if end else (None, math.inf)
    lines[:end] = [""] * end
    environment: dict[str, Any] = {}
    tokens = _markdown.parse("\n".join(lines), environment)
    definitions = {
        label: Span(*found["map"]) for label, found in environment.get("references", {}).items() if found.get("map")
    }
    return Blocks(document.path, lines, tokens, definitions, title, weight, doubts)


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
    return text, not Counter(words(inline.content)) - Counter(words(text))


def words(text: str) -> list[str]:
    """Every word of a Markdown text, addresses and HTML included: what must not get lost."""
    return _WORD.findall(html.unescape(text))


# Front matter


def _front_matter_end(lines: Sequence[str]) -> int:
    """The number of lines that it takes; 0 where there is none."""
    if not _FENCE.fullmatch(lines[0]):
        return 0
    return next((number + 1 for number in range(1, len(lines)) if _END_FENCE.fullmatch(lines[number])), 0)


def _front_matter(path: str, lines: Sequence[str], doubts: list[Doubt]) -> tuple[str | None, float]:
    """The title and the weight that it gives."""
    text = "\n".join(lines)
    if len(text) > MAX_FRONT_MATTER_LENGTH:
        raise ImportRefused(f"{path}:1: the front matter is longer than {MAX_FRONT_MATTER_LENGTH:,} characters.")
    try:
        found = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        problem = " ".join(str(error.problem or error.context).split())[:200]
        raise ImportRefused(f"{path}:{line}: the front matter is not YAML that is accepted here: {problem}.") from error
    # PyYAML lets an impossible date or number, or nesting without end, out as these.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ImportRefused(f"{path}:1: the front matter is not YAML that is accepted here.") from error
    if found is None:
        return None, math.inf
    if not isinstance(found, dict):
        raise ImportRefused(f"{path}:1: the front matter should be lines of “name: value” between two lines of “---”.")
    title = found.pop("title", None)
    if title is not None and not (isinstance(title, str) and title.strip()):
        doubts.append(Doubt(path, 1, "The title in the front matter is not text, so it was not used."))
        title = None
    weight = found.pop("weight", None)
    if weight is None:
        weight = math.inf
    elif isinstance(weight, bool) or not isinstance(weight, int | float) or math.isnan(weight):
        doubts.append(Doubt(path, 1, "The weight in the front matter is not a number, so it was not used."))
        weight = math.inf
    if found:
        names = ", ".join(f"“{str(name)[:50]}”" for name in found)
        doubts.append(Doubt(path, 1, f"The front matter also has {names}: not used."))
    return " ".join(title.split()) if title else None, float(weight) if abs(weight) < 1e300 else math.inf
